"""The window as a whole: what outlives it, what goes wrong around it, and that everybody can use it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from qasync import QEventLoop
from websockets.asyncio.client import connect
from websockets.frames import CloseCode

from labapp.bench import client
from labapp.bench.client import attach
from labapp.domain.draft import Draft
from labapp.gui import app, theme
from labapp.gui.pages.execution import ExecutionPage
from labapp.presentation.stages import Stage
from labapp.presentation.tokens import THEMES
from labapp.services.workspace import Workspace
from tests.gui.driving import Hands, close_window, driven, open_window

CASE = "TC_003_CS"


def real_station(workspace: Workspace) -> Draft:
    """A project for a charging station that is real: the test's own."""
    draft = workspace.create("Box")
    for table, key, value in (
        ("connection", "listen", "127.0.0.1:0"),
        ("connection", "identity", "CP-1"),
        ("values", "valid_id_tag", "LAB-VALID"),
        ("run", "quiet_window", 0.1),
    ):
        draft = draft.with_value(table, key, value)
    return workspace.save(draft, "set up")


async def begun(hands: Hands, draft: Draft) -> ExecutionPage:
    """A session of one case whose bench waits for the device."""
    hands.desk.open(draft)
    await hands.idle()
    hands.desk.start_session((CASE,))
    await hands.until(lambda: hands.desk.session is not None and hands.desk.session.ready is not None)
    execution = hands.window.pages[Stage.EXECUTION]
    assert isinstance(execution, ExecutionPage)
    return execution


# What outlives the window ---------------------------------------------------------------------------------------------


def test_a_window_that_is_opened_again_finds_the_same_prompt(loop: QEventLoop, workspace: Workspace) -> None:
    async def first() -> tuple[str, Path]:
        hands = open_window(workspace)
        try:
            draft = workspace.demonstration()
            await begun(hands, draft)
            prompt = await hands.until(lambda: hands.desk.session and hands.desk.session.prompt)
            assert hands.desk.run_directory is not None
            return prompt.text, hands.desk.run_directory
        finally:
            await close_window(hands)

    async def again(hands: Hands) -> None:
        app.take_up(hands.window)
        prompt = await hands.until(lambda: hands.desk.session and hands.desk.session.prompt)
        assert prompt.text == text
        assert hands.desk.run_directory == directory
        assert hands.desk.draft is not None
        assert hands.desk.draft.name == "Demonstration"
        assert hands.window.shown is hands.window.pages[Stage.EXECUTION]

    text, directory = loop.run_until_complete(first())
    assert (directory / "bench.json").exists()
    loop.run_until_complete(driven(workspace, again))


def test_the_first_valid_answer_wins_and_the_window_says_so(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        await begun(hands, workspace.demonstration())
        prompt = await hands.until(lambda: hands.desk.session and hands.desk.session.prompt)
        assert hands.desk.run_directory is not None
        async with await attach(hands.desk.run_directory) as other:
            await other.say("answer", id=prompt.id, outcome="impossible", reason="no cable")
            closed = await hands.until(lambda: hands.desk.session and hands.desk.session.closed)
            assert (closed.prompt.id, closed.by) == (prompt.id, "operator")
        hands.desk.answer(prompt.channel, "impossible")
        await hands.until(lambda: hands.desk.session and "another operator" in hands.desk.session.last.lower())

    loop.run_until_complete(driven(workspace, drive))


def test_a_window_that_was_let_go_attaches_again_and_finds_the_same_prompt(
    loop: QEventLoop, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drive(hands: Hands) -> None:
        await begun(hands, workspace.demonstration())
        prompt = await hands.until(lambda: hands.desk.session and hands.desk.session.prompt)
        first, device = hands.desk.session, hands.desk.device
        with monkeypatch.context() as bench:
            # As the bench closes the channel to an operator who does not read.
            bench.setattr(client, "LET_GO", CloseCode.NORMAL_CLOSURE)
            attachment = hands.desk.operator._attachment
            assert attachment is not None
            await attachment._connection.close()
            await hands.until(lambda: hands.desk.session is not first)
        again = await hands.until(lambda: hands.desk.session and hands.desk.session.prompt)
        assert again.text == prompt.text
        assert hands.desk.device is device

    loop.run_until_complete(driven(workspace, drive))


def test_a_bench_that_is_killed_is_told_and_the_session_goes_on(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        execution = await begun(hands, real_station(workspace))
        directory = hands.desk.run_directory
        assert directory is not None
        os.kill(json.loads((directory / "bench.json").read_text(encoding="utf-8"))["pid"], signal.SIGKILL)
        await hands.until(lambda: hands.desk.session and hands.desk.session.lost)
        await hands.idle()
        # A window that comes later finds it as well.
        hands.desk.show_run(directory)
        await hands.until(lambda: hands.desk.session and hands.desk.session.run and hands.desk.session.lost)
        session = hands.desk.session
        assert session is not None
        assert [case.id for case in session.cases] == [CASE]
        assert execution.middle.primary.isVisible()
        assert execution.middle.primary.text() == "Resume"
        assert directory.name in hands.window.bottom.bench.text()
        assert "resume the session to go on" in hands.window.bottom.bench.text()
        hands.click(execution.middle.primary)
        await hands.until(lambda: hands.desk.operator.is_attached and hands.desk.session and hands.desk.session.ready)
        assert hands.desk.run_directory == directory

    loop.run_until_complete(driven(workspace, drive))


# What goes wrong around it --------------------------------------------------------------------------------------------


def test_a_device_with_the_wrong_identity_is_named(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        await begun(hands, real_station(workspace))
        session = hands.desk.session
        assert session is not None
        assert session.ready is not None
        with pytest.raises(Exception, match=r"HTTP 404|rejected"):
            await connect(f"ws://{session.ready.listen}/CP-2", subprotocols=["ocpp1.6"], proxy=None)  # type: ignore[list-item]
        await hands.until(lambda: session.link.wrong_identity)
        words = "A device came as CP-2 and was sent away: this session is for CP-1."
        assert hands.window.top.link.text() == words
        assert hands.window.top.link.property("look") == "problem"

    loop.run_until_complete(driven(workspace, drive))


def test_a_session_that_cannot_begin_says_why_and_leaves_nothing(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        hands.desk.open(workspace.create("Box"))
        await hands.idle()
        hands.stage(5)
        hands.desk.start_session((CASE,))
        await hands.until(lambda: hands.window.notice.text)
        assert "identity" in hands.window.notice.text
        assert hands.desk.session is None
        assert not list((Path(os.environ["LABAPP_HOME"]) / "runs").glob("*"))

    loop.run_until_complete(driven(workspace, drive))


def test_a_database_that_refuses_keeps_the_window_open_once(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        hands.desk.open(workspace.create("Box"))
        await hands.idle()
        assert hands.desk.draft is not None
        # A project that has gone from the database is refused like a locked one.
        hands.desk.edit(Draft(99, "Gone"), "change")
        hands.window.close()
        assert hands.window.isVisible()
        assert hands.window.notice.text == (
            "The last changes of the project are not saved: the database refuses.\n"
            "Free the database and wait a moment, or close the window once more to lose them."
        )
        hands.window.close()
        assert not hands.window.isVisible()

    loop.run_until_complete(driven(workspace, drive))


# Everybody ------------------------------------------------------------------------------------------------------------


def test_everything_that_takes_the_keyboard_has_a_name(loop: QEventLoop, workspace: Workspace) -> None:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView, QAbstractSpinBox)

    def nameless(window: QWidget) -> list[str]:
        return [
            f"{type(each).__name__} in {type(each.parent()).__name__}"
            for kind in kinds
            for each in window.findChildren(kind)
            if each.isVisible() and each.focusPolicy() != Qt.FocusPolicy.NoFocus and not _name(each)
        ]

    async def drive(hands: Hands) -> None:
        assert nameless(hands.window) == []
        hands.desk.open(workspace.demonstration())
        await hands.idle()
        for stage in Stage:
            hands.window.show_stage(stage)
            await hands.idle()
            assert nameless(hands.window) == [], stage

    loop.run_until_complete(driven(workspace, drive))


def _name(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text()
    # The editor inside a combination box or a spin box is named by it.
    return _name(widget.parentWidget()) if isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox) else ""


def test_every_page_fits_a_small_screen(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        hands.desk.open(workspace.demonstration())
        await hands.idle()
        for stage in Stage:
            hands.window.show_stage(stage)
            await hands.idle()
            hands.window.show_help()
            least = hands.window.minimumSizeHint()
            assert (least.width() <= 1366, least.height() <= 768) == (True, True), (stage, least)
            hands.window.show_help()

    loop.run_until_complete(driven(workspace, drive))


def test_the_manual_opens_at_this_place(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        hands.window.show_help()
        assert hands.window.help.text.toPlainText().startswith("Where a session begins")
        hands.desk.open(workspace.demonstration())
        await hands.idle()
        for stage, title in zip(
            Stage, ("Intake", "Plan", "Set-up", "Network", "Execution", "Performance", "Report"), strict=True
        ):
            hands.window.show_stage(stage)
            assert hands.window.help.text.toPlainText().startswith(title)
        hands.window.show_start()
        assert hands.window.help.text.toPlainText().startswith("Where a session begins")
        hands.window.help.text.setFocus()
        hands.press(Qt.Key.Key_Escape)
        assert not hands.window.help.isVisible()

    loop.run_until_complete(driven(workspace, drive))


def test_the_colours_go_round(loop: QEventLoop, workspace: Workspace, qapp: QApplication) -> None:
    async def drive(hands: Hands) -> None:
        seen = []
        for _ in THEMES:
            hands.click(hands.window.theme_button)
            seen.append((hands.window.theme_button.text(), theme.current()))
        assert seen == [
            ("Colours: Dark", THEMES["dark"]),
            ("Colours: High contrast", THEMES["high contrast"]),
            ("Colours: Light", THEMES["light"]),
        ]

    loop.run_until_complete(driven(workspace, drive))


def test_control_z_takes_back_the_field_first_and_the_project_then(loop: QEventLoop, workspace: Workspace) -> None:
    async def drive(hands: Hands) -> None:
        draft = workspace.create("Box")
        hands.desk.open(draft)
        await hands.idle()
        hands.desk.edit(draft.with_value("connection", "identity", "CP-9"), "identity")
        hands.stage(2)
        await hands.idle()
        hands.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await hands.until(
            lambda: hands.desk.draft is not None and hands.desk.draft.value("connection", "identity") is None
        )
        hands.stage(3)
        await hands.idle()
        hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        field = hands.focus
        assert isinstance(field, QLineEdit)
        QTest.keyClicks(field, "abc")
        hands.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert field.text() == ""
        assert hands.desk.draft is not None

    loop.run_until_complete(driven(workspace, drive))
