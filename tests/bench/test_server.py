"""A bench between the end of its last case and its own end: what operators say then is taken, and costs nobody his place."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from labapp.bench import server
from labapp.bench.client import Attachment, LetGo, NoBench, attach
from labapp.bench.conduct import Assignment, BenchRun
from labapp.bench.history import ATTEMPT_STARTED, Choice
from labapp.bench.journal_entries import begin, read_history
from labapp.bench.server import MAX_WAITING, Bench
from labapp.domain.project import Connection, Project
from labapp.domain.run_files import JOURNAL
from labapp.engine.campaign import unrun
from labapp.engine.journal_file import JournalWriter
from labapp.engine.system_clock import SystemClock

CASE = "TC_003_CS"
DEADLINE = 20.0


class Ending:
    """A bench whose one case has failed, and whose report is made until `report` is set."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.report = threading.Event()
        self.ready = asyncio.Event()
        self.reporting = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def conclude(self, directory: Path) -> Mapping[str, Any]:
        """Makes the report: takes its time in a thread."""
        self._loop.call_soon_threadsafe(self.reporting.set)
        assert self.report.wait(DEADLINE)
        return {"report": {}}


@pytest.fixture
async def ending(tmp_path: Path) -> AsyncIterator[Ending]:
    run = begin(tmp_path, Project(), [Choice(CASE)], "d1", demonstration=False).run
    clock = SystemClock()
    with JournalWriter(tmp_path / JOURNAL, clock) as journal:
        journal.append(clock.now(), run, ATTEMPT_STARTED, {"case": CASE, "number": 1, "try_number": 1, "device": None})
        result = unrun(CASE, 1, "FAIL", "validation", "", "2026-01-01T00:00:00.000Z")
        journal.append(clock.now(), run, "attempt_ended", result)
    ending = Ending(tmp_path)
    project = Project(connection=Connection(listen="127.0.0.1:0"))
    bench = Bench([Assignment(tmp_path, project, {}, ending.conclude)], stay=True, ready=ending.ready.set)
    task = asyncio.create_task(bench.run())
    yield ending
    ending.report.set()
    with contextlib.suppress(NoBench):
        async with await attach(tmp_path) as operator:
            await operator.say("command", name="stop")
    async with asyncio.timeout(DEADLINE):
        await task


async def attached(ending: Ending) -> Attachment:
    """An operator, as soon as the bench can be reached."""
    async with asyncio.timeout(DEADLINE):
        await ending.ready.wait()
    return await attach(ending.directory)


async def next_of(operator: Attachment, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(DEADLINE):
        return await anext(message async for message in operator.messages() if message["type"] == kind)


async def test_stop_while_the_report_is_made_ends_the_bench(ending: Ending) -> None:
    one, other = await attached(ending), await attached(ending)
    await ending.reporting.wait()
    await one.say("command", name="stop")
    await one.say("command", name="pause")
    await one.say("answer", id="none", outcome="done")
    assert (await next_of(one, "error"))["text"] == "there is no prompt none"
    ending.report.set()
    for operator in (one, other):
        assert [each async for each in operator.messages()][-1]["type"] == "summary"


async def test_an_amendment_after_the_end_stands_in_journal_and_summary(ending: Ending) -> None:
    operator = await attached(ending)
    await ending.reporting.wait()
    said = {"case": CASE, "cause": "lab", "reason": "loose cable", "who": "M. Jansen"}
    await operator.say("amend", **said)
    assert (await next_of(operator, "error"))["text"] == ("the report is being made - amend again when it is complete")
    ending.report.set()
    assert (await next_of(operator, "summary"))["amendments"] == []
    await operator.say("amend", **said)
    assert (await next_of(operator, "case"))["event"] == "amended"
    [amendment] = read_history(ending.directory).amendments
    later = await attached(ending)
    assert (await next_of(later, "summary"))["amendments"] == [amendment]


async def test_an_operator_for_whom_too_much_waits_is_let_go_and_may_come_again(
    ending: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = await attached(ending)
    await ending.reporting.wait()
    await operator.say("command", name="pause")
    with monkeypatch.context() as full:
        full.setattr(server, "MAX_WAITING", -1000)
        await operator.say("answer", id="none", outcome="done")
        async with asyncio.timeout(DEADLINE):
            with pytest.raises(LetGo, match="goes on without this operator") as fault:
                async for _ in operator.messages():
                    pass
    assert fault.value.exit_status == 3
    again = await attached(ending)
    assert (await next_of(again, "hello"))["cases"] == [CASE]


def test_what_was_before_an_operator_came_is_told_however_much_it_is() -> None:
    operator = server._Operator("operator 1", frozenset({"r1"}))
    messages = [{"type": "step", "run": "r1"}] * (MAX_WAITING + 10)
    operator.catch_up(messages)
    assert not operator.overrun
    for message in messages[:MAX_WAITING]:
        operator.tell(message)
    assert not operator.overrun
    operator.tell(messages[0])
    assert operator.overrun


async def test_a_bug_is_told_to_the_operator_and_costs_him_nothing(
    ending: Ending, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("of the test")

    operator = await attached(ending)
    monkeypatch.setattr(BenchRun, "command", broken)
    await operator.say("command", name="pause")
    assert (await next_of(operator, "error"))["text"] == "this is a bug in labapp: RuntimeError: of the test"
    assert "RuntimeError: of the test" in capsys.readouterr().err
    monkeypatch.undo()
