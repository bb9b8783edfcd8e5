"""What the operator is asked to enter at a central system, so that it sends a certain request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labapp.domain.expectations import Empty, Literal, Omitted, OneOf, Present, When
from labapp.domain.testcase import Exchange
from labapp.engine.attempt import Attempt
from labapp.engine.expected import Expectation
from labapp.engine.matching import resolve, show


def fields_to_enter(expectation: Expectation, attempt: Attempt) -> dict[str, Any]:
    """Path -> literal of every field that the case states; None: to be left out. Where the case leaves a choice, a proposal.

    Behind them come the fields that the table does not state, and for which there is a proposal all the same.
    """
    item = expectation.item
    proposals = dict(item.enter) if isinstance(item, Exchange) else {}
    stated_paths = {path for path, _ in expectation.message.fields}
    further = [(path, proposed) for path, proposed in proposals.items() if path not in stated_paths]
    entries: dict[str, Any] = {}
    for field, stated in (*expectation.message.fields, *further):
        if isinstance(stated, When) and not stated.condition.test(attempt):
            continue
        chosen = resolve(proposals.get(field, stated), attempt, expectation.overrides)
        # What holds of each element is entered as the one element.
        path = field.replace("[]", "[0]")
        match chosen:
            case Literal(value):
                entries[path] = value
            case Omitted() | Empty():
                entries[path] = None
            case OneOf(values):
                first = values[0]
                entries[path] = first.value if isinstance(first, Literal) else first
            case Present() if any(other.startswith(f"{path}.") for other in proposals):
                # Its parts are entered one by one.
                continue
            case _:
                entries[path] = chosen.text
    return entries


#: Containers that say nothing to a person: what stands in them is what is entered.
_SILENT = frozenset({"csChargingProfiles", "chargingProfile"})
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PLACE = re.compile(r"(.*?)\[(\d+)\]")


def request_text(action: str, fields: Mapping[str, Any]) -> str:
    """The prompt in words: a line for each field in the order of the table, then what must be left out."""
    entered = [f"  {field_in_words(path)}: {show(value)}" for path, value in fields.items() if value is not None]
    left_out = [field_in_words(path) for path, value in fields.items() if value is None]
    lines = [f"Have the central system send {action}{' with' if entered else '.'}", *entered]
    if left_out:
        lines.append(f"Leave out: {', '.join(left_out)}.")
    return "\n".join(lines)


def field_in_words(path: str) -> str:
    """A path of the wire as a person reads it: `localAuthorizationList[0].idTag` is "local authorization list 1, id tag"."""
    parts: list[str] = []
    above = ""
    for part in path.split("."):
        placed = _PLACE.fullmatch(part)
        name, place = (placed[1], f" {int(placed[2]) + 1}") if placed else (part, "")
        words = " ".join(_WORD.findall(name)).lower()
        if name not in _SILENT:
            # A part that begins with the name of its container need not say that again.
            parts.append((words.removeprefix(above).strip() or words) + place)
        above = words
    return ", ".join(parts)
