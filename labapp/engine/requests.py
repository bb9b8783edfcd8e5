"""What the operator is asked to enter at a central system, so that it sends a certain request."""

from __future__ import annotations

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


def request_text(action: str, fields: Mapping[str, Any]) -> str:
    """The prompt in words, the fields in the order of the table."""
    if not fields:
        return f"Have the central system send {action}."
    wanted = "; ".join(f"{path}: {'leave it out' if value is None else show(value)}" for path, value in fields.items())
    return f"Have the central system send {action} with {wanted}."
