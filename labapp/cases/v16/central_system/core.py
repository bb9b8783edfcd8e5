"""Core profile, central system (OCTT 1.6, sections 3.2 and 3.4)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import ACCEPTED
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase, asked, exchange, state
from labapp.ocpp.messages16 import (
    Authorize,
    RemoteStopTransaction,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

TC_003_CSMS = TestCase(
    id="TC_003_CSMS",
    title="Regular Charging Session - Plugin First",
    source=octt16("Table 123"),
    sut=CENTRAL_SYSTEM,
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        exchange(3, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED)),
        exchange(5, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
        exchange(7, StatusNotification.req(status="Charging")),
    ),
)

TC_012_CSMS = TestCase(
    id="TC_012_CSMS",
    title="Remote Stop Charging Session",
    source=octt16("Table 132", "the text of step 7 is lost in the document: a StatusNotification"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        asked(1, RemoteStopTransaction.req(), RemoteStopTransaction.conf(status="Accepted")),
        exchange(3, StopTransaction.req(reason="Remote")),
        exchange(5, StatusNotification.req(status="Finishing")),
        exchange(7, StatusNotification.req(status="Available")),
    ),
)

CASES = (TC_003_CSMS, TC_012_CSMS)
