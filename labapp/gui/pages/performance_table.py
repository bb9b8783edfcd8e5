"""The measurements of one parameter as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from labapp.gui import theme
from labapp.presentation.performance import SampleRow

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_ALIGNED = (_RIGHT, _LEFT, _LEFT, _LEFT, _RIGHT)


class SampleTable(QAbstractTableModel):
    """Rows are measurements, in the order in which they are given."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[SampleRow, ...] = ()
        self._headers = (
            self.tr("Time"),
            self.tr("Case"),
            self.tr("Message"),
            self.tr("At (UTC)"),
            self.tr("Line"),
        )

    def show_rows(self, rows: tuple[SampleRow, ...]) -> None:
        """Show other measurements."""
        if rows is not self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:  # noqa: N802
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NONE) -> int:  # noqa: N802
        """The columns of the header."""
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._headers[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(_ALIGNED[section] | Qt.AlignmentFlag.AlignVCenter)
            if role == Qt.ItemDataRole.ToolTipRole and section == 4:
                return self.tr("Line of the journal that ended the measurement")
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (row.value, row.case, row.message, row.at, row.frame)[index.column()]
            case Qt.ItemDataRole.FontRole if index.column() in (0, 3, 4):
                return theme.font("mono", bold=row.is_value)
            case Qt.ItemDataRole.FontRole if row.is_value:
                return theme.font("body", bold=True)
            case Qt.ItemDataRole.ToolTipRole if index.column() == 2:
                return row.message
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in (0, 4):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
