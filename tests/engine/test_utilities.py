"""000_RESET, 000_STOPTX and the idle attempt, run by hand: what shows a station idle, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.device import DeviceModel
from tests.engine.driver import Driver


def model(**known: Any) -> dict[str, Any]:
    content = {"statuses": {"0": "Available", "1": "Available"}, "configuration": {}, **known}
    return {**DeviceModel().snapshot(), **content}


def at_rest(driver: Driver) -> Driver:
    """MinimumStatusDuration is not implemented."""
    driver.unknown("MinimumStatusDuration")
    return driver


def sent(driver: Driver) -> list[str]:
    return [frame[2] for frame in driver.sent if frame[0] == 2]


def test_a_station_that_is_known_to_be_idle_passes_after_a_quiet_window() -> None:
    driver = at_rest(Driver("000_RESET", device=model()))
    driver.passes(2.9)
    assert driver.ended is None
    driver.passes(0.2)
    assert (driver.verdict, sent(driver)) == ("PASS", ["GetConfiguration"])


def test_traffic_of_a_queue_starts_the_quiet_window_again_and_heartbeats_do_not() -> None:
    driver = at_rest(Driver("000_RESET", device=model()))
    driver.passes(2)
    driver.meters(None)
    driver.passes(2)
    assert driver.ended is None
    driver.says("Heartbeat")
    driver.passes(1.1)
    assert driver.verdict == "PASS"


def test_what_is_set_is_taken_back() -> None:
    known = model(reservations=[4], profiles=2, list_version=3, list_entries=1, cached=True, inoperative=[1])
    driver = Driver("000_RESET", device=known)
    asked = []
    for answer in ("Accepted", "Accepted", "Accepted", {"listVersion": 0}, "Accepted", "Accepted"):
        asked.append(tuple(driver.asked))
        driver.answers(answer)
    assert [action for action, _ in asked] == [
        "CancelReservation",
        "ClearChargingProfile",
        "SendLocalList",
        "GetLocalListVersion",
        "ClearCache",
        "ChangeAvailability",
    ]
    assert asked[2][1] == {"listVersion": 4, "updateType": "Full", "localAuthorizationList": []}
    at_rest(driver)
    assert [seen for seen in driver.result["observations"] if seen["rule"] == "drift"] == []
    assert driver.verdict == "PASS"


def test_what_is_left_on_the_device_is_named() -> None:
    driver = Driver("000_RESET", device=model(profiles=1, list_entries=1, cached=True))
    for answer in ("NotSupported", "Accepted", {"listVersion": 7}, "Rejected"):
        driver.answers(answer)
    at_rest(driver)
    left = [seen["text"] for seen in driver.result["observations"] if seen["rule"] == "drift"]
    assert left == [
        "charging profiles are installed: ClearChargingProfile was answered {'status': 'NotSupported'}",
        "the local authorization list has version 7: GetLocalListVersion was answered {'listVersion': 7}",
        "the authorization cache is not cleared: ClearCache was answered {'status': 'Rejected'}",
    ]


def test_a_status_that_is_not_known_is_asked_for() -> None:
    driver = Driver("000_RESET", device=model(statuses={"0": "Available"}))
    driver.passes(5)
    assert driver.asked == ["TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 1}]
    driver.answers("Accepted")
    driver.status("Available")
    at_rest(driver)
    assert driver.verdict == "PASS"


def test_a_reset_brings_out_what_a_station_will_not_say() -> None:
    driver = Driver("000_RESET", device=model(statuses={}))
    driver.passes(5)
    driver.refuses("NotImplemented")
    driver.passes(5)
    assert driver.asked == ["Reset", {"type": "Hard"}]
    driver.answers("Accepted")
    driver.link_down()
    driver.passes(400)
    driver.link_up()
    driver.boots()
    at_rest(driver)
    assert driver.verdict == "PASS"


def test_a_firmware_update_that_does_not_end_is_ended_by_a_reset() -> None:
    driver = Driver("000_RESET", device=model(updating=True))
    driver.passes(1800)
    assert driver.asked == ["Reset", {"type": "Hard"}]
    driver.answers("Accepted")
    driver.boots()
    at_rest(driver)
    assert driver.verdict == "PASS"


def test_a_firmware_update_that_goes_on_after_the_reset_is_named() -> None:
    driver = Driver("000_RESET", device=model(updating=True))
    driver.passes(1800)
    driver.answers("Accepted")
    driver.boots()
    at_rest(driver)
    driver.says("FirmwareStatusNotification", status="Downloading")
    driver.passes(8000)
    assert driver.verdict == "FAIL"
    assert driver.result["text"] == "the device is not idle: its firmware update has not ended"


def test_a_second_boot_restarts_the_wait() -> None:
    driver = at_rest(Driver("000_RESET", device=model(), options={"quiet_window": 10}))
    driver.passes(9)
    driver.boots()
    driver.passes(9)
    assert driver.ended is None
    driver.passes(1)
    assert driver.verdict == "PASS"


def test_the_reset_is_always_done_where_the_project_says_so() -> None:
    driver = Driver("000_RESET", device=model(), options={"reset": "always"})
    assert driver.asked == ["Reset", {"type": "Hard"}]
    driver.answers("Accepted")
    driver.boots()
    at_rest(driver)
    assert driver.verdict == "PASS"


def test_the_operator_may_bring_the_station_to_rest() -> None:
    driver = Driver("000_RESET", device=model(), options={"reset": "manual"})
    driver.confirms("inspect")
    driver.passes(60)
    at_rest(driver)
    assert driver.verdict == "PASS"


def transaction(number: int | None) -> dict[str, Any]:
    return model(statuses={"1": "Charging"}, transactions=[{"id": number, "connector": 1, "id_tag": "VALID-1"}])


def test_a_known_transaction_is_stopped_and_the_cable_taken_out() -> None:
    driver = Driver("000_RESET", device=transaction(12))
    assert driver.asked == ["RemoteStopTransaction", {"transactionId": 12}]
    driver.answers("Accepted")
    driver.stops(12)
    driver.status("Finishing")
    at_rest(driver)
    for _ in range(10):
        driver.passes(5)
        if driver.prompts:
            break
    driver.confirms("unplug")
    driver.status("Available")
    assert driver.verdict == "PASS"


def test_a_cable_that_is_locked_is_let_go() -> None:
    driver = Driver("000_RESET", device=model(statuses={"0": "Available", "1": "Finishing"}))
    at_rest(driver)
    driver.passes(5)
    driver.confirms("unplug", "impossible", "it is locked")
    assert driver.asked == ["UnlockConnector", {"connectorId": 1}]
    driver.answers("Unlocked")
    driver.confirms("unplug")
    driver.status("Available")
    driver.passes(3.1)
    assert driver.verdict == "PASS"


def test_a_transaction_without_id_is_stopped_at_the_station() -> None:
    driver = Driver("000_STOPTX", device=transaction(None))
    # The status may be on its way that shows that it has ended.
    driver.passes(5)
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-1"}
    driver.stops(99)
    assert driver.verdict == "PASS"


def test_a_transaction_that_nobody_knows_of_is_stopped_at_the_station() -> None:
    driver = Driver("000_STOPTX", device=model(statuses={"1": "Charging"}))
    driver.passes(5)
    driver.confirms("present_id")
    assert (driver.verdict, driver.result["text"]) == (
        "FAIL",
        "the device is not idle: connector 1 is Charging, the transaction on connector 1 could not be ended",
    )
    driver = Driver("000_STOPTX", device=model(statuses={"1": "SuspendedEV"}))
    driver.passes(5)
    driver.stops(4711)
    assert driver.verdict == "PASS"


def test_a_station_that_refuses_the_reset_and_is_not_idle_does_not_pass() -> None:
    driver = Driver("000_RESET", device=model(statuses={"0": "Available", "1": "Faulted"}))
    at_rest(driver)
    driver.passes(60)
    assert driver.asked[0] == "Reset"
    driver.answers("Rejected")
    assert (driver.verdict, driver.result["text"]) == ("FAIL", "the device is not idle and refuses a reset")


def test_a_station_that_stays_faulted_after_a_reset_does_not_pass() -> None:
    driver = Driver("000_RESET", device=model(statuses={"0": "Available", "1": "Faulted"}))
    at_rest(driver)
    driver.passes(60)
    driver.answers("Accepted", to="Reset")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.status("Available", 0)
    driver.status("Faulted", 1)
    assert driver.verdict == "FAIL"
    assert driver.result["text"] == "the device is not idle: connector 1 is Faulted"


def test_a_station_that_is_not_connected_does_not_pass() -> None:
    driver = Driver("000_RESET", device=model(), connected=False)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "device_lost")


def test_the_status_duration_is_set_to_zero_and_stays() -> None:
    driver = Driver("000_RESET", device=model())
    driver.configured("MinimumStatusDuration", "5")
    assert driver.asked == ["ChangeConfiguration", {"key": "MinimumStatusDuration", "value": "0"}]
    driver.answers("Accepted")
    driver.configured("MinimumStatusDuration", "0")
    driver.passes(4)
    assert driver.verdict == "PASS"
    assert sent(driver).count("ChangeConfiguration") == 1


@pytest.mark.parametrize("status", ["Available", "Preparing", "Faulted", "Charging"])
def test_the_idle_attempt_answers_and_judges_nothing(status: str) -> None:
    driver = Driver("IDLE")
    driver.status(status)
    driver.starts()
    driver.says("RemoteStartTransaction", idTag="X")
    driver.frame("nonsense")
    driver.link_down()
    driver.commands("finish")
    assert (driver.verdict, driver.result["findings"]) == ("PASS", [])


def test_a_key_that_is_owed_from_an_attempt_that_was_cut_off_is_put_back() -> None:
    driver = Driver("000_RESET", device=model(owed={"LocalPreAuthorize": "false"}))
    assert driver.asked[1] == {"key": "LocalPreAuthorize", "value": "false"}
    driver.answers("Accepted")
    driver.configured("LocalPreAuthorize", "false")
    at_rest(driver).passes(3.1)
    assert driver.verdict == "PASS"
    assert driver.interpreter.attempt.model.owed == {}


def test_a_key_that_cannot_be_put_back_stays_owed() -> None:
    driver = Driver("000_RESET", device=model(owed={"LocalPreAuthorize": "false"}))
    driver.answers("Accepted")
    driver.refuses()
    at_rest(driver).passes(3.1)
    assert driver.interpreter.attempt.model.owed == {"LocalPreAuthorize": "false"}
