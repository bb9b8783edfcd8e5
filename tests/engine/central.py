"""A central system by hand: how it answers the charge point that the tool plays, up to where a case begins."""

from __future__ import annotations

from typing import Any

from tests.engine.driver import Driver

ACCEPTED_TAG = {"idTagInfo": {"status": "Accepted"}}


def connected(case: str, **setup: Any) -> Driver:
    """A case up to the end of Booted: the central system has accepted the boot."""
    driver = Driver(case, connected=False, **setup)
    assert driver.orders[-1].order == "connect"
    driver.link_up()
    accepts_boot(driver, connectors=int(setup.get("dut", {}).get("connectors", 1)))
    return driver


def accepts_boot(driver: Driver, *, connectors: int = 1, interval: int = 300) -> None:
    """The boot is accepted, and the status of every connector and of connectorId 0 taken."""
    driver.answers({"status": "Accepted", "currentTime": driver.time(), "interval": interval}, to="BootNotification")
    for _ in range(connectors + 1):
        driver.answers(to="StatusNotification")


def authorizes(driver: Driver) -> None:
    """The card is accepted."""
    driver.answers(ACCEPTED_TAG, to="Authorize")


def charges(driver: Driver, transaction: int = 7) -> None:
    """The state Charging, from Authorized on."""
    authorizes(driver)
    driver.answers(to="StatusNotification")
    driver.answers({"transactionId": transaction, **ACCEPTED_TAG}, to="StartTransaction")
    driver.answers(to="StatusNotification")


def says_status(driver: Driver) -> str:
    """The status that the tool reports, which is taken."""
    status = str(driver.asked[1].get("status"))
    driver.answers(to="StatusNotification")
    return status


def disconnected(driver: Driver) -> None:
    """The tool has closed the connection."""
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
