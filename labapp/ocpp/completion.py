"""Completing what a case states of a message of the tool to a conformant payload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from labapp.domain.stamps import utc_text
from labapp.domain.view import View


def stamp(view: View, *, after: float = 0.0) -> str:
    """The present moment, or so many seconds after it, as the device can read it: milliseconds only where they are declared."""
    return utc_text(view.now.utc + timedelta(seconds=after), milliseconds=bool(view.dut.get("milliseconds")))


def merge(base: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The base with what is stated put over it, objects and lists of objects member by member."""
    merged = dict(base)
    for name, value in stated.items():
        known = merged.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            merged[name] = merge(known, value)
        elif _objects(value) and _objects(known):
            longer = max(len(value), len(known or ()))
            merged[name] = [merge(_element(known, i), _element(value, i)) for i in range(longer)]
        else:
            merged[name] = value
    return merged


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, Mapping) for element in value)


def _element(values: Any, index: int) -> Mapping[str, Any]:
    element: Mapping[str, Any] = values[index] if index < len(values) else {}
    return element
