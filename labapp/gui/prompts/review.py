"""The review over the page: lanes above, one row for each item below; nothing else goes on until it is answered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from labapp.gui import theme
from labapp.gui.prompts.lanes import LaneView
from labapp.gui.widgets.labels import Scrolled, button, card, label, set_look
from labapp.presentation.review import Review, Row, decision_text

_KEYS = {
    Qt.Key.Key_A: "A",
    Qt.Key.Key_R: "R",
    Qt.Key.Key_T: "T",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
}
_WORDS = (("accept", "A"), ("reject", "R"), ("retest", "T"))


class _ItemRow(QFrame):
    """One item: what happened, its rule and advice, and three answers. chosen: the answer was clicked."""

    chosen = Signal(int, str)

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.setProperty("kind", "item")
        self._sentence = label("", look="heading", wraps=True)
        self._rule = label("", look="muted", wraps=True)
        self._advice = label("", look="")
        self._buttons: dict[str, QPushButton] = {}
        self._reason = label("", look="muted", wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        place = label(str(number + 1), look="mono")
        grid.addWidget(place, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._sentence, 0, 1)
        grid.addWidget(self._rule, 1, 1)
        grid.addWidget(self._reason, 2, 1)
        grid.addWidget(self._advice, 0, 2, 2, 1)
        answers = QHBoxLayout()
        answers.setSpacing(4)
        words = {"accept": self.tr("A accept"), "reject": self.tr("R reject"), "retest": self.tr("T retest")}
        for decision, _ in _WORDS:
            made = QPushButton(words[decision])
            made.setCheckable(True)
            made.setMinimumWidth(100)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, decision=decision: self.chosen.emit(self._number, decision))
            answers.addWidget(made)
            self._buttons[decision] = made
        grid.addLayout(answers, 0, 3, 2, 1)
        grid.setColumnStretch(1, 1)

    def show_row(self, row: Row, current: bool) -> None:
        """Show an item as it stands."""
        self._sentence.setText(row.sentence)
        step = self.tr("step {0}, ").format(row.step) if row.step else ""
        self._rule.setText(self.tr("{0}rule {1}: {2}").format(step, row.rule, row.why))
        advised = row.advice is not None
        self._advice.setText(
            self.tr("advice: {0}").format(decision_text(row.advice)) if advised else self.tr("no advice: you decide")
        )
        set_look(self._advice, "" if advised else "warning")
        self._reason.setText(self.tr("against the advice: {0}").format(row.reason) if row.reason else "")
        self._reason.setVisible(bool(row.reason))
        for decision, made in self._buttons.items():
            made.setChecked(row.decision == decision)
            made.setAccessibleName(self.tr("item {0}: {1}").format(self._number + 1, made.text()))
        self.setAccessibleName(row.sentence)
        if self.property("current") != current:
            self.setProperty("current", current)
            self.style().unpolish(self)
            self.style().polish(self)


class ReviewOverlay(QWidget):
    """Covers the page while a review is open. answered: the decisions by item, and the reasons."""

    answered = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Review of the status notifications"))
        self.review: Review | None = None
        self._rows: list[_ItemRow] = []
        self._frame, self._column = card(self)
        self._title = label("", look="title")
        self._about = label("", look="muted", wraps=True)
        self._lanes = LaneView()
        self._items = QVBoxLayout()
        self._items.setSpacing(4)
        self._ask = label("", look="heading", wraps=True)
        self._reason = QLineEdit()
        self._reason.setAccessibleName(self.tr("Why against the advice"))
        self._reason.installEventFilter(self)
        self._problem = label("", look="problem", wraps=True)
        self._finish = button("", lambda: self._press("Enter"), kind="primary")
        self._finish.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        lanes = QScrollArea()
        lanes.setWidget(self._lanes)
        lanes.setWidgetResizable(True)
        lanes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lanes.setFrameShape(QFrame.Shape.NoFrame)
        self._lanes.setProperty("kind", "scrolled")
        lanes.viewport().setAutoFillBackground(False)
        self._lanes.setAutoFillBackground(False)
        lanes.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lane_area = lanes
        inner = Scrolled()
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addLayout(self._items)
        holder.addStretch(1)
        self._list = QScrollArea()
        self._list.setWidget(inner)
        self._list.setWidgetResizable(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        foot = QHBoxLayout()
        foot.addWidget(self._problem, 1)
        foot.addWidget(self._finish)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(12)
        for widget in (self._title, self._about, lanes):
            self._column.addWidget(widget)
        self._column.addWidget(self._legend())
        self._column.addWidget(self._list, 1)
        self._column.addWidget(self._ask)
        self._column.addWidget(self._reason)
        self._column.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(40, 32, 40, 32)
        outer.addWidget(self._frame)

    def _legend(self) -> QLabel:
        return label(
            self.tr(
                "◉ expected and came    ● came    ◌ expected and missing        A accept   R reject   T retest   ↑ ↓ item"
            ),
            look="small",
        )

    # What is shown ----------------------------------------------------------------------------------------------------

    def show_review(self, review: Review | None, case: str = "") -> None:
        """Open over the page; None closes it."""
        self.review = review
        if review is None:
            self.hide()
            return
        self._title.setText(self.tr("Review of the status notifications – {0}").format(case))
        self._about.setText(
            self.tr(
                "The tool's part has passed. Decide on what was missing, unexpected or came again; all else is in order."
            )
        )
        self._lanes.show_lanes(review.lanes())
        self._lane_area.setFixedHeight(self._lanes.sizeHint().height() + 16)
        while (item := self._items.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._rows = []
        for number in range(len(review.rows)):
            row = _ItemRow(number)
            row.chosen.connect(self._clicked)
            self._items.addWidget(row)
            self._rows.append(row)
        self._cover()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def refresh(self) -> None:
        """Show the review as it stands."""
        review = self.review
        if review is None:
            return
        for number, (shown, row) in enumerate(zip(self._rows, review.rows, strict=True)):
            shown.show_row(row, number == review.current)
        current = review.rows[review.current]
        self._lanes.choose(current.id)
        self._list.ensureWidgetVisible(self._rows[review.current])
        self._ask.setVisible(review.asking)
        self._reason.setVisible(review.asking)
        if review.asking:
            self._ask.setText(
                self.tr("Why {0}, against the advice to {1}? It stands in the report. Esc takes it back.").format(
                    decision_text(current.decision), decision_text(current.advice)
                )
            )
            if not self._reason.hasFocus():
                self._reason.clear()
                self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._problem.setText(review.problem)
        self._finish.setText(self.tr("Enter   {0}").format(review.enter_text))
        self._finish.setAccessibleName(review.enter_text)
        self._finish.setEnabled(review.can_finish)

    # What is done -----------------------------------------------------------------------------------------------------

    def _clicked(self, number: int, decision: str) -> None:
        if self.review is not None and not self.review.sent:
            self.review.decide(number, decision)
            self.refresh()

    def _press(self, key: str) -> None:
        if self.review is None:
            return
        answer = self.review.press(key)
        self.refresh()
        if answer is not None:
            self.answered.emit(answer)

    def _reason_given(self) -> None:
        if self.review is not None:
            self.review.give_reason(self._reason.text())
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A, R, T, the arrows, Enter; nothing goes through to the page."""
        key = _KEYS.get(Qt.Key(event.key()))
        if key is not None and not event.isAutoRepeat():
            self._press(key)
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab goes from item to item and stays here."""
        self._press("Down" if forward else "Up")
        return True

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        """The page's size is ours; Escape leaves the reason."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._cover()
        if watched is self._reason and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._press("Esc")
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # A field leaves Enter to what is behind it, and there it would finish the review.
                self._reason_given()
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return True
        return False

    def _cover(self) -> None:
        page = self.parentWidget()
        if page is not None:
            self.setGeometry(page.rect())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """What lies behind is dimmed."""
        painter = QPainter(self)
        veil = QColor(theme.colour("window"))
        veil.setAlpha(215)
        painter.fillRect(self.rect(), veil)
        painter.end()
