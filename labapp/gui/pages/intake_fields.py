"""The fields in which questions of the PICS forms are answered: each shows a value in place and tells what was entered."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import label
from labapp.presentation.intake_questions import Field, QuestionView

_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Down)
#: Left and right of the word on a segment, pixels.
_PADDING = 16
_CLEAR = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class AnswerField(QWidget):
    """One answer. What is entered is told as a text, or as the items of a list; an empty one is no answer."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    def show_answer(self, question: QuestionView) -> None:
        """Show what stands in the declaration; what the technician is typing just now stays as it is."""
        raise NotImplementedError

    def focus(self) -> None:
        """Take the keyboard."""
        target = self.focusProxy() or self
        target.setFocus(Qt.FocusReason.TabFocusReason)


class Segment(QPushButton):
    """One choice of several that stand side by side: arrows go along, the first letter chooses, Delete clears."""

    def __init__(self, choice: str, owner: Segments) -> None:
        super().__init__(choice)
        self.choice = choice
        self._owner = owner
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: owner.press(self))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for the bold word of a chosen one, so that nothing moves when it is chosen."""
        bold = QFont(self.font())
        bold.setBold(True)
        size = super().sizeHint()
        return QSize(QFontMetrics(bold).horizontalAdvance(self.choice) + 2 * _PADDING, size.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys that choose without the mouse."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _BACK or key in _ON:
            self._owner.go(self, -1 if key in _BACK else 1)
        elif key in _CLEAR:
            self._owner.choose("")
        elif event.text().strip() and self._owner.choose_by_letter(event.text()):
            return
        else:
            super().keyPressEvent(event)


class Segments(AnswerField):
    """A few short choices side by side. Pressing the chosen one again takes the answer back."""

    def __init__(self, question: QuestionView) -> None:
        super().__init__()
        self.segments = [Segment(choice, self) for choice in question.choices]
        for segment in self.segments:
            segment.setAccessibleName(f"{question.label}: {segment.choice}")
            segment.setToolTip(self.tr("Press the chosen one again to take the answer back"))
            self.row.addWidget(segment)
        self.row.addStretch(1)
        self._value = ""
        self._enter_by(self.segments[0])

    def show_answer(self, question: QuestionView) -> None:
        """Show which one is chosen."""
        self._value = question.value
        chosen = None
        for segment in self.segments:
            segment.setChecked(segment.choice == question.value)
            chosen = segment if segment.isChecked() else chosen
        self._enter_by(chosen or self.segments[0])

    def choose(self, choice: str) -> None:
        """Answer with a choice, or with none."""
        if choice != self._value:
            self.entered.emit(choice)

    def press(self, segment: Segment) -> None:
        """A choice was pressed; the declaration decides what is shown as chosen."""
        segment.setChecked(segment.choice == self._value)
        self.choose("" if segment.choice == self._value else segment.choice)

    def go(self, segment: Segment, by: int) -> None:
        """To the neighbour of a segment."""
        at = self.segments.index(segment) + by
        if 0 <= at < len(self.segments):
            self.segments[at].setFocus(Qt.FocusReason.TabFocusReason)

    def choose_by_letter(self, letter: str) -> bool:
        """Choose the one that begins with a letter; whether there is one."""
        found = [each for each in self.segments if each.choice.lower().startswith(letter.lower())]
        if not found:
            return False
        found[0].setFocus(Qt.FocusReason.TabFocusReason)
        self.choose(found[0].choice)
        return True

    def _enter_by(self, entrance: Segment) -> None:
        """Tab comes to the chosen segment, and passes the others."""
        for segment in self.segments:
            segment.setFocusPolicy(Qt.FocusPolicy.StrongFocus if segment is entrance else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(entrance)


class _Choices(QComboBox):
    """A list of choices that does not change when the page is scrolled over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """The page scrolls, the answer stays."""
        event.ignore()


class Choices(AnswerField):
    """Long choices, opened as a list; the first is none of them."""

    def __init__(self, question: QuestionView) -> None:
        super().__init__()
        self.list = _Choices()
        self.list.setAccessibleName(question.label)
        self.list.addItem(self.tr("not answered"), "")
        for choice in question.choices:
            self.list.addItem(choice, choice)
        self.list.activated.connect(lambda _: self.entered.emit(self.list.currentData()))
        self.row.addWidget(self.list)
        self.row.addStretch(1)
        self.setFocusProxy(self.list)

    def show_answer(self, question: QuestionView) -> None:
        """Show which one is chosen."""
        at = self.list.findData(question.value)
        self.list.setCurrentIndex(max(at, 0))


class Checks(AnswerField):
    """The items of a list, each with a box."""

    def __init__(self, question: QuestionView) -> None:
        super().__init__()
        self.row.setSpacing(12)
        self.boxes = [QCheckBox(choice) for choice in question.choices]
        for box in self.boxes:
            box.setAccessibleName(f"{question.label}: {box.text()}")
            box.clicked.connect(self._tell)
            self.row.addWidget(box)
        self.row.addStretch(1)
        self.setFocusProxy(self.boxes[0])

    def show_answer(self, question: QuestionView) -> None:
        """Show which ones are checked."""
        for box in self.boxes:
            box.setChecked(box.text() in question.checked)

    def _tell(self) -> None:
        self.entered.emit(tuple(box.text() for box in self.boxes if box.isChecked()))


class Line(AnswerField):
    """A text, a number with its unit, or a topology."""

    def __init__(self, question: QuestionView) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setAccessibleName(question.label)
        self.line.setPlaceholderText(question.example)
        # A file that is dropped on the page is a declaration, also when it lands on a field.
        self.line.setAcceptDrops(False)
        self.line.textEdited.connect(self.entered.emit)
        self.row.addWidget(self.line)
        if question.field is not Field.TEXT:
            self.line.setFont(theme.font("mono"))
            self.line.setFixedWidth(200)
            if question.unit:
                self.row.addWidget(label(question.unit, look="muted"))
            self.row.addStretch(1)
        self.setFocusProxy(self.line)

    def show_answer(self, question: QuestionView) -> None:
        """Show the text as it was entered; the cursor stays where it is."""
        if self.line.text() != question.value:
            self.line.setText(question.value)
        state = "problem" if question.fault else ""
        if self.line.property("state") != state:
            self.line.setProperty("state", state)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)


def field_of(question: QuestionView) -> AnswerField:
    """The field for a question."""
    kinds: dict[Field, type[Segments] | type[Choices] | type[Checks]] = {
        Field.SEGMENTS: Segments,
        Field.CHOICES: Choices,
        Field.CHECKS: Checks,
    }
    return kinds.get(question.field, Line)(question)
