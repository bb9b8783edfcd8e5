"""A power failure, central system (OCTT 1.6, section 3.11)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.offline import before_reconnection
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import CONNECTOR_ID
from labapp.domain.expectations import Literal
from labapp.domain.notation import exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, OTHERS_AND_ZERO, LinkOrder, TestCase, Wait
from labapp.ocpp.messages16 import BootNotification, StatusNotification, StopTransaction

#: Seconds for which the charge point is without power.
_OFF = 5

TC_032_1_CSMS = TestCase(
    id="TC_032_1_CSMS",
    title="Power failure boot charging point-configured to stop transaction(s)",
    source=octt16("Table 149", "step 2 is a BootNotification.conf"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        LinkOrder("disconnect"),
        Wait(Literal(_OFF), "the charge point is without power"),
        LinkOrder("connect"),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Accepted"), gate=True),
        exchange(3, StatusNotification.req(connectorId=CONNECTOR_ID, status="Finishing")),
        exchange(3, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
        exchange(
            5,
            StopTransaction.req(reason="PowerLoss"),
            implied=(("timestamp", before_reconnection("timeOfPowerLoss", lambda view: _OFF)),),
        ),
    ),
)

CASES = (TC_032_1_CSMS,)
