"""The one window: rail, strips, and the pages between them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.errors import LabappError
from labapp.gui import theme
from labapp.gui.desk import Desk
from labapp.gui.help_panel import HelpPanel
from labapp.gui.page import Page
from labapp.gui.rail import Rail
from labapp.gui.start_page import StartPage
from labapp.gui.strips import BottomStrip, TopStrip
from labapp.gui.widgets.labels import button
from labapp.gui.widgets.notice import Notice
from labapp.presentation.stages import Stage
from labapp.presentation.tokens import THEMES

#: The module with the pages, imported when the first is made.
EVERY_PAGE = "labapp.gui.pages.every"


class Window(QMainWindow):
    """Shows the stage that is chosen; decides nothing."""

    #: The window is gone.
    closed = Signal()
    #: Every page is made.
    prepared = Signal()

    def __init__(self, desk: Desk, theme_name: str = "light") -> None:
        super().__init__()
        self.desk = desk
        self.setWindowTitle(self.tr("labapp"))
        self._theme = theme_name
        self._leaving = False
        self.rail = Rail()
        self.start = StartPage(desk)
        self._pages: dict[Stage, Page] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        self.notice = Notice()
        self.help = HelpPanel(self._stack)
        self.projects_button = button(self.tr("Projects"), self.show_start)
        self.help_button = button(self.tr("Manual"), self.show_help, key="F1")
        self.theme_button = button("", self._next_theme)
        self._lay_out()
        self._set_shortcuts()
        self.rail.chosen.connect(self.show_stage)
        self.start.opened.connect(self._project_opened)
        desk.stage_asked.connect(self.show_stage)
        desk.draft_changed.connect(self._show_rail)
        desk.session_changed.connect(self._show_rail)
        desk.failed.connect(lambda fault: self.notice.show_fault(fault, self.tr("Close"), self.notice.clear))
        desk.keeping_changed.connect(self._show_keeping)
        self._name_theme()
        self.show_start()

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        notice = QVBoxLayout()
        notice.setContentsMargins(16, 8, 16, 0)
        notice.addWidget(self.notice)
        middle.addLayout(notice)
        middle.addWidget(self._stack, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addLayout(middle, 1)
        self.top = TopStrip(self.desk)
        self.bottom = BottomStrip(self.desk, self.projects_button, self.theme_button, self.help_button)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addLayout(body, 1)
        column.addWidget(self.bottom)
        central = QWidget()
        central.setProperty("kind", "page")
        central.setLayout(column)
        self.setCentralWidget(central)

    def _set_shortcuts(self) -> None:
        for keys, act in (("Ctrl+F", self._search), ("Ctrl+Z", self._undo), ("Ctrl+Q", self.close)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(act)
            # A field keeps its own Ctrl+Z while it has something to take back.
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        for number, stage in enumerate(Stage, start=1):
            # A button's own shortcut presses it for a while before it acts.
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(lambda stage=stage: self.show_stage(stage))

    # The pages --------------------------------------------------------------------------------------------------------

    @property
    def pages(self) -> Mapping[Stage, Page]:
        """The page of every stage; those that are not there yet are made now."""
        while self._make_page():
            pass
        return self._pages

    def prepare(self) -> None:
        """Make the pages in the background, one at a time, so that they are there when the first is asked for."""
        self.desk.tasks.run(importlib.import_module, EVERY_PAGE, done=lambda _: self._prepare_next())

    def _prepare_next(self) -> None:
        if self._make_page():
            QTimer.singleShot(0, self._prepare_next)
        else:
            self.prepared.emit()

    def _make_page(self) -> bool:
        """Make the first page that is missing; whether one was."""
        missing = [kind for kind in importlib.import_module(EVERY_PAGE).PAGES if kind.stage not in self._pages]
        if missing:
            page: Page = missing[0](self.desk)
            self._pages[page.stage] = page
            self._stack.addWidget(page)
            page.status_changed.connect(lambda: self.rail.show_status(page.stage, page.status()))
        return bool(missing)

    # Where one is -----------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Page | None:
        """The page that is shown, None on the start page."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    def show_start(self) -> None:
        """Show the projects; what is open stays open until another is."""
        self.rail.setVisible(False)
        self.projects_button.setVisible(False)
        self._stack.setCurrentWidget(self.start)
        if self.help.isVisible():
            self.help.show_chapter("start")
        self.start.begin()

    def show_stage(self, stage: Stage) -> None:
        """Show the page of a stage."""
        if self.desk.draft is None and self.desk.run_directory is None:
            return
        self.rail.setVisible(True)
        self.projects_button.setVisible(True)
        page = self.pages[stage]
        self._stack.setCurrentWidget(page)
        self.rail.choose(stage)
        self._show_rail()
        page.begin()
        if self.help.isVisible():
            self.help.show_chapter(stage)
            page.begin()

    def show_help(self) -> None:
        """Open or close the manual at this place."""
        if self.help.isVisible():
            self.help.hide()
            if self.shown is not None:
                self.shown.begin()
            return
        self.help.show_chapter(self.shown.stage if self.shown is not None else "start")

    def _project_opened(self) -> None:
        self.notice.clear()
        running = self.desk.session is not None and not self.desk.session.over
        self.show_stage(Stage.EXECUTION if running else Stage.INTAKE)

    def _show_rail(self) -> None:
        for stage, page in self.pages.items():
            self.rail.show_status(stage, page.status())

    def _search(self) -> None:
        if self.shown is not None:
            self.shown.search()

    def _undo(self) -> None:
        focus = QApplication.focusWidget()
        own = focus.isUndoAvailable() if isinstance(focus, QLineEdit) else False
        if isinstance(focus, QPlainTextEdit):
            own = focus.document().isUndoAvailable()
        if own and isinstance(focus, QLineEdit | QPlainTextEdit):
            focus.undo()
        else:
            self.desk.undo()

    def _show_keeping(self, fault: LabappError | None) -> None:
        """A project that cannot be kept stays in the window, and is tried again."""
        kept = self.bottom.kept
        kept.setText("" if fault is None else self.tr("▲ not saved yet, trying again: {0}").format(fault.what))
        kept.setToolTip("" if fault is None else str(fault))

    # Colours ----------------------------------------------------------------------------------------------------------

    def _next_theme(self) -> None:
        names = list(THEMES)
        self._theme = names[(names.index(self._theme) + 1) % len(names)]
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, self._theme)
        self._name_theme()

    def _name_theme(self) -> None:
        words = {"light": self.tr("Light"), "dark": self.tr("Dark"), "high contrast": self.tr("High contrast")}
        self.theme_button.setText(self.tr("Colours: {0}").format(words[self._theme]))
        self.theme_button.setAccessibleName(self.theme_button.text())

    # The end ----------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """The window goes, the bench stays; what waits to be kept is kept first."""
        self.desk.flush()
        if self.desk.unkept and not self._leaving:
            self._leaving = True
            self.notice.say(
                self.tr("The last changes of the project are not saved: the database refuses."),
                self.tr("Free the database and wait a moment, or close the window once more to lose them."),
                "problem",
            )
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()
