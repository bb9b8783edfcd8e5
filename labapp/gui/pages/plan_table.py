"""The table of the plan: cases by block, each with a box for those that will be run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from labapp.gui import theme
from labapp.presentation.looks import look_of
from labapp.presentation.plan import Group
from labapp.presentation.plan_lines import PlanLine

CASE, RUN, TITLE, REQUIREMENT, APPLIES, WHY, VERDICT = range(7)
#: Widths in pixels; title and reason share the rest.
_WIDTHS = {CASE: 132, RUN: 40, REQUIREMENT: 56, APPLIES: 128, VERDICT: 132}

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PlanModel(QAbstractItemModel):
    """Groups and their cases, as the presentation has them."""

    #: id of the case, whether it is to be run.
    ticked = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._selected: frozenset[str] = frozenset()
        self._fixed = False

    def show_plan(self, groups: Sequence[Group], selected: Iterable[str], *, fixed: bool) -> bool:
        """Show the plan; True when other cases stand in it than before, so that everything was made anew."""
        anew = _shape(groups) != _shape(self._groups)
        if anew:
            self.beginResetModel()
        self._groups, self._selected, self._fixed = tuple(groups), frozenset(selected), fixed
        if anew:
            self.endResetModel()
        else:
            for at, group in enumerate(self._groups):
                place = self.index(at, 0)
                self.dataChanged.emit(place, place)
                self.dataChanged.emit(
                    self.index(0, 0, place), self.index(len(group.lines) - 1, self.columnCount() - 1, place)
                )
        return anew

    def line(self, index: Index) -> PlanLine | None:
        """The case in a row, None for the heading of a group."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1].lines[index.row()]

    def place(self, case: str) -> QModelIndex:
        """The row of a case, an invalid one when it is not shown."""
        for at, group in enumerate(self._groups):
            for row, line in enumerate(group.lines):
                if line.id == case:
                    return self.index(row, 0, self.index(at, 0))
        return QModelIndex()

    def group_title(self, index: Index) -> str:
        """The name of the group in a row."""
        return self._groups[index.row()].title

    def is_selected(self, case: str) -> bool:
        """Whether a case will be run."""
        return case in self._selected

    # What Qt asks -----------------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """The internal id is 0 for a group, else the number of its group."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        """The group of a case."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Groups, and cases below each."""
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() or parent.column() else len(self._groups[parent.row()].lines)

    def columnCount(self, _: Index = _NOWHERE) -> int:  # noqa: N802
        """The same for all."""
        return 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            titles = {
                CASE: self.tr("Case"),
                RUN: self.tr("Run"),
                TITLE: self.tr("Title"),
                REQUIREMENT: self.tr("M/C/O"),
                APPLIES: self.tr("Applies"),
                WHY: self.tr("Why"),
                VERDICT: self.tr("Last verdict"),
            }
            return titles[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Boxes of cases that labapp has can be ticked, unless the plan is fixed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        line = self.line(index)
        if line is not None and index.column() == RUN and line.available and not self._fixed:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """A box was ticked: the presentation decides what follows."""
        line = self.line(index)
        if line is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked.emit(line.id, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, and how it looks."""
        line = self.line(index)
        if line is None:
            return self._group_data(index, role) if index.isValid() else None
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(line, column)
            case Qt.ItemDataRole.ToolTipRole:
                return {TITLE: line.title, WHY: line.reason, VERDICT: line.availability}.get(column)
            case Qt.ItemDataRole.CheckStateRole if column == RUN and line.available:
                return Qt.CheckState.Checked if line.id in self._selected else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ForegroundRole:
                return theme.colour(_colour(line, column))
            case Qt.ItemDataRole.BackgroundRole:
                return theme.colour("marked") if line.was and column in (CASE, APPLIES) else None
            case Qt.ItemDataRole.FontRole:
                bold = column == VERDICT and bool(line.verdict)
                return theme.font("mono") if column == CASE else theme.font("body", bold=bold)
            case Qt.ItemDataRole.TextAlignmentRole if column == REQUIREMENT:
                return int(Qt.AlignmentFlag.AlignCenter)
            case Qt.ItemDataRole.AccessibleTextRole:
                return line.spoken if column == CASE else None
        return None

    def _group_data(self, index: Index, role: int) -> Any:
        if index.column():
            return None
        group = self._groups[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{group.title}   {group.counts}"
            case Qt.ItemDataRole.FontRole:
                return theme.font("body", bold=True)
            case Qt.ItemDataRole.BackgroundRole:
                return theme.colour("raised")
        return None


class _Delegate(QStyledItemDelegate):
    """Keeps the colours of verdicts in the row that is chosen."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """The colour of the text is that of the cell, chosen or not."""
        super().initStyleOption(option, index)
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        if colour is not None:
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour)


class PlanTable(QTreeView):
    """The plan. Space ticks what is selected."""

    #: id of the case that one looks at, "" for a group.
    looked_at = Signal(str)
    #: ids of cases, whether they are to be run.
    ticked = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self.plan = PlanModel(self)
        self.setModel(self.plan)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(self.tr("Cases of the plan"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QTreeView::item { padding: 4px 4px; }")
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        header.setSectionsMovable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(self.plan.columnCount()):
            if column in _WIDTHS:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, _WIDTHS[column])
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._folded: set[str] = set()
        self.collapsed.connect(lambda index: self._folded.add(self.plan.group_title(index)))
        self.expanded.connect(lambda index: self._folded.discard(self.plan.group_title(index)))
        self.plan.ticked.connect(lambda case, run: self.ticked.emit((case,), run))
        self.selectionModel().currentRowChanged.connect(lambda index, _: self.looked_at.emit(self.case_of(index)))
        theme.announcer.changed.connect(self.viewport().update)

    @property
    def case(self) -> str:
        """The case that one looks at, "" for none."""
        return self.case_of(self.currentIndex())

    def case_of(self, index: Index) -> str:
        """The case in a row, "" for the heading of a group."""
        line = self.plan.line(index)
        return line.id if line is not None else ""

    def show_plan(self, groups: Sequence[Group], selected: Iterable[str], *, fixed: bool) -> None:
        """Show the plan; where one looks and what is folded stays."""
        case, place = self.case, self.verticalScrollBar().value()
        if not self.plan.show_plan(groups, selected, fixed=fixed):
            return
        for at, group in enumerate(groups):
            index = self.plan.index(at, 0)
            self.setFirstColumnSpanned(at, _NOWHERE, True)
            self.setExpanded(index, group.title not in self._folded)
        self.verticalScrollBar().setValue(place)
        index = self._where_to_look(case, groups)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.looked_at.emit("")

    def _where_to_look(self, case: str, groups: Sequence[Group]) -> QModelIndex:
        """The same case, else the first one; a group that is folded is not opened for it."""
        index = self.plan.place(case)
        if index.isValid() and self.isExpanded(index.parent()):
            return index
        open_groups = [group for group in groups if group.title not in self._folded]
        return self.plan.place(open_groups[0].lines[0].id) if open_groups else self.plan.index(0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space ticks or unticks every selected case, as the one that one looks at."""
        if event.key() == Qt.Key.Key_Space and self.case:
            cases = [self.case_of(index) for index in self.selectionModel().selectedRows()]
            run = not self.plan.is_selected(self.case)
            self.ticked.emit(tuple(case for case in (*cases, self.case) if case), run)
            return
        super().keyPressEvent(event)


def _shape(groups: Sequence[Group]) -> list[tuple[str, list[str]]]:
    return [(group.title, [line.id for line in group.lines]) for group in groups]


def _cell(line: PlanLine, column: int) -> str:
    look = look_of(line.verdict)
    cells = {
        CASE: line.id,
        TITLE: line.title,
        REQUIREMENT: line.requirement,
        APPLIES: f"{line.sign.shape} {line.sign.word}",
        WHY: f"{line.was} · {line.short_reason}" if line.was else line.short_reason,
        VERDICT: f"{look.shape} {look.word}" if line.verdict else line.availability,
    }
    return cells.get(column, "")


def _colour(line: PlanLine, column: int) -> str:
    if column == APPLIES:
        return line.sign.colour
    if column == VERDICT and line.verdict:
        return look_of(line.verdict).colour
    if column in (CASE, TITLE, REQUIREMENT):
        return "muted" if line.sign.colour == "muted" else "text"
    return "muted"
