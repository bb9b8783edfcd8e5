"""The configuration keys of OCPP 1.6 and of its security extension.

Source: OCPP 1.6 edition 2, chapter 9, with its errata sheets; Improved security for OCPP 1.6-J, edition 3, chapter 7.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ConfigurationKey:
    """One key. profile: the feature profile that defines it; "Security" for the extension.

    required: "conditional" where only some security profiles need it. accessibility: "R or RW" where the device may choose.
    type: "list" is comma-separated text. unit: of the value, "" for none. section: of OCPP 1.6 unless it says otherwise.
    """

    name: str
    profile: str
    required: Literal["required", "optional", "conditional"]
    accessibility: Literal["R", "RW", "W", "R or RW"]
    type: Literal["boolean", "integer", "string", "list"]
    unit: str
    section: str
    meaning: str

    def allows_readonly(self, readonly: bool) -> bool:
        """Whether the device may report the key with this `readonly`."""
        return self.accessibility == "R or RW" or readonly == (self.accessibility == "R")


_TABLE = (
    ConfigurationKey("AllowOfflineTxForUnknownId", "Core", "optional", "RW", "boolean", "",
        "9.1.1", "whether unknown identifiers may start a transaction while the station is offline"),
    ConfigurationKey("AuthorizationCacheEnabled", "Core", "optional", "RW", "boolean", "",
        "9.1.2", "whether the authorization cache is in use"),
    ConfigurationKey("AuthorizeRemoteTxRequests", "Core", "required", "R or RW", "boolean", "",
        "9.1.3", "whether the identifier of a remote start is authorized first, like a local one"),
    ConfigurationKey("BlinkRepeat", "Core", "optional", "RW", "integer", "times",
        "9.1.4", "how often the lighting blinks to signal something"),
    ConfigurationKey("ClockAlignedDataInterval", "Core", "required", "RW", "integer", "seconds",
        "9.1.5", "time between clock-aligned meter values; 0: none are taken"),
    ConfigurationKey("ConnectionTimeOut", "Core", "required", "RW", "integer", "seconds",
        "9.1.6", "how long the station waits for the cable after an authorization, or for an authorization after the cable"),
    ConfigurationKey("ConnectorPhaseRotation", "Core", "required", "RW", "list", "",
        "9.1.7", "how the phases of each connector are wired to the grid"),
    ConfigurationKey("ConnectorPhaseRotationMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.8", "most entries that ConnectorPhaseRotation can hold"),
    ConfigurationKey("GetConfigurationMaxKeys", "Core", "required", "R", "integer", "",
        "9.1.9", "most keys that one GetConfiguration may ask for"),
    ConfigurationKey("HeartbeatInterval", "Core", "required", "RW", "integer", "seconds",
        "9.1.10", "time without traffic after which the station sends a Heartbeat"),
    ConfigurationKey("LightIntensity", "Core", "optional", "RW", "integer", "%",
        "9.1.11", "brightness of the lighting"),
    ConfigurationKey("LocalAuthorizeOffline", "Core", "required", "RW", "boolean", "",
        "9.1.12", "whether the station authorizes by list or cache while it is offline"),
    ConfigurationKey("LocalPreAuthorize", "Core", "required", "RW", "boolean", "",
        "9.1.13", "whether the station authorizes by list or cache without waiting for the central system"),
    ConfigurationKey("MaxEnergyOnInvalidId", "Core", "optional", "RW", "integer", "Wh",
        "9.1.14", "most energy delivered after an identifier turned out to be invalid"),
    ConfigurationKey("MessageTimeout", "Core", "optional", "RW", "integer", "seconds",
        "errata 4.0, 3.82", "how long the station waits for the response to a request"),
    ConfigurationKey("MeterValuesAlignedData", "Core", "required", "RW", "list", "",
        "9.1.15", "measurands of the clock-aligned meter values"),
    ConfigurationKey("MeterValuesAlignedDataMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.16", "most entries that MeterValuesAlignedData can hold"),
    ConfigurationKey("MeterValueSampleInterval", "Core", "required", "RW", "integer", "seconds",
        "9.1.19", "time between sampled meter values of a transaction; 0: none are taken"),
    ConfigurationKey("MeterValuesSampledData", "Core", "required", "RW", "list", "",
        "9.1.17", "measurands of the sampled meter values"),
    ConfigurationKey("MeterValuesSampledDataMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.18", "most entries that MeterValuesSampledData can hold"),
    ConfigurationKey("MinimumStatusDuration", "Core", "optional", "RW", "integer", "seconds",
        "9.1.20", "how long a status must last before it is reported"),
    ConfigurationKey("NumberOfConnectors", "Core", "required", "R", "integer", "",
        "9.1.21", "physical connectors of the station"),
    ConfigurationKey("ResetRetries", "Core", "required", "RW", "integer", "times",
        "9.1.22", "how often a failed reset is tried again"),
    ConfigurationKey("StopTransactionMaxMeterValues", "Core", "optional", "R", "integer", "",
        "errata 4.0, 3.89", "most meter values that one StopTransaction carries"),
    ConfigurationKey("StopTransactionOnEVSideDisconnect", "Core", "optional", "R or RW", "boolean", "",
        "9.1.23, errata 4.0, 3.79", "whether pulling the cable at the vehicle ends the transaction"),
    ConfigurationKey("StopTransactionOnInvalidId", "Core", "required", "RW", "boolean", "",
        "9.1.24", "whether an identifier that turns out to be invalid ends its running transaction"),
    ConfigurationKey("StopTxnAlignedData", "Core", "required", "RW", "list", "",
        "9.1.25", "measurands of the clock-aligned values that StopTransaction carries"),
    ConfigurationKey("StopTxnAlignedDataMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.26", "most entries that StopTxnAlignedData can hold"),
    ConfigurationKey("StopTxnSampledData", "Core", "required", "RW", "list", "",
        "9.1.27", "measurands of the sampled values that StopTransaction carries"),
    ConfigurationKey("StopTxnSampledDataMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.28", "most entries that StopTxnSampledData can hold"),
    ConfigurationKey("SupportedFeatureProfiles", "Core", "required", "R", "list", "",
        "9.1.29", "feature profiles that the station supports"),
    ConfigurationKey("SupportedFeatureProfilesMaxLength", "Core", "optional", "R", "integer", "",
        "9.1.30, errata 4.0, 3.80", "most entries that SupportedFeatureProfiles can hold"),
    ConfigurationKey("TransactionMessageAttempts", "Core", "required", "RW", "integer", "times",
        "9.1.31", "how often a transaction message is sent that the central system fails to process"),
    ConfigurationKey("TransactionMessageRetryInterval", "Core", "required", "RW", "integer", "seconds",
        "9.1.32", "wait before such a message is sent again, multiplied by the attempts made"),
    ConfigurationKey("UnlockConnectorOnEVSideDisconnect", "Core", "required", "R or RW", "boolean", "",
        "9.1.33, errata 2025-04, 3.84", "whether pulling the cable at the vehicle unlocks it at the station"),
    ConfigurationKey("WebSocketPingInterval", "Core", "optional", "RW", "integer", "seconds",
        "9.1.34", "time between WebSocket pings of the station; 0: none are sent"),
    ConfigurationKey("LocalAuthListEnabled", "LocalAuthListManagement", "required", "RW", "boolean", "",
        "9.2.1", "whether the local authorization list is in use"),
    ConfigurationKey("LocalAuthListMaxLength", "LocalAuthListManagement", "required", "R", "integer", "",
        "9.2.2", "most identifiers that the local list can hold"),
    ConfigurationKey("SendLocalListMaxLength", "LocalAuthListManagement", "required", "R", "integer", "",
        "9.2.3", "most identifiers that one SendLocalList may carry"),
    ConfigurationKey("SupportedFileTransferProtocols", "FirmwareManagement", "optional", "R", "list", "",
        "errata 4.0, 3.88", "protocols by which the station fetches and uploads files"),
    ConfigurationKey("ReserveConnectorZeroSupported", "Reservation", "optional", "R", "boolean", "",
        "9.3.1", "whether the station as a whole can be reserved"),
    ConfigurationKey("ChargeProfileMaxStackLevel", "SmartCharging", "required", "R", "integer", "",
        "9.4.1", "highest stack level of a charging profile"),
    ConfigurationKey("ChargingScheduleAllowedChargingRateUnit", "SmartCharging", "required", "R", "list", "",
        "9.4.2, errata 4.0, 3.86", "units in which a schedule may state its limits"),
    ConfigurationKey("ChargingScheduleMaxPeriods", "SmartCharging", "required", "R", "integer", "",
        "9.4.3", "most periods of one charging schedule"),
    ConfigurationKey("ConnectorSwitch3to1PhaseSupported", "SmartCharging", "optional", "R", "boolean", "",
        "9.4.4", "whether the station can change from three phases to one while charging"),
    ConfigurationKey("MaxChargingProfilesInstalled", "SmartCharging", "required", "R", "integer", "",
        "9.4.5", "most charging profiles installed at once"),
    ConfigurationKey("AdditionalRootCertificateCheck", "Security", "conditional", "R", "boolean", "",
        "security white paper 3, 7.1", "whether a new root certificate of the central system must be signed by the one before it"),
    ConfigurationKey("AuthorizationKey", "Security", "conditional", "W", "string", "",
        "security white paper 3, 7.2", "password of the station for HTTP Basic authentication; it can be set, never read"),
    ConfigurationKey("CertificateSignedMaxChainSize", "Security", "optional", "R", "integer", "characters",
        "security white paper 3, 7.3", "most characters of the chain in one CertificateSigned"),
    ConfigurationKey("CertificateStoreMaxLength", "Security", "optional", "R", "integer", "",
        "security white paper 3, 7.4", "most root certificates that the station can store"),
    ConfigurationKey("CpoName", "Security", "optional", "RW", "string", "",
        "security white paper 3, 7.5", "name of the operator, the organization in the certificate signing request"),
    ConfigurationKey("SecurityProfile", "Security", "optional", "RW", "integer", "",
        "security white paper 3, 7.6", "security profile in use; it can only be raised"),
)  # fmt: skip

#: Every key by its name as the specification writes it, in its order.
CONFIGURATION_KEYS = {key.name: key for key in _TABLE}

_BY_LOWER_CASE = {key.name.lower(): key for key in _TABLE}


def configuration_key(name: str) -> ConfigurationKey | None:
    """The key of this name, without regard to case; None when the specification has none."""
    return _BY_LOWER_CASE.get(name.lower())


def required_keys(profiles: Collection[str]) -> tuple[ConfigurationKey, ...]:
    """The keys that a device with these feature profiles must have, in the order of the table."""
    return tuple(key for key in _TABLE if key.required == "required" and key.profile in profiles)
