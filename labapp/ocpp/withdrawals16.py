"""What an OCPP 1.6 central system has set on the charge point that the tool plays, and has not withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labapp.domain.view import View
from labapp.ocpp.timestamps import read_timestamp
from labapp.ocpp.version import Request

Payload = Mapping[str, Any]


def withdrawals(view: View) -> list[Request]:
    """Requests that take it back: reservations and availability one by one, charging profiles all at once."""
    requests = [Request("CancelReservation", {"reservationId": number}) for number in _reservations(view)]
    if _profiles(view):
        requests.append(Request("ClearChargingProfile", {}))
    requests.extend(
        Request("ChangeAvailability", {"connectorId": connector, "type": "Operative"})
        for connector in _inoperative(view)
    )
    return requests


def _inoperative(view: View) -> list[int]:
    """Connectors that are to be out of use; connectorId 0 speaks of all of them."""
    out_of_use: set[int] = set()
    for action, request in _accepted(view):
        connector = request.get("connectorId")
        if action != "ChangeAvailability" or not isinstance(connector, int):
            continue
        if request.get("type") == "Inoperative":
            out_of_use.add(connector)
        elif connector == 0:
            out_of_use.clear()
        else:
            out_of_use.discard(connector)
    return sorted(out_of_use)


def _reservations(view: View) -> list[int]:
    """Ids of reservations that the tool has accepted and that were not cancelled, used or over."""
    holding: dict[int, str] = {}
    for action, request in _accepted(view):
        number = request.get("reservationId")
        if action == "ReserveNow" and isinstance(number, int):
            holding[number] = str(request.get("expiryDate", ""))
        elif action == "CancelReservation" and isinstance(number, int):
            holding.pop(number, None)
    for seen in view.history("StartTransaction.req"):
        holding.pop(seen.payload.get("reservationId", -1), None)
    return [number for number, expiry in holding.items() if not _is_over(view, expiry)]


def _is_over(view: View, expiry: str) -> bool:
    moment, _ = read_timestamp(expiry)
    return moment is not None and moment <= view.now.utc


def _profiles(view: View) -> list[Payload]:
    """Profiles that the tool has accepted and that were not cleared; those of a transaction end with it."""
    installed: list[tuple[Payload, object]] = []
    for action, request in _accepted(view):
        if action == "SetChargingProfile" and isinstance(request.get("csChargingProfiles"), Mapping):
            installed.append((request["csChargingProfiles"], request.get("connectorId")))
        elif action == "ClearChargingProfile":
            installed = [
                (profile, connector) for profile, connector in installed if not _fits(request, profile, connector)
            ]
    running = view.transaction() is not None
    return [profile for profile, _ in installed if running or profile.get("chargingProfilePurpose") != "TxProfile"]


def _fits(request: Payload, profile: Payload, connector: object) -> bool:
    """Whether a ClearChargingProfile.req means a profile: by its id, or by every criterion that it states (1.6 section 5.5)."""
    if "id" in request:
        return bool(request["id"] == profile.get("chargingProfileId"))
    stated = {
        "connectorId": connector,
        "chargingProfilePurpose": profile.get("chargingProfilePurpose"),
        "stackLevel": profile.get("stackLevel"),
    }
    return all(request[name] == value for name, value in stated.items() if name in request)


def _accepted(view: View) -> Iterator[tuple[str, Payload]]:
    """(action, request) of each request of the central system that the tool has accepted, in order."""
    requested: dict[str, Payload] = {}
    for seen in view.history():
        action, _, kind = seen.message.partition(".")
        if seen.sender == "sut" and kind == "req":
            requested[action] = seen.payload
        elif (
            seen.sender == "tool"
            and kind == "conf"
            and seen.payload.get("status") == "Accepted"
            and action in requested
        ):
            yield action, requested.pop(action)
