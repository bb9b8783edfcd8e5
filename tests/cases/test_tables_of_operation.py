"""The tables of firmware, diagnostics, triggers, smart charging and data transfer, as the case document has them: message by message."""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.ocpp.listing import rows
from labapp.ocpp.versions import VERSIONS

C, U = "<connectorId>", "<chargingRateUnit>"
FIRMWARE, DIAGNOSTICS = "FirmwareStatusNotification.req", "DiagnosticsStatusNotification.req"
STATUS, TRIGGER, ANSWER = "StatusNotification.req", "TriggerMessage.req", "TriggerMessage.conf"
SET, ASK, COMPOSITE = "SetChargingProfile.req", "GetCompositeSchedule.req", "GetCompositeSchedule.conf"
CLEAR, PROFILE = "ClearChargingProfile.req", "csChargingProfiles"
PERIOD = "chargingSchedule.chargingSchedulePeriod"
AT_REQUEST, NOW = "<requestTime> +/- <maxTimeDeviation>", "<currentTime> +/- <maxTimeDeviation>"

Rows = list[tuple[int, str, str, str, str]]


def composite(step: int, duration: str, periods: list[tuple[str, str]], *, now: bool = False) -> Rows:
    """A request for the composite schedule, and its answer."""
    behind = step + 1
    return [
        (step, "tool", ASK, "connectorId", C),
        (step, "tool", ASK, "duration", duration),
        (step, "tool", ASK, "chargingRateUnit", U),
        (behind, "sut", COMPOSITE, "status", "Accepted"),
        (behind, "sut", COMPOSITE, "connectorId", C),
        (behind, "sut", COMPOSITE, "chargingSchedule.duration", duration),
        (behind, "sut", COMPOSITE, "chargingSchedule.chargingRateUnit", U),
        (
            (behind, "sut", COMPOSITE, "chargingSchedule.startSchedule", NOW)
            if now
            else (behind, "sut", COMPOSITE, "scheduleStart", AT_REQUEST)
        ),
        *(
            (behind, "sut", COMPOSITE, f"{PERIOD}[{index}].{field}", value)
            for index, period in enumerate(periods)
            for field, value in zip(("startPeriod", "limit"), period, strict=True)
        ),
    ]


def profile(purpose: str) -> Rows:
    """The one profile that is set, and its answer."""
    return [
        (1, "tool", SET, "connectorId", C),
        (1, "tool", SET, f"{PROFILE}.stackLevel", "<stackLevel>"),
        (1, "tool", SET, f"{PROFILE}.chargingProfilePurpose", purpose),
        (1, "tool", SET, f"{PROFILE}.chargingProfileKind", "Absolute"),
        (1, "tool", SET, f"{PROFILE}.chargingSchedule.duration", "<scheduleDuration + maxTimeDeviation>"),
        (1, "tool", SET, f"{PROFILE}.chargingSchedule.chargingRateUnit", U),
        (1, "tool", SET, f"{PROFILE}.{PERIOD}[0].startPeriod", "0"),
        (1, "tool", SET, f"{PROFILE}.{PERIOD}[0].limit", "<6 A or 6000 W>"),
        (1, "tool", SET, f"{PROFILE}.{PERIOD}[0].numberPhases", "<numberPhases>"),
        (2, "sut", "SetChargingProfile.conf", "status", "Accepted"),
    ]


def clear(step: int, **stated: str) -> Rows:
    """A ClearChargingProfile; what is not stated is left out."""
    fields = ("id", "connectorId", "chargingProfilePurpose", "stackLevel")
    return [
        *((step, "tool", CLEAR, field, stated.get(field, "<omitted>")) for field in fields),
        (step + 1, "sut", "ClearChargingProfile.conf", "status", "Accepted"),
    ]


def trigger(step: int, message: str, connector: str = "", status: str = "Accepted") -> Rows:
    """A TriggerMessage and its answer."""
    named = [(step, "tool", TRIGGER, "connectorId", connector)] if connector else []
    return [
        (step, "tool", TRIGGER, "requestedMessage", message),
        *named,
        (step + 1, "sut", ANSWER, "status", status),
    ]


SINGLE = [("0", "6")]
RUNNING = "= step Charging_CS:10 transactionId"

TABLES: dict[str, Rows] = {
    "TC_044_1_CS": [
        (1, "tool", "UpdateFirmware.req", "location", "<firmwareLocation>"),
        (2, "sut", STATUS, "status", "Unavailable"),
        (3, "sut", FIRMWARE, "status", "Downloading"),
        (5, "sut", FIRMWARE, "status", "Downloaded"),
        (7, "sut", FIRMWARE, "status", "Installing"),
        (11, "sut", STATUS, "status", "Available"),
        (11, "sut", STATUS, "status", "Available"),
        (13, "sut", FIRMWARE, "status", "Installed"),
        (15, "tool", "Reset.req", "type", "Hard"),
    ],
    "TC_044_2_CS": [
        (1, "tool", "UpdateFirmware.req", "location", "<does_not_exist_firmwareLocation>"),
        (1, "tool", "UpdateFirmware.req", "retries", "0"),
        (2, "sut", STATUS, "status", "Unavailable"),
        (3, "sut", FIRMWARE, "status", "Downloading"),
        (5, "sut", FIRMWARE, "status", "DownloadFailed"),
        (5, "sut", STATUS, "status", "Available"),
        (5, "sut", STATUS, "status", "Available"),
    ],
    "TC_044_3_CS": [
        (1, "tool", "UpdateFirmware.req", "location", "<invalidFirmwareLocation>"),
        (2, "sut", STATUS, "status", "Unavailable"),
        (3, "sut", FIRMWARE, "status", "Downloading"),
        (5, "sut", FIRMWARE, "status", "Downloaded"),
        (7, "sut", FIRMWARE, "status", "Installing"),
        (11, "sut", FIRMWARE, "status", "InstallationFailed"),
        (13, "sut", STATUS, "status", "Available"),
    ],
    "TC_045_1_CS": [
        (1, "tool", "GetDiagnostics.req", "location", "<logLocation>"),
        (3, "sut", DIAGNOSTICS, "status", "Uploading"),
        (5, "sut", DIAGNOSTICS, "status", "Uploaded"),
    ],
    "TC_045_2_CS": [
        (1, "tool", "GetDiagnostics.req", "location", "ftp://127.0.0.1:21/files/failedLocation"),
        (1, "tool", "GetDiagnostics.req", "retries", "0"),
        (3, "sut", DIAGNOSTICS, "status", "Uploading"),
        (5, "sut", DIAGNOSTICS, "status", "UploadFailed"),
    ],
    "TC_054_CS": [
        *trigger(1, "MeterValues", C),
        (3, "sut", "MeterValues.req", "meterValue[].sampledValue[].format", "Raw|<omitted>"),
        (3, "sut", "MeterValues.req", "meterValue[].sampledValue[].context", "Trigger"),
        (3, "sut", "MeterValues.req", "transactionId", "<omitted>"),
        *trigger(5, "Heartbeat"),
        *trigger(9, "StatusNotification", C),
        *trigger(13, "DiagnosticsStatusNotification", status="Accepted|NotImplemented"),
        (15, "sut", DIAGNOSTICS, "status", "Idle"),
        *trigger(17, "FirmwareStatusNotification", status="Accepted|NotImplemented"),
        (19, "sut", FIRMWARE, "status", "Idle"),
    ],
    "TC_055_CS": [
        *trigger(1, "MeterValues", "<numberOfConnectors + 1>", "Rejected"),
        (2, "sut", "MeterValues.req", "", "<omitted>"),
    ],
    "TC_056_CS": [*profile("TxDefaultProfile"), *composite(3, "<scheduleDuration>", SINGLE, now=True)],
    "TC_057_CS": [
        *profile("TxProfile"),
        (1, "tool", SET, f"{PROFILE}.transactionId", RUNNING),
        *composite(3, "<scheduleDuration>", SINGLE, now=True),
    ],
    "TC_058_1_CS": [
        (1, "tool", SET, "connectorId", C),
        (1, "tool", SET, f"{PROFILE}.chargingProfilePurpose", "TxProfile"),
        (1, "tool", SET, f"{PROFILE}.transactionId", "1"),
        (2, "sut", "SetChargingProfile.conf", "status", "Rejected"),
        (2, "sut", "CALLERROR", "errorCode", "PropertyConstraintViolation"),
    ],
    "TC_058_2_CS": [
        (1, "tool", SET, "connectorId", "= step Charging_CS:9 connectorId"),
        (1, "tool", SET, f"{PROFILE}.chargingProfilePurpose", "TxProfile"),
        (1, "tool", SET, f"{PROFILE}.transactionId", "<not the transactionId of Charging step 10>"),
        (2, "sut", "SetChargingProfile.conf", "status", "Rejected"),
    ],
    "TC_082_CS": [*profile("TxDefaultProfile"), *composite(3, "<scheduleDuration>", SINGLE, now=True)],
    "TC_067_CS": [
        *clear(1, id="1"),
        *composite(3, "350", [("0", "7"), ("100 - x", "9")]),
        *clear(5, chargingProfilePurpose="TxDefaultProfile", stackLevel="0"),
        *composite(7, "350", [("0", "11"), ("200 - y", "12")]),
        *clear(9),
        *composite(11, "350", [("0", "<localLimit>")]),
    ],
    "TC_072_CS": composite(
        1,
        "350",
        [("0", "7"), ("100 - x", "9"), ("150 - x + <maxTimeDeviation>", "8"), ("200 - y", "10")],
    ),
    "TC_059_CS": composite(2, "<scheduleDuration>", SINGLE, now=True),
    "TC_060_CS": [
        (1, "tool", "RemoteStartTransaction.req", "chargingProfile.chargingProfilePurpose", "TxDefaultProfile"),
        (2, "sut", "RemoteStartTransaction.conf", "status", "Rejected"),
        (2, "sut", "CALLERROR", "errorCode", "PropertyConstraintViolation"),
    ],
    "TC_062_CS": [
        (1, "tool", "DataTransfer.req", "vendorId", "labapp.vendor.that.no.device.knows"),
        (2, "sut", "DataTransfer.conf", "status", "Rejected|UnknownMessageId|UnknownVendorId|Accepted"),
    ],
}

#: Rows that may fail to be met: what the table leaves to the station, or makes depend on something.
NOT_MANDATORY: dict[str, list[tuple[int, str, str]]] = {
    "TC_044_1_CS": [
        (2, STATUS, "optional"),
        (11, STATUS, "optional"),
        (15, "Reset.req", "conditional"),
    ],
    "TC_044_2_CS": [
        (2, STATUS, "optional"),
        (3, FIRMWARE, "optional"),
        (5, STATUS, "conditional"),
        (5, STATUS, "optional"),
    ],
    "TC_044_3_CS": [(2, STATUS, "optional"), (7, FIRMWARE, "optional"), (13, STATUS, "optional")],
    "TC_054_CS": [(15, DIAGNOSTICS, "conditional"), (19, FIRMWARE, "conditional")],
    "TC_055_CS": [(2, "MeterValues.req", "absent"), (2, ANSWER, "conditional")],
    "TC_058_1_CS": [(2, "CALLERROR", "conditional"), (2, "SetChargingProfile.conf", "conditional")],
    "TC_060_CS": [(2, "CALLERROR", "conditional"), (2, "RemoteStartTransaction.conf", "conditional")],
}


@pytest.mark.parametrize("name", TABLES)
def test_the_case_states_what_its_table_states_and_nothing_else(name: str) -> None:
    case = CATALOGUE[name]
    found = [row for row in rows(case, VERSIONS[case.ocpp]) if row.field or row.mode in ("timing", "absent")]
    stated = [(row.step, row.sender, row.message, row.field, row.expected) for row in found]
    assert sorted(stated) == sorted(TABLES[name])
    lenient = [(row.step, row.message, row.mode) for row in found if row.mode != "mandatory"]
    assert sorted(lenient) == sorted(NOT_MANDATORY.get(name, []))
