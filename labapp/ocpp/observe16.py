"""What OCPP 1.6 messages, of either side, say about the device."""

from __future__ import annotations

from collections.abc import Mapping

from labapp.domain.device import DeviceModel, Transaction
from labapp.ocpp.observing import (
    ON_REQUEST,
    ON_RESPONSE,
    OnRequest,
    OnResponse,
    Payload,
    accepted,
    integer,
    observe_by,
    reserve,
    take_list,
)


def _status(model: DeviceModel, request: Payload) -> None:
    connector = integer(request, "connectorId")
    if connector is not None:
        model.report(connector, str(request.get("status", "")))


def _start(model: DeviceModel, request: Payload) -> None:
    connector = integer(request, "connectorId")
    if connector is not None:
        model.start(Transaction(None, connector, str(request.get("idTag", ""))))


def _started(model: DeviceModel, request: Payload, response: Payload) -> None:
    connector = integer(request, "connectorId")
    identifier = integer(response, "transactionId")
    if connector is not None and identifier is not None:
        model.start(Transaction(identifier, connector, str(request.get("idTag", ""))))
        model.cached = True


def _stop(model: DeviceModel, request: Payload) -> None:
    identifier = integer(request, "transactionId")
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
    if accepted(response):
        model.configure(str(request.get("key", "")), str(request.get("value", "")))


def _asked_inoperative(model: DeviceModel, request: Payload) -> None:
    """Whatever the answer says, it may have been done: it is taken back after the case."""
    connector = integer(request, "connectorId")
    if connector is not None and request.get("type") == "Inoperative":
        model.inoperative = sorted({*model.inoperative, connector})


def _asked_to_reserve(model: DeviceModel, request: Payload) -> None:
    reserve(model, integer(request, "reservationId"))


def _list_sent(model: DeviceModel, request: Payload, response: Payload) -> None:
    take_list(model, request, response, "listVersion")


def _availability(model: DeviceModel, request: Payload, response: Payload) -> None:
    connector = integer(request, "connectorId")
    if connector is None or not accepted(response):
        return
    known = set(model.inoperative)
    if request.get("type") == "Operative":
        model.inoperative = sorted(known - {connector}) if connector else []


def _update_reported(model: DeviceModel, request: Payload) -> None:
    model.updating = request.get("status") in _UPDATING


#: Statuses of a firmware update behind which another one comes.
_UPDATING = ("Downloading", "Downloaded", "Installing")

_ON_REQUEST: Mapping[str, OnRequest] = {
    **ON_REQUEST,
    "ChangeAvailability": _asked_inoperative,
    "FirmwareStatusNotification": _update_reported,
    "ReserveNow": _asked_to_reserve,
    "StatusNotification": _status,
    "StartTransaction": _start,
    "StopTransaction": _stop,
}

_ON_RESPONSE: Mapping[str, OnResponse] = {
    **ON_RESPONSE,
    "ChangeAvailability": _availability,
    "ChangeConfiguration": _changed,
    "GetConfiguration": _configuration,
    "SendLocalList": _list_sent,
    "StartTransaction": _started,
}


def observe(model: DeviceModel, action: str, request: Payload, response: Payload | None) -> None:
    """Bring the model up to date with a request, and again with its response."""
    observe_by(_ON_REQUEST, _ON_RESPONSE, model, action, request, response)
