"""One PICS form on the page: its questions under each other, help beside each, and what is wrong right below the answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.pages.intake_fields import field_of
from labapp.gui.widgets.labels import card, label
from labapp.presentation.intake import FormView
from labapp.presentation.intake_questions import QuestionView

#: Width of a question in pixels: about sixty characters.
QUESTION = 460
_HELP = 400
_WIDEST = 980


class QuestionRow(QWidget):
    """One question with its field, its help and its faults."""

    #: key of the question, what was entered.
    entered = Signal(str, object)

    def __init__(self, question: QuestionView) -> None:
        super().__init__()
        self.key = question.key
        self._question = question
        self.label = label(question.label, wraps=True)
        self.mark = label("", look="small")
        self.mark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.field = field_of(question)
        self.field.entered.connect(lambda value: self.entered.emit(self.key, value))
        self.fault = label("", look="problem", wraps=True)
        self.mend = label("", look="muted", wraps=True)
        self.hint = label("", look="warning", wraps=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.label, 1)
        head.addWidget(self.mark)
        answer = QVBoxLayout()
        answer.setSpacing(4)
        answer.addLayout(head)
        answer.addWidget(self.field)
        for line in (self.fault, self.mend, self.hint):
            answer.addWidget(line)
        answer.addStretch(1)
        left = QWidget()
        left.setFixedWidth(QUESTION)
        left.setLayout(answer)
        answer.setContentsMargins(0, 0, 0, 0)
        self.help = label(question.help, look="muted", wraps=True)
        self.help.setMaximumWidth(_HELP)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(28)
        row.addWidget(left)
        row.addWidget(self.help, 1)
        row.addStretch(0)
        theme.announcer.changed.connect(self._colour)
        self.show_question(question)

    def show_question(self, question: QuestionView) -> None:
        """Show how the question stands now, in place."""
        self._question = question
        self.field.show_answer(question)
        self.mark.setText(f"{question.mark.shape} {question.mark.word}")
        _say(self.fault, f"{question.mark.shape} {question.fault}" if question.fault else "")
        _say(self.mend, question.mend)
        _say(self.hint, f"◆ {question.hint}" if question.hint else "")
        self.setAccessibleName(question.label)
        spoken = (question.mark.word, question.fault, question.mend, question.hint, question.help)
        target = self.field.focusProxy() or self.field
        target.setAccessibleDescription(" ".join(part for part in spoken if part))
        self._colour()

    def _colour(self) -> None:
        style = f"color: {getattr(theme.current(), self._question.mark.colour)};"
        if self.mark.styleSheet() != style:
            self.mark.setStyleSheet(style)


class FormPage(QScrollArea):
    """A form, made when it is first shown; afterwards its questions are changed in place."""

    entered = Signal(str, object)

    def __init__(self, form: FormView) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: dict[str, QuestionRow] = {}
        self._shape: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.show_form(form)

    def show_form(self, form: FormView) -> None:
        """Show how the form stands. Only when other questions are put than before it is made anew."""
        shape = tuple((each.heading, tuple(question.key for question in each.questions)) for each in form.sections)
        if shape != self._shape:
            self._shape = shape
            self._make(form)
            return
        for question in form.questions:
            self.rows[question.key].show_question(question)

    def go_to(self, key: str) -> None:
        """Put the keyboard into the field of a question."""
        row = self.rows.get(key)
        if row is not None:
            row.field.focus()
            self.ensureWidgetVisible(row, 0, 40)

    def _make(self, form: FormView) -> None:
        had = next((key for key, row in self.rows.items() if row.isAncestorOf(_focus(self))), "")
        place = self.verticalScrollBar().value()
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 12, 12)
        inner.setMaximumWidth(_WIDEST)
        column.setSpacing(12)
        column.addWidget(label(form.full_title, look="title", wraps=True))
        if form.note:
            column.addWidget(label(form.note, look="muted", wraps=True))
        self.rows = {}
        for section in form.sections:
            frame, inside = card()
            inside.setSpacing(0)
            if section.heading:
                heading = label(section.heading, look="heading")
                heading.setContentsMargins(0, 4, 0, 4)
                inside.addWidget(heading)
            for at, question in enumerate(section.questions):
                if at:
                    inside.addWidget(_line())
                row = QuestionRow(question)
                row.entered.connect(self.entered)
                self.rows[question.key] = row
                inside.addWidget(row)
            column.addWidget(frame)
        column.addStretch(1)
        # The field that has just told its answer is among the old ones; it goes when it has finished.
        old = self.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        self.setWidget(inner)
        self.verticalScrollBar().setValue(place)
        if had in self.rows:
            self.rows[had].field.focus()


def _focus(within: QWidget) -> QWidget:
    return within.window().focusWidget() or within


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setProperty("kind", "line")
    return line


def _say(shown: QLabel, text: str) -> None:
    if shown.text() != text:
        shown.setText(text)
    shown.setVisible(bool(text))
