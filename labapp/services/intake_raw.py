"""What a reader hands to intake: values as they stand in the file, where they stand, and the faults of the file's shape."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.errors import InputError


@dataclass(slots=True)
class RawAnswers:
    """Values by key; places: cell (`general!C7`) or key of each question that the file has a place for."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)


def unknown_key(key: str, where: str, known: Sequence[str]) -> InputError:
    """The fault of a key that no question has, with the nearest known one as the remedy."""
    by_name = {each.rpartition(".")[2]: each for each in known}
    near = difflib.get_close_matches(key.rpartition(".")[2], by_name, n=1)
    mend = f"write {by_name[near[0]]}, or remove it" if near else "remove it; `labapp pics keys` lists every key"
    return InputError(f"no question has the key {key}", where=where, mend=mend)
