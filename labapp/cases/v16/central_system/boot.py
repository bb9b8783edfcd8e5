"""Cold boot, central system (OCTT 1.6, section 3.1)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.domain.expectations import FromStep
from labapp.domain.notation import exchange
from labapp.domain.testcase import ALL_AND_ZERO, CENTRAL_SYSTEM, LinkOrder, TestCase, Timing
from labapp.ocpp.messages16 import BootNotification, Heartbeat, StatusNotification

_INTERVAL = FromStep(2, "interval")

TC_001_CSMS = TestCase(
    id="TC_001_CSMS",
    title="Cold Boot Charge Point",
    source=octt16("Table 122", "two heartbeats are enough"),
    sut=CENTRAL_SYSTEM,
    before=(LinkOrder("disconnect"), LinkOrder("connect")),
    steps=(
        exchange(1, BootNotification.req(), BootNotification.conf(status="Accepted"), gate=True),
        exchange(3, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
        exchange(5, Heartbeat.req(), due=Timing(2, _INTERVAL, "heartbeat")),
        exchange(5, Heartbeat.req(), due=Timing(5, _INTERVAL, "heartbeat"), occurrence=2),
    ),
)

CASES = (TC_001_CSMS,)
