"""Judging one message against the fields that a case states of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.expectations import (
    Computed,
    Empty,
    Expected,
    FromStep,
    GreaterThan,
    Literal,
    Not,
    Omitted,
    OneOf,
    Present,
    Symbol,
    When,
    Within,
    as_expected,
)
from labapp.domain.view import View
from labapp.engine.paths import MISSING, parse_path, values_at
from labapp.ocpp.timestamps import read_timestamp


@dataclass(frozen=True, slots=True)
class FieldResult:
    """The judgement of one field. received: the values as text; at: the concrete path of the first offender."""

    path: str
    ok: bool
    expected: str
    received: str
    at: str


#: The value of a configuration key, which is text on the wire and means a number, a boolean or a list.
_CONFIGURATION_VALUE = re.compile(r"configurationKey\[[^]]*\]\.value")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")

Overrides = Mapping[str, Expected]


def resolve(expected: Expected, view: View, overrides: Overrides) -> Expected:
    """The expectation with symbols, references and computed values replaced by literals.

    Raises InputError when the project has no value for a symbol.
    """
    if isinstance(expected, Symbol):
        if expected.name in overrides:
            return resolve(overrides[expected.name], view, {})
        if expected.default is not None:
            return expected.default
        value = view.values.get(expected.key)
        if value is None or value == "":
            raise InputError(
                f"the case needs <{expected.name}>",
                where=f"PROJECT.toml [values] {expected.key}",
                mend="give the value",
            )
        return Literal(value)
    if isinstance(expected, FromStep):
        seen = view.seen(expected.step, expected.state)
        if expected.occurrence:
            seen = seen[expected.occurrence - 1 : expected.occurrence]
        found = [
            value for message in seen for _, value in values_at(message.payload, expected.path) if value is not MISSING
        ]
        return Literal(found[-1]) if found else Omitted()
    if isinstance(expected, Computed):
        value = expected.function(view)
        return value if isinstance(value, Omitted | Present | OneOf | Not | Within) else Literal(value)
    if isinstance(expected, OneOf):
        choices = [resolve(as_expected(value), view, overrides) for value in expected.values]
        return OneOf(tuple(choice.value if isinstance(choice, Literal) else choice for choice in choices))
    if isinstance(expected, Not):
        return Not(resolve(expected.inner, view, overrides))
    if isinstance(expected, GreaterThan):
        return GreaterThan(resolve(expected.than, view, overrides))
    if isinstance(expected, When):
        return resolve(expected.inner, view, overrides)
    return expected


def judge(
    payload: Mapping[str, Any],
    path: str,
    expected: Expected,
    *,
    cistrings: Container[str] = (),
    default: Any = MISSING,
) -> FieldResult:
    """Judge the field at `path` of a payload against a resolved expectation.

    cistrings: names of the members whose text compares without case. default: the protocol's value of the omitted field.
    """
    cistring = parse_path(path)[-1][0] in cistrings
    places = values_at(payload, path)
    if default is not MISSING and not isinstance(expected, Omitted | Present | Empty):
        places = [(place, default if value is MISSING else value) for place, value in places]
    typed = _CONFIGURATION_VALUE.fullmatch(path) is not None and isinstance(expected, Literal)
    for place, value in places:
        same_value = typed and isinstance(value, str) and same_configuration_value(value, expected.text)
        if not same_value and not satisfies(value, expected, cistring=cistring):
            return FieldResult(path, False, expected.text, show(value), place)
    return FieldResult(path, True, expected.text, ", ".join(show(value) for _, value in places), places[0][0])


def satisfies(value: Any, expected: Expected, *, cistring: bool = False) -> bool:
    """Whether a value (MISSING when omitted) satisfies a resolved expectation."""
    match expected:
        case Literal(wanted):
            return same(value, wanted, cistring=cistring)
        case OneOf(choices):
            return any(satisfies(value, as_expected(wanted), cistring=cistring) for wanted in choices)
        case Present():
            return value is not MISSING
        case Omitted():
            return value is MISSING
        case Empty():
            return value is MISSING or value in ("", [], {}, None)
        case Not(inner):
            return value is MISSING or not satisfies(value, inner, cistring=cistring)
        case GreaterThan(than):
            return _is_greater(value, than)
        case Within(earliest, latest):
            return _is_within(value, earliest, latest)
        case _:
            raise TypeError(f"{expected!r} is not resolved")


def _is_greater(value: Any, than: Expected) -> bool:
    """Whether a number is above another; above what is no number any number is."""
    least = than.value if isinstance(than, Literal) else None
    return _is_number(value) and (not _is_number(least) or Decimal(str(value)) > Decimal(str(least)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_within(value: Any, earliest: str, latest: str) -> bool:
    if not isinstance(value, str):
        return False
    moment, _ = read_timestamp(value)
    first, _ = read_timestamp(earliest)
    last, _ = read_timestamp(latest)
    return moment is not None and first is not None and last is not None and first <= moment <= last


def same(value: Any, wanted: Any, *, cistring: bool = False) -> bool:
    """Equality of JSON values: numbers by value, booleans never equal to numbers, CiStrings without case."""
    if value is MISSING:
        return False
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, int | float | Decimal) and isinstance(wanted, int | float | Decimal):
        return Decimal(str(value)) == Decimal(str(wanted))
    if isinstance(value, str) or isinstance(wanted, str):
        both = isinstance(value, str) and isinstance(wanted, str)
        return both and (value.lower() == wanted.lower() if cistring else bool(value == wanted))
    if isinstance(value, Sequence) and isinstance(wanted, Sequence):
        return len(value) == len(wanted) and all(
            same(a, b, cistring=cistring) for a, b in zip(value, wanted, strict=True)
        )
    equal: bool = value == wanted
    return equal


def show(value: Any) -> str:
    """A value as a person reads it in a finding, at most 200 characters."""
    text = Literal(value).text if not isinstance(value, Mapping | list) else str(value)
    return text if len(text) <= 200 else text[:199] + "…"


def same_configuration_value(value: str | None, wanted: str) -> bool:
    """Configuration values compare typed: booleans and words without case, numbers by value, comma-separated lists by element."""
    if value is None:
        return False
    return _typed(value) == _typed(wanted)


def _typed(text: str) -> object:
    text = text.strip()
    if "," in text:
        return [_typed(part) for part in text.split(",")]
    if text.lower() in ("true", "false"):
        return text.lower()
    return Decimal(text) if _NUMBER.fullmatch(text) else text.lower()
