"""Boot, start at the station, cache and remote start, run by hand: what is hard to read in their tables, and typical violations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Driver, charging


def authorized(driver: Driver) -> None:
    """The state Authorized as its table goes."""
    driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")


def cached(driver: Driver, *, remote: str = "false") -> None:
    """The state IdTagCached as its table goes."""
    driver.configured("AuthorizationCacheEnabled", "true")
    transaction = charging(driver, remote=remote)
    driver.answers("Accepted", to="RemoteStopTransaction")
    driver.stops(transaction, reason="Remote")
    driver.status("Finishing")
    driver.confirms("unplug")
    driver.status("Available")


# TC_002 ---------------------------------------------------------------------------------------------------------------


def pending() -> Driver:
    """TC_002 up to step 6."""
    driver = Driver("TC_002_CS")
    driver.confirms("power_cycle")
    assert driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")["status"] == "Pending"
    assert driver.asked == ["GetConfiguration", {}]
    driver.answers({"configurationKey": [{"key": "MeterValueSampleInterval", "readonly": False, "value": "300"}]})
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "10"}]
    return driver


def boots_again(driver: Driver) -> None:
    """The second boot and what follows it."""
    driver.passes(60)
    assert driver.boots()["status"] == "Accepted"
    for _ in range(2):
        driver.passes(60)
        driver.says("Heartbeat")


def test_a_station_is_configured_while_it_is_pending_and_the_key_is_put_back() -> None:
    driver = pending()
    driver.answers("Accepted")
    boots_again(driver)
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "300"}]
    assert driver.verdict == "PASS"


def test_a_refused_change_is_a_violation_and_the_scenario_goes_on() -> None:
    driver = pending()
    driver.answers("Rejected")
    boots_again(driver)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 6: ChangeConfiguration.conf had status Rejected, Accepted was due."]


def test_a_boot_ahead_of_the_interval_violates_it() -> None:
    driver = pending()
    driver.answers("Accepted")
    driver.passes(20)
    driver.boots()
    assert driver.texts_so_far == [
        "Step 7: BootNotification.req came 20.0 s after step 2, 60 s were due (tolerance boot_retry 6 s)."
    ]


def test_a_boot_that_is_repeated_at_once_is_out_of_scenario() -> None:
    driver = Driver("TC_002_CS")
    driver.confirms("power_cycle")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "out_of_scenario")
    assert driver.texts == ["Step 4: BootNotification.req is no part of the scenario here."]


def test_a_boot_on_another_connection_is_one_more_of_the_power_cycle() -> None:
    driver = Driver("TC_002_CS")
    driver.confirms("power_cycle")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.link_down("device")
    driver.link_up()
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    assert driver.texts_so_far == []


def test_a_boot_that_is_repeated_at_its_interval_does_no_harm_to_a_slow_answer() -> None:
    driver = Driver("TC_002_CS", values={"heartbeat_interval": 10})
    driver.confirms("power_cycle")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.passes(10)
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.answers({"configurationKey": []}, to="GetConfiguration")
    assert driver.texts_so_far == []


def test_unavailable_does_no_harm_until_the_boot_is_accepted() -> None:
    driver = Driver("TC_002_CS")
    driver.confirms("power_cycle")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.status("Unavailable")
    driver.answers({"configurationKey": []}, to="GetConfiguration")
    driver.answers("Accepted", to="ChangeConfiguration")
    boots_again(driver)
    assert (driver.verdict, driver.rules) == ("PASS", ["L1"])


# TC_004 ---------------------------------------------------------------------------------------------------------------


def test_identification_first_is_judged_inside_the_state_and_behind_it() -> None:
    driver = Driver("TC_004_1_CS")
    driver.configured("MeterValueSampleInterval", "10")
    authorized(driver)
    driver.confirms("plug_in")
    driver.status("Charging")
    driver.starts()
    assert driver.verdict == "PASS"


def test_another_card_than_the_presented_one_fails_in_the_state() -> None:
    driver = Driver("TC_004_1_CS")
    driver.configured("MeterValueSampleInterval", "10")
    driver.says("Authorize", idTag="4711")
    assert driver.texts_so_far == [
        "Step Authorized_CS:1: Authorize.req had idTag 4711, VALID-1 (<validIdTag>) was due."
    ]


def test_a_cable_that_comes_too_late_is_no_fault_of_the_station() -> None:
    driver = Driver("TC_004_1_CS")
    driver.configured("MeterValueSampleInterval", "10")
    authorized(driver)
    driver.passes(61)
    driver.status("Available")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")
    assert "the device gave up during a prompt" in [line["text"] for line in driver.result["observations"]]


@pytest.mark.parametrize(("after", "verdict"), [(60, "PASS"), (89, "PASS"), (91, "FAIL")])
def test_the_connector_is_given_up_within_the_timeout_of_the_station_and_that_of_a_message(
    after: float, verdict: str
) -> None:
    driver = Driver("TC_004_2_CS")
    driver.configured("ConnectionTimeOut", "60")
    authorized(driver)
    driver.passes(after)
    driver.status("Available")
    assert driver.verdict == verdict
    assert driver.rules == ([] if verdict == "PASS" else ["D1"])


@pytest.mark.parametrize(("after", "remarked"), [(50, True), (56, False)])
def test_a_connector_that_is_given_up_early_is_remarked_on_and_no_more(after: float, remarked: bool) -> None:
    driver = Driver("TC_004_2_CS")
    driver.configured("ConnectionTimeOut", "60")
    authorized(driver)
    driver.passes(after)
    driver.status("Available")
    remark = "the connector was given up before the configured ConnectionTimeOut was over"
    assert driver.verdict == "PASS"
    assert (remark in [line["text"] for line in driver.result["observations"]]) is remarked


# TC_007, TC_061_2 -----------------------------------------------------------------------------------------------------


def locally_cached() -> Driver:
    """TC_007_1 up to its first prompt."""
    driver = Driver("TC_007_1_CS")
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("LocalPreAuthorize", "true")
    cached(driver)
    return driver


def test_a_cached_card_starts_without_being_asked_about() -> None:
    driver = locally_cached()
    driver.status("Preparing")
    driver.confirms("plug_in")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"


def test_a_cached_card_that_is_asked_about_leaves_the_scenario() -> None:
    driver = locally_cached()
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 1: Authorize.req is no part of the scenario here."])


def remotely_cached(case: str) -> Driver:
    """TC_007_2 or TC_061_2 up to its first call."""
    driver = Driver(case)
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("LocalPreAuthorize", "true")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    cached(driver, remote="true")
    return driver


def test_a_remote_start_with_a_cached_card_is_not_asked_about() -> None:
    driver = remotely_cached("TC_007_2_CS")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.status("Preparing")
    driver.confirms("plug_in")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert driver.row("2/Authorize.req/1//absent") == "passed"


def test_a_remote_start_that_asks_about_a_cached_card_fails() -> None:
    driver = remotely_cached("TC_007_2_CS")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.says("Authorize", idTag="VALID-1")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 2: Authorize.req was sent, though it must not come here."]
    assert driver.row("2/Authorize.req/1//absent") == "failed"


def test_after_the_cache_was_cleared_the_card_is_asked_about() -> None:
    driver = remotely_cached("TC_061_2_CS")
    driver.answers("Accepted", to="ClearCache")
    charging(driver, remote="true")
    assert driver.verdict == "PASS"


def test_a_cache_that_was_not_cleared_shows_where_nothing_is_asked() -> None:
    driver = remotely_cached("TC_061_2_CS")
    driver.answers("Accepted", to="ClearCache")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.status("Preparing")
    driver.passes(30)
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step Charging_CS:5: Authorize.req did not come in time."])


def test_a_cache_that_cannot_be_cleared_ends_the_case() -> None:
    driver = remotely_cached("TC_061_2_CS")
    driver.answers("Rejected", to="ClearCache")
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        ["Step 2: ClearCache.conf had status Rejected, Accepted was due."],
    )


# TC_010, TC_011 -------------------------------------------------------------------------------------------------------


def plugged(remote: str) -> Driver:
    """TC_010 up to step 6."""
    driver = Driver("TC_010_CS")
    driver.configured("AuthorizeRemoteTxRequests", remote)
    driver.confirms("plug_in")
    driver.status("Preparing")
    driver.answers("Accepted", to="RemoteStartTransaction")
    return driver


def test_a_remote_start_is_asked_about_where_the_station_says_so() -> None:
    driver = plugged("true")
    driver.says("Authorize", idTag="valid-1")
    driver.status("Charging")
    driver.starts()
    assert driver.verdict == "PASS"
    driver = plugged("true")
    driver.starts()
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 7: StartTransaction.req of step 9 came before step 7 Authorize.req."]


def test_a_remote_start_is_not_asked_about_where_the_station_says_so() -> None:
    driver = plugged("false")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert driver.row("7/Authorize.req/1/idTag") == "not_exercised"
    driver = plugged("false")
    driver.says("Authorize", idTag="VALID-1")
    assert driver.texts == ["Step 9: Authorize.req is no part of the scenario here."]


def test_the_transaction_names_the_connector_and_the_card_of_the_remote_start() -> None:
    driver = plugged("false")
    driver.starts(id_tag="4711", connector=2)
    assert driver.texts_so_far == [
        "Step 9: StartTransaction.req had connectorId 2, 1 (<connectorId>) was due.",
        "Step 9: StartTransaction.req had idTag 4711, VALID-1 (<validIdTag>) was due.",
    ]


def started_remotely(case: str, **setup: object) -> Driver:
    """TC_011_1 or TC_011_2 up to step 8."""
    driver = Driver(case, **setup)  # type: ignore[arg-type]
    if case == "TC_011_2_CS":
        driver.configured("ConnectionTimeOut", "60")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.status("Preparing")
    return driver


FIRST: dict[str, Callable[[Driver], object]] = {
    "start": lambda d: d.starts(),
    "status": lambda d: d.status("Charging"),
}


@pytest.mark.parametrize("first", list(FIRST))
def test_charging_may_be_told_ahead_of_the_transaction_though_the_table_does_not_say_so(first: str) -> None:
    driver = started_remotely("TC_011_1_CS")
    FIRST[first](driver)
    FIRST["status" if first == "start" else "start"](driver)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_remote_start_without_a_cable_times_out() -> None:
    driver = started_remotely("TC_011_2_CS")
    driver.passes(60)
    driver.status("Available")
    assert driver.verdict == "PASS"


def test_a_remote_start_that_goes_on_without_a_cable_is_out_of_scenario() -> None:
    driver = started_remotely("TC_011_2_CS")
    driver.starts()
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 9: StartTransaction.req is no part of the scenario here."])


def test_the_answer_must_hold_the_key_that_was_asked_for() -> None:
    driver = Driver("TC_011_1_CS")
    driver.unknown("AuthorizeRemoteTxRequests")
    assert driver.texts_so_far == [
        "Step 2: GetConfiguration.conf had configurationKey[key=AuthorizeRemoteTxRequests].key <omitted>, <present> was due."
    ]
