"""Field paths: `a.b`, `a[0].b`, `a[].b` (each), `a[key=X].b` (the element whose key is X, without regard to case)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

_STEP = re.compile(r"^(?P<name>[^\[\]]+)(?:\[(?P<index>[^\]]*)\])?$")


class Missing:
    """The one value that stands for a field that is not there."""

    def __repr__(self) -> str:
        return "<omitted>"


MISSING = Missing()


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[tuple[str, str | None], ...]:
    """(name, index) pairs; index None without brackets, "" for each. Raises ValueError for a malformed path."""
    steps = []
    for part in _split(path):
        match = _STEP.match(part)
        if not match:
            raise ValueError(f"malformed field path {path!r}")
        steps.append((match["name"], match["index"]))
    return tuple(steps)


def _split(path: str) -> list[str]:
    """Split at the dots that stand outside brackets."""
    return re.split(r"\.(?![^\[]*\])", path)


def values_at(payload: Any, path: str) -> list[tuple[str, Any]]:
    """(concrete path, value) for each place that the path names; the value is MISSING where the field is not there."""
    found: list[tuple[str, Any]] = [("", payload)]
    for name, index in parse_path(path):
        found = [deeper for prefix, value in found for deeper in _step(prefix, value, name, index)]
    return found


def _step(prefix: str, value: Any, name: str, index: str | None) -> list[tuple[str, Any]]:
    here = f"{prefix}.{name}" if prefix else name
    inner = value.get(name, MISSING) if isinstance(value, Mapping) else MISSING
    if index is None:
        return [(here, inner)]
    elements = inner if isinstance(inner, Sequence) and not isinstance(inner, str) else ()
    if index == "":
        return [(f"{here}[{i}]", element) for i, element in enumerate(elements)] or [(f"{here}[]", MISSING)]
    if "=" in index:
        key, wanted = index.split("=", 1)
        for i, element in enumerate(elements):
            if isinstance(element, Mapping) and str(element.get(key, "")).lower() == wanted.lower():
                return [(f"{here}[{i}]", element)]
        return [(f"{here}[{index}]", MISSING)]
    position = int(index)
    return [(f"{here}[{index}]", elements[position] if position < len(elements) else MISSING)]


def assign(payload: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path of names and numbered elements, making objects and lists on the way."""
    target: Any = payload
    steps = parse_path(path)
    for position, (name, index) in enumerate(steps):
        last = position == len(steps) - 1
        if index is None:
            if last:
                target[name] = value
            else:
                target = target.setdefault(name, {})
            continue
        elements = target.setdefault(name, [])
        number = int(index)
        while len(elements) <= number:
            elements.append({})
        if last:
            elements[number] = value
        else:
            target = elements[number]
