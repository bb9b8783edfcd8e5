"""Fields by path and nested, laid over a payload."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.simulator.fields import overlaid

PAYLOAD = {"a": {"b": [{"c": 1, "d": 2}]}, "e": 3}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, PAYLOAD),
        ({"e": 4}, {"a": {"b": [{"c": 1, "d": 2}]}, "e": 4}),
        ({"e": None}, {"a": {"b": [{"c": 1, "d": 2}]}}),
        ({"a.b[0].c": 9}, {"a": {"b": [{"c": 9, "d": 2}]}, "e": 3}),
        ({"a.b[1].c": 9}, {"a": {"b": [{"c": 1, "d": 2}, {"c": 9}]}, "e": 3}),
        ({"a": {"x": 1}}, {"a": {"b": [{"c": 1, "d": 2}], "x": 1}, "e": 3}),
        ({"a": {"b": None}}, {"a": {}, "e": 3}),
        ({"a.b": []}, {"a": {"b": []}, "e": 3}),
        ({"n.m[0]": 1}, PAYLOAD | {"n": {"m": [1]}}),
        ({"absent": None}, PAYLOAD),
        ({"e": "<present>", "new": "<present>"}, PAYLOAD | {"new": "<present>"}),
        ({"e": "<not 3>", "new": "<empty>"}, PAYLOAD),
        ({"a.b[].c": 9, "a.b[].x": 8}, {"a": {"b": [{"c": 9, "d": 2, "x": 8}]}, "e": 3}),
        ({"a.b[0].c": None}, {"a": {"b": [{"d": 2}]}, "e": 3}),
        ({"a.b[1].c": None, "a.b[2]": None, "n.m": None}, PAYLOAD),
        ({"a.b[0]": None}, {"a": {"b": []}, "e": 3}),
    ],
)
def test_overlaid(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert overlaid(PAYLOAD, fields) == expected
    assert PAYLOAD == {"a": {"b": [{"c": 1, "d": 2}]}, "e": 3}


@given(
    st.dictionaries(st.text("abc", min_size=1), st.integers()),
    st.dictionaries(st.text("abc", min_size=1), st.integers()),
)
def test_plain_fields_are_a_union(payload: dict[str, int], fields: dict[str, int]) -> None:
    assert overlaid(payload, fields) == payload | fields
