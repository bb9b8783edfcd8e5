"""The step list, painted: it ticks as frames arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from labapp.gui import theme
from labapp.presentation.execution_steps import StepRow

_ROW = Qt.ItemDataRole.UserRole
_LINE, _NOTE = 28, 20

Index = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[StepRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case _ if role == _ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.what
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((row.spoken, *row.notes))
        return None

    def show(self, rows: Sequence[StepRow]) -> None:
        """Show these rows; only those that differ are drawn anew."""
        new = tuple(rows)
        if len(new) != len(self.rows) or any(len(a.notes) != len(b.notes) for a, b in zip(new, self.rows, strict=True)):
            self.beginResetModel()
            self.rows = new
            self.endResetModel()
            return
        changed = [at for at, (a, b) in enumerate(zip(new, self.rows, strict=True)) if a != b]
        self.rows = new
        for at in changed:
            self.dataChanged.emit(self.index(at), self.index(at))


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        row: StepRow = index.data(_ROW)
        return QSize(200, _LINE + _NOTE * len(row.notes))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: StepRow = index.data(_ROW)
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selected"))
        if row.gone is not None:
            bar = QRectF(box.left() + 44, box.top() + _LINE - 3, (box.width() - 60) * row.gone, 3)
            painter.fillRect(bar, theme.colour("accent"))
        line = QRectF(box.left(), box.top(), box.width(), _LINE)
        self._line(painter, row, line)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("verdict_fail" if row.state in ("failed", "missing") else "muted"))
        for number, note in enumerate(row.notes):
            below = QRectF(box.left() + 76, box.top() + _LINE + number * _NOTE - 3, box.width() - 84, _NOTE)
            short = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, int(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, short)
        painter.restore()

    def _line(self, painter: QPainter, row: StepRow, box: QRectF) -> None:
        left, middle = box.left(), Qt.AlignmentFlag.AlignVCenter
        right = middle | Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font("mono"))
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(left, box.top(), 40, box.height()), right, row.number)
        width = painter.fontMetrics().horizontalAdvance(f"{row.right}  ")
        painter.drawText(QRectF(box.right() - width - 8, box.top(), width, box.height()), right, row.right)
        painter.setPen(theme.colour(row.colour))
        painter.setFont(theme.font("body", bold=True))
        painter.drawText(
            QRectF(left + 48, box.top(), 20, box.height()), middle | Qt.AlignmentFlag.AlignHCenter, row.shape
        )
        bold = row.state == "waiting"
        painter.setFont(theme.font("body", bold=bold))
        painter.setPen(theme.colour("text" if row.state not in ("", "skipped") else "muted"))
        free = box.width() - 76 - width - 16
        metrics = painter.fontMetrics()
        what = metrics.elidedText(row.what, Qt.TextElideMode.ElideRight, int(free))
        painter.drawText(QRectF(left + 76, box.top(), free, box.height()), middle, what)
        used = metrics.horizontalAdvance(what) + 12
        if row.stated and free - used > 40:
            painter.setFont(theme.font("body", bold=True))
            painter.setPen(theme.colour("text" if row.state else "muted"))
            stated = painter.fontMetrics().elidedText(row.stated, Qt.TextElideMode.ElideRight, int(free - used))
            painter.drawText(QRectF(left + 76 + used, box.top(), free - used, box.height()), middle, stated)
            used += painter.fontMetrics().horizontalAdvance(stated) + 12
        if row.bracket:
            self._bracket(painter, row, box, left + 76 + used, free - used)

    def _bracket(self, painter: QPainter, row: StepRow, box: QRectF, behind: float, free: float) -> None:
        painter.setPen(QPen(theme.colour("edge"), 1.5))
        at, middle = box.left() + 8, box.center().y()
        top = middle if row.bracket == "first" else box.top()
        bottom = middle if row.bracket == "last" else box.bottom() + _NOTE * len(row.notes)
        painter.drawLine(QPointF(at, top), QPointF(at, bottom))
        if row.bracket != "middle":
            painter.drawLine(QPointF(at, middle), QPointF(at + 7, middle))
        if row.bracket == "first":
            painter.setPen(theme.colour("muted"))
            painter.setFont(theme.font("small"))
            text = self.tr("either order")
            if painter.fontMetrics().horizontalAdvance(text) <= free:
                place = QRectF(behind, box.top(), free, box.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


class StepList(QListView):
    """The steps of a case."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Rows()
        self.setModel(self._model)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(self.tr("Steps"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.announcer.changed.connect(self.viewport().update)

    @property
    def rows(self) -> tuple[StepRow, ...]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[StepRow]) -> None:
        """Show these rows, and keep in sight what is waited for."""
        before = [row.state for row in self._model.rows]
        self._model.show(rows)
        if [row.state for row in rows] != before:
            self._keep_in_sight()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A prompt that comes takes room away; what is waited for stays in sight."""
        super().resizeEvent(event)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        rows = self._model.rows
        waiting = next((at for at, row in enumerate(rows) if row.state == "waiting"), len(rows) - 1)
        if waiting >= 0:
            self.scrollTo(self._model.index(min(waiting + 1, len(rows) - 1)))
