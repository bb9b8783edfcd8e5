"""TC_015 and TC_016, run by hand: when the transaction ends, what the connector says before the boot, and what after it."""

from __future__ import annotations

import itertools

import pytest

from tests.engine.driver import Driver, charging


def reset(case: str) -> tuple[Driver, int]:
    """A case up to step 2; the id of its transaction."""
    driver = Driver(case)
    transaction = charging(driver)
    driver.answers("Accepted", to="Reset")
    return driver, transaction


def boots(driver: Driver, after: float = 100) -> None:
    driver.link_down()
    driver.passes(after)
    driver.link_up()
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")


def reports(driver: Driver, status: str = "Finishing") -> None:
    driver.status("Available", 0)
    driver.status(status, 1)


# TC_015 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations(["stop", "Finishing"])))
@pytest.mark.parametrize("after", ["Finishing", "Preparing"])
def test_a_transaction_that_ends_before_the_boot(order: tuple[str, ...], after: str) -> None:
    driver, transaction = reset("TC_015_CS")
    for message in order:
        if message == "stop":
            driver.stops(transaction, reason="HardReset")
        else:
            driver.status("Finishing")
    boots(driver)
    reports(driver, after)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


@pytest.mark.parametrize("order", list(itertools.permutations(["stop", "zero", "connector"])))
@pytest.mark.parametrize("before", [[], ["Finishing"]])
def test_a_transaction_that_ends_after_the_boot(order: tuple[str, ...], before: list[str]) -> None:
    driver, transaction = reset("TC_015_CS")
    for status in before:
        driver.status(status)
    boots(driver)
    for message in order:
        if message == "stop":
            driver.stops(transaction, reason="HardReset")
        else:
            driver.status("Available" if message == "zero" else "Finishing", 0 if message == "zero" else 1)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_finishing_is_due_where_the_transaction_has_ended_before_the_boot() -> None:
    driver, transaction = reset("TC_015_CS")
    driver.stops(transaction, reason="HardReset")
    boots(driver)
    reports(driver)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])
    assert driver.texts == ["Step 5: StatusNotification Finishing of connector 1 did not come (D1)."]


def test_unavailable_in_place_of_finishing_is_accepted() -> None:
    driver, transaction = reset("TC_015_CS")
    driver.stops(transaction, reason="HardReset")
    driver.status("Unavailable")
    boots(driver)
    reports(driver)
    assert (driver.verdict, driver.rules) == ("PASS", ["L1", "D1.d"])
    assert driver.row("5/StatusNotification.req/1/status") == "waived: D1.d"


def test_unavailable_after_the_boot_may_come_first() -> None:
    driver, transaction = reset("TC_015_CS")
    boots(driver)
    driver.status("Unavailable")
    driver.stops(transaction, reason="HardReset")
    reports(driver)
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.f"])


def test_a_transaction_that_never_ends_fails() -> None:
    driver, _ = reset("TC_015_CS")
    boots(driver)
    reports(driver, "Preparing")
    driver.passes(30)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 3: StopTransaction.req did not come in time."]


def test_another_reason_fails_and_the_scenario_goes_on() -> None:
    driver, transaction = reset("TC_015_CS")
    boots(driver)
    driver.stops(transaction, reason="Reboot")
    reports(driver)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 3: StopTransaction.req had reason Reboot, HardReset was due."]
    assert driver.row("9/StatusNotification.req/1/status") == "passed"


def test_the_finishing_before_the_boot_is_not_the_one_behind_it() -> None:
    driver, transaction = reset("TC_015_CS")
    driver.stops(transaction, reason="HardReset")
    driver.status("Finishing")
    boots(driver)
    driver.status("Available", 0)
    driver.passes(30)
    assert driver.texts == ["Step 9: StatusNotification Finishing|Preparing of connector 1 did not come (D1)."]


# TC_016 ---------------------------------------------------------------------------------------------------------------


def test_a_soft_reset_without_a_boot_passes_after_the_message_timeout() -> None:
    driver, transaction = reset("TC_016_CS")
    driver.passes(25)
    driver.stops(transaction, reason="SoftReset")
    driver.status("Finishing")
    driver.passes(29.9)
    assert driver.ended is None
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_soft_reset_with_a_boot_passes() -> None:
    driver, transaction = reset("TC_016_CS")
    driver.status("Finishing")
    driver.stops(transaction, reason="SoftReset")
    boots(driver)
    reports(driver, "Preparing")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("9/StatusNotification.req/1/status") == "passed"


def test_a_missing_finishing_before_the_boot_is_accepted() -> None:
    driver, transaction = reset("TC_016_CS")
    driver.stops(transaction, reason="SoftReset")
    boots(driver)
    reports(driver)
    assert (driver.verdict, driver.rules) == ("PASS", ["D1.e"])


def test_a_boot_before_the_transaction_has_ended_leaves_the_scenario() -> None:
    driver, _ = reset("TC_016_CS")
    driver.status("Finishing")
    boots(driver, after=20)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 3: BootNotification.req of step 7 came before step 3 StopTransaction.req."]


def test_the_status_after_the_boot_is_due() -> None:
    driver, transaction = reset("TC_016_CS")
    driver.status("Finishing")
    driver.stops(transaction, reason="SoftReset")
    boots(driver)
    driver.status("Available", 0)
    driver.passes(30)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])
    assert driver.texts == ["Step 9: StatusNotification Finishing|Preparing of connector 1 did not come (D1)."]
