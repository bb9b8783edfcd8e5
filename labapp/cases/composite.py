"""Composite schedules: what charging profiles amount to together, and how far a station's answer is from it. Pure.

A composite schedule is a function of time. It is worked out from the profiles as the tool has sent them, at the start that the
station gives, so that a station that takes its time is judged by what is left of the profiles then. Where no profile says
anything, the station may say what it likes. Local limits might be taken into account (OCPP 1.6 section 5.7): both the profiles'
limits and the lesser of them and the local limit are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from labapp.cases.values import CHARGING_RATE_UNIT, LOCAL_LIMIT, MAX_TIME_DEVIATION
from labapp.domain.notation import check
from labapp.domain.payloads import objects
from labapp.domain.testcase import Check, Verdict
from labapp.domain.view import View
from labapp.ocpp.timestamps import read_timestamp

#: Start in seconds from the start of the schedule, and limit.
Period = tuple[float, float]

#: Limits are given to a tenth of their unit.
_TENTH = 0.05


@dataclass(frozen=True, slots=True)
class Piece:
    """From start to end, in seconds from the start of the schedule, this limit; None: nothing is said."""

    start: float
    end: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """A due piece that the station's answer does not keep to. field: which part of the period is wrong; received: in a few words."""

    piece: Piece
    field: str
    received: str


# What is due ----------------------------------------------------------------------------------------------------------


def due_pieces(profiles: Sequence[Mapping[str, Any]], start: datetime, begin: float, end: float) -> list[Piece]:
    """What the profiles, as they stand in the requests of the tool, allow from `begin` to `end` seconds after `start`."""
    seconds = sorted(
        {begin, *(s for each in profiles for m in _changes(each) if begin < (s := (m - start).total_seconds()) < end)}
    )
    return _joined(
        Piece(moment, following, _limit(profiles, _later(start, moment)))
        for moment, following in zip(seconds, [*seconds[1:], end], strict=True)
    )


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with neighbours of the same limit as one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].limit == piece.limit:
            found[-1] = Piece(found[-1].start, piece.end, piece.limit)
        else:
            found.append(piece)
    return found


def _later(start: datetime, seconds: float) -> datetime:
    """So many seconds behind a moment of the station, which may be any: at most an end of the calendar."""
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC)


def _limit(profiles: Sequence[Mapping[str, Any]], moment: datetime) -> float | None:
    """The least of what the profiles of the station and those of the session say (OCPP 1.6 sections 3.13.2 and 3.13.4)."""
    of_station = _leading(profiles, "ChargePointMaxProfile", moment)
    of_session = _leading(profiles, "TxProfile", moment)
    if of_session is None:
        of_session = _leading(profiles, "TxDefaultProfile", moment)
    return min((limit for limit in (of_session, of_station) if limit is not None), default=None)


def _leading(profiles: Sequence[Mapping[str, Any]], purpose: str, moment: datetime) -> float | None:
    """The limit of the highest stack level that says something at the moment."""
    stack = sorted(
        (each for each in profiles if each["chargingProfilePurpose"] == purpose), key=lambda each: -each["stackLevel"]
    )
    limits = (_limit_of(each, moment) for each in stack)
    return next((limit for limit in limits if limit is not None), None)


def _limit_of(profile: Mapping[str, Any], moment: datetime) -> float | None:
    if "validFrom" in profile and not _moment(profile["validFrom"]) <= moment < _moment(profile["validTo"]):
        return None
    schedule = profile["chargingSchedule"]
    elapsed = (moment - _moment(schedule["startSchedule"])).total_seconds()
    begun = [period for period in schedule["chargingSchedulePeriod"] if period["startPeriod"] <= elapsed]
    return float(begun[-1]["limit"]) if begun and elapsed < schedule["duration"] else None


def _changes(profile: Mapping[str, Any]) -> Iterator[datetime]:
    """The moments at which a profile's limit may change."""
    schedule = profile["chargingSchedule"]
    start = _moment(schedule["startSchedule"])
    for offset in (*(p["startPeriod"] for p in schedule["chargingSchedulePeriod"]), schedule["duration"]):
        yield start + timedelta(seconds=offset)
    if "validFrom" in profile:
        yield from (_moment(profile["validFrom"]), _moment(profile["validTo"]))


def _moment(text: str) -> datetime:
    moment, _ = read_timestamp(text)
    if moment is None:
        raise ValueError(f"not a timestamp: {text!r}")
    return moment


def capped(pieces: Sequence[Piece], local: float) -> list[Piece]:
    """The same with a local limit: what is not limited otherwise is not known to be limited by it."""
    return _joined(
        Piece(piece.start, piece.end, None if piece.limit is None else min(piece.limit, local)) for piece in pieces
    )


# What the station says ------------------------------------------------------------------------------------------------


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


def given_pieces(periods: Sequence[Period], duration: float) -> list[Piece]:
    """The schedule as the station gives it, equal neighbours joined; before its first period it says nothing."""
    starts = [*(start for start, _ in periods), duration]
    silent = [Piece(0, starts[0], None)] if starts[0] > 0 else []
    said = (Piece(start, end, limit) for (start, limit), end in zip(periods, starts[1:], strict=True))
    return _joined((*silent, *said))


def deviations(given: Sequence[Piece], due: Sequence[Piece], duration: float, rounding: float) -> list[Deviation]:
    """Where the schedule that was given is another than the one that is due, between 0 and `duration`.

    rounding: a limit may begin or end by less than so many seconds early or late. due: reaches so far beyond both ends, since
    what has just ended or is about to begin may show as well. A wrong limit that reaches into the neighbour by no more than the
    rounding is told of the longer piece alone.
    """
    found: list[tuple[Piece, float, Deviation]] = []
    for piece in due:
        for shown in given:
            begin, end = max(piece.start, shown.start, 0.0), min(piece.end, shown.end, duration)
            if begin >= end or piece.limit is None or _equal(shown.limit, piece.limit):
                continue
            near = (p for p in due if p.limit is None or _equal(shown.limit, p.limit))
            if not any(p.start - rounding < begin and end < p.end + rounding for p in near):
                found.append((shown, end - begin, _told(piece, shown, begin, end, given, due)))
    told_longer = {shown for shown, length, _ in found if length >= rounding}
    return [deviation for shown, length, deviation in found if length >= rounding or shown not in told_longer]


def _told(
    piece: Piece, shown: Piece, begin: float, end: float, given: Sequence[Piece], due: Sequence[Piece]
) -> Deviation:
    """The limit of a period is wrong, or only its start: the limit comes early or late."""
    position = due.index(piece)
    before, behind = due[:position][-1:], due[position + 1 :][:1]
    if shown.limit is None:
        first = given[1:2]
        said = f"{first[0].start:g}" if first else "no period"
        return Deviation(piece, "startPeriod", said)
    kept = any(_equal(each.limit, piece.limit) and each.start < piece.end and piece.start < each.end for each in given)
    if kept and behind and end == piece.end and _equal(shown.limit, behind[0].limit):
        return Deviation(behind[0], "startPeriod", f"{shown.start:g} ({behind[0].start:.4g} was due)")
    late = [each for each in given if each.start == shown.end and _equal(each.limit, piece.limit)]
    if before and begin == piece.start and _equal(shown.limit, before[0].limit) and late:
        return Deviation(piece, "startPeriod", f"{late[0].start:g} ({piece.start:.4g} was due)")
    return Deviation(piece, "limit", f"{shown.limit:g} from {begin:.4g} s on ({piece.limit:g} was due)")


def _equal(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _TENTH


# The checks of a table ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Composite:
    """A GetCompositeSchedule and what its table says of the answer.

    step: of the request, the answer's is the next. duration: seconds asked for, None: the configured ones. profiles: numbers of
    those that are installed. periods: (startPeriod, limit) as the table writes them, limits in A, or None for the local limit.
    """

    step: int
    duration: int | None
    profiles: tuple[int, ...]
    periods: tuple[tuple[str, float | None], ...]

    def checks(self) -> tuple[Check, ...]:
        """One row for each start and each limit of the table."""
        found: list[Check] = []
        for row, (start, limit) in enumerate(self.periods):
            place = f"chargingSchedule.chargingSchedulePeriod[{row}]"
            texts = (
                ("startPeriod", start, "starts when the profiles ask for it"),
                ("limit", LOCAL_LIMIT.text if limit is None else f"{limit:g}", "has the limit of the profiles"),
            )
            for field, expected, text in texts:
                found.append(
                    check(
                        self.step + 1,
                        f"period {row + 1}, equal neighbours joined, {text}",
                        self._judge(row, field),
                        message=_ANSWER,
                        path=f"{place}.{field}",
                        expected=expected,
                        needs=(LOCAL_LIMIT,) if limit is None else (),
                    )
                )
        return tuple(found)

    def _judge(self, row: int, field: str) -> Callable[[View], Verdict]:
        def judge(view: View) -> Verdict:
            wrong = self._wrong(view).get((row, field))
            return Verdict(wrong is None, wrong or "")

        return judge

    def _wrong(self, view: View) -> dict[tuple[int, str], str]:
        """(row, field) of the table -> what was received, for what is wrong."""
        answer = _answer(view, self.step + 1)
        start = schedule_start(view, self.step + 1)
        if start is None:
            start = view.seen(self.step)[-1].at.utc
        # Periods start in whole seconds, and a derived moment may be rounded either way; a start of the schedule in whole
        # seconds was rounded as well.
        rounding = 2.0 if start.microsecond == 0 else 1.0
        duration = float(view.values["schedule_duration"] if self.duration is None else self.duration)
        schedule = answer.get("chargingSchedule")
        periods = composite_periods(schedule) if isinstance(schedule, Mapping) else []
        given = given_pieces(periods, duration)
        best: dict[tuple[int, str], str] | None = None
        for due, limits in self._alternatives(view, start, -rounding, duration + rounding):
            rows = _rows_of(due, limits)
            wrong = {
                (rows.get(each.piece, len(limits) - 1), each.field): each.received
                for each in reversed(deviations(given, due, duration, rounding))
            }
            best = wrong if best is None or len(wrong) < len(best) else best
        return best or {}

    def _alternatives(
        self, view: View, start: datetime, begin: float, end: float
    ) -> Iterator[tuple[list[Piece], list[float]]]:
        """What may be due, each with the limits of the table's periods: without and with the local limit."""
        local = _number(view.values.get(LOCAL_LIMIT.key))
        if not self.profiles and local is not None:
            yield [Piece(begin, end, local)], [local]
            return
        due = due_pieces([_sent(view, number) for number in self.profiles], start, begin, end)
        limits = [limit * factor(view) for _, limit in self.periods if limit is not None]
        yield due, limits
        if local is not None:
            yield capped(due, local), [min(limit, local) for limit in limits]


_ANSWER = "GetCompositeSchedule.conf"


def _rows_of(due: Sequence[Piece], limits: Sequence[float]) -> dict[Piece, int]:
    """The period of the table that each piece is; from the end, since those at the beginning may have passed."""
    found: dict[Piece, int] = {}
    row = len(limits) - 1
    for piece in reversed(due):
        place = next((r for r in range(row, -1, -1) if _equal(limits[r], piece.limit)), None)
        if place is not None:
            found[piece] = place
            row = place - 1
    return found


def _sent(view: View, number: int) -> Mapping[str, Any]:
    """A profile as the tool has sent it last, by its chargingProfileId."""
    sent = [
        seen.payload[name]
        for message, name in (
            ("SetChargingProfile.req", "csChargingProfiles"),
            ("RemoteStartTransaction.req", "chargingProfile"),
        )
        for seen in view.history(message)
        if name in seen.payload
    ]
    found: Mapping[str, Any] = next(each for each in reversed(sent) if each["chargingProfileId"] == number)
    return found


def _answer(view: View, step: int) -> Mapping[str, Any]:
    answers = [seen for seen in view.seen(step) if seen.sender == "sut"]
    return answers[-1].payload if answers else {}


def factor(view: View) -> int:
    """What a limit of the tables is multiplied by: they are in A, or in kW."""
    return 1000 if view.values[CHARGING_RATE_UNIT.key] == "W" else 1


def schedule_start(view: View, step: int) -> datetime | None:
    """Where the schedule in the answer of a step starts; None when it does not say so."""
    answer = _answer(view, step)
    return _readable(answer.get("scheduleStart")) or _readable(_inner_start(answer))


def _inner_start(answer: Mapping[str, Any]) -> Any:
    schedule = answer.get("chargingSchedule")
    return schedule.get("startSchedule") if isinstance(schedule, Mapping) else None


def _readable(text: Any) -> datetime | None:
    return read_timestamp(text)[0] if isinstance(text, str) else None


def starts_at_request(step: int) -> Check:
    """The schedule starts when it was asked for. step: of the request."""

    def judge(view: View) -> Verdict:
        text = _answer(view, step + 1).get("scheduleStart", "<omitted>")
        start = _readable(text)
        asked = view.seen(step)[-1].at.utc
        return Verdict(
            start is not None and abs((start - asked).total_seconds()) <= view.values[MAX_TIME_DEVIATION.key], str(text)
        )

    return check(
        step + 1,
        "the schedule starts at the time of the request, within the configured deviation",
        judge,
        message=_ANSWER,
        path="scheduleStart",
        expected="<requestTime> +/- <maxTimeDeviation>",
    )


def starts_now(step: int) -> Check:
    """The schedule starts at the current time: between request and answer. Without a startSchedule scheduleStart is meant."""

    def judge(view: View) -> Verdict:
        answer = _answer(view, step + 1)
        inner = _inner_start(answer)
        text = answer.get("scheduleStart", "<omitted>") if inner is None else inner
        start = _readable(text)
        deviation = timedelta(seconds=view.values[MAX_TIME_DEVIATION.key])
        asked, answered = view.seen(step)[-1].at.utc, view.seen(step + 1)[-1].at.utc
        return Verdict(start is not None and asked - deviation <= start <= answered + deviation, str(text))

    return check(
        step + 1,
        "the schedule starts at the current time, within the configured deviation",
        judge,
        message=_ANSWER,
        path="chargingSchedule.startSchedule",
        expected="<currentTime> +/- <maxTimeDeviation>",
    )
