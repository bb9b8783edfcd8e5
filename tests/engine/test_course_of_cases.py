"""The cases of a charge point, run by hand: what their tables ask for, leave free and forbid, and the verdict of each (TC_003, TC_001)."""

from __future__ import annotations

import itertools

import pytest

from tests.engine.driver import Driver


def authorized_session(**setup: object) -> Driver:
    """TC_003 up to step 4."""
    driver = Driver("TC_003_CS", **setup)  # type: ignore[arg-type]
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    return driver


# TC_003 ---------------------------------------------------------------------------------------------------------------


def test_a_regular_session_passes() -> None:
    driver = authorized_session()
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert [prompt.action for prompt in driver.all_prompts] == ["plug_in", "present_id"]
    assert list(driver.closed.values()) == ["wire", "wire"]
    assert driver.row("7/StatusNotification.req/1/status") == "passed"


def test_charging_and_start_transaction_may_swap() -> None:
    driver = authorized_session()
    driver.status("Charging")
    driver.starts()
    assert driver.verdict == "PASS"


def test_a_suspended_status_may_come_before_start_transaction_once() -> None:
    driver = authorized_session()
    driver.status("SuspendedEV")
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.e"])


def test_start_transaction_before_authorize_leaves_the_scenario() -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.starts()
    assert driver.verdict == "FAIL"
    assert driver.result["reason_code"] == "out_of_scenario"
    assert driver.texts == ["Step 3: StartTransaction.req of step 5 came before step 3 Authorize.req."]


def test_a_missing_start_transaction_is_missing_after_the_message_timeout() -> None:
    driver = authorized_session()
    driver.status("Charging")
    driver.passes(29.9)
    assert driver.ended is None
    driver.passes(0.2)
    assert driver.verdict == "FAIL"
    assert driver.result["reason_code"] == "missing"
    assert driver.result["findings"][0]["step"] == 5


def test_a_missing_charging_is_for_the_review() -> None:
    driver = authorized_session()
    driver.starts()
    driver.passes(30)
    assert (driver.verdict, driver.result["reason_code"], driver.rules) == ("FAIL", "review", ["D1"])
    assert driver.row("7/StatusNotification.req/1/") == "failed"


def test_another_status_in_place_of_charging_is_named() -> None:
    driver = authorized_session()
    driver.starts()
    driver.status("SuspendedEVSE")
    driver.passes(30)
    missing = [finding for finding in driver.result["findings"] if "did not come" in finding["text"]]
    assert missing[0]["text"] == (
        "Step 7: StatusNotification Charging of connector 1 did not come, SuspendedEVSE came instead (D1)."
    )
    assert (missing[0]["expected"], missing[0]["received"]) == ("Charging", "SuspendedEVSE")


def test_preparing_is_skipped_to_the_review_when_authorize_arrives() -> None:
    driver = Driver("TC_003_CS")
    driver.confirms("plug_in")
    driver.passes(30)
    driver.confirms("present_id")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


def test_another_connector_is_rejected_and_connector_zero_asks_for_a_retest() -> None:
    driver = authorized_session(dut={"connectors": 2})
    driver.status("Unavailable", 2)
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D2.c"])
    driver = authorized_session()
    driver.status("Available", 0)
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("INCONCLUSIVE", ["D2.d2"])


def test_information_of_connector_zero_is_accepted() -> None:
    driver = authorized_session()
    driver.status("Available", 0, info="door open", vendorId="V", vendorErrorCode="7")
    driver.starts()
    driver.status("Charging", info="all is well", vendorId="V")
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.d1"])


def test_a_duplicate_status_is_rejected() -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D3"])


def test_what_is_tolerated_may_come_at_any_time() -> None:
    def chatter(driver: Driver) -> None:
        driver.says("Heartbeat")
        assert driver.says("DataTransfer", vendorId="V") == {"status": "UnknownVendorId"}
        driver.meters(None, [{"value": "1", "context": "Trigger"}])
        driver.meters(None, [{"value": "1", "context": "Transaction.Begin"}], connectorId=0)
        driver.says("SecurityEventNotification", type="StartupOfTheDevice", timestamp=driver.time())
        driver.says("FirmwareStatusNotification", status="Idle")
        driver.says("DiagnosticsStatusNotification", status="Idle")
        driver.says("LogStatusNotification", status="Idle")

    driver = Driver("TC_003_CS")
    chatter(driver)
    driver.status("Preparing")
    chatter(driver)
    driver.says("Authorize", idTag="VALID-1")
    for _ in range(200):
        driver.says("DataTransfer", vendorId="V", data="x")
    driver.starts()
    chatter(driver)
    driver.status("Charging")
    assert (driver.verdict, driver.result["findings"], driver.result["reviews"]) == ("PASS", [], [])


def test_the_wait_begins_when_the_operator_confirms() -> None:
    driver = Driver("TC_003_CS")
    driver.passes(3600)
    driver.confirms("plug_in")
    driver.passes(29)
    driver.status("Preparing")
    driver.passes(3600)
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"


def test_more_time_can_be_given() -> None:
    driver = authorized_session()
    driver.commands("extend")
    driver.passes(59)
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert "the operator gave the wait more time" in [line["text"] for line in driver.result["observations"]]


def test_an_impossible_action_is_inconclusive() -> None:
    driver = Driver("TC_003_CS")
    driver.confirms("plug_in", "impossible", "the plug does not fit")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")
    assert driver.result["tool_result"] == "NONE"


def test_an_inconclusive_attempt_is_not_failed_by_its_review() -> None:
    driver = Driver("TC_003_CS", dut={"connectors": 2})
    driver.status("Unavailable", 2)
    driver.confirms("plug_in", "impossible", "the plug does not fit")
    assert (driver.verdict, driver.result["review_result"]) == ("INCONCLUSIVE", "NONE")
    assert driver.rules == ["D2.c"]


# TC_001 ---------------------------------------------------------------------------------------------------------------


def boot_notification(driver: Driver) -> dict[str, object]:
    return driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")


def rejected_boot(**setup: object) -> Driver:
    """TC_001 up to step 2, the device on a new connection."""
    driver = Driver("TC_001_CS", **setup)  # type: ignore[arg-type]
    driver.link_down()
    driver.link_up()
    answer = boot_notification(driver)
    assert (answer["status"], answer["interval"]) == ("Rejected", 60)
    return driver


def heartbeats(driver: Driver, *gaps: float) -> None:
    for gap in gaps:
        driver.passes(gap)
        driver.says("Heartbeat")


def test_a_cold_boot_passes() -> None:
    driver = rejected_boot()
    driver.passes(60)
    assert driver.boots()["status"] == "Accepted"
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.result["observations"]) == ("PASS", [])
    assert driver.closed == {driver.all_prompts[0].id: "wire"}


@pytest.mark.parametrize(("after", "verdict"), [(54.5, "PASS"), (65.5, "PASS"), (50, "FAIL"), (70, "FAIL")])
def test_the_boot_is_tried_again_after_the_interval(after: float, verdict: str) -> None:
    driver = rejected_boot()
    driver.passes(after)
    driver.boots()
    heartbeats(driver, 60, 60)
    assert driver.verdict == verdict
    assert driver.row("3/BootNotification.req/1//timing") == ("passed" if verdict == "PASS" else "failed")


def test_a_boot_that_is_never_tried_again_is_missing() -> None:
    driver = rejected_boot()
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "missing")
    assert driver.result["findings"][0]["step"] == 3


def test_a_device_that_closes_the_connection_and_counts_its_ids_from_one_passes() -> None:
    driver = rejected_boot()
    first = list(driver._actions)[-1]
    driver.link_down("device")
    driver.passes(60)
    driver.link_up()
    driver.frame([2, first, "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}])
    assert driver.sent[-1][2]["status"] == "Accepted"
    driver.status("Available", 0)
    driver.status("Available", 1)
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_an_id_that_is_used_twice_on_one_connection_is_a_fault() -> None:
    driver = rejected_boot()
    driver.frame([2, "same", "Heartbeat", {}])
    driver.frame([2, "same", "Heartbeat", {}])
    assert driver.sent[-1] == driver.sent[-2]
    driver.passes(60)
    driver.boots()
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "schema")
    assert driver.texts == ["Heartbeat.req used the message id same a second time."]


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
def test_connectors_report_in_any_order(order: tuple[int, ...]) -> None:
    driver = rejected_boot(dut={"connectors": 2})
    driver.passes(60)
    boot_notification(driver)
    for connector in order:
        driver.status("Available", connector)
    heartbeats(driver, 60, 60)
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("silent", [0, 1, 2])
def test_each_connector_and_connector_zero_must_report(silent: int) -> None:
    driver = rejected_boot(dut={"connectors": 2})
    driver.passes(60)
    boot_notification(driver)
    for connector in {0, 1, 2} - {silent}:
        driver.status("Available", connector)
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])
    assert driver.row("5/StatusNotification.req/1/status") == "failed"


def test_unavailable_may_come_before_available() -> None:
    driver = rejected_boot()
    driver.passes(60)
    boot_notification(driver)
    driver.status("Unavailable", 0)
    driver.status("Unavailable", 1)
    driver.status("Available", 0)
    driver.status("Available", 1)
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.f", "D2.f"])


def test_a_heartbeat_among_the_statuses_does_not_make_them_missing() -> None:
    driver = rejected_boot()
    driver.passes(60)
    boot_notification(driver)
    driver.says("Heartbeat")
    driver.status("Available", 0)
    driver.says("Heartbeat")
    driver.status("Available", 1)
    heartbeats(driver, 60, 60)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_heartbeats_may_be_displaced_by_other_traffic() -> None:
    driver = rejected_boot()
    driver.passes(60)
    driver.boots()
    driver.passes(40)
    driver.says("DataTransfer", vendorId="V")
    heartbeats(driver, 60, 60)
    assert driver.verdict == "PASS"


@pytest.mark.parametrize(("gaps", "verdict"), [((60, 60), "PASS"), ((60, 90), "FAIL"), ((30, 60), "FAIL")])
def test_a_heartbeat_with_the_boot_is_none_of_the_series(gaps: tuple[float, float], verdict: str) -> None:
    driver = rejected_boot()
    driver.passes(60)
    driver.boots()
    heartbeats(driver, 0.5, *gaps)
    assert driver.verdict == verdict


@pytest.mark.parametrize("gaps", [(60, 80), (40, 60), (60, 30)])
def test_heartbeats_at_another_interval_fail(gaps: tuple[float, float]) -> None:
    driver = rejected_boot()
    driver.passes(60)
    driver.boots()
    heartbeats(driver, *gaps)
    assert (driver.verdict, driver.row("7/Heartbeat.req/1//interval")) == ("FAIL", "failed")


def test_heartbeats_that_do_not_come_are_missing() -> None:
    driver = rejected_boot()
    driver.passes(60)
    driver.boots()
    heartbeats(driver, 60)
    assert (driver.verdict, driver.result["findings"][0]["step"]) == ("FAIL", 7)
    assert driver.texts == ["Step 7: Heartbeat.req did not come in time (1 of 2 came)."]


@pytest.mark.parametrize(
    ("cause", "verdict", "reason"), [("device", "FAIL", "device_lost"), ("lab", "INCONCLUSIVE", "device_lost")]
)
def test_a_second_boot_asks_for_its_cause(cause: str, verdict: str, reason: str) -> None:
    driver = rejected_boot()
    driver.passes(60)
    driver.boots()
    boot_notification(driver)
    assert driver.prompt.kind == "question"
    driver.confirms("surprise", cause)
    assert (driver.verdict, driver.result["reason_code"]) == (verdict, reason)
