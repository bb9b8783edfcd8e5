"""Courses for the tests, one conformant run each, and the states in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.domain.testcase import TestCase, UseState
from labapp.selftest.course import Course, read_course
from labapp.selftest.runner import home, run_once
from labapp.selftest.settings import Setting


@cache
def _course(case: str, setting: str) -> Course:
    chosen = _SETTINGS[setting]
    run = run_once(CATALOGUE[case], chosen)
    assert run.result["verdict"] == "PASS"
    givens = run.givens
    return read_course(
        CATALOGUE[case], run.journal.records, givens.values, givens.dut, givens.timeouts, chosen.password
    )


_SETTINGS: dict[str, Setting] = {}


def course_of(case: str, setting: Setting | None = None) -> Course:
    """The course of a case's conformant run; without a setting, in the first one that fits it."""
    chosen = setting or home(CATALOGUE[case])
    _SETTINGS[chosen.name] = chosen
    return _course(case, chosen.name)


def states_of(case: TestCase) -> Iterator[TestCase]:
    """The states that a case brings about, those within others too."""
    ready = ready_state(case)
    # A case that begins without a connection needs no state before it.
    used = ready is not None and any(p.place.stage.scope == ready.state.id for p in course_of(case.id).passages)
    for item in (*((ready,) if ready and used else ()), *case.before, *case.steps):
        if isinstance(item, UseState):
            yield item.state
            yield from states_of(item.state)
