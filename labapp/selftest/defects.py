"""What the hand-written defects of the simulators must come to: which case catches them, and that no other is disturbed.

The defects model what real devices do wrong. A case that is not named for a defect must pass: a fault that the case does not
ask about is no fault of the case. Each entry follows from the tables and from Appendix D, as the remark beside it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.selftest.caught import Caught
from labapp.selftest.central_defects import CENTRAL_SYSTEM
from labapp.selftest.settings import STANDARD, Setting
from labapp.simulator.defects import CSMS_DEFECTS, STATION_DEFECTS

_PROFILE_WHILE_CHARGING = ("TC_057_CS", "TC_058_2_CS", "TC_059_CS", "TC_066_CS", "TC_082_CS")
#: Resets and unlocking in a transaction, what is refused during one, and clock-aligned meter values.
_RESET_WHILE_CHARGING = ("TC_015_CS", "TC_016_CS")
_UNLOCKED_WHILE_CHARGING = ("TC_018_1_CS", "TC_018_2_CS")
_BEGUN_BY_CHARGING = (*_RESET_WHILE_CHARGING, *_UNLOCKED_WHILE_CHARGING, "TC_028_CS")
#: Lost power and lost connections: in Charging from the beginning, and with a card in the cache. Cases of the local list alone, and
#: those in which it starts a transaction.
_OFFLINE_WHILE_CHARGING = ("TC_036_CS", "TC_038_CS")
_INVALID_OFFLINE = ("TC_037_2_CS", "TC_037_3_CS")
_OFFLINE_CACHED = (*_INVALID_OFFLINE, "TC_039_CS")
_LISTED = ("TC_042_1_CS", "TC_042_2_CS", "TC_043_CS", "TC_043_2_CS", "TC_043_3_CS")
_STARTED_BY_LIST = ("TC_008_1_CS", "TC_008_2_CS")
_CHARGING = (
    *("TC_032_1_CS", *_OFFLINE_WHILE_CHARGING, *_OFFLINE_CACHED, *_STARTED_BY_LIST),
    *("TC_070_CS", "TC_032_2_CS", "TC_037_1_CS", "TC_026_CS", "TC_071_CS"),
    *_BEGUN_BY_CHARGING,
    *_PROFILE_WHILE_CHARGING,
)
#: Reservations that are made in the case itself, those that are refused at once in a state of the operator's hands, and without
#: the feature profile.
_RESERVED = ("TC_046_1_CS", "TC_046_2_CS", "TC_047_CS", "TC_049_CS", "TC_053_1_CS")
_OCCUPIED = ("TC_048_2_CS", "TC_050_2_CS")
_REFUSED = ("TC_048_1_CS", "TC_050_1_CS", *_OCCUPIED)
_NO_RESERVATION = ("TC_048_4_CS", "TC_050_4_CS")
_PLUGGED_RESERVATION = (*_RESERVED, "TC_051_CS", "TC_053_2_CS", *_OCCUPIED)
_RESERVATION_WITH_STATUS = (
    *_PLUGGED_RESERVATION,
    "TC_048_1_CS",
    "TC_048_3_CS",
    "TC_050_1_CS",
    "TC_050_3_CS",
    "TC_052_CS",
)
_FIRMWARE = ("TC_044_1_CS", "TC_044_2_CS", "TC_044_3_CS")
_DIAGNOSTICS = ("TC_045_1_CS", "TC_045_2_CS")
#: Cases that end with the first answer: a second one comes behind their end.
_ONE_ANSWER = (
    "TC_062_CS",
    *("TC_017_1_CS", "TC_017_2_CS", "TC_027_CS", "TC_031_CS", "TC_040_1_CS", "TC_040_2_CS"),
    *("TC_043_1_CS", "TC_058_1_CS", "TC_060_CS", *_REFUSED, *_NO_RESERVATION),
)
#: Core cases: in Charging from the beginning, stopped at the vehicle, with a card in the cache; all with a plug; those without one.
_STOPPED = ("TC_012_CS", "TC_068_CS", "TC_069_CS")
_EV_SIDE = ("TC_005_1_CS", "TC_005_2_CS", "TC_005_3_CS")
_CACHED = ("TC_007_1_CS", "TC_007_2_CS", "TC_061_2_CS")
_PLUGGED = ("TC_003_CS", "TC_004_1_CS", "TC_010_CS", "TC_011_1_CS", *_STOPPED, *_EV_SIDE, *_CACHED)
_TIMED_OUT = ("TC_004_2_CS", "TC_011_2_CS")
_CONFIGURED = (
    *("TC_023_4_CS", "TC_061_1_CS", "TC_070_CS", "TC_037_1_CS"),
    *("TC_004_1_CS", *_TIMED_OUT, *_EV_SIDE, *_CACHED),
    *("TC_021_CS", "TC_023_5_CS", "TC_026_CS", "TC_071_CS"),
    *("TC_036_CS", *_OFFLINE_CACHED, *_LISTED, *_STARTED_BY_LIST),
)
_TIMED_CONNECTION = ("TC_004_2_CS", "TC_011_2_CS", "TC_061_1_CS")


def _first_answers(verdict: Literal["FAIL", "INCONCLUSIVE"]) -> dict[str, Caught]:
    """Where a charge point's answers are of no use: the first that is due; in a configuration state that comes before every step."""
    return {
        "TC_002_CS": Caught("FAIL", 4),
        **dict.fromkeys(("TC_010_CS", "TC_011_1_CS"), Caught("FAIL", 2)),
        **dict.fromkeys((*_STOPPED, *_BEGUN_BY_CHARGING), Caught("FAIL", "Charging_CS:2")),
        **dict.fromkeys(("TC_013_CS", "TC_014_CS", "TC_024_CS", "TC_030_CS"), Caught("FAIL", 2)),
        "TC_019_CS": Caught("FAIL", 2),
        **dict.fromkeys(("TC_032_1_CS", "TC_032_2_CS", "TC_038_CS"), Caught("FAIL", "Charging_CS:2")),
        "TC_034_CS": Caught("FAIL", 2),
        **dict.fromkeys(_PROFILE_WHILE_CHARGING, Caught("FAIL", "Charging_CS:2")),
        **dict.fromkeys(("TC_067_CS", "TC_072_CS"), Caught("FAIL", "SetChargingProfile_CS:2")),
        **dict.fromkeys(("TC_054_CS", "TC_055_CS", "TC_056_CS", *_ONE_ANSWER), Caught("FAIL", 2)),
        **dict.fromkeys((*_FIRMWARE, *_DIAGNOSTICS), Caught("FAIL", 2)),
        **dict.fromkeys(_RESERVED, Caught("FAIL", 2)),
        **dict.fromkeys(("TC_051_CS", "TC_052_CS"), Caught("FAIL", "Reserved_CS:2")),
        "TC_048_3_CS": Caught("FAIL", "SetConnectorUnavailable_CS:2"),
        "TC_050_3_CS": Caught("FAIL", "SetChargePointUnavailable_CS:2"),
        **dict.fromkeys((*_CONFIGURED, "TC_053_2_CS"), Caught(verdict, 0 if verdict == "FAIL" else "")),
    }


#: Defect of the station -> case -> what comes of it.
STATION: Mapping[str, Mapping[str, Caught]] = {
    # A second boot that nobody asked for: its cause is asked, and unknown is run again.
    "double_reboot": dict.fromkeys(("TC_013_CS", "TC_015_CS"), Caught("INCONCLUSIVE", "")),
    "ignores_boot_interval": {"TC_001_CS": Caught("FAIL", 3), "TC_002_CS": Caught("FAIL", 7)},
    "no_status_after_boot": {
        "TC_001_CS": Caught("FAIL", 5, "D1"),
        "TC_002_CS": Caught("FAIL", 9, "D1"),
        **dict.fromkeys(("TC_013_CS", "TC_014_CS", *_RESET_WHILE_CHARGING), Caught("FAIL", 9, "D1")),
        **dict.fromkeys(("TC_032_1_CS", "TC_034_CS"), Caught("FAIL", 7, "D1")),
        "TC_044_1_CS": Caught("FAIL", 11, "D1"),
        "TC_032_2_CS": Caught("FAIL", 3, "D1"),
    },
    "heartbeat_drift": {"TC_001_CS": Caught("FAIL", 7), "TC_002_CS": Caught("FAIL", 11)},
    # Every case in which the station reports a status.
    "duplicate_status": dict.fromkeys(
        (
            *("TC_044_1_CS", "TC_054_CS"),
            *("TC_001_CS", "TC_002_CS", "TC_013_CS", "TC_014_CS", "TC_023_4_CS", "TC_061_1_CS"),
            *("TC_023_5_CS", "TC_024_CS", "TC_034_CS", "TC_041_CS"),
            *(*_PLUGGED, *_TIMED_OUT),
            *_CHARGING,
            *_RESERVATION_WITH_STATUS,
        ),
        Caught("FAIL", None, "D3"),
    ),
    # Every case with a plug, but for TC_023_4 and TC_023_5, in which MinimumStatusDuration holds the short status back.
    "connector_zero_preparing": dict.fromkeys(
        (*_PLUGGED, *_CHARGING, *_PLUGGED_RESERVATION, "TC_041_CS"), Caught("INCONCLUSIVE", None, "D2.d2")
    ),
    "no_installed": {"TC_044_1_CS": Caught("FAIL", 13)},
    "download_failed_for_invalid_firmware": {"TC_044_3_CS": Caught("FAIL", 5)},
    "meter_trigger_only_in_transaction": {"TC_054_CS": Caught("FAIL", 2)},
    "meter_gap": dict.fromkeys(("TC_036_CS", "TC_070_CS"), Caught("FAIL", 1)),
    "wrong_meter_context": dict.fromkeys(("TC_036_CS", "TC_070_CS"), Caught("FAIL", 1)),
    "loses_offline_meter_values": {"TC_036_CS": Caught("FAIL", 1)},
    "unordered_meter_values": {"TC_036_CS": Caught("FAIL", 1)},
    # The newest first: a stop that has no transaction yet is never sent.
    "unordered_queue": {"TC_036_CS": Caught("FAIL", 1), "TC_039_CS": Caught("FAIL", 3)},
    "loses_offline_transaction": {
        "TC_032_2_CS": Caught("FAIL", 5),
        **dict.fromkeys(("TC_037_1_CS", *_OFFLINE_WHILE_CHARGING, *_OFFLINE_CACHED), Caught("FAIL", 1)),
    },
    "no_suspend_on_invalid_id": {"TC_037_2_CS": Caught("FAIL", 5, "D1"), "TC_037_3_CS": Caught("FAIL", 5)},
    "wrong_stop_transaction_id": dict.fromkeys(
        ("TC_037_1_CS", *_CACHED, *_OFFLINE_CACHED), Caught("FAIL", "IdTagCached_CS:3")
    ),
    "foreign_card_stops": dict.fromkeys(("TC_068_CS", "TC_069_CS"), Caught("FAIL", 1)),
    "silent_foreign_card": {"TC_069_CS": Caught("FAIL", 1)},
    "starts_on_invalid_id": {"TC_023_4_CS": Caught("FAIL", 3), "TC_023_5_CS": Caught("FAIL", 5)},
    "accepts_remote_start_busy": {"TC_026_CS": Caught("FAIL", 2)},
    "accepts_connector_zero": {"TC_027_CS": Caught("FAIL", 2)},
    # The key reads back another value than was set: what the case rests on is not there.
    "keeps_connection_timeout": dict.fromkeys(_TIMED_CONNECTION, Caught("INCONCLUSIVE", "")),
    "exceeds_max_keys": {"TC_019_CS": Caught("FAIL", 8)},
    "missing_required_key": {"TC_019_CS": Caught("FAIL", 4)},
    "writable_number_of_connectors": {"TC_019_CS": Caught("FAIL", 4)},
    "readable_authorization_key": {"TC_019_CS": Caught("FAIL", 4)},
    "cache_not_cleared": {"TC_061_1_CS": Caught("FAIL", 7), "TC_061_2_CS": Caught("FAIL", "Charging_CS:5")},
    "reservation_does_not_expire": {"TC_047_CS": Caught("FAIL", 5, "D1")},
    "reservation_unnamed": {
        "TC_046_1_CS": Caught("FAIL", 10),
        **dict.fromkeys(("TC_046_2_CS", "TC_049_CS", "TC_053_2_CS"), Caught("FAIL", 5)),
        "TC_053_1_CS": Caught("FAIL", 7),
    },
    "asks_about_unreserved_cards": {"TC_046_1_CS": Caught("FAIL", 5)},
    "cancels_any_reservation": {"TC_052_CS": Caught("FAIL", 2)},
    "wrong_composite_schedule": {"TC_066_CS": Caught("FAIL", 2)},
    # The start of a composite schedule lies hours away from the request.
    "local_time_as_utc": {
        **dict.fromkeys(("TC_066_CS", "TC_072_CS"), Caught("FAIL", 2)),
        **dict.fromkeys(("TC_056_CS", "TC_057_CS", "TC_067_CS", "TC_082_CS"), Caught("FAIL", 4)),
        "TC_059_CS": Caught("FAIL", 3),
    },
    "wrong_reply_id": _first_answers("FAIL"),
    # A key that cannot be read in time leaves the preparation open.
    "late_reply": _first_answers("INCONCLUSIVE"),
    "two_answers": {case: due for case, due in _first_answers("FAIL").items() if case not in _ONE_ANSWER},
    "unknown_error_code": _first_answers("FAIL"),
}

#: Defects that show only in a certain setting.
_SETTINGS: Mapping[str, Setting] = {
    "readable_authorization_key": Setting("password", password="selftest-password-1"),
    "keeps_connection_timeout": Setting("short_timeout", values={"connection_timeout": 30}),
    "no_unavailable_before_reboot": Setting("unavailable_before_reboot", ("unavailable_before_reboot",)),
}


def defects_of(case: TestCase) -> Mapping[str, str]:
    """Every defect that a case's peer can have, with what it does."""
    return STATION_DEFECTS if case.sut == CHARGE_POINT else CSMS_DEFECTS


def setting_of(defect: str) -> Setting:
    """The setting in which a defect is tried."""
    return _SETTINGS.get(defect, STANDARD)


def due_of(case: TestCase, defect: str) -> Caught | None:
    """What must come of a defect in a case, None when the case must pass."""
    return (STATION if case.sut == CHARGE_POINT else CENTRAL_SYSTEM).get(defect, {}).get(case.id)


def as_due(case: TestCase, defect: str, result: Mapping[str, Any]) -> bool:
    """Whether the engine's result is the one that must come."""
    due = due_of(case, defect)
    if due is None:
        return bool(result["verdict"] == "PASS")
    if result["verdict"] != due.verdict:
        return False
    if due.rule:
        lines = [line for line in result["reviews"] if line["rule"] == due.rule]
        return bool(lines) and (due.at is None or any(line["step"] == due.at for line in lines))
    first = result["findings"][0]["step"] if result["findings"] else ""
    return due.at is None or first == due.at
