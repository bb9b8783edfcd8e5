"""OCPP 1.6 as the engine uses it: every message of the tool keeps the schema, and the device model follows both sides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.device import DeviceModel, Transaction
from labapp.ocpp.initiators import INITIATORS
from labapp.ocpp.observe16 import observe
from labapp.ocpp.schemas import actions, check
from labapp.ocpp.version import Request, StatusReport
from labapp.ocpp.version16 import Version16
from tests.engine.driver import Driver

VERSION = Version16()
ACTIONS = sorted(actions("1.6"))


def view(**setup: Any) -> Any:
    return Driver("TC_003_CS", **setup).interpreter.attempt


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "request_", [{}, {"idTag": "A"}, {"key": ["HeartbeatInterval", "X"]}, {"key": "HeartbeatInterval"}]
)
def test_every_answer_of_the_tool_keeps_the_schema(action: str, request_: dict[str, Any]) -> None:
    assert check("1.6", action, "conf", VERSION.response(action, request_, {}, view(), 5)) == ()


@pytest.mark.parametrize("action", sorted(a for a, who in INITIATORS["1.6"].items() if who != "central_system"))
def test_every_request_of_the_tool_as_charge_point_keeps_the_schema(action: str) -> None:
    stated: dict[str, Any] = {
        "DiagnosticsStatusNotification": {"status": "Idle"},
        "FirmwareStatusNotification": {"status": "Idle"},
        "LogStatusNotification": {"status": "Idle"},
        "SignedFirmwareStatusNotification": {"status": "Idle"},
        "SecurityEventNotification": {"type": "X", "timestamp": "2025-01-01T12:00:00Z"},
        "SignCertificate": {"csr": "X"},
        "MeterValues": {
            "connectorId": 1,
            "meterValue": [{"timestamp": "2025-01-01T12:00:00Z", "sampledValue": [{"value": "1"}]}],
        },
    }.get(action, {})
    assert check("1.6", action, "req", VERSION.request(action, stated, view())) == ()


def test_a_step_for_each_connector_names_it() -> None:
    assert VERSION.request("StatusNotification", {"status": "Available"}, view(), 2)["connectorId"] == 2


def test_a_start_transaction_is_given_a_fresh_id_and_what_the_case_states() -> None:
    answer = VERSION.response("StartTransaction", {}, {"idTagInfo": {"status": "Invalid"}}, view(), 7001)
    assert answer == {"transactionId": 7001, "idTagInfo": {"status": "Invalid"}}


def test_the_configuration_of_the_tool() -> None:
    attempt = view()
    assert VERSION.response("GetConfiguration", {"key": ["heartbeatINTERVAL", "X"]}, {}, attempt, 0) == {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "60"}],
        "unknownKey": ["X"],
    }
    assert len(VERSION.response("GetConfiguration", {}, {}, attempt, 0)["configurationKey"]) == 28
    for key, status in (("HeartbeatInterval", "Accepted"), ("NumberOfConnectors", "Rejected"), ("X", "NotSupported")):
        assert VERSION.response("ChangeConfiguration", {"key": key}, {}, attempt, 0) == {"status": status}


def test_only_the_defined_pairs_swap() -> None:
    assert [VERSION.swaps(status) for status in ("Charging", "Finishing", "Preparing")] == [
        "StartTransaction",
        "StopTransaction",
        "",
    ]


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        ({"connectorId": 1, "status": "Faulted", "errorCode": "E", "info": "i"}, StatusReport(1, "Faulted", "E", "i")),
        (
            {"connectorId": 0, "status": "Available", "errorCode": "NoError"},
            StatusReport(0, "Available", "NoError", ""),
        ),
        ({"connectorId": "1", "info": None}, StatusReport(-1, "", "", "")),
        ({"connectorId": True}, StatusReport(-1, "", "", "")),
    ],
)
def test_a_status_is_read_from_any_payload(payload: dict[str, Any], report: StatusReport) -> None:
    assert VERSION.status("StatusNotification", payload) == report
    assert VERSION.status("Heartbeat", payload) is None


def test_what_a_message_speaks_of_when_the_case_does_not_say() -> None:
    snapshot = {**DeviceModel().snapshot(), "transactions": [{"id": 12, "connector": 1, "id_tag": "A"}]}
    running, idle = view(device=snapshot), view()
    assert VERSION.implied("StatusNotification", idle) == {"connectorId": 1}
    assert VERSION.implied("MeterValues", running, {"transactionId": 9}) == {"transactionId": 12}
    assert VERSION.implied("MeterValues", running, {}) == {"connectorId": 1}
    assert VERSION.implied("MeterValues", idle, {"transactionId": 9}) == {"connectorId": 1}
    assert VERSION.implied("Authorize", running, {}) == {}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("Accepted", "accepted"), ("RebootRequired", "reboot"), ("NotSupported", "unsupported"), ("Rejected", "refused")],
)
def test_what_is_said_of_a_key(status: str, outcome: str) -> None:
    assert VERSION.written({"status": status}) == outcome
    assert VERSION.written({}) == "refused"


def test_what_is_asked_to_take_back_is_what_is_known_to_be_set() -> None:
    assert VERSION.tidy(DeviceModel()) == []
    model = DeviceModel(
        reservations=[4, 5], profiles=1, list_entries=2, list_version=-1, cached=True, inoperative=[0, 2]
    )
    assert VERSION.tidy(model) == [
        Request("CancelReservation", {"reservationId": 4}),
        Request("CancelReservation", {"reservationId": 5}),
        Request("ClearChargingProfile", {}),
        Request("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": []}),
        Request("GetLocalListVersion", {}),
        Request("ClearCache", {}),
        Request("ChangeAvailability", {"connectorId": 0, "type": "Operative"}),
        Request("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
    ]


def told(*messages: tuple[str, dict[str, Any], dict[str, Any] | None]) -> DeviceModel:
    model = DeviceModel()
    for action, request, response in messages:
        observe(model, action, request, None)
        if response is not None:
            observe(model, action, request, response)
    return model


ACCEPTED = {"status": "Accepted"}
START = {"connectorId": 1, "idTag": "A"}


@pytest.mark.parametrize(
    ("messages", "field", "value"),
    [
        ([("StartTransaction", START, {"transactionId": 3})], "transactions", [Transaction(3, 1, "A")]),
        ([("StartTransaction", START, None)], "transactions", [Transaction(None, 1, "A")]),
        (
            [("StartTransaction", START, {"transactionId": 3}), ("StopTransaction", {"transactionId": 3}, {})],
            "transactions",
            [],
        ),
        ([("StatusNotification", {"connectorId": 2, "status": "Faulted"}, {})], "statuses", {2: "Faulted"}),
        ([("BootNotification", {}, {"status": "Rejected"})], "accepted", False),
        ([("BootNotification", {}, ACCEPTED)], "accepted", True),
        ([("ReserveNow", {"reservationId": 4}, ACCEPTED)], "reservations", [4]),
        # Whatever is answered, it may have been done: it is taken back after the case.
        ([("ReserveNow", {"reservationId": 4}, {"status": "Occupied"})], "reservations", [4]),
        (
            [("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, {"status": "Rejected"})],
            "inoperative",
            [1],
        ),
        (
            [("ReserveNow", {"reservationId": 4}, ACCEPTED), ("CancelReservation", {"reservationId": 4}, ACCEPTED)],
            "reservations",
            [],
        ),
        ([("SetChargingProfile", {}, ACCEPTED)] * 2, "profiles", 2),
        ([("SetChargingProfile", {}, ACCEPTED)] * 2 + [("ClearChargingProfile", {"id": 1}, ACCEPTED)], "profiles", 1),
        ([("SetChargingProfile", {}, ACCEPTED)] * 2 + [("ClearChargingProfile", {}, ACCEPTED)], "profiles", 0),
        (
            [("SendLocalList", {"listVersion": 2, "updateType": "Full", "localAuthorizationList": [{}]}, ACCEPTED)],
            "list_entries",
            1,
        ),
        ([("SendLocalList", {"listVersion": 2, "updateType": "Full"}, {"status": "Failed"})], "list_version", 0),
        ([("Authorize", {"idTag": "A"}, {"idTagInfo": {}})], "cached", True),
        ([("Authorize", {"idTag": "A"}, {"idTagInfo": {}}), ("ClearCache", {}, ACCEPTED)], "cached", False),
        ([("Authorize", {"idTag": "A"}, {}), ("ClearCache", {}, {"status": "Rejected"})], "cached", True),
        (
            [("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, {"status": "Scheduled"})],
            "inoperative",
            [1],
        ),
        (
            [
                ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, ACCEPTED),
                ("ChangeAvailability", {"connectorId": 0, "type": "Operative"}, ACCEPTED),
            ],
            "inoperative",
            [],
        ),
        ([("ChangeConfiguration", {"key": "K", "value": "v"}, ACCEPTED)], "configuration", {"k": ("K", "v", None)}),
        ([("ChangeConfiguration", {"key": "K", "value": "v"}, {"status": "Rejected"})], "configuration", {}),
        (
            [("GetConfiguration", {}, {"configurationKey": [{"key": "K", "value": "v", "readonly": True}, 5]})],
            "configuration",
            {"k": ("K", "v", True)},
        ),
    ],
)
def test_the_model_follows_both_sides(messages: list[Any], field: str, value: Any) -> None:
    assert getattr(told(*messages), field) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
NAMES = [
    "connectorId",
    "transactionId",
    "idTag",
    "status",
    "configurationKey",
    "reservationId",
    "listVersion",
    "key",
    "type",
]
PAYLOADS = st.dictionaries(st.sampled_from(NAMES), JSON)


@given(action=st.sampled_from(ACTIONS), request_=PAYLOADS, response=PAYLOADS)
def test_no_payload_makes_the_model_fail(action: str, request_: dict[str, Any], response: dict[str, Any]) -> None:
    model = told((action, request_, response))
    assert DeviceModel.from_snapshot(model.snapshot()) == model
