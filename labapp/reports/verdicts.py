"""How verdicts look: a word with a shape of its own, so that no colour is needed to tell them apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Shape and colour (six hexadecimal digits) of a verdict."""

    shape: str
    colour: str


_LOOKS = {
    "PASS": Look("✓", "1B6B3A"),
    "FAIL": Look("✗", "A61B1B"),
    "INCONCLUSIVE": Look("⟳", "8A5A00"),
    "ERROR": Look("!", "6A1B9A"),
    "NOT_RUN": Look("·", "555555"),
    "NOT_APPLICABLE": Look("–", "777777"),
    "ok": Look("✓", "1B6B3A"),
    "not ok": Look("✗", "A61B1B"),
    "unknown": Look("?", "8A5A00"),
    "no limit": Look("–", "777777"),
}
_UNKNOWN = Look("?", "555555")


def look(verdict: str) -> Look:
    """The look of a verdict or of a limit's verdict."""
    return _LOOKS.get(verdict, _UNKNOWN)


def worded(verdict: str, *, expected: bool = False) -> str:
    """Shape and word, for example "✗ FAIL (expected)"."""
    return f"{look(verdict).shape} {verdict}{' (expected)' if expected else ''}"
