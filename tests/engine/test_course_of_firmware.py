"""Firmware updates and diagnostics run by hand: what a station reports, in which order, and what becomes of its connectors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.driver import TIMEOUTS, Driver

TWO: dict[str, Any] = {"connectors": 2, "evses": [[1], [2]]}


def firmware(driver: Driver, *statuses: str) -> None:
    """The station reports how its update goes."""
    for status in statuses:
        driver.says("FirmwareStatusNotification", status=status)


def updating(case: str = "TC_044_1_CS", **setup: Any) -> Driver:
    """A firmware case behind the answer to UpdateFirmware."""
    driver = Driver(case, **setup)
    driver.answers({}, to="UpdateFirmware")
    return driver


def test_an_update_in_the_order_of_the_table_passes() -> None:
    driver = Driver("TC_044_1_CS")
    assert driver.asked == [
        "UpdateFirmware",
        {"location": "http://files.test/firmware/station.bin", "retrieveDate": driver.time()},
    ]
    driver.answers({})
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.link_down()
    driver.passes(60)
    driver.link_up()
    driver.boots()
    firmware(driver, "Installed")
    assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])


def test_connectors_may_be_unavailable_and_the_order_behind_the_installation_is_free() -> None:
    driver = updating(dut=TWO)
    driver.status("Unavailable", 1)
    firmware(driver, "Downloading")
    for connector in (2, 0):
        driver.status("Unavailable", connector)
    firmware(driver, "Downloaded", "Installing", "Installed")
    driver.link_down()
    driver.link_up()
    driver.boots(2)
    assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])


def test_available_may_be_told_before_the_boot_and_again_behind_it() -> None:
    driver = updating(dut=TWO)
    driver.status("Unavailable")
    firmware(driver, "Downloading", "Downloaded", "Installing", "Installed")
    driver.status("Available")
    driver.boots(2)
    assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])


def test_connector_zero_need_not_be_reported() -> None:
    driver = updating()
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
    driver.status("Available", 1)
    firmware(driver, "Installed")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_retries_of_the_station_are_no_matter() -> None:
    driver = updating()
    firmware(driver, "Downloading", "DownloadFailed", "Downloading", "Downloaded", "Installing")
    driver.boots()
    firmware(driver, "Installed")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_station_that_does_not_boot_is_reset_once() -> None:
    driver = updating()
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.passes(TIMEOUTS["firmware"] - 1)
    assert driver.texts_so_far == []
    driver.passes(2)
    assert driver.asked == ["Reset", {"type": "Hard"}]
    driver.answers("Accepted")
    driver.boots()
    firmware(driver, "Installed")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_station_that_does_not_boot_on_the_reset_either_fails() -> None:
    driver = updating()
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.passes(TIMEOUTS["firmware"] + 1)
    driver.answers("Rejected", to="Reset")
    driver.passes(TIMEOUTS["firmware"] + 1)
    assert driver.verdict == "FAIL"
    assert driver.texts[0] == "Step 9: BootNotification.req did not come in time."
    assert [frame[2] for frame in driver.sent if frame[0] == 2][:2] == ["UpdateFirmware", "Reset"]


def test_an_update_that_is_never_reported_as_installed_fails() -> None:
    driver = updating()
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.boots()
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 13: FirmwareStatusNotification.req with status Installed did not come; one with Installing did."
    ]


def test_a_connector_that_stays_away_after_the_update_is_reviewed() -> None:
    driver = updating(dut=TWO)
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.boots(1)
    firmware(driver, "Installed")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


def test_steps_of_the_update_in_another_order_are_out_of_scenario() -> None:
    driver = updating()
    firmware(driver, "Downloading", "Installing")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 5: FirmwareStatusNotification.req of step 7 came before step 5 FirmwareStatusNotification.req."
    ]


def test_a_loss_of_the_connection_is_no_surprise_while_a_boot_is_due_only() -> None:
    driver = updating()
    firmware(driver, "Downloading")
    driver.link_down()
    assert driver.prompts == {}
    driver = updating("TC_044_2_CS")
    driver.link_down()
    assert (driver.prompt.kind, driver.prompt.action) == ("question", "surprise")


# TC_044_2 -------------------------------------------------------------------------------------------------------------


def test_the_file_that_does_not_exist_stands_beside_the_one_that_does() -> None:
    driver = Driver("TC_044_2_CS")
    assert driver.asked == [
        "UpdateFirmware",
        {
            "location": "http://files.test/firmware/does_not_exist_station.bin",
            "retries": 0,
            "retrieveDate": driver.time(),
        },
    ]


@pytest.mark.parametrize("statuses", [("Downloading", "DownloadFailed"), ("DownloadFailed",)])
def test_a_download_may_fail_at_once(statuses: tuple[str, ...]) -> None:
    driver = updating("TC_044_2_CS")
    firmware(driver, *statuses)
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_connectors_that_were_withheld_come_back() -> None:
    for zero in (True, False):
        driver = updating("TC_044_2_CS", dut=TWO)
        connectors = (0, 1, 2) if zero else (1, 2)
        for connector in connectors:
            driver.status("Unavailable", connector)
        firmware(driver, "Downloading", "DownloadFailed")
        for connector in connectors:
            driver.status("Available", connector)
        assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])
    driver = updating("TC_044_2_CS", dut=TWO)
    for connector in (1, 2):
        driver.status("Unavailable", connector)
    firmware(driver, "DownloadFailed")
    driver.status("Available", 1)
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


def test_a_download_that_succeeds_is_a_finding_with_both_statuses() -> None:
    driver = updating("TC_044_2_CS")
    firmware(driver, "Downloading", "Downloaded")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 5: FirmwareStatusNotification.req with status DownloadFailed did not come; one with Downloaded did."
    ]


# TC_044_3 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("installing", [True, False])
@pytest.mark.parametrize("boots", ["before", "behind", "never"])
def test_an_installation_may_fail_at_once_and_with_or_without_a_boot(installing: bool, boots: str) -> None:
    driver = updating("TC_044_3_CS")
    assert driver.sent[0][3]["location"] == "http://files.test/unsupported/station.bin"
    firmware(driver, "Downloading", "Downloaded", *(("Installing",) if installing else ()))
    if boots == "before":
        driver.link_down()
        driver.link_up()
        driver.boots()
    firmware(driver, "InstallationFailed")
    if boots == "behind" and driver.ended is None:
        driver.boots()
    assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])


def test_a_failed_download_in_place_of_a_failed_installation_is_a_finding_with_both() -> None:
    driver = updating("TC_044_3_CS")
    firmware(driver, "Downloading", "DownloadFailed")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 5: FirmwareStatusNotification.req with status Downloaded did not come; one with DownloadFailed did."
    ]
    driver = updating("TC_044_3_CS")
    firmware(driver, "Downloading", "Downloaded", "DownloadFailed")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 11: FirmwareStatusNotification.req with status InstallationFailed did not come; one with DownloadFailed did."
    ]


def test_an_invalid_firmware_that_is_installed_fails() -> None:
    driver = updating("TC_044_3_CS")
    firmware(driver, "Downloading", "Downloaded", "Installing")
    driver.boots()
    firmware(driver, "Installed")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 11: FirmwareStatusNotification.req with status InstallationFailed did not come; one with Installed did."
    ]


# TC_045 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "fields", "status"),
    [
        ("TC_045_1_CS", {"location": "http://files.test/uploads"}, "Uploaded"),
        ("TC_045_2_CS", {"location": "ftp://127.0.0.1:21/files/failedLocation", "retries": 0}, "UploadFailed"),
    ],
)
def test_diagnostics_are_uploaded_or_not(case: str, fields: dict[str, Any], status: str) -> None:
    driver = Driver(case)
    assert driver.asked == ["GetDiagnostics", fields]
    driver.answers({"fileName": "log.zip"})
    driver.passes(TIMEOUTS["long_operation"] - 1)
    driver.says("DiagnosticsStatusNotification", status="Uploading")
    driver.passes(TIMEOUTS["long_operation"] - 1)
    driver.says("DiagnosticsStatusNotification", status=status)
    assert (driver.verdict, driver.texts) == ("PASS", [])
    driver = Driver(case)
    driver.answers({})
    driver.says("DiagnosticsStatusNotification", status=status)
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 3: DiagnosticsStatusNotification.req of step 5 came before step 3 DiagnosticsStatusNotification.req."
    ]
    driver = Driver(case)
    driver.answers({})
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        ["Step 3: DiagnosticsStatusNotification.req did not come in time."],
    )


def test_an_upload_that_fails_where_it_must_not_is_a_finding_with_both() -> None:
    driver = Driver("TC_045_1_CS")
    driver.answers({})
    driver.says("DiagnosticsStatusNotification", status="Uploading")
    driver.says("DiagnosticsStatusNotification", status="UploadFailed")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 5: DiagnosticsStatusNotification.req with status Uploaded did not come; one with UploadFailed did."
    ]
