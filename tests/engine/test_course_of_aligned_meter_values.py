"""TC_071, run by hand: meter values at the whole intervals of the clock. The driver's clock begins at noon."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.driver import Driver, charging

CLOCK = [{"value": "1", "context": "Sample.Clock"}]


def aligned(measurands: str = "", interval: int = 20, **setup: Any) -> tuple[Driver, int]:
    """TC_071 up to the state Charging, which stands three seconds behind noon."""
    driver = Driver("TC_071_CS", values={"clock_aligned_interval": interval}, **setup)
    driver.configured("MeterValueSampleInterval", "0")
    driver.configured("ClockAlignedDataInterval", str(interval))
    driver.configured("MeterValuesAlignedData", measurands)
    driver.passes(3)
    return driver, charging(driver)


def sends(driver: Driver, transaction: int | None, *moments: float, samples: Any = None, stamp: str = "") -> None:
    """Meter values at these seconds behind noon; stamp: their timestamp, with {} for the seconds of the minute."""
    for moment in moments:
        driver.passes(moment - driver.seconds)
        time = stamp.format(f"{moment % 60:06.3f}") if stamp else driver.time()
        meter_value = [{"timestamp": time, "sampledValue": samples or CLOCK}]
        known = {"transactionId": transaction} if transaction is not None else {}
        driver.says("MeterValues", connectorId=1, meterValue=meter_value, **known)


@pytest.mark.parametrize("known", [True, False])
def test_three_aligned_values_pass(known: bool) -> None:
    driver, transaction = aligned()
    sends(driver, transaction if known else None, 20, 40, 60)
    assert driver.verdict == "PASS"
    assert driver.row("1/MeterValues.req/1//interval") == "passed"


def test_values_that_keep_the_interval_from_the_start_of_the_transaction_fail() -> None:
    driver, transaction = aligned()
    sends(driver, transaction, 23, 43, 63)
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 1: every timestamp is a whole number of intervals from midnight, within the tolerance alignment - "
        "not so: 2025-01-01T12:00:23.000Z."
    ]


@pytest.mark.parametrize(("late", "verdict"), [(1.0, "PASS"), (-1.0, "PASS"), (1.1, "FAIL"), (-1.1, "FAIL")])
def test_the_tolerance_of_the_alignment(late: float, verdict: str) -> None:
    driver, transaction = aligned()
    sends(driver, transaction, 20 + late, 40 + late, 60 + late)
    assert driver.verdict == verdict


def test_midnight_may_be_that_of_the_zone_that_the_station_writes() -> None:
    driver, transaction = aligned(interval=7200)
    for moment in (3600, 10800, 18000):
        driver.passes(moment - driver.seconds)
        hour = 13 + moment // 3600
        meter_value = [{"timestamp": f"2025-01-01T{hour:02}:00:00+01:00", "sampledValue": CLOCK}]
        driver.says("MeterValues", connectorId=1, transactionId=transaction, meterValue=meter_value)
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("day", ["0001-01-01T00:{}+14:00", "9999-12-31T23:{}-14:00"])
def test_a_station_that_does_not_know_the_date_is_judged(day: str) -> None:
    driver, transaction = aligned()
    sends(driver, transaction, 23, 43, 63, stamp=day.format("00:{}"))
    assert driver.verdict == "FAIL"
    assert driver.texts[-1].endswith(f"not so: {day.format('00:23.000')}.")


def test_values_of_the_idle_connector_before_the_start_do_not_count() -> None:
    driver = Driver("TC_071_CS", values={"clock_aligned_interval": 20})
    driver.configured("MeterValueSampleInterval", "0")
    driver.configured("ClockAlignedDataInterval", "20")
    sends(driver, None, 7, 27)
    driver.configured("MeterValuesAlignedData", "")
    transaction = charging(driver)
    sends(driver, transaction, 40, 60, 80)
    assert driver.verdict == "PASS"


def test_values_of_other_connectors_do_not_count() -> None:
    driver, transaction = aligned(dut={"connectors": 2})
    for moment in (20, 40, 60):
        driver.passes(moment - driver.seconds)
        for connector in (0, 2):
            driver.says(
                "MeterValues",
                connectorId=connector,
                meterValue=[{"timestamp": driver.time(), "sampledValue": [{"value": "5", "context": "Sample.Clock"}]}],
            )
        sends(driver, transaction, moment)
    assert driver.verdict == "PASS"


def test_periodic_values_are_none_of_the_clock() -> None:
    driver, transaction = aligned()
    sends(driver, transaction, 20, 40, 60, samples=[{"value": "1", "context": "Sample.Periodic"}])
    driver.passes(60)
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 1: MeterValues.req with meterValue[].sampledValue[].context Sample.Clock did not come; "
        "one with Sample.Periodic did."
    ]


def test_a_gap_fails() -> None:
    driver, transaction = aligned()
    sends(driver, transaction, 20, 60, 80)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 1: MeterValues.req came after 40.0 s, 20 s were due (tolerance sample_interval 1 s)."]


def test_a_measurand_that_is_left_out_fails() -> None:
    driver, transaction = aligned("Energy.Active.Import.Register,Voltage")
    sends(driver, transaction, 20, 40, 60)
    assert driver.texts == ["Step 1: every measurand of MeterValuesAlignedData is there - not so: without Voltage."]
