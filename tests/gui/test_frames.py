"""The message log in the window: live, filtered, bounded, and quick at a thousand frames a second."""

from __future__ import annotations

import gc
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labapp.gui.pages.execution import ExecutionPage
from labapp.gui.pages.execution_frames import MESSAGE, FrameModel, FramePanel
from labapp.presentation.frames import FrameFilter, FrameLog
from tests.gui.execution_desk import RecordingDesk
from tests.presentation.channel import case, frame, hello, link, ready

METER = (
    '[2,"m{0}","MeterValues",{{"connectorId":{1},"transactionId":7,"meterValue":[{{"timestamp":"2027-01-15T08:00:00Z",'
    '"sampledValue":[{{"value":"{0}","measurand":"Energy.Active.Import.Register","unit":"Wh"}}]}}]}}]'
)


def log(count: int, limit: int = 20_000) -> FrameLog:
    made = FrameLog(limit)
    grow(made, count)
    return made


def grow(made: FrameLog, count: int) -> None:
    for _ in range(count):
        number = made.appended
        made.append(number, "in", METER.format(number, 1 + number % 2), 1_800_000_000.0 + number)


def seqs(model: FrameModel) -> list[int]:
    return [model.frame(row).seq for row in range(model.rowCount())]


@pytest.fixture
def model(qapp: QApplication) -> FrameModel:
    made = FrameModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def test_the_model_keeps_up_with_the_log(model: FrameModel) -> None:
    made = log(3)
    model.show_log(made)
    assert seqs(model) == [0, 1, 2]
    grow(made, 2)
    model.catch_up()
    assert seqs(model) == [0, 1, 2, 3, 4]
    row = [model.data(model.index(4, column)) for column in range(5)]
    assert row == ["08:00:04.000", "→", "MeterValues", "1", "4"]


def test_the_model_lets_go_what_the_log_lets_go(model: FrameModel) -> None:
    made = log(1400, limit=500)
    model.show_log(made)
    grow(made, 2000)
    model.catch_up()
    assert seqs(model) == [row.seq for row in made.rows]
    made.clear()
    model.catch_up()
    assert model.rowCount() == 0


def test_the_filter_holds_for_what_comes_later(model: FrameModel) -> None:
    made = log(4)
    model.show_log(made)
    model.set_filter(FrameFilter(connector="2"))
    grow(made, 2)
    model.catch_up()
    assert seqs(model) == [1, 3, 5]
    model.set_filter(FrameFilter(findings_only=True))
    assert seqs(model) == []
    made.mark(3, "meterValue", "wrong")
    model.catch_up()
    assert seqs(model) == [3]
    assert model.data(model.index(0, MESSAGE)) == "✗ MeterValues"


def test_the_panel_filters_shows_and_finds_frames(qtbot: QtBot) -> None:
    panel = FramePanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.show_log(log(6))
    assert [panel.connector.itemText(at) for at in range(panel.connector.count())] == [
        "all connectors",
        "connector 1",
        "connector 2",
    ]
    panel.connector.setCurrentIndex(2)
    assert seqs(panel.model) == [1, 3, 5]
    qtbot.keyClicks(panel.words, "nothing of the kind")
    assert seqs(panel.model) == []
    assert panel.show_seq(4)
    assert (seqs(panel.model), panel.words.text()) == ([0, 1, 2, 3, 4, 5], "")
    assert '"transactionId": 7,' in panel.text.toPlainText()
    assert not panel.show_seq(99)


def test_who_reads_further_up_is_left_there(qtbot: QtBot) -> None:
    panel = FramePanel()
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.show()
    made = log(200)
    panel.show_log(made)
    bar = panel.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    grow(made, 50)
    panel.catch_up()
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    grow(made, 50)
    panel.catch_up()
    assert bar.value() == 10


def test_a_thousand_frames_a_second_do_not_block_the_window(qtbot: QtBot) -> None:
    """Between two turns of the event loop the window's thread is never at work for 50 ms; what other processes take is not counted."""
    desk = RecordingDesk()
    page = ExecutionPage(desk)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(1166, 678)
    page.show()
    desk.begin(hello("TC_003_CS"), ready(), link("up"), case("started", "TC_003_CS"))
    qtbot.waitUntil(lambda: not page._state_timer.isActive())
    blocked, sent = [], 0
    # As the window does when it opens.
    gc.freeze()
    begun = time.perf_counter()
    while sent < 1000:
        due = int((time.perf_counter() - begun) * 1000)
        turn = time.thread_time()
        if due > sent:
            lump = [frame(number, METER.format(number, 1)) for number in range(sent, min(due, 1000))]
            desk.feed(lump)
            sent += len(lump)
        QApplication.processEvents()
        blocked.append(time.thread_time() - turn)
    gc.unfreeze()
    qtbot.waitUntil(lambda: page.frames.model.rowCount() == 1000)
    assert max(blocked) < 0.05, f"{max(blocked):.3f} s"


def test_the_filter_of_a_full_log_answers_at_once(qtbot: QtBot) -> None:
    panel = FramePanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.show_log(log(20_000))
    begun = time.thread_time()
    qtbot.keyClick(panel.words, Qt.Key.Key_9)
    assert time.thread_time() - begun < 0.2
    assert 0 < panel.model.rowCount() < 20_000
