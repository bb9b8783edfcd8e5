"""A fault of a connector, central system (OCTT 1.6, section 3.8)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import AUTHORIZED
from labapp.domain.notation import exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import StatusNotification

TC_024_CSMS = TestCase(
    id="TC_024_CSMS",
    title="Start Charging Session Lock Failure",
    source=octt16("Table 144"),
    sut=CENTRAL_SYSTEM,
    before=(state(AUTHORIZED),),
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        exchange(3, StatusNotification.req(errorCode="ConnectorLockFailure", status="Faulted")),
    ),
)

CASES = (TC_024_CSMS,)
