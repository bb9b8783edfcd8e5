"""Unlocking a connector, central system (OCTT 1.6, sections 3.6 and 3.10)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import CONNECTOR_ID
from labapp.domain.expectations import Computed, Expected
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, Exchange, TestCase
from labapp.ocpp.messages16 import StatusNotification, StopTransaction, UnlockConnector

_UNKNOWN_CONNECTOR = Computed("unknownConnectorId", lambda view: int(view.dut.get("connectors", 1)) + 1)


def _unlocked(status: str, connector: Expected = CONNECTOR_ID) -> Exchange:
    """connector: what is proposed; the tables leave it to the central system."""
    answer = UnlockConnector.conf(status=status)
    return asked(1, UnlockConnector.req(), answer, enter=(("connectorId", connector),))


TC_017_1_CSMS = TestCase(
    id="TC_017_1_CSMS",
    title="Unlock connector - no charging session running (Not fixed cable)",
    source=octt16("Table 135"),
    sut=CENTRAL_SYSTEM,
    steps=(_unlocked("Unlocked"),),
)

TC_017_2_CSMS = TestCase(
    id="TC_017_2_CSMS",
    title="Unlock connector - no charging session running (Fixed cable)",
    source=octt16("Table 136"),
    sut=CENTRAL_SYSTEM,
    steps=(_unlocked("NotSupported"),),
)

TC_018_1_CSMS = TestCase(
    id="TC_018_1_CSMS",
    title="Unlock Connector - With Charging Session (Not fixed cable)",
    source=octt16("Table 137"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        _unlocked("Unlocked"),
        exchange(3, StatusNotification.req(status="Finishing")),
        exchange(5, StopTransaction.req(reason="UnlockCommand")),
        exchange(7, StatusNotification.req(status="Available")),
    ),
)

TC_030_CSMS = TestCase(
    id="TC_030_CSMS",
    title="Unlock Connector - Unlock Failure",
    source=octt16("Table 147"),
    sut=CENTRAL_SYSTEM,
    steps=(_unlocked("UnlockFailed"),),
)

TC_031_CSMS = TestCase(
    id="TC_031_CSMS",
    title="Unlock Connector - Unknown Connector",
    source=octt16("Table 148"),
    sut=CENTRAL_SYSTEM,
    steps=(_unlocked("NotSupported", _UNKNOWN_CONNECTOR),),
)

CASES = (TC_017_1_CSMS, TC_017_2_CSMS, TC_018_1_CSMS, TC_030_CSMS, TC_031_CSMS)
