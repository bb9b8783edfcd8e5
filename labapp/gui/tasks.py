"""Work that takes time, away from the window's thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from labapp.domain.errors import LabappError


class Bug(LabappError):
    """A fault of labapp itself, met in a task."""

    exit_status = 4


class _Work(QRunnable):
    """One call. It reports through the tasks, which live in the window's thread."""

    def __init__(self, tasks: Tasks, number: int, call: Callable[[], Any]) -> None:
        super().__init__()
        self._tasks, self._number, self._call = tasks, number, call

    def run(self) -> None:
        """Make the call."""
        try:
            result, fault = self._call(), None
        except LabappError as error:
            result, fault = None, error
        except Exception as error:
            traceback.print_exc()
            mend = "nothing is lost; tell the makers what you did"
            result, fault = None, Bug(f"this is a bug in labapp: {type(error).__name__}: {error}", mend=mend)
        self._tasks.finished.emit(self._number, result, fault)


class Tasks(QObject):
    """Runs functions in threads of its own and calls back in the window's thread."""

    #: number of the work, its result, its fault.
    finished = Signal(int, object, object)
    #: how many are under way.
    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._waiting: dict[int, tuple[Callable[[Any], None] | None, Callable[[LabappError], None] | None]] = {}
        self._last = 0
        self._closed = False
        self.finished.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[LabappError], None] | None = None,
        **named: Any,
    ) -> None:
        """Call a function in a thread. done: takes its result; failed: takes its error; both in the window's thread."""
        if self._closed:
            return
        self._last += 1
        self._waiting[self._last] = (done, failed)
        self._pool.start(_Work(self, self._last, lambda: function(*args, **named)))
        self.count_changed.emit(len(self._waiting))

    @property
    def under_way(self) -> int:
        """How many are under way."""
        return len(self._waiting)

    def close(self) -> None:
        """Wait for what is under way and call back nobody any more."""
        self._closed = True
        self._waiting.clear()
        self._pool.waitForDone()

    @Slot(int, object, object)
    def _take(self, number: int, result: Any, fault: LabappError | None) -> None:
        if number not in self._waiting:
            return
        done, failed = self._waiting.pop(number)
        self.count_changed.emit(len(self._waiting))
        if fault is None:
            if done is not None:
                done(result)
        elif failed is not None:
            failed(fault)
        else:
            print(f"labapp: {fault}", flush=True)
