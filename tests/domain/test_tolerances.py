"""The named tolerances of timings."""

from __future__ import annotations

import pytest

from labapp.domain.tolerances import TOLERANCES


@pytest.mark.parametrize(
    ("name", "interval", "around"),
    [
        ("boot_retry", 10, 2),
        ("boot_retry", 60, 6),
        ("heartbeat", 10, 2),
        ("heartbeat", 300, 30),
        ("sample_interval", 10, 1),
        ("sample_interval", 60, 3),
    ],
)
def test_the_greater_of_seconds_and_share_holds(name: str, interval: float, around: float) -> None:
    assert TOLERANCES[name].around(interval) == pytest.approx(around)


def test_each_says_why_it_is() -> None:
    assert [name for name, tolerance in TOLERANCES.items() if not tolerance.why or tolerance.name != name] == []
