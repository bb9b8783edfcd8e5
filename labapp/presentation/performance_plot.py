"""Where things stand on a strip plot: one logarithmic axis of seconds for all parameters, so that they can be compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: The axis reaches at least over these decades: 1 ms to 10 s.
_LEAST, _MOST = -3, 1


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis from 10**lowest to 10**highest seconds."""

    lowest: int = _LEAST
    highest: int = _MOST

    def place(self, seconds: float) -> float:
        """Where a value stands, 0 at the left end to 1 at the right; what lies beyond an end stands at it."""
        if seconds <= 0:
            return 0.0
        share = (math.log10(seconds) - self.lowest) / (self.highest - self.lowest)
        return min(1.0, max(0.0, share))

    def value(self, place: float) -> float:
        """The seconds at a place."""
        return float(10 ** (self.lowest + place * (self.highest - self.lowest)))

    @property
    def decades(self) -> tuple[tuple[float, str], ...]:
        """Place and label of every full decade."""
        return tuple((self.place(10.0**power), f"{10.0**power:g} s") for power in range(self.lowest, self.highest + 1))


def axis_for(values: Iterable[float]) -> Axis:
    """The axis on which all values can be told apart."""
    shown = [value for value in values if value > 0]
    if not shown:
        return Axis()
    return Axis(max(-6, min(_LEAST, math.floor(math.log10(min(shown))))), max(_MOST, math.ceil(math.log10(max(shown)))))


def nearest(axis: Axis, values: Sequence[float], place: float, within: float) -> int | None:
    """Which of the values stands nearest to a place, None when none is within that distance."""
    if not values:
        return None
    index = min(range(len(values)), key=lambda each: abs(axis.place(values[each]) - place))
    return index if abs(axis.place(values[index]) - place) <= within else None
