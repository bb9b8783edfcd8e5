"""What holds for the tests of the window: no screen, no warning of Qt, no thread and no timer left behind."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from labapp.gui import theme
from labapp.gui.application import make_application
from labapp.services.sessions import stop
from labapp.services.workspace import Workspace
from tests.gui.driving import DEADLINE

#: Seconds that a thread has to end after its test.
THREAD_END = 20.0
#: Milliseconds within which what a test waits for must come, on a busy machine too.
PATIENCE = int(DEADLINE * 1000)


class PatientBot(QtBot):  # type: ignore[misc]
    """pytest-qt's hands, whose waits end as early, and fail later."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE) -> None:  # noqa: N802
        """Wait until the answer is true, or raises nothing."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE, **options: Any) -> Any:  # noqa: N802
        """A block in which a signal must come."""
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Hands that wait as long as a busy machine may need."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application, with labapp's fonts and colours."""
    application = make_application()
    theme.apply(application, "light")
    return application


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[QEventLoop]:
    """The event loop of the window, asyncio's and Qt's in one; run something in it with `loop.run_until_complete`."""
    made = QEventLoop(qapp)
    asyncio.set_event_loop(made)
    with made:
        yield made
    asyncio.set_event_loop(None)


@pytest.fixture(autouse=True)
def collected_here(qapp: QApplication) -> Iterator[None]:
    """Garbage is collected in the window's thread alone, as the window has it, and after each test what it left."""
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_is_left(qapp: QApplication) -> Iterator[None]:
    """A thread that outlives its test, or a timer that still runs in a widget that is shown, fails it."""
    before = set(threading.enumerate())
    yield
    started = [thread for thread in threading.enumerate() if thread not in before and not _of_a_pool(thread)]
    for thread in started:
        # One that is about to end may do so.
        thread.join(THREAD_END)
    left = [thread.name for thread in started if thread.is_alive()]
    running = [
        f"{type(timer.parent()).__name__}"
        for widget in qapp.topLevelWidgets()
        for timer in widget.findChildren(QTimer)
        if timer.isActive() and _is_ours(timer.parent())
    ]
    assert (left, running) == ([], [])


def _of_a_pool(thread: threading.Thread) -> bool:
    """Whether Python met the thread as one of Qt's: such a thread stays listed after its end, and Qt's pool ends it."""
    return isinstance(thread, threading._DummyThread)


def _is_ours(parent: QObject | None) -> bool:
    return type(parent).__module__.startswith("labapp.")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A new database in a home of its own; benches that the test leaves behind are ended."""
    home = tmp_path / "home"
    monkeypatch.setenv("LABAPP_HOME", str(home))
    yield Workspace()
    for address in (home / "runs").glob("*/bench.json"):
        stop(address.parent)
