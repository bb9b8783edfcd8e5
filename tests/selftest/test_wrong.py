"""Wrong values: within the schema where that can be, and never one that the table allows."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.expectations import EMPTY, OMITTED, PRESENT, Expected, GreaterThan, Literal, Not, Symbol, one_of
from labapp.engine.paths import MISSING, values_at
from labapp.selftest.wrong import conforms, put, schema_faults, spoilt, without

CONFIGURATION: dict[str, Any] = {"configurationKey": [{"key": "A", "readonly": True, "value": "1"}]}


@pytest.mark.parametrize(
    ("action", "kind", "payload", "path", "stated", "wrong"),
    [
        ("Reset", "conf", {"status": "Accepted"}, "status", Literal("Accepted"), "Rejected"),
        ("Authorize", "req", {"idTag": "CARD"}, "idTag", Symbol("validIdTag", "valid_id_tag"), "Rejected"),
        ("RemoteStopTransaction", "req", {"transactionId": 7}, "transactionId", Literal(7), 10),
        ("GetConfiguration", "conf", CONFIGURATION, "configurationKey[key=A].readonly", Literal(True), False),
        ("GetConfiguration", "conf", CONFIGURATION, "unknownKey", EMPTY, ["SurplusKey"]),
        ("StopTransaction", "req", {"transactionId": 1, "meterStop": 1, "timestamp": "2025-01-01T00:00:00Z"}, "reason",
         one_of("Local", OMITTED), "Other"),
        ("StopTransaction", "req",
         {"transactionId": 1, "meterStop": 1, "timestamp": "2025-01-01T00:00:00Z", "reason": "Local"}, "reason",
         one_of("Local", OMITTED), "Other"),
        ("CancelReservation", "req", {"reservationId": 7}, "reservationId", Not(Literal(3)), 3),
        ("CancelReservation", "req", {"reservationId": 7}, "reservationId", Not(one_of(3, 4)), 3),
        ("SendLocalList", "req", {"listVersion": 7, "updateType": "Full"}, "listVersion", GreaterThan(Literal(6)), 6),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_of_the_schema(
    action: str, kind: str, payload: dict[str, Any], path: str, stated: Expected, wrong: Any
) -> None:
    changed = spoilt("1.6", action, kind, payload, path, stated)
    assert changed is not None
    assert values_at(changed, path)[0][1] == wrong
    assert conforms("1.6", action, kind, changed)
    assert payload != changed


def test_where_either_boolean_is_right_the_entry_is_left_out() -> None:
    changed = spoilt(
        "1.6", "GetConfiguration", "conf", CONFIGURATION, "configurationKey[key=A].readonly", one_of(True, False)
    )
    assert changed == {"configurationKey": []}


def test_what_must_be_there_is_left_out() -> None:
    assert spoilt("1.6", "Authorize", "req", {"idTag": "X"}, "idTag", PRESENT) == {}


def test_what_is_omitted_and_may_be_anything_else_cannot_be_wrong() -> None:
    assert spoilt("1.6", "GetConfiguration", "conf", {}, "configurationKey[key=A].readonly", Literal(True)) is None


def test_the_original_is_left_alone() -> None:
    before: dict[str, Any] = {"a": [{"b": 1}, {"b": 2}]}
    assert put(before, "a[1].b", 3) == {"a": [{"b": 1}, {"b": 3}]}
    assert without(before, "a[0]") == {"a": [{"b": 2}]}
    assert without(before, "a[0].b") == {"a": [{}, {"b": 2}]}
    assert before == {"a": [{"b": 1}, {"b": 2}]}


def test_schema_faults_prefer_fields_that_the_case_does_not_state() -> None:
    payload = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    faults = dict(
        schema_faults("1.6", "StatusNotification", "req", payload, frozenset({"connectorId", "status"}), ["status"])
    )
    assert list(faults) == [
        "without errorCode",
        "errorCode of another type",
        "status of another type",
        "with a field that the message does not have",
    ]
    assert "errorCode" not in faults["without errorCode"]
    assert values_at(faults["status of another type"], "status")[0][1] is not MISSING
    assert not any(conforms("1.6", "StatusNotification", "req", changed) for changed in faults.values())
