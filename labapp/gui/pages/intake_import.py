"""What a file offers, on the page: what it would change and what is wrong with it, before anything is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem

from labapp.gui.widgets.labels import button, card, label
from labapp.presentation.intake_files import Offer

_ROW = 26
_LEAST_ROWS = 3


class ImportPanel(QFrame):
    """The offer of a file. `taken`: the technician wants it; `closed`: he leaves all as it is, or has seen it."""

    taken = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        frame, column = card(self)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.headline = label("", look="heading", wraps=True)
        self.advice = label("", look="muted", wraps=True)
        self.faults_title = label(self.tr("Wrong in the file"), look="problem")
        self.faults = _table(self.tr("What is wrong in the file"))
        self.changes_title = label(self.tr("What changes here"), look="muted")
        self.changes = _table(self.tr("What changes in the declaration"))
        self.take_button = button("", self.taken.emit, kind="primary")
        self.close_button = button("", self.closed.emit)
        buttons = QHBoxLayout()
        buttons.addWidget(self.take_button)
        buttons.addWidget(self.close_button)
        buttons.addStretch(1)
        column.addWidget(self.headline)
        column.addWidget(self.advice)
        column.addLayout(buttons)
        column.addWidget(self.faults_title)
        column.addWidget(self.faults, 20)
        column.addWidget(self.changes_title)
        column.addWidget(self.changes, 20)
        column.addStretch(1)
        self.hide()

    def show_offer(self, offer: Offer, *, settled: str = "") -> None:
        """Show what a file offers. settled: what was done with it already, so that only its faults are left to read."""
        self.headline.setText(settled or offer.headline)
        self.advice.setText(
            self.tr("These answers of the file could not be used; they are missing here now.")
            if settled
            else offer.advice
        )
        self.advice.setVisible(bool(self.advice.text()))
        asks = bool(offer.accept) and not settled
        self.take_button.setText(offer.accept)
        self.take_button.setAccessibleName(offer.accept)
        self.take_button.setVisible(asks)
        words = self.tr("Leave all as it is") if asks else self.tr("Close")
        self.close_button.setText(words)
        self.close_button.setAccessibleName(words)
        _fill(
            self.faults,
            (self.tr("Where"), self.tr("What is wrong"), self.tr("How to mend it")),
            [(each.where, each.what, each.mend) for each in offer.faults],
        )
        _fill(
            self.changes,
            (self.tr("Question"), self.tr("Stands here"), self.tr("In the file")),
            [] if settled else [(each.label, each.was, each.becomes) for each in offer.changes],
        )
        self.faults_title.setVisible(bool(offer.faults))
        self.changes_title.setVisible(self.changes.rowCount() > 0)
        self.show()
        (self.take_button if asks else self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)


def _table(name: str) -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setStyleSheet("QTableView::item { padding-left: 5px; }")
    table.setTabKeyNavigation(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(_ROW)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setHighlightSections(False)
    return table


def _fill(table: QTableWidget, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table.setHorizontalHeaderLabels(list(titles))
    table.setRowCount(len(rows))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(at, column, item)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    header.setMaximumSectionSize(320)
    edges = header.sizeHint().height() + 4
    table.setMinimumHeight(min(len(rows), _LEAST_ROWS) * _ROW + edges)
    table.setMaximumHeight(len(rows) * _ROW + edges)
    table.setVisible(bool(rows))
