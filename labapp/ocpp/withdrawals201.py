"""What an OCPP 2.0.1 CSMS has set on the charging station that the tool plays and has not withdrawn, and what the tool takes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labapp.domain.device import DeviceModel
from labapp.domain.view import View
from labapp.ocpp.timestamps import read_timestamp
from labapp.ocpp.version import Request

Payload = Mapping[str, Any]

#: What a request of `tidy` should have taken back, and the answers after which it is gone.
_LEFT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ClearCache": ("the authorization cache is not cleared", ("Accepted",)),
    "ClearChargingProfile": ("charging profiles are installed", ("Accepted", "Unknown")),
    "SendLocalList": ("the local authorization list is not empty", ("Accepted",)),
    "ChangeAvailability": ("a connector is inoperative", ("Accepted", "Scheduled")),
}


def tidy(model: DeviceModel) -> Sequence[Request]:
    """The tool as CSMS: requests that take back what the model knows to be set on the station."""
    requests = [Request("CancelReservation", {"reservationId": identifier}) for identifier in model.reservations]
    if model.profiles:
        requests.append(Request("ClearChargingProfile", {}))
    if model.list_entries:
        version = max(model.list_version, 0) + 1
        requests.append(Request("SendLocalList", {"versionNumber": version, "updateType": "Full"}))
    if model.cached:
        requests.append(Request("ClearCache", {}))
    for evse in model.inoperative:
        where = {"evse": {"id": evse}} if evse else {}
        requests.append(Request("ChangeAvailability", {"operationalStatus": "Operative", **where}))
    return requests


def drift(action: str, response: Payload) -> str:
    """What the response to a request of `tidy` shows to be left; a reservation whose cancelling is rejected is over."""
    left, settled = _LEFT.get(action, ("", ()))
    return left if left and response.get("status") not in settled else ""


def withdrawals(view: View) -> list[Request]:
    """The tool as charging station: what the CSMS has to withdraw, reservations one by one, charging profiles all at once."""
    requests = [Request("CancelReservation", {"reservationId": number}) for number in _reservations(view)]
    if _profiles(view):
        requests.append(Request("ClearChargingProfile", {}))
    return requests


def _reservations(view: View) -> list[int]:
    """Ids of reservations that the tool has accepted and that were not cancelled, used or over."""
    holding: dict[int, str] = {}
    for action, request in _accepted(view):
        if action == "ReserveNow" and isinstance(request.get("id"), int):
            holding[request["id"]] = str(request.get("expiryDateTime", ""))
        elif action == "CancelReservation" and isinstance(request.get("reservationId"), int):
            holding.pop(request["reservationId"], None)
    for seen in view.history("TransactionEventRequest"):
        holding.pop(seen.payload.get("reservationId", -1), None)
    return [number for number, expiry in holding.items() if not _is_over(view, expiry)]


def _is_over(view: View, expiry: str) -> bool:
    moment, _ = read_timestamp(expiry)
    return moment is not None and moment <= view.now.utc


def _profiles(view: View) -> list[Payload]:
    """Profiles that the tool has accepted and that were not cleared; those of a transaction end with it."""
    installed: list[tuple[Payload, object]] = []
    for action, request in _accepted(view):
        if action == "SetChargingProfile" and isinstance(request.get("chargingProfile"), Mapping):
            installed.append((request["chargingProfile"], request.get("evseId")))
        elif action == "ClearChargingProfile":
            installed = [(profile, evse) for profile, evse in installed if not _fits(request, profile, evse)]
    running = view.transaction() is not None
    return [profile for profile, _ in installed if running or profile.get("chargingProfilePurpose") != "TxProfile"]


def _fits(request: Payload, profile: Payload, evse: object) -> bool:
    """Whether a ClearChargingProfileRequest means a profile: by its id, or by every criterion that it states."""
    if "chargingProfileId" in request:
        return bool(request["chargingProfileId"] == profile.get("id"))
    criteria = request.get("chargingProfileCriteria")
    stated = {
        "evseId": evse,
        "chargingProfilePurpose": profile.get("chargingProfilePurpose"),
        "stackLevel": profile.get("stackLevel"),
    }
    given = criteria if isinstance(criteria, Mapping) else {}
    return all(given[name] == value for name, value in stated.items() if name in given)


def _accepted(view: View) -> Iterator[tuple[str, Payload]]:
    """(action, request) of each request of the CSMS that the tool has accepted, in order."""
    requested: dict[str, Payload] = {}
    for seen in view.history():
        if seen.sender == "sut" and seen.message.endswith("Request"):
            requested[seen.message.removesuffix("Request")] = seen.payload
        elif seen.sender == "tool" and seen.payload.get("status") == "Accepted":
            action = seen.message.removesuffix("Response")
            if action in requested:
                yield action, requested.pop(action)
