"""Core profile, charge point: cold boot (OCTT 1.6, section 2.1)."""

from __future__ import annotations

from labapp.cases.actions import POWER_CYCLE
from labapp.cases.source import octt16
from labapp.cases.values import HEARTBEAT_INTERVAL, METER_VALUE_INTERVAL
from labapp.domain.expectations import OMITTED, Computed, FromStep
from labapp.domain.notation import exchange, manual
from labapp.domain.testcase import ALL_AND_ZERO, CHARGE_POINT, Series, TestCase, Timing
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    BootNotification,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    StatusNotification,
)

TC_001_CS = TestCase(
    id="TC_001_CS",
    title="Cold Boot Charge Point",
    source=octt16("Table 1"),
    sut=CHARGE_POINT,
    steps=(
        manual(POWER_CYCLE),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Rejected"), timeout="reboot"),
        exchange(
            3,
            BootNotification.req(),
            BootNotification.conf(status="Accepted", interval=HEARTBEAT_INTERVAL),
            due=Timing(since=2, seconds=FromStep(2, "interval"), tolerance="boot_retry"),
        ),
        exchange(5, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
        Series(
            7,
            Heartbeat.req(),
            Heartbeat.conf(),
            8,
            count=2,
            interval=FromStep(4, "interval"),
            tolerance="heartbeat",
            since=4,
        ),
    ),
)


def _meter_value_interval(view: View) -> str:
    """As the value of a configuration key: text."""
    return str(view.values[METER_VALUE_INTERVAL.key])


TC_002_CS = TestCase(
    id="TC_002_CS",
    title="Cold Boot Charge Point - Pending",
    source=octt16("Table 2"),
    sut=CHARGE_POINT,
    steps=(
        manual(POWER_CYCLE),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Pending"), timeout="reboot"),
        exchange(3, GetConfiguration.req(key=OMITTED)),
        exchange(
            5,
            ChangeConfiguration.req(
                key="MeterValueSampleInterval",
                value=Computed(METER_VALUE_INTERVAL.name, _meter_value_interval, needs=(METER_VALUE_INTERVAL,)),
            ),
            ChangeConfiguration.conf(status="Accepted"),
        ),
        exchange(
            7,
            BootNotification.req(),
            BootNotification.conf(status="Accepted", interval=HEARTBEAT_INTERVAL),
            due=Timing(since=2, seconds=FromStep(2, "interval"), tolerance="boot_retry"),
        ),
        exchange(9, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
        Series(
            11,
            Heartbeat.req(),
            Heartbeat.conf(),
            12,
            count=2,
            interval=FromStep(8, "interval"),
            tolerance="heartbeat",
            since=8,
        ),
    ),
)

CASES = (TC_001_CS, TC_002_CS)
