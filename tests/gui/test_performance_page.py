"""The stage Performance, driven as a person does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from labapp.domain.draft import Draft
from labapp.gui.desk import Desk
from labapp.gui.pages.performance import PerformancePage
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage, State
from labapp.services.workspace import Workspace
from tests.services.measured_run import MeasuredRun


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(Workspace(f"sqlite:///{tmp_path}/labapp.sqlite"))
    yield desk
    desk.tasks.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[MeasuredRun]:
    run = MeasuredRun(tmp_path / "run")
    run.attempt("TC_013_CS")
    for seconds in (0.04, 0.3, 0.02):
        run.call("GetConfiguration", seconds)
    yield run
    run.journal.close()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> PerformancePage:
    page = PerformancePage(desk)
    qtbot.addWidget(page)
    page.resize(1176, 680)
    page.show()
    return page


def show(desk: Desk, run: MeasuredRun, qtbot: QtBot, page: PerformancePage) -> None:
    desk.run_directory, desk.session = run.folder, Session()
    with qtbot.waitSignal(page.status_changed):
        desk.session_changed.emit()
    qtbot.waitUntil(lambda: page.table.rowCount() == 3 and page.table.item(1, 2).text() == "3")


def row(page: PerformancePage, index: int) -> list[str]:
    return [page.table.item(index, column).text() for column in range(page.table.columnCount())]


def test_the_figures_of_the_session_stand_in_the_table(
    qtbot: QtBot, page: PerformancePage, desk: Desk, run: MeasuredRun
) -> None:
    show(desk, run, qtbot, page)
    assert row(page, 1) == [
        "OCPP response timeout", "0.300 s", "3", "0.020 s", "0.040 s", "0.300 s", "0.300 s", "0.2 s", "20 s",
        "◆ 0.100 s longer than stated",
    ]  # fmt: skip
    assert page.source.text() == "the running session, brought up to date after every case"
    assert page.status().state is State.IN_WORK
    assert page.status().missing[0] == "OCPP triggered function timeout: not measured"


def test_the_keyboard_goes_from_parameter_to_measurement(
    qtbot: QtBot, page: PerformancePage, desk: Desk, run: MeasuredRun
) -> None:
    show(desk, run, qtbot, page)
    page.begin()
    assert page.table.hasFocus()
    assert page.list_empty.text() == "not measured yet; TC_003_CS or TC_013_CS measures it"
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.heading.text() == "OCPP response timeout: 3 measurements"
    rows = [[page.samples.index(each, column).data() for column in range(3)] for each in range(3)]
    assert rows == [
        ["0.040 s", "TC_013_CS, try 1", "GetConfiguration"],
        ["0.300 s", "TC_013_CS, try 1", "GetConfiguration"],
        ["0.020 s", "TC_013_CS, try 1", "GetConfiguration"],
    ]
    # The measurement that is the parameter's value is found by itself.
    assert page.list.currentIndex().row() == 1
    page.plots.setFocus()
    qtbot.keyClick(page.plots, Qt.Key.Key_Left)
    assert page.list.currentIndex().row() == 0
    qtbot.keyClick(page.plots, Qt.Key.Key_Left)
    assert page.list.currentIndex().row() == 2
    qtbot.keyClick(page.plots, Qt.Key.Key_Right)
    assert page.list.currentIndex().row() == 0
    qtbot.keyClick(page.plots, Qt.Key.Key_Down)
    assert page.table.currentRow() == 2
    qtbot.keyClick(page.plots, Qt.Key.Key_Up)
    assert page.table.currentRow() == 1


def tick(page: PerformancePage, lane: int, seconds: float) -> QPoint:
    return QPoint(round(page.plots._x(seconds)), page.plots._lane(lane).center().y())


def test_a_click_on_a_tick_finds_its_measurement(
    qtbot: QtBot, page: PerformancePage, desk: Desk, run: MeasuredRun
) -> None:
    show(desk, run, qtbot, page)
    qtbot.mouseClick(page.plots, Qt.MouseButton.LeftButton, pos=tick(page, 1, 0.02))
    assert (page.table.currentRow(), page.list.currentIndex().row()) == (1, 2)
    assert page.plots.words_at(tick(page, 1, 0.04)) == "0.040 s  GetConfiguration  TC_013_CS, try 1"
    assert page.plots.words_at(tick(page, 1, 1.0)) == ""


def test_it_is_brought_up_to_date_when_a_case_ends(
    qtbot: QtBot, page: PerformancePage, desk: Desk, run: MeasuredRun
) -> None:
    show(desk, run, qtbot, page)
    page.choose(1)
    run.call("GetConfiguration", 0.5)
    desk.told.emit({"type": "case", "event": "started", "id": "TC_013_CS"})
    assert page.table.item(1, 2).text() == "3"
    desk.told.emit({"type": "case", "event": "ended", "id": "TC_013_CS"})
    # A second one while the first is being read is not lost.
    desk.told.emit({"type": "case", "event": "ended", "id": "TC_003_CS"})
    qtbot.waitUntil(lambda: page.table.item(1, 2).text() == "4")
    assert page.table.currentRow() == 1
    assert page.samples.rowCount() == 4
    assert page.plots.accessibleDescription().startswith("OCPP triggered function timeout: not measured yet")


def test_what_cannot_be_read_is_said_in_place(qtbot: QtBot, page: PerformancePage, desk: Desk, tmp_path: Path) -> None:
    desk.run_directory = tmp_path
    desk.draft = Draft(1, "x")
    desk.session_changed.emit()
    qtbot.waitUntil(lambda: not page.notice.isHidden())
    assert page.notice.text == f"{tmp_path}: holds no journal\nChoose the directory of a run"
    run = MeasuredRun(tmp_path / "later")
    run.end()
    (tmp_path / "later" / "journal.jsonl").rename(tmp_path / "journal.jsonl")
    qtbot.mouseClick(page.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.notice.isHidden)


def test_without_a_project_the_page_says_what_it_is_for(qtbot: QtBot, page: PerformancePage, desk: Desk) -> None:
    assert page.empty.title.text() == "No project is open"
    with qtbot.waitSignal(desk.stage_asked) as asked:
        qtbot.mouseClick(page.empty_button, Qt.MouseButton.LeftButton)
    assert asked.args == [Stage.INTAKE]


def test_before_a_session_what_is_stated_is_shown(page: PerformancePage, desk: Desk) -> None:
    desk.draft = Draft(1, "x", {"project": {"sut": "cs"}}, {"performance.ocpp_response_timeout": 2})
    desk.draft_changed.emit()
    assert row(page, 1)[1:3] == ["–", "0"]
    assert row(page, 1)[7:] == ["2 s", "30 s", "not measured yet"]
    assert page.status().missing == ("no measurements yet",)
