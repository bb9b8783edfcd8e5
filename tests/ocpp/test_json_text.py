from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.ocpp.json_text import MAX_DEPTH, Json, NotJson, json_text, read_json
from tests.ocpp.json_values import JSON_VALUES


def value_of(text: str) -> Any:
    read = read_json(text)
    assert isinstance(read, Json)
    return read.value


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(read_json(text), Json | NotJson)


@given(st.text(alphabet='[]{},:"\\ 0123456789.eE+-nulltrueNaIfity\ud800'))
def test_it_reads_what_the_standard_library_reads(text: str) -> None:
    try:
        json.loads(text, parse_constant=_refuse)
    except ValueError:
        known = False
    else:
        known = True
    read = read_json(text)
    assert (isinstance(read, Json) and not read.refused_numbers) == known or "e" in text.lower()


def _refuse(name: str) -> None:
    raise ValueError(name)


@given(JSON_VALUES, st.booleans(), st.booleans())
def test_what_is_written_is_read_again(value: Any, sort_names: bool, ascii_only: bool) -> None:
    assert value_of(json_text(value, sort_names=sort_names, ascii_only=ascii_only)) == value


@given(JSON_VALUES)
def test_the_ascii_form_with_sorted_names_does_not_depend_on_the_order_of_insertion(value: Any) -> None:
    text = json_text(value, sort_names=True, ascii_only=True)
    assert text.isascii()
    assert json_text(_reversed(value), sort_names=True, ascii_only=True) == text


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, 1.5, Decimal("2.50")]}, '{"b":1,"a":[true,null,1.5,2.50]}'),
        ("Zürich", '"Zürich"'),
        ("\ud800ü", '"\\ud800\\u00fc"'),
        ({}, "{}"),
        ((), "[]"),
        (1e-7, "1e-07"),
    ],
)
def test_the_written_form(value: Any, text: str) -> None:
    assert json_text(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (float("nan"), ValueError, "JSON has no nan"),
        (float("-inf"), ValueError, "JSON has no -inf"),
        (Decimal("Infinity"), ValueError, "JSON has no Infinity"),
        (10**100, ValueError, "an integer of more than 100 digits is not read again"),
        (b"x", TypeError, "JSON has no bytes"),
        ({1: 2}, TypeError, "a JSON member name is a string, not int"),
        ([{1}], TypeError, "JSON has no set"),
    ],
)
def test_what_json_does_not_have_is_not_written(value: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"^{text}$"):
        json_text(value)


def test_numbers_keep_what_was_written() -> None:
    value = value_of("[1, 1.0, 0.1, -0, 12345678901234567890123, 1e3]")
    assert [repr(number) for number in value] == [
        "1",
        "Decimal('1.0')",
        "Decimal('0.1')",
        "0",
        "12345678901234567890123",
        "Decimal('1E+3')",
    ]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("1e309", "1e309"),
        ("1e-401", "1e-401"),
        ("1e99999999999999999999999", "1e99999999999999999999999"),
        ("9" * 101, f"{'9' * 20}…"),
        ("0." + "1" * 99, f"0.{'1' * 18}…"),
        ("9" * 1_000_000, f"{'9' * 20}…"),
    ],
)
def test_numbers_beyond_the_limits_are_refused_by_name(number: str, shown: str) -> None:
    assert read_json(f'{{"a":{number},"b":2}}') == Json({"a": 0, "b": 2}, (shown,), ())


def test_repeated_names_are_noted_and_the_last_one_counts() -> None:
    assert read_json('{"a":1,"b":{"c":1,"c":2},"a":3}') == Json({"a": 3, "b": {"c": 2}}, (), ("c", "a"))


def test_nesting_is_read_to_the_limit_and_refused_beyond_it() -> None:
    assert isinstance(read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH), Json)
    assert read_json("[" * (MAX_DEPTH + 1)) == NotJson(True, "the text nests deeper than 100 levels")
    assert read_json('{"a":' * 1_000_000) == NotJson(True, "the text nests deeper than 100 levels")


def test_brackets_inside_strings_and_side_by_side_are_no_nesting() -> None:
    assert value_of(json.dumps(["[" * 500, 'a"[' * 500])) == ["[" * 500, 'a"[' * 500]
    assert value_of("[" + "[]," * 500 + "[]]") == [[]] * 501


def test_an_unclosed_string_of_a_megabyte_is_read_in_one_pass() -> None:
    assert isinstance(read_json("[" * 101 + '"' + '\\"' * 500_000), NotJson)


def test_what_is_not_json_says_from_where_on() -> None:
    assert read_json('[2,"1",') == NotJson(False, "the text is not JSON from character 8 on")
    assert read_json("") == NotJson(False, "the text is not JSON from character 1 on")
