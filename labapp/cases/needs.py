"""What a case needs of the project: the keys under [values] that it takes its values from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from labapp.cases.catalogue import ready_state
from labapp.domain.expectations import Symbol
from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT, Exchange, Message, OfState, TestCase, UseState

#: What the tool presents or names where a case does not say which card.
_CARD = "valid_id_tag"
#: Deadlines inside the device by which waits are bounded, keys of [values].
_DEADLINES = frozenset({"connection_timeout", "reservation_offset"})
_WITH_CARD = frozenset({"Authorize", "StartTransaction", "TransactionEvent"})
#: Requests of the tool as central system that name a card, the valid one where a case does not say which.
_FOR_CARD = frozenset({"RemoteStartTransaction.req", "ReserveNow.req"})
#: Requests of the tool that send a station to a file server.
_WITH_FILES = frozenset({"UpdateFirmware.req", "GetDiagnostics.req"})


def needed_values(case: TestCase) -> set[str]:
    """The keys under [values] that a case and the states it uses take their values from."""
    parts = _parts_of(case)
    keys = {part.key for part in parts if isinstance(part, Symbol) and part.key}
    keys |= {part.timeout for part in parts if isinstance(part, Exchange)} & _DEADLINES
    if any(isinstance(part, Message) and part.name == "ReserveNow.req" for part in parts):
        keys.add("reservation_offset")
    if case.sut == CHARGE_POINT and any(isinstance(part, Message) and part.name in _FOR_CARD for part in parts):
        keys.add(_CARD)
    if case.grouped:
        keys.add("parent_id_tag")
    if case.sut == CENTRAL_SYSTEM and any(isinstance(part, Message) and part.action in _WITH_CARD for part in parts):
        keys.add(_CARD)
    return keys


def needs_files(case: TestCase) -> bool:
    """Whether a station is sent to a file server."""
    return any(isinstance(part, Message) and part.name in _WITH_FILES for part in _parts_of(case))


def _parts_of(case: TestCase) -> list[Symbol | Message | Exchange]:
    ready = ready_state(case)
    return list(_parts((case.before, case.steps, *((ready,) if ready else ())), {}))


def _parts(part: Any, overrides: Mapping[str, Any]) -> Iterator[Symbol | Message | Exchange]:
    """The symbols, messages and exchanges in a part of a case. overrides: symbols of a state that have a value of their own."""
    match part:
        case Symbol():
            if part.name not in overrides:
                yield part
            return
        case UseState():
            given = dict(part.overrides)
            yield from _parts(tuple(given.values()), overrides)
            yield from _parts((part.state.before, part.state.steps), {**overrides, **given})
            return
        case OfState():
            yield from _parts(part.message, overrides)
            return
        case Message() | Exchange():
            yield part
    for inner in _inside(part):
        yield from _parts(inner, overrides)


def _inside(part: Any) -> Iterable[Any]:
    if isinstance(part, tuple | list):
        return part
    if isinstance(part, Mapping):
        return part.values()
    return [getattr(part, item.name) for item in fields(part)] if is_dataclass(part) else ()
