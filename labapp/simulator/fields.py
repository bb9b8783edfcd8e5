"""Fields of a request as an operator writes them, nested or by path, laid over the device's own choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: What an operator writes for a field that must be there, with a value of the device's choice.
PRESENT = "<present>"

_STEP = re.compile(r"([^.\[\]]+)|\[(\d*)\]")
_DESCRIPTION = re.compile(r"<[^<>]+>")

#: A step of a path: a member's name, an item's number, or None for each item.
_Step = str | int | None


def overlaid(payload: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with the fields set. A field's name may be a path (`a.b`, `a[0].b`, `a[].b` for each item).

    None takes the field away. A description in angle brackets, such as `<not 0>`, leaves the payload as it is; `<present>` does
    where there is a value.
    """
    result: Any = _copy(payload)
    for path, value in fields.items():
        _set(result, list(_steps(path)), value)
    return dict(result)


def _steps(path: str) -> Iterator[_Step]:
    for name, index in _STEP.findall(path):
        yield name or (int(index) if index else None)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copy(item) for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _set(target: Any, steps: list[_Step], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    if step is None:
        for number in range(len(target)):
            _set(target, [number, *rest], value)
        return
    there = step in target if isinstance(step, str) else step < len(target)
    if value is None and not there:
        return
    if isinstance(step, int):
        while len(target) <= step:
            target.append({})
    if rest:
        if not there and isinstance(step, str):
            target[step] = {} if isinstance(rest[0], str) else []
        _set(target[step], rest, value)
    elif isinstance(value, str) and _DESCRIPTION.fullmatch(value) and (there or value != PRESENT):
        return
    elif value is None:
        del target[step]
    elif there and isinstance(value, Mapping) and isinstance(target[step], Mapping):
        target[step] = overlaid(target[step], value)
    else:
        target[step] = _copy(value)
