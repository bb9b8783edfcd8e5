"""Core profile, charge point: reading and setting configuration keys (OCTT 1.6, section 2.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labapp.cases.conditions import returned_profile
from labapp.cases.source import octt16
from labapp.cases.values import METER_VALUE_INTERVAL
from labapp.domain.expectations import EMPTY, OMITTED, PRESENT, Computed, Expected, Literal, Not, When, one_of
from labapp.domain.notation import check, configuration, exchange
from labapp.domain.payloads import objects
from labapp.domain.testcase import CHARGE_POINT, TestCase, Verdict
from labapp.domain.view import View
from labapp.ocpp.messages16 import ChangeConfiguration, GetConfiguration

PROFILES = (
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
)

_READ = Literal(True)
_WRITE = Literal(False)
_EITHER = one_of(True, False)

#: Accessibility that the table asks for, by feature profile; the keys of Reservation and RemoteTrigger: none.
REQUIRED_KEYS: Mapping[str, Mapping[str, Expected]] = {
    "Core": {
        "AuthorizeRemoteTxRequests": _EITHER,
        "ClockAlignedDataInterval": _WRITE,
        "ConnectionTimeOut": _WRITE,
        "ConnectorPhaseRotation": _WRITE,
        "GetConfigurationMaxKeys": _READ,
        "HeartbeatInterval": _WRITE,
        "LocalAuthorizeOffline": _WRITE,
        "LocalPreAuthorize": _WRITE,
        "MeterValuesAlignedData": _WRITE,
        "MeterValuesSampledData": _WRITE,
        "MeterValueSampleInterval": _WRITE,
        "NumberOfConnectors": _READ,
        "ResetRetries": _WRITE,
        "StopTransactionOnInvalidId": _WRITE,
        "StopTxnAlignedData": _WRITE,
        "StopTxnSampledData": _WRITE,
        "SupportedFeatureProfiles": _READ,
        "TransactionMessageAttempts": _WRITE,
        "TransactionMessageRetryInterval": _WRITE,
        "UnlockConnectorOnEVSideDisconnect": _EITHER,
    },
    "LocalAuthListManagement": {
        "LocalAuthListEnabled": _WRITE,
        "LocalAuthListMaxLength": _READ,
        "SendLocalListMaxLength": _READ,
    },
    "SmartCharging": {
        "ChargeProfileMaxStackLevel": _READ,
        "ChargingScheduleAllowedChargingRateUnit": _READ,
        "ChargingScheduleMaxPeriods": _READ,
        "MaxChargingProfilesInstalled": _READ,
    },
}


def _required_keys() -> tuple[tuple[str, Expected], ...]:
    """The rows of the table: each key's accessibility, judged where step 2 names its profile; Core always."""
    return tuple(
        (
            f"configurationKey[key={key}].readonly",
            readonly if profile == "Core" else When(returned_profile(2, profile), readonly),
        )
        for profile, keys in REQUIRED_KEYS.items()
        for key, readonly in keys.items()
    )


def _entries(view: View, step: int) -> Iterator[Mapping[str, Any]]:
    for seen in view.seen(step):
        if seen.sender == "sut":
            yield from objects(seen.payload, "configurationKey")


def _value(view: View, step: int, key: str) -> str | None:
    for entry in _entries(view, step):
        if str(entry.get("key", "")).lower() == key.lower():
            return str(entry.get("value", ""))
    return None


def _profiles_named(view: View) -> Verdict:
    value = _value(view, 2, "SupportedFeatureProfiles") or ""
    names = [name.strip() for name in value.split(",") if name.strip()]
    given = {name.lower() for name in names}
    return Verdict("core" in given and given <= {name.lower() for name in PROFILES}, value or "<omitted>")


def _keys_to_pick(view: View) -> list[str]:
    names = [str(entry.get("key", "")) for entry in _entries(view, 4)]
    limit = _value(view, 6, "GetConfigurationMaxKeys") or ""
    return names[: int(limit)] if limit.strip().isdecimal() else names


def _all_requested(view: View) -> Verdict:
    asked = {str(key).lower() for seen in view.seen(7) for key in seen.payload.get("key", ())}
    given = {str(entry.get("key", "")).lower() for entry in _entries(view, 8)}
    missing = sorted(asked - given)
    return Verdict(not missing, "all" if not missing else "without " + ", ".join(missing))


def _authorization_key_hidden(view: View) -> Verdict:
    """The value is omitted, empty, or not the configured one, in plain text or hexadecimal.

    The configured value itself never gets here: what stood in its place is a mask that bears its name.
    """
    for seen in view.seen(4):
        leaked = {str(mask.get("path")): str(mask.get("form")) for mask in seen.masks if mask.get("name")}
        for index, entry in enumerate(objects(seen.payload, "configurationKey")):
            path = f"configurationKey[{index}].value"
            if str(entry.get("key", "")).lower() == "authorizationkey" and path in leaked:
                return Verdict(False, f"the configured key ({leaked[path]})", path)
    return Verdict(True, _value(view, 4, "AuthorizationKey") or "<omitted>")


def _authorization_key(view: View) -> object:
    placeholder = view.secret("password")
    return placeholder if placeholder is not None else OMITTED


TC_019_CS = TestCase(
    id="TC_019_CS",
    title="Retrieve configuration",
    source=octt16(
        "Table 27",
        "the required keys are those of the profiles that step 2 names",
        "step 7 asks for as many keys as GetConfigurationMaxKeys allows of those that step 4 returned",
    ),
    sut=CHARGE_POINT,
    before=(configuration("AuthorizationKey", Computed("authorizationKey", _authorization_key), if_implemented=True),),
    steps=(
        exchange(
            1,
            GetConfiguration.req(key=["SupportedFeatureProfiles"]),
            GetConfiguration.conf(("configurationKey[key=SupportedFeatureProfiles].key", PRESENT), unknownKey=EMPTY),
        ),
        check(
            2,
            "the value is a comma-separated list of feature profiles with Core",
            _profiles_named,
            message="GetConfiguration.conf",
            path="configurationKey[key=SupportedFeatureProfiles].value",
            expected="|".join(PROFILES),
        ),
        exchange(3, GetConfiguration.req(key=EMPTY), GetConfiguration.conf(*_required_keys())),
        check(
            4,
            "AuthorizationKey, if present, does not give the configured value away",
            _authorization_key_hidden,
            message="GetConfiguration.conf",
            path="configurationKey[key=AuthorizationKey].value",
            expected="<not authorizationKey>",
        ),
        exchange(5, GetConfiguration.req(key=["GetConfigurationMaxKeys"])),
        exchange(
            7, GetConfiguration.req(key=Computed("keysOfStep4", _keys_to_pick)), GetConfiguration.conf(unknownKey=EMPTY)
        ),
        check(
            8,
            "every key of step 7 is answered",
            _all_requested,
            message="GetConfiguration.conf",
            path="configurationKey[].key",
            expected="<keysOfStep4>",
        ),
    ),
)


TC_021_CS = TestCase(
    id="TC_021_CS",
    title="Change/set Configuration",
    source=octt16("Table 28"),
    sut=CHARGE_POINT,
    before=(configuration("MeterValueSampleInterval", Not(METER_VALUE_INTERVAL)),),
    steps=(
        exchange(
            1,
            ChangeConfiguration.req(key="MeterValueSampleInterval", value=METER_VALUE_INTERVAL),
            ChangeConfiguration.conf(status="Accepted"),
        ),
        exchange(
            3,
            GetConfiguration.req(key=["MeterValueSampleInterval"]),
            GetConfiguration.conf(
                ("configurationKey[key=MeterValueSampleInterval].key", PRESENT),
                ("configurationKey[key=MeterValueSampleInterval].value", METER_VALUE_INTERVAL),
            ),
        ),
    ),
)

CASES = (TC_019_CS, TC_021_CS)
