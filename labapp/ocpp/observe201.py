"""What OCPP 2.0.1 messages, of either side, say about the device. Every connector is the first of an EVSE of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labapp.domain.device import DeviceModel, Transaction

Payload = Mapping[str, Any]


def observe(model: DeviceModel, action: str, request: Payload, response: Payload | None) -> None:
    """Bring the model up to date with a request, and again with its response.

    Fields of a wrong type are ignored here: the schema check speaks of them.
    """
    if response is None and action in _ON_REQUEST:
        _ON_REQUEST[action](model, request)
    elif response is not None and action in _ON_RESPONSE:
        _ON_RESPONSE[action](model, request, response)


def _integer(payload: Payload, name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _object(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def _accepted(response: Payload) -> bool:
    return response.get("status") in ("Accepted", "Scheduled")


def _boot(model: DeviceModel, request: Payload) -> None:
    model.booted()


def _boot_answered(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.accepted = response.get("status") == "Accepted"
    model.booting = model.booting and not model.accepted
    model.heartbeat_interval = max(_integer(response, "interval") or 0, 0)


def _status(model: DeviceModel, request: Payload) -> None:
    evse = _integer(request, "evseId")
    if evse is not None:
        model.report(evse, str(request.get("connectorStatus", "")))


def _transaction(model: DeviceModel, request: Payload) -> None:
    identifier = str(_object(request, "transactionInfo").get("transactionId", ""))
    if request.get("eventType") == "Started":
        evse = _integer(_object(request, "evse"), "id")
        tag = str(_object(request, "idToken").get("idToken", ""))
        model.start(Transaction(identifier, evse if evse is not None else 1, tag))
    elif request.get("eventType") == "Ended":
        model.stop(identifier)


def _authorized(model: DeviceModel, request: Payload, response: Payload) -> None:
    model.cached = True


def _cache_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if _accepted(response):
        model.cached = False


def _asked_inoperative(model: DeviceModel, request: Payload) -> None:
    """Whatever the answer says, it may have been done: it is taken back after the case. EVSE 0 is the whole station."""
    if request.get("operationalStatus") == "Inoperative":
        model.inoperative = sorted({*model.inoperative, _integer(_object(request, "evse"), "id") or 0})


def _availability(model: DeviceModel, request: Payload, response: Payload) -> None:
    if request.get("operationalStatus") == "Operative" and _accepted(response):
        evse = _integer(_object(request, "evse"), "id") or 0
        model.inoperative = sorted(set(model.inoperative) - {evse}) if evse else []


def _asked_to_reserve(model: DeviceModel, request: Payload) -> None:
    identifier = _integer(request, "id")
    if identifier is not None and identifier not in model.reservations:
        model.reservations.append(identifier)


def _reservation_cancelled(model: DeviceModel, request: Payload, response: Payload) -> None:
    identifier = _integer(request, "reservationId")
    if identifier in model.reservations:
        model.reservations.remove(identifier)


def _asked_for_profile(model: DeviceModel, request: Payload) -> None:
    model.profiles += 1


def _profiles_cleared(model: DeviceModel, request: Payload, response: Payload) -> None:
    if response.get("status") in ("Accepted", "Unknown"):
        model.profiles = 0 if not request else max(0, model.profiles - 1)


def _entries(request: Payload) -> int:
    entries = request.get("localAuthorizationList")
    return len(entries) if isinstance(entries, list) else 0


def _asked_for_list(model: DeviceModel, request: Payload) -> None:
    model.list_entries = max(model.list_entries, _entries(request))


def _list_sent(model: DeviceModel, request: Payload, response: Payload) -> None:
    if _accepted(response):
        model.list_version = _integer(request, "versionNumber") or 0
        count = _entries(request)
        model.list_entries = count if request.get("updateType") == "Full" else model.list_entries + count


_ON_REQUEST: Mapping[str, Callable[[DeviceModel, Payload], None]] = {
    "BootNotification": _boot,
    "ChangeAvailability": _asked_inoperative,
    "ReserveNow": _asked_to_reserve,
    "SendLocalList": _asked_for_list,
    "SetChargingProfile": _asked_for_profile,
    "StatusNotification": _status,
    "TransactionEvent": _transaction,
}

_ON_RESPONSE: Mapping[str, Callable[[DeviceModel, Payload, Payload], None]] = {
    "Authorize": _authorized,
    "BootNotification": _boot_answered,
    "CancelReservation": _reservation_cancelled,
    "ChangeAvailability": _availability,
    "ClearCache": _cache_cleared,
    "ClearChargingProfile": _profiles_cleared,
    "SendLocalList": _list_sent,
}
