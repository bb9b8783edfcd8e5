"""How a simulated central system writes what it is asked for, and what it asks for on its own: habits that the specification allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from labapp.domain.stamps import utc_text
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.fields import overlaid

#: What a central system may ask for on its own: name -> action and payload of OCPP 1.6.
HABITS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "configuration": ("GetConfiguration", {"key": ["SupportedFeatureProfiles", "NumberOfConnectors"]}),
    "sampling": ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "Energy.Active.Import.Register"}),
    "trigger": ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 1}),
    "vendor_data": ("DataTransfer", {"vendorId": "org.example.fleet", "messageId": "hello", "data": "{}"}),
}

#: The same for OCPP 2.0.1.
HABITS_201: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "configuration": (
        "GetVariables",
        {"getVariableData": [{"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]},
    ),
    "sampling": (
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "SampledDataCtrlr"},
                    "variable": {"name": "TxUpdatedInterval"},
                    "attributeValue": "60",
                }
            ]
        },
    ),
    "trigger": ("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}),
    "vendor_data": ("DataTransfer", {"vendorId": "org.example.fleet", "messageId": "hello"}),
}


def written(
    action: str, payload: Mapping[str, Any], fields: Mapping[str, Any], config: CsmsConfig, now: datetime
) -> dict[str, Any]:
    """A request of OCPP 1.6 as this central system writes it. fields: what the operator entered; it always keeps to that
    unless two ways of writing it mean the same, or its forms leave no choice (the kind of a TxProfile).
    """
    result = dict(payload)
    for name in ("csChargingProfiles", "chargingProfile"):
        if name in result:
            result[name] = _profile(result[name], config)
    if action == "RemoteStartTransaction" and not config.names_connector and "connectorId" not in fields:
        result.pop("connectorId", None)
    if action == "GetConfiguration" and config.empty_key_list and "key" not in result:
        result["key"] = []
    if config.lower_case_tags:
        result = _lower_case_tags(result)
    if config.fills_optional_fields:
        optional = {path: value for path, value in _optional(action, now).items() if path not in fields}
        result = overlaid(result, optional)
    return result


def _lower_case_tags(payload: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(payload)
    if "idTag" in result:
        result["idTag"] = result["idTag"].lower()
    if "localAuthorizationList" in result:
        result["localAuthorizationList"] = [_lower_case_tags(entry) for entry in result["localAuthorizationList"]]
    return result


def _profile(profile: Mapping[str, Any], config: CsmsConfig) -> dict[str, Any]:
    result = overlaid(profile, {})
    schedule = result["chargingSchedule"]
    if config.omits_three_phases:
        for period in schedule["chargingSchedulePeriod"]:
            if period.get("numberPhases") == 3:
                del period["numberPhases"]
    if config.relative_profiles and profile["chargingProfilePurpose"] == "TxProfile":
        result["chargingProfileKind"] = "Relative"
        for path in ("validFrom", "validTo"):
            result.pop(path, None)
        schedule.pop("startSchedule", None)
    return result


def _optional(action: str, now: datetime) -> Mapping[str, Any]:
    """Fields that a request may carry and that change nothing in it."""
    retries: Mapping[str, Any] = {"retries": 2, "retryInterval": 30}
    table: Mapping[str, Mapping[str, Any]] = {
        "GetDiagnostics": {**retries, "startTime": utc_text(now - timedelta(days=1)), "stopTime": utc_text(now)},
        "UpdateFirmware": retries,
    }
    return table.get(action, {})
