"""The measured figures of a network as one reads them: number, unit, verdict, and a bar with the limit as a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labapp.domain.measurement import CSQ_MAX, Bound, Limit, LimitVerdict, Measurement, NetworkMeasurement
from labapp.domain.network_settings import NetworkSettings
from labapp.presentation.wording import text


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of a bar. logarithmic: each step of the same length is a factor."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, 0 to 1; what lies outside stands at the end."""
        if self.logarithmic:
            part = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return min(max(part, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict on a limit as word, shape and the name of a colour token."""

    word: str
    shape: str
    colour: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One value. value: "" while nothing was measured; place, limit_place: on the bar, None where there is none.

    limit_low: the limit is the lowest value that is allowed, else the highest. spoken: the whole in one line. minor: said in one line.
    """

    name: str
    title: str
    value: str
    unit: str
    limit: str
    look: VerdictLook
    place: float | None
    limit_place: float | None
    limit_low: bool
    low: str
    high: str
    note: str
    spoken: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Figures that are read together."""

    title: str
    figures: tuple[Figure, ...]


_SCALES: Mapping[str, Scale] = {
    "bandwidth_download": Scale(0.5, 50_000, True),
    "bandwidth_upload": Scale(0.5, 50_000, True),
    "latency_median": Scale(1, 10_000, True),
    "latency_p95": Scale(1, 10_000, True),
    "loss": Scale(0, 100),
    "rssi": Scale(-113, -51),
    "csq": Scale(0, CSQ_MAX),
}
_UNITS = {"bandwidth_download": "kB/s", "bandwidth_upload": "kB/s", "latency_median": "ms", "latency_p95": "ms"}
_UNITS |= {"loss": "%", "rssi": "dBm", "csq": ""}


def cards(found: NetworkMeasurement | None, settings: NetworkSettings) -> tuple[Card, ...]:
    """The three cards. found: None while nothing was measured; then they show the limits alone."""
    by_name = {one.name: one for one in found.measurements} if found is not None else {}
    limits: Mapping[str, Limit | None] = {
        "bandwidth_download": settings.bandwidth,
        "bandwidth_upload": settings.bandwidth,
        "latency_median": settings.latency,
        "latency_p95": settings.latency,
        "loss": settings.loss,
        "rssi": settings.rssi,
        "csq": settings.csq,
    }

    def figures(*names: str) -> tuple[Figure, ...]:
        return tuple(figure(name, by_name.get(name), limits[name]) for name in names)

    return (
        Card(text("Bandwidth"), figures("bandwidth_download", "bandwidth_upload")),
        Card(text("Latency"), figures("latency_p95", "loss", "latency_median")),
        Card(text("Signal"), figures("rssi", "csq")),
    )


def figure(name: str, found: Measurement | None, limit: Limit | None) -> Figure:
    """A value as it is shown. found: None when it was not measured. limit: that of the settings, where nothing was measured."""
    limit = found.limit if found is not None else limit
    value = found.value if found is not None else None
    unit = _UNITS[name]
    look = look_of(found)
    scale = _SCALES[name]
    title = _title(name)
    shown = number(value) if value is not None else ""
    bound = _bound(limit, unit)
    spoken = [title, f"{shown} {unit}".strip() if shown else text("not measured"), look.word, bound]
    return Figure(
        name=name,
        title=title,
        value=shown,
        unit=unit,
        limit=bound,
        look=look,
        place=scale.place(value) if value is not None else None,
        limit_place=scale.place(limit.value) if limit is not None else None,
        limit_low=limit is not None and limit.bound is Bound.AT_LEAST,
        low=number(scale.low),
        high=number(scale.high),
        note=found.note if found is not None else "",
        spoken=", ".join(part for part in dict.fromkeys(spoken) if part),
        minor=name == "latency_median",
    )


def look_of(found: Measurement | None) -> VerdictLook:
    """How a value stands to its limit."""
    if found is None:
        return VerdictLook(text("not measured"), "·", "verdict_none")
    return look_of_verdict(found.verdict)


def look_of_verdict(verdict: LimitVerdict) -> VerdictLook:
    """A verdict on limits."""
    return {
        LimitVerdict.OK: VerdictLook(text("within the limit"), "✓", "verdict_pass"),
        LimitVerdict.NOT_OK: VerdictLook(text("outside the limit"), "✗", "verdict_fail"),
        LimitVerdict.UNKNOWN: VerdictLook(text("unknown"), "?", "verdict_inconclusive"),
        LimitVerdict.NO_LIMIT: VerdictLook(text("no limit"), "–", "verdict_none"),
    }[verdict]


def number(value: float) -> str:
    """A value as it was measured, thousands apart, without an exponent: rounding could show it on the other side of its limit."""
    shown = f"{value:,.2f}".replace(",", " ")
    return shown.rstrip("0").rstrip(".")


def lane(history: Sequence[NetworkMeasurement], name: str) -> tuple[tuple[float | None, LimitVerdict], ...]:
    """One value of each measurement as its place on the bar, with its verdict; None where it was not measured."""
    found: list[tuple[float | None, LimitVerdict]] = []
    for each in history:
        one = next((each for each in each.measurements if each.name == name), None)
        if one is None or one.value is None:
            found.append((None, LimitVerdict.UNKNOWN if one is not None else LimitVerdict.NO_LIMIT))
        else:
            found.append((_SCALES[name].place(one.value), one.verdict))
    return tuple(found)


def limit_place(name: str, settings: NetworkSettings) -> float:
    """Where the limit of a lane stands."""
    limits = {"bandwidth_download": settings.bandwidth, "latency_p95": settings.latency, "rssi": settings.rssi}
    return _SCALES[name].place(limits[name].value)


def _bound(limit: Limit | None, unit: str) -> str:
    if limit is None:
        return ""
    words = {Bound.AT_LEAST: text("at least {value}"), Bound.AT_MOST: text("at most {value}")}
    return words[limit.bound].format(value=f"{number(limit.value)} {unit}".strip())


def _title(name: str) -> str:
    return {
        "bandwidth_download": text("Download"),
        "bandwidth_upload": text("Upload"),
        "latency_median": text("Median"),
        "latency_p95": text("95th percentile"),
        "loss": text("Lost probes"),
        "rssi": text("RSSI"),
        "csq": text("CSQ"),
    }[name]
