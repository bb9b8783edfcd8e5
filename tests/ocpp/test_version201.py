"""OCPP 2.0.1 as the engine uses it: the tool plays the charging station."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.device import DeviceModel
from labapp.ocpp.schemas import check
from labapp.ocpp.version201 import Version201
from tests.engine.driver import Driver

VERSION = Version201()


def view() -> Any:
    return Driver("TC_B_22_CSMS", connected=False).interpreter.attempt


@pytest.mark.parametrize(
    "action", ["BootNotification", "StatusNotification", "Authorize", "TransactionEvent", "NotifyEvent"]
)
def test_every_request_of_the_tool_keeps_the_schema(action: str) -> None:
    assert check("2.0.1", action, "req", VERSION.request(action, {}, view())) == ()


def test_messages_bear_the_names_of_the_version() -> None:
    assert VERSION.message_name("Reset", "req") == "ResetRequest"
    assert VERSION.message_name("Reset", "conf") == "ResetResponse"


def test_a_transaction_keeps_its_id_and_numbers_its_events() -> None:
    attempt = view()
    started = VERSION.request("TransactionEvent", {"eventType": "Started"}, attempt)
    VERSION.observe(attempt.model, "TransactionEvent", started, None)
    assert attempt.transaction() == started["transactionInfo"]["transactionId"]
    assert started["seqNo"] == 0
    updated = VERSION.request("TransactionEvent", {"eventType": "Updated"}, attempt)
    assert updated["transactionInfo"]["transactionId"] == started["transactionInfo"]["transactionId"]
    assert "idToken" not in updated
    ended = {**updated, "eventType": "Ended"}
    VERSION.observe(attempt.model, "TransactionEvent", ended, None)
    assert attempt.transaction() is None


def test_a_status_is_read_from_any_payload() -> None:
    stated = {"evseId": 2, "connectorId": 1, "connectorStatus": "Occupied"}
    report = VERSION.status("StatusNotification", stated)
    assert report is not None
    assert (report.connector, report.status) == (2, "Occupied")
    assert VERSION.status("NotifyEvent", {}) is None


def test_the_boot_is_known_to_be_accepted() -> None:
    model = DeviceModel()
    VERSION.observe(model, "BootNotification", {}, None)
    assert (model.boots, model.accepted) == (1, False)
    VERSION.observe(model, "BootNotification", {}, {"status": "Accepted", "interval": 300})
    assert (model.accepted, model.heartbeat_interval) == (True, 300)


@pytest.mark.parametrize("interval", [None, -1, "60", True])
def test_an_interval_that_is_none_asks_for_no_heartbeats(interval: object) -> None:
    model = DeviceModel()
    VERSION.observe(model, "BootNotification", {}, {"status": "Accepted", "interval": interval})
    assert model.heartbeat_interval == 0


def test_what_the_tool_asks_keeps_the_schema() -> None:
    requests = [
        VERSION.read_configuration(["HeartbeatInterval"]),
        VERSION.write_configuration("HeartbeatInterval", "60"),
        VERSION.end_transaction("abc"),
        VERSION.reset(),
        VERSION.ask_status(2),
        VERSION.unlock(2),
        *VERSION.tidy(DeviceModel(cached=True)),
    ]
    assert [check("2.0.1", request.action, "req", request.payload) for request in requests] == [()] * 7


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ({"setVariableResult": [{"attributeStatus": "Accepted"}]}, "accepted"),
        ({"setVariableResult": [{"attributeStatus": "RebootRequired"}]}, "reboot"),
        ({"setVariableResult": [{"attributeStatus": "UnknownVariable"}]}, "unsupported"),
        ({"setVariableResult": [{"attributeStatus": "Rejected"}]}, "refused"),
        ({}, "refused"),
    ],
)
def test_what_is_said_of_a_variable(response: dict[str, Any], outcome: str) -> None:
    assert VERSION.written(response) == outcome
