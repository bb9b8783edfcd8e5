"""How a table is written down: the functions by which a case puts its items together, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labapp.domain.expectations import Expected, as_expected
from labapp.domain.testcase import (
    Absent,
    Check,
    Configuration,
    Exchange,
    InAnyOrder,
    Item,
    Manual,
    ManualAction,
    Message,
    OfState,
    OptionalGroup,
    TestCase,
    Timeout,
    UseState,
    Verdict,
)
from labapp.domain.view import View


def exchange(step: int, request: Message, response: Message | None = None, **options: Any) -> Exchange:
    """Request and response; the response's number is the next one unless `response_step` says otherwise."""
    answer = response if response is not None else conf_of(request)
    options.setdefault("response_step", step + 1)
    return Exchange(step, request, answer, **options)


def asked(step: int, request: Message, response: Message | None = None, **options: Any) -> Exchange:
    """A request that the central system sends because the operator asks it to."""
    return exchange(step, request, response, asked=True, **options)


def conf_of(request: Message) -> Message:
    """The response to a request, with nothing stated."""
    name = request.name.removesuffix(".req") + ".conf" if request.name.endswith(".req") else request.action + "Response"
    return Message(request.action, "conf", name)


def manual(action: ManualAction, **options: Any) -> Manual:
    """Ask for an action."""
    return Manual(action, **options)


def in_any_order(*items: Item) -> InAnyOrder:
    """The items may come in any order."""
    return InAnyOrder(items)


def optional(*items: Item, within: Timeout = "") -> OptionalGroup:
    """The items may all be missing."""
    return OptionalGroup(items, within)


def absent(step: int, request: Message, window: Expected, **options: Any) -> Absent:
    """The message must not come within the window."""
    return Absent(step, request, window, **options)


def check(step: int, text: str, function: Callable[[View], Verdict], **options: Any) -> Check:
    """A pure function judges the message of a step."""
    return Check(step, text, function, **options)


def state(case: TestCase, **options: Any) -> UseState:
    """Bring a state about."""
    return UseState(case, **options)


def of_state(step: int, case: TestCase, state_step: int, message: Message, **options: Any) -> OfState:
    """Further validations of a message of a state that ran inside the case."""
    return OfState(step, case, state_step, message, **options)


def configuration(key: str, value: Any, *, if_implemented: bool = False) -> Configuration:
    """A configuration state: the key has the value before the case begins."""
    return Configuration(key, as_expected(value), if_implemented)


def flatten(fields: Mapping[str, Any], prefix: str = "") -> tuple[tuple[str, Expected], ...]:
    """Nested mappings and lists as (dotted path, expectation), in order: {"a": {"b": 1}, "c": [2]} -> a.b, c[0]."""
    found: list[tuple[str, Expected]] = []
    for name, value in fields.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Mapping):
            found.extend(flatten(value, path))
        elif isinstance(value, list):
            for index, element in enumerate(value):
                place = f"{path}[{index}]"
                found.extend(
                    flatten(element, place) if isinstance(element, Mapping) else [(place, as_expected(element))]
                )
        else:
            found.append((path, as_expected(value)))
    return tuple(found)
