"""The simulated central systems against a station of the tests' own that sends raw frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from labapp.domain.actions import Outcome
from labapp.domain.errors import InputError
from labapp.domain.handshake import Admission, Handshake, basic_authorization
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import MemoryConnection, Rendezvous
from labapp.simulator.csms import Csms16
from labapp.simulator.csms201 import Csms201
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig, Tag, admission
from labapp.simulator.defects import CSMS_DEFECTS


class RawStation:
    """Sends raw requests, and accepts every request of the central system."""

    def __init__(self, connection: MemoryConnection, csms: SimulatedCsms) -> None:
        self.connection = connection
        self.csms = csms
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.replies: list[Any] = []
        self._arrived = asyncio.Event()
        self._serving = asyncio.ensure_future(self._serve())
        self._count = 0

    async def _serve(self) -> None:
        try:
            while True:
                frame = json.loads(await self.connection.recv())
                if frame[0] == 2:
                    self.requests.append((frame[2], frame[3]))
                    await self.connection.send(json.dumps([3, frame[1], {"status": "Accepted"}]))
                else:
                    self.replies.append(frame)
                self._arrived.set()
        except ConnectionError:
            return

    async def call(self, action: str, payload: Mapping[str, Any] | None = None) -> Any:
        self._count += 1
        await self.connection.send(json.dumps([2, f"s{self._count}", action, payload or {}]))
        async with asyncio.timeout(30):
            while True:
                for frame in self.replies:
                    if frame[1] == f"s{self._count}":
                        return frame[2]
                self._arrived.clear()
                await self._arrived.wait()

    async def told(self, message: str, **fields: Any) -> dict[str, Any]:
        """The payload that arrives after the operator asked for the request."""
        outcome = await self.csms.act("csms_request", {"message": message, "fields": fields})
        assert outcome == Outcome(True)
        await asyncio.sleep(1)
        return self.requests[-1][1]


def with_station(
    scenario: Callable[[RawStation], Awaitable[None]],
    *,
    made: type[SimulatedCsms] = Csms16,
    **config: Any,
) -> None:
    async def run() -> None:
        csms = made(CsmsConfig(version=made.version, **config), virtual_clock())
        rendezvous = Rendezvous()
        rendezvous.listen(csms.admit, csms.accept)
        subprotocol = "ocpp" + made.version
        station = RawStation(await rendezvous.dial(Handshake("CS-1", (subprotocol,))), csms)
        await scenario(station)
        await csms.stop()

    run_virtual(run())


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


@pytest.mark.parametrize(
    "action",
    CORE_REQUESTS,
)
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


def _seen(observe: Callable[[RawStation], Awaitable[Any]], *defects: str) -> Any:
    seen: list[Any] = []

    async def scenario(station: RawStation) -> None:
        seen.append(await observe(station))

    with_station(scenario, defects=frozenset(defects))
    return seen[0]


async def _unknown_tag(station: RawStation) -> Any:
    return (await station.call("Authorize", {"idTag": "NOBODY"}))["idTagInfo"]["status"]


async def _valid_tag(station: RawStation) -> Any:
    return (await station.call("Authorize", {"idTag": "LAB-VALID-1"}))["idTagInfo"]["status"]


async def _boot(station: RawStation) -> Any:
    return (await station.call("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}))["status"]


async def _purpose(station: RawStation) -> Any:
    return (await station.told("SetChargingProfile"))["csChargingProfiles"]["chargingProfilePurpose"]


async def _stopped(station: RawStation) -> Any:
    return (await station.told("RemoteStopTransaction", transactionId=5))["transactionId"]


async def _reset(station: RawStation) -> Any:
    return (await station.told("Reset"))["type"]


async def _requested(station: RawStation) -> Any:
    assert (await station.csms.act("csms_request", {"message": "Reset"})).done
    await asyncio.sleep(1)
    return len(station.requests)


async def _answers(station: RawStation) -> Any:
    await station.connection.send('[2,"x","Heartbeat",{}]')
    await asyncio.sleep(30)
    return [(frame[0], frame[1] == "x") for frame in station.replies]


DEFECTS: dict[str, tuple[Callable[[RawStation], Awaitable[Any]], Any, Any]] = {
    "authorizes_unknown": (_unknown_tag, "Invalid", "Accepted"),
    "refuses_valid": (_valid_tag, "Accepted", "Invalid"),
    "rejects_boot": (_boot, "Accepted", "Rejected"),
    "wrong_profile_purpose": (_purpose, "TxDefaultProfile", "ChargePointMaxProfile"),
    "wrong_transaction_id": (_stopped, 5, 6),
    "wrong_reset_type": (_reset, "Hard", "Soft"),
    "never_requests": (_requested, 1, 0),
    "wrong_reply_id": (_answers, [(3, True)], [(3, False)]),
    "late_reply": (_answers, [(3, True)], []),
    "two_answers": (_answers, [(3, True)], [(3, True), (3, True)]),
    "unknown_error_code": (_answers, [(3, True)], [(4, True)]),
}


def test_every_defect_is_tried() -> None:
    assert {*DEFECTS, "accepts_without_authorization", "accepts_any_subprotocol"} == set(CSMS_DEFECTS)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_shows_and_only_there(defect: str) -> None:
    observe, sound, spoilt = DEFECTS[defect]
    assert _seen(observe) == sound
    assert _seen(observe, defect) == spoilt


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
