"""The fields of the set-up page: label, entry, unit, help beside, and what is wrong below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.errors import InputError
from labapp.gui.widgets.labels import button, label
from labapp.presentation.setup import Section
from labapp.presentation.setup_fields import Field, entered
from labapp.presentation.stages import STATE_SHAPE, State

#: Widths in pixels: an entry is no wider than one reads at a glance, and help no wider than some 60 characters.
_ENTRY = {"short": 136, "long": 264}
_LABEL = 148
_HELP = 440
#: Below this width the help stands under the entry.
_NARROW, _NARROW_LABEL = 600, 116


class Chooser(QComboBox):
    """A list of choices that the wheel does not change while the page is scrolled over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Left to the page."""
        event.ignore()


class FieldRow(QWidget):
    """One key of the project."""

    #: The field and what was typed; the field and the value that was chosen.
    typed = Signal(object, str)
    chosen = Signal(object, object)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._refused: InputError | None = None
        self._label = label(field.label, wraps=True)
        self._label.setFixedWidth(_LABEL)
        self.entry: QLineEdit | Chooser = Chooser() if field.kind == "choice" else QLineEdit()
        self._label.setBuddy(self.entry)
        self._unit = label(field.unit, look="muted")
        self._help = label("", look="muted", wraps=True)
        self._problem = label("", look="problem", wraps=True)
        self._build_entry(field)
        row = QGridLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setHorizontalSpacing(12)
        row.setVerticalSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._label, 0, 0, top)
        place = QWidget()
        place.setFixedWidth(_ENTRY["long"])
        inside = QHBoxLayout(place)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.entry)
        inside.addWidget(self._unit)
        inside.addStretch(1)
        self._unit.setVisible(bool(field.unit))
        row.addWidget(place, 0, 1, top)
        row.addWidget(self._help, 0, 2, top)
        row.addWidget(self._problem, 2, 1, 1, 2)
        row.setColumnStretch(2, 1000)
        row.setColumnStretch(3, 1)
        self._grid = row
        self._help.setMaximumWidth(_HELP)
        for each in (self._label, self._help):
            each.setContentsMargins(0, 5, 0, 0)
        self.show_field(field)

    def _build_entry(self, field: Field) -> None:
        # Numbers are short; what a choice shows decides its width.
        short = field.kind == "text" and field.row.type in ("integer", "number", "date")
        self.entry.setFixedWidth(_ENTRY["short" if short else "long"])
        self.entry.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.entry.setAccessibleName(f"{field.label}, {field.unit}" if field.unit else field.label)
        if isinstance(self.entry, QLineEdit):
            # What is too long is said to be too long, not cut.
            self.entry.setMaxLength(4000)
            self.entry.textEdited.connect(lambda text: self.typed.emit(self.field, text))
        else:
            self.entry.activated.connect(self._choose)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is no room beside the entry, the help stands below it."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        if narrow != (self._grid.itemAtPosition(0, 2) is None):
            self._grid.removeWidget(self._help)
            place = (1, 1, 1, 2) if narrow else (0, 2, 1, 1)
            self._grid.addWidget(self._help, *place, Qt.AlignmentFlag.AlignTop)
            self._label.setFixedWidth(_NARROW_LABEL if narrow else _LABEL)

    def show_field(self, field: Field) -> None:
        """Show what stands in the project; what the technician is typing is left as he types it."""
        self.field = field
        if isinstance(self.entry, QLineEdit):
            self.entry.setPlaceholderText(self._placeholder(field))
            if self._refused is None and entered(field.row, self.entry.text()) != entered(field.row, field.text):
                self.entry.setText(field.text)
        else:
            self._show_choices(self.entry, field)
        self._help.setText(" ".join(self._help_of(field)))
        self._show_problem()

    def refuse(self, fault: InputError | None) -> None:
        """Say why what was typed is not kept; None: it is."""
        self._refused = fault
        self._show_problem()

    def forget_refused(self) -> None:
        """Take what was refused out of the field: it may be a secret."""
        if self._refused is not None and isinstance(self.entry, QLineEdit):
            self._refused = None
            self.entry.setText(self.field.text)
            self._show_problem()

    @property
    def problem(self) -> str:
        """What is shown to be wrong, "" for nothing."""
        return self._problem.text()

    def _show_choices(self, entry: Chooser, field: Field) -> None:
        words = [each.words for each in field.choices]
        if field.chosen < 0:
            words.append(field.text)
        if [entry.itemText(at) for at in range(entry.count())] != words:
            entry.clear()
            entry.addItems(words)
        entry.setCurrentIndex(field.chosen if field.chosen >= 0 else len(words) - 1)

    def _choose(self, at: int) -> None:
        if at < len(self.field.choices):
            self.chosen.emit(self.field, self.field.choices[at].value)

    def _placeholder(self, field: Field) -> str:
        if field.otherwise:
            return self.tr("{0} (standard)").format(field.otherwise)
        return self.tr("env:NAME or keyring:SERVICE/USER") if field.kind == "secret" else ""

    def _help_of(self, field: Field) -> list[str]:
        parts = [field.help]
        if field.note:
            parts.append(f"{field.note[:1].upper()}{field.note[1:]}.")
        if field.row.type.startswith(("list of strings", "table")):
            parts.append(self.tr("Several are separated by semicolons."))
        return parts

    def _show_problem(self) -> None:
        if self._refused is not None:
            words = f"{self._refused.what}; {self._refused.mend}"
        elif self.field.problem is not None:
            words = f"{self.field.problem.what}; {self.field.problem.mend}"
        elif self.field.missing:
            words = self.tr("not stated, and needed by {0}").format(_few(self.field.needed_by))
        else:
            words = ""
        # What was never entered is still to do; what was entered wrongly is a problem.
        wrong = self._refused is not None or (self.field.problem is not None and bool(self.field.text))
        shape = STATE_SHAPE[State.PROBLEM if wrong else State.TO_DO]
        self._problem.setText(f"{shape} {words}" if words else "")
        self._problem.setVisible(bool(words))
        _restyle(self._problem, "look", "problem" if wrong else "warning")
        _restyle(self.entry, "state", "problem" if wrong else "")
        self.entry.setAccessibleDescription(f"{words}. {self._help.text()}" if words else self._help.text())


class SectionView(QWidget):
    """Fields that belong together, under a heading; folded ones under a button that opens them."""

    def __init__(self, section: Section, rows: Rows) -> None:
        super().__init__()
        self.section = section
        self._rows = rows
        self._names: tuple[str, ...] = ()
        self._only: frozenset[str] | None = None
        self.open = not section.folded
        self.toggle: QPushButton = button("", self._toggle, kind="link")
        self.toggle.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._heading = label(section.title, look="heading")
        self._note = label("", look="muted", wraps=True)
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self.toggle)
        column.addWidget(self._note)
        column.addLayout(self._body)

    def show_section(self, section: Section, only: frozenset[str] | None = None) -> None:
        """Show the fields of now. only: names of those that a search has found, None for all."""
        self.section, self._only = section, only
        shown = [each for each in section.fields if only is None or each.name in only]
        searched = only is not None
        self.setVisible(bool(shown) or (not section.folded and not searched))
        self._heading.setVisible(bool(section.title) and (not section.folded or searched))
        self._heading.setText(section.title)
        self.toggle.setVisible(section.folded and not searched)
        stated = sum(bool(each.text) for each in section.fields)
        wrong = any(each.problem is not None for each in section.fields)
        words = f"{'▾' if self.open else '▸'} {section.title}"
        if stated:
            words = self.tr("{0} · {1} stated").format(words, stated)
        self.toggle.setText(f"{words} {STATE_SHAPE[State.PROBLEM]}" if wrong else words)
        self.toggle.setAccessibleName(section.title)
        self.toggle.setAccessibleDescription(self.tr("open") if self.open else self.tr("folded"))
        opened = self.open or searched
        self._note.setText(section.note)
        self._note.setVisible(bool(section.note) and opened and not searched)
        self._lay_out(tuple(each.name for each in shown) if opened else (), {each.name: each for each in shown})

    def unfold(self) -> None:
        """Show its fields, in their places at once."""
        if not self.open:
            self._toggle()
        self._body.activate()

    def _toggle(self) -> None:
        self.open = not self.open
        self.show_section(self.section, self._only)

    def _lay_out(self, names: tuple[str, ...], fields: dict[str, Field]) -> None:
        if names != self._names:
            while self._body.count():
                item = self._body.takeAt(0)
                widget = item.widget() if item is not None else None
                # A field that has gone to another section is shown there.
                if widget is not None and widget.parentWidget() is self:
                    widget.hide()
            self._names = names
            for name in names:
                row = self._rows.row(fields[name])
                self._body.addWidget(row)
                row.show()
        for name in names:
            self._rows.row(fields[name]).show_field(fields[name])


class Rows:
    """The rows of all fields, each made when it is first shown."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.made: dict[str, FieldRow] = {}

    def row(self, field: Field) -> FieldRow:
        """The row of a field."""
        row = self.made.get(field.name)
        if row is None or (field.kind == "choice") != isinstance(row.entry, Chooser):
            row = self.made[field.name] = FieldRow(field)
            row.typed.connect(self._page.take_typed)
            row.chosen.connect(self._page.take_chosen)
        return row


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _restyle(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
