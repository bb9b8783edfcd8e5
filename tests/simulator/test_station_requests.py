"""Configuration, availability, local list, reservations and triggers of the simulated station, as OCPP 1.6 section 5 has them."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.errors import InputError
from tests.simulator.scripted import Bench, on_bench

#: Required keys with their accessibility, as section 9 of OCPP 1.6 edition 2 and its errata list them.
CORE_KEYS = {
    "AuthorizeRemoteTxRequests": False, "ClockAlignedDataInterval": False, "ConnectionTimeOut": False,
    "ConnectorPhaseRotation": False, "GetConfigurationMaxKeys": True, "HeartbeatInterval": False,
    "LocalAuthorizeOffline": False, "LocalPreAuthorize": False, "MeterValuesAlignedData": False,
    "MeterValuesSampledData": False, "MeterValueSampleInterval": False, "NumberOfConnectors": True,
    "ResetRetries": False, "StopTransactionOnInvalidId": False, "StopTxnAlignedData": False,
    "StopTxnSampledData": False, "SupportedFeatureProfiles": True, "TransactionMessageAttempts": False,
    "TransactionMessageRetryInterval": False, "UnlockConnectorOnEVSideDisconnect": False,
}  # fmt: skip
PROFILE_KEYS = {
    "LocalAuthListEnabled": False, "LocalAuthListMaxLength": True, "SendLocalListMaxLength": True,
    "ChargeProfileMaxStackLevel": True, "ChargingScheduleAllowedChargingRateUnit": True,
    "ChargingScheduleMaxPeriods": True, "MaxChargingProfilesInstalled": True,
}  # fmt: skip


def test_every_required_key_is_there_with_its_accessibility() -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("GetConfiguration")
        keys = {each["key"]: each["readonly"] for each in answer["configurationKey"]}
        required = CORE_KEYS | PROFILE_KEYS
        assert {name: keys.get(name) for name in required} == required
        assert "unknownKey" not in answer
        again = await bench.central.call("GetConfiguration", {"key": [*keys, "Nonsense"]})
        assert {each["key"] for each in again["configurationKey"]} == set(keys)
        assert again["unknownKey"] == ["Nonsense"]
        too_many = await bench.central.call("GetConfiguration", {"key": [f"K{n}" for n in range(51)]})
        assert too_many == {"error": "OccurenceConstraintViolation"}

    on_bench(scenario)


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "30", "Accepted"),
        ("metervaluesampleinterval", "30", "Accepted"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("MeterValueSampleInterval", "ten", "Rejected"),
        ("WebSocketPingInterval", "-1", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("LocalPreAuthorize", "yes", "Rejected"),
        ("MeterValuesSampledData", "Voltage, Current.Import", "Accepted"),
        ("MeterValuesSampledData", "Temperature", "Rejected"),
        ("ConnectorPhaseRotation", "1.RST", "Accepted"),
        ("ConnectorPhaseRotation", "RST", "Rejected"),
        ("AuthorizationKey", "too short", "Rejected"),
        ("NumberOfConnectors", "2", "Rejected"),
        ("Nonsense", "1", "NotSupported"),
    ],
)
def test_change_configuration(key: str, value: str, status: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": status}
        if status == "Accepted":
            known = await bench.central.call("GetConfiguration", {"key": [key]})
            assert known["configurationKey"][0]["value"] == value

    on_bench(scenario)


def test_a_setting_of_the_build_must_fit() -> None:
    async def scenario(bench: Bench) -> None:
        raise AssertionError("the station must not be made")

    with pytest.raises(InputError, match=r"^this station has no configuration key 'Nonsense' - leave it out$"):
        on_bench(scenario, settings={"Nonsense": "1"})
    with pytest.raises(InputError, match=r"^'x' is no value of the configuration key ResetRetries - give another$"):
        on_bench(scenario, settings={"ResetRetries": "x"})


def test_a_key_is_kept_through_a_reset() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(ResetRetries="7")
        await bench.central.call("Reset", {"type": "Soft"})
        await bench.settle(30)
        known = await bench.central.call("GetConfiguration", {"key": ["ResetRetries"]})
        assert known["configurationKey"][0]["value"] == "7"

    on_bench(scenario)


def test_availability_of_the_station_concerns_every_connector() -> None:
    async def scenario(bench: Bench) -> None:
        for kind in ("Inoperative", "Inoperative", "Operative"):
            change = {"connectorId": 0, "type": kind}
            assert await bench.central.call("ChangeAvailability", change) == {"status": "Accepted"}
        await bench.settle()
        assert bench.central.story() == [
            "0 Unavailable", "1 Unavailable", "2 Unavailable", "0 Available", "1 Available", "2 Available",
        ]  # fmt: skip
        unknown = await bench.central.call("ChangeAvailability", {"connectorId": 9, "type": "Operative"})
        assert unknown == {"status": "Rejected"}

    on_bench(scenario, variants=("two_connectors",))


def test_availability_waits_for_the_end_of_the_transaction() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        change = {"connectorId": 1, "type": "Inoperative"}
        assert await bench.central.call("ChangeAvailability", change) == {"status": "Scheduled"}
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story() == ["StopTransaction Local", "1 Unavailable"]

    on_bench(scenario)


def _list(version: int, kind: str, *entries: tuple[str, str | None]) -> dict[str, Any]:
    told = [{"idTag": tag} | ({"idTagInfo": {"status": status}} if status else {}) for tag, status in entries]
    return {"listVersion": version, "updateType": kind} | ({"localAuthorizationList": told} if told else {})


def test_local_list_versions_and_updates() -> None:
    async def scenario(bench: Bench) -> None:
        for update, status, version in [
            (_list(1, "Full"), "Accepted", 0),
            (_list(2, "Full", ("A", "Accepted")), "Accepted", 2),
            (_list(5, "Differential", ("B", "Accepted")), "Accepted", 5),
            (_list(4, "Differential", ("C", "Accepted")), "VersionMismatch", 5),
            (_list(6, "Differential", ("D", "Accepted"), ("d", "Accepted")), "Failed", 5),
            (_list(6, "Full", ("D", None)), "Failed", 5),
            (_list(0, "Full", ("D", "Accepted")), "Failed", 5),
            (_list(7, "Differential", ("A", None), ("B", None)), "Accepted", 0),
            (_list(8, "Full", *[(f"T{n}", "Accepted") for n in range(101)]), "Failed", 0),
        ]:
            assert await bench.central.call("SendLocalList", update) == {"status": status}
            assert await bench.central.call("GetLocalListVersion") == {"listVersion": version}
        await bench.act("fail_local_list")
        assert await bench.central.call("SendLocalList", _list(9, "Full")) == {"status": "Failed"}
        assert await bench.central.call("SendLocalList", _list(9, "Full")) == {"status": "Accepted"}

    on_bench(scenario)


@pytest.mark.parametrize("off", ["no_local_list", "LocalAuthListEnabled"])
def test_without_a_local_list(off: str) -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("GetLocalListVersion") == {"listVersion": -1}
        assert await bench.central.call("SendLocalList", _list(1, "Full")) == {"status": "NotSupported"}

    variant = off == "no_local_list"
    on_bench(scenario, variants=(off,) if variant else (), settings={} if variant else {off: "false"})


def test_without_a_cache() -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("ClearCache") == {"status": "Rejected"}

    on_bench(scenario, variants=("no_cache",))


def _reservation(connector: int = 1, number: int = 1, **fields: Any) -> dict[str, Any]:
    wanted = {"connectorId": connector, "reservationId": number, "idTag": "TAG", "expiryDate": "2025-01-01T13:00:00Z"}
    return wanted | fields


async def _reserve(bench: Bench, **fields: Any) -> str:
    answer = await bench.central.call("ReserveNow", _reservation(**fields))
    return str(answer["status"])


def test_a_reserved_connector_is_for_its_holder() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench) == "Accepted"
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle()
        assert bench.central.story() == ["1 Reserved"]
        refused = await bench.central.call("RemoteStartTransaction", {"idTag": "OTHER", "connectorId": 1})
        assert refused == {"status": "Rejected"}
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("plug_in", connector=1)
        start = await bench.central.expect("StartTransaction")
        assert start.payload["reservationId"] == 1
        await bench.settle()
        assert bench.central.story() == ["1 Reserved", "Authorize", "1 Preparing", "StartTransaction", "1 Charging"]
        assert await bench.central.call("CancelReservation", {"reservationId": 1}) == {"status": "Rejected"}

    on_bench(scenario)


@pytest.mark.parametrize("how", ["card", "remote"])
def test_a_reservation_is_for_the_group_too(how: str) -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench, parentIdTag="GROUP") == "Accepted"
        if how == "card":
            await bench.act("present_id", connector=1, id_tag="OTHER")
        else:
            answer = await bench.central.call("RemoteStartTransaction", {"idTag": "OTHER", "connectorId": 1})
            assert answer == {"status": "Accepted"}
        await bench.act("plug_in", connector=1)
        assert (await bench.central.expect("StartTransaction")).payload["reservationId"] == 1

    on_bench(scenario, answers={"Authorize": {"idTagInfo": {"status": "Accepted", "parentIdTag": "GROUP"}}})


def test_a_stranger_of_another_group_does_not_get_a_reserved_connector() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench, parentIdTag="GROUP") == "Accepted"
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle(5)
        assert bench.central.story() == ["1 Reserved", "Authorize"]

    on_bench(scenario)


def test_reservations_expire_are_cancelled_and_are_replaced() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench, expiryDate="2025-01-01T12:01:00Z") == "Accepted"
        assert await _reserve(bench, expiryDate="2025-01-01T12:02:00Z") == "Accepted"
        assert await _reserve(bench, number=2) == "Occupied"
        available = await bench.central.expect("StatusNotification", status="Available")
        assert available.at == pytest.approx(120)
        bench.central.clear()
        assert await _reserve(bench) == "Accepted"
        assert await bench.central.call("CancelReservation", {"reservationId": 2}) == {"status": "Rejected"}
        assert await bench.central.call("CancelReservation", {"reservationId": 1}) == {"status": "Accepted"}
        await bench.settle()
        assert bench.central.story() == ["1 Reserved", "1 Available"]

    on_bench(scenario)


@pytest.mark.parametrize("connector", [0, 1])
def test_why_a_reservation_is_refused(connector: int) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("set_fault", connector=connector)
        assert await _reserve(bench, connector=connector) == "Faulted"
        await bench.act("clear_fault")
        await bench.central.call("ChangeAvailability", {"connectorId": connector, "type": "Inoperative"})
        await bench.settle()
        assert await _reserve(bench, connector=connector) == "Unavailable"
        await bench.central.call("ChangeAvailability", {"connectorId": connector, "type": "Operative"})
        await bench.act("plug_in", connector=1)
        assert await _reserve(bench, connector=connector) == "Occupied"
        assert await _reserve(bench, connector=9) == "Rejected"
        assert await _reserve(bench, expiryDate="2024-01-01T00:00:00Z") == "Rejected"
        assert await bench.central.call("ReserveNow", _reservation(expiryDate="soon")) == {
            "error": "PropertyConstraintViolation"
        }

    on_bench(scenario)


def test_a_reservation_of_the_station_holds_the_last_free_connector() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench, connector=0) == "Accepted"
        await bench.settle()
        assert bench.central.story() == []
        await bench.act("plug_in", connector=2)
        await bench.settle()
        assert bench.central.story() == ["1 Reserved", "2 Preparing"]
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.act("plug_in", connector=1)
        assert (await bench.central.expect("StartTransaction")).payload["reservationId"] == 1

    on_bench(scenario, variants=("two_connectors",))


def test_reserving_one_connector_of_an_evse_blocks_the_others() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _reserve(bench, connector=2) == "Accepted"
        await bench.settle()
        assert bench.central.story() == ["1 Unavailable", "2 Reserved", "3 Unavailable"]

    on_bench(scenario, variants=("three_connectors_one_evse",))


def test_a_reservation_outlives_a_reset_and_ends_with_a_fault() -> None:
    async def scenario(bench: Bench) -> None:
        await _reserve(bench)
        await bench.central.call("Reset", {"type": "Hard"})
        await bench.settle(30)
        assert bench.central.story()[-1] == "1 Reserved"
        bench.central.clear()
        await bench.act("set_fault", connector=1)
        await bench.act("clear_fault", connector=1)
        await bench.settle()
        assert bench.central.story() == ["1 Faulted", "1 Available"]

    on_bench(scenario)


@pytest.mark.parametrize(
    ("message", "connector", "status", "story"),
    [
        ("Heartbeat", None, "Accepted", ["Heartbeat"]),
        ("BootNotification", None, "Accepted", ["BootNotification"]),
        ("StatusNotification", 1, "Accepted", ["1 Available"]),
        ("StatusNotification", None, "Accepted", ["0 Available", "1 Available"]),
        ("StatusNotification", 2, "Rejected", []),
        ("MeterValues", 1, "Accepted", ["MeterValues"]),
        ("MeterValues", 2, "Rejected", []),
        ("DiagnosticsStatusNotification", None, "Accepted", ["DiagnosticsStatusNotification"]),
        ("FirmwareStatusNotification", None, "Accepted", ["FirmwareStatusNotification"]),
    ],
)
def test_trigger_message(message: str, connector: int | None, status: str, story: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        request = {"requestedMessage": message} | ({"connectorId": connector} if connector is not None else {})
        assert await bench.central.call("TriggerMessage", request) == {"status": status}
        await bench.settle()
        assert bench.central.story() == story
        if story == ["MeterValues"]:
            payload = bench.central.received[0].payload
            assert payload["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"
            assert "transactionId" not in payload

    on_bench(scenario)


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"vendorId": "nobody"}, "UnknownVendorId"), ({"vendorId": "labapp", "messageId": "x"}, "UnknownMessageId")],
)
def test_data_transfer(fields: dict[str, str], status: str) -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("DataTransfer", fields) == {"status": status}

    on_bench(scenario)


@pytest.mark.parametrize(
    ("action", "args", "reason"),
    [
        ("dance", {}, "unknown action 'dance'"),
        ("plug_in", {}, "plug_in: argument 'connector' is missing"),
        ("plug_in", {"connector": 9}, "there is no connector 9"),
        ("unplug", {"connector": 1}, "no cable is plugged in"),
        ("unplug_ev_side", {}, "no vehicle is connected"),
        ("ev_suspend", {}, "the vehicle is not charging"),
        ("power_on", {}, "the station has power"),
        ("set_fault", {"connector": 1, "error_code": "Smoke"}, "'Smoke' is no error code"),
        ("set_fault", {"connector": 9}, "there is no connector 9"),
        ("clear_fault", {"connector": 9}, "there is no connector 9"),
        ("inspect", {"subject": "colour", "expected": "red"}, "the simulator cannot look at 'colour'"),
        ("csms_request", {"message": "Reset"}, "csms_request is not done to a charging station"),
    ],
)
def test_impossible_actions_say_why(action: str, args: dict[str, Any], reason: str) -> None:
    async def scenario(bench: Bench) -> None:
        outcome = await bench.station.act(action, args)
        assert not outcome.done
        assert outcome.reason.startswith(reason)

    on_bench(scenario)


def test_hands_meet_resistance() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        assert (await bench.station.act("plug_in", {"connector": 1})).reason == "the cable is plugged in already"
        assert (await bench.station.act("plug_in_halfway", {})).reason == "the cable is plugged in already"

    async def fixed(bench: Bench) -> None:
        for action in ("plug_in_halfway", "set_connector_lock_failure"):
            assert (await bench.station.act(action, {})).reason == "the cable is fixed to the station"

    on_bench(scenario)
    on_bench(fixed, variants=("fixed_cable",))
