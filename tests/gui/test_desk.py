"""The desk: a project is kept in the background, nothing is lost when the database refuses, and a bench is operated."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qasync import QEventLoop

from labapp.domain.draft import Draft
from labapp.domain.errors import LabappError
from labapp.gui import desk as desk_module
from labapp.gui.desk import Desk
from labapp.services.workspace import Workspace

DEADLINE = 30.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "labapp.sqlite3"


@pytest.fixture
def desk(file: Path, loop: QEventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(desk_module, "KEEP_AFTER", 0)
    monkeypatch.setattr(desk_module, "TRY_AGAIN", 20)
    made = Desk(Workspace(str(file), patience=0.05))
    yield made
    loop.run_until_complete(made.close())


async def until(what: Callable[[], Any], *signals: Any) -> None:
    """Wait until something is true, asked anew with every signal."""
    news = asyncio.Event()
    for signal in signals:
        signal.connect(lambda *_: news.set())
    async with asyncio.timeout(DEADLINE):
        while not what():
            news.clear()
            await news.wait()
            await asyncio.sleep(0)


def opened(desk: Desk) -> Draft:
    draft = desk.workspace.create("Box")
    desk.open(draft)
    return draft


def test_a_change_is_kept_in_the_background(desk: Desk, loop: QEventLoop, file: Path) -> None:
    draft = opened(desk)
    desk.edit(draft.with_value("connection", "identity", "CP-1"), "identity")
    assert desk.unkept
    loop.run_until_complete(until(lambda: not desk.unkept, desk.keeping_changed))
    assert Workspace(str(file)).open(draft.id).value("connection", "identity") == "CP-1"


def test_what_waits_is_kept_before_another_project_is_opened(desk: Desk, file: Path) -> None:
    draft = opened(desk)
    desk.edit(draft.with_value("connection", "identity", "CP-1"), "identity")
    opened(desk)
    assert Workspace(str(file)).open(draft.id).value("connection", "identity") == "CP-1"


def test_undo_takes_back_the_last_change_and_is_a_revision(desk: Desk, loop: QEventLoop) -> None:
    draft = opened(desk)
    desk.edit(draft.with_value("connection", "identity", "CP-1"), "identity")
    desk.undo()
    loop.run_until_complete(
        until(lambda: desk.draft is not None and not desk.draft.value("connection", "identity"), desk.draft_changed)
    )
    assert len(desk.workspace.revisions(draft.id)) == 3


def test_a_locked_database_loses_nothing(desk: Desk, loop: QEventLoop, file: Path) -> None:
    draft = opened(desk)
    faults: list[LabappError | None] = []
    desk.keeping_changed.connect(faults.append)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    desk.edit(draft.with_value("connection", "identity", "CP-1"), "identity")
    loop.run_until_complete(until(lambda: faults, desk.keeping_changed))
    assert isinstance(faults[0], LabappError)
    assert "locked" in str(faults[0])
    desk.edit(draft.with_value("connection", "identity", "CP-2"), "identity")
    assert desk.unkept
    other.execute("ROLLBACK")
    other.close()
    loop.run_until_complete(until(lambda: faults[-1] is None, desk.keeping_changed))
    loop.run_until_complete(until(lambda: not desk.unkept, desk.keeping_changed))
    assert Workspace(str(file)).open(draft.id).value("connection", "identity") == "CP-2"


def test_no_chosen_case_is_not_the_whole_plan(desk: Desk) -> None:
    told: list[LabappError] = []
    desk.failed.connect(told.append)
    desk.open(desk.workspace.create("Wallbox"))
    desk.selected_cases = ()
    desk.start_session()
    assert [str(fault) for fault in told] == ["no case is chosen - choose the cases to run, on the stage Plan"]
    assert not desk.starting


def test_a_session_that_no_bench_runs_and_that_left_nothing_is_told(
    desk: Desk, loop: QEventLoop, tmp_path: Path
) -> None:
    failed: list[LabappError] = []
    desk.failed.connect(failed.append)

    async def show() -> None:
        desk.show_run(tmp_path)
        await until(lambda: failed, desk.failed)

    loop.run_until_complete(show())
    assert "cannot be read" in str(failed[0])
    assert desk.session is not None
    assert desk.session.lost
