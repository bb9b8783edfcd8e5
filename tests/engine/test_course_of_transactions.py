"""The cases of a charge point that begin in a transaction or restart it, run by hand."""

from __future__ import annotations

import itertools

import pytest

from tests.engine.driver import Driver, charging

# State Charging -------------------------------------------------------------------------------------------------------


def power_failure(**setup: object) -> tuple[Driver, int]:
    """TC_032_2 up to its power cycle."""
    driver = Driver("TC_032_2_CS", **setup)  # type: ignore[arg-type]
    return driver, charging(driver)


def test_the_remote_start_that_is_refused_fails_in_preparation() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Rejected", to="RemoteStartTransaction")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")
    assert driver.result["findings"][0]["step"] == "Charging_CS:4"


@pytest.mark.parametrize("order", list(itertools.permutations(["Authorize", "Preparing"])))
def test_authorize_and_preparing_in_any_order_where_the_start_is_authorized(order: tuple[str, ...]) -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted")
    for message in order:
        if message == "Authorize":
            driver.says("Authorize", idTag="VALID-1")
        else:
            driver.status("Preparing")
    assert driver.prompt.action == "plug_in"
    assert driver.findings == []


def test_a_missing_authorize_fails_unless_the_card_may_be_known() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted")
    driver.status("Preparing")
    driver.passes(30)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")
    assert driver.result["findings"][0]["step"] == "Charging_CS:5"


def known_card() -> Driver:
    snapshot = Driver("TC_003_CS").interpreter.attempt.model.snapshot()
    driver = Driver("TC_032_2_CS", device={**snapshot, "cached": True})
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted")
    return driver


def test_a_card_that_may_be_cached_need_not_be_asked_for() -> None:
    driver = known_card()
    driver.status("Preparing")
    assert driver.prompt.action == "plug_in"


def test_the_authorize_of_a_card_that_may_be_cached_may_follow_preparing() -> None:
    driver = known_card()
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    assert driver.findings == []
    driver.starts()
    driver.status("Charging")
    assert driver.prompt.action == "power_cycle"


def test_authorize_where_the_start_is_not_authorized_leaves_the_scenario() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted")
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")


def test_the_connection_timeout_is_shown_and_the_state_prepared_again_once() -> None:
    driver = Driver("TC_032_2_CS")
    for round_trip in (1, 2):
        driver.configured("AuthorizeRemoteTxRequests", "false")
        driver.answers("Accepted")
        driver.status("Preparing")
        assert driver.prompt.countdown == {"name": "connectionTimeOut", "seconds": 60}
        driver.passes(30 * round_trip)
        driver.status("Available")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "in_preparation")
    assert driver.result["text"] != ""


def test_a_cable_that_comes_after_the_timeout_of_the_first_try_passes() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted")
    driver.status("Preparing")
    driver.passes(45)
    driver.status("Available")
    charging(driver)
    assert driver.prompt.action == "power_cycle"
    assert driver.interpreter.attempt.review_lines == []


def test_a_start_transaction_with_another_card_is_the_devices_fault() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted")
    driver.status("Preparing")
    driver.starts("VALID-2")
    driver.status("Charging")
    assert driver.findings[0]["field"] == "idTag"
    assert driver.findings[0]["reason_code"] == "in_preparation"


# TC_032_2 -------------------------------------------------------------------------------------------------------------


def booted(driver: Driver) -> None:
    driver.link_down()
    driver.passes(20)
    driver.link_up()
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")


@pytest.mark.parametrize("status", ["Preparing", "Finishing"])
@pytest.mark.parametrize("order", list(itertools.permutations(["status", "zero", "stop"])))
def test_a_transaction_that_ended_by_power_loss(status: str, order: tuple[str, ...]) -> None:
    driver, transaction = power_failure()
    booted(driver)
    for message in order:
        if message == "stop":
            driver.stops(transaction, reason="PowerLoss")
        else:
            driver.status("Available" if message == "zero" else status, 0 if message == "zero" else 1)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("5/StopTransaction.req/1/reason/stoppedByPowerLoss") == "passed"
    assert driver.row("5/StopTransaction.req/1/reason/resumedCharging") == "not_exercised"
    assert driver.row("7/StatusNotification.req/1/status") == "not_exercised"


@pytest.mark.parametrize("reason", ["Local", None, "PowerLoss", "Other"])
def test_a_transaction_that_ended_by_power_loss_says_so(reason: str | None) -> None:
    driver, transaction = power_failure()
    booted(driver)
    driver.status("Available", 0)
    driver.status("Finishing")
    driver.stops(transaction, **({"reason": reason} if reason else {}))
    assert driver.verdict == ("PASS" if reason == "PowerLoss" else "FAIL")


@pytest.mark.parametrize(("reason", "verdict"), [("Local", "PASS"), (None, "PASS"), ("PowerLoss", "FAIL")])
@pytest.mark.parametrize("finishing_first", [True, False])
def test_a_transaction_that_goes_on_is_stopped_by_card(reason: str | None, verdict: str, finishing_first: bool) -> None:
    driver, transaction = power_failure()
    booted(driver)
    driver.status("Charging")
    assert driver.prompt.action == "present_id"
    driver.status("Available", 0)
    assert driver.prompt.action == "present_id", "another connector does not show that the card was presented"
    driver.passes(120)
    driver.confirms("present_id")
    driver.passes(20)
    fields = {"reason": reason} if reason else {}
    if finishing_first:
        driver.status("Finishing")
        driver.stops(transaction, **fields)
    else:
        driver.stops(transaction, **fields)
        driver.status("Finishing")
    assert (driver.verdict, driver.result["reviews"]) == (verdict, [])


def test_intermediate_statuses_after_the_boot_are_accepted() -> None:
    driver, transaction = power_failure()
    booted(driver)
    driver.status("Unavailable")
    driver.status("Available", 0)
    driver.status("Available")
    driver.status("Preparing")
    driver.stops(transaction, reason="PowerLoss")
    assert driver.verdict == "PASS"
    assert set(driver.rules) <= {"D2.f", "D2.h"}


@pytest.mark.parametrize("finishing_first", [True, False])
def test_preparing_before_the_transaction_goes_on_makes_finishing_due(finishing_first: bool) -> None:
    driver, transaction = power_failure()
    booted(driver)
    driver.status("Available", 0)
    driver.status("Preparing")
    driver.status("Charging")
    driver.passes(500)
    driver.confirms("present_id")
    driver.passes(20)
    if finishing_first:
        driver.status("Finishing")
    driver.stops(transaction, reason="Local")
    if not finishing_first:
        driver.status("Finishing")
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.j"])
    assert driver.row("7/StatusNotification.req/1/status") == "passed"


def test_a_status_from_before_the_power_loss_is_not_that_of_after() -> None:
    driver, transaction = power_failure()
    driver.status("SuspendedEV")
    driver.status("Charging", info="went on")
    booted(driver)
    driver.status("Available", 0)
    driver.stops(transaction, reason="PowerLoss")
    driver.passes(60)
    assert driver.verdict == "FAIL"
    assert driver.row("3/StatusNotification.req/1/status") == "failed"


def test_a_transaction_message_that_never_comes_is_missing() -> None:
    driver, _ = power_failure()
    booted(driver)
    driver.status("Available", 0)
    driver.status("Finishing")
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 5: StopTransaction.req did not come in time."])


def test_every_other_connector_is_available_after_the_boot() -> None:
    driver, transaction = power_failure(dut={"connectors": 3})
    booted(driver)
    for connector in (2, 0, 3):
        driver.status("Available", connector)
    driver.stops(transaction, reason="PowerLoss")
    driver.status("Finishing")
    assert driver.verdict == "PASS"
    driver, transaction = power_failure(dut={"connectors": 3})
    booted(driver)
    driver.status("Faulted", 3)
    for connector in (2, 0):
        driver.status("Available", connector)
    driver.stops(transaction, reason="PowerLoss")
    driver.status("Finishing")
    driver.passes(30)
    assert (driver.verdict, driver.row("3/StatusNotification.req/2/status")) == ("FAIL", "failed")


# TC_061_1 -------------------------------------------------------------------------------------------------------------


def authorized(**setup: object) -> Driver:
    """TC_061_1 up to its second prompt."""
    driver = Driver("TC_061_1_CS", **setup)  # type: ignore[arg-type]
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("LocalPreAuthorize", "true")
    driver.configured("ConnectionTimeOut", "60")
    driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    assert driver.prompt.action == "present_id"
    return driver


def cleared(driver: Driver, status: str = "Accepted") -> Driver:
    driver.answers(status, to="ClearCache")
    return driver


@pytest.mark.parametrize("asks_again", [True, False])
@pytest.mark.parametrize("shows_preparing", [True, False])
def test_a_card_that_is_presented_again_frees_the_station(asks_again: bool, shows_preparing: bool) -> None:
    driver = authorized()
    if asks_again:
        driver.says("Authorize", idTag="VALID-1")
    driver.status("Available")
    cleared(driver)
    if shows_preparing:
        driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("1/StatusNotification.req/1/status") == "passed"


def test_the_timeout_may_be_waited_out() -> None:
    driver = authorized()
    driver.confirms("present_id")
    driver.passes(89)
    driver.status("Available")
    cleared(driver)
    driver.says("Authorize", idTag="VALID-1")
    assert driver.verdict == "PASS"


def test_a_station_that_never_becomes_free_fails() -> None:
    driver = authorized()
    driver.confirms("present_id")
    driver.passes(91)
    cleared(driver)
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


def test_a_card_that_is_still_known_after_clearing_fails() -> None:
    driver = authorized()
    driver.status("Available")
    cleared(driver)
    driver.confirms("present_id")
    driver.status("Preparing")
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 7: Authorize.req did not come in time."])


def test_a_cache_that_is_not_cleared_fails() -> None:
    driver = authorized()
    driver.status("Available")
    cleared(driver, "Rejected")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")


def test_preparing_twice_is_a_duplicate() -> None:
    driver = authorized()
    driver.status("Preparing")
    driver.status("Available")
    cleared(driver)
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D3"])


def test_a_station_that_is_preparing_already_need_not_say_so() -> None:
    snapshot = Driver("TC_003_CS").interpreter.attempt.model.snapshot()
    driver = Driver("TC_061_1_CS", device={**snapshot, "statuses": {"1": "Preparing"}})
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("LocalPreAuthorize", "true")
    driver.configured("ConnectionTimeOut", "60")
    driver.says("Authorize", idTag="VALID-1")
    driver.status("Available")
    cleared(driver)
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.row("1/StatusNotification.req/1/status")) == ("PASS", "not_exercised")
