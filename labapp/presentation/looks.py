"""How a verdict looks: word, shape and colour together, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Look:
    """word: as in reports. shape: one character. colour: name of a token in `labapp.presentation.tokens`."""

    word: str
    shape: str
    colour: str


#: By verdict; "" stands for a case that has none yet, "running" for the one that runs.
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "PASS": Look("PASS", "✓", "verdict_pass"),
        "FAIL": Look("FAIL", "✗", "verdict_fail"),
        "INCONCLUSIVE": Look("INCONCLUSIVE", "⟳", "verdict_inconclusive"),
        "ERROR": Look("ERROR", "!", "verdict_error"),
        "NOT_APPLICABLE": Look("NOT APPLICABLE", "–", "verdict_none"),
        "NOT_RUN": Look("NOT RUN", "·", "verdict_none"),
        "running": Look("RUNNING", "▶", "accent"),
        "": Look("", "·", "verdict_none"),
    }
)


def look_of(verdict: str) -> Look:
    """The look of a verdict."""
    return LOOKS.get(verdict, LOOKS[""])
