"""The table of status transitions of OCPP 1.6."""

from __future__ import annotations

import pytest

from labapp.domain.transitions import TRANSITIONS, permitted


def test_the_specification_permits_53_transitions() -> None:
    assert len(TRANSITIONS) == 53
    assert {status for pair in TRANSITIONS for status in pair} == {
        "Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("Available", "Preparing", "A2"),
        ("Preparing", "Finishing", "B6"),
        ("Charging", "Unavailable", "C8"),
        ("SuspendedEV", "SuspendedEVSE", "D5"),
        ("Finishing", "Preparing", "F2"),
        ("Reserved", "Faulted", "G9"),
        ("Unavailable", "Charging", "H3"),
        ("Faulted", "Reserved", "I7"),
    ],
)
def test_a_transition_has_its_name(before: str, after: str, name: str) -> None:
    assert permitted(before, after)
    assert TRANSITIONS[before, after] == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Available", "Finishing"),
        ("Preparing", "Reserved"),
        ("Preparing", "Unavailable"),
        ("Charging", "Preparing"),
        ("Finishing", "Charging"),
        ("Reserved", "Charging"),
        ("Available", "Available"),
        ("Available", "Occupied"),
    ],
)
def test_other_transitions_are_not_permitted(before: str, after: str) -> None:
    assert not permitted(before, after)
