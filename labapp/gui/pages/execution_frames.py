"""The message log, live: frames by time, with a filter, and one frame in pretty JSON."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from labapp.gui import theme
from labapp.gui.widgets.labels import label
from labapp.presentation.frames import Frame, FrameFilter, FrameLog
from labapp.presentation.frames_json import pretty

Index = QModelIndex | QPersistentModelIndex

TIME, ARROW, MESSAGE, CONNECTOR, SEQ = range(5)


class FrameModel(QAbstractTableModel):
    """The frames that pass the filter. `catch_up` takes what the log has got since: one insertion, one removal."""

    def __init__(self) -> None:
        super().__init__()
        self._log = FrameLog()
        self._filter = FrameFilter()
        self._shown: list[Frame] = []
        self._seen = 0
        self._marks = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Frames shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Time, direction, message, connector, number."""
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("UTC"), "", self.tr("message"), self.tr("con."), self.tr("no."))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        frame = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(frame, index.column())
            case Qt.ItemDataRole.ForegroundRole:
                return self._brush(frame, index.column())
            case Qt.ItemDataRole.AccessibleTextRole if index.column() in (ARROW, MESSAGE):
                return frame.direction if index.column() == ARROW else frame.spoken
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(mark.text for mark in frame.marks) or frame.direction
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in (ARROW, CONNECTOR, SEQ):
                return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def _text(self, frame: Frame, column: int) -> str:
        match column:
            case 0:
                return frame.time
            case 1:
                return frame.arrow
            case 2:
                return f"✗ {frame.message}" if frame.marks else frame.message
            case 3:
                return frame.connector
        return str(frame.seq)

    def _brush(self, frame: Frame, column: int) -> QBrush | None:
        if frame.marks and column == MESSAGE:
            return QBrush(theme.colour("verdict_fail"))
        if column in (TIME, SEQ) or frame.kind != "CALL":
            return QBrush(theme.colour("muted"))
        return None

    def frame(self, row: int) -> Frame:
        """The frame of a row."""
        return self._shown[row]

    def row_of(self, seq: int) -> int | None:
        """The row of a record's number; None when it is not shown."""
        return next((at for at, frame in enumerate(self._shown) if frame.seq == seq), None)

    def show_log(self, log: FrameLog) -> None:
        """Show another log."""
        self._log = log
        self._again()

    def set_filter(self, chosen: FrameFilter) -> None:
        """Show other frames of the log."""
        if chosen != self._filter:
            self._filter = chosen
            self._again()

    def catch_up(self) -> None:
        """Take what has been appended to the log, and let go what it has let go."""
        log = self._log
        if self._shown and not log.rows:
            self._again()
            return
        if log.marks != self._marks and self._filter.findings_only:
            self._again()
            return
        if log.marks != self._marks and self._shown:
            self._marks = log.marks
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, SEQ))
        if self._shown and log.rows and self._shown[0].seq < log.rows[0].seq:
            first = log.rows[0].seq
            gone = next((at for at, frame in enumerate(self._shown) if frame.seq >= first), len(self._shown))
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._shown[:gone]
            self.endRemoveRows()
        fresh = log.rows[max(0, self._seen - log.dropped) :]
        self._seen = log.appended
        passed = fresh if self._filter.empty else list(filter(self._filter.test(), fresh))
        if passed:
            at = len(self._shown)
            self.beginInsertRows(QModelIndex(), at, at + len(passed) - 1)
            self._shown += passed
            self.endInsertRows()

    def _again(self) -> None:
        self.beginResetModel()
        self._shown = [*self._log.rows] if self._filter.empty else list(filter(self._filter.test(), self._log.rows))
        self._seen, self._marks = self._log.appended, self._log.marks
        self.endResetModel()


class FramePanel(QWidget):
    """The log with its filter above and the chosen frame below."""

    def __init__(self) -> None:
        super().__init__()
        self.model = FrameModel()
        self.words = QLineEdit()
        self.words.setPlaceholderText(self.tr("filter: action or text"))
        self.words.setAccessibleName(self.tr("Filter by action or text"))
        self.words.setClearButtonEnabled(True)
        self.connector = QComboBox()
        self.connector.setAccessibleName(self.tr("Filter by connector"))
        self.connector.addItem(self.tr("all connectors"), "")
        self.findings = QCheckBox(self.tr("findings only"))
        self.table = _table(self.model)
        self.table.setAccessibleName(self.tr("Frames"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(theme.font("mono"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The chosen frame"))
        self.text.setPlaceholderText(self.tr("Choose a frame to read it here."))
        self._finding = label("", look="problem", wraps=True)
        self._finding.hide()
        self._chosen: Frame | None = None
        self._lay_out()
        self.words.textChanged.connect(self._filter_changed)
        self.connector.currentIndexChanged.connect(self._filter_changed)
        self.findings.toggled.connect(self._filter_changed)
        self.table.selectionModel().currentRowChanged.connect(self._chosen_changed)
        theme.announcer.changed.connect(self._show_chosen)

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addWidget(self.connector)
        choices.addWidget(self.findings)
        choices.addStretch(1)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(8)
        above.addWidget(self.words)
        above.addLayout(choices)
        above.addWidget(self.table, 1)
        above.addWidget(label(self.tr("→ from the device   ← to the device   ↳ answer"), look="small"))
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self._finding)
        below.addWidget(self.text, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([420, 260])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    # ------------------------------------------------------------------------------------------------------------------

    def show_log(self, log: FrameLog) -> None:
        """Show the log of a session."""
        self.model.show_log(log)
        self._show_frame(None)
        self._know_connectors()
        self.table.scrollToBottom()

    def catch_up(self) -> None:
        """Show what has come; the newest stays in sight unless one reads further up."""
        bar = self.table.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        before = self.model.rowCount()
        self.model.catch_up()
        if self.model.rowCount() != before:
            self._know_connectors()
            if follows:
                self.table.scrollToBottom()

    def show_seq(self, seq: int) -> bool:
        """Show the frame of a record; whether it is kept."""
        self.model.catch_up()
        row = self.model.row_of(seq)
        if row is None and not self._current().empty:
            self.words.clear()
            self.connector.setCurrentIndex(0)
            self.findings.setChecked(False)
            row = self.model.row_of(seq)
        if row is None:
            return False
        self.table.selectRow(row)
        self.table.scrollTo(self.model.index(row, MESSAGE), QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def _current(self) -> FrameFilter:
        return FrameFilter(self.words.text(), str(self.connector.currentData() or ""), self.findings.isChecked())

    def _filter_changed(self) -> None:
        self.model.set_filter(self._current())
        self.table.scrollToBottom()

    def _know_connectors(self) -> None:
        known = {str(self.connector.itemData(at)) for at in range(self.connector.count())}
        last = range(max(0, self.model.rowCount() - 200), self.model.rowCount())
        for name in sorted({self.model.frame(row).connector for row in last} - known, key=lambda each: each.zfill(6)):
            self.connector.addItem(self.tr("connector {0}").format(name), name)

    def _chosen_changed(self, current: QModelIndex) -> None:
        self._show_frame(self.model.frame(current.row()) if current.isValid() else None)

    def _show_chosen(self) -> None:
        self._show_frame(self._chosen)

    def _show_frame(self, frame: Frame | None) -> None:
        self._chosen = frame
        self._finding.setVisible(frame is not None and bool(frame.marks))
        if frame is None:
            self.text.clear()
            self.text.setExtraSelections([])
            return
        self._finding.setText("\n".join(mark.text for mark in frame.marks))
        lines = pretty(frame.text, [mark.field for mark in frame.marks])
        self.text.setPlainText("\n".join(line.text for line in lines))
        marked = [number for number, line in enumerate(lines) if line.marked]
        self.text.setExtraSelections([self._mark(number) for number in marked])
        if marked:
            self.text.setTextCursor(QTextCursor(self.text.document().findBlockByNumber(marked[0])))
            self.text.centerCursor()

    def _mark(self, line: int) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setBackground(QColor(theme.colour("marked")))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection.format = look
        selection.cursor = QTextCursor(self.text.document().findBlockByNumber(line))
        return selection


def _table(model: FrameModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setFont(theme.font("mono"))
    table.verticalHeader().hide()
    # A fixed height: at a thousand frames a second no row is measured.
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(22)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setMinimumSectionSize(20)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(MESSAGE, QHeaderView.ResizeMode.Stretch)
    for column, width in ((TIME, 100), (ARROW, 24), (CONNECTOR, 42), (SEQ, 48)):
        table.setColumnWidth(column, width)
    return table
