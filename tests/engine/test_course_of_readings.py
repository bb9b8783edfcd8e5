"""TC_037_1 and TC_070, run by hand: offline work and meter values."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Driver, charging

# TC_037_1 -------------------------------------------------------------------------------------------------------------


def offline(**setup: Any) -> Driver:
    """TC_037_1 of a station without list and cache, up to the moment when it is connected again."""
    driver = Driver("TC_037_1_CS", **{"dut": {"cache": False, "local_list": False}, **setup})
    driver.configured("LocalAuthorizeOffline", "true")
    driver.unknown("LocalAuthListEnabled")
    driver.unknown("AuthorizationCacheEnabled")
    driver.configured("AllowOfflineTxForUnknownId", "true")
    assert [(order.order, order.options) for order in driver.orders] == [("cut", {"mode": "refuse"})]
    driver.link_down("tool")
    driver.confirms("plug_in")
    driver.passes(600)
    driver.confirms("present_id")
    assert driver.orders[-1].order == "restore"
    driver.passes(60)
    driver.link_up()
    return driver


QUEUE: dict[str, Callable[[Driver], object]] = {
    "preparing": lambda d: d.status("Preparing"),
    "start": lambda d: d.starts(),
    "meters": lambda d: d.meters(None),
    "charging": lambda d: d.status("Charging"),
}


@pytest.mark.parametrize("order", list(itertools.permutations(QUEUE)))
def test_the_queue_may_come_in_any_order_of_its_notifications(order: tuple[str, ...]) -> None:
    driver = offline()
    for message in order:
        QUEUE[message](driver)
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_notifications_after_a_cut_are_tolerated_even_twice() -> None:
    driver = offline()
    driver.status("Available", 0)
    driver.status("Preparing")
    driver.status("Preparing")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert "the device booted after the connection was cut" in [o["text"] for o in driver.result["observations"]]


def test_charging_is_optional_after_an_offline_start() -> None:
    driver = offline()
    driver.starts()
    driver.passes(30)
    assert (driver.verdict, driver.rules) == ("PASS", ["D1.b"])
    assert driver.row("3/StatusNotification.req/1/status") == "waived: D1.b"


def test_an_offline_transaction_that_is_lost_fails() -> None:
    driver = offline()
    driver.status("Charging")
    driver.passes(119)
    assert driver.ended is None
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 1: StartTransaction.req did not come in time."])


def test_authorize_after_the_reconnection_leaves_the_scenario() -> None:
    driver = offline()
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "out_of_scenario")


def test_a_station_that_does_not_come_back_fails() -> None:
    driver = Driver("TC_037_1_CS", dut={"cache": False, "local_list": False}, options={"cut": "silent"})
    driver.configured("LocalAuthorizeOffline", "true")
    driver.unknown("LocalAuthListEnabled")
    driver.unknown("AuthorizationCacheEnabled")
    driver.unknown("AllowOfflineTxForUnknownId")
    assert driver.orders[0].options == {"mode": "silent"}
    driver.link_down()
    driver.confirms("plug_in")
    driver.confirms("present_id")
    assert (driver.verdict, driver.result["findings"][0]["message"]) == ("FAIL", "WEBSOCKET")


def test_the_network_may_be_cut_by_hand() -> None:
    driver = Driver("TC_037_1_CS", dut={"cache": False, "local_list": False}, options={"cut": "prompt"})
    driver.configured("LocalAuthorizeOffline", "true")
    driver.unknown("LocalAuthListEnabled")
    driver.unknown("AuthorizationCacheEnabled")
    driver.unknown("AllowOfflineTxForUnknownId")
    driver.confirms("cut_network")
    driver.link_down()
    driver.confirms("plug_in")
    driver.confirms("present_id")
    driver.confirms("restore_network")
    driver.link_up()
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.orders) == ("PASS", [])


def test_a_cut_that_is_given_up_is_ended_and_the_keys_put_back() -> None:
    driver = Driver("TC_037_1_CS", dut={"cache": False, "local_list": False})
    driver.configured("LocalAuthorizeOffline", "false")
    assert driver.asked == ["ChangeConfiguration", {"key": "LocalAuthorizeOffline", "value": "true"}]
    driver.answers("Accepted")
    driver.configured("LocalAuthorizeOffline", "true")
    for key in ("LocalAuthListEnabled", "AuthorizationCacheEnabled", "AllowOfflineTxForUnknownId"):
        driver.unknown(key)
    driver.link_down("tool")
    driver.confirms("plug_in", "impossible", "the cable is torn")
    assert driver.orders[-1].order == "restore"
    driver.link_up()
    assert driver.asked == ["ChangeConfiguration", {"key": "LocalAuthorizeOffline", "value": "false"}]
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")
    assert [o for o in driver.result["observations"] if o["rule"] == "drift"] == []


# TC_070 ---------------------------------------------------------------------------------------------------------------

ENERGY = [{"value": "1", "context": "Sample.Periodic"}]
BEGIN = [{"value": "1", "context": "Transaction.Begin"}]


def metering(measurands: str = "Energy.Active.Import.Register", **setup: Any) -> tuple[Driver, int]:
    """TC_070 up to the state Charging."""
    driver = Driver("TC_070_CS", **setup)
    driver.configured("MeterValueSampleInterval", "10")
    driver.configured("ClockAlignedDataInterval", "0")
    driver.configured("MeterValuesSampledData", measurands)
    return driver, charging(driver)


def sampled(driver: Driver, transaction: int | None, *gaps: float, samples: Any = None, **fields: Any) -> None:
    for gap in gaps:
        driver.passes(gap)
        driver.meters(transaction, samples, **fields)


def test_three_values_at_the_interval_pass() -> None:
    driver, transaction = metering()
    sampled(driver, transaction, 10, 10, 10)
    assert driver.verdict == "PASS"
    assert driver.row("1/MeterValues.req/1//interval") == "passed"


def test_values_without_context_transaction_or_measurand_are_periodic_energy() -> None:
    driver, _ = metering("")
    sampled(driver, None, 10, 10, 10, samples=[{"value": "1"}])
    assert driver.verdict == "PASS"


def test_a_value_at_the_beginning_of_the_transaction_is_no_sample() -> None:
    driver, transaction = metering()
    driver.meters(transaction, BEGIN)
    sampled(driver, transaction, 10, 10, 10)
    assert driver.verdict == "PASS"


def test_values_of_another_connector_are_no_samples_of_this_transaction() -> None:
    driver, transaction = metering(dut={"connectors": 2})
    for _ in range(3):
        driver.passes(4)
        driver.meters(None, ENERGY, connectorId=2)
        driver.meters(9999, ENERGY, connectorId=2)
        driver.passes(6)
        driver.meters(transaction)
    assert driver.verdict == "PASS"


def test_values_that_came_during_the_preparation_count() -> None:
    driver = Driver("TC_070_CS")
    driver.configured("MeterValueSampleInterval", "10")
    driver.configured("ClockAlignedDataInterval", "0")
    driver.configured("MeterValuesSampledData", "Energy.Active.Import.Register")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted")
    driver.status("Preparing")
    transaction = driver.starts()
    sampled(driver, transaction, 10, 10)
    driver.status("Charging")
    sampled(driver, transaction, 10)
    assert driver.verdict == "PASS"
    assert driver.row("1/MeterValues.req/1/meterValue[].sampledValue[].context") == "passed"


@pytest.mark.parametrize("gaps", [(10, 10, 15), (10, 5, 10), (10, 20, 10)])
def test_values_at_another_interval_fail(gaps: tuple[float, ...]) -> None:
    driver, transaction = metering()
    sampled(driver, transaction, *gaps)
    assert (driver.verdict, driver.row("1/MeterValues.req/1//interval")) == ("FAIL", "failed")


def test_the_interval_is_that_of_the_timestamps_not_of_the_receipt() -> None:
    driver, transaction = metering()
    for index, late in enumerate((0.0, 4.0, 0.0)):
        driver.passes(10 + late)
        value = {"timestamp": driver.time(-late), "sampledValue": ENERGY}
        driver.says("MeterValues", connectorId=1, transactionId=transaction, meterValue=[value])
        driver.seconds -= late if index < 2 else 0
    assert driver.verdict == "PASS"


def test_a_wrong_context_is_named_with_both_values() -> None:
    driver, transaction = metering()
    sampled(driver, transaction, 10, 10, 10, samples=[{"value": "1", "context": "Sample.Clock"}])
    assert driver.verdict == "FAIL"
    finding = driver.result["findings"][0]
    assert (finding["expected"], finding["received"]) == ("Sample.Periodic", "Sample.Clock")
    assert finding["field"] == "meterValue[].sampledValue[].context"


def test_each_configured_measurand_is_there() -> None:
    both = "Energy.Active.Import.Register,Current.Import"
    samples = [*ENERGY, {"value": "1", "context": "Sample.Periodic", "measurand": "Current.Import", "phase": "L1"}]
    driver, transaction = metering(both)
    sampled(driver, transaction, 10, 10, 10, samples=samples)
    assert driver.verdict == "PASS"
    driver, transaction = metering(both)
    sampled(driver, transaction, 10, 10, 10)
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        ["Step 1: every measurand of MeterValuesSampledData is there - not so: without Current.Import."],
    )


@pytest.mark.parametrize(("measurand", "verdict"), [("SoC", "PASS"), ("Energy.Active.Import.Register", "FAIL")])
def test_only_the_state_of_charge_is_located_in_the_vehicle(measurand: str, verdict: str) -> None:
    driver, transaction = metering()
    samples = [*ENERGY, {"value": "1", "context": "Sample.Periodic", "measurand": measurand, "location": "EV"}]
    sampled(driver, transaction, 10, 10, 10, samples=samples)
    assert driver.verdict == verdict


def test_signed_data_is_no_raw_value() -> None:
    driver, transaction = metering()
    sampled(driver, transaction, 10, 10, 10, samples=[{**ENERGY[0], "format": "SignedData"}])
    assert driver.verdict == "FAIL"
    assert driver.result["findings"][0]["field"] == "meterValue[].sampledValue[].format"
