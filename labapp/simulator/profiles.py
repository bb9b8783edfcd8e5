"""Charging profiles as values, and the limit that each sets at a moment (OCPP 1.6 edition 2, sections 3.13, 7.8, 7.13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}

#: Phases that a limit in ampere is for when a period does not say it (section 7.14).
DEFAULT_PHASES = 3


@dataclass(frozen=True, slots=True)
class Period:
    """start: seconds from the start of the schedule. limit: A or W, as the schedule's unit says."""

    start: int
    limit: float
    phases: int | None


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed at a moment, in the unit of the schedule that says so."""

    value: float
    unit: str
    phases: int | None

    def in_unit(self, unit: str, voltage: float) -> float:
        """The value in the other unit, at that voltage between phase and neutral; to a tenth."""
        if unit == self.unit:
            return self.value
        factor = voltage * (self.phases or DEFAULT_PHASES)
        return round(self.value * factor if unit == "W" else self.value / factor, 1)


@dataclass(frozen=True, slots=True)
class Profile:
    """One installed charging profile. connector_id: the one it was set for. duration: seconds or None for no end."""

    id: int
    connector_id: int
    stack_level: int
    purpose: str
    kind: str
    recurrency: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    transaction_id: int | None
    unit: str
    start: datetime | None
    duration: int | None
    periods: tuple[Period, ...]

    def limit_at(self, moment: datetime, session_start: datetime) -> Limit | None:
        """The limit at that moment, None when the profile says nothing then. session_start: where a relative one begins."""
        if (self.valid_from and moment < self.valid_from) or (self.valid_to and moment >= self.valid_to):
            return None
        start = self._start_before(moment, session_start)
        elapsed = (moment - start).total_seconds()
        if elapsed < 0 or (self.duration is not None and elapsed >= self.duration):
            return None
        current = [period for period in self.periods if period.start <= elapsed]
        return Limit(current[-1].limit, self.unit, current[-1].phases) if current else None

    def changes(self, begin: datetime, end: datetime, session_start: datetime) -> Iterator[datetime]:
        """Every moment after `begin` and before `end` at which the limit may change."""
        moments = [each for each in (self.valid_from, self.valid_to) if each is not None]
        start = self._start_before(begin, session_start)
        while start < end:
            offsets = [period.start for period in self.periods]
            offsets += [self.duration] if self.duration is not None else []
            moments += [start, *(start + timedelta(seconds=offset) for offset in offsets)]
            if self.kind != "Recurring" or self.recurrency is None:
                break
            start += _RECURRENCE[self.recurrency]
        return (moment for moment in moments if begin < moment < end)

    def _start_before(self, moment: datetime, session_start: datetime) -> datetime:
        start = session_start if self.kind == "Relative" or self.start is None else self.start
        if self.kind == "Recurring" and self.recurrency is not None and start <= moment:
            start += (moment - start) // _RECURRENCE[self.recurrency] * _RECURRENCE[self.recurrency]
        return start


def profile(fields: Mapping[str, Any], connector_id: int) -> Profile:
    """A `csChargingProfiles` or `chargingProfile` of the wire, its keys in snake_case.

    Raises ValueError for a date that cannot be read.
    """
    schedule = fields["charging_schedule"]
    return Profile(
        id=fields["charging_profile_id"],
        connector_id=connector_id,
        stack_level=fields["stack_level"],
        purpose=fields["charging_profile_purpose"],
        kind=fields["charging_profile_kind"],
        recurrency=fields.get("recurrency_kind"),
        valid_from=_moment(fields.get("valid_from")),
        valid_to=_moment(fields.get("valid_to")),
        transaction_id=fields.get("transaction_id"),
        unit=schedule["charging_rate_unit"],
        start=_moment(schedule.get("start_schedule")),
        duration=schedule.get("duration"),
        periods=tuple(
            Period(each["start_period"], float(each["limit"]), each.get("number_phases"))
            for each in schedule["charging_schedule_period"]
        ),
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
