"""What a simulated station without a key or a feature profile refuses, and the variant that refuses with a CALLERROR."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.scripted import Bench, on_bench

RESERVATION = {"connectorId": 1, "expiryDate": "2025-01-01T13:00:00Z", "idTag": "TAG", "reservationId": 1}
PROFILE = {
    "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]},
}  # fmt: skip
TX_PROFILE = {**PROFILE, "chargingProfilePurpose": "TxProfile"}


# Configuration keys


@pytest.mark.parametrize(
    ("variant", "key", "value"),
    [
        ("authorize_remote_fixed_true", "AuthorizeRemoteTxRequests", "true"),
        ("authorize_remote_fixed_false", "AuthorizeRemoteTxRequests", "false"),
        ("ev_disconnect_fixed_true", "StopTransactionOnEVSideDisconnect", "true"),
        ("ev_disconnect_fixed_false", "StopTransactionOnEVSideDisconnect", "false"),
    ],
)
def test_a_key_may_be_fixed(variant: str, key: str, value: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("GetConfiguration", {"key": [key]})
        assert answer["configurationKey"] == [{"key": key, "readonly": True, "value": value}]
        answer = await bench.central.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": "Rejected"}

    on_bench(scenario, variants=(variant,))


@pytest.mark.parametrize(
    ("variant", "key"),
    [("ev_disconnect_absent", "StopTransactionOnEVSideDisconnect"), ("no_status_delay", "MinimumStatusDuration")],
)
def test_a_key_may_be_missing(variant: str, key: str) -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("GetConfiguration", {"key": [key]}) == {"unknownKey": [key]}
        answer = await bench.central.call("ChangeConfiguration", {"key": key, "value": "0"})
        assert answer == {"status": "NotSupported"}
        everything = await bench.central.call("GetConfiguration")
        assert key not in [each["key"] for each in everything["configurationKey"]]
        await bench.charge()
        await bench.act("unplug_ev_side")
        await bench.settle()
        assert bench.central.story() == ["StopTransaction EVDisconnected", "1 Finishing"]

    on_bench(scenario, variants=(variant,))


def test_a_station_may_meter_more() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1})
        values = (await bench.central.expect("MeterValues")).payload["meterValue"][0]["sampledValue"]
        assert [each["measurand"] for each in values] == [
            "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage",
        ]  # fmt: skip

    on_bench(scenario, variants=("many_measurands",))


# Feature profiles


@pytest.mark.parametrize(
    ("variant", "action", "payload", "answer"),
    [
        ("no_reservation", "ReserveNow", RESERVATION, {"status": "Rejected"}),
        ("no_reservation", "ReserveNow", {**RESERVATION, "connectorId": 0}, {"status": "Rejected"}),
        ("no_reservation", "CancelReservation", {"reservationId": 1}, {"status": "Rejected"}),
        ("no_station_reservation", "ReserveNow", {**RESERVATION, "connectorId": 0}, {"status": "Rejected"}),
        ("no_station_reservation", "ReserveNow", RESERVATION, {"status": "Accepted"}),
        ("no_smart_charging", "ClearChargingProfile", {}, {"status": "Unknown"}),
        ("no_smart_charging", "GetCompositeSchedule", {"connectorId": 1, "duration": 9}, {"status": "Rejected"}),
        (
            "no_smart_charging", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE},
            {"status": "NotSupported"},
        ),
        (
            "no_smart_charging", "RemoteStartTransaction", {"connectorId": 1, "idTag": "T", "chargingProfile": PROFILE},
            {"status": "Accepted"},
        ),
        ("no_remote_trigger", "TriggerMessage", {"requestedMessage": "Heartbeat"}, {"error": "NotSupported"}),
        ("no_local_list", "GetLocalListVersion", {}, {"listVersion": -1}),
        ("no_local_list", "SendLocalList", {"listVersion": 1, "updateType": "Full"}, {"status": "NotSupported"}),
    ],
)  # fmt: skip
def test_what_belongs_to_a_missing_profile_is_refused(
    variant: str, action: str, payload: dict[str, Any], answer: dict[str, Any]
) -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call(action, payload) == answer

    on_bench(scenario, variants=(variant,))


@pytest.mark.parametrize("variant", ["no_reservation", "no_smart_charging", "no_remote_trigger", "no_local_list"])
def test_a_missing_profile_is_not_claimed(variant: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("GetConfiguration", {"key": ["SupportedFeatureProfiles"]})
        profiles = answer["configurationKey"][0]["value"].split(",")
        assert len(profiles) == 5
        assert "FirmwareManagement" in profiles

    on_bench(scenario, variants=(variant,))


# CALLERRORs


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("GetLocalListVersion", {}, "NotSupported"),
        ("SendLocalList", {"listVersion": 1, "updateType": "Full"}, "NotSupported"),
        ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "-1"}, "PropertyConstraintViolation"),
        ("RemoteStartTransaction", {"connectorId": 0, "idTag": "T"}, "PropertyConstraintViolation"),
        (
            "RemoteStartTransaction", {"connectorId": 1, "idTag": "T", "chargingProfile": PROFILE},
            "PropertyConstraintViolation",
        ),
        (
            "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": TX_PROFILE},
            "PropertyConstraintViolation",
        ),
        ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2}, "PropertyConstraintViolation"),
    ],
)  # fmt: skip
def test_a_refusal_may_be_a_callerror(action: str, payload: dict[str, Any], code: str) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(LocalAuthListEnabled="false")
        assert await bench.central.call(action, payload) == {"error": code}

    on_bench(scenario, variants=("call_errors",))


def test_what_has_a_status_of_its_own_is_no_callerror() -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("ChangeConfiguration", {"key": "NumberOfConnectors", "value": "3"})
        assert answer == {"status": "Rejected"}
        assert await bench.central.call("GetLocalListVersion") == {"listVersion": 0}
        await bench.charge()
        wrong = {"connectorId": 1, "csChargingProfiles": {**TX_PROFILE, "transactionId": 99}}
        assert await bench.central.call("SetChargingProfile", wrong) == {"status": "Rejected"}

    on_bench(scenario, variants=("call_errors",))
