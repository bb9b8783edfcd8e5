"""What the rules give, written down by hand from the case document and Appendix D; no run of the engine has a say in it."""

from __future__ import annotations

import pytest

from labapp.selftest.derivation import derive
from labapp.selftest.mutants import Mutant
from labapp.selftest.rules import awaited, awaited_behind
from labapp.selftest.settings import Setting
from tests.selftest.courses import course_of

TWO = Setting("two_connectors", ("two_connectors",))

#: Case, words of the mutant, and what the documents say of it: verdict, step, rule of Appendix D.
BY_HAND = [
    # Appendix D: an expected StatusNotification that is not received is not approved.
    ("TC_003_CS", "without StatusNotification.req of connector 1 at step 1", "FAIL", 1, "D1"),
    ("TC_003_CS", "without StatusNotification.req of connector 1 at step 7", "FAIL", 7, "D1"),
    # Exception: for 037_1 Charging is optional.
    ("TC_037_1_CS", "without StatusNotification.req of connector 1 at step 3", "PASS", 3, "D1.b"),
    # A message of the scenario is missing.
    ("TC_003_CS", "without Authorize.req at step 3", "FAIL", 3, ""),
    ("TC_003_CS", "without StartTransaction.req at step 5", "FAIL", 5, ""),
    ("TC_013_CS", "without Reset.conf at step 6", "FAIL", 6, ""),
    ("TC_013_CS", "without BootNotification.req at step 7", "FAIL", 7, ""),
    # Authorize of the state is optional where the list or cache may know the card.
    ("TC_037_1_CS", "without Authorize.req at step Charging_CS:5", "PASS", "", ""),
    ("TC_070_CS", "without Authorize.req at step Charging_CS:5", "FAIL", "Charging_CS:5", ""),
    # Appendix D: no two equal notifications after one another.
    ("TC_003_CS", "StatusNotification.req of connector 1 at step 1 twice", "FAIL", 3, "D3"),
    ("TC_013_CS", "StatusNotification.req of connector 1 at step 3 twice", "FAIL", 6, "D3"),
    # Any other request twice is no part of the scenario; a second boot asks for its cause.
    ("TC_003_CS", "Authorize.req at step 3 twice", "FAIL", 5, ""),
    ("TC_013_CS", "BootNotification.req at step 7 twice", "INCONCLUSIVE", "", ""),
    ("TC_013_CS", "Reset.conf at step 6 twice", "FAIL", 6, ""),
    # 003 section 1.2: Charging and StartTransaction may swap in every case.
    (
        "TC_003_CS",
        "StatusNotification.req of connector 1 at step 7 ahead of StartTransaction.req at step 5",
        "PASS",
        "",
        "",
    ),
    ("TC_003_CS", "StartTransaction.req at step 5 ahead of Authorize.req at step 3", "FAIL", 3, ""),
    ("TC_013_CS", "BootNotification.req at step 7 ahead of Reset.conf at step 6", "FAIL", 6, ""),
    # Boot notifications in any connector order.
    (
        "TC_001_CS",
        "StatusNotification.req of connector 1 at step 5 ahead of StatusNotification.req of connector 0 at step 5",
        "PASS",
        "",
        "",
    ),
    # Appendix D: waiting for StartTransaction or StopTransaction, SuspendedEV may come first.
    ("TC_003_CS", "StatusNotification 1 SuspendedEV NoError before StartTransaction.req at step 5", "PASS", 5, "D2.e"),
    # ... and else it is an unexpected status of the expected connector.
    (
        "TC_003_CS",
        "StatusNotification 1 SuspendedEV NoError before StatusNotification.req of connector 1 at step 1",
        "FAIL",
        1,
        "D2.g",
    ),
    # Appendix D: another connector is incorrect, connector 0 is valid with an error code or info, else a retest.
    ("TC_003_CS", "StatusNotification 2 Available NoError before Authorize.req at step 3", "FAIL", 3, "D2.c"),
    ("TC_003_CS", "StatusNotification 0 Faulted OtherError before Authorize.req at step 3", "PASS", 3, "D2.d1"),
    ("TC_003_CS", "StatusNotification 0 Unavailable NoError before Authorize.req at step 3", "INCONCLUSIVE", 3, "D2.d2"),
    # Between Reset.conf and the boot Unavailable is accepted, ahead of Reset.conf it is not.
    ("TC_013_CS", "StatusNotification 0 Unavailable NoError before BootNotification.req at step 7", "PASS", 7, "L1"),
    ("TC_013_CS", "StatusNotification 0 Unavailable NoError before Reset.conf at step 6", "INCONCLUSIVE", 6, "D2.d2"),
    # Appendix D: after a boot, waiting for Available, Unavailable may come first.
    (
        "TC_001_CS",
        "StatusNotification 1 Unavailable NoError before StatusNotification.req of connector 1 at step 5",
        "PASS",
        5,
        "D2.f",
    ),
    # A soft reset may do without a boot; statuses that come without it were not called for, and may be early when it comes.
    ("TC_014_CS", "without BootNotification.req at step 7", "INCONCLUSIVE", 9, "D2.d2"),
    ("TC_016_CS", "without BootNotification.req at step 7", "FAIL", 9, "D2.g"),
    (
        "TC_014_CS",
        "StatusNotification.req of connector 0 at step 9 ahead of BootNotification.req at step 7",
        "PASS",
        9,
        "D2.a",
    ),
    # Finishing before a hard reset is due where the transaction has ended before it; before a soft reset it may be missing.
    ("TC_015_CS", "without StatusNotification.req of connector 1 at step 5", "FAIL", 5, "D1"),
    ("TC_016_CS", "without StatusNotification.req of connector 1 at step 5", "PASS", 5, "D1.e"),
    ("TC_015_CS", "without StopTransaction.req at step 3", "FAIL", 3, ""),
    # A CALLERROR where the table accepts one: any, or the one that it names.
    ("TC_027_CS", "CALLERROR InternalError in place of RemoteStartTransaction.conf at step 2", "PASS", "", ""),
    ("TC_040_2_CS", "CALLERROR InternalError in place of ChangeConfiguration.conf at step 2", "FAIL", 2, ""),
    (
        "TC_040_2_CS",
        "CALLERROR PropertyConstraintViolation in place of ChangeConfiguration.conf at step 2",
        "PASS",
        "",
        "",
    ),
    # What must be absent.
    (
        "TC_041_CS",
        "StartTransaction.req 9.5 s behind StatusNotification.req of connector 1 at step 1, in a window of 10 s",
        "FAIL",
        3,
        "",
    ),
    (
        "TC_023_4_CS",
        "StartTransaction.req 5 s behind StatusNotification.req of connector 1 at step 3, in a window of 10 s",
        "FAIL",
        3,
        "",
    ),
    (
        "TC_068_CS",
        "StopTransaction.req 5 s behind StatusNotification.req of connector 1 at step Charging_CS:11, in a window of 10 s",
        "FAIL",
        1,
        "",
    ),
    # A refused boot is told again when its interval is over, not before; until it is accepted, Unavailable is no surprise.
    ("TC_002_CS", "BootNotification.req at step 1 twice", "FAIL", 4, ""),
    ("TC_002_CS", "StatusNotification 1 Unavailable NoError before GetConfiguration.conf at step 4", "PASS", 4, "L1"),
    # What a device tells a minute later cannot come ahead of what is waited for half a minute.
    (
        "TC_011_2_CS",
        "StatusNotification.req of connector 1 at step 9 ahead of StatusNotification.req of connector 1 at step 7",
        "FAIL",
        7,
        "D1",
    ),
    # The cable is pulled out of a socket: Available is due, unless the connector was so before.
    ("TC_005_2_CS", "without StatusNotification.req of connector 1 at step 7", "FAIL", 7, "D1"),
    # SuspendedEV and SuspendedEVSE may both come, the same one twice may not.
    ("TC_005_3_CS", "StatusNotification.req of connector 1 at step 1 twice", "FAIL", 4, "D3"),
    # The station goes out of service and loses its power: Unavailable may come ahead of the boot, also once more.
    ("TC_034_CS", "StatusNotification.req of connector 1 at step 3 twice", "PASS", 5, "L1"),
    ("TC_034_CS", "StatusNotification.req of connector 0 at step 3 twice", "FAIL", 3, "D3"),
    ("TC_034_CS", "without StatusNotification.req of connector 0 at step 7", "FAIL", 7, "D1"),
    # Without power nothing boots before the power is back.
    ("TC_032_1_CS", "BootNotification  before StopTransaction.req at step 1", "INCONCLUSIVE", "", ""),
    ("TC_032_1_CS", "without StopTransaction.req at step 1", "FAIL", 1, ""),
    # What was measured offline has to come whole, each value once, in order.
    ("TC_036_CS", "without MeterValues.req at step 1, the first of them", "FAIL", 1, ""),
    # Exceptions: Charging for 037_2 and 037_3, Finishing for 038.
    ("TC_037_2_CS", "without StatusNotification.req of connector 1 at step 3", "PASS", 3, "D1.b"),
    ("TC_037_2_CS", "without StatusNotification.req of connector 1 at step 5", "FAIL", 5, "D1"),
    ("TC_037_3_CS", "without StatusNotification.req of connector 1 at step 7", "FAIL", 7, "D1"),
    ("TC_038_CS", "without StatusNotification.req of connector 1 at step 3", "PASS", 3, "D1.c"),
    ("TC_039_CS", "StopTransaction.req at step 3 ahead of StartTransaction.req at step 1", "FAIL", 1, ""),
    # A list that is not supported: a CALLERROR of one code is as good.
    ("TC_042_1_CS", "CALLERROR NotSupported in place of GetLocalListVersion.conf at step 2", "PASS", "", ""),
    ("TC_042_1_CS", "CALLERROR InternalError in place of GetLocalListVersion.conf at step 2", "FAIL", 2, ""),
    # A card of the list is not asked about.
    ("TC_008_1_CS", "Authorize  before StatusNotification.req of connector 1 at step 5", "FAIL", 5, ""),
    ("TC_008_2_CS", "Authorize.req 0 s behind RemoteStartTransaction.conf at step 6, in a window of 10 s", "FAIL", 6, ""),
    # Timings: BootNotification after the interval of step 2, heartbeats at the interval of step 4.
    ("TC_001_CS", "BootNotification.req at step 3 9 s late", "FAIL", 3, ""),
    ("TC_001_CS", "BootNotification.req at step 3 3 s late", "PASS", "", ""),
    ("TC_001_CS", "Heartbeat.req at step 7 9 s early", "FAIL", 7, ""),
    # A central system's own requests are answered; a CALLERROR is no answer.
    ("TC_003_CSMS", "TriggerMessage  before Authorize.conf at step 4", "PASS", "", ""),
    ("TC_003_CSMS", "CALLERROR InternalError in place of Authorize.conf at step 4", "FAIL", 4, ""),
    ("TC_085_CSMS", "the HTTP upgrade of step 1 answered the other way", "FAIL", 2, ""),
    ("TC_B_22_CSMS", "type broken in ResetRequest at step 1", "FAIL", 1, ""),
    ("TC_B_22_CSMS", "status broken in BootNotificationResponse at step 6", "FAIL", 6, ""),
]  # fmt: skip


@pytest.mark.parametrize(("case", "what", "verdict", "at", "rule"), BY_HAND)
def test_the_rules_by_hand(case: str, what: str, verdict: str, at: int | str, rule: str) -> None:
    found = [m for m in derive(course_of(case)) if isinstance(m, Mutant) and m.what == what]
    assert len(found) == 1, what
    assert (found[0].due.verdict, found[0].due.at, found[0].due.rule) == (verdict, at, rule)


def test_what_is_awaited_is_the_first_of_the_table_that_is_open() -> None:
    course = course_of("TC_032_2_CS", TWO)
    boot = next(p for p in course.passages if p.action == "BootNotification")
    assert awaited(course, boot.index) == 1
    assert awaited_behind(course, boot) == 3


def test_behind_the_last_message_nothing_is_awaited() -> None:
    course = course_of("TC_003_CS")
    assert awaited_behind(course, course.passages[-1]) is None
    assert awaited(course, len(course.passages)) is None


def test_a_window_of_absence_is_waited_out_at_its_step() -> None:
    course = course_of("TC_023_4_CS")
    assert awaited_behind(course, course.passages[-1]) == 3
