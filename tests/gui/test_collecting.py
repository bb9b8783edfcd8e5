"""A widget in a cycle is destroyed in the window's thread, whatever the tasks do."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from labapp.gui.collecting import EVERY, Collector


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def test_garbage_waits_for_the_windows_thread(qtbot: QtBot, collector: Collector) -> None:
    gone: list[str] = []

    class Owner(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.itself = self
            self.timer = QTimer(self)
            self.timer.start(60_000)

        def __del__(self) -> None:
            gone.append(threading.current_thread().name)

    def allocate() -> None:
        kept = [[number] for number in range(5 * gc.get_threshold()[0])]
        assert kept

    Owner()
    worker = threading.Thread(target=allocate, name="task")
    worker.start()
    worker.join()
    assert gone == []
    kept = [[number] for number in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: bool(gone), timeout=20 * EVERY)
    assert (gone, len(kept) > 0) == ([threading.current_thread().name], True)


def test_after_the_window_python_collects_by_itself_again(qapp: object) -> None:
    collector = Collector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
