"""Reading charging schedules: periods as (start, limit), with equal neighbours joined. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from labapp.ocpp.timestamps import read_timestamp

Period = tuple[float, float]


def composite_periods(schedule: Mapping[str, Any]) -> list[Period]:
    """(startPeriod in seconds, limit) of every readable period, in the order given."""
    periods = schedule.get("chargingSchedulePeriod")
    found = []
    for period in periods if isinstance(periods, list) else ():
        if isinstance(period, Mapping) and "startPeriod" in period and "limit" in period:
            found.append((float(period["startPeriod"]), float(period["limit"])))
    return found


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
