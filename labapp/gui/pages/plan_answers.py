"""The answers beside the plan: those that it depends on, to be changed while one sees what follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from labapp.gui.pages.intake_fields import AnswerField, field_of
from labapp.gui.widgets.labels import label, set_look
from labapp.presentation.intake import form_title
from labapp.presentation.intake_questions import QuestionView

WIDTH = 296


class AnswersPanel(QWidget):
    """Questions by form, each with its field; those that decide the case one looks at are marked."""

    #: key of the question, what was entered.
    entered = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.fields: dict[str, AnswerField] = {}
        self._labels: dict[str, QLabel] = {}
        self._words: dict[str, str] = {}
        self._deciding: frozenset[str] = frozenset()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = label(self.tr("Answers that decide"), look="heading")
        self.note = label(self.tr("▸ decides the case that is chosen in the table"), look="small", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.note)
        column.addWidget(self._scroll, 1)

    def show_questions(self, questions: Sequence[QuestionView]) -> None:
        """Show the answers, in place when the questions are those of before."""
        if [question.key for question in questions] != list(self.fields):
            self._make(questions)
        for question in questions:
            self.fields[question.key].show_answer(question)

    def show_deciding(self, keys: Collection[str]) -> None:
        """Mark the questions that decide a case."""
        self._deciding = frozenset(keys)
        for key, shown in self._labels.items():
            decides = key in self._deciding
            shown.setText(f"▸ {self._words[key]}" if decides else self._words[key])
            set_look(shown, "heading" if decides else "")

    def _make(self, questions: Sequence[QuestionView]) -> None:
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 4, 12, 8)
        column.setSpacing(4)
        self.fields, self._labels, self._words = {}, {}, {}
        form = ""
        for question in questions:
            name = question.key.partition(".")[0]
            if name != form:
                column.addSpacing(8 if form else 0)
                column.addWidget(label(form_title(name), look="small"))
                form = name
            shown = label(question.label, wraps=True)
            shown.setToolTip(question.help)
            field = field_of(question)
            field.entered.connect(lambda value, key=question.key: self.entered.emit(key, value))
            target = field.focusProxy() or field
            target.setAccessibleDescription(question.help)
            self.fields[question.key], self._labels[question.key] = field, shown
            self._words[question.key] = question.label
            column.addWidget(shown)
            column.addWidget(field)
            column.addSpacing(4)
        column.addStretch(1)
        # The field that has just told its answer is among the old ones; it goes when it has finished.
        old = self._scroll.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        self._scroll.setWidget(inner)
        self.show_deciding(self._deciding)
