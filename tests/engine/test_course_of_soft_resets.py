"""TC_014, run by hand: after a soft reset a boot may come at once, late, or not at all."""

from __future__ import annotations

from tests.engine.driver import Driver


def soft_reset(**setup: object) -> Driver:
    """TC_014 up to step 6."""
    driver = Driver("TC_014_CS", **setup)  # type: ignore[arg-type]
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Unavailable")
    driver.answers("Accepted", to="Reset")
    return driver


def boots(driver: Driver) -> None:
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")


def made_operative(driver: Driver) -> Driver:
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Available")
    return driver


def test_without_a_boot_the_scenario_goes_on_after_the_message_timeout() -> None:
    driver = soft_reset()
    driver.passes(29.9)
    assert driver.sent[-1][2] == "Reset"
    driver.passes(0.1)
    assert driver.asked == ["ChangeAvailability", {"connectorId": 1, "type": "Operative"}]
    assert (made_operative(driver).verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("7/BootNotification.req/1/") == "not_exercised"


def test_behind_a_case_without_a_boot_nothing_waits_for_one() -> None:
    driver = soft_reset()
    driver.passes(30)
    assert made_operative(driver).verdict == "PASS"
    assert not driver.interpreter.attempt.model.booting


def test_a_boot_makes_the_statuses_behind_it_due() -> None:
    driver = soft_reset()
    driver.link_down()
    driver.passes(400)
    driver.link_up()
    boots(driver)
    driver.status("Unavailable")
    driver.status("Available", 0)
    assert made_operative(driver).verdict == "PASS"
    assert driver.row("9/StatusNotification.req/2/status") == "passed"


def test_a_missing_status_after_the_boot_fails() -> None:
    driver = soft_reset()
    driver.link_down()
    driver.link_up()
    boots(driver)
    driver.status("Unavailable")
    driver.passes(30)
    made_operative(driver)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])
    assert driver.texts == ["Step 9: StatusNotification Available of connector 0 did not come (D1)."]


def test_a_connector_that_is_available_after_the_boot_fails() -> None:
    driver = soft_reset()
    driver.link_down()
    driver.link_up()
    boots(driver)
    driver.status("Available", 0)
    driver.status("Available", 1)
    driver.passes(30)
    made_operative(driver)
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 9: StatusNotification Available of connector 1 was unexpected (D2.g).",
        "Step 9: StatusNotification Unavailable of connector 1 did not come, Available came instead (D1).",
    ]


def test_a_status_ahead_of_the_boot_is_held_for_it() -> None:
    driver = soft_reset()
    driver.link_down()
    driver.link_up()
    driver.status("Available", 0)
    boots(driver)
    driver.status("Unavailable", 1)
    made_operative(driver)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert [o["rule"] for o in driver.result["observations"] if o["rule"]] == ["D2.a"]


def test_statuses_without_the_boot_that_calls_for_them_go_to_the_review() -> None:
    driver = soft_reset()
    driver.status("Available", 0)
    driver.passes(30)
    made_operative(driver)
    assert (driver.verdict, driver.rules) == ("INCONCLUSIVE", ["D2.d2"])
    assert driver.row("9/StatusNotification.req/2/status") == "not_exercised"


def test_unavailable_said_again_ahead_of_the_boot_does_no_harm() -> None:
    driver = soft_reset()
    driver.status("Unavailable")
    driver.link_down()
    driver.link_up()
    boots(driver)
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    assert (made_operative(driver).verdict, driver.rules) == ("PASS", ["L1"])


def test_a_late_boot_between_the_later_steps_is_taken_as_the_optional_one() -> None:
    driver = soft_reset()
    driver.passes(30)
    driver.answers("Accepted", to="ChangeAvailability")
    driver.link_down()
    driver.passes(60)
    driver.link_up()
    boots(driver)
    driver.status("Available", 0)
    driver.status("Available", 1)
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_device_that_boots_instead_of_answering_is_run_again() -> None:
    driver = soft_reset()
    driver.passes(30)
    assert driver.asked[0] == "ChangeAvailability"
    driver.link_down()
    driver.passes(90)
    driver.link_up()
    boots(driver)
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "device_lost")
    assert driver.result["observations"][-1]["text"] == (
        "the device has booted, later than its optional boot was waited for"
    )


def test_a_device_that_neither_answers_nor_boots_fails() -> None:
    driver = soft_reset()
    driver.passes(30)
    driver.passes(630)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 12: ChangeAvailability.req was not answered in time."]


def test_a_refused_reset_ends_the_case() -> None:
    driver = Driver("TC_014_CS")
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Unavailable")
    driver.answers("Rejected", to="Reset")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 6: Reset.conf had status Rejected, Accepted was due."]
