"""What the defects of a simulated OCPP 1.6 central system do to the requests that it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.fields import overlaid

#: The payload spoilt, as paths with their new values.
_Change = Callable[[Mapping[str, Any], CsmsConfig], Mapping[str, Any]]

_OTHER = {
    "Hard": "Soft",
    "Soft": "Hard",
    "Operative": "Inoperative",
    "Inoperative": "Operative",
    "Full": "Differential",
    "Differential": "Full",
    "A": "W",
    "W": "A",
}


def _set(path: str, value: Any) -> _Change:
    return lambda payload, config: {path: value}


def _more(path: str) -> _Change:
    return lambda payload, config: {path: payload[path] + 1} if path in payload else {}


def _other(path: str) -> _Change:
    return lambda payload, config: {path: _OTHER[payload[path]]}


def _of_profile(change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> _Change:
    """A change of the profile, whichever field it stands in."""

    def changed(payload: Mapping[str, Any], config: CsmsConfig) -> Mapping[str, Any]:
        for name in ("csChargingProfiles", "chargingProfile"):
            if name in payload:
                return {f"{name}.{path}": value for path, value in change(payload[name]).items()}
        return {}

    return changed


def _whole_list(payload: Mapping[str, Any], config: CsmsConfig) -> Mapping[str, Any]:
    entries = payload["localAuthorizationList"]
    known = {"idTag": config.id_tag, "idTagInfo": {"status": "Accepted"}}
    return {"localAuthorizationList": [known, *entries]} if payload["updateType"] == "Differential" else {}


_PERIOD = "chargingSchedule.chargingSchedulePeriod[0]"
_PROFILES = ("SetChargingProfile", "RemoteStartTransaction")

#: Defect -> action -> what it does to the request.
_SPOILT: Mapping[str, Mapping[str, _Change]] = {
    "wrong_connector": dict.fromkeys(
        (
            *("ChangeAvailability", "ClearChargingProfile", "GetCompositeSchedule", "RemoteStartTransaction"),
            *("ReserveNow", "SetChargingProfile", "TriggerMessage", "UnlockConnector"),
        ),
        _more("connectorId"),
    ),
    "wrong_id_tag": dict.fromkeys(("RemoteStartTransaction", "ReserveNow"), _set("idTag", "NOBODY")),
    "wrong_key": {
        "ChangeConfiguration": _set("key", "ResetRetries"),
        "GetConfiguration": _set("key", ["ResetRetries"]),
    },
    "wrong_value": {"ChangeConfiguration": lambda payload, config: {"value": payload["value"] + "1"}},
    "wrong_transaction_id": {"RemoteStopTransaction": _more("transactionId")},
    "wrong_reset_type": {"Reset": _other("type")},
    "wrong_availability": {"ChangeAvailability": _other("type")},
    "wrong_trigger": {"TriggerMessage": _set("requestedMessage", "BootNotification")},
    "wrong_update_type": {"SendLocalList": _other("updateType")},
    "list_without_info": {"SendLocalList": _set("localAuthorizationList[].idTagInfo", None)},
    "same_list_version": {"SendLocalList": _set("listVersion", 1)},
    "whole_list_again": {"SendLocalList": _whole_list},
    "wrong_location": dict.fromkeys(
        ("UpdateFirmware", "GetDiagnostics"), lambda payload, config: {"location": payload["location"] + "/elsewhere"}
    ),
    "wrong_reservation_id": {"CancelReservation": _more("reservationId")},
    "wrong_expiry": {"ReserveNow": _set("expiryDate", "2099-01-01T00:00:00Z")},
    "wrong_rate_unit": {
        "GetCompositeSchedule": lambda payload, config: {
            "chargingRateUnit": _OTHER[payload.get("chargingRateUnit", "W")]
        },
        "SetChargingProfile": _of_profile(
            lambda profile: {
                "chargingSchedule.chargingRateUnit": _OTHER[profile["chargingSchedule"]["chargingRateUnit"]]
            }
        ),
    },
    "wrong_duration": {
        "GetCompositeSchedule": _more("duration"),
        "SetChargingProfile": _of_profile(lambda profile: {"chargingSchedule.duration": 1}),
    },
    "wrong_profile_purpose": dict.fromkeys(
        _PROFILES, _of_profile(lambda profile: {"chargingProfilePurpose": "ChargePointMaxProfile"})
    ),
    "wrong_profile_transaction": dict.fromkeys(
        _PROFILES, _of_profile(lambda profile: {"transactionId": profile.get("transactionId", 0) + 1})
    ),
    "same_profile_id": {"SetChargingProfile": _of_profile(lambda profile: {"chargingProfileId": 1})},
    "recurring_profiles": dict.fromkeys(
        _PROFILES, _of_profile(lambda profile: {"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"})
    ),
    "no_validity": dict.fromkeys(_PROFILES, _of_profile(lambda profile: {"validFrom": None, "validTo": None})),
    "wrong_stack_level": {
        "SetChargingProfile": _of_profile(lambda profile: {"stackLevel": profile["stackLevel"] + 1}),
        "ClearChargingProfile": _more("stackLevel"),
    },
    "wrong_limit": dict.fromkeys(_PROFILES, _of_profile(lambda profile: {f"{_PERIOD}.limit": 7.0})),
    "clears_everything": {
        "ClearChargingProfile": lambda payload, config: dict.fromkeys(payload),
    },
}


def spoilt(action: str, payload: dict[str, Any], config: CsmsConfig) -> dict[str, Any]:
    """The payload as the defects of the central system make it."""
    for defect in sorted(config.defects):
        change = _SPOILT.get(defect, {}).get(action)
        if change is not None:
            payload = overlaid(payload, change(payload, config))
    return payload
