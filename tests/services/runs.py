"""Directories of runs, made as a bench would leave them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labapp.bench.history import ATTEMPT_STARTED, RUN_ENDED, Choice
from labapp.bench.journal_entries import begin
from labapp.domain.project import Project
from labapp.domain.run_files import JOURNAL
from labapp.engine.campaign import unrun
from labapp.engine.journal_file import JournalWriter
from labapp.engine.system_clock import SystemClock
from labapp.services.run_directory import prepare

AT = "2026-01-01T00:00:00.000Z"


def make_run(directory: Path, *verdicts: tuple[str, str], cases: tuple[str, ...] = ("TC_003_CS", "TC_004_1_CS")) -> str:
    """A run that is not ended, with these attempts: case and verdict; returns its id."""
    project = Project(name="wallbox")
    prepare(directory, project, None, ())
    run = begin(directory, project, [Choice(case) for case in cases], "j1", demonstration=True).run
    add_attempts(directory, run, *verdicts)
    return run


def add_attempts(directory: Path, run: str, *verdicts: tuple[str, str]) -> None:
    """Further attempts of a run."""
    clock, tries = SystemClock(), {}
    with JournalWriter(directory / JOURNAL, clock) as journal:
        for number, (case, verdict) in enumerate(verdicts, 1):
            tries[case] = tries.get(case, 0) + 1
            begun = {"case": case, "number": number, "try_number": tries[case], "device": None}
            journal.append(clock.now(), run, ATTEMPT_STARTED, begun)
            reason = "" if verdict == "PASS" else "validation"
            journal.append(clock.now(), run, "attempt_ended", unrun(case, tries[case], verdict, reason, "", AT))


def end_run(directory: Path, run: str, fault: Mapping[str, Any] | None = None) -> None:
    """The last record of a run."""
    clock = SystemClock()
    with JournalWriter(directory / JOURNAL, clock) as journal:
        journal.append(clock.now(), run, RUN_ENDED, {"device": None, "fault": fault})
