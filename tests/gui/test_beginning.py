"""How the window begins: with the projects as they were last, then with the database's own, and the pages when nobody waits."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from qasync import QEventLoop

from labapp.gui.desk import Desk
from labapp.gui.window import Window
from labapp.presentation.stages import Stage
from labapp.services.workspace import Workspace
from tests.gui.driving import DEADLINE, Hands, close_window


def shown(hands: Hands) -> list[str]:
    projects = hands.window.start.projects
    return [projects.item(row).text().partition("\n")[0] for row in range(projects.count())]


def window() -> Hands:
    made = Window(Desk())
    made.show()
    return Hands(made)


async def told(signal: Any) -> None:
    """A signal has come."""
    seen = asyncio.Event()
    signal.connect(seen.set, Qt.ConnectionType.SingleShotConnection)
    async with asyncio.timeout(DEADLINE):
        await seen.wait()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path))
    for name in ("first", "second"):
        Workspace().create(name)
    return tmp_path


def test_the_projects_of_the_last_time_stand_there_before_the_database_is_open(loop: QEventLoop) -> None:
    async def drive() -> None:
        hands = window()
        assert shown(hands) == []
        await told(hands.window.start.settled)
        assert shown(hands) == ["second", "first"]
        await close_window(hands)
        hands = window()
        assert shown(hands) == ["second", "first"]
        QTest.keyClick(hands.window.start.projects, Qt.Key.Key_Down)
        Workspace().create("third")
        await told(hands.window.start.settled)
        assert shown(hands) == ["third", "second", "first"]
        current = hands.window.start.projects.currentItem()
        assert current is not None
        assert current.text().startswith("first")
        await close_window(hands)

    loop.run_until_complete(drive())


def test_a_database_that_cannot_be_opened_is_said_in_the_window_and_tried_again(loop: QEventLoop, home: Path) -> None:
    async def drive() -> None:
        database, aside = home / "labapp.sqlite3", home / "aside"
        database.rename(aside)
        database.write_bytes(b"no database, but long enough to be looked at as if it were one" * 40)
        hands = window()
        await told(hands.window.start.settled)
        assert "labapp.sqlite3" in hands.window.start.notice.text
        aside.replace(database)
        hands.window.start.begin()
        await told(hands.window.start.settled)
        assert hands.window.start.notice.text == ""
        assert shown(hands) == ["second", "first"]
        await close_window(hands)

    loop.run_until_complete(drive())


def test_pages_are_made_while_nobody_waits(loop: QEventLoop) -> None:
    async def drive() -> None:
        hands = window()
        hands.window.prepare()
        await told(hands.window.prepared)
        assert list(hands.window.pages) == list(Stage)
        await close_window(hands)

    loop.run_until_complete(drive())
