"""What a case states, completed to a conformant payload."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.ocpp.completion import merge, stamp
from tests.engine.driver import Driver


@pytest.mark.parametrize(
    ("base", "stated", "merged"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"c": 3}, {"c": 4}]}, {"a": [{"b": 1, "c": 3}, {"c": 4}]}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"c": 3}]}, {"a": [{"b": 1, "c": 3}, {"b": 2}]}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
    ],
)
def test_what_is_stated_goes_over_the_base(
    base: dict[str, Any], stated: dict[str, Any], merged: dict[str, Any]
) -> None:
    assert merge(base, stated) == merged


def test_a_stamp_lies_as_many_seconds_off_as_asked() -> None:
    view = Driver("TC_003_CS", dut={"milliseconds": True}).interpreter.attempt
    assert (stamp(view), stamp(view, after=-5.25)) == ("2025-01-01T12:00:00.000Z", "2025-01-01T11:59:54.750Z")
    view = Driver("TC_003_CS", dut={"milliseconds": False}).interpreter.attempt
    assert stamp(view, after=86_400) == "2025-01-02T12:00:00Z"
