"""Core profile, charge point: configuration and meter values (OCTT 1.6, sections 2.8 and 2.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labapp.cases.conditions import returned_profile
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, GET_CONFIGURATION
from labapp.cases.values import METER_VALUE_INTERVAL
from labapp.domain.expectations import EMPTY, OMITTED, PRESENT, Computed, Expected, Literal, When, one_of
from labapp.domain.payloads import objects
from labapp.domain.testcase import (
    CHARGE_POINT,
    Series,
    TestCase,
    Verdict,
    check,
    configuration,
    exchange,
    state,
)
from labapp.domain.view import View
from labapp.ocpp.messages16 import GetConfiguration, MeterValues

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


def _samples(view: View) -> Iterator[Mapping[str, Any]]:
    for seen in view.seen(1):
        if seen.sender == "sut":
            for value in objects(seen.payload, "meterValue"):
                yield from objects(value, "sampledValue")


def _measurand(sample: Mapping[str, Any]) -> str:
    return str(sample.get("measurand", "Energy.Active.Import.Register"))


def _configured_measurands(view: View) -> list[str]:
    value = _value_of_state(view, "MeterValuesSampledData")
    names = [name.strip() for name in value.split(",") if name.strip()]
    return names or ["Energy.Active.Import.Register"]


def _value_of_state(view: View, key: str) -> str:
    for seen in view.seen(2, GET_CONFIGURATION.id):
        for entry in objects(seen.payload, "configurationKey"):
            if str(entry.get("key", "")).lower() == key.lower():
                return str(entry.get("value", ""))
    return ""


def _all_measurands(view: View) -> Verdict:
    wanted = _configured_measurands(view)
    for seen in view.seen(1):
        if seen.sender != "sut":
            continue
        for value in objects(seen.payload, "meterValue"):
            samples = objects(value, "sampledValue")
            given = {_measurand(sample) for sample in samples}
            phased = {f"{_measurand(sample)}.{sample['phase']}" for sample in samples if "phase" in sample}
            missing = [name for name in wanted if name not in given | phased]
            if missing:
                return Verdict(False, "without " + ", ".join(missing))
    return Verdict(True, ", ".join(wanted))


def _no_vehicle_location(view: View) -> Verdict:
    wrong = [s for s in _samples(view) if s.get("location") == "EV" and _measurand(s) != "SoC"]
    return Verdict(not wrong, "EV for " + ", ".join(_measurand(s) for s in wrong) if wrong else "none")


TC_070_CS = TestCase(
    id="TC_070_CS",
    title="Sampled Meter Values",
    source=octt16("Table 29", "validations printed for step 3 are those of step 1"),
    sut=CHARGE_POINT,
    before=(
        configuration("MeterValueSampleInterval", METER_VALUE_INTERVAL),
        configuration("ClockAlignedDataInterval", "0"),
        GET_CONFIGURATION.with_(configurationKey="MeterValuesSampledData"),
        state(CHARGING),
    ),
    steps=(
        Series(
            1,
            MeterValues.req(
                ("meterValue[].sampledValue[].context", "Sample.Periodic"),
                ("meterValue[].sampledValue[].format", one_of("Raw", OMITTED)),
            ),
            MeterValues.conf(),
            2,
            count=3,
            interval=METER_VALUE_INTERVAL,
            tolerance="sample_interval",
            clock="meter",
            since=9,
            state=CHARGING.id,
            reach_back=True,
        ),
        check(
            1,
            "every measurand of MeterValuesSampledData is there",
            _all_measurands,
            message="MeterValues.req",
            path="meterValue[].sampledValue[].measurand",
            expected="<meterValuesSampledData>",
        ),
        check(
            1,
            "no value but SoC is located in the vehicle",
            _no_vehicle_location,
            message="MeterValues.req",
            path="meterValue[].sampledValue[].location",
            expected="<not EV>",
        ),
    ),
)

CASES = (TC_019_CS, TC_070_CS)
