"""Remote start and stop, central system (OCTT 1.6, section 3.4)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT, CONNECTOR_ID, VALID_ID_TAG
from labapp.domain.expectations import Condition, Expected, FromStep
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, Exchange, Remark, TestCase, Wait
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    Authorize,
    RemoteStartTransaction,
    RemoteStopTransaction,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

#: What a person enters for a remote start; the tables leave all of it to the central system.
REMOTE_START: tuple[tuple[str, Expected], ...] = (("connectorId", CONNECTOR_ID), ("idTag", VALID_ID_TAG))


def _started_remotely(step: int) -> Exchange:
    return asked(step, RemoteStartTransaction.req(), RemoteStartTransaction.conf(status="Accepted"), enter=REMOTE_START)


def _authorized(step: int, started: int) -> Exchange:
    """The charge point asks about the card that the remote start of a step named."""
    card = (("idTag", FromStep(started, "idTag")),)
    return exchange(step, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED), implied=card)


def _transaction(step: int, started: int) -> tuple[Exchange, ...]:
    """StartTransaction with the card that the remote start of a step named, and Charging."""
    card = (("idTag", FromStep(started, "idTag")),)
    return (
        exchange(step, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), implied=card),
        exchange(step + 2, StatusNotification.req(status="Charging")),
    )


TC_010_CSMS = TestCase(
    id="TC_010_CSMS",
    title="Remote Start Charging Session - Cable Plugged in First",
    source=octt16("Table 129"),
    sut=CENTRAL_SYSTEM,
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        _started_remotely(3),
        _authorized(5, started=3),
        *_transaction(7, started=3),
    ),
)

TC_011_1_CSMS = TestCase(
    id="TC_011_1_CSMS",
    title="Remote Start Charging Session - Remote Start First",
    source=octt16("Table 130", "its validation of step 6 is that of step 4"),
    sut=CENTRAL_SYSTEM,
    steps=(
        _started_remotely(1),
        _authorized(3, started=1),
        exchange(5, StatusNotification.req(status="Preparing")),
        *_transaction(7, started=1),
    ),
)

TC_011_2_CSMS = TestCase(
    id="TC_011_2_CSMS",
    title="Remote Start Charging Session - Time Out",
    source=octt16("Table 131"),
    sut=CENTRAL_SYSTEM,
    steps=(
        _started_remotely(1),
        _authorized(3, started=1),
        exchange(5, StatusNotification.req(status="Preparing")),
        Wait(CONNECTION_TIMEOUT, "nobody plugs a cable in"),
        exchange(7, StatusNotification.req(status="Available")),
    ),
)


def _names_another(view: View) -> bool:
    running = view.seen(4, CHARGING.id)
    return any(seen.payload.get("transactionId") != running[-1].payload.get("transactionId") for seen in view.seen(1))


TC_012_CSMS = TestCase(
    id="TC_012_CSMS",
    title="Remote Stop Charging Session",
    source=octt16("Table 132", "the text of step 7 is lost in the document: a StatusNotification"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        asked(
            1,
            RemoteStopTransaction.req(),
            RemoteStopTransaction.conf(status="Accepted"),
            enter=(("transactionId", FromStep(4, "transactionId", CHARGING.id)),),
        ),
        Remark(
            1,
            "RemoteStopTransaction.req",
            "the central system named another transaction than the one that runs; a charge point would refuse that",
            Condition("namesAnotherTransaction", "it names another transaction than the one that runs", _names_another),
        ),
        exchange(3, StopTransaction.req(reason="Remote")),
        exchange(5, StatusNotification.req(status="Finishing")),
        exchange(7, StatusNotification.req(status="Available")),
    ),
)

CASES = (TC_010_CSMS, TC_011_1_CSMS, TC_011_2_CSMS, TC_012_CSMS)
