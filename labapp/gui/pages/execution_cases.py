"""The tree of cases, by block: verdict, duration, tries."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import label
from labapp.presentation.execution import CaseRow, block_title, next_line, progress_line, row_of
from labapp.presentation.looks import look_of
from labapp.presentation.session import Session

_ID = Qt.ItemDataRole.UserRole


class CaseTree(QWidget):
    """The cases; below them how far the session is, and what comes next. chosen: the id of the case that is selected."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(10)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(self.tr("Cases"))
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._current_changed)
        self._progress = label("", look="heading", wraps=True)
        self._next = label("", look="muted", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.tree, 1)
        column.addWidget(self._progress)
        column.addWidget(self._next)
        self._blocks: dict[str, QTreeWidgetItem] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._shown: dict[str, CaseRow] = {}
        theme.announcer.changed.connect(self._recolour)

    def show_session(self, session: Session, now: float) -> None:
        """Show the cases as they stand; rows that have not changed are left alone."""
        blocks = session.blocks
        if [case.id for block in blocks for case in block.cases] != list(self._items):
            self._build(session)
        for block in blocks:
            item = self._blocks[block.title]
            title = block_title(block)
            if item.text(0) != title:
                item.setText(0, title)
            for case in block.cases:
                self._show_row(row_of(case, now))
        self._progress.setText(progress_line(session))
        self._next.setText(next_line(session))
        self._next.setVisible(bool(self._next.text()))

    def select(self, case: str) -> None:
        """Select a case without telling anybody."""
        item = self._items.get(case)
        if item is not None and self.tree.currentItem() is not item:
            blocked = self.tree.blockSignals(True)
            self.tree.setCurrentItem(item)
            self.tree.blockSignals(blocked)
            self.tree.scrollToItem(item)
        elif item is None:
            blocked = self.tree.blockSignals(True)
            self.tree.setCurrentIndex(QModelIndex())
            self.tree.blockSignals(blocked)

    def _build(self, session: Session) -> None:
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        self._blocks, self._items, self._shown = {}, {}, {}
        bold = theme.font("body", bold=True)
        for block in session.blocks:
            parent = QTreeWidgetItem(self.tree)
            parent.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            parent.setFont(0, bold)
            parent.setExpanded(True)
            parent.setFirstColumnSpanned(True)
            parent.setSizeHint(0, QSize(0, 26))
            self._blocks[block.title] = parent
            for case in block.cases:
                item = QTreeWidgetItem(parent)
                item.setData(0, _ID, case.id)
                item.setFont(1, theme.font("mono"))
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setSizeHint(0, QSize(0, 26))
                self._items[case.id] = item
        self.tree.blockSignals(blocked)

    def _show_row(self, row: CaseRow) -> None:
        if self._shown.get(row.id) == row:
            return
        self._shown[row.id] = row
        item, look = self._items[row.id], look_of(row.look)
        note = f"  {row.note}" if row.note else ""
        item.setText(0, f"{look.shape}  {row.id}{note}")
        item.setText(1, row.duration)
        item.setToolTip(0, row.tip)
        spoken = f"{row.id}, {look.word or self.tr('to come')}, {row.duration} {row.note}".strip(" ,")
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        self._colour(item, row)

    def _colour(self, item: QTreeWidgetItem, row: CaseRow) -> None:
        item.setForeground(0, QBrush(theme.colour(look_of(row.look).colour)))
        item.setFont(0, theme.font("body", bold=row.look == "running"))

    def _recolour(self) -> None:
        for row in self._shown.values():
            self._colour(self._items[row.id], row)

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _ID):
            self.chosen.emit(str(item.data(0, _ID)))
