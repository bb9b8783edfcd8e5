"""Smart charging of a central system, run by hand: the tool plays the charge point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.central import ACCEPTED_TAG, charges, connected, says_status
from tests.engine.driver import Driver

_PATH = "csChargingProfiles"


def profile(kind: str, **changes: Any) -> dict[str, Any]:
    """A profile for the transaction; changes: of its fields, None takes one away, those of the schedule by name."""
    absolute = kind == "Absolute"
    schedule = {
        "startSchedule": "2025-01-01T12:00:00Z" if absolute else None,
        "duration": 300 if absolute else None,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
        **changes.pop("schedule", {}),
    }
    content = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": kind,
        "validFrom": "2025-01-01T12:00:00Z" if absolute else None,
        "validTo": "2025-01-01T13:00:00Z" if absolute else None,
        "chargingSchedule": _there(schedule),
        **changes,
    }
    return _there(content)


def _there(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


# TC_057 ---------------------------------------------------------------------------------------------------------------


def charging(case: str) -> Driver:
    driver = connected(case)
    charges(driver, transaction=7)
    return driver


def sets(driver: Driver, content: Mapping[str, Any], connector: int = 1) -> dict[str, Any]:
    return driver.says("SetChargingProfile", {"connectorId": connector, _PATH: content})


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
def test_a_profile_of_either_kind_for_the_running_transaction_passes(kind: str) -> None:
    driver = charging("TC_057_CSMS")
    assert sets(driver, profile(kind, transactionId=7)) == {"status": "Accepted"}
    driver.answers(to="StopTransaction")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    absolute = driver.row(f"1/SetChargingProfile.req/1/{_PATH}.validFrom/step1Absolute")
    assert absolute == ("passed" if kind == "Absolute" else "not_exercised")


@pytest.mark.parametrize(
    ("kind", "changes", "text"),
    [
        ("Absolute", {"validFrom": None}, "validFrom <omitted>, <present>"),
        ("Absolute", {"validTo": None}, "validTo <omitted>, <present>"),
        ("Absolute", {"schedule": {"duration": None}}, "chargingSchedule.duration <omitted>, <present>"),
        ("Absolute", {"schedule": {"startSchedule": None}}, "chargingSchedule.startSchedule <omitted>, <present>"),
        (
            "Relative",
            {"schedule": {"startSchedule": "2025-01-01T12:00:00Z"}},
            "chargingSchedule.startSchedule 2025-01-01T12:00:00Z, <omitted>",
        ),
        ("Relative", {"transactionId": 8}, "transactionId 8, 7 (= step Charging_CSMS:4 transactionId)"),
        ("Relative", {"recurrencyKind": "Daily"}, "recurrencyKind Daily, <omitted>"),
        ("Recurring", {}, "chargingProfileKind Recurring, Absolute|Relative"),
    ],
)
def test_what_each_kind_must_state_and_must_not(kind: str, changes: dict[str, Any], text: str) -> None:
    driver = charging("TC_057_CSMS")
    sets(driver, profile(kind, **{"transactionId": 7, **changes}))
    driver.confirms("request_differs", "device")
    assert [finding["text"] for finding in driver.findings] == [
        f"Step 1: SetChargingProfile.req had {_PATH}.{text} was due."
    ]


def test_a_wrong_entry_does_not_change_what_is_asked_for() -> None:
    driver = charging("TC_057_CSMS")
    asked = driver.prompt.args["fields"]
    assert asked[f"{_PATH}.chargingProfileKind"] == "Absolute"
    sets(driver, profile("Relative", transactionId=8))
    driver.confirms("request_differs", "entry")
    assert driver.prompt.args["fields"] == asked


# TC_059 ---------------------------------------------------------------------------------------------------------------


def test_a_remote_start_with_a_profile_is_carried_out() -> None:
    driver = connected("TC_059_CSMS")
    content = {"idTag": "VALID-1", "connectorId": 1, "chargingProfile": profile("Relative")}
    assert driver.says("RemoteStartTransaction", content) == {"status": "Accepted"}
    assert driver.asked == ["Authorize", {"idTag": "VALID-1"}]
    driver.answers(ACCEPTED_TAG)
    assert says_status(driver) == "Preparing"
    driver.answers({"transactionId": 7, **ACCEPTED_TAG}, to="StartTransaction")
    assert says_status(driver) == "Charging"
    driver.answers(to="StopTransaction")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_profile_that_names_a_transaction_cannot_be_for_one_that_has_not_begun() -> None:
    driver = connected("TC_059_CSMS")
    content = {"idTag": "VALID-1", "connectorId": 1, "chargingProfile": profile("Relative", transactionId=7)}
    assert driver.says("RemoteStartTransaction", content) == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: RemoteStartTransaction.req had chargingProfile.transactionId 7, <omitted> was due."
    ]


def test_a_start_that_is_not_accepted_is_a_finding_and_the_case_goes_on() -> None:
    driver = connected("TC_059_CSMS")
    content = {"idTag": "VALID-1", "connectorId": 1, "chargingProfile": profile("Absolute")}
    driver.says("RemoteStartTransaction", content)
    driver.answers(ACCEPTED_TAG, to="Authorize")
    driver.answers(to="StatusNotification")
    driver.answers({"transactionId": 7, "idTagInfo": {"status": "Blocked"}}, to="StartTransaction")
    assert says_status(driver) == "Charging"
    assert [finding["text"] for finding in driver.findings] == [
        "Step 8: StartTransaction.conf had idTagInfo.status Blocked, Accepted was due."
    ]


# TC_066 ---------------------------------------------------------------------------------------------------------------


def test_the_composite_schedule_is_the_hard_coded_one() -> None:
    driver = connected("TC_066_CSMS")
    answer = driver.says("GetCompositeSchedule", connectorId=1, duration=300, chargingRateUnit="A")
    assert answer == {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": driver.time(),
        "chargingSchedule": {
            "startSchedule": driver.time(),
            "duration": 300,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}, {"startPeriod": 150, "limit": 12.0}],
        },
    }
    assert driver.verdict == "PASS"


def test_a_schedule_of_another_duration_was_not_asked_for() -> None:
    driver = connected("TC_066_CSMS")
    answer = driver.says("GetCompositeSchedule", connectorId=1, duration=60, chargingRateUnit="A")
    assert answer == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: GetCompositeSchedule.req had duration 60, 300 (<scheduleDuration>) was due."]


# TC_067 ---------------------------------------------------------------------------------------------------------------

_THREE = (("ChargePointMaxProfile", 0, None), ("TxDefaultProfile", 1, None), ("TxProfile", 1, 7))


def profiled(ids: tuple[int, int, int] = (11, 12, 13)) -> Driver:
    """The three profiles are set."""
    driver = charging("TC_067_CSMS")
    for number, (purpose, connector, transaction) in enumerate(_THREE):
        content = profile(
            "Absolute", chargingProfilePurpose=purpose, chargingProfileId=ids[number], transactionId=transaction
        )
        sets(driver, content, connector)
    return driver


def test_profiles_are_cleared_by_id_by_criteria_and_all() -> None:
    driver = profiled()
    assert driver.prompt.args["fields"] == {
        "id": 11,
        "connectorId": None,
        "chargingProfilePurpose": None,
        "stackLevel": None,
    }
    assert driver.says("ClearChargingProfile", id=11) == {"status": "Accepted"}
    criteria = {"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0}
    assert driver.says("ClearChargingProfile", criteria) == {"status": "Accepted"}
    assert driver.says("ClearChargingProfile", {}) == {"status": "Accepted"}
    driver.answers(to="StopTransaction")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert len(driver.all_prompts) == 6, "nothing is left to withdraw"


@pytest.mark.parametrize(("ids", "number"), [((11, 11, 13), 2), ((11, 12, 11), 3), ((11, 12, 12), 3)])
def test_each_profile_has_an_id_of_its_own(ids: tuple[int, int, int], number: int) -> None:
    driver = profiled(ids)
    driver.confirms("request_differs", "device")
    (finding,) = driver.findings
    assert (finding["step"], finding["field"]) == (1, f"{_PATH}.chargingProfileId")
    row = f"1/SetChargingProfile.req/{number}/{_PATH}.chargingProfileId"
    assert {r["id"]: r["status"] for r in driver.result["validations"]}[f"TC_067_CSMS/{row}"] == "failed"


def test_a_profile_that_was_entered_wrongly_first_is_none_of_the_three() -> None:
    driver = charging("TC_067_CSMS")
    sets(driver, profile("Absolute", chargingProfilePurpose="TxDefaultProfile", chargingProfileId=99), 1)
    driver.confirms("request_differs", "entry")
    for number, (purpose, connector, transaction) in enumerate(_THREE):
        content = profile(
            "Absolute", chargingProfilePurpose=purpose, chargingProfileId=11 + number, transactionId=transaction
        )
        assert sets(driver, content, connector) == {"status": "Accepted"}
    assert driver.prompt.args["fields"]["id"] == 11


def test_criteria_beside_the_id_were_not_asked_for() -> None:
    driver = profiled()
    driver.says("ClearChargingProfile", id=11, stackLevel=0)
    driver.confirms("request_differs", "device")
    assert driver.findings[0]["text"] == "Step 3: ClearChargingProfile.req had stackLevel 0, <omitted> was due."


def test_what_was_cleared_before_and_is_cleared_again_is_no_answer_to_what_is_asked_for_now() -> None:
    driver = profiled()
    driver.says("ClearChargingProfile", id=11)
    driver.says("ClearChargingProfile", id=11)
    assert driver.prompt.args["fields"]["chargingProfilePurpose"] == "TxDefaultProfile"
    assert driver.findings == []
