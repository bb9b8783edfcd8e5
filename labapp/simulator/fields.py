"""Fields of a request as an operator writes them, nested or by path, laid over the device's own choice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: What an operator writes for a field that must be there, with a value of the device's choice.
PRESENT = "<present>"

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def overlaid(payload: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with the fields set. A field's name may be a path (`a.b`, `a[0].b`).

    None takes the field away; the text `<present>` leaves the value that the payload has.
    """
    result: Any = _copy(payload)
    for path, value in fields.items():
        steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(path)]
        _set(result, steps, value)
    return dict(result)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copy(item) for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _set(target: Any, steps: list[str | int], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        while len(target) <= step:
            target.append({})
    if rest:
        if isinstance(step, str) and step not in target:
            target[step] = [] if isinstance(rest[0], int) else {}
        _set(target[step], rest, value)
    elif value == PRESENT and isinstance(step, str) and step in target:
        return
    elif value is None and isinstance(step, str):
        target.pop(step, None)
    elif isinstance(value, Mapping) and isinstance(step, str) and isinstance(target.get(step), Mapping):
        target[step] = overlaid(target[step], value)
    else:
        target[step] = _copy(value)
