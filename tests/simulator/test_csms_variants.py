"""The variants of the simulated central systems: each differs from the standard one in what it says, within the specification."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from labapp.simulator.csms201 import Csms201
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.csms_variants import CSMS_VARIANTS, csms_config
from tests.simulator.raw_station import RawStation, with_station

BOOT = {"chargePointVendor": "v", "chargePointModel": "m"}
BOOT_201 = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}
START = {"connectorId": 1, "meterStart": 0, "timestamp": "2025-01-01T12:00:00Z", "idTag": "LAB-VALID-1"}
STOP = {"meterStop": 1, "timestamp": "2025-01-01T12:00:00Z", "transactionId": 1, "idTag": "LAB-VALID-1"}


@pytest.mark.parametrize("name", CSMS_VARIANTS)
def test_every_variant_is_another_central_system(name: str) -> None:
    assert csms_config(CsmsConfig(), [name]) != CsmsConfig()


@pytest.mark.parametrize(
    ("made", "variant", "expected"),
    [
        (None, "asks_configuration", ["GetConfiguration"]),
        (None, "sets_configuration", ["ChangeConfiguration", "GetConfiguration"]),
        (None, "triggers_status", ["TriggerMessage"]),
        (None, "vendor_data", ["DataTransfer", "DataTransfer"]),
        (None, "pipelines", ["GetConfiguration", "TriggerMessage", "DataTransfer"]),
        (Csms201, "asks_configuration", ["GetVariables"]),
        (Csms201, "sets_configuration", ["SetVariables", "GetVariables"]),
        (Csms201, "pipelines", ["GetVariables", "TriggerMessage", "DataTransfer"]),
    ],
)
def test_what_it_asks_on_its_own(made: type[SimulatedCsms] | None, variant: str, expected: list[str]) -> None:
    async def scenario(station: RawStation) -> None:
        await station.call("BootNotification", BOOT_201 if made else BOOT)
        await asyncio.sleep(45)
        assert [action for action, _ in station.requests] == expected

    with_station(scenario, variants=[variant], **({"made": made} if made else {}))


def test_pipelined_requests_do_not_wait_for_answers() -> None:
    async def scenario(station: RawStation) -> None:
        station.mute = True
        assert (await station.csms.act("csms_request", {"message": "Reset"})).done
        await asyncio.sleep(1)
        assert [action for action, _ in station.requests] == ["DataTransfer", "Reset"]

    with_station(scenario, variants=["pipelines"])


def test_a_transaction_is_stopped_by_policy_unless_it_has_ended() -> None:
    async def scenario(station: RawStation) -> None:
        await station.call("StartTransaction", START)
        await asyncio.sleep(3)
        assert station.requests == [("RemoteStopTransaction", {"transactionId": 1})]
        await station.call("StartTransaction", START)
        await station.call("StopTransaction", STOP | {"transactionId": 2})
        await asyncio.sleep(3)
        assert len(station.requests) == 1

    with_station(scenario, variants=["stops_by_policy"])


def test_answers_and_requests_that_take_their_time() -> None:
    async def scenario(station: RawStation) -> None:
        await station.connection.send('[2,"x","Heartbeat",{}]')
        assert (await station.csms.act("csms_request", {"message": "Reset"})).done
        await asyncio.sleep(19)
        assert (station.replies, station.requests) == ([], [])
        await asyncio.sleep(2)
        assert ([frame[1] for frame in station.replies], len(station.requests)) == (["x"], 1)

    with_station(scenario, variants=["slow_answers", "slow_requests"])


@pytest.mark.parametrize(
    ("variant", "id_tag", "expected"),
    [
        ("no_parents", "LAB-VALID-1", {"status": "Accepted"}),
        (
            "expiry_dates",
            "LAB-VALID-1",
            {"status": "Accepted", "parentIdTag": "LAB-PARENT", "expiryDate": "2026-01-01T12:00:00.000Z"},
        ),
        ("expiry_dates", "LAB-EXPIRED", {"status": "Expired", "expiryDate": "2024-12-31T12:00:00.000Z"}),
    ],
)
def test_what_is_told_of_an_identifier(variant: str, id_tag: str, expected: dict[str, Any]) -> None:
    async def scenario(station: RawStation) -> None:
        assert (await station.call("Authorize", {"idTag": id_tag}))["idTagInfo"] == expected

    with_station(scenario, variants=[variant])


@pytest.mark.parametrize(
    ("variant", "action", "payload", "expected"),
    [
        ("silent_stop", "StopTransaction", STOP, {}),
        ("large_ids", "StartTransaction", START, {"transactionId": 2000000001}),
        ("no_heartbeat", "BootNotification", BOOT, {"interval": 0}),
        ("rare_heartbeat", "BootNotification", BOOT, {"interval": 86400}),
        ("rejects_data", "DataTransfer", {"vendorId": "x"}, {"status": "Rejected"}),
        ("unknown_message", "DataTransfer", {"vendorId": "x"}, {"status": "UnknownMessageId"}),
        ("accepts_data", "DataTransfer", {"vendorId": "x"}, {"status": "Accepted"}),
        ("whole_seconds", "Heartbeat", {}, {"currentTime": "2025-01-01T12:00:00Z"}),
    ],
)
def test_answers(variant: str, action: str, payload: dict[str, Any], expected: dict[str, Any]) -> None:
    async def scenario(station: RawStation) -> None:
        answer = await station.call(action, payload)
        assert {name: answer[name] for name in expected} == expected
        assert expected or answer == {}

    with_station(scenario, variants=[variant])


@pytest.mark.parametrize(
    ("variant", "message", "fields", "expected"),
    [
        ("no_connector_at_start", "RemoteStartTransaction", {}, {"idTag": "LAB-VALID-1"}),
        (
            "no_connector_at_start",
            "RemoteStartTransaction",
            {"connectorId": 2},
            {"connectorId": 2, "idTag": "LAB-VALID-1"},
        ),
        ("empty_key_list", "GetConfiguration", {"key": None}, {"key": []}),
        ("empty_key_list", "GetConfiguration", {"key": ["X"]}, {"key": ["X"]}),
        (
            "lower_case_tags",
            "RemoteStartTransaction",
            {"idTag": "LAB-VALID-1"},
            {"connectorId": 1, "idTag": "lab-valid-1"},
        ),
        (
            "lower_case_tags",
            "SendLocalList",
            {"localAuthorizationList[0].idTagInfo.parentIdTag": "LAB-GROUP"},
            {
                "listVersion": 1,
                "updateType": "Full",
                "localAuthorizationList": [
                    {"idTag": "lab-valid-1", "idTagInfo": {"status": "Accepted", "parentIdTag": "LAB-GROUP"}}
                ],
            },
        ),
        (
            "optional_fields",
            "GetDiagnostics",
            {"location": "ftp://h", "stopTime": None},
            {"location": "ftp://h", "retries": 2, "retryInterval": 30, "startTime": "2024-12-31T12:00:00.000Z"},
        ),
    ],
)
def test_requests(variant: str, message: str, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    async def scenario(station: RawStation) -> None:
        assert await station.told(message, **fields) == expected

    with_station(scenario, variants=[variant])


def test_a_transaction_profile_is_relative_whatever_is_entered() -> None:
    async def scenario(station: RawStation) -> None:
        path = "csChargingProfiles.chargingProfile"
        sent = await station.told("SetChargingProfile", **{f"{path}Purpose": "TxProfile", f"{path}Kind": "Absolute"})
        profile = sent["csChargingProfiles"]
        assert profile["chargingProfileKind"] == "Relative"
        assert not {"validFrom", "validTo"} & set(profile)
        assert "startSchedule" not in profile["chargingSchedule"]
        other = await station.told("SetChargingProfile")
        assert other["csChargingProfiles"]["chargingProfileKind"] == "Absolute"

    with_station(scenario, variants=["relative_profiles"])


@pytest.mark.parametrize(("phases", "expected"), [(3, None), (1, 1)])
def test_three_phases_go_without_saying(phases: int, expected: int | None) -> None:
    async def scenario(station: RawStation) -> None:
        path = "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].numberPhases"
        sent = await station.told("SetChargingProfile", **{path: phases})
        (period,) = sent["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"]
        assert period.get("numberPhases") == expected

    with_station(scenario, variants=["three_phases_omitted"])


def test_json_over_several_lines_in_another_order() -> None:
    async def scenario(station: RawStation) -> None:
        await station.call("BootNotification", BOOT)
        await station.told("Reset")
        answer, request = station.texts
        assert all("\n" in text for text in station.texts)
        assert list(json.loads(answer)[2]) == ["status", "interval", "currentTime"]
        assert json.loads(request)[2:] == ["Reset", {"type": "Hard"}]

    with_station(scenario, variants=["roomy_json"])
