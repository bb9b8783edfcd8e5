"""What an OCPP 2.0.1 CSMS has set on the tool and not withdrawn, what the tool takes back, and what the messages say of a device."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.device import DeviceModel
from labapp.domain.view import Seen
from labapp.ocpp.observe201 import observe
from labapp.ocpp.schemas import check
from labapp.ocpp.version import Request
from labapp.ocpp.withdrawals201 import drift, tidy, withdrawals
from tests.ocpp.history import NOW, History

CLEAR = Request("ClearChargingProfile", {})
CANCEL = Request("CancelReservation", {"reservationId": 5})


def asked(action: str, status: str = "Accepted", **fields: Any) -> tuple[Seen, Seen]:
    answer = {"status": status}
    return Seen(1, NOW, "sut", f"{action}Request", fields), Seen(2, NOW, "tool", f"{action}Response", answer)


def reserved(expiry: str = "2025-01-01T13:00:00Z", status: str = "Accepted") -> tuple[Seen, Seen]:
    return asked("ReserveNow", status, id=5, expiryDateTime=expiry)


def profile(purpose: str = "TxDefaultProfile", evse: int = 1) -> tuple[Seen, Seen]:
    content = {"id": 3, "stackLevel": 0, "chargingProfilePurpose": purpose}
    return asked("SetChargingProfile", evseId=evse, chargingProfile=content)


STARTED = Seen(3, NOW, "tool", "TransactionEventRequest", {"eventType": "Started", "reservationId": 5})


@pytest.mark.parametrize(
    ("view", "due"),
    [
        (History(), []),
        (History(reserved()), [CANCEL]),
        (History(reserved(status="Rejected")), []),
        (History(reserved(expiry="2025-01-01T12:00:00Z")), []),
        (History(reserved(), asked("CancelReservation", reservationId=5)), []),
        (History(reserved(), asked("CancelReservation", "Rejected", reservationId=5)), [CANCEL]),
        (History(reserved(), STARTED), []),
        (History(profile()), [CLEAR]),
        (History(profile("TxProfile")), []),
        (History(profile("TxProfile"), transaction="7"), [CLEAR]),
        (History(profile(), asked("ClearChargingProfile", chargingProfileId=3)), []),
        (History(profile(), asked("ClearChargingProfile", chargingProfileId=4)), [CLEAR]),
        (History(profile(), asked("ClearChargingProfile", chargingProfileCriteria={"evseId": 1})), []),
        (History(profile(), asked("ClearChargingProfile", chargingProfileCriteria={"evseId": 2})), [CLEAR]),
        (History(profile(), asked("ClearChargingProfile")), []),
        (History(reserved(), profile()), [CANCEL, CLEAR]),
    ],
)
def test_what_holds_still_is_to_be_withdrawn(view: Any, due: list[Request]) -> None:
    assert withdrawals(view) == due


def test_what_is_known_to_be_set_is_taken_back_by_conformant_requests() -> None:
    model = DeviceModel(reservations=[5], profiles=1, list_entries=2, list_version=3, cached=True, inoperative=[0, 2])
    requests = tidy(model)
    assert [request.action for request in requests] == [
        "CancelReservation",
        "ClearChargingProfile",
        "SendLocalList",
        "ClearCache",
        "ChangeAvailability",
        "ChangeAvailability",
    ]
    assert requests[2].payload == {"versionNumber": 4, "updateType": "Full"}
    assert [request.payload.get("evse") for request in requests[4:]] == [None, {"id": 2}]
    assert [check("2.0.1", request.action, "req", request.payload) for request in requests] == [()] * 6
    for request in requests:
        observe(model, request.action, request.payload, None)
        observe(model, request.action, request.payload, {"status": "Accepted"})
    assert tidy(model) == []


@pytest.mark.parametrize(
    ("action", "status", "left"),
    [
        ("ClearCache", "Accepted", ""),
        ("ClearCache", "Rejected", "the authorization cache is not cleared"),
        ("ClearChargingProfile", "Unknown", ""),
        ("SendLocalList", "Failed", "the local authorization list is not empty"),
        ("ChangeAvailability", "Rejected", "a connector is inoperative"),
        ("CancelReservation", "Rejected", ""),
    ],
)
def test_what_is_left_on_the_device_is_named(action: str, status: str, left: str) -> None:
    assert drift(action, {"status": status}) == left


def test_the_messages_of_both_sides_are_followed() -> None:
    model = DeviceModel()
    for action, request in (
        ("StatusNotification", {"evseId": 2, "connectorId": 1, "connectorStatus": "Occupied"}),
        ("ReserveNow", {"id": 5}),
        ("SetChargingProfile", {"evseId": 1}),
        ("SendLocalList", {"versionNumber": 1, "updateType": "Full", "localAuthorizationList": [{}, {}]}),
        ("ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 2}}),
        ("TransactionEvent", {"eventType": "Started", "transactionInfo": {"transactionId": "a"}, "evse": {"id": 2}}),
    ):
        observe(model, action, request, None)
        observe(model, action, request, {"status": "Accepted"})
    assert model.statuses == {2: "Occupied"}
    assert (model.reservations, model.profiles, model.list_entries, model.inoperative) == ([5], 1, 2, [2])
    assert [(each.id, each.connector) for each in model.transactions] == [("a", 2)]
    observe(model, "CancelReservation", {"reservationId": 5}, {"status": "Accepted"})
    observe(model, "ClearChargingProfile", {}, {"status": "Accepted"})
    observe(model, "ChangeAvailability", {"operationalStatus": "Operative"}, {"status": "Accepted"})
    observe(model, "TransactionEvent", {"eventType": "Ended", "transactionInfo": {"transactionId": "a"}}, None)
    assert (model.reservations, model.profiles, model.inoperative, model.transactions) == ([], 0, [], [])


@pytest.mark.parametrize(
    "action", ["StatusNotification", "TransactionEvent", "ChangeAvailability", "ReserveNow", "SendLocalList"]
)
@pytest.mark.parametrize(
    "wrong", [{}, {"evseId": "x", "evse": 3, "id": "x", "transactionInfo": [], "localAuthorizationList": 1}]
)
def test_fields_of_a_wrong_type_are_left_alone(action: str, wrong: dict[str, Any]) -> None:
    model = DeviceModel()
    observe(model, action, wrong, None)
    observe(model, action, wrong, {})
    assert (model.statuses, model.reservations, model.transactions, model.list_entries) == ({}, [], [], 0)
