"""The clocks of this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labapp.engine.system_clock import SystemClock


def test_both_clocks_tell_the_present_and_go_forward() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.utc.tzinfo is UTC
    assert abs(first.utc - datetime.now(UTC)) < timedelta(seconds=5)
    assert second.mono_ns >= first.mono_ns
