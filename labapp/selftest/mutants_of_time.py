"""Mutants of time: messages that come earlier or later than they may, and some that come as late as they just may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from labapp.domain.expectations import Expected, FromStep, Symbol
from labapp.domain.stamps import utc_text
from labapp.domain.testcase import Exchange, Manual, Series
from labapp.domain.tolerances import TOLERANCES
from labapp.engine.paths import values_at
from labapp.ocpp.timestamps import read_timestamp
from labapp.selftest.course import Course, Passage
from labapp.selftest.layout import Place
from labapp.selftest.mutants import Derived, Mutant, row, target, where
from labapp.selftest.rules import Due, awaited, fails, missing, sent_again
from labapp.selftest.tampering import Delay, Hasten, Rewrite
from labapp.selftest.wrong import put

#: Longest delay that a peer bears, in seconds: it waits longer for its own answers, and with its last messages before a reset.
_PATIENCE = 10.0
#: Seconds beyond a tolerance or a timeout.
_BEYOND = 3.0
_IN_TIME = Due("PASS", law="the message came within its time")


def shifts(course: Course) -> Derived:
    """Shifts of what is timed by a row, and of every message against the timeout of its wait."""
    for passage in course.passages:
        item = passage.place.item
        if isinstance(item, Series):
            yield from _of_series(course, passage, item)
        elif isinstance(item, Exchange) and item.due is not None and passage.place.kind == "req":
            due = item.due
            tolerance = TOLERANCES[due.tolerance].around(_seconds(course, due.seconds))
            yield from _around(passage, _anchor(course, due.since), tolerance, "timing")
        else:
            yield from _of_wait(course, passage)


def _of_wait(course: Course, passage: Passage) -> Derived:
    place = passage.place
    longest = limit(course, place) + _waited_out(course, passage)
    yield Mutant(
        "shift",
        row(place),
        f"{where(passage)} {min(_PATIENCE, longest / 2):g} s late",
        Delay(target(passage), min(_PATIENCE, longest / 2)),
        _IN_TIME,
    )
    if awaited(course, passage.index) != place.at or sent_again(course, passage):
        return
    late = (
        fails(place.at, "the answer came after the timeout", ends=True)
        if place.kind == "conf"
        else missing(course, passage)
    )
    if late.verdict == "FAIL":
        seconds = longest + _BEYOND
        held = Delay(target(passage), seconds, passage.answer)
        yield Mutant("shift", row(place), f"{where(passage)} {seconds:g} s late", held, late)


def limit(course: Course, place: Place) -> float:
    """Seconds for which a message is waited for; for a deadline inside the device that long, and the message timeout besides."""
    timeout = "message" if place.kind == "conf" or not isinstance(place.item, Exchange) else place.item.timeout
    if timeout in course.timeouts:
        return float(course.timeouts[timeout])
    return float(course.values[timeout]) + float(course.timeouts["message"])


def _waited_out(course: Course, passage: Passage) -> float:
    """Seconds for which the device may take its time because the operator may wait instead of acting."""
    act = passage.place.stage.act
    waits = act.or_wait if isinstance(act, Manual) else None
    return _seconds(course, waits) if waits is not None else 0.0


def _of_series(course: Course, passage: Passage, item: Series) -> Derived:
    passages = [p for p in course.passages if p.place is passage.place]
    if passage is not passages[1]:
        return
    tolerance = TOLERANCES[item.tolerance].around(_seconds(course, item.interval))
    if item.clock == "receipt":
        yield from _around(passage, passages[0], tolerance, "interval")
        return
    validation = row(passage.place, rule="interval")
    for seconds, verdict in (
        (tolerance + _BEYOND, fails(passage.place.at, "the interval of the series is not kept")),
        (-tolerance - _BEYOND, fails(passage.place.at, "the interval of the series is not kept")),
        (tolerance / 2, _IN_TIME),
    ):
        yield Mutant(
            "shift",
            validation,
            f"timestamp of {where(passage)} shifted by {seconds:g} s",
            Rewrite(target(passage), _shifted(seconds)),
            verdict,
        )
    yield Mutant(
        "shift", validation, f"{where(passage)} received {_BEYOND:g} s late", Delay(target(passage), _BEYOND), _IN_TIME
    )


def _shifted(seconds: float) -> Any:
    def edit(payload: Mapping[str, Any]) -> dict[str, Any]:
        at, text = values_at(payload, "meterValue[].timestamp")[0]
        moment, _ = read_timestamp(text)
        if moment is None:
            raise ValueError(f"not a timestamp: {text!r}")
        return put(payload, at, utc_text(moment + timedelta(seconds=seconds)))

    return edit


def _around(passage: Passage, anchor: Passage, tolerance: float, rule: str) -> Derived:
    """Later and earlier than the tolerance, and within it."""
    validation = row(passage.place, rule=rule)
    elapsed = passage.at.seconds_since(anchor.at)
    law = "the message did not come at its time"
    for seconds, verdict in ((tolerance + _BEYOND, fails(passage.place.at, law)), (tolerance / 2, _IN_TIME)):
        yield Mutant(
            "shift", validation, f"{where(passage)} {seconds:g} s late", Delay(target(passage), seconds), verdict
        )
        yield Mutant(
            "shift",
            validation,
            f"{where(passage)} {seconds:g} s early",
            Hasten(target(anchor), target(passage), elapsed - seconds, passage.payload, passage.answer or {}),
            verdict,
        )


def _anchor(course: Course, since: int) -> Passage:
    return next(p for p in course.passages if since in (p.place.item.step, p.place.item.response_step))


def _seconds(course: Course, stated: Expected) -> float:
    """An interval: of the project's values, or as the tool's answer gave it."""
    match stated:
        case Symbol(_, key):
            return float(course.values[key])
        case FromStep(step, path, _):
            answers = [p.answer for p in course.passages if p.place.item.response_step == step and p.answer]
            return float(answers[-1][path])
        case _:
            raise TypeError(f"{stated!r} is no interval")
