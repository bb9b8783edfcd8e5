"""What is withdrawn at OCPP 2.0.1: what a CSMS has set on the tool as charging station, and what the tool has set as CSMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labapp.domain.device import DeviceModel
from labapp.domain.view import View
from labapp.ocpp.holding import Left, Names, left_behind, to_withdraw
from labapp.ocpp.version import Request

_NAMES = Names(
    request="Request",
    response="Response",
    reservation="id",
    expiry="expiryDateTime",
    using="TransactionEventRequest",
    profile="chargingProfile",
    profile_id="id",
    cleared_id="chargingProfileId",
    criteria=lambda request: request.get("chargingProfileCriteria"),
    place="evseId",
)

#: What a request of `tidy` should have taken back, and the answers after which it is gone.
_LEFT: Left = {
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


def drift(action: str, response: Mapping[str, Any]) -> str:
    """What the response to a request of `tidy` shows to be left; a reservation whose cancelling is rejected is over."""
    return left_behind(_LEFT, action, response)


def withdrawals(view: View) -> list[Request]:
    """The tool as charging station: what the CSMS has to withdraw, reservations one by one, charging profiles all at once."""
    return to_withdraw(view, _NAMES)
