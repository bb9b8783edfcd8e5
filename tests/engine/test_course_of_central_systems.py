"""The cases of a central system, run by hand: the tool plays the charge point."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.engine.central import ACCEPTED_TAG, charges, connected
from tests.engine.driver import Driver

# TC_003 ---------------------------------------------------------------------------------------------------------------


def test_a_regular_session_passes() -> None:
    driver = connected("TC_003_CSMS")
    driver.answers(to="StatusNotification")
    driver.answers(ACCEPTED_TAG, to="Authorize")
    assert driver.asked[0] == "StartTransaction"
    assert driver.asked[1]["idTag"] == "VALID-1"
    driver.answers({"transactionId": 4, **ACCEPTED_TAG})
    driver.answers(to="StatusNotification")
    assert driver.asked[0] == "StopTransaction", "the tool ends what it has begun"
    assert driver.asked[1]["transactionId"] == 4
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired"])
def test_an_authorization_that_is_refused_is_a_finding_and_the_case_goes_on(status: str) -> None:
    driver = connected("TC_003_CSMS")
    driver.answers(to="StatusNotification")
    driver.answers({"idTagInfo": {"status": status}}, to="Authorize")
    driver.answers({"transactionId": 4, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        [f"Step 4: Authorize.conf had idTagInfo.status {status}, Accepted was due."],
    )


def test_requests_of_the_central_systems_own_accord_are_answered_and_tolerated() -> None:
    driver = connected("TC_003_CSMS")
    assert driver.says("GetConfiguration", key=["HeartbeatInterval", "Nonsense"])["unknownKey"] == ["Nonsense"]
    assert driver.says("ChangeConfiguration", key="HeartbeatInterval", value="30") == {"status": "Accepted"}
    assert driver.says("TriggerMessage", requestedMessage="StatusNotification") == {"status": "Rejected"}
    assert driver.says("DataTransfer", vendorId="X") == {"status": "UnknownVendorId"}
    driver.answers(to="StatusNotification")
    driver.answers(ACCEPTED_TAG, to="Authorize")
    driver.answers({"transactionId": 4, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert driver.verdict == "PASS"


def test_a_boot_that_is_not_accepted_fails_in_preparation() -> None:
    driver = Driver("TC_003_CSMS", connected=False)
    driver.link_up()
    driver.answers({"status": "Pending", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")


def test_a_central_system_that_cannot_be_reached_is_an_error() -> None:
    driver = Driver("TC_003_CSMS", connected=False)
    driver.refused(0)
    assert (driver.verdict, driver.result["reason_code"]) == ("ERROR", "environment")


# TC_012 ---------------------------------------------------------------------------------------------------------------


def charged() -> Driver:
    driver = connected("TC_012_CSMS")
    charges(driver)
    assert driver.prompt.action == "csms_request"
    assert driver.prompt.args == {"message": "RemoteStopTransaction", "fields": {"transactionId": 7}}
    return driver


def test_a_remote_stop_ends_the_transaction() -> None:
    driver = charged()
    assert driver.says("RemoteStopTransaction", transactionId=7) == {"status": "Accepted"}
    action, payload = driver.asked
    assert (action, payload["transactionId"], payload["reason"]) == ("StopTransaction", 7, "Remote")
    driver.answers(to="StopTransaction")
    assert driver.asked[1]["status"] == "Finishing"
    driver.answers(to="StatusNotification")
    assert driver.asked[1]["status"] == "Available"
    driver.answers(to="StatusNotification")
    assert (driver.verdict, driver.result["observations"]) == ("PASS", [])


def test_a_remote_stop_of_another_transaction_passes_with_a_remark() -> None:
    driver = charged()
    assert driver.says("RemoteStopTransaction", transactionId=8) == {"status": "Accepted"}
    assert driver.asked[1]["transactionId"] == 7
    for action in ("StopTransaction", "StatusNotification", "StatusNotification"):
        driver.answers(to=action)
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert [each["text"] for each in driver.result["observations"]] == [
        "the central system named another transaction than the one that runs; a charge point would refuse that"
    ]


def test_a_request_that_is_said_to_be_sent_and_never_comes_is_missing() -> None:
    driver = charged()
    driver.passes(3600)
    driver.confirms("csms_request")
    driver.passes(29)
    driver.says("GetConfiguration", key=["HeartbeatInterval"])
    assert driver.ended is None
    driver.passes(1)
    driver._unanswered.clear()
    assert driver.findings[0]["text"] == "Step 1: RemoteStopTransaction.req did not come in time."


# TC_056 ---------------------------------------------------------------------------------------------------------------


def profile(**changes: Any) -> dict[str, Any]:
    schedule = {
        "startSchedule": "2025-01-01T12:00:00Z",
        "duration": 300,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0, **changes.pop("period", {})}],
        **changes.pop("schedule", {}),
    }
    content: dict[str, Any] = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "validFrom": "2025-01-01T12:00:00Z",
        "validTo": "2025-01-02T12:00:00Z",
        "chargingSchedule": schedule,
        **changes,
    }
    return {"connectorId": 1, "csChargingProfiles": {name: v for name, v in content.items() if v is not None}}


def test_the_operator_is_told_what_to_enter() -> None:
    fields = connected("TC_056_CSMS").prompt.args["fields"]
    assert fields["connectorId"] == 1
    assert fields["csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit"] == 6.0
    assert fields["csChargingProfiles.transactionId"] is None
    assert fields["csChargingProfiles.chargingSchedule.duration"] == 300
    begin = datetime.fromisoformat(fields["csChargingProfiles.validFrom"])
    end = datetime.fromisoformat(fields["csChargingProfiles.validTo"])
    assert (end - begin).total_seconds() == 300


@pytest.mark.parametrize(
    "period", [{}, {"numberPhases": 3}, {"limit": 6000.0}, {"limit": 6}], ids=["plain", "phases", "watt", "integer"]
)
def test_a_profile_as_asked_for_passes(period: dict[str, Any]) -> None:
    driver = connected("TC_056_CSMS")
    assert driver.says("SetChargingProfile", profile(period=period)) == {"status": "Accepted"}
    assert (driver.verdict, driver.texts) == ("PASS", [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stackLevel": 1}, "csChargingProfiles.stackLevel"),
        ({"chargingProfilePurpose": "TxProfile"}, "csChargingProfiles.chargingProfilePurpose"),
        ({"chargingProfileKind": "Relative"}, "csChargingProfiles.chargingProfileKind"),
        ({"validFrom": None}, "csChargingProfiles.validFrom"),
        ({"transactionId": 5}, "csChargingProfiles.transactionId"),
        ({"recurrencyKind": "Daily"}, "csChargingProfiles.recurrencyKind"),
        ({"schedule": {"duration": 301}}, "csChargingProfiles.chargingSchedule.duration"),
        ({"schedule": {"chargingRateUnit": "W"}}, "csChargingProfiles.chargingSchedule.chargingRateUnit"),
        (
            {"period": {"limit": 7}},
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit",
        ),
        (
            {"period": {"numberPhases": 1}},
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].numberPhases",
        ),
    ],
)
def test_what_differs_is_asked_about_once_and_then_judged(changes: dict[str, Any], field: str) -> None:
    driver = connected("TC_056_CSMS")
    assert driver.says("SetChargingProfile", profile(**changes)) == {"status": "Rejected"}
    assert (driver.prompt.kind, driver.findings) == ("question", [])
    driver.confirms("request_differs", "entry")
    assert driver.prompt.action == "csms_request"
    driver.says("SetChargingProfile", profile(**changes))
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")
    assert [finding["field"] for finding in driver.result["findings"]] == [field]


def test_a_wrong_entry_that_is_put_right_passes() -> None:
    driver = connected("TC_056_CSMS")
    driver.says("SetChargingProfile", profile(stackLevel=3))
    driver.confirms("request_differs", "entry")
    driver.says("SetChargingProfile", profile())
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_what_the_central_system_sends_of_its_own_accord_is_asked_about_each_time_and_counts_for_nothing() -> None:
    driver = connected("TC_056_CSMS")
    for _ in range(2):
        driver.says("SetChargingProfile", profile(chargingProfilePurpose="TxProfile"))
        driver.confirms("request_differs", "own")
        assert driver.prompt.action == "csms_request"
    driver.says("SetChargingProfile", profile())
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert [each["text"] for each in driver.result["observations"]][:2] == [
        "SetChargingProfile.req came of the central system's own accord and is asked for again"
    ] * 2


def test_the_request_that_was_asked_for_settles_the_question_about_another_one_ahead_of_it() -> None:
    driver = connected("TC_056_CSMS")
    assert driver.says("SetChargingProfile", profile(stackLevel=3)) == {"status": "Rejected"}
    driver.says("SetChargingProfile", profile(stackLevel=4))
    question = driver.prompt
    assert question.action == "request_differs"
    assert driver.says("SetChargingProfile", profile()) == {"status": "Accepted"}
    assert driver.closed[question.id] == "wire"
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert "SetChargingProfile.req came in another form before the one that was asked for" in [
        each["text"] for each in driver.result["observations"]
    ]


def test_a_fault_behind_a_request_of_its_own_accord_is_judged() -> None:
    driver = connected("TC_056_CSMS")
    driver.says("SetChargingProfile", profile(chargingProfilePurpose="TxProfile"))
    driver.confirms("request_differs", "own")
    driver.says("SetChargingProfile", profile(stackLevel=3))
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: SetChargingProfile.req had csChargingProfiles.stackLevel 3, 0 (<stackLevel>) was due."
    ]


def test_a_fault_of_the_central_system_is_judged_at_once() -> None:
    driver = connected("TC_056_CSMS")
    driver.says("SetChargingProfile", profile(stackLevel=3))
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: SetChargingProfile.req had csChargingProfiles.stackLevel 3, 0 (<stackLevel>) was due."
    ]
    assert driver.verdict == "FAIL"


def test_the_question_names_only_what_differs() -> None:
    driver = connected("TC_056_CSMS", values={"number_phases": 1})
    driver.says("SetChargingProfile", profile(stackLevel=3, period={"numberPhases": 1}))
    assert driver.prompt.text == (
        "SetChargingProfile.req differs from what was asked for: csChargingProfiles.stackLevel was 3, 0 was asked for. "
        "Whose mistake is it?"
    )


# TC_085 ---------------------------------------------------------------------------------------------------------------


def upgraded() -> Driver:
    driver = Driver("TC_085_CSMS", connected=False, dut={"security_profile": 1})
    assert driver.orders[-1].options["authorization"] == "none"
    return driver


def test_a_connection_that_stands_is_closed_first() -> None:
    driver = Driver("TC_085_CSMS", dut={"security_profile": 1})
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    assert driver.orders[-1].options["authorization"] == "none"


def test_only_the_credentials_open_the_connection() -> None:
    driver = upgraded()
    driver.refused(401)
    assert driver.orders[-1].options["authorization"] == "configured"
    driver.link_up()
    driver.answers({"status": "Accepted", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    driver.answers(to="StatusNotification")
    driver.answers(to="StatusNotification")
    assert driver.verdict == "PASS"
    assert driver.row("2/HTTP/1/status") == driver.row("4/HTTP/1/status") == "passed"


def test_a_connection_that_is_lost_after_the_upgrade_is_a_surprise() -> None:
    driver = upgraded()
    driver.refused(401)
    driver.link_up()
    driver.link_down("device")
    assert driver.prompt.args == {"kind": "link"}


def test_a_connection_without_credentials_fails_and_is_closed() -> None:
    driver = upgraded()
    driver.link_up()
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    assert (driver.verdict, driver.row("2/HTTP/1/status")) == ("FAIL", "failed")
    assert driver.texts == ["Step 2: the HTTP upgrade had to be refused; status 101."]


def test_credentials_that_are_refused_fail() -> None:
    driver = upgraded()
    driver.refused(401)
    driver.refused(403)
    assert (driver.verdict, driver.row("4/HTTP/1/status")) == ("FAIL", "failed")


def test_credentials_that_are_refused_from_the_beginning_fail_all_the_same() -> None:
    driver = Driver("TC_085_CSMS", connected=False)
    driver.refused(401)
    driver.refused(401)
    assert (driver.verdict, driver.row("4/HTTP/1/status")) == ("FAIL", "failed")


# TC_B_22 --------------------------------------------------------------------------------------------------------------


def transferring() -> Driver:
    driver = Driver("TC_B_22_CSMS", connected=False, dut={"connectors": 2})
    driver.link_up()
    driver.answers({"status": "Accepted", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    for _ in range(2):
        driver.answers(to="StatusNotification")
    driver.answers(to="StatusNotification")
    driver.answers(to="NotifyEvent")
    driver.answers({"idTokenInfo": {"status": "Accepted"}}, to="Authorize")
    driver.answers(to="TransactionEvent")
    driver.answers(to="TransactionEvent")
    assert driver.prompt.args["fields"] == {"type": "Immediate"}
    return driver


def restarted(driver: Driver, status: str = "Accepted") -> Driver:
    action, payload = driver.asked
    assert (action, payload["eventType"], payload["triggerReason"]) == ("TransactionEvent", "Ended", "ResetCommand")
    assert payload["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert "idToken" not in payload
    driver.answers()
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    driver.link_up()
    assert driver.asked[1]["reason"] == "RemoteReset"
    driver.answers({"status": status, "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    return driver


def test_an_immediate_reset_passes() -> None:
    driver = transferring()
    assert driver.says("Reset", type="Immediate") == {"status": "Accepted"}
    restarted(driver)
    said = []
    for _ in range(4):
        said.append((driver.asked[0], str(driver.asked[1])))
        driver.answers()
    assert [action for action, _ in said] == ["StatusNotification", "NotifyEvent"] * 2
    assert ["Occupied" in text for _, text in said] == [True, True, False, False]
    assert ["Available" in text for _, text in said] == [False, False, True, True]
    assert driver.verdict == "PASS"


def test_a_reset_when_idle_is_not_what_was_asked_for() -> None:
    driver = transferring()
    driver.says("Reset", type="OnIdle")
    driver.confirms("request_differs", "device")
    assert driver.interpreter.attempt.findings[0]["field"] == "type"


def test_a_boot_after_the_reset_that_is_not_accepted_fails() -> None:
    driver = transferring()
    driver.says("Reset", type="Immediate")
    restarted(driver, "Rejected")
    assert driver.findings[0]["step"] == 6
