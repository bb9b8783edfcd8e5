"""Wrong values: how to break a stated field so that the message still keeps to its schema, wherever that is possible."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from labapp.domain.expectations import (
    Computed,
    Empty,
    Expected,
    GreaterThan,
    Literal,
    Not,
    Omitted,
    OneOf,
    Present,
    When,
    as_expected,
)
from labapp.domain.stamps import utc_text
from labapp.engine.paths import MISSING, assign, values_at
from labapp.ocpp.schemas import check, schema
from labapp.ocpp.timestamps import read_timestamp

Payload = Mapping[str, Any]
Edit = Callable[[Payload], dict[str, Any]]
"""What a mutant does to the payload of a frame; pure."""

#: Words of the enumerations of OCPP; the first that the schema takes at a place is a legal wrong value there.
_WORDS = (
    "Rejected", "Invalid", "Faulted", "Sample.Clock", "SignedData", "EV", "Voltage", "W", "A", "Soft", "Hard", "OnIdle",
    "TxProfile", "Recurring", "Daily", "Other", "Failed", "NotSupported", "Unavailable", "Idle",
    "Uploaded", "Installed",
)  # fmt: skip


def put(payload: Payload, path: str, value: Any) -> dict[str, Any]:
    """A copy of the payload with a value at a concrete path (`a.b[0].c`)."""
    changed = copy.deepcopy(dict(payload))
    assign(changed, path, value)
    return changed


def without(payload: Payload, path: str) -> dict[str, Any]:
    """A copy of the payload without what stands at a concrete path, a field or an element of a list."""
    changed = copy.deepcopy(dict(payload))
    head, _, last = path.rpartition(".")
    name, bracket, index = last.partition("[")
    parent: Any = values_at(changed, head)[0][1] if head else changed
    if bracket:
        del parent[name][int(index.rstrip("]"))]
    else:
        del parent[name]
    return changed


def conforms(version: str, action: str, kind: Any, payload: Payload) -> bool:
    """Whether the payload keeps to its schema."""
    return not any(fault.severity == "violation" for fault in check(version, action, kind, payload))


def spoilt(
    version: str, action: str, kind: Any, payload: Payload, path: str, stated: Expected
) -> dict[str, Any] | None:
    """The payload with the field broken: wrong and within the schema where there is such a value, else wrong all the same.

    None when no value can be wrong.
    """
    candidates = list(_candidates(payload, path, stated))
    legal = [candidate for candidate in candidates if conforms(version, action, kind, candidate)]
    chosen = legal or candidates
    return chosen[0] if chosen else None


def _candidates(payload: Payload, path: str, stated: Expected) -> Iterator[dict[str, Any]]:
    stated = stated.inner if isinstance(stated, When) else stated
    at, actual = values_at(payload, path)[0]
    if isinstance(stated, Omitted | Empty):
        for value in (["SurplusKey"], 7, *_WORDS):
            yield put(payload, at, value)
        return
    if isinstance(stated, Present):
        yield without(payload, at)
        return
    if actual is MISSING:
        if "=" in at:
            return
        for value in (*_WORDS, 1, 2):
            if not _allowed(value, stated):
                yield put(payload, at, value)
        return
    for value in (*_named_wrong(stated), *others(actual)):
        if not _allowed(value, stated):
            yield put(payload, at, value)
    # No value of the type is wrong (readonly that may be either): the element, or the field, is left out.
    element = at.rpartition(".")[0]
    if element.endswith("]"):
        yield without(payload, element)
    yield without(payload, at)


def _named_wrong(stated: Expected) -> Iterator[Any]:
    """The values that a resolved expectation itself says are wrong."""
    match stated:
        case Not(Literal(value)):
            yield value
        case Not(OneOf(choices)):
            yield from (choice.value for choice in map(as_expected, choices) if isinstance(choice, Literal))
        case GreaterThan(Literal(value)):
            yield from (value, value - 1)
        case _:
            return


def others(actual: Any) -> Iterator[Any]:
    """Other values of the same type."""
    match actual:
        case bool():
            yield not actual
        case int() | float() | Decimal():
            yield actual + 3
        case str():
            moment, _ = read_timestamp(actual)
            if moment is not None:
                yield utc_text(moment + timedelta(days=1))
            yield from (word for word in _WORDS if word != actual)
            yield actual + "X"
        case _:
            return


def _allowed(value: Any, stated: Expected) -> bool:
    """Whether the expectation says outright that the value is right; what must be worked out is only right as it was."""
    match stated:
        case Literal(wanted):
            return bool(value == wanted)
        case OneOf(choices):
            return any(_allowed(value, c) if isinstance(c, Literal) else value == c for c in choices)
        case Not(inner):
            return not _allowed(value, inner)
        case GreaterThan(Literal(than)):
            return isinstance(value, int) and value > than
        case Computed():
            return False
        case _:
            return False


def schema_faults(
    version: str, action: str, kind: Any, payload: Payload, spare: frozenset[str], paths: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """(what, payload) for ways in which the payload can leave its schema: a required field left out, a wrong type, a field too many.

    spare: fields that the case states or selects by, which are only taken when there is no other. paths: of fields whose type
    is broken besides.
    """
    required = [name for name in schema(version, action, kind).get("required", ()) if name in payload]
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(required, key=lambda each: each in spare)[:1]:
        found[f"without {name}"] = without(payload, name)
    for name in sorted(payload, key=lambda each: each in spare)[:1]:
        found[f"{name} of another type"] = put(payload, name, _other_type(payload[name]))
    for path in paths:
        at, actual = values_at(payload, path)[0]
        if actual is not MISSING:
            found[f"{at} of another type"] = put(payload, at, _other_type(actual))
    found["with a field that the message does not have"] = {**payload, "surplusField": 1}
    return [(what, changed) for what, changed in found.items() if not conforms(version, action, kind, changed)]


def _other_type(value: Any) -> Any:
    return 12345 if isinstance(value, str | list | Mapping | bool) else "text"
