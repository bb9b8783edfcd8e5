"""The stage Performance: how fast the device answers, beside what its vendor states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.draft import Draft
from labapp.domain.errors import LabappError
from labapp.gui import theme
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.performance_plot import StripPlots
from labapp.gui.pages.performance_table import SampleTable
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import EmptyState, button, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.performance import Parameter, PerformanceView, empty_text, performance_view
from labapp.presentation.stages import Stage, StageStatus
from labapp.services.performance import PerformanceReader, measuring_cases

_TONES = {"good": "verdict_pass", "warning": "verdict_inconclusive", "muted": "muted", "": "text"}
_SHAPES = {"good": "✓ ", "warning": "◆ ", "muted": "", "": ""}


class PerformancePage(Page):
    """A table of the parameters, a strip plot of each, and the measurements of the one that is chosen."""

    stage: ClassVar[Stage] = Stage.PERFORMANCE

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._reader: PerformanceReader | None = None
        self._of_session = False
        self._reading = False
        self._again = False
        self._view = performance_view(None, None, {})
        self._chosen = 0
        self._build()
        desk.session_changed.connect(self._session_changed)
        desk.draft_changed.connect(self._draft_changed)
        desk.told.connect(self._told)
        theme.announcer.changed.connect(self._show_table)
        self._session_changed()

    def _build(self) -> None:
        self.source = label("", look="muted")
        self.note = label("", look="muted", wraps=True)
        self.notice = Notice()
        self.table = QTableWidget(0, 10)
        self.table.setAccessibleName(self.tr("Performance parameters"))
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Parameter"),
                self.tr("Value"),
                self.tr("Number"),
                self.tr("Minimum"),
                self.tr("Median"),
                self.tr("95 % within"),
                self.tr("Maximum"),
                self.tr("Stated"),
                self.tr("Tool waits"),
                self.tr("Comparison"),
            ]
        )
        for column in range(self.table.columnCount()):
            side = Qt.AlignmentFlag.AlignLeft if column in (0, 9) else Qt.AlignmentFlag.AlignRight
            header = self.table.horizontalHeaderItem(column)
            if header is not None:
                header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._style(self.table)
        self.table.currentCellChanged.connect(lambda row, *_: self.choose(row))
        self.plots = StripPlots()
        self.plots.parameter_chosen.connect(self.choose)
        self.plots.sample_chosen.connect(self._choose_sample)
        self.samples = SampleTable()
        self.list = QTableView()
        self.list.setModel(self.samples)
        self.list.setAccessibleName(self.tr("Measurements of the chosen parameter"))
        self._style(self.list)
        # Only the rows in sight are measured for the width of the columns: there may be thousands.
        self.list.horizontalHeader().setResizeContentsPrecision(0)
        self.list.selectionModel().currentRowChanged.connect(lambda now, _: self._sample_row(now.row()))
        self.heading = label("", look="heading")
        self.list_empty = label("", look="muted", wraps=True)
        self._lay_out()

    def _style(self, table: QTableView) -> None:
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        table.horizontalHeader().setHighlightSections(False)
        table.setWordWrap(False)
        table.setStyleSheet("QTableView::item { padding: 0 8px; }")

    def _lay_out(self) -> None:
        head = page_head(self.stage, self.note, self.source)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.list_empty)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.plots)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([1000, 1000])
        split.setChildrenCollapsible(False)
        whole = QWidget()
        body = QVBoxLayout(whole)
        body.setContentsMargins(*PAGE_MARGINS)
        body.setSpacing(PAGE_SPACING)
        body.addLayout(head)
        body.addWidget(self.notice)
        body.addWidget(self.table)
        body.addWidget(split, 1)
        title, words = empty_text(False)
        self.empty_button = button(self.tr("Go to Intake"), lambda: self.desk.show_stage(Stage.INTAKE), kind="primary")
        self.empty = EmptyState(title, words, self.empty_button)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.empty)

    # What is measured -------------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the stage is, and what it lacks."""
        return self._view.status

    def begin(self) -> None:
        """The keyboard stands in the table of parameters."""
        (self.table if self._view.parameters else self.empty_button).setFocus()

    def _session_changed(self) -> None:
        directory = self.desk.run_directory
        self._reader = None if directory is None else PerformanceReader(directory)
        self._of_session = False
        self.notice.clear()
        self._show(performance_view(None, self.desk.draft, _measuring(self.desk.draft)))
        self._read()

    def _draft_changed(self) -> None:
        """What is stated in the project counts until there is a session, which has its own declaration."""
        if not self._of_session:
            self._show(performance_view(None, self.desk.draft, _measuring(self.desk.draft)))

    def _told(self, message: dict[str, Any]) -> None:
        ended = message["type"] == "case" and message["event"] != "started"
        if ended or message["type"] == "summary":
            self._read()

    def _read(self) -> None:
        """Read on in the journal; one reading at a time, and once more when something came meanwhile."""
        if self._reader is None:
            return
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        reader, session = self._reader, self.desk.session
        running = session is not None and not session.over
        self.desk.tasks.run(
            _view_of,
            reader,
            self.desk.draft,
            running,
            done=lambda view: self._taken(reader, view),
            failed=lambda fault: self._failed(reader, fault),
        )

    def _taken(self, reader: PerformanceReader, view: PerformanceView) -> None:
        self._reading = False
        if reader is self._reader:
            self._of_session = True
            self.notice.clear()
            self._show(view)
        if self._again or reader is not self._reader:
            self._read()

    def _failed(self, reader: PerformanceReader, fault: LabappError) -> None:
        self._reading = False
        if reader is self._reader:
            self.notice.show_fault(fault, self.tr("Try again"), self._read)
        else:
            self._read()

    # What is shown ----------------------------------------------------------------------------------------------------

    def _show(self, view: PerformanceView) -> None:
        self._view = view
        self._stack.setCurrentIndex(0 if view.parameters else 1)
        self.source.setText(view.source)
        self.note.setText(view.note)
        self._show_table()
        self.plots.show_parameters(view.parameters, view.axis)
        self._show_samples()
        self.status_changed.emit()

    def _show_table(self) -> None:
        rows = self._view.parameters
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for index, parameter in enumerate(rows):
            self._show_row(index, parameter)
        self._chosen = min(self._chosen, max(0, len(rows) - 1))
        if rows:
            self.table.setCurrentCell(self._chosen, 0)
        self.table.blockSignals(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        height = header.sizeHint().height() + sum(self.table.rowHeight(row) for row in range(len(rows)))
        self.table.setFixedHeight(height + 2 * self.table.frameWidth() + 4)

    def _show_row(self, index: int, parameter: Parameter) -> None:
        figures = (
            parameter.value,
            str(len(parameter.samples)),
            parameter.minimum,
            parameter.median,
            parameter.p95,
            parameter.maximum,
            parameter.declared,
            parameter.limit,
        )
        words = (parameter.title, *figures, _SHAPES[parameter.tone] + parameter.comparison)
        for column, cell in enumerate(words):
            item = QTableWidgetItem(cell)
            if 1 <= column <= len(figures):
                item.setFont(theme.font("mono", bold=column == 1))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == len(words) - 1:
                item.setForeground(theme.colour(_TONES[parameter.tone]))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, parameter.spoken if column == 0 else cell)
            if column == 0:
                item.setToolTip(parameter.spoken)
            elif column == 1:
                item.setToolTip(self.tr("The {0} of all").format(parameter.statistic))
            self.table.setItem(index, column, item)

    def choose(self, index: int) -> None:
        """Show the measurements of a parameter, by its place in the table."""
        if not 0 <= index < len(self._view.parameters):
            return
        self._chosen = index
        if self.table.currentRow() != index:
            self.table.setCurrentCell(index, 0)
        self._show_samples()
        value_at = self._view.parameters[index].value_at
        if value_at is None:
            self.plots.choose(index)
        else:
            self._choose_sample(value_at)

    def _show_samples(self) -> None:
        if not self._view.parameters:
            return
        parameter = self._view.parameters[self._chosen]
        self.heading.setText(f"{parameter.title}: {parameter.count}")
        self.list_empty.setText(parameter.missing)
        self.list_empty.setVisible(bool(parameter.missing))
        self.list.setVisible(not parameter.missing)
        chosen = self.list.currentIndex().row()
        self.samples.show_rows(parameter.samples)
        if 0 <= chosen < len(parameter.samples) and self.list.currentIndex().row() != chosen:
            self.list.selectRow(chosen)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Columns are as wide as their words once fonts are known."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        header = self.list.horizontalHeader()
        self.list.resizeColumnsToContents()
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)

    def _choose_sample(self, index: int) -> None:
        self.list.selectRow(index)
        self.list.scrollTo(self.samples.index(index, 0))
        self._sample_row(index)

    def _sample_row(self, row: int) -> None:
        self.plots.choose(self._chosen, row if row >= 0 else None)


def _measuring(draft: Draft | None) -> Mapping[str, Sequence[str]]:
    """The cases that measure the parameters of a project."""
    return measuring_cases(draft.sut, draft.ocpp) if draft is not None else {}


def _view_of(reader: PerformanceReader, draft: Draft | None, running: bool) -> PerformanceView:
    """The page of a session, read and put into words; it takes long where there are thousands of measurements."""
    measured = reader.read()
    return performance_view(
        measured,
        draft,
        measuring_cases(measured.sut, measured.ocpp) if measured.sut else _measuring(draft),
        running=running,
    )
