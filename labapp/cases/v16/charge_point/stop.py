"""Core profile, charge point: stop of a charging session at the station and at the vehicle (OCTT 1.6, section 2.3)."""

from __future__ import annotations

from labapp.cases.actions import (
    PRESENT_ID_OF_GROUP,
    PRESENT_OTHER_ID,
    PRESENT_START_ID,
    UNPLUG_EV_SIDE,
    UNPLUG_EV_SIDE_FIRST,
    UNPLUG_STATION_SIDE,
)
from labapp.cases.conditions import (
    ALREADY_AVAILABLE,
    HAS_FIXED_CABLE,
    HAS_LOCAL_START,
    HAS_LOCAL_STOP,
    HAS_READER,
    HAS_SOCKET,
    NO_SHARED_READER,
    NOT_MODE_1_2_ONLY,
    NOT_YET_AVAILABLE,
    OTHERS_CAN_BE_OCCUPIED,
    not_fixed_to_false,
    not_fixed_to_true,
    writable,
)
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, SET_CONNECTOR_OCCUPIED
from labapp.cases.values import TRANSACTION_DURATION
from labapp.domain.expectations import FromStep, Not, one_of
from labapp.domain.notation import absent, configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import CHARGE_POINT, OTHER_CONNECTORS, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    RemoteStopTransaction,
    StatusNotification,
    StopTransaction,
    UnlockConnector,
)

_STARTED_BY = FromStep(9, "idTag", CHARGING.id)

TC_068_CS = TestCase(
    id="TC_068_CS",
    title="Stop transaction - IdTag in StopTransaction matches IdTag in StartTransaction",
    source=octt16("Table 6"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_START, HAS_LOCAL_STOP, HAS_READER),
    before=(state(CHARGING),),
    steps=(
        manual(PRESENT_OTHER_ID),
        absent(1, Authorize.req(), TRANSACTION_DURATION, when=NO_SHARED_READER),
        absent(1, StopTransaction.req(), TRANSACTION_DURATION),
        manual(PRESENT_START_ID),
        in_any_order(
            exchange(3, StopTransaction.req(idTag=_STARTED_BY)),
            exchange(5, StatusNotification.req(status="Finishing")),
        ),
    ),
)

TC_069_CS = TestCase(
    id="TC_069_CS",
    title="Stop transaction - ParentIdTag in StopTransaction matches ParentIdTag in StartTransaction",
    source=octt16("Table 7"),
    sut=CHARGE_POINT,
    grouped=True,
    prerequisites=(HAS_LOCAL_START, HAS_LOCAL_STOP, HAS_READER),
    before=(
        # Else the card could be meant for another connector.
        state(SET_CONNECTOR_OCCUPIED, connectors=OTHER_CONNECTORS, when=OTHERS_CAN_BE_OCCUPIED),
        state(CHARGING),
    ),
    steps=(
        manual(PRESENT_ID_OF_GROUP),
        exchange(
            1,
            Authorize.req(idTag=Not(_STARTED_BY)),
            Authorize.conf(
                idTagInfo={
                    "status": "Accepted",
                    "parentIdTag": FromStep(10, "idTagInfo.parentIdTag", CHARGING.id),
                }
            ),
        ),
        in_any_order(
            exchange(3, StopTransaction.req(idTag=FromStep(1, "idTag"))),
            exchange(5, StatusNotification.req(status="Finishing")),
        ),
    ),
)

_STOP = "StopTransactionOnEVSideDisconnect"
_UNLOCK = "UnlockConnectorOnEVSideDisconnect"

TC_005_1_CS = TestCase(
    id="TC_005_1_CS",
    title="EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = true",
    source=octt16(
        "Table 8",
        "the validation printed for step 6 is that of step 5",
        "both ends of the cable may be pulled at once",
        "StopTransactionOnEVSideDisconnect is optional",
        "does not apply where UnlockConnectorOnEVSideDisconnect can only be false",
    ),
    sut=CHARGE_POINT,
    prerequisites=(HAS_SOCKET, NOT_MODE_1_2_ONLY, not_fixed_to_false(_STOP), not_fixed_to_false(_UNLOCK)),
    before=(
        configuration("MinimumStatusDuration", "0", if_implemented=True),
        configuration(_STOP, "true", if_implemented=True),
        configuration(_UNLOCK, "true"),
        state(CHARGING),
    ),
    steps=(
        manual(UNPLUG_EV_SIDE_FIRST),
        in_any_order(
            exchange(1, StopTransaction.req(reason="EVDisconnected")),
            exchange(3, StatusNotification.req(status="Finishing")),
        ),
        # In the same wait as the messages before it: it may have been pulled already.
        in_any_order(
            manual(UNPLUG_STATION_SIDE, when=NOT_YET_AVAILABLE),
            exchange(5, StatusNotification.req(status="Available"), timeout="long_operation"),
        ),
    ),
)

TC_005_2_CS = TestCase(
    id="TC_005_2_CS",
    title="EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = false",
    source=octt16(
        "Table 9",
        "Available may follow Finishing at step 3; it need not come a second time at step 7",
        "StopTransactionOnEVSideDisconnect is optional",
        "does not apply where UnlockConnectorOnEVSideDisconnect can only be true",
    ),
    sut=CHARGE_POINT,
    prerequisites=(not_fixed_to_false(_STOP), not_fixed_to_true(_UNLOCK)),
    before=(
        configuration("MinimumStatusDuration", "0", if_implemented=True),
        configuration(_STOP, "true", if_implemented=True),
        configuration(_UNLOCK, "false"),
        state(CHARGING),
    ),
    steps=(
        manual(UNPLUG_EV_SIDE),
        in_any_order(
            exchange(1, StopTransaction.req(reason="EVDisconnected")),
            exchange(3, StatusNotification.req(status=one_of("Finishing", "Available"))),
            exchange(3, StatusNotification.req(status="Available"), optional=True, occurrence=2),
        ),
        exchange(5, UnlockConnector.req(), UnlockConnector.conf(status=one_of("Unlocked", "NotSupported")), gate=True),
        manual(UNPLUG_STATION_SIDE, when=HAS_SOCKET),
        exchange(
            7,
            StatusNotification.req(status="Available"),
            when=HAS_SOCKET,
            optional_when=ALREADY_AVAILABLE,
            timeout="long_operation",
        ),
    ),
)

TC_005_3_CS = TestCase(
    id="TC_005_3_CS",
    title="EV Side Disconnected - StopTransactionOnEVSideDisconnect = false - UnlockConnectorOnEVSideDisconnect = false",
    source=octt16(
        "Table 10",
        "with a fixed cable Available may follow Finishing at step 5",
        "does not apply where UnlockConnectorOnEVSideDisconnect can only be true",
    ),
    sut=CHARGE_POINT,
    prerequisites=(NOT_MODE_1_2_ONLY, writable(_STOP), not_fixed_to_true(_UNLOCK)),
    before=(
        configuration("MinimumStatusDuration", "0", if_implemented=True),
        configuration(_STOP, "false"),
        configuration(_UNLOCK, "false"),
        state(CHARGING),
    ),
    steps=(
        manual(UNPLUG_EV_SIDE),
        in_any_order(
            exchange(
                1,
                StatusNotification.req(status=one_of("SuspendedEV", "SuspendedEVSE"), info="EV side disconnected"),
            ),
            exchange(
                1,
                StatusNotification.req(status=one_of("SuspendedEV", "SuspendedEVSE"), info="EV side disconnected"),
                optional=True,
                occurrence=2,
            ),
        ),
        exchange(3, RemoteStopTransaction.req()),
        in_any_order(
            exchange(5, StatusNotification.req(status="Finishing"), when=HAS_SOCKET),
            exchange(
                5, StatusNotification.req(status=one_of("Finishing", "Available")), when=HAS_FIXED_CABLE, occurrence=2
            ),
            exchange(5, StatusNotification.req(status="Available"), when=HAS_FIXED_CABLE, optional=True, occurrence=3),
            exchange(7, StopTransaction.req(reason="Remote")),
        ),
    ),
)

CASES = (TC_068_CS, TC_069_CS, TC_005_1_CS, TC_005_2_CS, TC_005_3_CS)
