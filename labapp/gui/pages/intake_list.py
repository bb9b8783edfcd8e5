"""The list of the forms with their progress, and the questions that are found in them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from labapp.gui import theme
from labapp.presentation.intake import FormView, Hit
from labapp.presentation.intake_questions import Standing, mark_of

_ENTRY = 60
_ROLE = Qt.ItemDataRole.UserRole


class _FormDelegate(QStyledItemDelegate):
    """Draws a form: its title, how many questions are answered, what it lacks, and a bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """Every form is as high as the others."""
        return QSize(option.rect.width(), _ENTRY)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a form."""
        form: FormView = index.data(_ROLE)
        tokens = theme.current()
        painter.save()
        area = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(area, theme.colour("selected"))
            painter.fillRect(QRect(area.left(), area.top(), 4, area.height()), theme.colour("accent"))
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.colour("focus"))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        inner = area.adjusted(16, 8, -12, -8)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        top = Qt.AlignmentFlag.AlignTop
        painter.setFont(theme.font("body", bold=chosen))
        painter.setPen(theme.colour("text"))
        painter.drawText(inner, left | top, form.title)
        painter.setFont(theme.font("small"))
        below = inner.adjusted(0, 22, 0, 0)
        painter.setPen(theme.colour("muted"))
        painter.drawText(below, left | top, form.progress)
        if form.remark:
            mark = mark_of(form.standing)
            painter.setPen(theme.colour(mark.colour))
            painter.drawText(below, right | top, f"{mark.shape} {form.remark}")
        elif form.standing is Standing.ANSWERED:
            mark = mark_of(form.standing)
            painter.setPen(theme.colour(mark.colour))
            painter.drawText(below, right | top, mark.shape)
        bar = QRect(inner.left(), area.bottom() - 8, inner.width(), 3)
        painter.fillRect(bar, tokens.line)
        done = form.count(Standing.ANSWERED)
        bar.setWidth(round(bar.width() * done / max(1, len(form.questions))))
        painter.fillRect(bar, theme.colour("accent"))
        painter.restore()


class _Search(QLineEdit):
    """Where one searches: Down goes to what was found, Escape gives up."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys that leave the field."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.down.emit()
        else:
            super().keyPressEvent(event)


class FormList(QWidget):
    """The forms, or while something is searched for the questions that were found."""

    #: name of the form.
    chosen = Signal(str)
    #: words that are searched for.
    searched = Signal(str)
    #: key of the question that was found and chosen.
    found = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.search = _Search()
        self.search.setPlaceholderText(self.tr("Find a question  Ctrl+F"))
        self.search.setAccessibleName(self.tr("Find a question"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)
        self.search.textChanged.connect(self.searched.emit)
        self.search.returnPressed.connect(self._go_first)
        self.search.down.connect(self._to_hits)
        self.forms = QListWidget()
        self.forms.setAccessibleName(self.tr("Forms"))
        self.forms.setItemDelegate(_FormDelegate(self.forms))
        self.forms.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.forms.currentItemChanged.connect(self._tell)
        self.hits = QListWidget()
        self.hits.setAccessibleName(self.tr("Questions that were found"))
        self.hits.setWordWrap(True)
        self.hits.setSpacing(2)
        self.hits.itemActivated.connect(self._go)
        self.hits.itemClicked.connect(self._go)
        self.hits.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.forms, 1)
        column.addWidget(self.hits, 1)
        theme.announcer.changed.connect(self.forms.viewport().update)

    @property
    def current(self) -> str:
        """The name of the form that is chosen, "" for none."""
        item = self.forms.currentItem()
        return str(item.data(_ROLE).name) if item is not None else ""

    def show_forms(self, forms: Sequence[FormView]) -> None:
        """Show how the forms stand."""
        for at, form in enumerate(forms):
            if at == self.forms.count():
                self.forms.addItem(QListWidgetItem())
            item = self.forms.item(at)
            item.setData(_ROLE, form)
            spoken = ", ".join(part for part in (form.title, form.progress, form.remark) if part)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            item.setToolTip(form.full_title)
        if self.forms.currentItem() is None:
            self.forms.setCurrentRow(0)

    def choose(self, form: str) -> None:
        """Choose a form by its name."""
        for at in range(self.forms.count()):
            if self.forms.item(at).data(_ROLE).name == form:
                self.forms.setCurrentRow(at)

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show what was found; the forms again when nothing is searched for."""
        searching = bool(self.search.text().strip())
        self.hits.clear()
        for hit in hits:
            item = QListWidgetItem(f"{hit.label}\n{hit.form}")
            item.setData(_ROLE, hit.key)
            self.hits.addItem(item)
        if searching and not hits:
            none = QListWidgetItem(self.tr("No question has these words."))
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.hits.addItem(none)
        self.hits.setVisible(searching)
        self.forms.setVisible(not searching)

    def _to_hits(self) -> None:
        if self.hits.isVisible() and self.hits.count():
            self.hits.setCurrentRow(0)
            self.hits.setFocus(Qt.FocusReason.TabFocusReason)

    def _go_first(self) -> None:
        self._go(self.hits.item(0))

    def _go(self, item: QListWidgetItem | None) -> None:
        key = item.data(_ROLE) if item is not None else None
        if key:
            self.search.clear()
            self.found.emit(key)

    def _tell(self) -> None:
        if self.current:
            self.chosen.emit(self.current)
