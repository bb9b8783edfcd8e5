"""Firmware management and diagnostics, central system (OCTT 1.6, sections 3.15 and 3.16).

The tool really fetches what the central system names, and really uploads to where it says.
"""

from __future__ import annotations

from labapp.cases.conditions import feature
from labapp.cases.locations import missing_file
from labapp.cases.source import octt16
from labapp.cases.values import FIRMWARE_LOCATION, LOG_LOCATION
from labapp.domain.expectations import Computed, Expected, FromStep
from labapp.domain.notation import asked, exchange
from labapp.domain.testcase import ALL_CONNECTORS, CENTRAL_SYSTEM, Exchange, Item, LinkOrder, TestCase, Transfer, Wait
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import (
    BootNotification,
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    GetDiagnostics,
    StatusNotification,
    UpdateFirmware,
)
from labapp.ocpp.timestamps import read_timestamp

_PROFILE = feature("FirmwareManagement")
_LOCATION = FromStep(1, "location")
_FILE_NAME = FromStep(2, "fileName")
_CONNECTS = "the tool connects anew before it boots"
#: Seconds that a retrieveDate is waited for: one that lies further ahead was not asked for.
_PATIENCE = 600.0


def _until_retrieve_date(view: View) -> float:
    moment, _ = read_timestamp(str(view.seen(1)[-1].payload.get("retrieveDate", "")))
    seconds = (moment - view.now.utc).total_seconds() if moment is not None else 0.0
    return min(max(0.0, seconds), _PATIENCE)


def _updated(location: Expected, *, stated: bool = False) -> tuple[Item, ...]:
    """The central system asks for an update, and its time comes. stated: whether the table validates the location."""
    request = UpdateFirmware.req(location=location) if stated else UpdateFirmware.req()
    proposed = () if stated else (("location", location),)
    return (
        asked(1, request, enter=(*proposed, ("retrieveDate", Computed("now", stamp)))),
        Wait(Computed("until retrieveDate", _until_retrieve_date), "the date from which the firmware may be fetched"),
    )


def _firmware(step: int, status: str) -> Exchange:
    return exchange(step, FirmwareStatusNotification.req(status=status))


def _installed(result: str) -> tuple[Item, ...]:
    """From the file that has come to the end of the update."""
    return (
        _firmware(5, "Downloaded"),
        exchange(7, StatusNotification.req(status="Unavailable"), connectors=ALL_CONNECTORS),
        _firmware(9, "Installing"),
        LinkOrder("disconnect"),
        LinkOrder("connect"),
        exchange(11, BootNotification.req()),
        exchange(13, StatusNotification.req(status="Available"), connectors=ALL_CONNECTORS),
        _firmware(15, result),
    )


def _failing_place(view: View) -> str:
    return str(view.values.get("invalid_log_location") or "ftp://127.0.0.1:21/files/failedLocation")


TC_044_1_CSMS = TestCase(
    id="TC_044_1_CSMS",
    title="Firmware Update - Download and Install",
    source=octt16("Table 161", "firmware.location is location", _CONNECTS),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        *_updated(FIRMWARE_LOCATION, stated=True),
        _firmware(3, "Downloading"),
        Transfer("download", _LOCATION),
        *_installed("Installed"),
    ),
)

TC_044_2_CSMS = TestCase(
    id="TC_044_2_CSMS",
    title="Firmware Update - Download Failed",
    source=octt16("Table 162"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        *_updated(Computed("does_not_exist_firmwareLocation", missing_file, (FIRMWARE_LOCATION,))),
        _firmware(3, "Downloading"),
        Transfer("download", _LOCATION, works=False),
        _firmware(5, "DownloadFailed"),
    ),
)

TC_044_3_CSMS = TestCase(
    id="TC_044_3_CSMS",
    title="Firmware Update - Installation Failed",
    source=octt16("Table 163", _CONNECTS),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        *_updated(FIRMWARE_LOCATION),
        _firmware(3, "Downloading"),
        Transfer("download", _LOCATION),
        *_installed("InstallationFailed"),
    ),
)

TC_045_1_CSMS = TestCase(
    id="TC_045_1_CSMS",
    title="Get Diagnostics",
    source=octt16("Table 164"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(1, GetDiagnostics.req(), enter=(("location", LOG_LOCATION),)),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploading")),
        Transfer("upload", _LOCATION, name=_FILE_NAME),
        exchange(5, DiagnosticsStatusNotification.req(status="Uploaded")),
    ),
)

TC_045_2_CSMS = TestCase(
    id="TC_045_2_CSMS",
    title="Get Diagnostics - Upload Failed",
    source=octt16("Table 165"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(1, GetDiagnostics.req(), enter=(("location", Computed("failedLocation", _failing_place)),)),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploading")),
        Transfer("upload", _LOCATION, works=False, name=_FILE_NAME),
        exchange(5, DiagnosticsStatusNotification.req(status="UploadFailed")),
    ),
)

CASES = (TC_044_1_CSMS, TC_044_2_CSMS, TC_044_3_CSMS, TC_045_1_CSMS, TC_045_2_CSMS)
