"""What OCPP 2.0.1 messages, of either side, say about the device. Every connector is the first of an EVSE of its own."""

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


def _object(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def _status(model: DeviceModel, request: Payload) -> None:
    evse = integer(request, "evseId")
    if evse is not None:
        model.report(evse, str(request.get("connectorStatus", "")))


def _transaction(model: DeviceModel, request: Payload) -> None:
    identifier = str(_object(request, "transactionInfo").get("transactionId", ""))
    if request.get("eventType") == "Started":
        evse = integer(_object(request, "evse"), "id")
        tag = str(_object(request, "idToken").get("idToken", ""))
        model.start(Transaction(identifier, evse if evse is not None else 1, tag))
    elif request.get("eventType") == "Ended":
        model.stop(identifier)


def _asked_inoperative(model: DeviceModel, request: Payload) -> None:
    """Whatever the answer says, it may have been done: it is taken back after the case. EVSE 0 is the whole station."""
    if request.get("operationalStatus") == "Inoperative":
        model.inoperative = sorted({*model.inoperative, integer(_object(request, "evse"), "id") or 0})


def _availability(model: DeviceModel, request: Payload, response: Payload) -> None:
    if request.get("operationalStatus") == "Operative" and accepted(response):
        evse = integer(_object(request, "evse"), "id") or 0
        model.inoperative = sorted(set(model.inoperative) - {evse}) if evse else []


def _asked_to_reserve(model: DeviceModel, request: Payload) -> None:
    reserve(model, integer(request, "id"))


def _list_sent(model: DeviceModel, request: Payload, response: Payload) -> None:
    take_list(model, request, response, "versionNumber")


_ON_REQUEST: Mapping[str, OnRequest] = {
    **ON_REQUEST,
    "ChangeAvailability": _asked_inoperative,
    "ReserveNow": _asked_to_reserve,
    "StatusNotification": _status,
    "TransactionEvent": _transaction,
}

_ON_RESPONSE: Mapping[str, OnResponse] = {
    **ON_RESPONSE,
    "ChangeAvailability": _availability,
    "SendLocalList": _list_sent,
}


def observe(model: DeviceModel, action: str, request: Payload, response: Payload | None) -> None:
    """Bring the model up to date with a request, and again with its response."""
    observe_by(_ON_REQUEST, _ON_RESPONSE, model, action, request, response)
