"""The configuration keys of the tests' own charging station."""

from __future__ import annotations

PROFILES = "Core,LocalAuthListManagement,SmartCharging"


def configuration(
    connectors: int, authorizes_remote: str, minimum_status_duration: bool
) -> dict[str, tuple[str, bool]]:
    """Every key with its value and whether it is only readable (OCPP 1.6 edition 2, section 9)."""
    writable = {
        "AllowOfflineTxForUnknownId": "false",
        "AuthorizationCacheEnabled": "true",
        "ClockAlignedDataInterval": "0",
        "ConnectionTimeOut": "60",
        "ConnectorPhaseRotation": "0.RST",
        "HeartbeatInterval": "60",
        "LocalAuthorizeOffline": "true",
        "LocalPreAuthorize": "false",
        "MeterValuesAlignedData": "Energy.Active.Import.Register",
        "MeterValuesSampledData": "Energy.Active.Import.Register,Power.Active.Import",
        "MeterValueSampleInterval": "60",
        "ResetRetries": "1",
        "StopTransactionOnInvalidId": "true",
        "StopTxnAlignedData": "",
        "StopTxnSampledData": "",
        "TransactionMessageAttempts": "3",
        "TransactionMessageRetryInterval": "10",
        "UnlockConnectorOnEVSideDisconnect": "true",
        "LocalAuthListEnabled": "true",
    }
    readable = {
        "GetConfigurationMaxKeys": "10",
        "NumberOfConnectors": str(connectors),
        "SupportedFeatureProfiles": PROFILES,
        "LocalAuthListMaxLength": "100",
        "SendLocalListMaxLength": "20",
        "ChargeProfileMaxStackLevel": "5",
        "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
        "ChargingScheduleMaxPeriods": "10",
        "MaxChargingProfilesInstalled": "10",
    }
    keys = {name: (value, False) for name, value in writable.items()}
    keys |= {name: (value, True) for name, value in readable.items()}
    keys["AuthorizeRemoteTxRequests"] = ("false" if authorizes_remote == "no" else "true", authorizes_remote != "RW")
    if minimum_status_duration:
        keys["MinimumStatusDuration"] = ("0", False)
    return keys
