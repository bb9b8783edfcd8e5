"""Core profile, charge point: unlocking a connector (OCTT 1.6, sections 2.7 and 2.13)."""

from __future__ import annotations

from labapp.cases.actions import BLOCK_LOCK, UNPLUG
from labapp.cases.conditions import FIXED_CABLE_OR_MODE_1_2, HAS_SOCKET, NOT_MODE_1_2_ONLY, configured_connector
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING
from labapp.domain.expectations import Computed, one_of
from labapp.domain.notation import exchange, in_any_order, manual, optional, state
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import StatusNotification, StopTransaction, UnlockConnector

TC_017_1_CS = TestCase(
    id="TC_017_1_CS",
    title="Unlock connector - no charging session running (Not fixed cable)",
    source=octt16("Table 23"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_SOCKET, NOT_MODE_1_2_ONLY),
    steps=(exchange(1, UnlockConnector.req(), UnlockConnector.conf(status="Unlocked")),),
)

TC_017_2_CS = TestCase(
    id="TC_017_2_CS",
    title="Unlock connector - no charging session running (Fixed cable)",
    source=octt16("Table 24"),
    sut=CHARGE_POINT,
    prerequisites=(FIXED_CABLE_OR_MODE_1_2,),
    steps=(exchange(1, UnlockConnector.req(), UnlockConnector.conf(status="NotSupported")),),
)

TC_018_1_CS = TestCase(
    id="TC_018_1_CS",
    title="Unlock Connector - With Charging Session (Not fixed cable)",
    source=octt16("Table 25"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_SOCKET, NOT_MODE_1_2_ONLY),
    before=(state(CHARGING),),
    steps=(
        exchange(1, UnlockConnector.req(), UnlockConnector.conf(status="Unlocked"), gate=True),
        in_any_order(
            exchange(3, StopTransaction.req(reason="UnlockCommand")),
            exchange(5, StatusNotification.req(status="Finishing")),
        ),
        manual(UNPLUG),
        exchange(7, StatusNotification.req(status="Available"), timeout="long_operation"),
    ),
)

TC_018_2_CS = TestCase(
    id="TC_018_2_CS",
    title="Unlock Connector - With Charging Session (Fixed cable)",
    source=octt16("Table 26"),
    sut=CHARGE_POINT,
    prerequisites=(FIXED_CABLE_OR_MODE_1_2,),
    before=(state(CHARGING),),
    steps=(exchange(1, UnlockConnector.req(), UnlockConnector.conf(status="NotSupported")),),
)

#: Some locks only close on a plug: what the station says while one is put in and blocked belongs to the preparation.
_LOCK_IS_BLOCKED = in_any_order(
    manual(BLOCK_LOCK),
    exchange(0, StatusNotification.req(status="Preparing"), optional=True),
    exchange(0, StatusNotification.req(status="Faulted"), optional=True, occurrence=2),
)


def _current_status(view: View) -> str:
    return view.status(configured_connector(view))


TC_030_CS = TestCase(
    id="TC_030_CS",
    title="Unlock Connector – Unlock Failure",
    source=octt16("Table 37", "step 3 as far as its note goes: it may come, with Faulted or the current status"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_SOCKET, NOT_MODE_1_2_ONLY),
    before=(_LOCK_IS_BLOCKED,),
    steps=(
        exchange(1, UnlockConnector.req(), UnlockConnector.conf(status="UnlockFailed"), gate=True),
        optional(
            exchange(3, StatusNotification.req(status=one_of("Faulted", Computed("currentStatus", _current_status)))),
            within="message",
        ),
    ),
)


def _unknown_connector(view: View) -> int:
    return int(view.dut.get("connectors") or 1) + 1


TC_031_CS = TestCase(
    id="TC_031_CS",
    title="Unlock Connector - Unknown Connector",
    source=octt16("Table 38"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            UnlockConnector.req(connectorId=Computed("unknownConnectorId", _unknown_connector)),
            UnlockConnector.conf(status="NotSupported"),
        ),
    ),
)

CASES = (TC_017_1_CS, TC_017_2_CS, TC_018_1_CS, TC_018_2_CS, TC_030_CS, TC_031_CS)
