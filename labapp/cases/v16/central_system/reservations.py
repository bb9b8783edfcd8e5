"""Reservations, central system (OCTT 1.6, section 3.17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from labapp.cases.conditions import feature
from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import CONNECTOR_ID, PARENT_ID_TAG, RESERVATION_OFFSET, VALID_ID_TAG, VALID_ID_TAG_2
from labapp.domain.expectations import PRESENT, Computed, FromStep, Literal, Not, Within
from labapp.domain.notation import asked, exchange, of_state
from labapp.domain.stamps import utc_text
from labapp.domain.testcase import CENTRAL_SYSTEM, Exchange, TestCase, Wait
from labapp.domain.tolerances import TOLERANCES
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import (
    CancelReservation,
    ChangeAvailability,
    ReserveNow,
    StartTransaction,
    StatusNotification,
)
from labapp.ocpp.timestamps import read_timestamp

_PROFILE = feature("Reservation")
_ID = FromStep(1, "reservationId")
_RESERVED_CONNECTOR = FromStep(1, "connectorId")
_GRANTED = "the tool's answer at step 2 is Accepted: else nothing would be reserved"


def _end(view: View) -> str:
    return stamp(view, after=float(view.values[RESERVATION_OFFSET.key]))


def _end_as_due(view: View) -> Within:
    """The offset counts from the prompt, which says a time of day, or from the request itself, where a central system is told how long."""
    offset = float(view.values[RESERVATION_OFFSET.key])
    tolerance = timedelta(seconds=TOLERANCES["entered_time"].around(offset))
    begun = (view.prompted() or view.now).utc
    earliest, latest = (moment + timedelta(seconds=offset) for moment in (begun, view.now.utc))
    return Within(utc_text(earliest - tolerance), utc_text(latest + tolerance))


def _until_its_end(view: View) -> float:
    moment, _ = read_timestamp(str(view.seen(1)[-1].payload.get("expiryDate", "")))
    return max(0.0, (moment - view.now.utc).total_seconds()) if moment is not None else 0.0


def _where(view: View) -> int:
    """The connector that is reserved; the configured one where the central system leaves the choice to the station."""
    number = view.seen(1)[-1].payload.get("connectorId") if view.seen(1) else 0
    if isinstance(number, int) and 1 <= number <= int(view.dut.get("connectors", 1)):
        return number
    return int(view.values[CONNECTOR_ID.key])


_WHERE = (("connectorId", Computed("reserved connector", _where)),)
_ENTER_END = ("expiryDate", Computed("now + reservationOffset", _end, (RESERVATION_OFFSET,)))


def _reserved(step: int, answer: str, **stated: Any) -> Exchange:
    """The central system reserves; where a case leaves fields open, the configured connector and card are proposed."""
    proposed = {"connectorId": CONNECTOR_ID, "idTag": VALID_ID_TAG}
    open_ones = {
        path: value for path, value in proposed.items() if isinstance(stated.get(path), Not) or path not in stated
    }
    parent = (("parentIdTag", PARENT_ID_TAG),) if "parentIdTag" in stated else ()
    return asked(
        step,
        ReserveNow.req(**stated),
        ReserveNow.conf(status=answer),
        enter=(*open_ones.items(), *parent, _ENTER_END),
    )


TC_046_CSMS = TestCase(
    id="TC_046_CSMS",
    title="Reservation of a Connector - Transaction",
    source=octt16("Table 166"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(1, "Accepted", connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
        exchange(3, StatusNotification.req(status="Reserved")),
        CHARGING.with_(step=5, reservationId=_ID),
        of_state(5, CHARGING, 3, StartTransaction.req(reservationId=_ID)),
    ),
)

TC_047_CSMS = TestCase(
    id="TC_047_CSMS",
    title="Reservation of a Connector - Expire",
    source=octt16("Table 167"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(
            1,
            "Accepted",
            connectorId=CONNECTOR_ID,
            idTag=VALID_ID_TAG,
            expiryDate=Computed("now + reservationOffset", _end_as_due, (RESERVATION_OFFSET,)),
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        Wait(Computed("until expiryDate", _until_its_end), "nobody comes until the reservation is over"),
        exchange(5, StatusNotification.req(status="Available")),
    ),
)

TC_048_1_CSMS = TestCase(
    id="TC_048_1_CSMS",
    title="Reservation of a Connector - Faulted",
    source=octt16("Table 168"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(_reserved(1, "Faulted", connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),),
)

TC_048_2_CSMS = TestCase(
    id="TC_048_2_CSMS",
    title="Reservation of a Connector - Occupied",
    source=octt16("Table 169"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        exchange(1, StatusNotification.req(status="Preparing", connectorId=CONNECTOR_ID)),
        _reserved(3, "Occupied", connectorId=FromStep(1, "connectorId"), idTag=VALID_ID_TAG),
    ),
)

TC_048_3_CSMS = TestCase(
    id="TC_048_3_CSMS",
    title="Reservation of a Connector - Unavailable",
    source=octt16("Table 170", "the tool's answer at step 2 is Accepted: else nothing would be unavailable"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            ChangeAvailability.req(connectorId=CONNECTOR_ID, type="Inoperative"),
            ChangeAvailability.conf(status="Accepted"),
        ),
        exchange(3, StatusNotification.req(status="Unavailable", connectorId=FromStep(1, "connectorId"))),
        _reserved(5, "Unavailable", connectorId=FromStep(1, "connectorId"), idTag=VALID_ID_TAG),
    ),
)

TC_048_4_CSMS = TestCase(
    id="TC_048_4_CSMS",
    title="Reservation of a Connector - Rejected",
    source=octt16("Table 171"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(_reserved(1, "Rejected", connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),),
)

TC_049_CSMS = TestCase(
    id="TC_049_CSMS",
    title="Reservation of a Charge Point - Transaction",
    source=octt16("Table 172", _GRANTED),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(1, "Accepted", connectorId=0),
        exchange(3, StatusNotification.req(status="Reserved"), implied=_WHERE),
    ),
)

TC_051_CSMS = TestCase(
    id="TC_051_CSMS",
    title="Cancel Reservation",
    source=octt16("Table 173"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(1, "Accepted", connectorId=Not(Literal(0))),
        exchange(3, StatusNotification.req(status="Reserved"), implied=_WHERE),
        asked(5, CancelReservation.req(reservationId=_ID), CancelReservation.conf(status="Accepted")),
        exchange(7, StatusNotification.req(status="Available"), implied=_WHERE),
    ),
)

TC_052_CSMS = TestCase(
    id="TC_052_CSMS",
    title="Cancel Reservation - Rejected",
    source=octt16("Table 174"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(1, "Accepted"),
        exchange(3, StatusNotification.req(status="Reserved"), implied=_WHERE),
        asked(
            5,
            CancelReservation.req(),
            CancelReservation.conf(status="Rejected"),
            enter=(("reservationId", _ID),),
        ),
    ),
)

TC_053_CSMS = TestCase(
    id="TC_053_CSMS",
    title="Use a reserved Connector with parentIdTag",
    source=octt16("Table 175", "the parentIdTag of step 1 stands in the scenario"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        _reserved(1, "Accepted", connectorId=Not(Literal(0)), parentIdTag=PRESENT),
        exchange(3, StatusNotification.req(status="Reserved"), implied=_WHERE),
        CHARGING.with_(step=5, validIdTag=VALID_ID_TAG_2, connectorId=_RESERVED_CONNECTOR, reservationId=_ID),
    ),
)

CASES = (
    TC_046_CSMS,
    TC_047_CSMS,
    TC_048_1_CSMS,
    TC_048_2_CSMS,
    TC_048_3_CSMS,
    TC_048_4_CSMS,
    TC_049_CSMS,
    TC_051_CSMS,
    TC_052_CSMS,
    TC_053_CSMS,
)
