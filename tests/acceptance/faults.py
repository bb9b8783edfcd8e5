"""What stations do wrong, as changes of the messages that a conformant station would send."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.acceptance.station import Payload, Sent, honest_answers, honest_requests

Requests = Callable[[str, Payload], list[Sent]]
Answers = Callable[[str, str, Payload], list[Sent]]


def fits(payload: Payload, fields: Payload) -> bool:
    """Whether the payload has all these values."""
    return all(payload.get(name) == value for name, value in fields.items())


def instead(action: str, make: Callable[[Payload], list[Sent]], **fields: Any) -> Requests:
    """Send something else in place of the requests that have these fields."""
    return lambda name, payload: (
        make(payload) if name == action and fits(payload, fields) else honest_requests(name, payload)
    )


def without(action: str, **fields: Any) -> Requests:
    """Never send the requests that have these fields."""
    return instead(action, lambda payload: [], **fields)


def twice(action: str, **fields: Any) -> Requests:
    """Send these requests two times."""
    return instead(action, lambda payload: [(action, payload), (action, payload)], **fields)


def with_fields(action: str, new: Payload, **fields: Any) -> Requests:
    """Send these requests with other values."""
    return instead(action, lambda payload: [(action, payload | new)], **fields)


def before(action: str, *items: Sent, **fields: Any) -> Requests:
    """Send something ahead of these requests."""
    return instead(action, lambda payload: [*items, (action, payload)], **fields)


def swapped(first: str, second: str, **fields: Any) -> Requests:
    """Send requests of the first action only after the next one of the second that has these fields."""
    held: list[Sent] = []

    def make(name: str, payload: Payload) -> list[Sent]:
        if name == first:
            held.append((name, payload))
            return []
        if name == second and fits(payload, fields):
            items: list[Sent] = [(name, payload), *held]
            held.clear()
            return items
        return honest_requests(name, payload)

    return make


def since(number: int, action: str, fault: Requests) -> Requests:
    """Be honest before this request of the action, counted from 1."""
    seen = 0

    def make(name: str, payload: Payload) -> list[Sent]:
        nonlocal seen
        seen += name == action
        return fault(name, payload) if seen >= number else honest_requests(name, payload)

    return make


def only(number: int, action: str, fault: Requests) -> Requests:
    """Be honest but for this request of the action, counted from 1."""
    seen = 0

    def make(name: str, payload: Payload) -> list[Sent]:
        nonlocal seen
        seen += name == action
        return fault(name, payload) if name == action and seen == number else honest_requests(name, payload)

    return make


def answered(action: str, make: Callable[[str, Payload], list[Sent]]) -> Answers:
    """Answer the requests of the action otherwise. make: takes message id and conformant answer."""
    return lambda message_id, name, answer: (
        make(message_id, answer) if name == action else honest_answers(message_id, name, answer)
    )


def answered_with(action: str, new: Payload) -> Answers:
    """Answer the requests of the action with other values."""
    return answered(action, lambda message_id, answer: [json.dumps([3, message_id, answer | new])])


def answered_by(action: str, change: Callable[[Payload], Any]) -> Answers:
    """Answer the requests of the action with an answer that was changed in place."""

    def make(message_id: str, answer: Payload) -> list[Sent]:
        change(answer)
        return [json.dumps([3, message_id, answer])]

    return answered(action, make)
