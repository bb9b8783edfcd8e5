"""What one side has set on the other and has not taken back, whatever a version calls it.

That is what a central system has set on the charge point that the tool plays, and what the tool has left on a station.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labapp.domain.view import View
from labapp.ocpp.timestamps import read_timestamp
from labapp.ocpp.version import Request

Payload = Mapping[str, Any]
Left = Mapping[str, tuple[str, tuple[str, ...]]]
"""By request that takes something back: what is left without it, and the statuses of an answer after which it is gone."""


@dataclass(frozen=True, slots=True)
class Names:
    """How a version names what is set and withdrawn.

    request, response: what follows the action in the name of a message. reservation, expiry: members of ReserveNow. using: the
    message that uses a reservation up. profile, profile_id: the profile in SetChargingProfile, and its id. cleared_id, criteria: the id
    in ClearChargingProfile, and where its other criteria stand. place: what a profile is installed at.
    """

    request: str
    response: str
    reservation: str
    expiry: str
    using: str
    profile: str
    profile_id: str
    cleared_id: str
    criteria: Callable[[Payload], Any]
    place: str


def accepted(view: View, names: Names) -> Iterator[tuple[str, Payload]]:
    """(action, request) of each request of the central system that the tool has accepted, in order."""
    requested: dict[str, Payload] = {}
    for seen in view.history():
        if seen.sender == "sut" and seen.message.endswith(names.request):
            requested[seen.message.removesuffix(names.request)] = seen.payload
        elif seen.sender == "tool" and seen.payload.get("status") == "Accepted":
            action = seen.message.removesuffix(names.response)
            if action in requested:
                yield action, requested.pop(action)


def reservations(view: View, names: Names) -> list[int]:
    """Ids of reservations that the tool has accepted and that were not cancelled, used or over."""
    holding: dict[int, str] = {}
    for action, request in accepted(view, names):
        if action == "ReserveNow" and isinstance(request.get(names.reservation), int):
            holding[request[names.reservation]] = str(request.get(names.expiry, ""))
        elif action == "CancelReservation" and isinstance(request.get("reservationId"), int):
            holding.pop(request["reservationId"], None)
    for seen in view.history(names.using):
        holding.pop(seen.payload.get("reservationId", -1), None)
    return [number for number, expiry in holding.items() if not _is_over(view, expiry)]


def profiles(view: View, names: Names) -> list[Payload]:
    """Profiles that the tool has accepted and that were not cleared; those of a transaction end with it."""
    installed: list[tuple[Payload, object]] = []
    for action, request in accepted(view, names):
        if action == "SetChargingProfile" and isinstance(request.get(names.profile), Mapping):
            installed.append((request[names.profile], request.get(names.place)))
        elif action == "ClearChargingProfile":
            installed = [
                (profile, place) for profile, place in installed if not _is_meant(request, profile, place, names)
            ]
    running = view.transaction() is not None
    return [profile for profile, _ in installed if running or profile.get("chargingProfilePurpose") != "TxProfile"]


def to_withdraw(view: View, names: Names) -> list[Request]:
    """What the central system has to be asked for: reservations one by one, charging profiles all at once."""
    requests = [Request("CancelReservation", {"reservationId": number}) for number in reservations(view, names)]
    if profiles(view, names):
        requests.append(Request("ClearChargingProfile", {}))
    return requests


def left_behind(left: Left, action: str, response: Payload) -> str:
    """What the response to a request that takes something back shows to be left; "" for nothing."""
    what, settled = left.get(action, ("", ()))
    return what if response.get("status") not in settled else ""


def _is_over(view: View, expiry: str) -> bool:
    moment, _ = read_timestamp(expiry)
    return moment is not None and moment <= view.now.utc


def _is_meant(request: Payload, profile: Payload, place: object, names: Names) -> bool:
    """Whether a ClearChargingProfile request means a profile: by its id, or by every criterion that it states (1.6 section 5.5)."""
    if names.cleared_id in request:
        return bool(request[names.cleared_id] == profile.get(names.profile_id))
    criteria = names.criteria(request)
    given = criteria if isinstance(criteria, Mapping) else {}
    stated = {
        names.place: place,
        "chargingProfilePurpose": profile.get("chargingProfilePurpose"),
        "stackLevel": profile.get("stackLevel"),
    }
    return all(given[name] == value for name, value in stated.items() if name in given)
