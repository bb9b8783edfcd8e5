"""TC_013 and TC_023_4, run by hand: resets, availability, and what must not come."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver


def boot_notification(driver: Driver) -> dict[str, object]:
    return driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")


# TC_013 ---------------------------------------------------------------------------------------------------------------


def hard_reset(**setup: object) -> Driver:
    """TC_013 up to step 6."""
    driver = Driver("TC_013_CS", **setup)  # type: ignore[arg-type]
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Unavailable")
    driver.answers("Accepted", to="Reset")
    return driver


def made_operative(driver: Driver) -> Driver:
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Available")
    return driver


def test_a_hard_reset_passes() -> None:
    driver = hard_reset()
    driver.link_down()
    driver.passes(300)
    driver.link_up()
    boot_notification(driver)
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    assert (made_operative(driver).verdict, driver.result["reviews"]) == ("PASS", [])


@pytest.mark.parametrize("status", ["Rejected", "Scheduled"])
def test_refused_availability_ends_the_case(status: str) -> None:
    driver = Driver("TC_013_CS")
    driver.answers(status, to="ChangeAvailability")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")
    assert driver.result["findings"][0]["step"] == 2
    assert driver.row("2/ChangeAvailability.conf/1/status") == "failed"
    assert driver.row("3/StatusNotification.req/1/") == "not_exercised"


def test_a_call_that_is_refused_is_a_failed_answer() -> None:
    driver = Driver("TC_013_CS")
    driver.refuses("NotSupported")
    assert driver.texts[0] == (
        "Step 2: ChangeAvailability.req was answered with CALLERROR NotSupported, ChangeAvailability.conf was due."
    )
    assert driver.verdict == "FAIL"


def test_a_slow_answer_passes_and_a_late_one_does_not() -> None:
    driver = Driver("TC_013_CS")
    driver.passes(29)
    driver.answers("Accepted")
    assert driver.findings == []
    driver = Driver("TC_013_CS")
    driver.passes(30)
    assert driver.texts == ["Step 2: ChangeAvailability.req was not answered in time."]
    assert driver.verdict == "FAIL"


def test_unavailable_before_the_boot_is_accepted_but_is_not_that_of_after_the_boot() -> None:
    driver = hard_reset()
    driver.status("Unavailable", 1, info="going down")
    driver.link_down()
    driver.link_up()
    boot_notification(driver)
    driver.status("Available", 0)
    driver.passes(30)
    assert (made_operative(driver).verdict, driver.rules) == ("FAIL", ["L1", "D1"])
    driver = hard_reset()
    driver.status("Unavailable", 1, info="going down")
    driver.link_down()
    driver.link_up()
    boot_notification(driver)
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    assert (made_operative(driver).verdict, driver.rules) == ("PASS", ["L1"])


def test_a_connector_that_forgets_its_availability_fails() -> None:
    driver = hard_reset()
    driver.link_down()
    driver.link_up()
    boot_notification(driver)
    driver.status("Available", 0)
    driver.status("Available", 1)
    driver.passes(30)
    driver.answers("Accepted", to="ChangeAvailability")
    driver.passes(30)
    assert driver.verdict == "FAIL"
    assert driver.row("9/StatusNotification.req/1/status") == "failed"


def test_a_request_ahead_of_the_answer_is_an_order_finding() -> None:
    driver = Driver("TC_013_CS")
    driver.answers("Accepted", to="ChangeAvailability")
    driver.status("Unavailable")
    boot_notification(driver)
    driver.answers("Accepted", to="Reset")
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    made_operative(driver)
    assert driver.texts == ["Step 6: BootNotification.req of step 7 was sent ahead of the answer to Reset."]
    assert driver.verdict == "FAIL"


def test_a_status_ahead_of_the_answer_is_none() -> None:
    driver = Driver("TC_013_CS")
    driver.status("Unavailable")
    driver.answers("Accepted", to="ChangeAvailability")
    driver.answers("Accepted", to="Reset")
    boot_notification(driver)
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    assert made_operative(driver).verdict == "PASS"


def test_no_boot_within_the_reboot_timeout_is_missing() -> None:
    driver = hard_reset()
    driver.link_down()
    driver.passes(599)
    assert driver.ended is None
    driver.passes(1)
    assert driver.texts == ["Step 7: BootNotification.req did not come in time."]


# TC_023_4 -------------------------------------------------------------------------------------------------------------


def invalid_card(**setup: object) -> Driver:
    """TC_023_4 up to its first prompt."""
    driver = Driver("TC_023_4_CS", **setup)  # type: ignore[arg-type]
    driver.unknown("MinimumStatusDuration")
    driver.configured("LocalPreAuthorize", "true")
    return driver


def test_an_invalid_card_starts_nothing() -> None:
    driver = invalid_card()
    assert driver.says("Authorize", idTag="INVALID-1")["idTagInfo"]["status"] == "Invalid"
    driver.status("Preparing")
    driver.passes(9.9)
    assert driver.ended is None
    driver.passes(0.2)
    assert (driver.verdict, driver.row("3/StartTransaction.req/1//absent")) == ("PASS", "passed")


@pytest.mark.parametrize("after", [0, 5, 9.9])
def test_a_transaction_with_an_invalid_card_fails(after: float) -> None:
    driver = invalid_card()
    driver.says("Authorize", idTag="INVALID-1")
    driver.status("Preparing")
    driver.passes(after)
    driver.starts("INVALID-1")
    assert (driver.verdict, driver.row("3/StartTransaction.req/1//absent")) == ("FAIL", "failed")
    assert driver.texts == ["Step 3: StartTransaction.req was sent, though it must not come here."]


def test_a_transaction_before_the_cable_is_confirmed_fails() -> None:
    driver = invalid_card()
    driver.says("Authorize", idTag="INVALID-1")
    driver.starts("INVALID-1")
    assert driver.verdict == "FAIL"


def test_preparing_may_come_late_by_the_status_duration() -> None:
    driver = invalid_card()
    driver.says("Authorize", idTag="INVALID-1")
    driver.confirms("plug_in")
    driver.passes(20)
    driver.status("Preparing")
    assert driver.verdict == "PASS"


def test_unavailable_before_the_boot_is_accepted_though_the_connector_is_so_already() -> None:
    driver = hard_reset()
    driver.status("Unavailable", 1)
    driver.status("Unavailable", 0)
    driver.link_down()
    driver.link_up()
    boot_notification(driver)
    driver.status("Available", 0)
    driver.status("Unavailable", 1)
    assert (made_operative(driver).verdict, driver.rules) == ("PASS", ["L1", "L1"])
