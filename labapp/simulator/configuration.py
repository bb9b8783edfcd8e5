"""The configuration keys of the simulated station: OCPP 1.6 edition 2, section 9, and the security whitepaper, section 7."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from labapp.domain.errors import InputError
from labapp.simulator.settings import StationConfig

MAX_KEYS = 50
MAX_PROFILES = 10
MAX_PERIODS = 24
MAX_STACK_LEVEL = 10
MAX_LIST_LENGTH = 100

#: Measurands that this station's meter gives.
MEASURANDS = ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage")

Check = Callable[[str], bool]


def _is_boolean(value: str) -> bool:
    return value.lower() in ("true", "false")


def _integer(minimum: int, maximum: int = 2**31 - 1) -> Check:
    return lambda value: re.fullmatch(r"-?\d{1,10}", value) is not None and minimum <= int(value) <= maximum


def _is_measurands(value: str) -> bool:
    return all(item in MEASURANDS for item in split_list(value))


def _is_phase_rotation(value: str) -> bool:
    return all(
        re.fullmatch(r"\d+\.(NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR)", item) for item in split_list(value)
    )


def _is_authorization_key(value: str) -> bool:
    return key_bytes(value) is not None


def split_list(value: str) -> list[str]:
    """The items of a comma-separated list, without blanks; an empty text has none."""
    return [item.strip() for item in value.split(",") if item.strip()]


def key_bytes(value: str) -> bytes | None:
    """The password that an AuthorizationKey stands for: 32 to 40 hex digits, or 16 to 20 bytes of text; else None."""
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,20}", value):
        return bytes.fromhex(value)
    return value.encode() if 16 <= len(value.encode()) <= 20 else None


@dataclass
class Key:
    """One configuration key. accessibility: "R", "RW", "W", or "" for one that only the station itself knows.

    check: whether a value may be written.
    """

    name: str
    accessibility: str
    value: str
    check: Check = lambda value: True


def _factory_keys(config: StationConfig) -> Iterable[Key]:
    connectors = config.connectors
    profiles = config.feature_profiles
    measurand = MEASURANDS[0]
    yield Key("AllowOfflineTxForUnknownId", "RW", "false", _is_boolean)
    if config.cache:
        yield Key("AuthorizationCacheEnabled", "RW", "true", _is_boolean)
    yield Key("AuthorizeRemoteTxRequests", "RW", "true", _is_boolean)
    yield Key("ClockAlignedDataInterval", "RW", "0", _integer(0))
    yield Key("ConnectionTimeOut", "RW", "60", _integer(0))
    rotation = ",".join(f"{number}.RST" for number in (0, *connectors))
    yield Key("ConnectorPhaseRotation", "RW", rotation, _is_phase_rotation)
    yield Key("GetConfigurationMaxKeys", "R", str(MAX_KEYS))
    yield Key("HeartbeatInterval", "RW", "300", _integer(0))
    yield Key("LocalAuthorizeOffline", "RW", "true", _is_boolean)
    yield Key("LocalPreAuthorize", "RW", "false", _is_boolean)
    yield Key("MaxEnergyOnInvalidId", "RW", "0", _integer(0))
    yield Key("MeterValuesAlignedData", "RW", measurand, _is_measurands)
    yield Key("MeterValuesSampledData", "RW", measurand, _is_measurands)
    yield Key("MeterValueSampleInterval", "RW", "60", _integer(0))
    yield Key("MinimumStatusDuration", "RW", "0", _integer(0))
    yield Key("NumberOfConnectors", "R", str(len(connectors)))
    yield Key("ResetRetries", "RW", "1", _integer(0))
    yield Key("StopTransactionOnEVSideDisconnect", "RW", "true", _is_boolean)
    yield Key("StopTransactionOnInvalidId", "RW", "true", _is_boolean)
    yield Key("StopTxnAlignedData", "RW", "", _is_measurands)
    yield Key("StopTxnSampledData", "RW", "", _is_measurands)
    yield Key("SupportedFeatureProfiles", "R", ",".join(profiles))
    yield Key("TransactionMessageAttempts", "RW", "3", _integer(1))
    yield Key("TransactionMessageRetryInterval", "RW", "10", _integer(0))
    if config.fixed_cable:
        yield Key("UnlockConnectorOnEVSideDisconnect", "R", "false")
    else:
        yield Key("UnlockConnectorOnEVSideDisconnect", "RW", "true", _is_boolean)
    yield Key("WebSocketPingInterval", "RW", "60", _integer(0))
    if "FirmwareManagement" in profiles:
        yield Key("SupportedFileTransferProtocols", "R", "FTP,FTPS,HTTP,HTTPS")
    if "LocalAuthListManagement" in profiles:
        yield Key("LocalAuthListEnabled", "RW", "true", _is_boolean)
        yield Key("LocalAuthListMaxLength", "R", str(MAX_LIST_LENGTH))
        yield Key("SendLocalListMaxLength", "R", str(MAX_LIST_LENGTH))
    if "Reservation" in profiles:
        yield Key("ReserveConnectorZeroSupported", "R", "true" if config.reserves_station else "false")
    if "SmartCharging" in profiles:
        yield Key("ChargeProfileMaxStackLevel", "R", str(MAX_STACK_LEVEL))
        yield Key("ChargingScheduleAllowedChargingRateUnit", "R", "Current,Power")
        yield Key("ChargingScheduleMaxPeriods", "R", str(MAX_PERIODS))
        yield Key("MaxChargingProfilesInstalled", "R", str(MAX_PROFILES))
    yield Key("AuthorizationKey", "W", config.password or "", _is_authorization_key)
    yield Key("SecurityProfile", "R", "1" if config.password else "0")


class Configuration:
    """The station's keys and values, kept through reboots.

    changed: called with the key's name after its value has become another.
    Raises InputError for a setting of the build that the station has not, or whose value does not fit.
    """

    def __init__(self, config: StationConfig, changed: Callable[[str], None] = lambda name: None) -> None:
        self._defects = config.defects
        self._keys = {key.name.lower(): key for key in _factory_keys(config)}
        for name, value in config.settings.items():
            key = self._keys.get(name.lower())
            if key is None:
                raise InputError(f"this station has no configuration key {name!r}", mend="leave it out")
            if not key.check(value):
                raise InputError(f"{value!r} is no value of the configuration key {key.name}", mend="give another")
            key.value = value
        for names, accessibility in ((config.fixed, "R"), (config.hidden, "")):
            for name, value in names.items():
                self._keys[name.lower()].value = value
                self._keys[name.lower()].accessibility = accessibility
        if "missing_required_key" in self._defects:
            del self._keys["resetretries"]
        self.changed = changed

    def text(self, name: str) -> str:
        """The value as it is on the wire; empty for a key that this station lacks."""
        key = self._keys.get(name.lower())
        return key.value if key else ""

    def integer(self, name: str) -> int:
        """The value of an integer key; 0 for a key that this station lacks."""
        return int(self.text(name) or 0)

    def boolean(self, name: str) -> bool:
        """The value of a boolean key; false for a key that this station lacks."""
        return self.text(name).lower() == "true"

    def store(self, name: str, value: str) -> None:
        """Write a key as the station itself does, whatever its accessibility."""
        self._keys[name.lower()].value = value

    def read(self, names: list[str] | None) -> tuple[list[dict[str, Any]], list[str]]:
        """Known and unknown keys of a GetConfiguration.req: all keys when none is named; names without case."""
        shown = {name: key for name, key in self._keys.items() if key.accessibility}
        wanted = names or [key.name for key in shown.values()]
        known = [self._key_value(shown[name.lower()]) for name in wanted if name.lower() in shown]
        return known, [name for name in wanted if name.lower() not in shown]

    def change(self, name: str, value: str) -> str:
        """Write a key as ChangeConfiguration.req asks; the status of the answer."""
        key = self._keys.get(name.lower())
        if key is None or not key.accessibility:
            return "NotSupported"
        if "W" not in key.accessibility or not key.check(value):
            return "Rejected"
        if key.name == "ConnectionTimeOut" and "keeps_connection_timeout" in self._defects:
            value = str(max(60, int(value)))
        if key.value != value:
            key.value = value
            self.changed(key.name)
        return "Accepted"

    def fits(self, name: str, value: str) -> bool:
        """Whether the value is one that a known key could have."""
        key = self._keys.get(name.lower())
        return key is not None and key.check(value)

    def _key_value(self, key: Key) -> dict[str, Any]:
        readonly = key.accessibility == "R"
        if key.name == "NumberOfConnectors" and "writable_number_of_connectors" in self._defects:
            readonly = False
        shown = "R" in key.accessibility or "readable_authorization_key" in self._defects
        return {"key": key.name, "readonly": readonly} | ({"value": key.value} if shown else {})
