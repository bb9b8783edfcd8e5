"""The strips above and below the pages."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from labapp.gui.desk import Desk
from labapp.gui.widgets.labels import label, set_look
from labapp.presentation import strips

_SECOND = 1000
#: Characters of the last message.
_LONGEST = 120


class TopStrip(QFrame):
    """Project, device, connection, session clock."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        self.setProperty("edge", "top")
        self._desk = desk
        self.project = label("", look="heading")
        self.device = label("", look="muted")
        self.connection = label("", look="mono")
        self.link = label("", look="muted")
        self.demonstration = label(self.tr("◆ DEMONSTRATION"), look="warning")
        self.demonstration.setAccessibleName(self.tr("Demonstration, not valid for certification"))
        self.clock = label("", look="mono")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(20)
        for widget in (self.project, self.device, self.connection, self.link):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.demonstration)
        row.addWidget(self.clock)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND)
        self._timer.timeout.connect(self._tick)
        desk.draft_changed.connect(self._show_project)
        desk.session_changed.connect(self._show_session)
        desk.bench_changed.connect(self._show_session)
        desk.told.connect(self._take)
        self._show_project()
        self._show_session()

    def _show_project(self) -> None:
        content = strips.top_strip(self._desk.draft)
        self.project.setText(content.project)
        self.device.setText(content.device)
        self.connection.setText(content.connection)
        self.demonstration.setVisible(content.demonstration)

    def _take(self, message: dict[str, object]) -> None:
        if message["type"] in ("link", "ready", "case", "summary"):
            self._show_session()

    def _show_session(self) -> None:
        session = self._desk.session
        self.link.setText(strips.link_text(session))
        set_look(self.link, strips.link_tone(session) if session is not None else "muted")
        if session is not None and self._desk.operator.is_attached and not session.over:
            self._timer.start()
        else:
            self._timer.stop()
        self._tick()

    def _tick(self) -> None:
        shown = strips.session_clock(self._desk.session, time.time())
        self.clock.setText(shown)
        self.clock.setVisible(bool(shown))


class BottomStrip(QFrame):
    """The bench, what it told last, and whether the project is kept."""

    def __init__(self, desk: Desk, *further: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        self.setProperty("edge", "bottom")
        self._desk = desk
        self.bench = label("", look="small")
        self.last: QLabel = label("", look="small")
        self.kept = label("", look="problem", wraps=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(20)
        row.addWidget(self.bench)
        row.addWidget(self.last, 1)
        row.addWidget(self.kept)
        for widget in further:
            row.addWidget(widget)
        desk.told.connect(self._take)
        desk.session_changed.connect(self._show_bench)
        desk.bench_changed.connect(self._show_bench)
        self._show_bench()

    def _take(self, message: dict[str, object]) -> None:
        session = self._desk.session
        if session is not None and message["type"] != "frame":
            # One line: what is longer stands whole where it belongs.
            self.last.setText(session.last.partition("\n")[0][:_LONGEST])
        if message["type"] in ("ready", "summary"):
            self._show_bench()

    def _show_bench(self) -> None:
        desk = self._desk
        ended = desk.session is not None and desk.session.over
        attached = desk.operator.is_attached
        if desk.session is None:
            self.last.setText("")
        directory = desk.run_directory.name if desk.run_directory is not None else None
        self.bench.setText(strips.bench_line(directory, starting=desk.starting, attached=attached, ended=ended))
