"""Deadlines of waits and the judgement of timings: when a message was due, and the interval of a series."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from labapp.domain.expectations import Literal
from labapp.domain.testcase import Exchange, Series, Timing
from labapp.domain.tolerances import TOLERANCES
from labapp.domain.view import Seen
from labapp.engine.attempt import SECOND, Attempt
from labapp.engine.expected import Expectation
from labapp.engine.matching import resolve
from labapp.engine.paths import values_at
from labapp.ocpp.timestamps import read_timestamp

#: For how many intervals other traffic may displace a message that is due at an interval.
_DISPLACED_INTERVALS = 3


def deadline(attempt: Attempt, expectations: list[Expectation], begun: int) -> int:
    """When the wait for these expectations of one slot ends, monotonic ns; begun: when it began or was last met."""
    return max(_deadline(attempt, expectation, begun) for expectation in expectations) + attempt.extension


def _deadline(attempt: Attempt, expectation: Expectation, begun: int) -> int:
    item = expectation.item
    grace = attempt.timeout(item.timeout if isinstance(item, Series) else "message")
    if isinstance(item, Series):
        interval = _seconds(attempt, item.interval, expectation)
        last = expectation.met[-1].at.mono_ns if expectation.met else _since(attempt, item.since, item.state, begun)
        last = max(begun, last)
        if item.clock == "receipt":
            last = _displaced(attempt, last, interval)
        return last + round((interval + TOLERANCES[item.tolerance].around(interval)) * SECOND) + grace
    if item.due is not None:
        interval = _seconds(attempt, item.due.seconds, expectation)
        last = _since(attempt, item.due.since, item.due.state, begun)
        return last + round((interval + TOLERANCES[item.due.tolerance].around(interval)) * SECOND) + grace
    return begun + attempt.timeout(expectation.timeout)


def _displaced(attempt: Attempt, last: int, interval: float) -> int:
    """When the device's timer may have begun anew: with the last message that it sent, for so many intervals and no longer."""
    history = attempt.history()
    traffic = next((seen.at.mono_ns for seen in reversed(history) if seen.sender == "sut"), last)
    return max(last, min(traffic, last + round(_DISPLACED_INTERVALS * interval * SECOND)))


def _since(attempt: Attempt, step: int, state: str, otherwise: int) -> int:
    seen = attempt.seen(step, state or attempt.scope)
    return seen[-1].at.mono_ns if seen else otherwise


def _seconds(attempt: Attempt, expected: object, expectation: Expectation) -> float:
    resolved = resolve(expected, attempt, expectation.overrides)  # type: ignore[arg-type]
    return float(resolved.value) if isinstance(resolved, Literal) else 0.0


def comes_with_the_start(attempt: Attempt, expectation: Expectation) -> bool:
    """Whether a message of a series by the tool's clock comes together with what starts its first interval.

    A device may send a heartbeat as soon as it is accepted: the intervals are those between it and the next ones.
    """
    item = expectation.item
    if not isinstance(item, Series) or item.clock != "receipt" or expectation.met:
        return False
    started = _since(attempt, item.since, item.state, attempt.started.mono_ns)
    tolerance = TOLERANCES[item.tolerance].around(_seconds(attempt, item.interval, expectation))
    return attempt.now.mono_ns - started <= round(tolerance * SECOND)


def comes_before_its_retry(attempt: Attempt) -> bool:
    """Whether a boot that comes now is told again on the same connection before the interval that its refusal gave is over."""
    answers = attempt.history("BootNotification.conf")
    if not answers or answers[-1].payload.get("status") == "Accepted":
        return False
    here = (call for call in attempt.calls.theirs.values() if call.link_number == attempt.link_number)
    interval = float(answers[-1].payload.get("interval", 0))
    due = interval - TOLERANCES["boot_retry"].around(interval)
    return any(call.action == "BootNotification" for call in here) and attempt.now.seconds_since(answers[-1].at) < due


def judge_due(attempt: Attempt, expectation: Expectation) -> None:
    """Judge when the message of a step with a due time came."""
    item = expectation.item
    if not isinstance(item, Exchange) or item.due is None or not expectation.met:
        return
    due: Timing = item.due
    start = attempt.seen(due.since, due.state or attempt.scope)
    if not start:
        return
    interval = _seconds(attempt, due.seconds, expectation)
    elapsed = expectation.met[0].at.seconds_since(start[-1].at)
    tolerance = TOLERANCES[due.tolerance].around(interval)
    if abs(elapsed - interval) <= tolerance:
        attempt.mark(expectation.row(rule="timing"), "passed")
        return
    attempt.find(
        "validation",
        attempt.place(expectation.step),
        expectation.message.name,
        f"Step {attempt.place(expectation.step)}: {expectation.message.name} came {elapsed:.1f} s after step {due.since}, "
        f"{interval:g} s were due (tolerance {due.tolerance} {tolerance:g} s).",
        expected=f"{interval:g} s",
        received=f"{elapsed:.1f} s",
        row=expectation.row(rule="timing"),
        frame=expectation.met[0].seq,
    )


def judge_series(attempt: Attempt, expectation: Expectation) -> None:
    """Judge the intervals of a series: stamps of receipt, or the timestamps inside MeterValues."""
    item = expectation.item
    if not isinstance(item, Series):
        return
    interval = _seconds(attempt, item.interval, expectation)
    tolerance = TOLERANCES[item.tolerance].around(interval)
    gaps = _meter_gaps(expectation) if item.clock == "meter" else _receipt_gaps(attempt, expectation, item, interval)
    for gap, seen in gaps:
        if abs(gap - interval) > tolerance:
            attempt.find(
                "validation",
                attempt.place(expectation.step),
                expectation.message.name,
                f"Step {attempt.place(expectation.step)}: {expectation.message.name} came after {gap:.1f} s, "
                f"{interval:g} s were due (tolerance {item.tolerance} {tolerance:g} s).",
                expected=f"{interval:g} s",
                received=f"{gap:.1f} s",
                row=expectation.row(rule="interval"),
                frame=seen.seq,
            )
            return
    attempt.mark(expectation.row(rule="interval"), "passed")


def _receipt_gaps(
    attempt: Attempt, expectation: Expectation, item: Series, interval: float
) -> list[tuple[float, Seen]]:
    """Gaps between receipts; other traffic of the device may displace a message."""
    start = attempt.seen(item.since, item.state or attempt.scope)
    previous = start[-1].at if start else expectation.met[0].at
    gaps = []
    for seen in expectation.met:
        gap = seen.at.seconds_since(previous)
        others = [
            seen.at.seconds_since(other.at)
            for other in attempt.history()
            if other.sender == "sut" and previous.mono_ns < other.at.mono_ns < seen.at.mono_ns
        ]
        # A device may restart its timer with each message it sends: then the gap to the last of these is the interval.
        gaps.append((min([gap, *others[-1:]], key=lambda candidate: abs(candidate - interval)), seen))
        previous = seen.at
    return gaps


def _meter_gaps(expectation: Expectation) -> list[tuple[float, Seen]]:
    """Gaps between the readable timestamps of successive meter values."""
    moments: list[tuple[datetime, Seen]] = []
    for seen in expectation.met:
        for _, text in values_at(seen.payload, "meterValue[].timestamp"):
            moment = read_timestamp(text)[0] if isinstance(text, str) else None
            if moment is not None:
                moments.append((moment, seen))
    return [((b[0] - a[0]).total_seconds(), b[1]) for a, b in pairwise(moments)]
