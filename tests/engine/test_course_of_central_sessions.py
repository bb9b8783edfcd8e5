"""Boot, sessions, resets and unlocking of a central system, run by hand."""

from __future__ import annotations

import pytest

from tests.engine.central import ACCEPTED_TAG, accepts_boot, authorizes, charges, connected, disconnected, says_status
from tests.engine.driver import Driver

# TC_001 ---------------------------------------------------------------------------------------------------------------


def cold() -> Driver:
    driver = Driver("TC_001_CSMS", connected=False)
    assert [order.order for order in driver.orders] == ["connect"]
    driver.link_up()
    return driver


def test_a_cold_boot_is_followed_by_heartbeats_at_the_interval_of_its_answer() -> None:
    driver = cold()
    accepts_boot(driver, interval=40)
    for _ in range(2):
        driver.passes(39.9)
        assert driver._unanswered == []
        driver.passes(0.1)
        driver.answers(currentTime=driver.time(), to="Heartbeat")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert driver.row("5/Heartbeat.req/2//timing") == "passed"


def test_a_boot_that_is_refused_is_the_cases_own_step() -> None:
    driver = cold()
    driver.answers({"status": "Rejected", "currentTime": driver.time(), "interval": 40}, to="BootNotification")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")
    assert driver.texts == ["Step 2: BootNotification.conf had status Rejected, Accepted was due."]


def test_a_heartbeat_that_is_not_answered_is_missing() -> None:
    driver = cold()
    accepts_boot(driver, interval=40)
    driver.passes(40)
    driver._unanswered.clear()
    driver.passes(30)
    assert driver.texts == ["Step 6: Heartbeat.req was not answered in time."]


def test_a_cold_boot_begins_with_a_new_connection() -> None:
    driver = Driver("TC_001_CSMS")
    disconnected(driver)
    assert driver.orders[-1].order == "connect"


# TC_004_2 and TC_011_2 ------------------------------------------------------------------------------------------------


def test_an_authorization_that_is_not_used_is_over_after_the_connection_timeout() -> None:
    driver = connected("TC_004_2_CSMS", values={"connection_timeout": 50})
    authorizes(driver)
    assert says_status(driver) == "Preparing"
    driver.passes(49)
    assert driver._unanswered == []
    driver.passes(1)
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


def test_a_remote_start_that_is_not_used_is_over_after_the_connection_timeout() -> None:
    driver = connected("TC_011_2_CSMS", values={"connection_timeout": 50})
    assert driver.says("RemoteStartTransaction", idTag="VALID-1") == {"status": "Accepted"}
    authorizes(driver)
    assert says_status(driver) == "Preparing"
    driver.passes(49)
    assert driver._unanswered == []
    driver.passes(1)
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


# TC_004_1, TC_005_1, TC_007 ---------------------------------------------------------------------------------------------


def test_identification_first_goes_through_the_state_charging_and_is_put_back() -> None:
    driver = connected("TC_004_1_CSMS")
    charges(driver, transaction=9)
    assert (driver.asked[0], driver.asked[1]["transactionId"]) == ("StopTransaction", 9)
    assert driver.verdict == "PASS"


def test_a_start_that_is_refused_inside_the_state_fails() -> None:
    driver = connected("TC_004_1_CSMS")
    authorizes(driver)
    driver.answers(to="StatusNotification")
    driver.answers({"transactionId": 9, "idTagInfo": {"status": "ConcurrentTx"}}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert driver.texts == [
        "Step Charging_CSMS:4: StartTransaction.conf had idTagInfo.status ConcurrentTx, Accepted was due."
    ]


def test_a_vehicle_that_is_unplugged_ends_the_transaction() -> None:
    driver = connected("TC_005_1_CSMS")
    charges(driver)
    assert says_status(driver) == "SuspendedEV"
    action, payload = driver.asked
    assert (action, payload["transactionId"], payload["reason"]) == ("StopTransaction", 7, "EVDisconnected")
    assert "idTag" not in payload
    driver.answers()
    assert [says_status(driver), says_status(driver)] == ["Finishing", "Available"]
    assert driver.verdict == "PASS"


def test_a_cached_card_starts_without_a_question() -> None:
    driver = connected("TC_007_CSMS")
    assert says_status(driver) == "Preparing"
    assert driver.asked[1]["idTag"] == "VALID-1"
    driver.answers({"transactionId": 3, **ACCEPTED_TAG}, to="StartTransaction")
    assert says_status(driver) == "Charging"
    assert driver.verdict == "PASS"


# TC_010 and TC_011_1 --------------------------------------------------------------------------------------------------


def started(card: str) -> Driver:
    driver = connected("TC_010_CSMS")
    assert says_status(driver) == "Preparing"
    assert driver.prompt.args == {
        "message": "RemoteStartTransaction",
        "fields": {"connectorId": 1, "idTag": "VALID-1"},
    }
    assert driver.says("RemoteStartTransaction", connectorId=1, idTag=card) == {"status": "Accepted"}
    return driver


@pytest.mark.parametrize("card", ["VALID-1", "Backoffice-7"])
def test_a_remote_start_goes_on_with_the_card_that_it_names(card: str) -> None:
    driver = started(card)
    assert driver.asked == ["Authorize", {"idTag": card}]
    authorizes(driver)
    assert (driver.asked[0], driver.asked[1]["idTag"]) == ("StartTransaction", card)
    driver.answers({"transactionId": 4, **ACCEPTED_TAG})
    assert says_status(driver) == "Charging"
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_remote_start_whose_card_is_not_accepted_fails() -> None:
    driver = started("VALID-2")
    driver.answers({"idTagInfo": {"status": "Expired"}}, to="Authorize")
    driver.answers({"transactionId": 4, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert driver.texts == ["Step 6: Authorize.conf had idTagInfo.status Expired, Accepted was due."]


def test_a_remote_start_may_leave_the_connector_open() -> None:
    driver = connected("TC_011_1_CSMS")
    driver.says("RemoteStartTransaction", idTag="VALID-2")
    assert driver.asked == ["Authorize", {"idTag": "VALID-2"}]
    authorizes(driver)
    assert says_status(driver) == "Preparing"
    assert (driver.asked[1]["connectorId"], driver.asked[1]["idTag"]) == (1, "VALID-2")
    driver.answers({"transactionId": 4, **ACCEPTED_TAG}, to="StartTransaction")
    assert says_status(driver) == "Charging"
    assert driver.verdict == "PASS"


def test_a_remote_stop_by_policy_does_not_end_the_case() -> None:
    driver = started("VALID-1")
    authorizes(driver)
    driver.answers({"transactionId": 4, **ACCEPTED_TAG}, to="StartTransaction")
    assert driver.says("RemoteStopTransaction", transactionId=4) == {"status": "Rejected"}
    assert says_status(driver) == "Charging"
    assert (driver.verdict, driver.texts) == ("PASS", [])


# TC_013 and TC_014 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "kind"), [("TC_013_CSMS", "Hard"), ("TC_014_CSMS", "Soft")])
def test_a_reset_takes_the_charge_point_away_and_it_boots_again(case: str, kind: str) -> None:
    driver = connected(case)
    assert driver.prompt.args["fields"] == {"type": kind}
    assert driver.says("Reset", type=kind) == {"status": "Accepted"}
    disconnected(driver)
    assert driver.orders[-1].order == "disconnect", "a restart takes a moment"
    driver.passes(5)
    assert driver.orders[-1].order == "connect"
    driver.link_up()
    accepts_boot(driver)
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_reset_of_the_other_type_fails() -> None:
    driver = connected("TC_013_CSMS")
    assert driver.says("Reset", type="Soft") == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: Reset.req had type Soft, Hard was due."]


def test_a_boot_behind_the_reset_that_is_only_pending_ends_the_case() -> None:
    driver = connected("TC_014_CSMS")
    driver.says("Reset", type="Soft")
    disconnected(driver)
    driver.passes(5)
    driver.link_up()
    driver.answers({"status": "Pending", "currentTime": driver.time(), "interval": 9}, to="BootNotification")
    assert driver.texts == ["Step 4: BootNotification.conf had status Pending, Accepted was due."]


def test_what_is_asked_behind_the_boot_does_not_disturb_it() -> None:
    driver = connected("TC_013_CSMS")
    driver.says("Reset", type="Hard")
    disconnected(driver)
    driver.passes(5)
    driver.link_up()
    assert "configurationKey" in driver.says("GetConfiguration")
    assert driver.says("Reset", type="Hard") == {"status": "Rejected"}
    accepts_boot(driver)
    assert (driver.verdict, driver.texts) == ("PASS", [])


# Unlocking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "status", "proposed"),
    [
        ("TC_017_1_CSMS", "Unlocked", 1),
        ("TC_017_2_CSMS", "NotSupported", 1),
        ("TC_030_CSMS", "UnlockFailed", 1),
        ("TC_031_CSMS", "NotSupported", 3),
    ],
)
def test_an_unlocking_is_answered_as_the_table_says_whatever_the_connector(
    case: str, status: str, proposed: int
) -> None:
    driver = connected(case, dut={"connectors": 2})
    assert driver.prompt.text == f"Have the central system send UnlockConnector with\n  connector id: {proposed}"
    assert driver.says("UnlockConnector", connectorId=2) == {"status": status}
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_an_unlocking_ends_the_transaction() -> None:
    driver = connected("TC_018_1_CSMS")
    charges(driver)
    assert driver.says("UnlockConnector", connectorId=1) == {"status": "Unlocked"}
    assert says_status(driver) == "Finishing"
    assert (driver.asked[1]["transactionId"], driver.asked[1]["reason"]) == (7, "UnlockCommand")
    driver.answers(to="StopTransaction")
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


def test_an_unlocking_that_is_asked_for_and_never_comes_is_missing() -> None:
    driver = connected("TC_017_1_CSMS")
    driver.confirms("csms_request")
    driver.passes(30)
    assert driver.texts == ["Step 1: UnlockConnector.req did not come in time."]


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "card", "status"),
    [
        ("TC_023_1_CSMS", "INVALID-1", "Invalid"),
        ("TC_023_2_CSMS", "OLD-1", "Expired"),
        ("TC_023_3_CSMS", "BAD-1", "Blocked"),
    ],
)
def test_a_card_that_may_not_charge_is_refused_with_its_reason(case: str, card: str, status: str) -> None:
    values = {"expired_id_tag": "OLD-1", "blocked_id_tag": "BAD-1"}
    driver = connected(case, values=values)
    assert driver.asked == ["Authorize", {"idTag": card}]
    driver.answers({"idTagInfo": {"status": status}})
    assert (driver.verdict, driver.texts) == ("PASS", [])
    other = connected(case, values=values)
    other.answers(ACCEPTED_TAG, to="Authorize")
    assert other.texts == [f"Step 2: Authorize.conf had idTagInfo.status Accepted, {status} was due."]


def test_a_lock_failure_is_reported_and_cleared_afterwards() -> None:
    driver = connected("TC_024_CSMS")
    authorizes(driver)
    assert says_status(driver) == "Preparing"
    assert driver.asked[1] == {"connectorId": 1, "errorCode": "ConnectorLockFailure", "status": "Faulted"}
    driver.answers()
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


def test_a_remote_start_is_rejected() -> None:
    driver = connected("TC_026_CSMS")
    assert driver.says("RemoteStartTransaction", idTag="ANY-CARD") == {"status": "Rejected"}
    assert driver.verdict == "PASS"


def test_a_remote_stop_of_an_unknown_transaction_is_rejected_and_the_known_one_ended() -> None:
    driver = connected("TC_028_CSMS")
    charges(driver)
    assert driver.prompt.args["fields"] == {"transactionId": 1007}
    assert driver.says("RemoteStopTransaction", transactionId=1007) == {"status": "Rejected"}
    assert (driver.asked[0], driver.asked[1]["transactionId"]) == ("StopTransaction", 7)
    assert driver.verdict == "PASS"
