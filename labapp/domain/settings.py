"""A setting: one key of a project file, stated once, at the field of the dataclass that holds it.

`setting` gives the field its default and says what the key is; `settings_of` reads the type from the annotation, so that the key's
row in the table of all keys, its checks and its place in the program cannot drift apart.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any

from labapp.domain.errors import InputError

_METADATA = "setting"


class Secret:
    """A secret and where it came from; text, logs and JSON show only the latter. origin: "env:NAME" or "keyring:SERVICE/USER"."""

    __slots__ = ("_text", "origin")

    def __init__(self, origin: str, text: str) -> None:
        self.origin = origin
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the link that must send or compare it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self.origin!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.origin, self._text) == (other.origin, other._text)

    def __hash__(self) -> int:
        return hash(self.origin)


#: What the annotation of a field is called in the table of keys, and what a person writes for it.
_TYPES: dict[Any, tuple[str, str]] = {
    bool: ("boolean", "true or false"),
    int: ("integer", "a whole number"),
    float: ("number", "a number"),
    str: ("string", "text in quotes"),
    Path: ("path", "a file name in quotes, relative to the project file"),
    date: ("date", "a date as 2025-11-30"),
    Secret: ("secret", '"env:NAME" or "keyring:SERVICE/USER"'),
    tuple[str, ...]: ("list of strings", 'a list as ["a", "b"]'),
    tuple[int, ...]: ("list of integers", "a list as [0, 3]"),
    tuple[tuple[int, ...], ...]: ("list of lists of integers", "a list as [[1, 2], [3]]"),
    Mapping[str, str]: ("table of strings", '{ name = "value" }'),
}


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """One key of a project file. table: as in brackets in the file. default: JSON value, None for none. unit: "" for none.

    choices: the only values, or the only items of a list. required_when: in words, "" for never. at_least, at_most: bounds of
    a number. longest: characters of a text.
    """

    table: str
    key: str
    type: str
    unit: str
    default: Any
    choices: tuple[str | int, ...]
    required_when: str
    help: str
    written: str = ""
    at_least: float | None = None
    at_most: float | None = None
    longest: int | None = None

    def read(self, value: Any) -> Any:
        """The value as the program holds it; a path and a secret stay text here.

        Raises InputError, without a place, for a wrong type, a value that is no choice, or one out of bounds.
        """
        parsed = self._typed(value)
        if self.choices:
            for item in parsed if isinstance(parsed, tuple) else (parsed,):
                if item not in self.choices:
                    choices = ", ".join(_shown(choice) for choice in self.choices)
                    raise InputError(f"{_shown(item)} is no choice", mend=f"use {choices}")
        if isinstance(parsed, int | float) and not isinstance(parsed, bool):
            self._within_bounds(parsed)
        if isinstance(parsed, str):
            self._printable(parsed)
        return parsed

    def _typed(self, value: Any) -> Any:
        match self.type, value:
            case "boolean", bool():
                return value
            case "integer", int() if not isinstance(value, bool):
                return value
            case "number", int() | float() if not isinstance(value, bool) and math.isfinite(value):
                return float(value)
            case (("string" | "path" | "secret"), str()):
                return value
            case "date", date() if type(value) is date:
                return value
            case "date", str():
                try:
                    return date.fromisoformat(value)
                except ValueError:
                    pass
            case "list of strings", list() if all(isinstance(item, str) for item in value):
                return tuple(value)
            case "list of integers", list() if _is_integers(value):
                return tuple(value)
            case "list of lists of integers", list() if all(_is_integers(item) for item in value):
                return tuple(tuple(item) for item in value)
            case "table of strings", dict() if all(isinstance(item, str) for item in value.values()):
                return value
        # A wrong value of a secret may be the secret itself.
        shown = "the value" if self.type == "secret" else _shown(value)
        raise InputError(f"{shown} is no {self.type}", mend=f"write {self.written}")

    def _within_bounds(self, value: float) -> None:
        low, high = self.at_least, self.at_most
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = [f"at least {low:g}"] if low is not None else []
            bounds += [f"at most {high:g}"] if high is not None else []
            unit = f" {self.unit}" if self.unit else ""
            raise InputError(f"{_shown(value)} is out of bounds", mend=f"write {' and '.join(bounds)}{unit}")

    def _printable(self, text: str) -> None:
        if not text.isprintable():
            raise InputError("holds a character that cannot be printed", mend="write plain text")
        if self.longest is not None and len(text) > self.longest:
            raise InputError(
                f"{_shown(text)} has {len(text)} characters",
                mend=f"write at most {self.longest}, as the protocol allows",
            )


@dataclass(frozen=True, slots=True)
class _Setting:
    default: Any
    help: str
    unit: str
    choices: tuple[str, ...]
    required_when: str
    at_least: float | None
    at_most: float | None
    longest: int | None


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    required_when: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    longest: int | None = None,
) -> Any:
    """A dataclass field that is a key of the project file; see `ProjectKey` for the arguments. help: a clause in our words."""
    note = _Setting(default, help, unit, choices, required_when, at_least, at_most, longest)
    return field(default_factory=lambda: default, metadata={_METADATA: note})


def settings_of(table: str, holder: type[Any]) -> tuple[ProjectKey, ...]:
    """The rows of the fields of a dataclass that are settings, in their order."""
    hints = typing.get_type_hints(holder)
    return tuple(
        _row(table, item.name, hints[item.name], item.metadata[_METADATA])
        for item in fields(holder)
        if _METADATA in item.metadata
    )


def _row(table: str, key: str, hint: Any, note: _Setting) -> ProjectKey:
    if typing.get_origin(hint) in (typing.Union, UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    choices: tuple[Any, ...] = note.choices
    if typing.get_origin(hint) is typing.Literal:
        choices = typing.get_args(hint)
        hint = type(choices[0])
    type_name, written = _TYPES[hint]
    return ProjectKey(
        table,
        key,
        type_name,
        note.unit,
        None if note.required_when == "always" else plain(note.default),
        choices,
        note.required_when,
        note.help,
        written,
        note.at_least,
        note.at_most,
        note.longest,
    )


def plain(value: Any) -> Any:
    """A setting's value as a JSON value: tuples as lists, paths and dates as text, a secret as its origin."""
    match value:
        case tuple():
            return [plain(item) for item in value]
        case Mapping():
            return dict(value)
        case Path() | date():
            return str(value)
        case Secret():
            return value.origin
    return value


def _is_integers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) for item in value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
