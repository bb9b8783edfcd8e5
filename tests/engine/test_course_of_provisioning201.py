"""Resets of an OCPP 2.0.1 charging station and of its EVSEs, as they are judged."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver


def booted(case: str, connector: int = 1) -> Driver:
    driver = Driver(case, connected=False, dut={"connectors": 2}, values={"connector_id": connector})
    driver.link_up()
    driver.answers({"status": "Accepted", "currentTime": driver.time(), "interval": 300}, to="BootNotification")
    for _ in range(2):
        driver.answers(to="StatusNotification")
    return driver


def transferring(case: str, connector: int = 1) -> Driver:
    driver = booted(case, connector)
    for action in ("StatusNotification", "NotifyEvent"):
        driver.answers(to=action)
    driver.answers({"idTokenInfo": {"status": "Accepted"}}, to="Authorize")
    for _ in range(2):
        driver.answers(to="TransactionEvent")
    return driver


def boots(driver: Driver, reason: str, status: str = "Accepted") -> None:
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    driver.link_up()
    assert driver.asked[1]["reason"] == reason
    driver.answers({"status": status, "currentTime": driver.time(), "interval": 300}, to="BootNotification")


def stopped_by_user(driver: Driver) -> None:
    first = driver.asked[1]
    assert (first["eventType"], first["triggerReason"]) == ("Updated", "StopAuthorized")
    assert first["idToken"] == {"idToken": driver.interpreter.attempt.values["valid_id_tag"], "type": "ISO14443"}
    driver.answers(to="TransactionEvent")
    second = driver.asked[1]
    assert (second["eventType"], second["triggerReason"]) == ("Ended", "EVCommunicationLost")
    assert second["transactionInfo"]["stoppedReason"] == "EVDisconnected"
    assert second["seqNo"] == first["seqNo"] + 1
    assert "idToken" not in second
    driver.answers(to="TransactionEvent")


def all_available(driver: Driver) -> None:
    said = []
    for _ in range(4):
        said.append((driver.asked[0], "Available" in str(driver.asked[1])))
        driver.answers()
    assert sorted(said) == [("NotifyEvent", True)] * 2 + [("StatusNotification", True)] * 2


@pytest.mark.parametrize("kind", ["OnIdle", "Immediate"])
def test_the_type_of_a_reset_without_a_transaction_is_asked_for_and_not_judged(kind: str) -> None:
    driver = booted("TC_B_20_CSMS")
    assert driver.prompt.args["fields"] == {"type": "OnIdle"}
    assert driver.says("Reset", type=kind) == {"status": "Accepted"}
    boots(driver, "RemoteReset")
    all_available(driver)
    assert driver.verdict == "PASS"


def test_a_boot_that_is_not_accepted_after_the_reset_ends_the_case() -> None:
    driver = booted("TC_B_20_CSMS")
    driver.says("Reset", type="OnIdle")
    boots(driver, "RemoteReset", "Pending")
    (finding,) = driver.findings
    assert (finding["step"], finding["field"], finding["expected"], finding["received"]) == (
        4,
        "status",
        "Accepted",
        "Pending",
    )


def test_a_reset_on_idle_waits_for_the_end_of_the_transaction() -> None:
    driver = transferring("TC_B_21_CSMS")
    assert driver.prompt.args["fields"] == {"type": "OnIdle"}
    assert driver.says("Reset", type="OnIdle") == {"status": "Scheduled"}
    stopped_by_user(driver)
    boots(driver, "ScheduledReset")
    all_available(driver)
    assert driver.verdict == "PASS"


def test_an_immediate_reset_is_not_the_one_on_idle() -> None:
    driver = transferring("TC_B_21_CSMS")
    driver.says("Reset", type="Immediate")
    driver.confirms("request_differs", "device")
    finding = driver.interpreter.attempt.findings[0]
    assert (finding["step"], finding["field"], finding["expected"], finding["received"]) == (
        1,
        "type",
        "OnIdle",
        "Immediate",
    )


@pytest.mark.parametrize("connector", [1, 2])
def test_an_evse_without_a_transaction_is_reset(connector: int) -> None:
    driver = booted("TC_B_25_CSMS", connector)
    assert driver.prompt.args["fields"] == {"type": "OnIdle", "evseId": connector}
    assert driver.says("Reset", type="OnIdle", evseId=connector) == {"status": "Accepted"}
    assert driver.verdict == "PASS"


def test_a_reset_of_the_whole_station_is_not_one_of_the_evse() -> None:
    driver = booted("TC_B_25_CSMS")
    driver.says("Reset", type="OnIdle")
    driver.confirms("request_differs", "device")
    finding = driver.interpreter.attempt.findings[0]
    assert (finding["step"], finding["field"], finding["expected"]) == (1, "evseId", "1 (<evseId>)")


@pytest.mark.parametrize("connector", [1, 2])
def test_an_evse_is_reset_when_its_transaction_is_over(connector: int) -> None:
    driver = transferring("TC_B_26_CSMS", connector)
    assert driver.says("Reset", type="OnIdle", evseId=connector) == {"status": "Scheduled"}
    stopped_by_user(driver)
    driver.answers(to="StatusNotification")
    assert driver.verdict == "PASS"


def test_an_evse_is_reset_at_once() -> None:
    driver = transferring("TC_B_27_CSMS")
    assert driver.says("Reset", type="Immediate", evseId=1) == {"status": "Accepted"}
    ended = driver.asked[1]
    assert (ended["eventType"], ended["triggerReason"]) == ("Ended", "ResetCommand")
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    driver.answers(to="TransactionEvent")
    driver.answers(to="StatusNotification")
    assert driver.verdict == "PASS"


def test_the_tool_reports_the_connector_of_the_evse_that_is_configured() -> None:
    driver = booted("TC_B_22_CSMS", 2)
    action, payload = driver.asked
    assert (action, payload["evseId"], payload["connectorId"]) == ("StatusNotification", 2, 1)


def test_heartbeats_are_sent_at_the_interval_that_the_boot_was_answered_with() -> None:
    driver = booted("TC_B_20_CSMS")
    assert driver.interpreter.attempt.model.heartbeat_interval == 300
    driver.passes(301)
    assert driver.asked[0] == "Heartbeat"
