"""Deadlines inside the device on which the scenario rests: what the tool has brought about and what ends there by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labapp.domain.expectations import Expected, Literal
from labapp.domain.testcase import Lapse
from labapp.domain.tolerances import TOLERANCES
from labapp.engine.matching import resolve

if TYPE_CHECKING:
    from labapp.engine.attempt import Attempt

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline that runs. ends: from when on the device may have given up, monotonic nanoseconds; its clock may be ahead.

    before: scope and step of the message with which the deadline loses its meaning. name, text: for the operator.
    """

    ends: int
    before: tuple[str, int]
    name: str
    text: str


def running(lapse: Lapse, attempt: Attempt, overrides: Mapping[str, Expected]) -> Running | None:
    """The deadline that begins now, with the tool's request."""
    resolved = resolve(lapse.seconds, attempt, overrides)
    seconds = float(resolved.value) if isinstance(resolved, Literal) else 0.0
    left = seconds - TOLERANCES["device_deadline"].around(seconds)
    name = lapse.seconds.text.strip("<>")
    place = f"{lapse.state}:{lapse.before}" if lapse.state else str(lapse.before)
    return Running(
        attempt.now.mono_ns + round(left * _SECOND),
        (lapse.state, lapse.before),
        name,
        f"{name}: {seconds:g} s were nearly over before step {place} had come, and the device may have given up",
    )
