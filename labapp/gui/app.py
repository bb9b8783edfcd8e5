"""The application: Qt, its event loop shared with asyncio, and the window."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import PySide6.QtCore
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from labapp.gui import theme
from labapp.gui.application import make_application
from labapp.gui.desk import Desk
from labapp.gui.interrupts import closing_on_signals
from labapp.gui.window import Window
from labapp.presentation.stages import Stage
from labapp.services.running import Running, running_session
from labapp.services.workspace import Workspace

assert PySide6.QtCore  # before qasync looks which Qt there is

_SIZE = (1366, 768)
#: Seconds that a thread computes before another has its turn.
_SWITCH = 0.001


def run_window(directory: Path | None = None) -> int:
    """Show the window until it is closed; returns the exit status. directory: of a run to show at once.

    Raises EnvironmentFault when the database or the fonts cannot be had.
    """
    # A task that computes must not keep the window from drawing.
    sys.setswitchinterval(_SWITCH)
    workspace = Workspace()
    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_show(application, workspace, directory))
    return 0


async def _show(application: QApplication, workspace: Workspace, directory: Path | None) -> None:
    closed = asyncio.Event()
    desk = Desk(workspace)
    window = Window(desk, theme.preferred(application))
    window.closed.connect(closed.set)
    window.resize(*_SIZE)
    with closing_on_signals(window.close):
        window.show()
        # What is there by now stays: the collector need not look through all of it in the midst of a thousand frames a second.
        gc.freeze()
        take_up(window, directory)
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

    desk.tasks.run(running_session, desk.workspace, directory, done=found, failed=desk.failed.emit)
