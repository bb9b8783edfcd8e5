"""Stop at the station, at the vehicle and remotely, run by hand: TC_005, TC_012, TC_068 and TC_069."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Driver, charging

SHARED: dict[str, Any] = {"dut": {"connectors": 2, "evses": [[1], [2]], "shared_reader": True}}
FIXED: dict[str, Any] = {"dut": {"cable": "fixed"}}


# TC_012 ---------------------------------------------------------------------------------------------------------------


def test_a_remote_stop_has_its_reason() -> None:
    driver = Driver("TC_012_CS")
    transaction = charging(driver)
    assert driver.asked == ["RemoteStopTransaction", {"transactionId": transaction}]
    driver.answers("Accepted")
    driver.status("Finishing")
    driver.stops(transaction, reason="Remote")
    assert driver.verdict == "PASS"


@pytest.mark.parametrize(("fields", "received"), [({}, "<omitted>"), ({"reason": "Local"}, "Local")])
def test_a_remote_stop_with_another_reason_fails(fields: dict[str, str], received: str) -> None:
    driver = Driver("TC_012_CS")
    transaction = charging(driver)
    driver.answers("Accepted")
    driver.stops(transaction, **fields)
    driver.status("Finishing")
    assert driver.verdict == "FAIL"
    assert driver.texts == [f"Step 3: StopTransaction.req had reason {received}, Remote was due."]


# TC_068 ---------------------------------------------------------------------------------------------------------------


def test_only_the_card_that_started_stops() -> None:
    driver = Driver("TC_068_CS")
    transaction = charging(driver)
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-2"}
    driver.confirms("present_id")
    driver.passes(10)
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-1"}
    driver.stops(transaction, idTag="valid-1", reason="Local")
    driver.status("Finishing")
    assert driver.verdict == "PASS"


def test_meter_values_are_no_sign_of_the_other_card() -> None:
    driver = Driver("TC_068_CS")
    transaction = charging(driver)
    driver.meters(transaction)
    assert driver.prompt.args["id_tag"] == "VALID-2"


@pytest.mark.parametrize("confirmed", [False, True])
def test_another_card_must_not_be_asked_about(confirmed: bool) -> None:
    driver = Driver("TC_068_CS")
    charging(driver)
    if confirmed:
        driver.confirms("present_id")
        driver.passes(9)
    driver.says("Authorize", idTag="VALID-2")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 1: Authorize.req was sent, though it must not come here."]
    assert driver.row("1/Authorize.req/1//absent") == "failed"


def test_another_card_may_be_asked_about_where_one_reader_serves_several_evses() -> None:
    driver = Driver("TC_068_CS", **SHARED)
    transaction = charging(driver)
    driver.says("Authorize", idTag="VALID-2")
    driver.confirms("present_id")
    driver.passes(10)
    driver.stops(transaction, idTag="VALID-1")
    driver.status("Finishing")
    assert driver.verdict == "PASS"
    assert driver.row("1/Authorize.req/1//absent") == "not_exercised"
    assert driver.row("1/StopTransaction.req/1//absent") == "passed"


def test_one_evse_with_two_connectors_has_its_reader_to_itself() -> None:
    driver = Driver("TC_068_CS", dut={"connectors": 2, "evses": [[1, 2]], "shared_reader": True})
    charging(driver)
    driver.says("Authorize", idTag="VALID-2")
    assert driver.texts_so_far == ["Step 1: Authorize.req was sent, though it must not come here."]


@pytest.mark.parametrize("setup", [{}, SHARED], ids=["own", "shared"])
def test_another_card_must_not_stop(setup: dict[str, Any]) -> None:
    driver = Driver("TC_068_CS", **setup)
    transaction = charging(driver)
    driver.stops(transaction, idTag="VALID-2", reason="Local")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 1: StopTransaction.req was sent, though it must not come here."]


@pytest.mark.parametrize(("fields", "received"), [({}, "<omitted>"), ({"idTag": "VALID-2"}, "VALID-2")])
def test_the_stop_bears_the_card_of_the_start(fields: dict[str, str], received: str) -> None:
    driver = Driver("TC_068_CS")
    transaction = charging(driver)
    driver.confirms("present_id")
    driver.passes(10)
    driver.stops(transaction, **fields)
    assert driver.texts_so_far == [
        f"Step 3: StopTransaction.req had idTag {received}, VALID-1 (= step Charging_CS:9 idTag) was due."
    ]


# TC_069 ---------------------------------------------------------------------------------------------------------------


def in_a_group(**setup: Any) -> tuple[Driver, int]:
    """TC_069 of a station with a reader for each connector, up to its prompt; the transaction's id."""
    driver = Driver("TC_069_CS", **setup)
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.status("Preparing")
    driver.confirms("plug_in")
    answer = driver.says("StartTransaction", connectorId=1, idTag="VALID-1", meterStart=0, timestamp=driver.time())
    assert answer["idTagInfo"] == {"status": "Accepted", "parentIdTag": "GROUP-1"}
    driver.status("Charging")
    return driver, int(answer["transactionId"])


def test_another_card_of_the_group_stops() -> None:
    driver, transaction = in_a_group()
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-2"}
    answer = driver.says("Authorize", idTag="VALID-2")
    assert answer == {"idTagInfo": {"status": "Accepted", "parentIdTag": "GROUP-1"}}
    driver.stops(transaction, idTag="VALID-2")
    driver.status("Finishing")
    assert driver.verdict == "PASS"


def test_a_card_of_the_group_that_is_not_asked_about_cannot_be_known() -> None:
    driver, transaction = in_a_group()
    driver.stops(transaction, idTag="VALID-2")
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        ["Step 1: StopTransaction.req of step 3 came before step 1 Authorize.req."],
    )


def test_the_stop_bears_the_card_that_was_asked_about() -> None:
    driver, transaction = in_a_group()
    driver.says("Authorize", idTag="VALID-2")
    driver.stops(transaction, idTag="VALID-1")
    driver.status("Finishing")
    assert driver.texts == ["Step 3: StopTransaction.req had idTag VALID-1, VALID-2 (= step 1 idTag) was due."]


def test_the_other_connectors_are_occupied_first_where_one_reader_serves_them() -> None:
    driver = Driver("TC_069_CS", **SHARED)
    assert (driver.prompt.action, driver.prompt.args) == ("plug_in", {"connector": 2})
    driver.status("Preparing", 2)
    assert driver.asked == ["GetConfiguration", {"key": ["AuthorizeRemoteTxRequests"]}]


# TC_005 ---------------------------------------------------------------------------------------------------------------

Act = Callable[[Driver, int], object]
STOP: Act = lambda driver, transaction: driver.stops(transaction, reason="EVDisconnected")  # noqa: E731
FINISHING: Act = lambda driver, transaction: driver.status("Finishing")  # noqa: E731
AVAILABLE: Act = lambda driver, transaction: driver.status("Available")  # noqa: E731


def disconnecting(case: str, stop: str | None, unlock: str, **setup: Any) -> tuple[Driver, int]:
    """TC_005 up to its first prompt. stop: StopTransactionOnEVSideDisconnect, None when the station has no such key."""
    driver = Driver(case, **setup)
    driver.unknown("MinimumStatusDuration")
    if stop is None:
        driver.unknown("StopTransactionOnEVSideDisconnect")
    else:
        driver.configured("StopTransactionOnEVSideDisconnect", stop)
    driver.configured("UnlockConnectorOnEVSideDisconnect", unlock, readonly=True)
    transaction = charging(driver)
    assert driver.prompt.action == "unplug_ev_side"
    return driver, transaction


@pytest.mark.parametrize("key", ["true", None])
@pytest.mark.parametrize("order", [(STOP, FINISHING), (FINISHING, STOP)], ids=["stop first", "status first"])
def test_the_cable_is_unplugged_at_the_vehicle_and_then_at_the_station(order: tuple[Act, ...], key: str | None) -> None:
    driver, transaction = disconnecting("TC_005_1_CS", key, "true")
    for act in order:
        act(driver, transaction)
    driver.confirms("unplug")
    driver.status("Available")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


@pytest.mark.parametrize(
    "order",
    [(FINISHING, AVAILABLE, STOP), (FINISHING, STOP, AVAILABLE), (STOP, FINISHING, AVAILABLE)],
    ids=["stop last", "stop between", "stop first"],
)
def test_both_ends_may_be_pulled_at_once(order: tuple[Act, ...]) -> None:
    driver, transaction = disconnecting("TC_005_1_CS", "true", "true")
    for act in order:
        act(driver, transaction)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("5/StatusNotification.req/1/status") == "passed"


def test_nobody_is_asked_to_unplug_what_is_unplugged() -> None:
    driver, transaction = disconnecting("TC_005_1_CS", "true", "true")
    for act in (FINISHING, AVAILABLE, STOP):
        act(driver, transaction)
    assert driver.verdict == "PASS"
    assert [prompt.action for prompt in driver.all_prompts] == ["plug_in", "unplug_ev_side"]


def test_a_station_that_never_finishes_is_for_the_review() -> None:
    driver, transaction = disconnecting("TC_005_1_CS", "true", "true")
    STOP(driver, transaction)
    AVAILABLE(driver, transaction)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


@pytest.mark.parametrize("status", ["Finishing", "Available"])
def test_the_connector_is_unlocked_remotely(status: str) -> None:
    driver, transaction = disconnecting("TC_005_2_CS", "true", "false")
    STOP(driver, transaction)
    driver.status(status)
    assert driver.asked == ["UnlockConnector", {"connectorId": 1}]
    driver.answers("Unlocked")
    driver.confirms("unplug")
    if status == "Finishing":
        driver.status("Available")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_connector_that_is_never_available_again_is_for_the_review() -> None:
    driver, transaction = disconnecting("TC_005_2_CS", "true", "false")
    STOP(driver, transaction)
    FINISHING(driver, transaction)
    driver.answers("Unlocked")
    driver.confirms("unplug")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


@pytest.mark.parametrize("setup", [{}, FIXED], ids=["socket", "fixed"])
@pytest.mark.parametrize("order", [(FINISHING, AVAILABLE, STOP), (STOP, FINISHING, AVAILABLE)], ids=["last", "first"])
def test_available_may_follow_finishing_by_itself(order: tuple[Act, ...], setup: dict[str, Any]) -> None:
    driver, transaction = disconnecting("TC_005_2_CS", "true", "false", **setup)
    for act in order:
        act(driver, transaction)
    driver.answers("NotSupported")
    if not setup:
        driver.confirms("unplug")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.prompts == {}


def test_a_connector_that_stays_locked_ends_the_case() -> None:
    driver, transaction = disconnecting("TC_005_2_CS", "true", "false")
    STOP(driver, transaction)
    FINISHING(driver, transaction)
    driver.answers("UnlockFailed")
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        ["Step 6: UnlockConnector.conf had status UnlockFailed, Unlocked|NotSupported was due."],
    )


SUSPENSIONS = [("SuspendedEV",), ("SuspendedEVSE",), ("SuspendedEV", "SuspendedEVSE"), ("SuspendedEVSE", "SuspendedEV")]


@pytest.mark.parametrize("suspensions", SUSPENSIONS, ids="+".join)
def test_the_transaction_goes_on_and_is_stopped_remotely(suspensions: tuple[str, ...]) -> None:
    driver, transaction = disconnecting("TC_005_3_CS", "false", "false")
    for status in suspensions:
        driver.status(status, info="EV Side Disconnected")
    assert driver.asked == ["RemoteStopTransaction", {"transactionId": transaction}]
    driver.answers("Accepted")
    driver.status("Finishing")
    driver.stops(transaction, reason="Remote")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


@pytest.mark.parametrize(("fields", "received"), [({}, "<omitted>"), ({"info": "no vehicle"}, "no vehicle")])
def test_the_suspension_says_why(fields: dict[str, str], received: str) -> None:
    driver, _ = disconnecting("TC_005_3_CS", "false", "false")
    driver.status("SuspendedEV", **fields)
    assert driver.texts_so_far == [f"Step 1: StatusNotification.req had info {received}, EV side disconnected was due."]


def test_the_same_suspension_twice_is_a_duplicate() -> None:
    driver, transaction = disconnecting("TC_005_3_CS", "false", "false")
    for _ in range(2):
        driver.status("SuspendedEV", info="EV side disconnected")
    driver.answers("Accepted")
    driver.stops(transaction, reason="Remote")
    driver.status("Finishing")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D3"])


def test_a_transaction_that_ends_at_the_vehicle_leaves_the_scenario() -> None:
    driver, transaction = disconnecting("TC_005_3_CS", "false", "false")
    STOP(driver, transaction)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 1: StopTransaction.req is no part of the scenario here."]


@pytest.mark.parametrize("statuses", [("Available",), ("Finishing",), ("Finishing", "Available")], ids="+".join)
def test_a_fixed_cable_may_be_available_at_once(statuses: tuple[str, ...]) -> None:
    driver, transaction = disconnecting("TC_005_3_CS", "false", "false", **FIXED)
    driver.status("SuspendedEV", info="EV side disconnected")
    driver.answers("Accepted")
    for status in statuses:
        driver.status(status)
    driver.stops(transaction, reason="Remote")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_loose_cable_must_finish_first() -> None:
    driver, transaction = disconnecting("TC_005_3_CS", "false", "false")
    driver.status("SuspendedEV", info="EV side disconnected")
    driver.answers("Accepted")
    driver.status("Available")
    driver.stops(transaction, reason="Remote")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D2.g", "D1"])
