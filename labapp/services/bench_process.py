"""The bench process: what `labapp bench` runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from labapp.bench.conduct import Assignment
from labapp.bench.server import Bench
from labapp.services.judging import case_digests
from labapp.services.projects import open_project
from labapp.services.run_directory import PROJECT, refuse_no_run


def run_bench(directories: Sequence[Path], *, stay: bool, ready: Callable[[], None]) -> None:
    """Run prepared directories to their end. ready: called once operators can attach.

    Raises: InputError for a directory that is not prepared; EnvironmentFault when a port or a journal cannot be had.
    """
    for directory in directories:
        refuse_no_run(directory)
    digests = case_digests()
    assignments = [Assignment(each, open_project(each / PROJECT).project, digests) for each in directories]
    asyncio.run(Bench(assignments, stay=stay, ready=ready).run())
