"""What is written into a journal while no bench runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.bench.history import ATTEMPT_STARTED, Choice
from labapp.bench.journal_entries import amend, begin, note_network, read_history, take_up
from labapp.domain.errors import EnvironmentFault
from labapp.domain.project import Project
from labapp.domain.run_files import JOURNAL
from labapp.engine.campaign import unrun
from labapp.engine.journal_file import JournalWriter
from labapp.engine.system_clock import SystemClock

CASE = "TC_003_CS"


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    """A run whose one case has failed."""
    run = begin(tmp_path, Project(), [Choice(CASE)], "d1", demonstration=False).run
    clock = SystemClock()
    result = unrun(CASE, 1, "FAIL", "validation", "", "2026-01-01T00:00:00.000Z")
    with JournalWriter(tmp_path / JOURNAL, clock) as journal:
        journal.append(clock.now(), run, ATTEMPT_STARTED, {"case": CASE, "number": 1, "try_number": 1, "device": None})
        journal.append(clock.now(), run, "attempt_ended", result)
    return tmp_path


def test_a_run_begins_with_what_it_is_for(tmp_path: Path) -> None:
    history = begin(tmp_path, Project(sut="csms"), [Choice(CASE, "why", True)], "d1", demonstration=True)
    assert 2 <= len(history.run) <= 12
    assert (history.choices, history.demonstration, history.result()["sut"]) == (
        [Choice(CASE, "why", True)],
        True,
        "csms",
    )


def test_every_run_has_an_id_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    runs = {begin(tmp_path / name, Project(), [], "", demonstration=False).run for name in ("one", "two")}
    assert len(runs) == 2


def test_an_amendment_stands_in_journal_and_result(failed: Path) -> None:
    amend(failed, CASE, "tool", "the tool asked for the wrong card", "M. Jansen")
    [amendment] = read_history(failed).amendments
    assert {name: amendment[name] for name in ("case", "attempt", "cause", "reason", "who")} == {
        "case": CASE,
        "attempt": 1,
        "cause": "tool",
        "reason": "the tool asked for the wrong card",
        "who": "M. Jansen",
    }
    assert json.loads((failed / "run.json").read_text(encoding="utf-8"))["amendments"] == [amendment]
    assert read_history(failed).progress().done == set()


def test_a_measurement_of_the_network_is_kept(failed: Path) -> None:
    note_network(failed, {"at": "now", "measurements": []})
    assert read_history(failed).result()["network"] == [{"at": "now", "measurements": []}]


def test_a_run_that_a_bench_runs_is_not_taken_up(failed: Path) -> None:
    with JournalWriter(failed / JOURNAL, SystemClock()), pytest.raises(EnvironmentFault) as fault:
        take_up(failed, [], demonstration=False)
    assert fault.value.what == "another process is writing this journal"
