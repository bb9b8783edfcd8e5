"""Reading charging schedules: periods as (start, limit), with equal neighbours joined. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from labapp.domain.payloads import objects
from labapp.ocpp.timestamps import read_timestamp

Period = tuple[float, float]


def composite_periods(schedule: Mapping[str, Any]) -> list[Period]:
    """(startPeriod in seconds, limit) of every readable period, in the order given."""
    found = []
    for period in objects(schedule, "chargingSchedulePeriod"):
        start, limit = _number(period.get("startPeriod")), _number(period.get("limit"))
        if start is not None and limit is not None:
            found.append((start, limit))
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def normalised(periods: list[Period]) -> list[Period]:
    """Neighbours of equal limit joined: the schedule is the same function of time."""
    joined: list[Period] = []
    for period in periods:
        if not joined or joined[-1][1] != period[1]:
            joined.append(period)
    return joined


def seconds_between(text: str, later: datetime) -> float:
    """Seconds from a timestamp that the tool has written to a later moment."""
    moment, _ = read_timestamp(text)
    if moment is None:
        raise ValueError(f"not a timestamp: {text!r}")
    return (later - moment).total_seconds()
