"""What OCPP 1.6 messages, of either side, say about the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labapp.domain.device import DeviceModel, Transaction

Payload = Mapping[str, Any]


def observe(model: DeviceModel, action: str, request: Payload, response: Payload | None) -> None:
    """Bring the model up to date with a request, and again with its response.

    Fields of a wrong type are ignored here: the schema check speaks of them.
    """
    if response is None:
        on_request = _ON_REQUEST.get(action)
        if on_request:
            on_request(model, request)
    else:
        on_response = _ON_RESPONSE.get(action)
        if on_response:
            on_response(model, request, response)


def _integer(payload: Payload, name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _accepted(response: Payload) -> bool:
    return response.get("status") in ("Accepted", "Scheduled", "RebootRequired")


def _status(model: DeviceModel, request: Payload) -> None:
    connector = _integer(request, "connectorId")
    if connector is not None:
        model.report(connector, str(request.get("status", "")))


def _start(model: DeviceModel, request: Payload) -> None:
    connector = _integer(request, "connectorId")
    if connector is not None:
        model.start(Transaction(None, connector, str(request.get("idTag", ""))))


def _started(model: DeviceModel, request: Payload, response: Payload) -> None:
    connector = _integer(request, "connectorId")
    identifier = _integer(response, "transactionId")
    if connector is not None and identifier is not None:
        model.start(Transaction(identifier, connector, str(request.get("idTag", ""))))
        model.cached = True


def _stop(model: DeviceModel, request: Payload) -> None:
    identifier = _integer(request, "transactionId")
    if identifier is not None:
        model.stop(identifier)


def _configuration(model: DeviceModel, request: Payload, response: Payload) -> None:
    entries = response.get("configurationKey")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("key"), str):
            value, readonly = entry.get("value"), entry.get("readonly")
            model.configure(
                entry["key"],
                value if isinstance(value, str) else None,
                readonly if isinstance(readonly, bool) else None,
            )


def _changed(model: DeviceModel, request: Payload, response: Payload) -> None:
    if _accepted(response):
        model.configure(str(request.get("key", "")), str(request.get("value", "")))


def _boot(model: DeviceModel, request: Payload) -> None:
    model.booted()


def _boot_answered(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.accepted = response.get("status") == "Accepted"
    model.booting = model.booting and not model.accepted
    model.heartbeat_interval = max(_integer(response, "interval") or 0, 0)


def _authorized(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.cached = True


def _cache_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if _accepted(response):
        model.cached = False


def _asked_inoperative(model: DeviceModel, request: Payload) -> None:
    """Whatever the answer says, it may have been done: it is taken back after the case."""
    connector = _integer(request, "connectorId")
    if connector is not None and request.get("type") == "Inoperative":
        model.inoperative = sorted({*model.inoperative, connector})


def _asked_to_reserve(model: DeviceModel, request: Payload) -> None:
    identifier = _integer(request, "reservationId")
    if identifier is not None and identifier not in model.reservations:
        model.reservations.append(identifier)


def _asked_for_profile(model: DeviceModel, request: Payload) -> None:
    model.profiles += 1


def _asked_for_list(model: DeviceModel, request: Payload) -> None:
    entries = request.get("localAuthorizationList")
    if isinstance(entries, list):
        model.list_entries = max(model.list_entries, len(entries))


def _list_sent(model: DeviceModel, request: Payload, response: Payload) -> None:
    if not _accepted(response):
        return
    entries = request.get("localAuthorizationList")
    count = len(entries) if isinstance(entries, list) else 0
    model.list_version = _integer(request, "listVersion") or 0
    model.list_entries = count if request.get("updateType") == "Full" else model.list_entries + count


def _profiles_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if _accepted(response) or response.get("status") == "Unknown":
        model.profiles = 0 if not request else max(0, model.profiles - 1)


def _reservation_cancelled(model: DeviceModel, request: Payload, response: Payload) -> None:
    identifier = _integer(request, "reservationId")
    if identifier in model.reservations:
        model.reservations.remove(identifier)


def _availability(model: DeviceModel, request: Payload, response: Payload) -> None:
    connector = _integer(request, "connectorId")
    if connector is None or not _accepted(response):
        return
    known = set(model.inoperative)
    if request.get("type") == "Operative":
        model.inoperative = sorted(known - {connector}) if connector else []


def _update_reported(model: DeviceModel, request: Payload) -> None:
    model.updating = request.get("status") in _UPDATING


#: Statuses of a firmware update behind which another one comes.
_UPDATING = ("Downloading", "Downloaded", "Installing")

_ON_REQUEST: dict[str, Callable[[DeviceModel, Payload], None]] = {
    "BootNotification": _boot,
    "ChangeAvailability": _asked_inoperative,
    "FirmwareStatusNotification": _update_reported,
    "ReserveNow": _asked_to_reserve,
    "SendLocalList": _asked_for_list,
    "SetChargingProfile": _asked_for_profile,
    "StatusNotification": _status,
    "StartTransaction": _start,
    "StopTransaction": _stop,
}

_ON_RESPONSE: dict[str, Callable[[DeviceModel, Payload, Payload], None]] = {
    "Authorize": _authorized,
    "BootNotification": _boot_answered,
    "CancelReservation": _reservation_cancelled,
    "ChangeAvailability": _availability,
    "ChangeConfiguration": _changed,
    "ClearCache": _cache_cleared,
    "ClearChargingProfile": _profiles_cleared,
    "GetConfiguration": _configuration,
    "SendLocalList": _list_sent,
    "StartTransaction": _started,
}
