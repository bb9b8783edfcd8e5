"""What precedes every session, whoever operates it: the project as used, its directory, the beginning of its journal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from labapp.bench.journal_entries import begin, read_history, take_up
from labapp.domain.errors import InputError, LabappError
from labapp.domain.project import FEATURE_PROFILES, Project
from labapp.domain.run_files import PROJECT, RESULT
from labapp.services.choosing import choose
from labapp.services.judging import judge_digest
from labapp.services.projects import open_project
from labapp.services.run_directory import prepare, refuse_no_run

OperatorKind = Literal["console", "jsonl", "auto", "window"]


@dataclass(frozen=True, slots=True)
class Start:
    """A session that a bench can be launched for. project: as used; cases: ids of those that it is for."""

    directory: Path
    project: Project
    cases: tuple[str, ...]


def set_up(
    path: Path,
    cases: Sequence[str],
    place: Callable[[Project], Path],
    operator: OperatorKind,
    *,
    demonstration: bool | None = None,
) -> Start:
    """Make the directory of a session and begin its journal. place: says which directory; cases: none for all that apply.

    demonstration: whether the device is simulated; None: as `simulates` says.
    Raises: InputError and InputErrors for an unusable project, an unknown case, a directory that exists; EnvironmentFault when
    the directory cannot be written.
    """
    opened = open_project(path)
    simulated = simulates(opened.project, operator) if demonstration is None else demonstration
    project = as_used(opened.project, operator, demonstration=simulated)
    chosen = choose(project, opened.declaration, cases)
    directory = place(project)
    prepare(directory, project, opened.declaration, chosen.plan)
    with unless_refused(directory):
        begin(directory, project, chosen.cases, judge_digest(), demonstration=simulated)
    return Start(directory, project, tuple(case.id for case in chosen.cases))


def set_up_again(
    directory: Path, only: Sequence[str], operator: OperatorKind, *, demonstration: bool | None = None
) -> Start:
    """Take up the journal of a session whose bench has ended. only: cases to run, judged or not; none for all that are left.

    Raises: InputError when it is no run, or not for one of the cases; EnvironmentFault while a bench runs it.
    """
    refuse_no_run(directory)
    project = open_project(directory / PROJECT).project
    planned = [choice.id for choice in read_history(directory).choices]
    for case in only:
        if case not in planned:
            mend = f"the run is for {', '.join(planned)}"
            raise InputError("the case is not part of this run", where=f"--case {case}", mend=mend)
    simulated = simulates(project, operator) if demonstration is None else demonstration
    take_up(directory, only, demonstration=simulated)
    return Start(directory, project, tuple(only) or tuple(planned))


@contextmanager
def unless_refused(directory: Path) -> Iterator[None]:
    """A session that is refused before anything was run leaves no directory: it is free for the next try."""
    try:
        yield
    except LabappError as error:
        if error.exit_status in (2, 3) and not (directory / RESULT).exists():
            shutil.rmtree(directory, ignore_errors=True)
        raise


def simulates(project: Project, operator: OperatorKind) -> bool:
    """Whether the operator brings the device himself, so that the run is a demonstration."""
    return operator == "auto" and not project.driver


def as_used(project: Project, operator: OperatorKind, *, demonstration: bool | None = None) -> Project:
    """The project with what its operator implies: his patience; who is nobody takes the review's advice.

    Facts that a simulated device has, and nobody states, are stated. demonstration: as for `set_up`.
    """
    used = replace(project, timeouts=replace(project.timeouts, operator=project.timeouts.operator_of(operator)))
    if operator == "auto" and project.run.review == "ask":
        used = replace(used, run=replace(project.run, review="advice"))
    if simulates(project, operator) if demonstration is None else demonstration:
        simulated: dict[str, Any] = {
            "features": FEATURE_PROFILES,
            "cache": True,
            "local_list": True,
            "local_start": True,
            "backup_power": False,
        }
        unstated = {key: fact for key, fact in simulated.items() if getattr(project.dut, key) is None}
        used = replace(used, dut=replace(project.dut, **unstated))
    return used
