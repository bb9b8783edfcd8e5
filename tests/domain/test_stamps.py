"""The stamp: moments of the monotonic clock as the wall clock reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labapp.domain.stamps import Stamp

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
NOW = Stamp(NOON, 5_000_000_000)


@pytest.mark.parametrize(
    ("mono_ns", "utc"),
    [
        (7_500_000_000, NOON + timedelta(seconds=2.5)),
        (4_000_000_000, NOON),
        (10**21, None),
        (10**24, None),
        (10**99, None),
    ],
)
def test_a_moment_of_the_monotonic_clock_by_the_wall(mono_ns: int, utc: datetime | None) -> None:
    assert NOW.utc_at(mono_ns) == utc
