"""Central systems that keep to the case documents, and that break them: verdict, reason and step."""

from __future__ import annotations

import asyncio
import http
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Response

from tests.acceptance.bench_of_csms import PASSWORD, Bench, profile
from tests.acceptance.central_system import CallError, CentralSystem, Close, Late, Payload, Silence, now


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    system = CentralSystem()
    async with system.open():
        yield Bench(tmp_path, system, requests={"SetChargingProfile": profile})


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Bench]:
    """A central system of security profile 1."""
    system = CentralSystem(password=PASSWORD)
    async with system.open():
        yield Bench(tmp_path, system)


@pytest.fixture
async def newer(tmp_path: Path) -> AsyncIterator[Bench]:
    """A central system of OCPP 2.0.1."""
    system = CentralSystem(ocpp="2.0.1")
    async with system.open():
        yield Bench(tmp_path, system, requests={"Reset": lambda: {"type": "Immediate"}})


def passes(row: Payload) -> None:
    assert (row["verdict"], row["tool_result"], row["findings"], row["status"]) == ("PASS", "PASS", [], 0), row


def fails(row: Payload, reason: str, step: int | str, field: str = "", message: str = "") -> Payload:
    """FAIL for a reason; the finding at a step, about a field and a message."""
    assert (row["verdict"], row["tool_result"], row["reason_code"]) == ("FAIL", "FAIL", reason), row
    assert row["status"] == 1
    at = [found for found in row["findings"] if found["step"] == step]
    assert at, row["findings"]
    hits = [found for found in at if found["field"] == field and message in found["message"]]
    assert hits, at
    found: Payload = hits[0]
    return found


# What keeps to the documents


async def test_a_conformant_central_system_passes(bench: Bench) -> None:
    """Its charging session comes with the values and in the order of TC_003_CSMS."""
    for row in await bench.run_all("TC_003_CSMS", "TC_012_CSMS", "TC_056_CSMS"):
        passes(row)
    assert [prompt for prompt in bench.asked if prompt["kind"] != "action"] == []
    assert (await bench.rejudged())["same"] is True
    sent = [(action, payload.get("status")) for way, action, payload in bench.system.log if way == "in"]
    started = sent.index(("StatusNotification", "Preparing"))
    assert sent[started : started + 4] == [
        ("StatusNotification", "Preparing"),
        ("Authorize", None),
        ("StartTransaction", None),
        ("StatusNotification", "Charging"),
    ]


async def test_the_right_password_is_wanted_and_taken(guarded: Bench) -> None:
    passes(await guarded.run("TC_085_CSMS"))
    assert None in {given for _, given, _ in guarded.system.handshakes}
    assert all(offered == "ocpp1.6" for _, _, offered in guarded.system.handshakes)


async def test_an_immediate_reset_in_a_transaction(newer: Bench) -> None:
    passes(await newer.run("TC_B_22_CSMS"))
    ended = newer.system.received("TransactionEvent")[-1]
    assert (ended["eventType"], ended["triggerReason"]) == ("Ended", "ResetCommand")
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert "idToken" not in ended
    assert newer.system.received("BootNotification")[-1]["reason"] == "RemoteReset"


# Answers


def answering(action: str, answer: Any) -> Callable[[CentralSystem], None]:
    def change(system: CentralSystem) -> None:
        system.answers[action] = lambda _: answer

    return change


@pytest.mark.parametrize(
    ("change", "reason", "step", "field"),
    [
        (answering("Authorize", {"idTagInfo": {"status": "Invalid"}}), "validation", 4, "idTagInfo.status"),
        (
            answering("StartTransaction", {"transactionId": 5, "idTagInfo": {"status": "Blocked"}}),
            "validation",
            6,
            "idTagInfo.status",
        ),
        (answering("Authorize", Silence()), "missing", 4, ""),
        (answering("Authorize", Late(2.5, {"idTagInfo": {"status": "Accepted"}})), "missing", 4, ""),
    ],
    ids=["invalid", "not accepted", "no answer", "late"],
)
async def test_a_wrong_answer_fails_its_step(
    bench: Bench, change: Callable[[CentralSystem], None], reason: str, step: int, field: str
) -> None:
    change(bench.system)
    found = fails(await bench.run("TC_003_CSMS"), reason, step, field)
    if field:
        assert found["expected"] == "Accepted"
        assert found["received"] in ("Invalid", "Blocked")
        assert isinstance(found["frame"], int)
    assert (await bench.rejudged())["same"] is True


async def test_a_callerror_is_no_answer_of_the_case(bench: Bench) -> None:
    bench.system.answers["Authorize"] = lambda _: CallError("InternalError")
    row = await bench.run("TC_003_CSMS")
    assert (row["verdict"], row["status"]) == ("FAIL", 1)
    assert [found["step"] for found in row["findings"]][:1] == [4]
    assert "InternalError" in str(row["findings"])


async def test_an_answer_against_the_schema(bench: Bench) -> None:
    bench.system.answers["Authorize"] = lambda _: {"idTagInfo": {"status": "Welcome"}}
    row = await bench.run("TC_003_CSMS")
    assert (row["verdict"], row["status"]) == ("FAIL", 1)
    assert row["reason_code"] in ("schema", "validation")
    assert {found["step"] for found in row["findings"]} == {4}


async def test_a_wire_fault_in_a_state_is_a_fail_in_preparation(bench: Bench) -> None:
    """TC_012_CSMS begins in Charging, whose step 4 wants Accepted."""
    bench.system.answers["StartTransaction"] = lambda _: {"transactionId": 1, "idTagInfo": {"status": "Invalid"}}
    row = await bench.run("TC_012_CSMS")
    assert (row["verdict"], row["reason_code"], row["status"]) == ("FAIL", "in_preparation", 1)
    assert row["findings"][0]["field"] == "idTagInfo.status"


# Requests that the operator has the central system send


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"chargingProfilePurpose": "TxProfile"}, "csChargingProfiles.chargingProfilePurpose"),
        ({"limit": 7.0}, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit"),
        ({"validFrom": None}, "csChargingProfiles.validFrom"),
        ({"transactionId": 4}, "csChargingProfiles.transactionId"),
        ({"connectorId": 2}, "connectorId"),
        ({"numberPhases": 1}, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].numberPhases"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_a_charging_profile_that_differs(bench: Bench, changed: Payload, field: str) -> None:
    """The central system's own fault, as the operator says when asked: FAIL at step 1."""
    bench.requests["SetChargingProfile"] = lambda: profile(**changed)
    bench.questions[""] = "device"
    fails(await bench.run("TC_056_CSMS"), "validation", 1, field, "SetChargingProfile")
    assert [prompt["kind"] for prompt in bench.asked] == ["action", "question"]


async def test_three_phases_may_be_left_out(bench: Bench) -> None:
    bench.requests["SetChargingProfile"] = lambda: profile(numberPhases=None)
    passes(await bench.run("TC_056_CSMS"))


async def test_one_phase_must_be_stated(bench: Bench) -> None:
    bench.requests["SetChargingProfile"] = lambda: profile(numberPhases=None)
    bench.questions[""] = "device"
    row = await bench.run("TC_056_CSMS", values={"number_phases": "1"})
    fails(row, "validation", 1, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].numberPhases")


async def test_one_phase_and_watts(bench: Bench) -> None:
    bench.requests["SetChargingProfile"] = lambda: profile(numberPhases=1, limit=6000.0, chargingRateUnit="W")
    passes(await bench.run("TC_056_CSMS", values={"number_phases": "1", "charging_rate_unit": '"W"'}))


async def test_a_wrong_entry_is_asked_again_once(bench: Bench) -> None:
    sent = iter([profile(duration=60), profile()])
    bench.requests["SetChargingProfile"] = lambda: next(sent)
    bench.questions[""] = "entry"
    passes(await bench.run("TC_056_CSMS"))
    assert [prompt["kind"] for prompt in bench.asked][:3] == ["action", "question", "action"]


async def test_said_to_be_sent_but_nothing_came(bench: Bench) -> None:
    bench.requests["RemoteStopTransaction"] = lambda: None
    fails(await bench.run("TC_012_CSMS"), "missing", 1, "", "RemoteStopTransaction")


async def test_what_the_operator_cannot_do_is_inconclusive(bench: Bench) -> None:
    bench.outcome = "impossible"
    row = await bench.run("TC_012_CSMS")
    assert (row["verdict"], row["reason_code"], row["status"]) == ("INCONCLUSIVE", "operator", 1), row
    assert row["findings"] == []


async def test_two_requests_at_once_are_both_answered(bench: Bench) -> None:
    async def both() -> None:
        first = await bench.system.send("GetConfiguration", {})
        stop = await bench.system.send("RemoteStopTransaction", {"transactionId": bench.system.transaction})
        answers.extend(await asyncio.wait_for(asyncio.gather(first, stop), 10))

    answers: list[Payload | CallError] = []

    async def on_prompt(prompt: Payload) -> Payload:
        if prompt["action"] == "csms_request":
            await both()
        return {"outcome": "done"}

    bench.on_prompt = on_prompt  # type: ignore[method-assign]
    passes(await bench.run("TC_012_CSMS"))
    assert isinstance(answers[0], dict)
    assert "configurationKey" in answers[0] or "unknownKey" in answers[0]
    assert answers[1] == {"status": "Accepted"}


# Requests that nobody asked for


async def test_requests_of_its_own_are_answered_and_tolerated(bench: Bench) -> None:
    system = bench.system
    answers: dict[str, Payload | CallError] = {}

    async def after_boot(_: Payload) -> None:
        answers["GetConfiguration"] = await system.request("GetConfiguration", {"key": ["HeartbeatInterval"]})
        answers["TriggerMessage"] = await system.request("TriggerMessage", {"requestedMessage": "Heartbeat"})
        answers["DataTransfer"] = await system.request("DataTransfer", {"vendorId": "org.example"})
        answers["ChangeConfiguration"] = await system.request(
            "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}
        )

    system.after["BootNotification"] = after_boot
    passes(await bench.run("TC_003_CSMS"))
    assert len(answers) == 4
    assert all(isinstance(answer, dict) for answer in answers.values()), answers
    assert system.errors == []


async def test_a_remote_stop_right_after_the_start_is_answered(bench: Bench) -> None:
    system = bench.system
    answers: list[Payload | CallError] = []

    async def stop(_: Payload) -> None:
        answers.append(await system.request("RemoteStopTransaction", {"transactionId": system.transaction}))

    system.after["StartTransaction"] = stop
    passes(await bench.run("TC_003_CSMS"))
    assert len(answers) == 1
    assert isinstance(answers[0], dict)


# Links


@pytest.mark.parametrize(
    ("outcome", "verdict", "reason"),
    [
        ("device", "FAIL", {"device_lost"}),
        ("lab", "INCONCLUSIVE", {"environment", "operator"}),
        ("unknown", "INCONCLUSIVE", {"operator"}),
    ],
)
async def test_a_link_that_is_closed_in_mid_case(bench: Bench, outcome: str, verdict: str, reason: set[str]) -> None:
    bench.system.answers["StartTransaction"] = lambda _: Close()
    bench.questions[""] = outcome
    row = await bench.run("TC_003_CSMS")
    assert (row["verdict"], row["reason_code"], row["status"]) == (verdict, "device_lost", 1), row
    (question,) = [prompt for prompt in bench.asked if prompt["kind"] == "question"]
    assert {choice["id"] for choice in question["choices"]} >= {"device", "lab", "unknown"}


async def test_a_station_without_authorization_must_be_refused(guarded: Bench) -> None:
    guarded.system.password = ""
    row = await guarded.run("TC_085_CSMS", connection={"security_profile": "1", "password": '"env:ACC_PASSWORD"'})
    fails(row, "validation", 2, "status", "HTTP")


async def test_a_right_password_that_is_refused(guarded: Bench) -> None:
    guarded.system.password = "another password"
    row = await guarded.run("TC_085_CSMS")
    assert (row["verdict"], row["status"]) == ("FAIL", 1), row
    assert row["findings"][0]["step"] == 4
    assert PASSWORD not in (guarded.folder / "run" / "journal.jsonl").read_text()


@pytest.mark.parametrize("status", [http.HTTPStatus.FOUND, http.HTTPStatus.FORBIDDEN])
async def test_a_connection_that_is_not_taken(bench: Bench, status: http.HTTPStatus) -> None:
    """No case can be judged: ERROR with the reason and exit status 3; a redirection is not followed."""
    headers = Headers({"Location": bench.system.url, "Content-Length": "0"})
    bench.system.door = lambda _: Response(status, status.phrase, headers)
    row = await bench.run("TC_003_CSMS", timeouts={"connect": "2"})
    assert (row["verdict"], row["tool_result"], row["reason_code"], row["status"]) == (
        "ERROR",
        "NONE",
        "environment",
        3,
    )
    assert f"{status.value} {status.phrase}" in row["observations"][0]["text"]


async def test_another_subprotocol_than_the_offered_one(bench: Bench) -> None:
    bench.system.subprotocol = "ocpp2.0.1"
    row = await bench.run("TC_003_CSMS", timeouts={"connect": "2"})
    assert row["verdict"] in ("FAIL", "INCONCLUSIVE", "NOT_RUN", "ERROR"), row
    assert bench.system.received("BootNotification") == []


# OCPP 2.0.1


async def test_a_reset_on_idle_is_the_central_systems_fault(newer: Bench) -> None:
    newer.requests["Reset"] = lambda: {"type": "OnIdle"}
    newer.questions[""] = "device"
    found = fails(await newer.run("TC_B_22_CSMS"), "validation", 1, "type", "ResetRequest")
    assert (found["expected"], found["received"]) == ("Immediate", "OnIdle")


async def test_a_reset_on_idle_was_entered_wrongly(newer: Bench) -> None:
    sent = iter(["OnIdle", "Immediate"])
    newer.requests["Reset"] = lambda: {"type": next(sent)}
    newer.questions[""] = "entry"
    passes(await newer.run("TC_B_22_CSMS"))
    assert [prompt["kind"] for prompt in newer.asked][:3] == ["action", "question", "action"]


async def test_a_second_boot_that_is_rejected(newer: Bench) -> None:
    boots = iter(["Accepted", "Rejected", "Accepted"])
    newer.system.answers["BootNotification"] = lambda _: {
        "status": next(boots, "Accepted"),
        "currentTime": now(),
        "interval": 5,
    }
    found = fails(await newer.run("TC_B_22_CSMS"), "validation", 6, "status", "BootNotificationResponse")
    assert (found["expected"], found["received"]) == ("Accepted", "Rejected")
