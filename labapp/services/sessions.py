"""A session on the bench, from its project to its exit status: start, operate, take up again, stop, amend."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labapp.bench import console, jsonl
from labapp.bench.channel import Message
from labapp.bench.client import Attachment, NoBench, OperatorLeft, attach
from labapp.bench.journal_entries import amend as amend_journal
from labapp.bench.journal_entries import note_network, read_history
from labapp.domain.errors import EnvironmentFault, InputError, LabappError
from labapp.domain.measurement import measurement_to_json
from labapp.domain.project import Project
from labapp.domain.run_files import PROJECT
from labapp.services.bench_launch import END_TIMEOUT, LOG, await_end, launch
from labapp.services.driving import unserved_actions
from labapp.services.projects import open_project
from labapp.services.run_directory import default_directory, refuse_no_run
from labapp.services.run_results import exit_status, faults_of, junit, summary_lines, undecided
from labapp.services.session_start import OperatorKind, set_up, set_up_again, unless_refused


@dataclass(frozen=True, slots=True)
class Wishes:
    """What becomes of a run. operator: who operates it; json, junit: files for the result; detach: leave it to the bench."""

    operator: OperatorKind = "console"
    json: Path | None = None
    junit: Path | None = None
    detach: bool = False


def run(path: Path, cases: Sequence[str], out: Path | None, wishes: Wishes) -> int:
    """Run a project in a directory of its own; returns the exit status.

    Raises: InputError and InputErrors for an unusable project, an unknown case, a directory that exists; EnvironmentFault when
    the directory cannot be written; BenchRefused when the bench does not start.
    """
    _refuse_contradiction(wishes)
    start = set_up(path, cases, lambda project: out or default_directory(project), wishes.operator)
    with unless_refused(start.directory):
        _measure_network(start.directory, start.project)
        return _conduct(start.directory, start.project, start.cases, wishes)


def resume(directory: Path, only: Sequence[str], wishes: Wishes) -> int:
    """Take up a run whose bench has ended; returns the exit status. only: cases to run, judged or not; none for all that are left.

    Raises: as `run`, and EnvironmentFault while a bench runs it.
    """
    _refuse_contradiction(wishes)
    start = set_up_again(directory, only, wishes.operator)
    _measure_network(directory, start.project)
    return _conduct(directory, start.project, start.cases, wishes)


def operate(directory: Path, wishes: Wishes) -> int:
    """Attach to a bench and operate its run to the end; returns the exit status. Raises NoBench when none runs."""
    refuse_no_run(directory)
    planned = [choice.id for choice in read_history(directory).choices]
    project = open_project(directory / PROJECT).project

    async def operated() -> Message | None:
        async with AsyncExitStack() as stack:
            operator = await _operator(stack, project, wishes.operator)
            return await operator(await stack.enter_async_context(await attach(directory)))

    return _conclude(directory, _summary(directory, operated()), planned, wishes)


def stop(directory: Path) -> bool:
    """End the bench of a run in order and wait for it; whether there was one. Raises EnvironmentFault when it does not end."""
    refuse_no_run(directory)
    try:
        asyncio.run(_stop(directory))
    except NoBench:
        return False
    return True


def amend(directory: Path, case: str, cause: str, reason: str) -> None:
    """Record that the FAIL of a case's standing attempt came from the lab or the tool.

    Raises InputError when there is no such FAIL; EnvironmentFault when the journal cannot be written.
    """
    refuse_no_run(directory)
    try:
        asyncio.run(_amend(directory, case, cause, reason))
    except NoBench:
        amend_journal(directory, case, cause, reason, _user())


# Before the run -------------------------------------------------------------------------------------------------------


def _measure_network(directory: Path, project: Project) -> None:
    """Measure what [network] names, before the first case."""
    if project.network.far_end or project.network.modem is not None:
        from labapp.services.measuring import measure

        found = measure(project.network, progress=lambda text: print(f"measuring: {text}", file=sys.stderr))
        note_network(directory, measurement_to_json(found))


def _refuse_contradiction(wishes: Wishes) -> None:
    if wishes.detach and wishes.operator == "auto":
        raise InputError(
            "the operator auto works in this process, and --detach leaves the run without one",
            where="--detach",
            mend="leave out one of the two",
        )


# The run --------------------------------------------------------------------------------------------------------------


def _conduct(directory: Path, project: Project, asked: Sequence[str], wishes: Wishes) -> int:
    if wishes.detach:
        launch(directory, stay=True)
        print(f"the bench runs {directory}: labapp attach {directory}", file=sys.stderr)
        return 0

    if wishes.operator == "auto" and project.driver and (lacking := unserved_actions(project, asked)):
        tables = ", ".join(f"[driver.{action}]" for action in lacking)
        print(
            f"labapp: the project has no {tables} and no [driver.default]; cases that ask for such an action come to nothing",
            file=sys.stderr,
        )

    async def conducted() -> Message | None:
        async with AsyncExitStack() as stack:
            operator = await _operator(stack, project, wishes.operator)
            process = await asyncio.to_thread(launch, directory, stay=False)
            summary = await operator(await stack.enter_async_context(await attach(directory)))
            if summary is not None:
                await asyncio.to_thread(await_end, process)
            return summary

    return _conclude(directory, _summary(directory, conducted()), asked, wishes)


Operating = Callable[[Attachment], Coroutine[Any, Any, Message | None]]


async def _operator(stack: AsyncExitStack, project: Project, kind: OperatorKind) -> Operating:
    """The operator of this kind; what he brings along lives as long as the stack."""
    match kind:
        case "console":
            return lambda attachment: console.operate(attachment, sys.stdin, sys.stderr)
        case "jsonl":
            return lambda attachment: jsonl.operate(attachment, sys.stdin, sys.stdout)
    # What performs actions takes long to import, and other operators do not need it.
    from labapp.bench import auto
    from labapp.bench.driver import Driver

    performer: auto.Performer
    if project.driver:
        performer = Driver(project.driver)
        performer.check()
    elif project.sut == "cs":
        performer = await stack.enter_async_context(auto.simulated_station(project))
    else:
        performer = await stack.enter_async_context(auto.simulated_csms(project))
    return lambda attachment: auto.operate(attachment, performer, sys.stderr)


def _summary(directory: Path, operated: Coroutine[Any, Any, Message | None]) -> Message:
    try:
        summary = asyncio.run(operated)
    except OperatorLeft:
        raise EnvironmentFault(
            "the operator has left, and the run waits for another",
            where=str(directory),
            mend=f"attach again with: labapp attach {directory}; or end it with: labapp stop {directory}",
        ) from None
    if summary is None:
        raise EnvironmentFault(
            "the bench has gone in the midst of the run",
            where=str(directory),
            mend=f"nothing is lost: go on with labapp run --resume {directory}",
        )
    return summary


async def _stop(directory: Path) -> None:
    async with await attach(directory) as attachment:
        await attachment.say("command", name="stop")
        try:
            async with asyncio.timeout(4 * END_TIMEOUT):
                async for _ in attachment.lines():
                    pass
        except TimeoutError:
            mend = f"look into {directory / LOG}"
            raise EnvironmentFault("the bench does not end", where=str(directory), mend=mend) from None


async def _amend(directory: Path, case: str, cause: str, reason: str) -> None:
    # Who attaches is told of earlier amendments too.
    earlier = {(each["case"], each["attempt"]) for each in read_history(directory).amendments}
    async with await attach(directory) as attachment:
        await attachment.say("amend", case=case, cause=cause, reason=reason, who=_user())
        async for message in attachment.messages():
            if message["type"] == "error":
                raise InputError(message["text"])
            amended = message["type"] == "case" and (message["event"], message["id"]) == ("amended", case)
            if amended and (case, message["attempt"]) not in earlier:
                return
    raise EnvironmentFault("the bench ended before it answered", where=str(directory), mend="amend again")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


# After the run --------------------------------------------------------------------------------------------------------


def _conclude(directory: Path, summary: Message, asked: Sequence[str], wishes: Wishes) -> int:
    """Write what was wished for and say how the run ended; returns the exit status."""
    result = {name: value for name, value in summary.items() if name != "type"}
    status = exit_status(result, asked)
    lacking: list[str] = []
    try:
        if wishes.json is not None:
            _write(wishes.json, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        if wishes.junit is not None:
            _write(wishes.junit, junit(result))
        lacking = undecided(directory, result, asked)
    except LabappError as error:
        print(f"labapp: {error}", file=sys.stderr)
        status = max(status, error.exit_status)
    for line in summary_lines(result, asked):
        print(line, file=sys.stderr)
    if lacking:
        print(
            f"labapp: this version has no case for {', '.join(lacking)}: the plan stays undecided there",
            file=sys.stderr,
        )
        status = max(status, 1)
    for fault in faults_of(result):
        print(f"labapp: {fault['text']}", file=sys.stderr)
    print(f"the run is in {directory}", file=sys.stderr)
    return status


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be written: {(error.strerror or 'unknown reason').lower()}",
            where=str(path),
            mend="choose another place",
        ) from error
