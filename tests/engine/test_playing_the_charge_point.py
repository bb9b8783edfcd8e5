"""What the tool does as charge point besides the steps of a case: heartbeats, and putting the central system back."""

from __future__ import annotations

from tests.engine.driver import Driver
from tests.engine.test_course_of_central_systems import connected, profile


def drift(driver: Driver) -> list[str]:
    return [seen["text"] for seen in driver.result["observations"] if seen["rule"] == "drift"]


def test_heartbeats_come_at_the_interval_while_the_operator_looks_for_the_button() -> None:
    driver = connected("TC_056_CSMS")
    driver.passes(299.9)
    assert driver.sent[-1][2] == "StatusNotification"
    driver.passes(0.1)
    assert driver.asked == ["Heartbeat", {}]
    driver.answers(currentTime=driver.time())
    driver.passes(300)
    assert driver.asked == ["Heartbeat", {}]
    driver.answers(currentTime=driver.time())
    driver.says("SetChargingProfile", profile())
    assert driver.verdict == "PASS"


def test_a_heartbeat_that_is_not_answered_keeps_nothing_waiting() -> None:
    driver = connected("TC_056_CSMS")
    driver.passes(301)
    assert driver.says("SetChargingProfile", profile()) == {"status": "Accepted"}
    driver.passes(1)
    driver.confirms("csms_request", "impossible", "not now")
    assert driver.verdict == "PASS"


def test_an_answer_that_violates_its_schema_is_a_finding() -> None:
    driver = connected("TC_056_CSMS")
    driver.passes(300)
    driver.answers(currentTime=5)
    driver.says("SetChargingProfile", profile())
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "schema")


def test_profiles_are_withdrawn_at_the_end() -> None:
    driver = connected("TC_056_CSMS")
    driver.says("SetChargingProfile", profile())
    assert driver.prompt.text == "Have the central system send ClearChargingProfile."
    assert driver.says("ClearChargingProfile") == {"status": "Accepted"}
    assert (driver.verdict, drift(driver)) == ("PASS", [])


def test_what_is_not_withdrawn_is_named_and_no_fault() -> None:
    driver = connected("TC_056_CSMS")
    driver.says("SetChargingProfile", profile())
    driver.confirms("csms_request", "impossible", "it has no such button")
    assert driver.verdict == "PASS"
    assert drift(driver) == ["ClearChargingProfile was not sent to put the central system back: it has no such button"]
