"""Where each value of a JSON text stands, so that a text can be changed in place without being written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from labapp.ocpp.json_text import STRING_TOKEN

_TOKEN = re.compile(rf"(?P<string>{STRING_TOKEN})|(?P<mark>[\[\]{{}},:])|(?P<bare>[^\s\[\]{{}},:\"]+)", re.DOTALL)
#: One character of a string token as it is written: a surrogate pair, an escape, or itself.
_UNIT = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


@dataclass(slots=True)
class Span:
    """A value of the text, with where it begins and ends. kind: "object", "array", "string" or "bare" (number, true, false, null).

    members: of an object, name token and value in the text's order, repeated names included. items: of an array.
    """

    kind: str
    start: int
    end: int = 0
    members: list[tuple[Span, Span]] = field(default_factory=list)
    items: list[Span] = field(default_factory=list)

    def text(self, source: str) -> str:
        """The string's value, or the number as it is written."""
        written = source[self.start : self.end]
        return str(json.loads(written)) if self.kind == "string" else written


def spans(text: str) -> Span:
    """The root value of a text that `read_json` has read. Not for other texts."""
    root = Span("array", 0)
    open_values = [root]
    name: Span | None = None
    for token in _TOKEN.finditer(text):
        written = token[0]
        if written in ",:":
            continue
        if written in "]}":
            open_values.pop().end = token.end()
            continue
        kind = {"[": "array", "{": "object"}.get(written) or ("string" if token["string"] else "bare")
        span = Span(kind, token.start(), token.end())
        parent = open_values[-1]
        if parent.kind == "array":
            parent.items.append(span)
        elif name is None:
            name = span
            continue
        else:
            parent.members.append((name, span))
            name = None
        if kind in ("array", "object"):
            open_values.append(span)
    return root.items[0]


def characters(text: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    """What a stretch of a string token says, its escapes resolved, and where in the text each character is written.

    The places end with `end`, so that character i stands in places[i] to places[i + 1]. A backslash that is no escape of
    JSON stands for itself, so that any text can be read.
    """
    if "\\" not in text[start:end]:
        return text[start:end], range(start, end + 1)
    values: list[str] = []
    places: list[int] = []
    for unit in _UNIT.finditer(text, start, end):
        written = unit[0]
        value = _unescaped(written) if len(written) > 1 else written
        values.append(value)
        places += [unit.start()] * len(value)
    return "".join(values), [*places, end]


def _unescaped(written: str) -> str:
    try:
        return str(json.loads(f'"{written}"'))
    except json.JSONDecodeError:
        return written
