"""Each rule of document 004, Appendix D: a situation that it decides, and the nearest one that it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.review import RULES, Notification, Situation, is_duplicate, rule_on
from labapp.domain.stamps import Stamp

STATUSES = (
    "Available", "Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Reserved", "Unavailable", "Faulted",
)  # fmt: skip
AT = Stamp(datetime(2025, 1, 1, tzinfo=UTC), 0)


def missing(case_id: str, status: str, **facts: Any) -> Situation:
    return Situation("missing", case_id, 1, status, **facts)


def unexpected(status: str, *, connector: int = 1, case_id: str = "TC_003_CS", **facts: Any) -> Situation:
    facts.setdefault("expected_connectors", frozenset({1}))
    return Situation("unexpected", case_id, connector, status, **facts)


def duplicate(status: str = "Available", case_id: str = "TC_003_CS", **facts: Any) -> Situation:
    return Situation("duplicate", case_id, 1, status, expected_connectors=frozenset({1}), **facts)


WAITING_FOR_START = frozenset({"StartTransaction"})
FIRMWARE = {"firmware_case": True}
RESERVATION: dict[str, Any] = {"reservation_case": True, "evse_siblings": frozenset({2})}

#: (situation, rule, verdict, advice, ambiguous)
DECIDED = [
    (missing("TC_044_1_CS", "Unavailable", **FIRMWARE, firmware_during_transaction=True), "D1.a", "accept", "accept", False),
    (missing("TC_044_1_CS", "Unavailable", **FIRMWARE), "D1.a", "manual", None, True),
    (missing("TC_037_1_CS", "Charging"), "D1.b", "accept", "accept", False),
    (missing("TC_037_2_CS", "Charging"), "D1.b", "accept", "accept", False),
    (missing("TC_037_3_CS", "Charging"), "D1.b", "accept", "accept", False),
    (missing("TC_038_CS", "Finishing"), "D1.c", "accept", "accept", False),
    (missing("TC_039_CS", "Finishing"), "D1.c", "accept", "accept", False),
    (missing("TC_015_CS", "Finishing", received_instead="Unavailable"), "D1.d", "accept", "accept", True),
    (missing("TC_016_CS", "Finishing"), "D1.e", "accept", "accept", True),
    (missing("TC_003_CS", "Charging"), "D1", "reject", "reject", False),
    (duplicate(), "D3", "reject", "reject", True),
    (duplicate(triggered=True), "D3", "accept", "accept", False),
    (duplicate(since_boot_or_reconnect=True), "D3", "accept", "accept", False),
    (unexpected("Available", mode_1_2_only=True, authorized_locally_between=True), "D6", "accept", "accept", False),
    (unexpected("Preparing", mode_1_2_only=True, authorized_locally_between=True), "D6", "accept", "accept", False),
    (unexpected("Available", mode_1_2_only=True), "D6", "manual", None, True),
    (unexpected("Charging", later_in_wait=True, waiting_for=WAITING_FOR_START), "D2.a", "accept", "accept", False),
    (unexpected("Available", connector=2, **RESERVATION), "D2.b", "accept", "accept", False),
    (unexpected("Reserved", connector=2, **RESERVATION), "D2.b", "accept", "accept", False),
    (unexpected("Preparing", connector=2, **RESERVATION), "D2.b", "accept", "accept", False),
    (unexpected("Unavailable", connector=2, **RESERVATION), "D2.b", "accept", "accept", False),
    (unexpected("Unavailable", before_boot=True), "L1", "accept", "accept", False),
    (unexpected("Faulted", connector=0, error_code="GroundFailure"), "D2.d1", "accept", "accept", True),
    (unexpected("Available", connector=0, info="door opened"), "D2.d1", "accept", "accept", True),
    (unexpected("Available", connector=0), "D2.d2", "manual", "retest", True),
    (unexpected("Preparing", connector=2), "D2.c", "reject", "reject", False),
    (unexpected("SuspendedEV", waiting_for=WAITING_FOR_START), "D2.e", "accept", "accept", False),
    (unexpected("SuspendedEVSE", waiting_for=frozenset({"StopTransaction"})), "D2.e", "accept", "accept", False),
    (unexpected("SuspendedEV", waiting_for=WAITING_FOR_START, count_in_wait=2), "D2.e", "manual", "accept", True),
    (unexpected("Unavailable", after_boot=True), "D2.f", "accept", "accept", False),
    (
        unexpected("Unavailable", connector=0, after_boot=True, expected_connectors=frozenset({0, 1})),
        "D2.f", "accept", "accept", False,
    ),
    (unexpected("Unavailable", case_id="TC_032_2_CS"), "D2.h", "accept", "accept", False),
    (unexpected("Available", case_id="TC_032_2_CS"), "D2.h", "accept", "accept", False),
    (unexpected("Faulted", case_id="TC_030_CS"), "D2.i", "accept", "accept", False),
    (unexpected("Available", case_id="TC_030_CS", current_status="Available"), "D2.i", "accept", "accept", False),
    (duplicate(case_id="TC_030_CS", current_status="Available"), "D2.i", "accept", "accept", False),
    (unexpected("Charging", in_energy_transfer=True), "D2.j", "manual", "accept", True),
    (unexpected("Faulted"), "D2.g", "reject", "reject", True),
    (unexpected("Faulted", minimum_status_duration=False), "D2.g", "reject", "reject", True),
    (unexpected("Faulted", minimum_status_duration=True), "D2.g", "reject", "reject", False),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "rule", "verdict", "advice", "ambiguous"), DECIDED)
def test_a_rule_decides_its_situation(
    situation: Situation, rule: str, verdict: str, advice: str | None, ambiguous: bool
) -> None:
    ruling = rule_on(situation)
    assert (ruling.rule, ruling.verdict, ruling.advice, ruling.ambiguous) == (rule, verdict, advice, ambiguous)


#: (situation, the rule that nearly fits, the rule that decides)
NEAR_MISSES = [
    (missing("TC_044_1_CS", "Unavailable", **FIRMWARE, firmware_during_transaction=False), "D1.a", "D1"),
    (missing("TC_044_1_CS", "Available", **FIRMWARE, firmware_during_transaction=True), "D1.a", "D1"),
    (missing("TC_003_CS", "Unavailable", firmware_during_transaction=True), "D1.a", "D1"),
    (missing("TC_037_1_CS", "Preparing"), "D1.b", "D1"),
    (missing("TC_037_1_CSMS", "Charging"), "D1.b", "D1"),
    (missing("TC_038_CS", "Available"), "D1.c", "D1"),
    (missing("TC_012_CS", "Finishing"), "D1.c", "D1"),
    (missing("TC_015_CS", "Finishing"), "D1.d", "D1"),
    (missing("TC_015_CS", "Finishing", received_instead="Available"), "D1.d", "D1"),
    (missing("TC_015_CS", "Finishing|Preparing", received_instead="Unavailable", after_boot=True), "D1.d", "D1"),
    (missing("TC_016_CS", "Finishing|Preparing", after_boot=True), "D1.e", "D1"),
    (missing("TC_015_CS", "Finishing"), "D1.e", "D1"),
    (missing("TC_012_CS", "Finishing", received_instead="Unavailable"), "D1.d", "D1"),
    (missing("TC_030_CS", "Faulted"), "D2.i", "D1"),
    (unexpected("Unavailable", firmware_case=True, firmware_during_transaction=True), "D1.a", "D2.g"),
    (unexpected("Charging", case_id="TC_037_1_CS"), "D1.b", "D2.g"),
    (unexpected("Finishing", case_id="TC_038_CS"), "D1.c", "D2.g"),
    (unexpected("Finishing", case_id="TC_015_CS", received_instead="Unavailable"), "D1.d", "D2.g"),
    (unexpected("Finishing", case_id="TC_016_CS"), "D1.e", "D2.g"),
    (duplicate(case_id="TC_030_CS", current_status="Preparing"), "D2.i", "D3"),
    (unexpected("Available", authorized_locally_between=True), "D6", "D2.g"),
    (unexpected("Finishing", mode_1_2_only=True, authorized_locally_between=True), "D6", "D2.g"),
    (unexpected("Available", connector=2, mode_1_2_only=True, authorized_locally_between=True), "D6", "D2.c"),
    (unexpected("Charging", waiting_for=WAITING_FOR_START), "D2.a", "D2.g"),
    (unexpected("Charging", connector=2, **RESERVATION), "D2.b", "D2.c"),
    (unexpected("Available", connector=3, **RESERVATION), "D2.b", "D2.c"),
    (unexpected("Available", connector=2, evse_siblings=frozenset({2})), "D2.b", "D2.c"),
    (
        unexpected("Available", reservation_case=True, evse_siblings=frozenset({1})),
        "D2.b", "D2.g",
    ),
    (unexpected("Available", before_boot=True), "L1", "D2.g"),
    (unexpected("Available", connector=0, error_code="NoError"), "D2.d1", "D2.d2"),
    (unexpected("Preparing", connector=1, error_code="GroundFailure"), "D2.d1", "D2.g"),
    (unexpected("Unavailable", connector=0, after_boot=True), "D2.f", "D2.d2"),
    (unexpected("SuspendedEV", waiting_for=frozenset({"MeterValues"})), "D2.e", "D2.g"),
    (unexpected("SuspendedEV", connector=2, waiting_for=WAITING_FOR_START), "D2.e", "D2.c"),
    (unexpected("Finishing", waiting_for=WAITING_FOR_START), "D2.e", "D2.g"),
    (unexpected("Unavailable"), "D2.f", "D2.g"),
    (unexpected("Faulted", after_boot=True), "D2.f", "D2.g"),
    (unexpected("Reserved", case_id="TC_032_2_CS"), "D2.h", "D2.g"),
    (unexpected("Unavailable", case_id="TC_032_1_CS"), "D2.h", "D2.g"),
    (unexpected("Preparing", case_id="TC_030_CS", current_status="Available"), "D2.i", "D2.g"),
    (unexpected("Faulted", case_id="TC_031_CS"), "D2.i", "D2.g"),
    (unexpected("Charging"), "D2.j", "D2.g"),
    (unexpected("SuspendedEV", in_energy_transfer=True), "D2.j", "D2.g"),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "near", "decides"), NEAR_MISSES)
def test_a_near_miss_goes_to_the_next_rule(situation: Situation, near: str, decides: str) -> None:
    assert rule_on(situation).rule == decides != near


@pytest.mark.parametrize(
    ("situation", "first", "other"),
    [
        # D6 before D2.a, D2.a before D2.c, D2.b before D2.c, D2.f before D2.g and D2.j, D2.e before D2.j.
        (unexpected("Preparing", mode_1_2_only=True, authorized_locally_between=True, later_in_wait=True), "D6", "D2.a"),
        (unexpected("Available", connector=2, later_in_wait=True), "D2.a", "D2.c"),
        (unexpected("Preparing", mode_1_2_only=True, later_in_wait=True), "D2.a", "D6"),
        (unexpected("Unavailable", connector=2, before_boot=True, **RESERVATION), "L1", "D2.b"),
        (unexpected("Unavailable", case_id="TC_032_2_CS", after_boot=True), "D2.f", "D2.h"),
        (
            unexpected("Available", connector=0, reservation_case=True, evse_siblings=frozenset({2})),
            "D2.d2", "D2.c",
        ),
    ],
)  # fmt: skip
def test_the_earlier_rule_wins(situation: Situation, first: str, other: str) -> None:
    assert rule_on(situation).rule == first != other


#: The ids of the StatusNotification rules, as the laboratory's rule list has them.
IDS = (
    "D1.a", "D1.b", "D1.c", "D1.d", "D1.e", "D1", "D3", "D6", "D2.a", "D2.b", "D2.d1", "D2.d2", "D2.c", "D2.e", "D2.f", "D2.h",
    "D2.i", "D2.j", "D2.g",
)  # fmt: skip


def test_every_rule_is_in_the_table_and_every_row_is_tried() -> None:
    assert {rule.id for rule in RULES} == {*IDS, "L1"}
    tried = {(rule, verdict, ambiguous) for _, rule, verdict, _, ambiguous in DECIDED}
    assert {(rule.id, rule.verdict, rule.ambiguous) for rule in RULES} == tried


def test_precedence_rises_down_the_table() -> None:
    precedences = [rule.precedence for rule in RULES]
    assert precedences == sorted(precedences)
    first_rows = list(dict.fromkeys(rule.id for rule in RULES if rule.id != "L1"))
    assert first_rows == list(IDS)


def test_an_unambiguous_row_says_what_it_decides() -> None:
    for rule in RULES:
        assert rule.ambiguous or rule.verdict == rule.advice, rule.id
        assert rule.ambiguous or rule.verdict != "manual", rule.id


def test_a_situation_of_an_unknown_kind_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"^a notification is missing, unexpected or duplicate, not 'late'$"):
        Situation("late", "TC_003_CS", 1, "Available")  # type: ignore[arg-type]


connectors = st.integers(0, 3)
connector_sets = st.frozensets(connectors, max_size=3)
situations = st.builds(
    Situation,
    kind=st.sampled_from(("missing", "unexpected", "duplicate")),
    case_id=st.sampled_from(
        ("TC_003_CS", "TC_015_CS", "TC_016_CS", "TC_030_CS", "TC_032_2_CS", "TC_037_1_CS", "TC_038_CS", "TC_044_1_CS")
    ),
    connector=connectors,
    status=st.sampled_from(STATUSES) | st.lists(st.sampled_from(STATUSES), min_size=1).map("|".join) | st.text(),
    error_code=st.sampled_from(("NoError", "GroundFailure")) | st.text(),
    info=st.text(),
    expected_connectors=connector_sets,
    waiting_for=st.frozensets(st.sampled_from(("StartTransaction", "StopTransaction", "MeterValues"))),
    later_in_wait=st.booleans(),
    received_instead=st.sampled_from(("", *STATUSES)),
    after_boot=st.booleans(),
    before_boot=st.booleans(),
    in_energy_transfer=st.booleans(),
    count_in_wait=st.integers(0, 4),
    current_status=st.sampled_from(("", *STATUSES)),
    evse_siblings=connector_sets,
    reservation_case=st.booleans(),
    firmware_case=st.booleans(),
    firmware_during_transaction=st.none() | st.booleans(),
    minimum_status_duration=st.none() | st.booleans(),
    mode_1_2_only=st.booleans(),
    authorized_locally_between=st.booleans(),
    triggered=st.booleans(),
    since_boot_or_reconnect=st.booleans(),
)


@given(situations)
def test_every_situation_has_exactly_one_ruling(situation: Situation) -> None:
    ruling = rule_on(situation)
    assert ruling.verdict in ("accept", "reject", "retest", "manual")
    assert ruling.note.endswith(".")
    family = {"missing": ("D1",), "unexpected": ("D2", "D6", "L1"), "duplicate": ("D3", "D2.i")}[situation.kind]
    assert ruling.rule.startswith(family)


def notification(**changes: Any) -> Notification:
    fields = {"seq": 1, "connector": 1, "status": "Available", "error_code": "NoError", "info": "", "at": AT}
    return Notification(**{**fields, **changes})


def test_a_repeat_is_a_duplicate() -> None:
    assert is_duplicate(notification(), notification(seq=9, at=Stamp(AT.utc, 5)))


@pytest.mark.parametrize(
    "change", [{"connector": 2}, {"status": "Preparing"}, {"error_code": "OtherError"}, {"info": "door opened"}]
)
def test_one_differing_field_makes_it_no_duplicate(change: dict[str, Any]) -> None:
    assert not is_duplicate(notification(), notification(**change))


def test_the_first_notification_is_no_duplicate() -> None:
    assert not is_duplicate(None, notification())
