"""What messages say about the device in the same words in every version of OCPP, and how what they say is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labapp.domain.device import DeviceModel

Payload = Mapping[str, Any]
OnRequest = Callable[[DeviceModel, Payload], None]
OnResponse = Callable[[DeviceModel, Payload, Payload], None]


def observe_by(
    on_request: Mapping[str, OnRequest],
    on_response: Mapping[str, OnResponse],
    model: DeviceModel,
    action: str,
    request: Payload,
    response: Payload | None,
) -> None:
    """Bring the model up to date with a request, and again with its response, by what each action says.

    Fields of a wrong type are ignored here: the schema check speaks of them.
    """
    if response is None and action in on_request:
        on_request[action](model, request)
    elif response is not None and action in on_response:
        on_response[action](model, request, response)


def integer(payload: Payload, name: str) -> int | None:
    """A field that is an integer; None for any other value, and where there is none."""
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def accepted(response: Payload) -> bool:
    """Whether the device does what it was asked for, now or later."""
    return response.get("status") in ("Accepted", "Scheduled", "RebootRequired")


def reserve(model: DeviceModel, identifier: int | None) -> None:
    """A reservation was asked for. Whatever the answer says, it may have been made: it is taken back after the case."""
    if identifier is not None and identifier not in model.reservations:
        model.reservations.append(identifier)


def take_list(model: DeviceModel, request: Payload, response: Payload, version: str) -> None:
    """A local list was sent. version: the field that holds its version."""
    if accepted(response):
        model.list_version = integer(request, version) or 0
        count = _entries(request)
        model.list_entries = count if request.get("updateType") == "Full" else model.list_entries + count


def _entries(request: Payload) -> int:
    entries = request.get("localAuthorizationList")
    return len(entries) if isinstance(entries, list) else 0


def _boot(model: DeviceModel, request: Payload) -> None:
    model.booted()


def _boot_answered(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.accepted = response.get("status") == "Accepted"
    model.booting = model.booting and not model.accepted
    model.heartbeat_interval = max(integer(response, "interval") or 0, 0)


def _authorized(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.cached = True


def _cache_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if accepted(response):
        model.cached = False


def _reservation_cancelled(model: DeviceModel, request: Payload, response: Payload) -> None:
    identifier = integer(request, "reservationId")
    if identifier in model.reservations:
        model.reservations.remove(identifier)


def _asked_for_profile(model: DeviceModel, request: Payload) -> None:
    model.profiles += 1


def _profiles_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if accepted(response) or response.get("status") == "Unknown":
        model.profiles = 0 if not request else max(0, model.profiles - 1)


def _asked_for_list(model: DeviceModel, request: Payload) -> None:
    model.list_entries = max(model.list_entries, _entries(request))


#: By action, what every version says alike.
ON_REQUEST: Mapping[str, OnRequest] = {
    "BootNotification": _boot,
    "SendLocalList": _asked_for_list,
    "SetChargingProfile": _asked_for_profile,
}
ON_RESPONSE: Mapping[str, OnResponse] = {
    "Authorize": _authorized,
    "BootNotification": _boot_answered,
    "CancelReservation": _reservation_cancelled,
    "ClearCache": _cache_cleared,
    "ClearChargingProfile": _profiles_cleared,
}
