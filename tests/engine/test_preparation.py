"""Configuration states, putting back what a case changed, and the device model that is carried from case to case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.driver import Driver, charging


def drift(driver: Driver) -> list[str]:
    return [line["text"] for line in driver.result["observations"] if line["rule"] == "drift"]


def first_key(**setup: Any) -> Driver:
    """TC_023_4 when it looks at LocalPreAuthorize."""
    driver = Driver("TC_023_4_CS", **setup)
    driver.unknown("MinimumStatusDuration")
    return driver


def passes(driver: Driver) -> Driver:
    driver.says("Authorize", idTag="INVALID-1")
    driver.status("Preparing")
    driver.passes(10)
    return driver


def test_a_key_that_is_not_implemented_is_skipped_where_the_case_says_so() -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", "true")
    assert passes(driver).verdict == "PASS"
    assert "MinimumStatusDuration is not implemented: its configuration state is skipped" in [
        line["text"] for line in driver.result["observations"]
    ]


def test_a_key_that_the_case_needs_is_named_when_it_is_not_implemented() -> None:
    driver = first_key()
    driver.unknown("LocalPreAuthorize")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "in_preparation")
    assert "LocalPreAuthorize is not implemented, but the case needs it to be true" in [
        line["text"] for line in driver.result["observations"]
    ]


@pytest.mark.parametrize("value", ["true", "True", "TRUE", " true"])
def test_a_key_that_is_so_already_is_left_alone(value: str) -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", value, readonly=True)
    assert passes(driver).verdict == "PASS"
    assert "ChangeConfiguration" not in [frame[2] for frame in driver.sent]


def test_a_key_is_set_verified_and_put_back() -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", "false")
    assert driver.asked == ["ChangeConfiguration", {"key": "LocalPreAuthorize", "value": "true"}]
    driver.answers("Accepted")
    driver.configured("LocalPreAuthorize", "true")
    passes(driver)
    assert driver.asked == ["ChangeConfiguration", {"key": "LocalPreAuthorize", "value": "false"}]
    driver.answers("Accepted")
    driver.configured("LocalPreAuthorize", "false")
    assert (driver.verdict, drift(driver)) == ("PASS", [])


def test_a_key_that_cannot_be_put_back_is_drift() -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", "false")
    driver.answers("Accepted")
    driver.configured("LocalPreAuthorize", "true")
    passes(driver)
    driver.answers("Rejected")
    driver.configured("LocalPreAuthorize", "true")
    assert driver.verdict == "PASS"
    assert drift(driver) == ["LocalPreAuthorize was false before the case and is true now (refused)"]


@pytest.mark.parametrize(("status", "named"), [("Rejected", "refused"), ("NotSupported", "unsupported")])
def test_a_key_that_cannot_be_set_is_inconclusive_and_the_reason_names_it(status: str, named: str) -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", "false")
    driver.answers(status)
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "in_preparation")
    assert driver.result["reason"] == (
        "The attempt did not come to its end, so the case is run again: "
        f"LocalPreAuthorize could not be set to true: {named}."
    )


def test_a_key_that_is_accepted_and_not_set_is_inconclusive_and_named() -> None:
    driver = first_key()
    driver.configured("LocalPreAuthorize", "false")
    driver.answers("Accepted")
    driver.configured("LocalPreAuthorize", "false")
    assert driver.verdict == "INCONCLUSIVE"
    assert "LocalPreAuthorize was set to true and accepted, but reads false" in [
        line["text"] for line in driver.result["observations"]
    ]


def test_a_key_that_needs_a_reboot_gets_one_whose_reports_are_no_matter_for_the_review() -> None:
    driver = first_key(dut={"connectors": 2})
    driver.configured("LocalPreAuthorize", "false")
    driver.answers("RebootRequired")
    assert driver.asked == ["Reset", {"type": "Hard"}]
    driver.answers("Accepted")
    driver.status("Unavailable", 1)
    driver.link_down()
    driver.passes(100)
    driver.link_up()
    driver.boots(2)
    driver.configured("LocalPreAuthorize", "true")
    assert driver.prompt.action == "present_id"
    assert driver.interpreter.attempt.review_lines == []
    driver.says("Authorize", idTag="INVALID-1")
    driver.status("Preparing")
    assert driver.findings == []


def test_a_schema_violation_in_the_preparation_fails() -> None:
    driver = first_key()
    driver.answers({"configurationKey": [{"key": "LocalPreAuthorize", "readonly": "no", "value": "true"}]})
    passes(driver)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")
    assert driver.result["findings"][0]["field"] == "configurationKey[0].readonly"


@pytest.mark.parametrize(
    "answer", [{"configurationKey": 5}, {"configurationKey": ["x", None, {}]}, {"unknownKey": {}}, {}]
)
def test_an_answer_of_any_shape_is_read(answer: dict[str, Any]) -> None:
    driver = first_key()
    driver.answers(answer)
    assert driver.verdict in ("FAIL", "INCONCLUSIVE")


def test_a_key_that_cannot_be_read_is_inconclusive() -> None:
    driver = first_key()
    driver.refuses("InternalError")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "in_preparation")


def test_what_the_case_has_set_is_taken_back() -> None:
    driver = Driver("TC_066_CS")
    charging(driver)
    driver.answers("Accepted")
    driver.answers("Accepted")
    driver.answers("Rejected", to="SetChargingProfile")
    driver.answers("Accepted", to="ClearChargingProfile")
    driver.answers("Accepted", to="ClearCache")
    assert driver.verdict == "FAIL"
    assert driver.interpreter.attempt.model.profiles == 0


def test_an_attempt_is_judged_from_its_own_record() -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    transaction = driver.starts()
    snapshot = driver.interpreter.attempt.model.snapshot()
    again = Driver("TC_003_CS", device=snapshot).interpreter.attempt
    assert again.model.snapshot() == snapshot
    assert (again.status(1), again.transaction(), again.locally_known()) == ("Preparing", transaction, True)


@pytest.mark.parametrize(("declared", "text"), [(True, "12:00:00.000Z"), (False, "12:00:00Z"), (None, "12:00:00Z")])
def test_time_stamps_carry_milliseconds_only_where_they_are_declared(declared: bool | None, text: str) -> None:
    driver = Driver("TC_003_CS", dut={"milliseconds": declared})
    assert driver.says("Heartbeat")["currentTime"] == f"2025-01-01T{text}"


def test_a_list_that_the_case_has_switched_on_is_emptied_before_it_is_switched_off_again() -> None:
    driver = Driver("TC_042_2_CS", dut={"features": ["Core", "LocalAuthListManagement"]}, device=with_a_list())
    driver.configured("LocalAuthListEnabled", "false")
    driver.answers("Accepted", to="ChangeConfiguration")
    driver.configured("LocalAuthListEnabled", "true")
    driver.answers("Failed", to="SendLocalList")
    driver.answers({"listVersion": 3}, to="GetLocalListVersion")
    assert driver.asked[0] == "SendLocalList"
    driver.answers("Accepted", to="SendLocalList")
    driver.answers({"listVersion": 0}, to="GetLocalListVersion")
    assert driver.asked == ["ChangeConfiguration", {"key": "LocalAuthListEnabled", "value": "false"}]
    driver.answers("Accepted")
    driver.configured("LocalAuthListEnabled", "false")
    assert driver.verdict == "FAIL"


def with_a_list() -> dict[str, object]:
    """What is known of a device that holds a list of version 3."""
    snapshot = Driver("TC_003_CS").interpreter.attempt.model.snapshot()
    return {**snapshot, "list_version": 3, "list_entries": 1}
