"""Lost power and lost connections, as a central system sees them, run by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.engine.central import ACCEPTED_TAG, charges, connected, disconnected, says_status
from tests.engine.driver import START, Driver


def moment(driver: Driver) -> timedelta:
    """What the tool's request says of when it happened, since the beginning."""
    stamp = datetime.fromisoformat(driver.asked[1]["timestamp"])
    assert stamp.tzinfo is not None
    return stamp - START


def offline(case: str) -> Driver:
    """The connection is closed, a transaction begins at 10 s, and the connection stands again 20 s and a little later."""
    driver = connected(case, values={"transaction_duration": 20})
    assert driver.orders[-1].order == "disconnect"
    driver.passes(10)
    disconnected(driver)
    assert driver.orders[-1].order == "disconnect", "nothing happens until the time is over"
    driver.passes(20)
    assert driver.orders[-1].order == "connect"
    driver.passes(2)
    driver.link_up()
    return driver


def test_a_queued_start_keeps_its_time() -> None:
    driver = offline("TC_037_1_CSMS")
    assert (driver.asked[0], driver.asked[1]["idTag"]) == ("StartTransaction", "VALID-1")
    assert moment(driver) == timedelta(seconds=12)
    driver.answers({"transactionId": 5, **ACCEPTED_TAG})
    assert moment(driver) == timedelta(seconds=12)
    assert says_status(driver) == "Charging"
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_queued_start_that_is_refused_fails() -> None:
    driver = offline("TC_037_1_CSMS")
    driver.answers({"transactionId": 5, "idTagInfo": {"status": "Blocked"}}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert driver.texts == ["Step 2: StartTransaction.conf had idTagInfo.status Blocked, Accepted was due."]


def test_an_invalid_card_is_stopped_once_the_central_system_has_said_so() -> None:
    driver = offline("TC_037_3_CSMS")
    assert driver.asked[1]["idTag"] == "INVALID-1"
    driver.answers({"transactionId": 5, "idTagInfo": {"status": "Invalid"}}, to="StartTransaction")
    assert says_status(driver) == "Charging"
    action, payload = driver.asked
    assert (action, payload["transactionId"], payload["reason"]) == ("StopTransaction", 5, "DeAuthorized")
    assert moment(driver) == timedelta(seconds=32)
    driver.answers()
    assert says_status(driver) == "Finishing"
    assert says_status(driver) == "Available", "the tool puts the connector back"
    assert driver.verdict == "PASS"


def test_an_invalid_card_that_is_accepted_fails() -> None:
    driver = offline("TC_037_3_CSMS")
    driver.answers({"transactionId": 5, **ACCEPTED_TAG}, to="StartTransaction")
    for action in ("StatusNotification", "StopTransaction", "StatusNotification"):
        driver.answers(to=action)
    assert driver.texts == ["Step 2: StartTransaction.conf had idTagInfo.status Accepted, Invalid was due."]


def test_a_transaction_that_began_and_ended_offline_is_told_in_its_order() -> None:
    driver = offline("TC_039_CSMS")
    begun = moment(driver)
    driver.passes(25)
    driver.answers({"transactionId": 5, **ACCEPTED_TAG}, to="StartTransaction")
    assert (driver.asked[0], driver.asked[1]["transactionId"], driver.asked[1]["reason"]) == (
        "StopTransaction",
        5,
        "Local",
    )
    # However slow the answer was: it ended before the connection stood again, at 32 s.
    assert (begun, moment(driver)) == (timedelta(seconds=12), timedelta(seconds=31))
    driver.answers()
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_central_system_that_asks_first_after_the_reconnection_gets_the_queue_all_the_same() -> None:
    driver = offline("TC_039_CSMS")
    assert "configurationKey" in driver.says("GetConfiguration", key=["HeartbeatInterval"])
    driver.answers({"transactionId": 5, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StopTransaction")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_charge_point_that_is_not_let_in_at_once_tries_again() -> None:
    driver = connected("TC_037_1_CSMS")
    disconnected(driver)
    driver.passes(10)
    driver.refused(503)
    assert driver.ended is None
    before = len(driver.orders)
    driver.passes(5)
    assert [order.order for order in driver.orders[before:]] == ["connect"]
    driver.link_up()
    assert moment(driver) == timedelta(seconds=5), "ten seconds before the connection stood"
    driver.answers({"transactionId": 5, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StatusNotification")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_central_system_that_does_not_let_the_charge_point_in_again_fails() -> None:
    driver = connected("TC_037_1_CSMS")
    disconnected(driver)
    driver.passes(10)
    while driver.ended is None and driver.seconds < 300:
        driver.refused(503)
        driver.passes(5)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "missing")
    assert driver.texts == ["Step 1: the charge point was not let in again within 120 s; status 503 authorization."]


def test_what_was_wrong_with_an_upgrade_that_was_granted_is_told() -> None:
    driver = connected("TC_037_1_CSMS")
    disconnected(driver)
    driver.passes(10)
    while driver.ended is None and driver.seconds < 300:
        driver.refused(101, reason="Switching Protocols", detail="unsupported subprotocol")
        driver.passes(5)
    (finding,) = driver.result["findings"]
    assert (finding["expected"], finding["received"]) == ("101", "101 Switching Protocols: unsupported subprotocol")
    assert driver.texts == [
        "Step 1: the charge point was not let in again within 120 s; status 101 Switching Protocols: unsupported subprotocol."
    ]


def test_what_cannot_be_read_as_an_answer_to_the_upgrade_is_told() -> None:
    driver = Driver("TC_003_CSMS", connected=False)
    driver.refused(0, reason="handshake", detail="invalid HTTP status line")
    assert (driver.verdict, driver.result["reason_code"]) == ("ERROR", "environment")
    assert [observation["text"] for observation in driver.result["observations"]] == [
        "the central system does not take the connection: handshake: invalid HTTP status line"
    ]


def test_a_central_system_that_cannot_be_reached_any_more_is_an_error() -> None:
    driver = connected("TC_037_1_CSMS")
    disconnected(driver)
    driver.passes(10)
    while driver.ended is None and driver.seconds < 300:
        driver.refused(0)
        driver.passes(5)
    assert (driver.verdict, driver.result["reason_code"]) == ("ERROR", "environment")


# TC_032_1 -------------------------------------------------------------------------------------------------------------


def lost_power() -> Driver:
    driver = connected("TC_032_1_CSMS", dut={"connectors": 2})
    charges(driver)
    driver.passes(10)
    disconnected(driver)
    driver.passes(5)
    driver.passes(2)
    driver.link_up()
    return driver


def test_power_that_was_lost_has_stopped_the_transaction() -> None:
    driver = lost_power()
    driver.answers({"status": "Accepted", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    told = []
    for _ in range(3):
        told.append((driver.asked[1]["connectorId"], driver.asked[1]["status"]))
        driver.answers(to="StatusNotification")
    assert sorted(told) == [(0, "Available"), (1, "Finishing"), (2, "Available")]
    action, payload = driver.asked
    assert (action, payload["transactionId"], payload["reason"]) == ("StopTransaction", 7, "PowerLoss")
    assert moment(driver) == timedelta(seconds=12)
    driver.answers()
    assert says_status(driver) == "Available", "the tool puts the connector back"
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_boot_after_the_loss_that_is_rejected_ends_the_case() -> None:
    driver = lost_power()
    driver.answers({"status": "Rejected", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    assert driver.texts == ["Step 2: BootNotification.conf had status Rejected, Accepted was due."]
