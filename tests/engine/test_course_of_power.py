"""Power failures, run by hand: with back-up power, and of a station that is out of service."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver, charging

BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}

# TC_032_1 -------------------------------------------------------------------------------------------------------------


def power_taken() -> tuple[Driver, int]:
    """TC_032_1 up to the loss of power."""
    driver = Driver("TC_032_1_CS", dut={"backup_power": True})
    transaction = charging(driver)
    assert driver.prompt.action == "power_off"
    return driver, transaction


def gone_down(finishing: bool = True) -> Driver:
    """TC_032_1 up to the station's going down."""
    driver, transaction = power_taken()
    driver.stops(transaction, reason="PowerLoss")
    if finishing:
        driver.status("Finishing")
    driver.confirms("power_off")
    driver.link_down()
    return driver


@pytest.mark.parametrize("plugged", ["Finishing", "Preparing"])
def test_a_transaction_is_stopped_before_the_station_goes_down(plugged: str) -> None:
    driver = gone_down()
    driver.confirms("power_on")
    driver.link_up()
    driver.says("BootNotification", BOOT)
    driver.status("Available", 0)
    driver.status(plugged)
    assert (driver.verdict, driver.rules) == ("PASS", [])


def test_the_connector_may_be_unavailable_before_the_station_goes_down() -> None:
    driver, transaction = power_taken()
    driver.status("Finishing")
    driver.stops(transaction, reason="PowerLoss")
    driver.status("Unavailable")
    driver.confirms("power_off")
    assert driver.prompt.action == "power_on"
    assert driver.texts_so_far == []


def test_another_reason_than_the_loss_of_power() -> None:
    driver, transaction = power_taken()
    driver.stops(transaction, reason="Other")
    driver.status("Finishing")
    assert driver.texts_so_far == ["Step 1: StopTransaction.req had reason Other, PowerLoss was due."]


def test_a_station_that_goes_down_without_stopping_its_transaction() -> None:
    driver, _ = power_taken()
    driver.link_down()
    driver.confirms("power_off")
    driver.passes(30)
    assert driver.texts == ["Step 1: StopTransaction.req did not come in time."]


def test_finishing_that_does_not_come() -> None:
    driver = gone_down(finishing=False)
    driver.passes(30)
    driver.confirms("power_on")
    driver.link_up()
    driver.says("BootNotification", BOOT)
    driver.status("Available", 0)
    driver.status("Finishing")
    assert driver.texts == ["Step 3: StatusNotification Finishing of connector 1 did not come (D1)."]


@pytest.mark.parametrize(("cause", "verdict"), [("device", "FAIL"), ("lab", "INCONCLUSIVE")])
def test_a_boot_while_the_power_is_taken(cause: str, verdict: str) -> None:
    driver, _ = power_taken()
    driver.confirms("power_off")
    driver.link_down()
    driver.link_up()
    driver.says("BootNotification", BOOT)
    assert driver.prompt.action == "surprise"
    driver.confirms(outcome=cause)
    assert driver.verdict == verdict


# TC_034 ---------------------------------------------------------------------------------------------------------------


def out_of_service() -> Driver:
    """TC_034 up to the boot."""
    driver = Driver("TC_034_CS")
    assert driver.asked == ["ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}]
    driver.answers("Accepted")
    driver.status("Unavailable")
    driver.status("Unavailable", 0)
    assert driver.prompt.action == "power_cycle"
    driver.link_down()
    driver.link_up()
    driver.says("BootNotification", BOOT)
    return driver


def test_a_station_stays_out_of_service() -> None:
    driver = out_of_service()
    driver.status("Unavailable", 0)
    driver.status("Unavailable")
    assert (driver.verdict, driver.rules) == ("PASS", [])
    assert ["ChangeAvailability", {"connectorId": 0, "type": "Operative"}] in [f[2:] for f in driver.sent if f[0] == 2]


def test_a_station_that_forgets_that_it_is_out_of_service() -> None:
    driver = out_of_service()
    driver.status("Available", 0)
    driver.status("Available")
    assert driver.texts == [
        "Step 7: StatusNotification Available of connector 1 was unexpected (D2.g).",
        "Step 7: StatusNotification Unavailable of connector 0 did not come, Available came instead (D1).",
        "Step 7: StatusNotification Unavailable of connector 1 did not come, Available came instead (D1).",
    ]


def test_unavailable_once_more_before_the_power_goes() -> None:
    driver = Driver("TC_034_CS")
    driver.answers("Accepted")
    driver.status("Unavailable")
    driver.status("Unavailable", 0)
    driver.status("Unavailable")
    assert driver.prompt.action == "power_cycle"
    assert driver.interpreter.attempt.review_lines[0].item.ruling.rule == "L1"
