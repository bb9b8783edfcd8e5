"""Firmware updates and diagnostics of a central system, run by hand: the tool moves the files that it speaks of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.central import accepts_boot, connected, disconnected, says_status
from tests.engine.driver import Driver

LOCATION = "http://files.test/firmware/station.bin"


def updating(case: str, location: str = LOCATION, after: float = 0, **setup: Any) -> Driver:
    """The update has been asked for."""
    driver = connected(case, **setup)
    assert driver.says("UpdateFirmware", location=location, retrieveDate=driver.time(after)) == {}
    return driver


def remarks(driver: Driver) -> list[str]:
    return [str(each["text"]) for each in driver.result["observations"]]


def says(driver: Driver, action: str) -> str:
    """The status of an update or upload that the tool reports, which is taken."""
    status = str(driver.asked[1]["status"])
    driver.answers(to=f"{action}StatusNotification")
    return status


def firmware(driver: Driver) -> str:
    return says(driver, "Firmware")


def diagnostics(driver: Driver) -> str:
    return says(driver, "Diagnostics")


# TC_044 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "result"), [("TC_044_1_CSMS", "Installed"), ("TC_044_3_CSMS", "InstallationFailed")])
def test_an_update_goes_from_the_real_file_through_a_boot_to_its_result(case: str, result: str) -> None:
    driver = updating(case, dut={"connectors": 2})
    assert firmware(driver) == "Downloading"
    assert [(order.direction, order.url) for order in driver.files] == [("download", LOCATION)]
    driver.passes(60)
    assert len(driver.files) == 1, "it is waited for"
    driver.moved()
    assert firmware(driver) == "Downloaded"
    for connector in (1, 2):
        assert driver.asked[1]["connectorId"] == connector
        assert says_status(driver) == "Unavailable"
    assert firmware(driver) == "Installing"
    disconnected(driver)
    assert driver.orders[-1].order == "connect"
    driver.link_up()
    accepts_boot(driver, connectors=1)
    assert firmware(driver) == result
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_another_location_than_the_one_that_was_asked_for_is_a_finding() -> None:
    driver = updating("TC_044_1_CSMS", "http://elsewhere.test/x.bin")
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        f"Step 1: UpdateFirmware.req had location http://elsewhere.test/x.bin, {LOCATION} (<firmwareLocation>) was due."
    ]


def test_a_file_that_cannot_be_fetched_leaves_the_case_open() -> None:
    driver = updating("TC_044_1_CSMS")
    firmware(driver)
    driver.moved("connection refused")
    assert (driver.verdict, driver.result["reason_code"], driver.texts) == ("INCONCLUSIVE", "operator", [])
    assert remarks(driver) == [
        f"the tool has not fetched the firmware from {LOCATION}: connection refused",
        f"the firmware could not be fetched from {LOCATION}: connection refused",
    ]
    statuses = [frame[3]["status"] for frame in driver.sent if frame[2] == "FirmwareStatusNotification"]
    assert statuses == ["Downloading"], "the tool does not say Downloaded of what it has not"


def test_a_file_that_never_comes_leaves_the_case_open() -> None:
    driver = updating("TC_044_1_CSMS", timeouts={"firmware": 100})
    firmware(driver)
    driver.passes(100)
    assert driver.verdict == "INCONCLUSIVE"
    assert remarks(driver) == [f"the firmware could not be fetched from {LOCATION} in time"]


def test_the_download_that_fails_is_really_tried() -> None:
    driver = connected("TC_044_2_CSMS")
    proposed = driver.prompt.args["fields"]["location"]
    assert proposed == "http://files.test/firmware/does_not_exist_station.bin"
    driver.says("UpdateFirmware", location="http://files.test/any", retrieveDate=driver.time())
    assert firmware(driver) == "Downloading"
    assert driver.files[-1].url == "http://files.test/any"
    driver.moved("HTTP status 404")
    assert firmware(driver) == "DownloadFailed"
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_download_that_works_after_all_leaves_the_case_open() -> None:
    driver = updating("TC_044_2_CSMS")
    firmware(driver)
    driver.moved()
    assert (driver.verdict, remarks(driver)[-1]) == (
        "INCONCLUSIVE",
        f"the firmware was fetched from {LOCATION}, which had to fail: another location is needed",
    )


def test_nothing_is_fetched_before_its_time() -> None:
    driver = updating("TC_044_1_CSMS", after=90)
    driver.passes(89)
    assert "FirmwareStatusNotification" not in [frame[2] for frame in driver.sent]
    driver.passes(1)
    assert firmware(driver) == "Downloading"


def test_a_time_far_ahead_is_not_waited_for() -> None:
    driver = updating("TC_044_1_CSMS", after=86400)
    driver.passes(600)
    assert driver.sent[-1][2] == "FirmwareStatusNotification"


# TC_045 ---------------------------------------------------------------------------------------------------------------


def test_diagnostics_are_uploaded_under_the_name_that_was_told() -> None:
    driver = connected("TC_045_1_CSMS")
    assert driver.prompt.args["fields"] == {"location": "http://files.test/uploads"}
    assert driver.says("GetDiagnostics", location="ftp://logs.test/in") == {"fileName": "labapp-diagnostics.log"}
    assert diagnostics(driver) == "Uploading"
    (order,) = driver.files
    assert (order.direction, order.url, order.name) == ("upload", "ftp://logs.test/in", "labapp-diagnostics.log")
    assert order.content == "Diagnostics of the charge point that labapp plays in TC_045_1_CSMS.\n"
    driver.moved()
    assert diagnostics(driver) == "Uploaded"
    assert driver.verdict == "PASS"
    assert remarks(driver) == ["the tool uploaded its log to ftp://logs.test/in, 5 bytes, SHA-256 a0"]


def test_what_the_tools_own_server_tells_of_the_same_file_is_not_told_twice() -> None:
    driver = connected("TC_045_1_CSMS")
    driver.says("GetDiagnostics", location="http://127.0.0.1:8080/uploads/")
    diagnostics(driver)
    driver.serves(direction="upload", protocol="HTTP", name="a.log", file="a.log", bytes=5, sha256="a0", complete=True)
    assert driver.sent[-1][3] == {"status": "Uploading"}, "only the tool's own side says that the file has gone"
    driver.moved()
    assert diagnostics(driver) == "Uploaded"
    assert len(remarks(driver)) == 1


def test_an_upload_that_fails_is_really_tried() -> None:
    driver = connected("TC_045_2_CSMS", values={"invalid_log_location": "ftp://logs.test/closed"})
    assert driver.prompt.args["fields"] == {"location": "ftp://logs.test/closed"}
    driver.says("GetDiagnostics", location="ftp://logs.test/closed")
    diagnostics(driver)
    driver.moved("530 Login incorrect")
    assert diagnostics(driver) == "UploadFailed"
    assert driver.verdict == "PASS"
    assert remarks(driver) == ["the tool has not uploaded its log to ftp://logs.test/closed: 530 Login incorrect"]


def test_an_upload_that_works_after_all_leaves_the_case_open() -> None:
    driver = connected("TC_045_2_CSMS")
    driver.says("GetDiagnostics", location="ftp://logs.test/open")
    diagnostics(driver)
    driver.moved()
    assert (driver.verdict, remarks(driver)[-1]) == (
        "INCONCLUSIVE",
        "the log was uploaded to ftp://logs.test/open, which had to fail: another location is needed",
    )
