"""Core profile, charge point: power failure (OCTT 1.6, section 2.14)."""

from __future__ import annotations

from labapp.cases.actions import POWER_CYCLE, POWER_OFF, POWER_ON, PRESENT_ID_TO_STOP
from labapp.cases.conditions import (
    HAS_BACKUP_POWER,
    NO_BACKUP_POWER,
    NOT_YET_FINISHING,
    RESUMED_CHARGING,
    STOPPED_BY_POWER_LOSS,
)
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING
from labapp.cases.values import CONNECTOR_ID
from labapp.domain.expectations import OMITTED, Literal, When, one_of
from labapp.domain.notation import exchange, in_any_order, manual, state
from labapp.domain.testcase import ALL_AND_ZERO, CHARGE_POINT, OTHERS_AND_ZERO, TestCase
from labapp.ocpp.messages16 import BootNotification, ChangeAvailability, StatusNotification, StopTransaction

TC_032_1_CS = TestCase(
    id="TC_032_1_CS",
    title="Power failure boot charging point - configured to stop transaction(s) before going down",
    source=octt16("Table 39"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_BACKUP_POWER,),
    before=(state(CHARGING),),
    steps=(
        manual(POWER_OFF),
        exchange(1, StopTransaction.req(reason="PowerLoss")),
        exchange(3, StatusNotification.req(status="Finishing")),
        manual(POWER_ON),
        exchange(5, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        in_any_order(
            exchange(7, StatusNotification.req(connectorId=CONNECTOR_ID, status=one_of("Finishing", "Preparing"))),
            exchange(7, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
        ),
    ),
)

TC_032_2_CS = TestCase(
    id="TC_032_2_CS",
    title="Power failure boot charging point-configured to stop transaction(s)",
    source=octt16("Table 40", "Preparing or Finishing at step 3 is also the message of step 7"),
    sut=CHARGE_POINT,
    prerequisites=(NO_BACKUP_POWER,),
    before=(state(CHARGING),),
    steps=(
        manual(POWER_CYCLE),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        in_any_order(
            exchange(
                3,
                StatusNotification.req(connectorId=CONNECTOR_ID, status=one_of("Preparing", "Finishing", "Charging")),
            ),
            exchange(3, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
            manual(PRESENT_ID_TO_STOP, when=RESUMED_CHARGING),
            exchange(
                5,
                StopTransaction.req(
                    ("reason", When(RESUMED_CHARGING, one_of("Local", OMITTED))),
                    ("reason", When(STOPPED_BY_POWER_LOSS, Literal("PowerLoss"))),
                ),
            ),
            exchange(7, StatusNotification.req(status=one_of("Preparing", "Finishing")), when=NOT_YET_FINISHING),
        ),
    ),
)

TC_034_CS = TestCase(
    id="TC_034_CS",
    title="Power Failure with Unavailable Status",
    source=octt16("Table 41"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            ChangeAvailability.req(connectorId=0, type="Inoperative"),
            ChangeAvailability.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Unavailable"), connectors=ALL_AND_ZERO),
        manual(POWER_CYCLE),
        exchange(5, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        exchange(7, StatusNotification.req(status="Unavailable"), connectors=ALL_AND_ZERO),
    ),
)

CASES = (TC_032_1_CS, TC_032_2_CS, TC_034_CS)
