"""Unlocking, lock failures and faults, run by hand (TC_017, TC_018, TC_024, TC_030, TC_031, TC_041)."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver, charging


@pytest.mark.parametrize(
    ("case", "connector", "status"),
    [
        ("TC_017_1_CS", 1, "Unlocked"),
        ("TC_017_2_CS", 1, "NotSupported"),
        ("TC_031_CS", 4, "NotSupported"),
    ],
)
def test_the_answer_to_an_unlocking(case: str, connector: int, status: str) -> None:
    driver = Driver(case, dut={"connectors": 3})
    assert driver.asked == ["UnlockConnector", {"connectorId": connector}]
    driver.answers(status)
    assert driver.verdict == "PASS"
    driver = Driver(case)
    driver.answers("UnlockFailed")
    assert driver.texts == [f"Step 2: UnlockConnector.conf had status UnlockFailed, {status} was due."]


# TC_018 ---------------------------------------------------------------------------------------------------------------


def test_unlocking_ends_the_transaction() -> None:
    driver = Driver("TC_018_1_CS")
    transaction = charging(driver)
    driver.answers("Unlocked", to="UnlockConnector")
    driver.status("Finishing")
    driver.stops(transaction, reason="UnlockCommand")
    assert driver.prompt.action == "unplug"
    driver.status("Available")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_transaction_that_goes_on_after_unlocking_fails() -> None:
    driver = Driver("TC_018_1_CS")
    charging(driver)
    driver.answers("Unlocked", to="UnlockConnector")
    driver.passes(30)
    assert driver.verdict == "FAIL"
    assert "Step 3: StopTransaction.req did not come in time." in driver.texts


def test_a_fixed_cable_is_not_unlocked_during_a_transaction() -> None:
    driver = Driver("TC_018_2_CS")
    charging(driver)
    driver.answers("NotSupported", to="UnlockConnector")
    assert driver.verdict == "PASS"


# TC_030 ---------------------------------------------------------------------------------------------------------------


def unlock_failure(*before: str) -> Driver:
    """TC_030 up to step 2. before: statuses of the connector while its lock is blocked."""
    driver = Driver("TC_030_CS")
    for status in before:
        driver.status(status)
    driver.confirms("set_connector_lock_failure")
    driver.answers("UnlockFailed", to="UnlockConnector")
    return driver


def test_a_failed_unlocking_need_not_be_followed_by_anything() -> None:
    driver = unlock_failure()
    driver.passes(29.9)
    assert driver.ended is None
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_faulted_may_follow_a_failed_unlocking() -> None:
    driver = unlock_failure()
    driver.status("Faulted", errorCode="ConnectorLockFailure")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("3/StatusNotification.req/1/status") == "passed"


def test_the_current_status_may_follow_a_failed_unlocking() -> None:
    driver = unlock_failure("Preparing")
    driver.status("Preparing")
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.i"])


def test_another_status_after_a_failed_unlocking_is_rejected() -> None:
    driver = unlock_failure("Preparing")
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D2.g"])
    assert driver.texts == ["Step 3: StatusNotification Charging of connector 1 was unexpected (D2.g)."]


def test_what_the_station_says_while_its_lock_is_blocked_is_preparation() -> None:
    driver = unlock_failure("Preparing", "Faulted")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_blocked_lock_that_is_said_to_be_unlocked_fails() -> None:
    driver = Driver("TC_030_CS")
    driver.confirms()
    driver.answers("Unlocked", to="UnlockConnector")
    assert driver.texts == ["Step 2: UnlockConnector.conf had status Unlocked, UnlockFailed was due."]


# TC_024 ---------------------------------------------------------------------------------------------------------------


def remote_start() -> Driver:
    """TC_024 up to its prompt."""
    driver = Driver("TC_024_CS")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    assert driver.prompt.action == "plug_in_halfway"
    return driver


def test_a_lock_failure_is_reported_and_begins_no_transaction() -> None:
    driver = remote_start()
    driver.status("Faulted", errorCode="ConnectorLockFailure")
    driver.passes(9.9)
    assert driver.ended is None
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_lock_failure_with_another_error_code_fails() -> None:
    driver = remote_start()
    driver.status("Faulted", errorCode="OtherError")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 9: StatusNotification.req had errorCode OtherError, ConnectorLockFailure was due."]


@pytest.mark.parametrize("faulted", [True, False])
def test_a_transaction_in_spite_of_the_lock_failure_fails(faulted: bool) -> None:
    driver = remote_start()
    if faulted:
        driver.status("Faulted", errorCode="ConnectorLockFailure")
    driver.starts()
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 9: StartTransaction.req was sent, though it must not come here."]


def test_the_steps_before_the_plug_keep_their_numbers() -> None:
    driver = Driver("TC_024_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Rejected", to="RemoteStartTransaction")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")
    assert driver.texts == ["Step 4: RemoteStartTransaction.conf had status Rejected, Accepted was due."]


# TC_041 ---------------------------------------------------------------------------------------------------------------


def faulted(**setup: object) -> Driver:
    """TC_041 up to step 2."""
    driver = Driver("TC_041_CS", **setup)  # type: ignore[arg-type]
    driver.status("Faulted", errorCode="GroundFailure")
    driver.confirms("plug_in")
    return driver


def test_a_faulted_connector_begins_no_transaction() -> None:
    driver = faulted()
    driver.confirms("present_id")
    driver.passes(9.9)
    assert driver.ended is None
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_station_that_asks_about_the_card_passes() -> None:
    driver = faulted()
    driver.says("Authorize", idTag="VALID-1")
    driver.confirms("present_id")
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("after", [0, 9.5])
def test_a_transaction_on_a_faulted_connector_fails(after: float) -> None:
    driver = faulted()
    driver.confirms("present_id")
    driver.passes(after)
    driver.starts()
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 3: StartTransaction.req was sent, though it must not come here."]


def test_a_card_is_only_asked_for_where_transactions_start_at_the_station() -> None:
    driver = faulted(dut={"local_start": False})
    assert driver.prompts == {}
    assert driver.verdict == "PASS"
