"""What is seen of a window from within: how evenly its event loop goes, and when a prompt stands on the screen."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from labapp.gui.application import make_application
from labapp.gui.pages.execution import ExecutionPage
from labapp.gui.prompts.card import PromptCard
from labapp.gui.window import Window
from labapp.presentation.stages import Stage

#: Milliseconds between two ticks of the timer whose gaps are measured.
TICK = 5


class Watch(QObject):
    """Measures the window of this process: `idle` seconds of silence, then until the summary of the bench; then it closes it."""

    def __init__(self, tell: Callable[[Mapping[str, Any]], None], idle: float) -> None:
        super().__init__()
        self._application = make_application()
        self._tell = tell
        self._idle = idle
        self._window: Window | None = None
        self._card: PromptCard | None = None
        self._seen = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self._looking = QTimer(self)
        self._looking.setInterval(50)
        self._looking.timeout.connect(self._look)
        self._looking.start()
        self._reset()

    def close(self) -> None:
        """Nothing is measured any more."""
        self._timer.stop()

    def _look(self) -> None:
        """Begin once the execution page is shown and its case runs."""
        found = [each for each in self._application.topLevelWidgets() if isinstance(each, Window)]
        if not found or found[0].shown is None or found[0].desk.session is None:
            return
        window = found[0]
        if window.desk.session.running is None or window.shown.stage is not Stage.EXECUTION:
            return
        self._looking.stop()
        self._window = window
        page = window.shown
        assert isinstance(page, ExecutionPage)
        self._card = page.middle.card
        self._card.installEventFilter(self)
        window.desk.told.connect(self._told)
        self._reset()
        self._timer.start()
        QTimer.singleShot(round(self._idle * 1000), self._begin)

    def _reset(self) -> None:
        self._last = time.perf_counter()
        self._gaps: list[float] = []
        self._prompts: list[float] = []
        self._frames = 0
        self._resident, self._cpu, self._wall = resident(), time.process_time(), time.perf_counter()

    def _begin(self) -> None:
        assert self._window is not None
        self._report("idle")
        self._reset()
        self._window.desk.command("extend")

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now

    def _told(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "frame":
            self._frames += 1
        elif message["type"] == "summary":
            # What the last messages have begun is drawn as well.
            QTimer.singleShot(200, self._end)

    def _end(self) -> None:
        self._report("load")
        if self._window is not None:
            self._window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The card is about to be painted: once that is done, its text is on the screen."""
        if event.type() == QEvent.Type.Paint and self._card is not None and self._card.shown is not None:
            card = self._card.shown
            if card.kind == "action" and card.text != self._seen:
                self._seen = card.text
                asked = int(card.text.rpartition(" ")[2])
                QTimer.singleShot(0, lambda: self._painted(asked))
        return False

    def _painted(self, asked: int) -> None:
        self._prompts.append((time.monotonic_ns() - asked) / 1e6)

    def _report(self, phase: str) -> None:
        self._tell(
            {
                phase: {
                    "gaps": self._gaps,
                    "resident": (self._resident, resident()),
                    "cpu": (time.process_time() - self._cpu, time.perf_counter() - self._wall),
                    "prompts": self._prompts,
                    "frames": self._frames,
                }
            }
        )


def resident() -> float:
    """Memory of this process that is in use, MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
