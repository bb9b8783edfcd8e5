"""The performance parameters of OCPP 1.6: 004 (OCPP Certification Program Document 2, V1.1.4), Appendix A.4."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labapp.ocpp.timed import AUTHORIZE, REMOTE_START, RESPONSE, TRIGGERED, Payload, Performance

_LEFT_OUT = frozenset({"BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification"})
_AVAILABILITY = {"Operative": "Available", "Inoperative": "Unavailable"}


def _is_status(action: str, payload: Payload, status: str | None) -> bool:
    return action == "StatusNotification" and payload.get("status") == status


def _same_connector(asked: Payload, got: Payload) -> bool:
    """Whether a message is of the connector that was asked for; connector 0 and none are the whole station."""
    connector = asked.get("connectorId", 0)
    return connector in (0, got.get("connectorId"))


def _tag_is_refused(payload: Payload) -> bool:
    tag = payload.get("idTagInfo")
    return isinstance(tag, Mapping) and tag.get("status") != "Accepted"


_FOLLOWS: Mapping[str, Callable[[Payload, str, Payload], bool]] = {
    "ReserveNow": lambda asked, action, got: _is_status(action, got, "Reserved") and _same_connector(asked, got),
    "CancelReservation": lambda asked, action, got: _is_status(action, got, "Available"),
    "ChangeAvailability": lambda asked, action, got: (
        _is_status(action, got, _AVAILABILITY.get(asked.get("type", ""))) and _same_connector(asked, got)
    ),
    "RemoteStopTransaction": lambda asked, action, got: (
        action == "StopTransaction" and got.get("transactionId") == asked.get("transactionId")
    ),
    "TriggerMessage": lambda asked, action, got: (
        action == asked.get("requestedMessage") and action not in _LEFT_OUT and _same_connector(asked, got)
    ),
}

PERFORMANCE_16 = Performance(
    parameters={"cs": (TRIGGERED, RESPONSE, REMOTE_START), "csms": (RESPONSE, AUTHORIZE)},
    answers={REMOTE_START: "RemoteStartTransaction", AUTHORIZE: "Authorize"},
    follows=_FOLLOWS,
    remote_start="RemoteStartTransaction",
    told="StartTransaction",
    starts=lambda payload: True,
    presents=lambda action, payload: action == "Authorize" or _is_status(action, payload, "Preparing"),
    leaves=lambda action, payload: _is_status(action, payload, "Available"),
    refused=_tag_is_refused,
)
