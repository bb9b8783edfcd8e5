"""Firmware management and diagnostics, charge point (OCTT 1.6, sections 2.19 and 2.20)."""

from __future__ import annotations

from labapp.cases.conditions import feature
from labapp.cases.locations import missing_file
from labapp.cases.source import octt16
from labapp.cases.values import FIRMWARE_LOCATION, INVALID_FIRMWARE_LOCATION, LOG_LOCATION
from labapp.domain.expectations import Computed, Condition
from labapp.domain.notation import exchange, in_any_order
from labapp.domain.testcase import ALL_AND_ZERO, ALL_CONNECTORS, CHARGE_POINT, Exchange, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    BootNotification,
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    GetDiagnostics,
    Reset,
    StatusNotification,
    UpdateFirmware,
)

_FIRMWARE_MANAGEMENT = feature("FirmwareManagement")
_WITHHELD = "the Unavailable that a station may report before the update stands with step 2"
_PROFILE = "the prerequisite is the feature profile FirmwareManagement"


def _all_withheld(view: View) -> bool:
    """Every connector has reported Unavailable since the update was asked for."""
    begun = view.seen(1)
    found = {
        seen.payload.get("connectorId")
        for seen in view.history("StatusNotification.req")
        if begun and seen.at.mono_ns >= begun[-1].at.mono_ns and seen.payload.get("status") == "Unavailable"
    }
    return found >= set(range(1, int(view.dut.get("connectors", 1)) + 1))


_ALL_WITHHELD = Condition(
    "allUnavailable", "every connector has reported Unavailable since the update was asked for", _all_withheld
)


def _withheld() -> Exchange:
    """A station may take its connectors out of use for the update, and report it."""
    return exchange(
        2,
        StatusNotification.req(status="Unavailable"),
        connectors=ALL_AND_ZERO,
        optional=True,
        floating=True,
    )


def _firmware(step: int, status: str, *, optional: bool = False) -> Exchange:
    return exchange(step, FirmwareStatusNotification.req(status=status), timeout="firmware", optional=optional)


TC_044_1_CS = TestCase(
    id="TC_044_1_CS",
    title="Firmware Update - Download and Install",
    source=octt16(
        "Table 59",
        _WITHHELD,
        "steps 9 to 14 come in any order, so Available may come before the boot, and once more behind it; connectorId 0 is not asked for",
    ),
    sut=CHARGE_POINT,
    firmware=True,
    irreversible=True,
    prerequisites=(_FIRMWARE_MANAGEMENT,),
    steps=(
        exchange(1, UpdateFirmware.req(location=FIRMWARE_LOCATION)),
        _withheld(),
        _firmware(3, "Downloading"),
        _firmware(5, "Downloaded"),
        _firmware(7, "Installing"),
        in_any_order(
            exchange(9, BootNotification.req(), timeout="firmware", otherwise=(exchange(15, Reset.req(type="Hard")),)),
            exchange(11, StatusNotification.req(status="Available"), connectors=ALL_CONNECTORS),
            _firmware(13, "Installed"),
            exchange(
                11, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO, optional=True, occurrence=2
            ),
        ),
    ),
)

TC_044_2_CS = TestCase(
    id="TC_044_2_CS",
    title="Firmware Update - Download Failed",
    source=octt16(
        "Table 60", _WITHHELD, "the Available that the expected result asks for behind it stands with step 5"
    ),
    sut=CHARGE_POINT,
    firmware=True,
    prerequisites=(_FIRMWARE_MANAGEMENT,),
    steps=(
        exchange(
            1,
            UpdateFirmware.req(
                location=Computed("does_not_exist_firmwareLocation", missing_file, (FIRMWARE_LOCATION,)), retries=0
            ),
        ),
        _withheld(),
        _firmware(3, "Downloading", optional=True),
        in_any_order(
            _firmware(5, "DownloadFailed"),
            exchange(5, StatusNotification.req(status="Available"), connectors=ALL_CONNECTORS, when=_ALL_WITHHELD),
            exchange(
                5, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO, optional=True, occurrence=2
            ),
        ),
    ),
)

TC_044_3_CS = TestCase(
    id="TC_044_3_CS",
    title="Firmware Update - Installation Failed",
    source=octt16("Table 61", _WITHHELD, _PROFILE),
    sut=CHARGE_POINT,
    firmware=True,
    prerequisites=(_FIRMWARE_MANAGEMENT,),
    steps=(
        exchange(1, UpdateFirmware.req(location=INVALID_FIRMWARE_LOCATION)),
        _withheld(),
        _firmware(3, "Downloading"),
        _firmware(5, "Downloaded"),
        _firmware(7, "Installing", optional=True),
        in_any_order(
            exchange(9, BootNotification.req(), optional=True),
            _firmware(11, "InstallationFailed"),
            exchange(13, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO, optional=True),
        ),
    ),
)

TC_045_1_CS = TestCase(
    id="TC_045_1_CS",
    title="Get Diagnostics",
    source=octt16("Table 62", _PROFILE),
    sut=CHARGE_POINT,
    prerequisites=(_FIRMWARE_MANAGEMENT,),
    steps=(
        exchange(1, GetDiagnostics.req(location=LOG_LOCATION)),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploading"), timeout="long_operation"),
        exchange(5, DiagnosticsStatusNotification.req(status="Uploaded"), timeout="long_operation"),
    ),
)

TC_045_2_CS = TestCase(
    id="TC_045_2_CS",
    title="Get Diagnostics - Upload Failed",
    source=octt16("Table 63", _PROFILE),
    sut=CHARGE_POINT,
    prerequisites=(_FIRMWARE_MANAGEMENT,),
    steps=(
        exchange(1, GetDiagnostics.req(location="ftp://127.0.0.1:21/files/failedLocation", retries=0)),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploading"), timeout="long_operation"),
        exchange(5, DiagnosticsStatusNotification.req(status="UploadFailed"), timeout="long_operation"),
    ),
)

CASES = (TC_044_1_CS, TC_044_2_CS, TC_044_3_CS, TC_045_1_CS, TC_045_2_CS)
