"""The records that a report rests on, as they stand in a run directory or in an evidence bundle, and how their JSON is read."""

from __future__ import annotations

import json
import tomllib
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.run_files import JOURNAL, PICS, PLAN, PROJECT, RESULT, SELFTEST

#: Every record, in no order.
NAMES = (RESULT, PLAN, PICS, PROJECT, JOURNAL, SELFTEST)
#: Records that a run directory may lack: without a declaration there are no PICS and no plan, and the judge may not have been tested.
OPTIONAL = frozenset({PLAN, PICS, SELFTEST})

T = typing.TypeVar("T")

_MEND = "use the directory of a run, unchanged"


@dataclass(frozen=True)
class Records:
    """The record files by name, as bytes; `files` has the rest of the evidence (uploads, torn lines) by its path."""

    named: Mapping[str, bytes]
    files: Mapping[str, bytes]

    def bytes_of(self, name: str) -> bytes:
        """One record; b"" for one that may be missing and is. Raises InputError when it may not."""
        if name in self.named:
            return self.named[name]
        if name in OPTIONAL:
            return b""
        raise InputError("is missing", where=name, mend=_MEND)

    def json_of(self, name: str) -> Any:
        """The value of a JSON record, None when it is missing and may be. Raises InputError when it is no JSON."""
        return self._read(name, "JSON", json.loads)

    def toml_of(self, name: str) -> dict[str, Any]:
        """The tables of a TOML record, none when it is missing and may be. Raises InputError when it is no TOML."""
        return self._read(name, "TOML", tomllib.loads) or {}

    def _read(self, name: str, form: str, loads: Callable[[str], Any]) -> Any:
        data = self.bytes_of(name)
        if not data:
            return None
        try:
            return loads(data.decode("utf-8"))
        except (ValueError, RecursionError):
            raise InputError(f"is no {form}", where=name, mend=_MEND) from None


@dataclass(frozen=True, slots=True)
class Given:
    """A JSON object that is read member by member. where: its place, for messages."""

    members: Mapping[str, Any]
    where: str

    @classmethod
    def of(cls, value: Any, where: str) -> Given:
        """The object of a value. Raises InputError when it is none."""
        if not isinstance(value, Mapping):
            raise InputError("is no object", where=where, mend=_MEND)
        return cls(value, where)

    def text(self, name: str, default: str = "") -> str:
        """A member as text; another plain value as it is written in JSON, null and none as the default."""
        value = self.members.get(name)
        return default if value is None else text_of(value)

    def flag(self, name: str) -> bool:
        """A member that is true or not."""
        return self.members.get(name) is True

    def integer(self, name: str) -> int | None:
        """A whole number, None when the member is null or not there. Raises InputError when it is anything else."""
        value = self.members.get(name)
        if value is None or type(value) is int:
            return value
        raise InputError("is no whole number", where=f"{self.where}.{name}", mend=_MEND)

    def number(self, name: str) -> float:
        """A number. Raises InputError when the member is none."""
        value = self.members.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        raise InputError("is no number", where=f"{self.where}.{name}", mend=_MEND)

    def texts(self, name: str) -> tuple[str, ...]:
        """The items of a list as texts; none when it is not there. Raises InputError when the member is no list."""
        value = self.members.get(name)
        if value is None or isinstance(value, list):
            return tuple(map(text_of, value or ()))
        raise InputError("is no list", where=f"{self.where}.{name}", mend=_MEND)

    def table(self, name: str) -> Given:
        """A member that is an object; an empty one when it is not there."""
        return Given.of(self.members.get(name, {}), f"{self.where}.{name}")

    def rows(self, name: str) -> Iterator[Given]:
        """The objects of a list; none when it is not there. Raises InputError when the member is no list of objects."""
        yield from rows_of(self.members.get(name, []), f"{self.where}.{name}")


def rows_of(value: Any, where: str) -> Iterator[Given]:
    """The objects of a list. Raises InputError when the value is no list of objects."""
    if not isinstance(value, list):
        raise InputError("is no list", where=where, mend=_MEND)
    for index, row in enumerate(value):
        yield Given.of(row, f"{where}[{index}]")


def filled(kind: type[T], row: Given) -> T:
    """A dataclass of texts and whole numbers from the members of the same names; a number that is no option is 0 when it is not there.

    Raises InputError when a number is none.
    """
    hints = typing.get_type_hints(kind)
    values = {name: row.text(name) if hint is str else row.integer(name) for name, hint in hints.items()}
    return kind(**{name: 0 if value is None and hints[name] is int else value for name, value in values.items()})


def text_of(value: Any) -> str:
    """A plain value as a report shows it: text as it is, dates as in ISO 8601, lists joined, anything else as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, default=text_of)
