"""What the operator is asked to enter at a central system, so that it sends a certain request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labapp.domain.expectations import Literal, Omitted, OneOf, When
from labapp.domain.testcase import Exchange
from labapp.engine.attempt import Attempt
from labapp.engine.expected import Expectation
from labapp.engine.matching import resolve, show


def fields_to_enter(expectation: Expectation, attempt: Attempt) -> dict[str, Any]:
    """Path -> literal of every field that the case states; None: to be left out. Where the case leaves a choice, a proposal."""
    item = expectation.item
    proposals = dict(item.enter) if isinstance(item, Exchange) else {}
    entries: dict[str, Any] = {}
    for path, stated in expectation.message.fields:
        if isinstance(stated, When) and not stated.condition.test(attempt):
            continue
        chosen = resolve(proposals.get(path, stated), attempt, expectation.overrides)
        match chosen:
            case Literal(value):
                entries[path] = value
            case Omitted():
                entries[path] = None
            case OneOf(values):
                first = values[0]
                entries[path] = first.value if isinstance(first, Literal) else first
            case _:
                entries[path] = chosen.text
    return entries


def request_text(action: str, fields: Mapping[str, Any]) -> str:
    """The prompt in words, the fields in the order of the table."""
    if not fields:
        return f"Have the central system send {action}."
    wanted = "; ".join(f"{path}: {'leave it out' if value is None else show(value)}" for path, value in fields.items())
    return f"Have the central system send {action} with {wanted}."
