"""Composite schedules as functions of time: what is due, what a station may round away, and where it deviates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labapp.cases.composite import Piece, capped, composite_periods, deviations, due_pieces, given_pieces

START = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)


def profile(
    purpose: str, periods: list[tuple[int, int]], duration: int, *, stack: int = 0, after: float = 0, **fields: Any
) -> dict[str, Any]:
    """A profile as the tool sends it. after: seconds from START to its startSchedule."""
    return {
        "chargingProfilePurpose": purpose,
        "stackLevel": stack,
        "chargingSchedule": {
            "startSchedule": (START + timedelta(seconds=after)).isoformat(),
            "duration": duration,
            "chargingSchedulePeriod": [{"startPeriod": s, "limit": limit} for s, limit in periods],
        },
        **fields,
    }


def test_what_is_due_is_the_least_of_station_and_session() -> None:
    profiles = [
        profile("ChargePointMaxProfile", [(0, 10)], 86400),
        profile("TxDefaultProfile", [(0, 6), (60, 12)], 300),
        profile("TxProfile", [(0, 8), (50, 11)], 100),
    ]
    assert due_pieces(profiles, START, 0, 400) == [
        Piece(0, 50, 8),
        Piece(50, 400, 10),
    ]
    assert due_pieces(profiles[1:2], START, 0, 400) == [Piece(0, 60, 6), Piece(60, 300, 12), Piece(300, 400, None)]


def test_the_higher_stack_level_leads_while_it_lasts_and_is_valid() -> None:
    until = (START + timedelta(seconds=40)).isoformat()
    profiles = [
        profile("TxDefaultProfile", [(0, 6)], 300),
        profile("TxDefaultProfile", [(0, 9)], 100, stack=1, validFrom=START.isoformat(), validTo=until),
    ]
    assert due_pieces(profiles, START, 0, 200) == [Piece(0, 40, 9), Piece(40, 200, 6)]
    assert due_pieces(profiles, START, -10, 20) == [Piece(-10, 0, None), Piece(0, 20, 9)]


def test_a_local_limit_joins_what_it_makes_equal() -> None:
    pieces = [Piece(0, 10, 12), Piece(10, 20, 11), Piece(20, 30, None), Piece(30, 40, 6)]
    assert capped(pieces, 10) == [Piece(0, 20, 10), Piece(20, 30, None), Piece(30, 40, 6)]


def test_the_periods_of_a_station_are_read_as_far_as_they_can_be() -> None:
    schedule = {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, {"startPeriod": "x", "limit": 7}, 5]}
    assert composite_periods(schedule) == [(0.0, 6.0)]
    assert given_pieces([], 100) == [Piece(0, 100, None)]
    assert given_pieces([(5, 6), (20, 6), (30, 7)], 100) == [Piece(0, 5, None), Piece(5, 30, 6), Piece(30, 100, 7)]


DUE = [Piece(-2, 0.4, 8), Piece(0.4, 100.5, 10), Piece(100.5, 101.2, 6), Piece(101.2, 202, 9)]


@pytest.mark.parametrize(
    "periods",
    [
        [(0, 10), (101, 9)],
        [(0, 8), (1, 10), (101, 9)],
        [(0, 10), (100, 6), (101, 9)],
        [(0, 10), (101, 6), (102, 9)],
    ],
)
def test_what_is_shorter_than_the_rounding_may_show_or_not(periods: list[tuple[float, float]]) -> None:
    assert deviations(given_pieces(periods, 200), DUE, 200, 1) == []


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        ([(0, 10), (104, 9)], ("startPeriod", 9, "104 (100.5 was due)")),
        ([(0, 10), (97, 9)], ("startPeriod", 9, "97 (100.5 was due)")),
        ([(0, 10)], ("limit", 9, "10 from 100.5 s on (9 was due)")),
        ([(3, 10), (101, 9)], ("startPeriod", 10, "3")),
        ([(0, 10), (50, 7), (60, 10), (101, 9)], ("limit", 10, "7 from 50 s on (10 was due)")),
    ],
)
def test_deviations_are_told_by_what_is_wrong(periods: list[tuple[float, float]], told: tuple[str, float, str]) -> None:
    due = [Piece(-1, 100.5, 10), Piece(100.5, 201, 9)]
    found = [(d.field, d.piece.limit, d.received) for d in deviations(given_pieces(periods, 200), due, 200, 1)]
    assert found == [told]


def test_a_wrong_limit_whose_start_was_rounded_is_told_of_one_period() -> None:
    due = [Piece(-1, 47.4, 8), Piece(47.4, 101, 10)]
    found = deviations(given_pieces([(0, 8), (47, 11)], 100), due, 100, 1)
    assert [(d.field, d.piece.limit) for d in found] == [("limit", 10)]
    assert len(deviations(given_pieces([(0, 11)], 100), due, 100, 1)) == 2


def test_a_limit_that_comes_a_whole_second_late_is_late() -> None:
    due = [Piece(-1, 50, 8), Piece(50, 101, 10)]
    assert deviations(given_pieces([(0, 8), (50, 10)], 100), due, 100, 1) == []
    assert [d.field for d in deviations(given_pieces([(0, 8), (51, 10)], 100), due, 100, 1)] == ["startPeriod"]
    assert deviations(given_pieces([(0, 8), (51, 10)], 100), due, 100, 2) == []


@pytest.mark.parametrize("start", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_schedule_may_start_at_an_end_of_the_calendar(start: datetime) -> None:
    only = profile("TxDefaultProfile", [(0, 6)], 300)
    assert due_pieces([only], start, -2, 302) == [Piece(-2, 302, None)]
