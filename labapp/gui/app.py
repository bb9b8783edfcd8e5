"""The application: Qt, its event loop shared with asyncio, and the window."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import PySide6.QtCore
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from labapp.gui import theme
from labapp.gui.application import make_application
from labapp.gui.collecting import Collector
from labapp.gui.desk import Desk
from labapp.gui.interrupts import closing_on_signals
from labapp.gui.window import Window
from labapp.presentation.stages import Stage

if TYPE_CHECKING:
    from labapp.services.running import Running

assert PySide6.QtCore  # before qasync looks which Qt there is

_SIZE = (1366, 768)
#: Seconds that a thread computes before another has its turn.
_SWITCH = 0.001


def run_window(directory: Path | None = None) -> int:
    """Show the window until it is closed; returns the exit status. directory: of a run to show at once.

    Raises EnvironmentFault when the fonts cannot be had.
    """
    # A task that computes must not keep the window from drawing.
    sys.setswitchinterval(_SWITCH)
    application = make_application()
    collector = Collector()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_show(application, collector, directory))
    collector.close()
    return 0


async def _show(application: QApplication, collector: Collector, directory: Path | None) -> None:
    closed = asyncio.Event()
    desk = Desk()
    window = Window(desk, theme.preferred(application))
    window.closed.connect(closed.set)
    window.resize(*_SIZE)
    with closing_on_signals(window.close):
        window.show()
        # The projects come first; then what was under way, and the pages.
        once = Qt.ConnectionType.SingleShotConnection
        window.start.settled.connect(lambda: take_up(window, directory), once)
        window.start.settled.connect(window.prepare, once)
        window.prepared.connect(collector.keep)
        await closed.wait()
    await desk.close()


def take_up(window: Window, directory: Path | None = None) -> None:
    """Find what was under way: the run that is named, else the newest session whose bench lives, with its project."""
    desk = window.desk

    def found(entry: Running | None) -> None:
        if entry is not None:
            if entry.draft is not None:
                desk.open(entry.draft)
            desk.show_run(entry.directory)
            window.show_stage(Stage.EXECUTION)

    def find() -> Running | None:
        from labapp.services.running import running_session

        return running_session(desk.workspace, directory)

    desk.tasks.run(find, done=found, failed=desk.failed.emit)
