"""The derivation: which mutants there are, and that each stated field of the system under test has its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.domain.testcase import Exchange, TestCase
from labapp.ocpp.listing import Row, rows
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.derivation import derive
from labapp.selftest.mutants import Equivalent, Mutant
from labapp.selftest.runner import fits
from labapp.selftest.settings import settings
from tests.selftest.courses import course_of, states_of

CASES = [case.id for case in ALL if case.kind == "case"]


def mutants_of(case: str) -> list[Mutant]:
    return [mutant for mutant in derive(course_of(case)) if isinstance(mutant, Mutant)]


def judged_rows(case: TestCase) -> Iterator[Row]:
    """Rows on the side of the system under test, of the case and its states, that say what a field or a time must be."""
    for table in (case, *states_of(case)):
        for row in rows(table, VERSIONS[case.ocpp]):
            if row.sender == "sut" and (row.field or row.mode in ("timing", "absent")):
                yield row


@pytest.mark.parametrize("name", CASES)
def test_every_stated_field_is_broken_by_a_mutant(name: str) -> None:
    case = CATALOGUE[name]
    left = {row.id for row in judged_rows(case)}
    said: set[str] = set()
    for setting in settings(case):
        if left and fits(case, setting):
            found = list(derive(course_of(name, setting)))
            # Broken, and either failed for it or accepted by a rule that has a name.
            broken = [m for m in found if isinstance(m, Mutant) and (m.due.verdict == "FAIL" or m.due.rule)]
            left -= {m.validation for m in broken}
            said |= {m.validation for m in found if isinstance(m, Equivalent)}
    assert not left, f"{left}; without a wrong value in some setting: {left & said}"


@pytest.mark.parametrize("name", CASES)
def test_every_message_that_came_is_dropped_repeated_and_malformed(name: str) -> None:
    course = course_of(name)
    found = list(derive(course))
    for kind in ("drop", "duplicate", "schema"):
        aimed = {m.validation.rsplit("/", 1)[0] for m in found if m.kind == kind}
        for passage in course.passages:
            row = f"{passage.place.stage.case_id}/{passage.place.step}/{passage.place.message.name}/{passage.place.item.occurrence}"
            assert any(validation.startswith(row) for validation in aimed), (kind, row)
    acts = [p.place.item for p in course.passages if p.place.kind == "conf"]
    accepted = sum(len(act.errors or ()) for act in acts if isinstance(act, Exchange))
    assert sum(m.kind == "callerror" for m in found) == 2 * len(acts) + accepted


def test_counts_of_a_small_case() -> None:
    counts = Counter(mutant.kind for mutant in mutants_of("TC_003_CS"))
    assert counts == {"change": 4, "schema": 18, "drop": 4, "swap": 2, "duplicate": 3, "insert": 53, "shift": 8}


def test_all_kinds_occur() -> None:
    kinds = {mutant.kind for case in ("TC_013_CS", "TC_003_CSMS") for mutant in mutants_of(case)}
    assert kinds == {"change", "drop", "swap", "insert", "duplicate", "shift", "callerror", "schema"}


def test_a_mutant_of_a_state_names_the_state() -> None:
    dues = {str(m.due.at) for m in mutants_of("TC_066_CS") if m.due.verdict == "FAIL"}
    assert {"Charging_CS:4", "Charging_CS:9", "SetChargingProfile_CS:2", "2"} <= dues


def test_some_mutants_must_pass_and_some_must_be_run_again() -> None:
    verdicts = Counter(mutant.due.verdict for mutant in mutants_of("TC_013_CS"))
    assert verdicts["PASS"] > 20
    assert verdicts["INCONCLUSIVE"] > 5
    assert verdicts["FAIL"] > 50
