"""What a case states of a field, as the listing writes it."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.expectations import (
    EMPTY,
    OMITTED,
    PRESENT,
    Computed,
    Condition,
    Expected,
    FromStep,
    Literal,
    Not,
    Symbol,
    When,
    as_expected,
    one_of,
)

NEVER = Condition("never", "never", lambda view: False)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Literal("Accepted"), "Accepted"),
        (Literal(6.0), "6.0"),
        (Literal(True), "true"),
        (Literal(False), "false"),
        (one_of("Local", OMITTED), "Local|<omitted>"),
        (one_of(True, False), "true|false"),
        (Symbol("connectorId", "connector_id"), "<connectorId>"),
        (PRESENT, "<present>"),
        (OMITTED, "<omitted>"),
        (EMPTY, "<empty>"),
        (Not(Literal("EV")), "<not EV>"),
        (FromStep(2, "interval"), "= step 2 interval"),
        (FromStep(10, "transactionId", "Charging_CS"), "= step Charging_CS:10 transactionId"),
        (Computed("keysOfStep4", lambda view: []), "<keysOfStep4>"),
        (When(NEVER, Literal("PowerLoss")), "PowerLoss"),
    ],
)
def test_the_listing_writes_each_form(expected: Expected, text: str) -> None:
    assert expected.text == text


@pytest.mark.parametrize("value", ["x", 5, 1.5, True, None, ["a"]])
def test_a_value_is_a_literal(value: Any) -> None:
    assert as_expected(value) == Literal(value)


def test_an_expectation_stays_what_it_is() -> None:
    assert as_expected(PRESENT) is PRESENT
