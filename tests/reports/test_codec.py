"""Dataclasses to JSON and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.reports.codec import canonical_bytes, from_json, to_json
from labapp.reports.content import Content


@dataclass(frozen=True)
class Part:
    text: str
    number: int | None


@dataclass(frozen=True)
class Whole:
    flag: bool
    share: float
    parts: tuple[Part, ...]


parts = st.builds(Part, st.text(), st.none() | st.integers(-(2**60), 2**60))
wholes = st.builds(Whole, st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.lists(parts).map(tuple))


@given(wholes)
def test_what_is_written_is_read_again(whole: Whole) -> None:
    data = canonical_bytes(to_json(whole))
    assert from_json(Whole, json.loads(data)) == whole
    assert canonical_bytes(to_json(from_json(Whole, json.loads(data)))) == data


def test_the_content_of_a_report_is_read_again(content: Content) -> None:
    assert from_json(Content, json.loads(canonical_bytes(to_json(content)))) == content


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "the whole: is no object - use a file that labapp has written"),
        ({"flag": True, "share": 1.0}, "the whole: is without member parts - use a file that labapp has written"),
        (
            {"flag": True, "share": 1.0, "parts": [], "more": 1},
            "the whole: is with an unknown member more - use a file that labapp has written",
        ),
        ({"flag": 1, "share": 1.0, "parts": []}, "flag: is no bool - use a file that labapp has written"),
        ({"flag": True, "share": True, "parts": []}, "share: is no float - use a file that labapp has written"),
        ({"flag": True, "share": 1, "parts": {}}, "parts: is no list - use a file that labapp has written"),
        (
            {"flag": True, "share": 1, "parts": [{"text": "", "number": "1"}]},
            "parts[0].number: is no int - use a file that labapp has written",
        ),
    ],
)
def test_what_is_not_of_the_type_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InputError) as refused:
        from_json(Whole, value)
    assert str(refused.value) == message
