"""Lost connections, run by hand: what is queued, in which order, and what becomes of a card that is refused afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.engine.driver import NO_ERROR, START, Driver, charging

#: A station that starts offline for unknown cards alone: nothing is listed or cached.
UNKNOWN_CARDS = {"cache": False, "local_list": False, "unknown_offline_authorization": True, "features": ["Core"]}


def at(seconds: float) -> str:
    """A moment, in seconds since the beginning, as the station writes it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# TC_036 ---------------------------------------------------------------------------------------------------------------


class Metered:
    """TC_036 up to the reconnection, 31 s after the start of the transaction; the interval is 10 s."""

    def __init__(self, before: tuple[float, ...] = (), flows_at: float = 0, ahead: float = 0) -> None:
        """before: when values were taken that came before the cut; flows_at: when Charging came; ahead: of the station's clock."""
        self.ahead = ahead
        self.driver = driver = Driver("TC_036_CS")
        driver.configured("MeterValueSampleInterval", "10")
        driver.configured("AuthorizeRemoteTxRequests", "false")
        driver.answers("Accepted", to="RemoteStartTransaction")
        driver.status("Preparing")
        driver.confirms("plug_in")
        answer = driver.says(
            "StartTransaction", connectorId=1, idTag="VALID-1", meterStart=0, timestamp=at(driver.seconds + ahead)
        )
        self.transaction = answer["transactionId"]
        for moment in before:
            driver.passes(moment - driver.seconds)
            self.sends(moment)
        driver.passes(flows_at - driver.seconds)
        driver.status("Charging")
        assert driver.orders[-1].order == "cut"
        driver.link_down("tool")
        driver.passes(30)
        assert driver.orders[-1].order == "restore"
        driver.passes(1)
        driver.link_up()

    def sends(self, *moments: float, **sample: Any) -> None:
        """One MeterValues.req with a value of each of these moments."""
        values = [
            {"timestamp": at(moment + self.ahead), "sampledValue": [{"value": "1", **sample}]} for moment in moments
        ]
        self.driver.says("MeterValues", connectorId=1, transactionId=self.transaction, meterValue=values)

    def samples(self, moment: float) -> None:
        """A value is taken and sent at once."""
        self.driver.passes(moment - self.driver.seconds)
        self.sends(moment)


def test_the_queue_comes_in_order_and_a_new_value_behind_it() -> None:
    metered = Metered()
    for moment in (10, 20, 30):
        metered.sends(moment)
    assert metered.driver.ended is None
    metered.samples(40)
    assert (metered.driver.verdict, metered.driver.texts) == ("PASS", [])


def test_the_queue_may_come_in_one_message() -> None:
    metered = Metered()
    metered.sends(10, 20, 30)
    metered.samples(40)
    assert metered.driver.verdict == "PASS"


def test_a_value_that_is_lost_in_the_queue() -> None:
    metered = Metered()
    metered.sends(10)
    metered.sends(30)
    metered.samples(40)
    assert metered.driver.texts == [
        "Step 1: MeterValues.req came after 20.0 s, 10 s were due (tolerance sample_interval 1 s)."
    ]


def test_the_first_value_of_the_queue_is_lost() -> None:
    metered = Metered()
    metered.sends(20, 30)
    metered.samples(40)
    assert metered.driver.texts == [
        "Step 1: no value is lost before the first one that came - not so: 20.0 s after StartTransaction."
    ]


def test_the_first_value_behind_one_that_came_before_the_cut_is_lost() -> None:
    metered = Metered(before=(10,), flows_at=10)
    metered.sends(30, 40)
    metered.samples(50)
    assert metered.driver.texts == [
        "Step 1: MeterValues.req came after 20.0 s, 10 s were due (tolerance sample_interval 1 s)."
    ]


def test_a_new_value_may_not_come_ahead_of_the_queue() -> None:
    metered = Metered(before=(10,), flows_at=10)
    metered.samples(50)
    assert metered.driver.texts == [
        "Step 1: MeterValues.req came after 40.0 s, 10 s were due (tolerance sample_interval 1 s)."
    ]


def test_the_newest_of_the_queue_comes_first() -> None:
    metered = Metered()
    for moment in (30, 20, 10):
        metered.sends(moment)
    assert metered.driver.texts[0] == (
        "Step 1: MeterValues.req came after -10.0 s, 10 s were due (tolerance sample_interval 1 s)."
    )


def test_a_station_may_count_from_the_flow_of_energy() -> None:
    metered = Metered(flows_at=5)
    metered.sends(15, 25, 35)
    metered.samples(45)
    assert metered.driver.verdict == "PASS"


def test_an_unanswered_value_may_be_sent_again() -> None:
    metered = Metered(before=(10,), flows_at=11)
    metered.sends(10)
    metered.sends(20, 30, 40)
    metered.samples(50)
    assert metered.driver.verdict == "PASS"
    assert [o["text"] for o in metered.driver.result["observations"]] == [
        "MeterValues.req was repeated after a lost connection"
    ]


def test_a_value_that_comes_twice_over_one_connection() -> None:
    metered = Metered()
    metered.sends(10)
    metered.sends(10)
    assert metered.driver.texts == [
        "Step 1: MeterValues.req came after 0.0 s, 10 s were due (tolerance sample_interval 1 s)."
    ]


@pytest.mark.parametrize("ahead", [-7200, -3, 3, 7200])
def test_the_clock_of_the_station_may_be_wrong(ahead: float) -> None:
    metered = Metered(ahead=ahead)
    metered.sends(10, 20, 30)
    assert metered.driver.ended is None
    metered.samples(40)
    assert metered.driver.verdict == "PASS"


def test_clock_aligned_values_are_no_matter_of_the_case() -> None:
    metered = Metered()
    metered.sends(10, 20, context="Sample.Periodic")
    metered.sends(15, context="Sample.Clock")
    metered.sends(30, format="Raw")
    metered.samples(40)
    assert metered.driver.verdict == "PASS"


def test_values_that_are_not_periodic() -> None:
    metered = Metered()
    metered.sends(10, 20, 30, 40, context="Trigger")
    metered.driver.passes(150)
    assert metered.driver.texts == [
        "Step 1: MeterValues.req with meterValue[].sampledValue[].context Sample.Periodic|<omitted> did not come; "
        "one with Trigger did."
    ]


def test_the_queue_may_wait_for_the_stations_own_retry() -> None:
    metered = Metered()
    metered.driver.passes(90)
    metered.sends(*range(10, 130, 10))
    assert metered.driver.verdict == "PASS"


def test_nothing_comes_any_more() -> None:
    metered = Metered()
    metered.sends(10, 20, 30)
    metered.driver.passes(150)
    assert metered.driver.texts == ["Step 1: MeterValues.req did not come in time."]


# TC_037, TC_039 -------------------------------------------------------------------------------------------------------


def prepared(case: str) -> Driver:
    """An offline start up to the cut, of a station that starts for unknown cards."""
    driver = Driver(case, dut=UNKNOWN_CARDS)
    driver.configured("LocalAuthorizeOffline", "true")
    driver.unknown("LocalAuthListEnabled")
    driver.unknown("AuthorizationCacheEnabled")
    driver.configured("AllowOfflineTxForUnknownId", "true")
    if case != "TC_039_CS":
        driver.configured("StopTransactionOnInvalidId", str(case == "TC_037_3_CS").lower())
        driver.unknown("MaxEnergyOnInvalidId")
    assert driver.orders[-1].order == "cut"
    driver.link_down("tool")
    return driver


def refused(case: str) -> Driver:
    """TC_037_2 and _3 up to the refusal of the invalid card."""
    driver = prepared(case)
    driver.confirms("plug_in")
    assert driver.prompt.args == {"connector": 1, "id_tag": "INVALID-1"}
    driver.confirms("present_id")
    driver.link_up()
    answer = driver.says("StartTransaction", connectorId=1, idTag="INVALID-1", meterStart=0, timestamp=driver.time())
    assert answer["idTagInfo"] == {"status": "Invalid"}
    return driver


def test_the_invalid_card_is_accepted_while_it_is_listed_and_cached() -> None:
    driver = Driver("TC_037_2_CS")
    for key in (
        "LocalAuthorizeOffline",
        "LocalAuthListEnabled",
        "AuthorizationCacheEnabled",
        "AllowOfflineTxForUnknownId",
    ):
        driver.configured(key, "true")
    driver.configured("StopTransactionOnInvalidId", "false")
    driver.configured("MaxEnergyOnInvalidId", "0")
    driver.configured("LocalAuthListEnabled", "true")
    action, payload = driver.asked
    assert (action, payload["localAuthorizationList"]) == (
        "SendLocalList",
        [{"idTag": "INVALID-1", "idTagInfo": {"status": "Accepted"}}],
    )
    driver.answers("Accepted")
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    assert driver.asked == ["RemoteStartTransaction", {"connectorId": 1, "idTag": "INVALID-1"}]
    driver.answers("Accepted")
    assert driver.says("Authorize", idTag="INVALID-1") == {"idTagInfo": {"status": "Accepted"}}


def test_the_invalid_transaction_is_suspended() -> None:
    driver = refused("TC_037_2_CS")
    driver.status("Charging")
    driver.status("SuspendedEVSE")
    assert (driver.verdict, driver.rules) == ("PASS", [])


def test_charging_may_be_missing_before_the_suspension() -> None:
    driver = refused("TC_037_2_CS")
    driver.status("SuspendedEVSE")
    assert (driver.verdict, driver.rules) == ("PASS", ["D1.b"])


def test_a_station_that_goes_on_charging_with_the_invalid_card() -> None:
    driver = refused("TC_037_2_CS")
    driver.status("Charging")
    assert driver.texts == [
        "Step 5: StatusNotification SuspendedEVSE of connector 1 did not come, Charging came instead (D1)."
    ]


def test_the_invalid_transaction_is_stopped() -> None:
    driver = refused("TC_037_3_CS")
    driver.status("Charging")
    driver.status("Finishing")
    driver.stops(7001, reason="DeAuthorized")
    assert (driver.verdict, driver.rules) == ("PASS", [])


def test_the_invalid_transaction_is_stopped_for_another_reason() -> None:
    driver = refused("TC_037_3_CS")
    driver.stops(7001, reason="Local")
    driver.status("Finishing")
    assert driver.texts == ["Step 5: StopTransaction.req had reason Local, DeAuthorized was due."]
    assert driver.rules == ["D1.b"]


def offline_transaction() -> Driver:
    """TC_039 up to the reconnection."""
    driver = prepared("TC_039_CS")
    driver.confirms("plug_in")
    driver.confirms("present_id")
    assert not driver.prompts
    driver.passes(10)
    driver.confirms("present_id")
    driver.confirms("unplug")
    driver.link_up()
    return driver


def test_a_whole_transaction_offline() -> None:
    driver = offline_transaction()
    driver.status("Available")
    driver.stops(driver.starts(), reason="Local")
    assert driver.verdict == "PASS"


def test_the_stop_comes_ahead_of_its_start() -> None:
    driver = offline_transaction()
    driver.stops(0)
    assert driver.texts == [
        "Step 1: StopTransaction.req of step 3 came before step 1 StartTransaction.req.",
    ]


# TC_038 ---------------------------------------------------------------------------------------------------------------


def stopped_offline() -> tuple[Driver, int]:
    """TC_038 up to the reconnection."""
    driver = Driver("TC_038_CS")
    transaction = charging(driver)
    driver.link_down("tool")
    driver.passes(10)
    driver.confirms("present_id")
    driver.link_up()
    return driver, transaction


@pytest.mark.parametrize("reason", [{"reason": "Local"}, {}])
@pytest.mark.parametrize("status_first", [True, False])
def test_an_offline_stop(reason: dict[str, str], status_first: bool) -> None:
    driver, transaction = stopped_offline()
    if status_first:
        driver.says("StatusNotification", {"connectorId": 1, "status": "Finishing", **NO_ERROR})
    driver.stops(transaction, **reason)
    if not status_first:
        driver.status("Finishing")
    assert (driver.verdict, driver.rules) == ("PASS", [])


def test_an_offline_stop_for_another_reason() -> None:
    driver, transaction = stopped_offline()
    driver.stops(transaction, reason="EVDisconnected")
    driver.passes(150)
    assert driver.texts == ["Step 1: StopTransaction.req had reason EVDisconnected, Local|<omitted> was due."]
    assert driver.rules == ["D1.c"]
