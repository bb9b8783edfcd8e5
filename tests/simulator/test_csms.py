"""The simulated central systems against a station of the tests' own that sends raw frames."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.domain.handshake import Admission, Handshake, basic_authorization
from labapp.simulator.csms201 import Csms201
from labapp.simulator.csms_settings import CsmsConfig, Tag, admission
from labapp.simulator.csms_variants import csms_config
from tests.simulator.raw_station import RawStation, with_station

CORE_REQUESTS = (
    "CancelReservation", "ChangeAvailability", "ChangeConfiguration", "ClearCache", "ClearChargingProfile",
    "DataTransfer", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics", "GetLocalListVersion",
    "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList",
    "SetChargingProfile", "TriggerMessage", "UnlockConnector", "UpdateFirmware",
)  # fmt: skip
REQUESTS_201 = (
    "ChangeAvailability", "ClearCache", "GetBaseReport", "GetVariables", "RequestStartTransaction",
    "RequestStopTransaction", "Reset", "TriggerMessage", "UnlockConnector",
)  # fmt: skip

START = {"connectorId": 1, "meterStart": 0, "timestamp": "2025-01-01T12:00:00Z"}


def test_a_session_from_boot_to_stop() -> None:
    async def scenario(station: RawStation) -> None:
        boot = await station.call("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"})
        assert boot == {"currentTime": "2025-01-01T12:00:00.000Z", "interval": 300, "status": "Accepted"}
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}
        assert await station.call("StatusNotification", status) == {}
        accepted = {"idTagInfo": {"status": "Accepted", "parentIdTag": "LAB-PARENT"}}
        assert await station.call("Authorize", {"idTag": "lab-valid-1"}) == accepted
        started = await station.call("StartTransaction", START | {"idTag": "LAB-VALID-1"})
        assert started == {"transactionId": 1, **accepted}
        value = {"timestamp": "2025-01-01T12:00:00Z", "sampledValue": [{"value": "1"}]}
        assert await station.call("MeterValues", {"connectorId": 1, "meterValue": [value]}) == {}
        stop = {"meterStop": 1, "timestamp": "2025-01-01T12:00:00Z", "transactionId": 1}
        assert await station.call("StopTransaction", stop) == {}
        assert await station.call("StopTransaction", stop | {"idTag": "LAB-VALID-1"}) == accepted
        assert await station.call("Heartbeat") == {"currentTime": "2025-01-01T12:00:00.000Z"}
        assert await station.call("DataTransfer", {"vendorId": "x"}) == {"status": "UnknownVendorId"}
        assert await station.call("DiagnosticsStatusNotification", {"status": "Idle"}) == {}
        assert await station.call("FirmwareStatusNotification", {"status": "Idle"}) == {}

    with_station(scenario)


@pytest.mark.parametrize(
    ("id_tag", "status"),
    [
        ("LAB-VALID-2", "Accepted"),
        ("LAB-INVALID", "Invalid"),
        ("LAB-EXPIRED", "Expired"),
        ("LAB-BLOCKED", "Blocked"),
        ("NOBODY", "Invalid"),
    ],
)
def test_the_table_of_tags(id_tag: str, status: str) -> None:
    async def scenario(station: RawStation) -> None:
        answer = await station.call("Authorize", {"idTag": id_tag})
        assert answer["idTagInfo"]["status"] == status
        started = await station.call("StartTransaction", START | {"idTag": id_tag})
        assert started["idTagInfo"]["status"] == status

    with_station(scenario)


def test_requests_are_completed_from_the_fields_given() -> None:
    async def scenario(station: RawStation) -> None:
        assert await station.told("Reset", type="Soft") == {"type": "Soft"}
        assert station.requests[-1][0] == "Reset"
        assert await station.told("RemoteStopTransaction") == {"transactionId": 0}
        await station.call("StartTransaction", START | {"idTag": "LAB-VALID-1"})
        assert await station.told("RemoteStopTransaction.req") == {"transactionId": 1}
        assert await station.told("RemoteStartTransaction") == {"connectorId": 1, "idTag": "LAB-VALID-1"}
        assert await station.told("RemoteStartTransaction", connectorId=None) == {"idTag": "LAB-VALID-1"}
        with_profile = await station.told("RemoteStartTransaction", **{"chargingProfile.stackLevel": 2})
        assert with_profile["chargingProfile"]["chargingProfilePurpose"] == "TxProfile"
        assert with_profile["chargingProfile"]["stackLevel"] == 2
        profile = await station.told(
            "SetChargingProfile",
            csChargingProfiles={"stackLevel": 3},
            **{"csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit": 7.5},
        )
        wanted = profile["csChargingProfiles"]
        assert (wanted["stackLevel"], wanted["chargingProfilePurpose"]) == (3, "TxDefaultProfile")
        assert wanted["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 7.5}]
        assert wanted["validFrom"] == wanted["chargingSchedule"]["startSchedule"]

    with_station(scenario)


def test_what_it_has_given_and_what_was_accepted_shapes_the_next_request() -> None:
    async def scenario(station: RawStation) -> None:
        first = await station.told("SetChargingProfile")
        second = await station.told("SetChargingProfile", **{"csChargingProfiles.chargingProfilePurpose": "TxProfile"})
        whole = {"csChargingProfiles.chargingProfilePurpose": "ChargePointMaxProfile"}
        third = await station.told("SetChargingProfile", **whole)
        profiles = [each["csChargingProfiles"] for each in (first, second, third)]
        assert [each["chargingProfileId"] for each in profiles] == [1, 2, 3]
        assert [each["connectorId"] for each in (first, second, third)] == [1, 1, 0]
        assert all("transactionId" not in each for each in profiles)
        await station.call("StartTransaction", START | {"idTag": "LAB-VALID-1"})
        running = await station.told("SetChargingProfile", **{"csChargingProfiles.chargingProfilePurpose": "TxProfile"})
        assert running["csChargingProfiles"]["transactionId"] == 1
        reserved = await station.told("ReserveNow", parentIdTag="<present>")
        assert (reserved["reservationId"], reserved["parentIdTag"]) == (1, "LAB-PARENT")
        assert (await station.told("ReserveNow"))["reservationId"] == 2
        assert await station.told("CancelReservation") == {"reservationId": 2}
        trigger = await station.told("TriggerMessage", requestedMessage="Heartbeat")
        assert trigger == {"requestedMessage": "Heartbeat"}
        trigger = await station.told("TriggerMessage", requestedMessage="MeterValues")
        assert trigger == {"requestedMessage": "MeterValues", "connectorId": 1}

    with_station(scenario)


def test_a_list_that_was_accepted_is_gone_on_from() -> None:
    async def scenario(station: RawStation) -> None:
        full = await station.told("SendLocalList")
        assert (full["listVersion"], full["updateType"]) == (1, "Full")
        assert [each["idTag"] for each in full["localAuthorizationList"]] == ["LAB-VALID-1"]
        update = await station.told("SendLocalList", updateType="Differential")
        info = {"status": "Accepted", "parentIdTag": "LAB-PARENT"}
        assert update == {
            "listVersion": 2,
            "updateType": "Differential",
            "localAuthorizationList": [{"idTag": "LAB-VALID-2", "idTagInfo": info}],
        }
        again = await station.told("SendLocalList", updateType="Differential")
        assert (again["listVersion"], again["localAuthorizationList"][0]["idTag"]) == (3, "LAB-VALID-1")

    with_station(scenario)


def test_a_list_that_was_refused_counts_for_nothing() -> None:
    async def scenario(station: RawStation) -> None:
        station.answers = {"status": "Failed"}
        assert (await station.told("SendLocalList"))["listVersion"] == 1
        station.answers = {"listVersion": 7}
        await station.told("GetLocalListVersion")
        assert (await station.told("SendLocalList"))["listVersion"] == 8

    with_station(scenario)


@pytest.mark.parametrize("action", CORE_REQUESTS)
def test_every_core_request_is_valid_as_it_stands(action: str) -> None:
    async def scenario(station: RawStation) -> None:
        await station.told(action)
        assert [name for name, _ in station.requests] == [action]

    with_station(scenario)


def test_what_cannot_be_sent() -> None:
    async def scenario(station: RawStation) -> None:
        async def refused(message: str, **fields: Any) -> str:
            return (await station.csms.act("csms_request", {"message": message, "fields": fields})).reason

        assert await refused("Sing") == "the central system cannot send Sing"
        assert (await refused("Reset", colour="red")).startswith("Reset cannot be made with these fields: ")
        assert (await station.csms.act("plug_in", {"connector": 1})).reason == "plug_in is not done to a central system"
        assert (await station.csms.act("csms_request", {})).reason.startswith("csms_request: argument 'message'")
        await station.connection.close()
        await asyncio.sleep(1)
        assert await refused("Reset") == "no station is connected"

    with_station(scenario)


CREDENTIALS = basic_authorization("CS-1", "0123456789abcdef")


@pytest.mark.parametrize(
    ("handshake", "defects", "expected"),
    [
        (Handshake("CS-1", authorization=CREDENTIALS), (), Admission(subprotocol="ocpp1.6")),
        (Handshake("CS-1"), (), Admission(401, reason="authorization")),
        (Handshake("CS-1", authorization=CREDENTIALS + "x"), (), Admission(401, reason="authorization")),
        (Handshake("CS-2", authorization=CREDENTIALS), (), Admission(404, reason="identity")),
        (Handshake("CS-1", ("ocpp2.0.1",), CREDENTIALS), (), Admission(400, reason="subprotocol")),
        (Handshake("CS-1", (), CREDENTIALS), ("accepts_any_subprotocol",), Admission(400, reason="subprotocol")),
        (Handshake("CS-1", ("x",), CREDENTIALS), ("accepts_any_subprotocol",), Admission(subprotocol="x")),
        (Handshake("CS-1"), ("accepts_without_authorization",), Admission(subprotocol="ocpp1.6")),
        (Handshake("CS-1", ("ocpp0.1", "ocpp1.6"), CREDENTIALS), (), Admission(subprotocol="ocpp1.6")),
        (
            Handshake("CS-1", ("ocpp0.1", "ocpp1.6"), CREDENTIALS),
            ("takes_first_subprotocol",),
            Admission(subprotocol="ocpp0.1"),
        ),
        (
            Handshake("CS-1", ("ocpp0.1",), CREDENTIALS),
            ("takes_first_subprotocol",),
            Admission(400, reason="subprotocol"),
        ),
        (Handshake("CS-1", authorization=CREDENTIALS), ("names_no_subprotocol",), Admission()),
        (Handshake("CS-1", ("ocpp0.1",), CREDENTIALS), ("closes_after_upgrade",), Admission()),
        (Handshake("CS-1", authorization=CREDENTIALS), ("closes_after_upgrade",), Admission(subprotocol="ocpp1.6")),
    ],
)
@pytest.mark.parametrize("password", ["0123456789abcdef", "30313233343536373839616263646566"])
def test_admission(handshake: Handshake, defects: tuple[str, ...], expected: Admission, password: str) -> None:
    config = CsmsConfig(stations={"CS-1": password}, defects=frozenset(defects))
    assert admission(config, handshake) == expected


def test_without_a_table_of_stations_everyone_is_admitted() -> None:
    assert admission(CsmsConfig(), Handshake("anyone")).admitted
    assert admission(CsmsConfig(stations={"CS-1": None}), Handshake("CS-1")).admitted


def test_settings_that_do_not_exist() -> None:
    with pytest.raises(InputError, match=r"^unknown defect 'lazy' - use one of accepts_without_authorization, "):
        CsmsConfig(defects=frozenset({"lazy"}))
    with pytest.raises(InputError, match=r"^unknown OCPP version '1.5' - use one of 1.6, 2.0.1$"):
        CsmsConfig(version="1.5")
    with pytest.raises(InputError, match=r"^unknown variant 'quick' - use one of asks_configuration, "):
        csms_config(CsmsConfig(), ["quick"])


def test_a_session_of_2_0_1_with_an_immediate_reset() -> None:
    async def scenario(station: RawStation) -> None:
        boot = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}
        assert (await station.call("BootNotification", boot))["status"] == "Accepted"
        status = {
            "timestamp": "2025-01-01T12:00:00Z", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1,
        }  # fmt: skip
        assert await station.call("StatusNotification", status) == {}
        event = {
            "eventId": 1, "timestamp": "2025-01-01T12:00:00Z", "trigger": "Delta", "actualValue": "Occupied",
            "eventNotificationType": "HardWiredNotification",
            "component": {"name": "Connector"}, "variable": {"name": "AvailabilityState"},
        }  # fmt: skip
        notify = {"generatedAt": "2025-01-01T12:00:00Z", "seqNo": 0, "eventData": [event]}
        assert await station.call("NotifyEvent", notify) == {}
        token = {"idToken": "LAB-VALID-1", "type": "ISO14443"}
        group = {"groupIdToken": {"idToken": "LAB-PARENT", "type": "Central"}, "status": "Accepted"}
        assert await station.call("Authorize", {"idToken": token}) == {"idTokenInfo": group}
        transaction = {
            "eventType": "Started", "timestamp": "2025-01-01T12:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
            "transactionInfo": {"transactionId": "T1"},
        }  # fmt: skip
        assert await station.call("TransactionEvent", transaction | {"idToken": token}) == {"idTokenInfo": group}
        assert await station.told("RequestStopTransaction") == {"transactionId": "T1"}
        assert await station.told("ResetRequest") == {"type": "Immediate"}
        assert await station.call("TransactionEvent", transaction | {"eventType": "Ended", "seqNo": 1}) == {}
        assert await station.told("RequestStopTransaction") == {"transactionId": "unknown"}

    with_station(scenario, made=Csms201)


@pytest.mark.parametrize(
    "action",
    REQUESTS_201,
)
def test_every_2_0_1_request_is_valid_as_it_stands(action: str) -> None:
    async def scenario(station: RawStation) -> None:
        await station.told(action)
        assert [name for name, _ in station.requests] == [action]

    with_station(scenario, made=Csms201)


def test_tags_are_given_by_configuration() -> None:
    async def scenario(station: RawStation) -> None:
        assert (await station.call("Authorize", {"idTag": "MINE"}))["idTagInfo"] == {
            "status": "Blocked",
            "parentIdTag": "P",
        }

    with_station(scenario, tags={"mine": Tag("Blocked", "P")})
