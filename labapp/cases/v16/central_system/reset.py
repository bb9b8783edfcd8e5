"""Resets, central system (OCTT 1.6, section 3.5)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.domain.expectations import Literal
from labapp.domain.notation import asked, exchange
from labapp.domain.testcase import ALL_AND_ZERO, CENTRAL_SYSTEM, Item, LinkOrder, TestCase, Wait
from labapp.ocpp.messages16 import BootNotification, Reset, StatusNotification

#: Seconds that the charge point takes before it connects again, so that the central system has seen it go.
_RESTART = 5


def _reset(kind: str) -> tuple[Item, ...]:
    """The charge point is told to reset; it goes away, connects again and boots."""
    return (
        asked(1, Reset.req(type=kind), Reset.conf(status="Accepted")),
        LinkOrder("disconnect"),
        Wait(Literal(_RESTART), "the charge point restarts"),
        LinkOrder("connect"),
        exchange(3, BootNotification.req(), BootNotification.conf(status="Accepted"), gate=True),
        exchange(5, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
    )


TC_013_CSMS = TestCase(
    id="TC_013_CSMS",
    title="Hard Reset",
    source=octt16("Table 133"),
    sut=CENTRAL_SYSTEM,
    steps=_reset("Hard"),
)

TC_014_CSMS = TestCase(
    id="TC_014_CSMS",
    title="Soft Reset",
    source=octt16("Table 134"),
    sut=CENTRAL_SYSTEM,
    steps=_reset("Soft"),
)

CASES = (TC_013_CSMS, TC_014_CSMS)
