"""Frozen dataclasses to JSON values and back, strictly: every member there, none besides, each of its type."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar

from labapp.domain.errors import InputError
from labapp.ocpp.json_text import json_text

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass, its tuples and plain values."""
    if is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def canonical_bytes(value: Any) -> bytes:
    """The one text of a JSON value: names sorted, no blanks, UTF-8, a line feed at the end."""
    return (json_text(value, sort_names=True) + "\n").encode()


def from_json(kind: type[T], value: Any, where: str = "") -> T:
    """The dataclass that `to_json` wrote. where: path of the value, for messages.

    Raises InputError at the first member that is missing, unknown or of another type.
    """
    return typing.cast(T, _read(kind, value, where))


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong("no list", where)
        item = typing.get_args(kind)[0]
        return tuple(_read(item, each, f"{where}[{index}]") for index, each in enumerate(value))
    if origin in (typing.Union, UnionType):
        allowed = typing.get_args(kind)
        if value is None and NoneType in allowed:
            return None
        kind = next(each for each in allowed if each is not NoneType)
    if is_dataclass(kind):
        return _read_dataclass(kind, value, where)
    # A boolean is an integer to isinstance, and no integer to JSON; a whole number may stand for a fraction.
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    raise _wrong(f"no {kind.__name__}", where)


def _read_dataclass(kind: Any, value: Any, where: str) -> Any:
    hints = _hints(kind)
    if not isinstance(value, Mapping):
        raise _wrong("no object", where)
    for name in [*hints, *value]:
        if name not in value or name not in hints:
            raise _wrong(f"{'without' if name in hints else 'with an unknown'} member {name}", where)
    return kind(
        **{name: _read(hint, value[name], f"{where}.{name}" if where else name) for name, hint in hints.items()}
    )


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _wrong(what: str, where: str) -> InputError:
    return InputError(f"is {what}", where=where or "the whole", mend="use a file that labapp has written")
