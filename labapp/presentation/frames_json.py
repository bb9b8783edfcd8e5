"""One frame in pretty JSON, with the parts marked that findings speak of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PrettyLine:
    """One line of a frame. marked: a finding speaks of it."""

    text: str
    marked: bool = False


def pretty(text: str, paths: Sequence[str] = ()) -> tuple[PrettyLine, ...]:
    """A frame over several lines; one that is no JSON stays as it is. paths: of findings, in the payload; "" marks all of it.

    A path that leads nowhere marks what comes nearest to it: the object that lacks the field.
    """
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return tuple(PrettyLine(line, bool(paths)) for line in text.splitlines() or [""])
    at = _payload_at(frame)
    start: Place = (at,) if at is not None else ()
    wanted = [(start + place, whole) for path in paths for place, whole in _places(_payload(frame, at), path)]
    found, opened = [], set()
    for line, place in _lines(frame, (), "", ""):
        opens = place not in opened
        opened.add(place)
        found.append(PrettyLine(line, any(_is_meant(place, opens, *want) for want in wanted)))
    return tuple(found)


def _is_meant(place: Place, opens: bool, want: Place, whole: bool) -> bool:
    return place[: len(want)] == want if whole else place == want and opens


def _payload_at(frame: Any) -> int | None:
    if not isinstance(frame, list) or not frame:
        return None
    at = {2: 3, 3: 2, 4: 4}.get(frame[0] if isinstance(frame[0], int) else 0)
    return at if at is not None and at < len(frame) else None


def _payload(frame: Any, at: int | None) -> Any:
    return frame if at is None else frame[at]


def _places(payload: Any, path: str) -> list[tuple[Place, bool]]:
    """Where a path leads, as keys and indices, and whether all of it is meant: of a list that lacks an element, only its beginning."""
    found: list[tuple[Place, Any]] = [((), payload)]
    for bracket, name in _TOKEN.findall(path):
        further: list[tuple[Place, Any]] = []
        for place, value in found:
            further += [((*place, key), inner) for key, inner in _inner(value, name, bracket)]
        if not further:
            return [(place, not isinstance(value, list)) for place, value in found]
        found = further
    return [(place, True) for place, _ in found]


def _inner(value: Any, name: str, bracket: str) -> Iterator[tuple[str | int, Any]]:
    if name:
        if isinstance(value, dict) and name in value:
            yield name, value[name]
        return
    if not isinstance(value, list):
        return
    key, equals, wanted = bracket.partition("=")
    for index, element in enumerate(value):
        if bracket in ("", "*", str(index)) or (
            equals and isinstance(element, dict) and str(element.get(key, "")).lower() == wanted.lower()
        ):
            yield index, element


def _lines(value: Any, place: Place, indent: str, before: str, after: str = "") -> Iterator[tuple[str, Place]]:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        yield f"{indent}{before}{{", place
        last = len(value) - 1
        for number, (key, inner) in enumerate(value.items()):
            comma = "," if number < last else ""
            yield from _lines(inner, (*place, key), deeper, f"{json.dumps(key, ensure_ascii=False)}: ", comma)
        yield f"{indent}}}{after}", place
    elif isinstance(value, list) and value:
        yield f"{indent}{before}[", place
        last = len(value) - 1
        for number, inner in enumerate(value):
            yield from _lines(inner, (*place, number), deeper, "", "," if number < last else "")
        yield f"{indent}]{after}", place
    else:
        yield f"{indent}{before}{json.dumps(value, ensure_ascii=False)}{after}", place
