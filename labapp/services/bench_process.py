"""The bench process: what `labapp bench` runs."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from labapp.bench.conduct import BUG, Assignment
from labapp.bench.server import Bench
from labapp.domain.errors import EnvironmentFault, LabappError
from labapp.domain.run_files import PROJECT
from labapp.services.judging import case_digests
from labapp.services.projects import open_project
from labapp.services.run_directory import refuse_no_run


def run_bench(directories: Sequence[Path], *, stay: bool, ready: Callable[[], None]) -> None:
    """Run prepared directories to their end. ready: called once operators can attach.

    Raises: InputError for a directory that is not prepared; EnvironmentFault when a port or a journal cannot be had.
    """
    for directory in directories:
        refuse_no_run(directory)
    digests = case_digests()
    assignments = [Assignment(each, open_project(each / PROJECT).project, digests, _reported) for each in directories]
    asyncio.run(Bench(assignments, stay=stay, ready=ready).run())


def _reported(directory: Path) -> dict[str, Any]:
    """Make report and bundle; one that cannot be made never loses the run, its fault is told instead."""
    # Drawing and signing take long to import, and are needed at the end only.
    from labapp.services.reporting import make_report

    try:
        return {"report": make_report(directory).as_json()}
    except LabappError as error:
        return {"report": {"fault": {"text": str(error), "exit_status": EnvironmentFault.exit_status}}}
    except Exception as error:
        traceback.print_exc()
        text = f"the report could not be made, which is a bug in labapp: {type(error).__name__}: {error}"
        return {"report": {"fault": {"text": text, "exit_status": BUG}}}
