"""Judging one field, and the paths by which it is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.domain.expectations import (
    EMPTY,
    OMITTED,
    PRESENT,
    Computed,
    Expected,
    FromStep,
    GreaterThan,
    Literal,
    Not,
    Symbol,
    Within,
    as_expected,
    one_of,
)
from labapp.engine.matching import judge, resolve, same, same_configuration_value, satisfies, show
from labapp.engine.paths import MISSING, assign, parse_path, values_at
from tests.engine.driver import Driver

_NOON = Within("2025-01-01T12:00:00Z", "2025-01-01T12:01:00Z")
PAYLOAD = {
    "status": "Accepted",
    "a": {"b": [1, 2]},
    "configurationKey": [{"key": "One", "readonly": True}, {"key": "a.b", "readonly": False}, 7],
    "none": None,
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("status", [("status", "Accepted")]),
        ("absent", [("absent", MISSING)]),
        ("status.inner", [("status.inner", MISSING)]),
        ("a.b[1]", [("a.b[1]", 2)]),
        ("a.b[5]", [("a.b[5]", MISSING)]),
        ("a.b[]", [("a.b[0]", 1), ("a.b[1]", 2)]),
        ("absent[].x", [("absent[].x", MISSING)]),
        ("configurationKey[key=ONE].readonly", [("configurationKey[0].readonly", True)]),
        ("configurationKey[key=a.b].readonly", [("configurationKey[1].readonly", False)]),
        ("configurationKey[key=Two].readonly", [("configurationKey[key=Two].readonly", MISSING)]),
        (
            "configurationKey[].key",
            [
                ("configurationKey[0].key", "One"),
                ("configurationKey[1].key", "a.b"),
                ("configurationKey[2].key", MISSING),
            ],
        ),
        ("none.x", [("none.x", MISSING)]),
    ],
)
def test_a_path_names_places(path: str, values: list[tuple[str, Any]]) -> None:
    assert values_at(PAYLOAD, path) == values


@pytest.mark.parametrize("path", ["", "a..b", "[0]", "a[0", "a]"])
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="malformed field path"):
        parse_path(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@given(payload=JSON, path=st.sampled_from(["a", "a.b", "a[].b", "a[0].b[]", "a[key=x].b", "a[b=1].c"]))
def test_no_payload_makes_a_path_fail(payload: Any, path: str) -> None:
    assert len(values_at(payload, path)) >= 1


@given(value=JSON, path=st.sampled_from(["a", "a.b", "a[0].b", "a[2].b.c", "a.b[1]"]))
def test_what_is_assigned_is_found(value: Any, path: str) -> None:
    payload: dict[str, Any] = {}
    assign(payload, path, value)
    assert values_at(payload, path) == [(path, value)]


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (Decimal("6.0"), 6, True),
        (Decimal("6.01"), 6.0, False),
        (True, 1, False),
        (1, True, False),
        (False, 0, False),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
        ("a", "A", False),
        ([1, 2], [1, 2.0], True),
        ([1], [1, 2], False),
        (["1"], "1", False),
        (MISSING, None, False),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_equality_of_json_values(value: Any, wanted: Any, equal: bool) -> None:
    assert same(value, wanted) is equal


def test_cistrings_compare_without_case() -> None:
    assert same("ABC", "abc", cistring=True)
    assert same(["A"], ["a"], cistring=True)


@pytest.mark.parametrize(
    ("path", "payload", "ok"),
    [
        ("idTag", {"idTag": "card"}, True),
        ("list[].idTag", {"list": [{"idTag": "card"}, {"idTag": "CARD"}]}, True),
        ("list[0].idTag", {"list": [{"idTag": "Card"}]}, True),
        ("idTag[]", {"idTag": ["card"]}, True),
        ("list[idTag=X].name", {"list": [{"idTag": "X", "name": "card"}]}, False),
        ("idTag.name", {"idTag": {"name": "card"}}, False),
    ],
)
def test_the_last_name_of_a_path_tells_a_cistring(path: str, payload: dict[str, Any], ok: bool) -> None:
    assert judge(payload, path, Literal("CARD"), cistrings={"idTag"}).ok is ok
    assert not judge(payload, path, Literal("CARD")).ok


@pytest.mark.parametrize(
    ("value", "expected", "ok"),
    [
        ("Local", one_of("Local", OMITTED), True),
        (MISSING, one_of("Local", OMITTED), True),
        ("PowerLoss", one_of("Local", OMITTED), False),
        ("x", PRESENT, True),
        (None, PRESENT, True),
        (MISSING, PRESENT, False),
        (None, OMITTED, False),
        (MISSING, EMPTY, True),
        ([], EMPTY, True),
        ("", EMPTY, True),
        (0, EMPTY, False),
        ([0], EMPTY, False),
        ("EV", Not(Literal("EV")), False),
        ("Outlet", Not(Literal("EV")), True),
        (MISSING, Not(Literal("EV")), True),
        (3, Not(one_of(1, 2)), True),
        (2, Not(one_of(1, 2)), False),
        (4, GreaterThan(Literal(3)), True),
        (3, GreaterThan(Literal(3)), False),
        (Decimal("3.5"), GreaterThan(Literal(3)), True),
        (True, GreaterThan(Literal(0)), False),
        ("4", GreaterThan(Literal(3)), False),
        (MISSING, GreaterThan(Literal(3)), False),
        (4, GreaterThan(OMITTED), True),
        (4, GreaterThan(Literal("text")), True),
        ("2025-01-01T12:00:00Z", _NOON, True),
        ("2025-01-01T13:00:59+01:00", _NOON, True),
        ("2025-01-01T12:01:00.000Z", _NOON, True),
        ("2025-01-01T11:59:59Z", _NOON, False),
        ("2025-01-01T12:01:01Z", _NOON, False),
        ("at noon", _NOON, False),
        (MISSING, _NOON, False),
        (12, _NOON, False),
    ],
)
def test_expectations_are_satisfied(value: Any, expected: Expected, ok: bool) -> None:
    assert satisfies(value, expected) is ok


def test_every_place_is_judged_and_the_first_offender_named() -> None:
    payload = {"meterValue": [{"sampledValue": [{"context": "A"}, {"context": "B"}]}, {"sampledValue": [{}]}]}
    path = "meterValue[].sampledValue[].context"
    result = judge(payload, path, Literal("A"))
    assert (result.ok, result.at, result.received) == (False, "meterValue[0].sampledValue[1].context", "B")
    assert judge({"meterValue": [{"sampledValue": [{}]}]}, path, Literal("A"), default="A").ok
    assert not judge({"meterValue": [{"sampledValue": [{}]}]}, path, PRESENT, default="A").ok


@pytest.mark.parametrize(
    ("value", "wanted", "ok"), [("010", 10, True), ("TRUE", "true", True), ("11", 10, False), (MISSING, 10, False)]
)
def test_the_value_of_a_configuration_key_is_judged_typed(value: Any, wanted: Any, ok: bool) -> None:
    entry = {"key": "A", "readonly": False} | ({} if value is MISSING else {"value": value})
    assert judge({"configurationKey": [entry]}, "configurationKey[key=A].value", Literal(wanted)).ok is ok


def test_symbols_references_and_computed_values_are_resolved() -> None:
    driver = Driver("TC_001_CS")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    view = driver.interpreter.attempt
    assert resolve(Symbol("connectorId", "connector_id"), view, {}) == Literal(1)
    assert resolve(Symbol("connectorId", "connector_id"), view, {"connectorId": Literal(0)}) == Literal(0)
    assert resolve(FromStep(2, "interval"), view, {}) == Literal(60)
    assert resolve(FromStep(9, "interval"), view, {}) == OMITTED
    assert resolve(Computed("x", lambda seen: [1]), view, {}) == Literal([1])
    assert resolve(Computed("x", lambda seen: OMITTED), view, {}) == OMITTED
    assert resolve(Not(Symbol("connectorId", "connector_id")), view, {}) == Not(Literal(1))
    assert resolve(one_of("Faulted", Computed("x", lambda seen: "Preparing"), OMITTED), view, {}) == one_of(
        "Faulted", "Preparing", OMITTED
    )
    assert resolve(as_expected("x"), view, {}) == Literal("x")


def test_the_message_of_a_step_is_the_last_unless_its_number_is_given() -> None:
    view = Driver("TC_001_CS")
    for model in ("A", "B"):
        view.says("BootNotification", chargePointVendor="V", chargePointModel=model)
    attempt = view.interpreter.attempt
    first, second = attempt.history("BootNotification.req")
    attempt.take(first, 90)
    attempt.take(second, 90)
    assert resolve(FromStep(90, "chargePointModel"), attempt, {}) == Literal("B")
    assert resolve(FromStep(90, "chargePointModel", occurrence=1), attempt, {}) == Literal("A")
    assert resolve(FromStep(90, "chargePointModel", occurrence=3), attempt, {}) == OMITTED
    assert resolve(GreaterThan(FromStep(90, "chargePointModel", occurrence=1)), attempt, {}) == GreaterThan(
        Literal("A")
    )
    attempt.retract(second, 90, "")
    assert resolve(FromStep(90, "chargePointModel"), attempt, {}) == Literal("A")


def test_a_value_that_the_project_lacks_is_named() -> None:
    view = Driver("TC_003_CS").interpreter.attempt
    with pytest.raises(InputError) as caught:
        resolve(Symbol("expiredIdTag", "expired_id_tag"), view, {})
    assert "PROJECT.toml [values] expired_id_tag" in str(caught.value)


def test_a_case_that_lacks_a_value_is_an_error_of_the_environment() -> None:
    driver = Driver("TC_023_4_CS", values={"invalid_id_tag": ""})
    driver.unknown("MinimumStatusDuration")
    driver.configured("LocalPreAuthorize", "true")
    assert (driver.verdict, driver.result["reason_code"]) == ("ERROR", "environment")


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        ("true", "TRUE", True),
        ("1", "true", False),
        ("10", "10.0", True),
        (" 10 ", "10", True),
        ("a,b", "a, b", True),
        ("a,b", "b,a", False),
        ("A,1.0", "a,1", True),
        ("", "", True),
        (None, "", False),
        ("nan", "nan", True),
        ("sNaN", "snan", True),
        ("Infinity", "infinity", True),
    ],
)
def test_configuration_values_compare_typed(value: str | None, wanted: str, equal: bool) -> None:
    assert same_configuration_value(value, wanted) is equal


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_configuration_values_compare(value: str, wanted: str) -> None:
    assert same_configuration_value(value, wanted) is same_configuration_value(wanted, value)
    assert same_configuration_value(value, value)


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), ("x", "x"), (6.5, "6.5"), (MISSING, "<omitted>"), (["a"], "['a']")]
)
def test_a_value_is_shown_as_a_person_reads_it(value: Any, text: str) -> None:
    assert show(value) == text


def test_a_long_value_is_cut() -> None:
    assert len(show("x" * 1000)) == 200
