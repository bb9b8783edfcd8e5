"""Records that are written while no bench runs: beginning and resumption of a run, measurements, amendments."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from labapp import __version__
from labapp.bench.amending import amendment
from labapp.bench.files import write_result
from labapp.bench.history import AMENDMENT, NETWORK_MEASURED, RUN_RESUMED, RUN_STARTED, Choice, History, history_of
from labapp.domain.project import Project
from labapp.domain.run_files import JOURNAL
from labapp.engine.journal_file import JournalWriter, read_journal
from labapp.engine.system_clock import SystemClock


def begin(directory: Path, project: Project, cases: Sequence[Choice], judge: str, *, demonstration: bool) -> History:
    """Begin the journal of a run. judge: its digest. Raises EnvironmentFault when the directory cannot be written."""
    clock = SystemClock()
    run = f"r{secrets.token_hex(4)}"
    content = {
        "run": run,
        "version": __version__,
        "judge": judge,
        "ocpp": project.ocpp,
        "sut": project.sut,
        "mode": project.mode,
        "demonstration": demonstration,
        "cases": [case.as_json() for case in cases],
    }
    with JournalWriter(directory / JOURNAL, clock) as journal:
        journal.append(clock.now(), run, RUN_STARTED, content)
    return read_history(directory)


def take_up(directory: Path, only: Collection[str], *, demonstration: bool) -> History:
    """Record that a run is resumed. only: cases that are run, judged or not; none for all that are not judged.

    Raises: EnvironmentFault while a bench runs it; InputError when the journal was changed, or lacks one of the cases.
    """
    clock = SystemClock()
    with JournalWriter(directory / JOURNAL, clock) as journal:
        content = {"demonstration": demonstration, "only": sorted(only)}
        journal.append(clock.now(), read_history(directory).run, RUN_RESUMED, content)
    return read_history(directory)


def note_network(directory: Path, measurement: Mapping[str, Any]) -> None:
    """Record a measurement of the network. Raises as `take_up`."""
    clock = SystemClock()
    with JournalWriter(directory / JOURNAL, clock) as journal:
        journal.append(clock.now(), read_history(directory).run, NETWORK_MEASURED, measurement)


def amend(directory: Path, case: str, cause: str, reason: str, who: str) -> History:
    """Add an amendment to a run that no bench runs. Raises as `take_up`; InputError for an attempt that cannot be amended."""
    clock = SystemClock()
    with JournalWriter(directory / JOURNAL, clock) as journal:
        history = read_history(directory)
        at = clock.now()
        history.take(journal.append(at, history.run, AMENDMENT, amendment(history, case, cause, reason, who, at)))
    write_result(directory, history)
    return history


def read_history(directory: Path) -> History:
    """The history of a run from its journal. Raises: EnvironmentFault when it cannot be read; InputError when it was changed."""
    path = directory / JOURNAL
    return history_of(read_journal(path), str(path))
