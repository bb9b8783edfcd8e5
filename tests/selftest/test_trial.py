"""Killed means: exactly the due verdict, at the due step, by the due rule, and the mutant was applied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labapp.domain.stamps import Stamp
from labapp.engine.journal import Record
from labapp.selftest.mutants import Mutant
from labapp.selftest.mutator import Trace
from labapp.selftest.rules import Due
from labapp.selftest.tampering import Passive
from labapp.selftest.trial import Seen, is_killed, seen_of

APPLIED = Trace(applied=True)
NO_RULES: frozenset[tuple[str, int | str]] = frozenset()
D1 = frozenset({("D1", 3)})


def mutant(due: Due) -> Mutant:
    return Mutant("drop", "ROW", "a mutant", Passive(), due)


@pytest.mark.parametrize(
    ("due", "seen", "killed"),
    [
        (Due("FAIL", 3), Seen("FAIL", 3, "missing", NO_RULES), True),
        (Due("FAIL", 3), Seen("FAIL", 5, "missing", NO_RULES), False),
        (Due("FAIL", 3), Seen("PASS", 3, "", NO_RULES), False),
        (Due("FAIL", 3), Seen("INCONCLUSIVE", 3, "device_lost", NO_RULES), False),
        (Due("FAIL", 3), Seen("FAIL", 3, "review", D1), False),
        (Due("FAIL", 3), Seen("FAIL", 3, "in_preparation", NO_RULES), False),
        (Due("FAIL", "State_CS:3"), Seen("FAIL", "State_CS:3", "in_preparation", NO_RULES), True),
        (Due("FAIL", "State_CS:3"), Seen("FAIL", "State_CS:3", "validation", NO_RULES), False),
        (Due("FAIL", 3, "D1"), Seen("FAIL", 3, "review", D1), True),
        (Due("FAIL", 3, "D1"), Seen("FAIL", 3, "missing", D1), False),
        (Due("FAIL", 3, "D1"), Seen("FAIL", 3, "review", NO_RULES), False),
        (Due("FAIL", 4, "D1"), Seen("FAIL", 4, "review", D1), False),
        (Due("FAIL", 3, ends=True), Seen("FAIL", 3, "missing", NO_RULES), True),
        (Due("FAIL", 3, ends=True), Seen("FAIL", 3, "missing", NO_RULES, went_on=True), False),
        (Due("FAIL", 3, ends=False), Seen("FAIL", 3, "validation", NO_RULES, went_on=True), True),
        (Due("FAIL", 3, ends=False), Seen("FAIL", 3, "validation", NO_RULES), False),
        (Due("PASS"), Seen("PASS", "", "", NO_RULES), True),
        (Due("PASS"), Seen("FAIL", 3, "missing", NO_RULES), False),
        (Due("PASS", 3, "D2.e"), Seen("PASS", 3, "", frozenset({("D2.e", 3)})), True),
        (Due("PASS", 3, "D2.e"), Seen("PASS", "", "", NO_RULES), False),
        (Due("INCONCLUSIVE"), Seen("INCONCLUSIVE", "", "device_lost", NO_RULES), True),
    ],
)
def test_killed(due: Due, seen: Seen, killed: bool) -> None:
    assert is_killed(mutant(due), seen, APPLIED) is killed


def test_what_is_no_matter_for_the_review_needs_no_more_rules_than_usual() -> None:
    held = Seen("PASS", 3, "", frozenset({("D2.a", 3)}))
    assert not is_killed(mutant(Due("PASS")), held, APPLIED)
    assert is_killed(mutant(Due("PASS")), held, APPLIED, frozenset({("D2.a", 3)}))


def test_what_was_not_applied_is_never_killed() -> None:
    assert not is_killed(mutant(Due("PASS")), Seen("PASS", "", "", NO_RULES), Trace())


def test_the_result_in_the_terms_of_the_rules() -> None:
    result = {
        "verdict": "FAIL",
        "reason_code": "review",
        "findings": [{"step": 7}],
        "reviews": [{"step": 3, "rule": "D1"}],
        "observations": [{"step": 5, "rule": "D2.a"}, {"step": 0, "rule": ""}],
    }
    assert seen_of(result) == Seen("FAIL", 7, "review", frozenset({("D1", 3), ("D2.a", 5)}))


def test_what_puts_a_central_system_back_is_no_step_that_goes_on() -> None:
    result = {"verdict": "FAIL", "reason_code": "missing", "findings": [{"step": 3}], "reviews": [], "observations": []}
    at = Stamp(datetime(2025, 1, 1, tzinfo=UTC), 0)
    finding = Record(1, at, "run", "finding", {"step": 3}, "")
    taken = {"step": 0, "state": "met", "message": "CancelReservation.req"}
    withdrawn = Record(2, at, "run", "step", {**taken, "scope": "withdrawal"}, "")
    later = Record(3, at, "run", "step", {**taken, "scope": "", "step": 5}, "")
    assert not seen_of(result, [finding, withdrawn]).went_on
    assert seen_of(result, [finding, withdrawn, later]).went_on
