"""Templates of the calls that perform actions: `{name}` and `{name.member}` stand for the arguments of an action.

What stands for a value depends on the place: a text as it is, one component of a URL, one field of a form, or JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_PLACEHOLDER = re.compile(r"\{(" + _NAME + r"(?:\[\d+\])*(?:\." + _NAME + r"(?:\[\d+\])*)*)\}")
_PART = re.compile(r"(" + _NAME + r")((?:\[\d+\])*)")

Arguments = Mapping[str, Any]


def placeholders(template: str) -> tuple[str, ...]:
    """The paths that a template names, each once, in their order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def root(path: str) -> str:
    """The argument that a path begins in."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def value_at(arguments: Arguments, path: str) -> Any:
    """The value at a path, None when there is none. An object may name its members by paths of their own (`a.b`)."""
    steps: list[str | int] = []
    for name, indexes in (_PART.fullmatch(part).groups() for part in path.split(".")):  # type: ignore[union-attr]
        steps += [name, *(int(number) for number in re.findall(r"\d+", indexes))]
    return _descend(arguments, steps)


def _descend(value: Any, steps: list[str | int]) -> Any:
    if not steps:
        return value
    if isinstance(steps[0], int):
        inside = isinstance(value, list | tuple) and steps[0] < len(value)
        return _descend(value[steps[0]], steps[1:]) if inside else None
    if not isinstance(value, Mapping):
        return None
    for count in range(len(steps), 0, -1):
        name = _joined(steps[:count])
        if name in value:
            return _descend(value[name], steps[count:])
    return None


def _joined(steps: list[str | int]) -> str:
    texts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps]
    return "".join(texts).removeprefix(".")


def as_text(template: str, arguments: Arguments) -> str:
    """The template as a plain text: texts as they are, other values as JSON, one that is not given as nothing."""
    return _filled(template, arguments, _text)


def as_url(template: str, arguments: Arguments) -> str:
    """The template as a URL, in which each value is one component."""
    return _filled(template, arguments, lambda value: quote(_text(value), safe=""))


def as_form(template: str, arguments: Arguments) -> str:
    """The template as the body of an HTML form, `name={value}&…`."""
    return _filled(template, arguments, lambda value: quote_plus(_text(value)))


def as_json(template: str, arguments: Arguments) -> str:
    """The template as JSON: in quotation marks a value is escaped text, outside of them it is a JSON value of its type.

    One that is not given is null, and within quotation marks nothing.
    """
    filled, at, quoted = [], 0, False
    for match in _PLACEHOLDER.finditer(template):
        between = template[at : match.start()]
        quoted = _ends_quoted(between, quoted)
        value = value_at(arguments, match.group(1))
        filled += [between, _json(_text(value))[1:-1] if quoted else _json(value)]
        at = match.end()
    return "".join([*filled, template[at:]])


def _ends_quoted(text: str, quoted: bool) -> bool:
    """Whether a piece of JSON ends within quotation marks. quoted: whether it begins there."""
    for mark in re.findall(r'\\.|"', text, re.DOTALL):
        quoted ^= mark == '"'
    return quoted


def _filled(template: str, arguments: Arguments, written: Callable[[Any], str]) -> str:
    return _PLACEHOLDER.sub(lambda match: written(value_at(arguments, match.group(1))), template)


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
