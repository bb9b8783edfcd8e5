"""The configuration of the charge point that the tool plays: what GetConfiguration reads of it, and what may be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labapp.domain.view import View

#: Every key that the table of TC_019_1 for the central system names -> (read-only, value). A configured value stands over it.
_KEYS: Mapping[str, tuple[bool, str]] = {
    "AuthorizeRemoteTxRequests": (True, "true"),
    "ClockAlignedDataInterval": (False, "0"),
    "ConnectionTimeOut": (False, "60"),
    "ConnectorPhaseRotation": (False, "NotApplicable"),
    "GetConfigurationMaxKeys": (True, "50"),
    "HeartbeatInterval": (False, "300"),
    "LocalAuthorizeOffline": (False, "true"),
    "LocalPreAuthorize": (False, "false"),
    "MeterValuesAlignedData": (False, "Energy.Active.Import.Register"),
    "MeterValuesSampledData": (False, "Energy.Active.Import.Register"),
    "MeterValueSampleInterval": (False, "60"),
    "NumberOfConnectors": (True, "1"),
    "ResetRetries": (False, "3"),
    "StopTransactionOnEVSideDisconnect": (False, "true"),
    "StopTransactionOnInvalidId": (False, "true"),
    "StopTxnAlignedData": (False, ""),
    "StopTxnSampledData": (False, ""),
    "SupportedFeatureProfiles": (
        True,
        "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    ),
    "TransactionMessageAttempts": (False, "3"),
    "TransactionMessageRetryInterval": (False, "60"),
    "UnlockConnectorOnEVSideDisconnect": (False, "true"),
    "LocalAuthListEnabled": (False, "true"),
    "LocalAuthListMaxLength": (True, "100"),
    "SendLocalListMaxLength": (True, "20"),
    "ChargeProfileMaxStackLevel": (True, "10"),
    "ChargingScheduleAllowedChargingRateUnit": (True, "Current,Power"),
    "ChargingScheduleMaxPeriods": (True, "20"),
    "MaxChargingProfilesInstalled": (True, "10"),
}
#: Keys whose value the project configures -> its key under [values].
_CONFIGURED: Mapping[str, str] = {
    "ConnectionTimeOut": "connection_timeout",
    "HeartbeatInterval": "heartbeat_interval",
    "MeterValueSampleInterval": "meter_value_interval",
}


def read(view: View, keys: object) -> dict[str, Any]:
    """The payload of GetConfiguration.conf for the keys of a request, as it came; all keys when there is none, or no list."""
    known = {name.lower(): name for name in _KEYS}
    wanted = [str(key) for key in keys] if isinstance(keys, list) and keys else list(_KEYS)
    named = [known[key.lower()] for key in wanted if key.lower() in known]
    entries = [{"key": name, "readonly": _KEYS[name][0], "value": _value(view, name)} for name in named]
    unknown = [key for key in wanted if key.lower() not in known]
    return {"configurationKey": entries, **({"unknownKey": unknown} if unknown else {})}


def written(key: str) -> str:
    """How ChangeConfiguration for a key is answered; the value itself is not kept."""
    entry = next((entry for name, entry in _KEYS.items() if name.lower() == key.lower()), None)
    if entry is None:
        return "NotSupported"
    return "Rejected" if entry[0] else "Accepted"


def _value(view: View, name: str) -> str:
    if name == "NumberOfConnectors":
        return str(view.dut.get("connectors", 1))
    configured = view.values.get(_CONFIGURED.get(name, ""))
    return _KEYS[name][1] if configured is None else str(configured)
