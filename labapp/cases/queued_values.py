"""Whether sampled meter values that were taken while offline are all there: by their own timestamps. Pure.

The clocks of the station and of the tool are brought together by StartTransaction.req: its timestamp is the station's, its
arrival the tool's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from labapp.domain.expectations import Condition, Symbol
from labapp.domain.payloads import objects
from labapp.domain.testcase import Verdict
from labapp.domain.tolerances import TOLERANCES
from labapp.domain.view import Seen, View
from labapp.ocpp.timestamps import read_timestamp


def sampled_at(view: View, step: int) -> list[datetime]:
    """The readable timestamps of the meter values that were taken for a step, in the order in which they came."""
    return [
        moment
        for seen in view.seen(step)
        for value in objects(seen.payload, "meterValue")
        if (moment := _moment(value.get("timestamp"))) is not None
    ]


def caught_up(step: int, start: tuple[str, int], interval: Symbol) -> Condition:
    """The values of a step have reached one that was taken after the reconnection, or will not get there in order.

    start: state and step of StartTransaction.req; interval: of the samples, in seconds.
    """

    def holds(view: View) -> bool:
        moments, begun, restored = sampled_at(view, step), _started(view, start), view.restored()
        if not moments or restored is None:
            return False
        if begun is None:
            return True
        message, timestamp = begun
        least = timedelta(seconds=float(view.values[interval.key]) / 2)
        astray = any(later - earlier < least for earlier, later in pairwise(moments))
        return astray or max(moments) - timestamp > restored.utc - message.at.utc

    return Condition("caughtUp", "a value that was taken after the reconnection has come", holds)


def first_in_time(step: int, start: tuple[str, int], charging: int, interval: Symbol) -> Callable[[View], Verdict]:
    """Whether the first value of a step is at most one interval behind the start of the transaction, so that none before it is lost.

    start: state and step of StartTransaction.req. charging: step of that state at which energy was reported to flow; a station
    may count from there.
    """

    def judge(view: View) -> Verdict:
        moments, begun = sampled_at(view, step), _started(view, start)
        if not moments or begun is None:
            return Verdict(True, "nothing to compare")
        message, timestamp = begun
        flowing = [seen.at.seconds_since(message.at) for seen in view.seen(charging, start[0])]
        seconds = float(view.values[interval.key])
        latest = max([0.0, *flowing]) + seconds + TOLERANCES["sample_interval"].around(seconds)
        elapsed = (moments[0] - timestamp).total_seconds()
        return Verdict(elapsed <= latest, f"{elapsed:.1f} s after StartTransaction")

    return judge


def _started(view: View, start: tuple[str, int]) -> tuple[Seen, datetime] | None:
    state, step = start
    seen = view.seen(step, state)
    timestamp = _moment(seen[-1].payload.get("timestamp")) if seen else None
    return (seen[-1], timestamp) if timestamp is not None else None


def _moment(text: object) -> datetime | None:
    return read_timestamp(text)[0] if isinstance(text, str) else None
