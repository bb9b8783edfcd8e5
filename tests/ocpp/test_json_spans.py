from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.ocpp.json_spans import Span, characters, spans
from labapp.ocpp.json_text import json_text
from tests.ocpp.json_values import JSON_VALUES


def rebuilt(text: str, span: Span) -> Any:
    """The value that the spans describe."""
    match span.kind:
        case "object":
            return {name.text(text): rebuilt(text, value) for name, value in span.members}
        case "array":
            return [rebuilt(text, item) for item in span.items]
        case "string":
            return span.text(text)
        case _:
            return json.loads(span.text(text))


@given(JSON_VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_the_spans_describe_the_value(value: Any, ascii_only: bool, indent: int | None) -> None:
    plain = json.loads(json_text(value))
    for text in (json_text(value, ascii_only=ascii_only), json.dumps(plain, indent=indent)):
        assert rebuilt(text, spans(text)) == plain


def test_repeated_names_are_all_there() -> None:
    text = '{"a":1,"a":[2]}'
    assert [(name.text(text), text[value.start : value.end]) for name, value in spans(text).members] == [
        ("a", "1"),
        ("a", "[2]"),
    ]


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [
        ("abc", "abc", [0, 1, 2, 3]),
        ("a\\nb", "a\nb", [0, 1, 3, 4]),
        ("\\u0041\\/", "A/", [0, 6, 8]),
        ("\\ud83d\\ude00x", "😀x", [0, 12, 13]),
        ("\\ud83dx", "\ud83dx", [0, 6, 7]),
        ("\\q\\u12", "\\q\\u12", [0, 0, 2, 2, 4, 5, 6]),
        ("\\", "\\", [0, 1]),
        ("", "", [0]),
    ],
)
def test_each_character_knows_where_it_is_written(text: str, value: str, places: list[int]) -> None:
    found, where = characters(text, 0, len(text))
    assert (found, list(where)) == (value, places)


@given(st.text(), st.booleans())
def test_the_characters_of_a_string_token_are_its_value(value: str, ascii_only: bool) -> None:
    text = json_text([value], ascii_only=ascii_only)
    found, places = characters(text, 2, len(text) - 2)
    assert found == value
    assert len(places) == len(value) + 1
