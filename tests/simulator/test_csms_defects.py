"""Every defect of the simulated central systems: it shows where it should, and the sound one does not have it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from labapp.domain.handshake import Handshake
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import ConnectionClosed, Rendezvous
from labapp.simulator.csms import Csms16
from labapp.simulator.csms_base import FLOOD, LATE_REQUEST
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.defects import CSMS_DEFECTS
from tests.simulator.raw_station import RawStation, with_station

Observation = Callable[[RawStation], Awaitable[Any]]

BOOT = {"chargePointVendor": "v", "chargePointModel": "m"}
START = {"connectorId": 1, "meterStart": 0, "timestamp": "2025-01-01T12:00:00Z"}


def _status_of(action: str, id_tag: str) -> Observation:
    async def observe(station: RawStation) -> Any:
        fields = START if action == "StartTransaction" else {}
        return (await station.call(action, fields | {"idTag": id_tag}))["idTagInfo"]["status"]

    return observe


def _sent(message: str, path: str, **fields: Any) -> Observation:
    """The value at the path of the request that goes out; None where it is absent."""

    async def observe(station: RawStation) -> Any:
        value: Any = await station.told(message, **fields)
        for step in path.split("."):
            value = value[int(step)] if step.isdigit() else value.get(step)
        return value

    return observe


async def _boots(station: RawStation) -> Any:
    return [(await station.call("BootNotification", BOOT))["status"] for _ in range(2)]


async def _interval(station: RawStation) -> Any:
    return (await station.call("BootNotification", BOOT)).get("interval")


async def _requests(station: RawStation) -> Any:
    assert (await station.csms.act("csms_request", {"message": "Reset"})).done
    await asyncio.sleep(1)
    early = len(station.requests)
    await asyncio.sleep(LATE_REQUEST)
    return early, len(station.requests)


async def _second_list(station: RawStation) -> Any:
    await station.told("SendLocalList")
    update = await station.told("SendLocalList", updateType="Differential")
    return update["listVersion"], len(update["localAuthorizationList"])


async def _second_profile(station: RawStation) -> Any:
    await station.told("SetChargingProfile")
    return (await station.told("SetChargingProfile"))["csChargingProfiles"]["chargingProfileId"]


async def _answers(station: RawStation) -> Any:
    await station.connection.send('[2,"x","Heartbeat",{}]')
    await asyncio.sleep(30)
    return [(frame[0], frame[1] == "x") for frame in station.replies]


async def _error_code(station: RawStation) -> Any:
    await station.connection.send('[2,"x","Heartbeat",{}]')
    await asyncio.sleep(1)
    (frame,) = station.replies
    return frame[2] if frame[0] == 4 else ""


async def _readable(station: RawStation) -> Any:
    await station.connection.send('[2,"x","Heartbeat",{}]')
    await asyncio.sleep(1)
    return len(station.texts), len(station.replies)


async def _answered_status(station: RawStation) -> Any:
    status = '{"connectorId":1,"errorCode":"NoError","status":"Available"}'
    await station.connection.send(f'[ 2, "x", "StatusNotification", {status}]')
    await station.connection.send('[2,"y","Heartbeat",{}]')
    await asyncio.sleep(1)
    return [frame[1] for frame in station.replies]


async def _stays(station: RawStation) -> Any:
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    await station.call("StatusNotification", status)
    open_before = not station.connection.closed
    await station.call("StatusNotification", status | {"status": "Preparing"})
    await asyncio.sleep(1)
    return open_before, not station.connection.closed


async def _own_requests(station: RawStation) -> Any:
    await station.call("BootNotification", BOOT)
    await asyncio.sleep(1)
    return len(station.requests)


PROFILE = "csChargingProfiles"

DEFECTS: dict[str, tuple[Observation, Any, Any]] = {
    "authorizes_unknown": (_status_of("Authorize", "NOBODY"), "Invalid", "Accepted"),
    "refuses_valid": (_status_of("Authorize", "LAB-VALID-1"), "Accepted", "Invalid"),
    "one_refusal_for_all": (_status_of("Authorize", "LAB-EXPIRED"), "Expired", "Invalid"),
    "refuses_at_start": (_status_of("StartTransaction", "LAB-VALID-1"), "Accepted", "Invalid"),
    "accepts_at_start": (_status_of("StartTransaction", "LAB-BLOCKED"), "Blocked", "Accepted"),
    "rejects_boot": (_boots, ["Accepted", "Accepted"], ["Rejected", "Rejected"]),
    "rejects_second_boot": (_boots, ["Accepted", "Accepted"], ["Accepted", "Rejected"]),
    "wrong_profile_purpose": (
        _sent("SetChargingProfile", f"{PROFILE}.chargingProfilePurpose"),
        "TxDefaultProfile",
        "ChargePointMaxProfile",
    ),
    "wrong_profile_transaction": (_sent("SetChargingProfile", f"{PROFILE}.transactionId"), None, 1),
    "same_profile_id": (_second_profile, 2, 1),
    "recurring_profiles": (_sent("SetChargingProfile", f"{PROFILE}.recurrencyKind"), None, "Daily"),
    "no_validity": (_sent("SetChargingProfile", f"{PROFILE}.validTo"), "2025-01-02T12:00:00.000Z", None),
    "wrong_stack_level": (_sent("SetChargingProfile", f"{PROFILE}.stackLevel"), 0, 1),
    "wrong_limit": (
        _sent("SetChargingProfile", f"{PROFILE}.chargingSchedule.chargingSchedulePeriod.0.limit"),
        6.0,
        7.0,
    ),
    "wrong_rate_unit": (_sent("SetChargingProfile", f"{PROFILE}.chargingSchedule.chargingRateUnit"), "A", "W"),
    "wrong_duration": (_sent("GetCompositeSchedule", "duration"), 300, 301),
    "clears_everything": (_sent("ClearChargingProfile", "id", id=3), 3, None),
    "wrong_transaction_id": (_sent("RemoteStopTransaction", "transactionId", transactionId=5), 5, 6),
    "wrong_reset_type": (_sent("Reset", "type"), "Hard", "Soft"),
    "wrong_connector": (_sent("UnlockConnector", "connectorId"), 1, 2),
    "wrong_id_tag": (_sent("ReserveNow", "idTag"), "LAB-VALID-1", "NOBODY"),
    "wrong_key": (_sent("ChangeConfiguration", "key"), "MeterValueSampleInterval", "ResetRetries"),
    "wrong_value": (_sent("ChangeConfiguration", "value"), "60", "601"),
    "wrong_availability": (_sent("ChangeAvailability", "type"), "Operative", "Inoperative"),
    "wrong_trigger": (_sent("TriggerMessage", "requestedMessage"), "StatusNotification", "BootNotification"),
    "wrong_update_type": (_sent("SendLocalList", "updateType"), "Full", "Differential"),
    "list_without_info": (
        _sent("SendLocalList", "localAuthorizationList.0.idTagInfo", **{"localAuthorizationList[0].idTagInfo": {}}),
        {"status": "Accepted", "parentIdTag": "LAB-PARENT"},
        None,
    ),
    "same_list_version": (_second_list, (2, 1), (1, 1)),
    "whole_list_again": (_second_list, (2, 1), (2, 2)),
    "wrong_location": (_sent("GetDiagnostics", "location", location="ftp://h"), "ftp://h", "ftp://h/elsewhere"),
    "wrong_reservation_id": (_sent("CancelReservation", "reservationId"), 1, 2),
    "wrong_expiry": (_sent("ReserveNow", "expiryDate"), "2025-01-01T13:00:00.000Z", "2099-01-01T00:00:00Z"),
    "never_requests": (_requests, (1, 1), (0, 0)),
    "late_request": (_requests, (1, 1), (0, 1)),
    "requests_twice": (_requests, (1, 1), (2, 2)),
    "closes_in_mid_case": (_stays, (True, True), (True, False)),
    "floods": (_own_requests, 0, FLOOD),
    "wrong_reply_id": (_answers, [(3, True)], [(3, False)]),
    "late_reply": (_answers, [(3, True)], []),
    "two_answers": (_answers, [(3, True)], [(3, True), (3, True)]),
    "unknown_error_code": (_error_code, "", "SomethingWentWrong"),
    "internal_error": (_error_code, "", "InternalError"),
    "no_interval": (_interval, 300, None),
    "lower_case_status": (_boots, ["Accepted", "Accepted"], ["accepted", "accepted"]),
    "cut_frames": (_readable, (1, 1), (1, 0)),
    "no_answer_to_status": (_answered_status, ["x", "y"], ["y"]),
}

#: Those of the handshake are tried with it.
OF_THE_HANDSHAKE = {
    "accepts_without_authorization",
    "accepts_any_subprotocol",
    "takes_first_subprotocol",
    "names_no_subprotocol",
    "closes_after_upgrade",
}


def _seen(observe: Observation, *defects: str) -> Any:
    seen: list[Any] = []

    async def scenario(station: RawStation) -> None:
        seen.append(await observe(station))

    with_station(scenario, defects=frozenset(defects))
    return seen[0]


def test_every_defect_is_tried() -> None:
    assert {*DEFECTS, *OF_THE_HANDSHAKE} == set(CSMS_DEFECTS)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_shows_and_only_there(defect: str) -> None:
    observe, sound, spoilt = DEFECTS[defect]
    assert _seen(observe) == sound
    assert _seen(observe, defect) == spoilt


def test_a_request_that_it_closes_instead_of_sending() -> None:
    async def scenario(station: RawStation) -> None:
        assert (await station.csms.act("csms_request", {"message": "Reset"})).done
        await asyncio.sleep(1)
        assert (station.requests, station.connection.closed) == ([], True)

    with_station(scenario, defects=frozenset({"closes_in_mid_case"}))


def test_a_flood_comes_before_the_request_too() -> None:
    async def scenario(station: RawStation) -> None:
        await station.told("Reset")
        assert [action for action, _ in station.requests] == ["DataTransfer"] * FLOOD + ["Reset"]

    with_station(scenario, defects=frozenset({"floods"}))


def test_an_upgrade_that_is_closed_at_once() -> None:
    async def run() -> None:
        csms = Csms16(CsmsConfig(defects=frozenset({"closes_after_upgrade"})), virtual_clock())
        rendezvous = Rendezvous()
        rendezvous.listen(csms.admit, csms.accept)
        connection = await rendezvous.dial(Handshake("CS-1", ("ocpp0.1",)))
        with pytest.raises(ConnectionClosed, match=r"^closed with code 1002 no subprotocol in common$"):
            await connection.recv()
        await csms.stop()

    run_virtual(run())
