"""The vocabulary of the tables."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.expectations import OMITTED, Literal, Symbol
from labapp.domain.notation import asked, conf_of, configuration, exchange, flatten
from labapp.domain.testcase import CHARGE_POINT, Message, Source, TestCase

REQUEST = Message("Reset", "req", "Reset.req")
CASE = TestCase("TC", "A case", Source("Document", "Table 1", ("a slip",)), CHARGE_POINT, ())


@pytest.mark.parametrize(
    ("fields", "flat"),
    [
        ({}, []),
        ({"a": 1}, [("a", 1)]),
        ({"a": {"b": {"c": "x"}}}, [("a.b.c", "x")]),
        ({"a": [1, 2]}, [("a[0]", 1), ("a[1]", 2)]),
        ({"a": [{"b": 1}, {"b": 2, "c": 3}]}, [("a[0].b", 1), ("a[1].b", 2), ("a[1].c", 3)]),
    ],
)
def test_nested_fields_are_paths_in_order(fields: dict[str, Any], flat: list[tuple[str, Any]]) -> None:
    assert flatten(fields) == tuple((path, Literal(value)) for path, value in flat)


def test_a_field_may_be_an_expectation() -> None:
    assert flatten({"a": {"b": OMITTED}}) == (("a.b", OMITTED),)


def test_a_response_has_the_next_number_unless_it_is_said_otherwise() -> None:
    assert exchange(3, REQUEST).response_step == 4
    assert exchange(3, REQUEST, response_step=7).response_step == 7
    assert (asked(1, REQUEST).asked, exchange(1, REQUEST).asked) == (True, False)


def test_the_response_bears_the_name_of_its_version() -> None:
    assert conf_of(REQUEST) == Message("Reset", "conf", "Reset.conf")
    assert conf_of(Message("Reset", "req", "ResetRequest")).name == "ResetResponse"


def test_a_source_names_document_place_and_corrections() -> None:
    assert CASE.source.text == "Document, Table 1; a slip"


def test_a_state_is_used_with_other_values() -> None:
    use = CASE.with_(idTag=Symbol("validIdTag2", "valid_id_tag_2"), connectorId=0)
    assert dict(use.overrides) == {"idTag": Symbol("validIdTag2", "valid_id_tag_2"), "connectorId": Literal(0)}
    assert use.state is CASE


def test_a_configuration_state_has_a_value() -> None:
    assert configuration("Key", "1").value == Literal("1")
