"""The network page without its widgets: settings, the measurement that runs, its figures, and what was measured before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError, InputErrors, LabappError
from labapp.domain.measurement import LimitVerdict, NetworkMeasurement, measurement_from_json
from labapp.domain.network_settings import NetworkSettings, network_settings
from labapp.domain.project_keys import TABLES
from labapp.presentation.network_figures import Card, VerdictLook, cards, lane, limit_place, look_of_verdict
from labapp.presentation.setup_fields import Field, Problem, field_of
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text

#: Keys that one sets for each place; the others lie folded below them.
_FIRST = ("far_end", "modem", "interface", "technology")
#: Seconds that the modem, and each latency probe, are expected to take.
_MODEM, _PROBE = 3.0, 0.15
#: Seconds of a change of technology.
_TECHNOLOGY = 20.0
#: Measurements that the strip has room for.
STRIP = 40


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a measurement. expected: seconds that it is expected to take."""

    key: str
    words: str
    expected: float


@dataclass(frozen=True, slots=True)
class Course:
    """How far a running measurement is. permille: 0 to 1000. words: the part that runs, with its number."""

    permille: int
    words: str
    left: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the history strip. places: of each measurement from the bottom, None where there is no value."""

    title: str
    places: tuple[tuple[float | None, VerdictLook], ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Network:
    """What the page shows.

    settings: None while they cannot be read. ready: a measurement can be made; why_not: else what it lacks. shown: number of the
    measurement that the figures are of, -1 for none. headline: which one that is. facts: of its modem, name and value.
    """

    settings: NetworkSettings | None
    fields: tuple[Field, ...]
    further: tuple[Field, ...]
    ready: bool
    why_not: str
    duration: str
    cards: tuple[Card, ...]
    headline: str
    verdict: VerdictLook | None
    facts: tuple[tuple[str, str], ...]
    lanes: tuple[Lane, ...]
    moments: tuple[str, ...]
    shown: int
    status: StageStatus


def network_of(
    draft: Draft,
    history: Sequence[NetworkMeasurement],
    *,
    chosen: int | None = None,
    measuring: bool = False,
    fault: LabappError | None = None,
    now: datetime,
) -> Network:
    """The page of a draft. history: newest last. chosen: number of the measurement to show, None for the newest.

    fault: of the last measurement, when it failed. now: aware.
    """
    table = draft.tables.get("network", {})
    settings, problems = _settings(table)
    history = history[-STRIP:]
    shown = len(history) - 1 if chosen is None or not 0 <= chosen < len(history) else chosen
    found = history[shown] if history else None
    why_not = ""
    if problems:
        why_not = text("Mend the settings first.")
    elif settings is not None and not settings.far_end and settings.modem is None:
        why_not = text("Name a far end, a modem, or both.")
    keys = [row.key for row in TABLES["network"]]
    known = settings or NetworkSettings()
    return Network(
        settings=settings,
        fields=tuple(_field(draft, key, problems) for key in _FIRST),
        further=tuple(_field(draft, key, problems) for key in keys if key not in _FIRST),
        ready=not why_not,
        why_not=why_not,
        duration=_duration(known),
        cards=cards(found, known),
        headline=_headline(found, shown == len(history) - 1, now),
        verdict=look_of_verdict(found.verdict) if found is not None else None,
        facts=_facts(found),
        lanes=tuple(_lane(history, name, title, known) for name, title in _lanes()),
        moments=tuple(_spoken(each) for each in history),
        shown=shown,
        status=_status(history, problems, measuring, fault),
    )


def readable(contents: Sequence[Mapping[str, Any]]) -> tuple[NetworkMeasurement, ...]:
    """The kept measurements that can be read, in their order."""
    found = []
    for content in contents:
        try:
            found.append(measurement_from_json(content))
        except InputError:
            continue
    return tuple(found)


def phases(settings: NetworkSettings) -> tuple[Phase, ...]:
    """The parts of a measurement with these settings, in their order."""
    found = []
    if settings.modem is not None:
        held = _TECHNOLOGY if settings.technology else 0
        found.append(Phase("modem", text("asking the modem"), _MODEM + held))
    if settings.far_end:
        found += [
            Phase("latency", text("latency, {count} probes", count=settings.probes), 0.5 + settings.probes * _PROBE),
            Phase("download", text("download, {seconds:g} s", seconds=settings.seconds), settings.seconds),
            Phase("upload", text("upload, {seconds:g} s", seconds=settings.seconds), settings.seconds),
        ]
    return tuple(found)


def course(parts: Sequence[Phase], step: str, since: float, elapsed: float) -> Course:
    """How far a measurement is. step: what `measure` said last, "" before. since: seconds since then; elapsed: since the beginning."""
    at = next((number for number, part in enumerate(parts) if step.startswith(part.key)), 0)
    total = sum(part.expected for part in parts) or 1.0
    before = sum(part.expected for part in parts[:at])
    # A part that takes longer than expected does not go into the next one.
    done = before + min(since, parts[at].expected if parts else 0.0)
    words = text("{number} of {count}: {what}", number=at + 1, count=len(parts), what=parts[at].words) if parts else ""
    return Course(min(int(1000 * done / total), 999), words, text("{seconds:.0f} s", seconds=elapsed))


def _settings(table: Mapping[str, Any]) -> tuple[NetworkSettings | None, dict[tuple[str, str], Problem]]:
    try:
        return network_settings(table), {}
    except InputErrors as errors:
        return None, {("network", _key_of(fault)): Problem(fault.what, fault.mend) for fault in errors.faults}


def _key_of(fault: InputError) -> str:
    found = re.fullmatch(r"\[network\] (\S+)", fault.where)
    return found.group(1) if found else ""


def _field(draft: Draft, key: str, problems: Mapping[tuple[str, str], Problem]) -> Field:
    default = next(row.default for row in TABLES["network"] if row.key == key)
    return field_of(draft, "network", key, problems, {}, otherwise=default)


def _duration(settings: NetworkSettings) -> str:
    seconds = sum(part.expected for part in phases(settings))
    return text("takes about {seconds:.0f} s", seconds=max(seconds, 1)) if seconds else ""


def _headline(found: NetworkMeasurement | None, newest: bool, now: datetime) -> str:
    if found is None:
        return text("Nothing has been measured yet")
    words = (
        text("Measured {when}", when=_when(found.at, now)) if newest else text("Measured at {at}", at=_moment(found.at))
    )
    place = found.target
    if "//127.0.0.1:" in place:
        place = text("a far end on this machine, which says nothing of a network")
    return text("{words}, to {place}", words=words, place=place) if place else words


def _when(at: datetime, now: datetime) -> str:
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return text("just now")
    if minutes < 60:
        return text("{count} min ago", count=minutes)
    if minutes < 24 * 60:
        return text("{count} h ago", count=minutes // 60)
    return text("at {at}", at=_moment(at))


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def _facts(found: NetworkMeasurement | None) -> tuple[tuple[str, str], ...]:
    if found is None or found.modem is None:
        return ()
    modem = found.modem
    rows = (
        (text("Modem"), " ".join(part for part in (modem.manufacturer, modem.model) if part)),
        (text("Operator"), modem.operator),
        (text("Served by"), modem.network),
        (text("Held to"), found.technology),
        (text("Serial number"), modem.serial_number),
        (text("Software"), modem.revision),
        (text("Connected at"), modem.address),
    )
    return tuple((name, value) for name, value in rows if value)


def _lanes() -> tuple[tuple[str, str], ...]:
    return (
        ("bandwidth_download", text("Download")),
        ("latency_p95", text("Latency, 95 %")),
        ("rssi", text("RSSI")),
    )


def _lane(history: Sequence[NetworkMeasurement], name: str, title: str, settings: NetworkSettings) -> Lane:
    places = tuple((place, look_of_verdict(verdict)) for place, verdict in lane(history, name))
    return Lane(title, places, limit_place(name, settings))


def _spoken(found: NetworkMeasurement) -> str:
    return f"{_moment(found.at)}: {look_of_verdict(found.verdict).word}"


def _status(
    history: Sequence[NetworkMeasurement],
    problems: Mapping[tuple[str, str], Problem],
    measuring: bool,
    fault: LabappError | None,
) -> StageStatus:
    if measuring:
        return StageStatus(State.IN_WORK, (text("a measurement runs"),))
    if fault is not None:
        return StageStatus(State.PROBLEM, (fault.what,))
    if problems:
        (_, key), problem = next(iter(problems.items()))
        return StageStatus(State.PROBLEM, (f"{key}: {problem.what}",))
    if not history:
        return StageStatus(State.TO_DO, (text("not measured yet"),))
    match history[-1].verdict:
        case LimitVerdict.NOT_OK:
            outside = [one for one in history[-1].measurements if one.verdict is LimitVerdict.NOT_OK]
            return StageStatus(
                State.PROBLEM, tuple(text("{title} is outside its limit", title=text(one.title)) for one in outside)
            )
        case LimitVerdict.UNKNOWN:
            return StageStatus(State.PROBLEM, (text("a value could not be told"),))
    return StageStatus(State.DONE)
