"""A whole demonstration in the window, from an empty database to a verified report: once by keyboard alone, once by mouse."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from qasync import QEventLoop

from labapp.gui.pages.execution import ExecutionPage
from labapp.gui.pages.network import NetworkPage
from labapp.gui.pages.plan import PlanPage
from labapp.gui.pages.plan_table import RUN
from labapp.gui.pages.report import ReportPage
from labapp.gui.window import Window
from labapp.presentation.prompts import HELD_FOR
from labapp.presentation.stages import Stage, State
from labapp.services.workspace import Workspace
from tests.gui.driving import Hands, driven

P = TypeVar("P")

#: What the session is for, of all that apply to the demonstration's device.
CASES = ("TC_003_CS", "TC_066_CS")


def page(window: Window, kind: type[P], stage: Stage) -> P:
    """The page of a stage, which is the one that is shown."""
    shown = window.shown
    assert isinstance(shown, kind)
    assert shown is window.pages[stage]  # type: ignore[comparison-overlap]
    return shown


def test_by_keyboard_alone(loop: QEventLoop, workspace: Workspace) -> None:
    loop.run_until_complete(driven(workspace, _by_keyboard))


async def _by_keyboard(hands: Hands) -> None:
    window, desk = hands.window, hands.desk
    await hands.idle()
    hands.press(Qt.Key.Key_Space)
    await hands.until(lambda: desk.draft is not None)
    await hands.idle()
    assert window.pages[Stage.INTAKE].status().state == State.DONE

    hands.stage(2)
    plan = page(window, PlanPage, Stage.PLAN)
    await hands.idle()
    hands.press(Qt.Key.Key_Home)
    before = None
    while (index := plan.table.currentIndex()) != before:
        line = plan.table.plan.line(index)
        if line is not None and plan.table.plan.is_selected(line.id) != (line.id in CASES):
            hands.press(Qt.Key.Key_Space)
        before = index
        hands.press(Qt.Key.Key_Down)
    assert set(desk.selected_cases or ()) == set(CASES)

    hands.stage(3)
    await hands.until(lambda: window.pages[Stage.SETUP].status().state == State.DONE)
    hands.stage(4)
    network = page(window, NetworkPage, Stage.NETWORK)
    hands.tab_to(network.try_button)
    hands.press(Qt.Key.Key_Space)
    await hands.until(lambda: network.history, network.ended)
    assert network.status().state == State.DONE

    hands.stage(5)
    execution = page(window, ExecutionPage, Stage.EXECUTION)
    await hands.idle()
    hands.press(Qt.Key.Key_Space)
    await _answer_all(hands, execution, lambda key, _: hands.press(key))
    await hands.idle()
    assert execution.status().state == State.DONE
    _passed(desk.run_directory)

    hands.tab_to(execution.middle.primary)
    hands.press(Qt.Key.Key_Space)
    await hands.until(lambda: window.shown is window.pages[Stage.REPORT])
    report = page(window, ReportPage, Stage.REPORT)
    await hands.idle()
    for role in ("tested", "checked", "authorised"):
        hands.tab_to(hands.button(f"Sign as {role}"))  # type: ignore[arg-type]
        hands.press(Qt.Key.Key_Space)
        if not report.signatures.own.isChecked():
            hands.tab_to(report.signatures.own)
            hands.press(Qt.Key.Key_Space)
        hands.tab_to(report.signatures.sign_button)
        hands.press(Qt.Key.Key_Space)
        await hands.idle()
    hands.tab_to(hands.button("Verify"))
    hands.press(Qt.Key.Key_Space)
    await hands.until(lambda: report.status().state == State.DONE)

    hands.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_by_mouse(loop: QEventLoop, workspace: Workspace) -> None:
    loop.run_until_complete(driven(workspace, _by_mouse))


async def _by_mouse(hands: Hands) -> None:
    window, desk = hands.window, hands.desk
    await hands.idle()
    hands.click(window.start.demonstration_button)
    await hands.until(lambda: desk.draft is not None)
    await hands.idle()

    hands.click(window.rail.button(Stage.PLAN))
    plan = page(window, PlanPage, Stage.PLAN)
    await hands.idle()
    model = plan.table.plan
    hands.click(plan.none_button)
    for case in CASES:
        assert not model.is_selected(case)
        box = model.place(case).siblingAtColumn(RUN)
        plan.table.scrollTo(box)
        place = plan.table.visualRect(box).center()
        QTest.mouseClick(plan.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert set(desk.selected_cases or ()) == set(CASES)

    hands.click(window.rail.button(Stage.EXECUTION))
    execution = page(window, ExecutionPage, Stage.EXECUTION)
    await hands.idle()
    hands.click(execution.start)

    def click(_: Qt.Key, named: str) -> None:
        found = [
            each for each in execution.findChildren(QPushButton) if each.isVisible() and named in each.accessibleName()
        ]
        assert found, (named, hands.state())
        hands.click(found[0])

    await _answer_all(hands, execution, click)
    await hands.idle()
    _passed(desk.run_directory)

    hands.click(execution.middle.primary)
    await hands.until(lambda: window.shown is window.pages[Stage.REPORT])
    report = page(window, ReportPage, Stage.REPORT)
    await hands.idle()
    hands.click(hands.button("Sign as tested"))
    hands.click(report.signatures.own)
    hands.click(report.signatures.sign_button)
    await hands.idle()
    hands.click(hands.button("Verify"))
    await hands.until(lambda: not hands.desk.tasks.under_way)
    assert report.status().state == State.IN_WORK
    assert report.checks.words.text() == ""


async def _answer_all(hands: Hands, execution: ExecutionPage, act: Any) -> None:
    """Do what is asked until the session is over: each action once its prompt takes keys, each review by its advice."""
    answered: set[str] = set()

    def asked() -> Any:
        session = hands.desk.session
        if session is None:
            return None
        open_one = session.review or session.prompt
        return session if session.over else open_one if open_one and open_one.id not in answered else None

    while True:
        found = await hands.until(asked)
        if found is hands.desk.session:
            return
        # A key that is pressed at once could have been meant for the prompt before: the window takes none so early.
        # Qt's timers may be a twentieth early.
        await asyncio.sleep(HELD_FOR * 1.2)
        if asked() is not found:
            continue
        answered.add(found.id)
        match found.kind:
            case "action":
                act(Qt.Key.Key_Space, "Space")
            case _:
                act(Qt.Key.Key_Return, "Enter")


def _passed(directory: Path | None) -> None:
    assert directory is not None
    result = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    assert [(each["id"], each["verdict"]) for each in result["cases"]] == [(case, "PASS") for case in CASES]
    assert result["demonstration"] is True
