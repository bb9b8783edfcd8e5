"""A failed case never poisons the next: each case of a charge point is failed at each of its steps, and the next one passes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.engine.journal import Record
from labapp.selftest.course import read_course
from labapp.selftest.derivation import derive
from labapp.selftest.mutants import Mutant
from labapp.selftest.runner import fits, run_once
from labapp.selftest.settings import Setting, settings

CASES = [case for case in ALL if case.kind == "case" and case.sut == CHARGE_POINT]
#: It needs all that a case may leave behind to be gone: cable, card, reservation, fault, list and cache, availability, keys.
NEXT = CATALOGUE["TC_003_CS"]


def shared_home(case: TestCase) -> Setting:
    """A setting that fits both cases."""
    return next(setting for setting in settings(case) if fits(case, setting) and fits(NEXT, setting))


def failing(case: TestCase, setting: Setting) -> Iterator[Mutant]:
    """For each step at which a mutant must fail, two of them: one that ends the case there, and one of another kind."""
    run = run_once(case, setting)
    assert run.result["verdict"] == "PASS"
    givens = run.givens
    course = read_course(case, run.journal.records, givens.values, givens.dut, givens.timeouts, setting.password)
    chosen: dict[tuple[int | str, bool], Mutant] = {}
    for mutant in derive(course):
        if isinstance(mutant, Mutant) and mutant.due.verdict == "FAIL":
            chosen.setdefault((mutant.due.at, bool(mutant.due.ends)), mutant)
    assert chosen
    yield from chosen.values()


def ends_of(records: list[Record]) -> list[tuple[str, str]]:
    """Case and verdict of each attempt that ended, utilities left out."""
    ended = [record.content for record in records if record.kind == "attempt_ended"]
    return [(entry["id"], entry["verdict"]) for entry in ended if CATALOGUE[entry["id"]].kind == "case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_next_case_passes_at_whatever_step_this_one_fails(case: TestCase) -> None:
    setting = shared_home(case)
    for mutant in failing(case, setting):
        run = run_once(case, setting, mutant.tampering, then=NEXT)
        assert ends_of(run.journal.records) == [(case.id, "FAIL"), (NEXT.id, "PASS")], mutant.what
        assert (run.fault, run.trace.applied) == ("", True), mutant.what
