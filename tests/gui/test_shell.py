"""The parts that every page uses: tasks, notices, labels, the rail."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo
from pytestqt.qtbot import QtBot

from labapp.domain.errors import EnvironmentFault, InputError, InputErrors, LabappError
from labapp.gui import theme
from labapp.gui.rail import Rail
from labapp.gui.tasks import Tasks
from labapp.gui.widgets.labels import VerdictLabel, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.stages import Stage, StageStatus, State


@pytest.fixture
def tasks(qtbot: QtBot) -> Tasks:
    return Tasks()


def test_the_fonts_are_those_of_labapp(qapp: object) -> None:
    assert QFontInfo(theme.font("body")).family() == theme.FAMILY
    assert QFontInfo(theme.font("mono")).family() == theme.MONO


def test_a_task_runs_elsewhere_and_calls_back_here(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[str, bool]] = []

    def work(number: int) -> tuple[int, str]:
        return number + 1, threading.current_thread().name

    def done(result: tuple[int, str]) -> None:
        seen.append((str(result[0]), result[1] != threading.current_thread().name))

    with qtbot.waitSignal(tasks.finished):
        tasks.run(work, 41, done=done)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("42", True)]


def test_a_fault_reaches_the_one_who_asked(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[LabappError] = []

    def refused() -> None:
        raise EnvironmentFault("the disc is full", where="/x", mend="free it")

    tasks.run(refused, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert str(seen[0]) == "/x: the disc is full - free it"


def test_a_bug_in_a_task_is_told_as_one(qtbot: QtBot, tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[LabappError] = []

    def broken() -> None:
        raise ValueError("of the test")

    tasks.run(broken, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert (
        str(seen[0])
        == "this is a bug in labapp: ValueError: of the test - nothing is lost; tell the makers what you did"
    )
    assert "ValueError: of the test" in capsys.readouterr().err


def test_closed_tasks_call_nobody_back(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[object] = []
    go = threading.Event()
    tasks.run(go.wait, 5, done=seen.append)
    go.set()
    tasks.close()
    tasks.run(seen.append, 1)
    qtbot.wait(1)
    assert seen == []


def test_a_notice_says_what_where_and_how_to_mend_it(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_fault(InputError("is no workbook", where="x.xlsx", mend="save it as .xlsx"))
    assert notice.text == "x.xlsx: is no workbook\nSave it as .xlsx"
    assert notice.accessibleName() == "x.xlsx: is no workbook Save it as .xlsx"
    notice.show_fault(InputErrors([InputError("one", where="a"), InputError("two", where="b")]))
    assert notice.text == "a: one\nb: two"
    notice.clear()
    assert notice.text == ""
    assert notice.isHidden()


def test_the_button_of_a_notice_does_what_it_says(qtbot: QtBot) -> None:
    notice, pressed = Notice(), []
    qtbot.addWidget(notice)
    notice.say("The database is locked.", button="Try again", act=lambda: pressed.append(1))
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


def test_text_of_the_wire_is_never_markup(qtbot: QtBot) -> None:
    shown = label("<b>x</b>")
    qtbot.addWidget(shown)
    assert shown.textFormat() == Qt.TextFormat.PlainText


def test_a_verdict_is_word_and_shape(qtbot: QtBot) -> None:
    verdict = VerdictLabel("FAIL")
    qtbot.addWidget(verdict)
    assert (verdict.text(), verdict.accessibleName()) == ("✗ FAIL", "FAIL")
    verdict.show_verdict("NOT_RUN")
    assert (verdict.text(), verdict.accessibleName()) == ("· NOT RUN", "NOT RUN")


def test_the_rail_shows_state_and_what_is_missing(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.show_status(Stage.PLAN, StageStatus(State.PROBLEM, ("the declaration has 2 faults", "no case is chosen")))
    assert rail.state_label(Stage.PLAN).text() == "▲ problem"
    assert rail.button(Stage.PLAN).accessibleDescription() == "problem, the declaration has 2 faults, no case is chosen"
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.mouseClick(rail.button(Stage.PLAN), Qt.MouseButton.LeftButton)
    assert chosen.args == [Stage.PLAN]


def test_fifty_thousand_emitted_signals(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 aborts after some 2,000."""
    tasks, seen = Tasks(), []
    tasks.count_changed.connect(lambda count: seen.append(bool(count)))
    for number in range(50_000):
        tasks.count_changed.emit(number % 2)
    assert len(seen) == 50_000
