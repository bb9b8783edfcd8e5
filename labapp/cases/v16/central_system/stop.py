"""Stopping a charging session, central system (OCTT 1.6, section 3.2)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.domain.notation import exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import StatusNotification, StopTransaction

TC_005_1_CSMS = TestCase(
    id="TC_005_1_CSMS",
    title="EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = true",
    source=octt16("Table 126"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        exchange(1, StatusNotification.req(status="SuspendedEV")),
        exchange(3, StopTransaction.req(reason="EVDisconnected")),
        exchange(5, StatusNotification.req(status="Finishing")),
        exchange(7, StatusNotification.req(status="Available")),
    ),
)

CASES = (TC_005_1_CSMS,)
