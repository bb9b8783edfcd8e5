"""What is withdrawn at OCPP 1.6: what a central system has set on the tool as charge point, and what the tool has set as central system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labapp.domain.device import DeviceModel
from labapp.domain.view import View
from labapp.ocpp.holding import Left, Names, accepted, left_behind, to_withdraw
from labapp.ocpp.version import Request

_NAMES = Names(
    request=".req",
    response=".conf",
    reservation="reservationId",
    expiry="expiryDate",
    using="StartTransaction.req",
    profile="csChargingProfiles",
    profile_id="chargingProfileId",
    cleared_id="id",
    criteria=lambda request: request,
    place="connectorId",
)

#: What a request of `tidy` should have taken back, and the answers after which it is gone.
_LEFT: Left = {
    "ClearChargingProfile": ("charging profiles are installed", ("Accepted", "Unknown")),
    "SendLocalList": ("the local authorization list is not emptied", ("Accepted", "NotSupported")),
    "ClearCache": ("the authorization cache is not cleared", ("Accepted",)),
    "ChangeAvailability": ("connectors are inoperative", ("Accepted", "Scheduled")),
}


def tidy(model: DeviceModel) -> Sequence[Request]:
    """The tool as central system: what 003 section 1.3 asks to be absent between cases."""
    requests = [Request("CancelReservation", {"reservationId": identifier}) for identifier in model.reservations]
    if model.profiles:
        requests.append(Request("ClearChargingProfile", {}))
    if model.list_entries:
        version = max(model.list_version, 0) + 1
        requests.append(
            Request("SendLocalList", {"listVersion": version, "updateType": "Full", "localAuthorizationList": []})
        )
        requests.append(Request("GetLocalListVersion", {}))
    if model.cached:
        requests.append(Request("ClearCache", {}))
    # Each by itself: that the station as a whole is operative may leave a connector as it was set.
    requests.extend(
        Request("ChangeAvailability", {"connectorId": connector, "type": "Operative"})
        for connector in model.inoperative
    )
    return requests


def drift(action: str, response: Mapping[str, Any]) -> str:
    """What the response to a request of `tidy` shows to be left; a reservation whose cancelling is rejected is over."""
    if action == "GetLocalListVersion":
        version = response.get("listVersion")
        return "" if version in (0, -1) else f"the local authorization list has version {version}"
    return left_behind(_LEFT, action, response)


def withdrawals(view: View) -> list[Request]:
    """The tool as charge point: reservations and availability one by one, charging profiles all at once."""
    requests = to_withdraw(view, _NAMES)
    requests.extend(
        Request("ChangeAvailability", {"connectorId": connector, "type": "Operative"})
        for connector in _inoperative(view)
    )
    return requests


def _inoperative(view: View) -> list[int]:
    """Connectors that are to be out of use; connectorId 0 speaks of all of them."""
    out_of_use: set[int] = set()
    for action, request in accepted(view, _NAMES):
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
