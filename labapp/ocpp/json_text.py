"""JSON text read strictly and exactly, and written in one stable form.

Reading follows RFC 8259 without extensions: NaN and Infinity are refused. A number without fraction and exponent becomes
an `int`, any other a `Decimal`, so that `multipleOf 0.1` is judged on what was written. Texts that would exhaust a reader
(nesting, digits, exponents) are refused by stated limits, never by an exception.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite
from typing import Any

#: Deepest nesting of arrays and objects that is read; OCPP messages need fewer than ten.
MAX_DEPTH = 100
#: Most characters of one number that are read, digits of an integer without its sign.
MAX_NUMBER_LENGTH = 100
#: Smallest power of ten that is read; the largest is that of a double.
MIN_EXPONENT = -400

#: A string token, closed or running to the end of the text; possessive, so that reading stays linear.
STRING_TOKEN = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'

_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING_OR_BRACKET = re.compile(rf"{STRING_TOKEN}|[\[{{]|[\]}}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Json:
    """A text that is JSON. value: None, bool, int, Decimal, str, list or dict.

    refused_numbers: the numbers, as written, that are not JSON or pass the limits; they stand as 0 in the value.
    duplicate_names: member names that an object holds more than once; the last one stands in the value.
    """

    value: Any
    refused_numbers: tuple[str, ...]
    duplicate_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotJson:
    """A text that is not JSON, or nested too deep to be read. text: one sentence."""

    too_deep: bool
    text: str


def read_json(text: str) -> Json | NotJson:
    """Read any text; no text makes it raise."""
    if nests_too_deep(text):
        return NotJson(True, f"the text nests deeper than {MAX_DEPTH} levels")
    refused: list[str] = []
    duplicates: list[str] = []

    def refuse(written: str) -> int:
        refused.append(written if len(written) <= MAX_NUMBER_LENGTH else f"{written[:20]}…")
        return 0

    def integer(written: str) -> int:
        return int(written) if len(written.lstrip("-")) <= MAX_NUMBER_LENGTH else refuse(written)

    def fraction(written: str) -> Decimal | int:
        if len(written) > MAX_NUMBER_LENGTH:
            return refuse(written)
        try:
            number = Decimal(written)
        except InvalidOperation:  # an exponent of more digits than the decimal module keeps
            return refuse(written)
        return number if number.adjusted() >= MIN_EXPONENT and isfinite(number) else refuse(written)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            duplicates.extend(name for name in result if names.count(name) > 1)
        return result

    try:
        value = json.loads(
            text, parse_int=integer, parse_float=fraction, parse_constant=refuse, object_pairs_hook=members
        )
    except json.JSONDecodeError as error:
        return NotJson(False, f"the text is not JSON from character {error.pos + 1} on")
    return Json(value, tuple(refused), tuple(dict.fromkeys(duplicates)))


def nests_too_deep(text: str) -> bool:
    """Whether arrays and objects nest deeper than MAX_DEPTH."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif token[0] in "]}":
            depth -= 1
    return False


def json_text(value: Any, *, sort_names: bool = False, ascii_only: bool = False) -> str:
    """Compact JSON text, without spaces; the same value always gives the same text.

    sort_names: members in the order of their names' code points, otherwise in the order of the mapping. ascii_only: every
    other character escaped, so that any Python string can be written; otherwise only lone surrogates, which no UTF-8 holds.
    Raises: ValueError for NaN, infinities and integers too long to be read again; TypeError for what JSON does not have.
    """
    return "".join(_pieces(value, sort_names, ascii_only))


def _pieces(value: Any, sort_names: bool, ascii_only: bool) -> list[str]:
    match value:
        case None:
            return ["null"]
        case bool():
            return ["true" if value else "false"]
        case str():
            return [_string(value, ascii_only)]
        case int():
            return [_integer(value)]
        case float() | Decimal():
            return [_number(value)]
        case Mapping():
            return _object(value, sort_names, ascii_only)
        case Sequence() if not isinstance(value, bytes | bytearray):
            pieces = ["["]
            for index, item in enumerate(value):
                pieces += (
                    [",", *_pieces(item, sort_names, ascii_only)] if index else _pieces(item, sort_names, ascii_only)
                )
            return [*pieces, "]"]
        case _:
            raise TypeError(f"JSON has no {type(value).__name__}")


def _object(value: Mapping[Any, Any], sort_names: bool, ascii_only: bool) -> list[str]:
    pieces = ["{"]
    for index, name in enumerate(sorted(value) if sort_names else value):
        if not isinstance(name, str):
            raise TypeError(f"a JSON member name is a string, not {type(name).__name__}")
        pieces += ["," if index else "", _string(name, ascii_only), ":", *_pieces(value[name], sort_names, ascii_only)]
    return [*pieces, "}"]


def _string(text: str, ascii_only: bool) -> str:
    if ascii_only:
        return encode_basestring_ascii(text)
    written = encode_basestring(text)
    try:
        written.encode()
    except UnicodeEncodeError:
        return encode_basestring_ascii(text)
    return written


def _integer(value: int) -> str:
    if abs(value) >= 10**MAX_NUMBER_LENGTH:
        raise ValueError(f"an integer of more than {MAX_NUMBER_LENGTH} digits is not read again")
    return str(value)


def _number(value: float | Decimal) -> str:
    if not isfinite(value):
        raise ValueError(f"JSON has no {value}")
    return str(value) if isinstance(value, Decimal) else repr(float(value))


def has_half_character(value: Any) -> bool:
    """Whether a string of the value cannot be written as UTF-8, which is what OCPP-J asks of a message (1.6 section 4)."""
    match value:
        case str():
            return _SURROGATE.search(value) is not None
        case dict():
            return any(has_half_character(name) or has_half_character(item) for name, item in value.items())
        case list():
            return any(map(has_half_character, value))
        case _:
            return False
