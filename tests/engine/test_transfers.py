"""What is said of files that went between a device and the tool's own servers; nothing of it touches the verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labapp.domain.expectations import Symbol
from labapp.domain.notation import exchange
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import CHARGE_POINT, Source, TestCase
from labapp.engine.codec import decode_input, encode_input
from labapp.engine.events import FileTransferred
from labapp.engine.journal import GENESIS, Record
from labapp.ocpp.messages16 import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    GetDiagnostics,
    UpdateFirmware,
)
from tests.engine.driver import Driver

LOG, FIRMWARE = "http://bench:1/uploads/", "http://bench:1/firmware/firmware.bin"
DIAGNOSTICS = TestCase(
    "TC_X_CS",
    "A log",
    Source("Document", "Table 1"),
    CHARGE_POINT,
    (
        exchange(1, GetDiagnostics.req(location=Symbol("logLocation", "log_location")), GetDiagnostics.conf()),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploaded")),
    ),
)
UPDATE = TestCase(
    "TC_Y_CS",
    "A firmware",
    Source("Document", "Table 2"),
    CHARGE_POINT,
    (
        exchange(1, UpdateFirmware.req(location=Symbol("firmwareLocation", "firmware_location"))),
        exchange(3, FirmwareStatusNotification.req(status="Downloaded")),
    ),
)
FACTS = {
    "direction": "upload",
    "protocol": "HTTP",
    "name": "log.zip",
    "file": "log.zip",
    "bytes": 12,
    "sha256": "ab12",
    "fault": "",
    "remote": "10.0.0.7:4711",
    "began": "2025-01-01T12:00:00.000Z",
    "ended": "2025-01-01T12:00:01.000Z",
    "complete": True,
}


def begun(case: TestCase, *served: str) -> Driver:
    """The attempt at a case, once the device has accepted what it is asked for."""
    values = {"log_location": LOG, "firmware_location": FIRMWARE, "invalid_firmware_location": FIRMWARE + ".txt"}
    driver = Driver(case, values=values, options={"served": list(served)})
    assert driver.asked[1]["location"] in (LOG, FIRMWARE)
    driver.answers({"fileName": "log.zip"} if case is DIAGNOSTICS else {})
    return driver


def transferred(driver: Driver, **changed: Any) -> None:
    """A server tells of a transfer."""
    driver._feed(FileTransferred(driver.now, FACTS | changed))


def observed(driver: Driver) -> list[str]:
    """The observations of a case that must have passed."""
    assert driver.verdict == "PASS"
    return [str(each["text"]) for each in driver.result["observations"]]


def test_an_upload_is_an_observation_with_its_digest() -> None:
    driver = begun(DIAGNOSTICS, "log_location")
    transferred(driver)
    driver.says("DiagnosticsStatusNotification", status="Uploaded")
    assert observed(driver) == ["the station uploaded log.zip over HTTP, 12 bytes, SHA-256 ab12"]
    assert [facts["name"] for facts in driver.interpreter.attempt.files()] == ["log.zip"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"file": "log-2.zip"}, "the station uploaded log.zip over HTTP, 12 bytes, SHA-256 ab12, kept as log-2.zip"),
        (
            {"complete": False, "fault": "the connection ended before the file did", "file": "log.zip.incomplete"},
            "the station did not upload log.zip whole over HTTP: the connection ended before the file did; 12 bytes came",
        ),
        (
            {"direction": "download", "file": "", "name": "firmware.bin"},
            "the station fetched firmware.bin over HTTP, 12 bytes, SHA-256 ab12",
        ),
        (
            {"direction": "download", "complete": False, "fault": "the connection ended before the file did"},
            "the station did not fetch log.zip whole over HTTP: the connection ended before the file did; 12 bytes went",
        ),
        (
            {"direction": "download", "complete": False, "fault": "there is no such file", "sha256": "", "bytes": 0},
            "the station asked for log.zip over HTTP: there is no such file",
        ),
        (
            {"direction": "login", "complete": False, "fault": "wrong user or password", "protocol": "FTP"},
            "a login of 10.0.0.7:4711 over FTP was refused: wrong user or password",
        ),
        ({"name": "", "file": "upload"}, "the station uploaded a file without a name over HTTP, 12 bytes, SHA-256 ab12"
         ", kept as upload"),
    ],
)  # fmt: skip
def test_every_transfer_is_said_in_one_sentence(changed: dict[str, Any], text: str) -> None:
    driver = begun(DIAGNOSTICS)
    transferred(driver, **changed)
    driver.says("DiagnosticsStatusNotification", status="Uploaded")
    assert observed(driver) == [text]


def test_an_upload_that_was_only_reported_is_missed_without_failing() -> None:
    driver = begun(DIAGNOSTICS, "log_location")
    transferred(driver, complete=False, fault="it is larger than 10 bytes")
    driver.says("DiagnosticsStatusNotification", status="Uploaded")
    assert observed(driver)[-1] == "no file was received, although the station reported Uploaded"


def test_nothing_is_missed_on_a_server_of_someone_else() -> None:
    driver = begun(DIAGNOSTICS)
    driver.says("DiagnosticsStatusNotification", status="Uploaded")
    assert observed(driver) == []


def test_a_file_that_did_not_come_is_missed_beside_what_failed() -> None:
    driver = begun(DIAGNOSTICS, "log_location")
    assert driver.verdict == "FAIL"
    assert "no file was received" in [each["text"] for each in driver.result["observations"]]
    assert len(driver.texts) == 1


def test_a_firmware_that_was_only_reported_is_missed_without_failing() -> None:
    driver = begun(UPDATE, "firmware_location")
    driver.says("FirmwareStatusNotification", status="Downloaded")
    assert observed(driver) == ["no firmware was fetched, although the station reported Downloaded"]


def test_a_firmware_that_was_fetched_is_not_missed() -> None:
    driver = begun(UPDATE, "firmware_location")
    transferred(driver, direction="download", name="firmware.bin", file="")
    driver.says("FirmwareStatusNotification", status="Downloaded")
    assert observed(driver) == ["the station fetched firmware.bin over HTTP, 12 bytes, SHA-256 ab12"]


def test_a_transfer_is_a_record_and_comes_back_from_it() -> None:
    event = FileTransferred(Stamp(datetime(2025, 1, 1, 12, tzinfo=UTC), 5), FACTS)
    kind, content = encode_input(event)
    assert kind == "file"
    assert decode_input(Record(1, event.at, "run-1", kind, content, GENESIS)) == event
