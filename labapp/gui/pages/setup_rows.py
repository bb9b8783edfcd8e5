"""The checklist of the set-up page: rows with a light, words, and a button that mends."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import button, label
from labapp.presentation.setup_model import Act, Check
from labapp.presentation.stages import STATE_SHAPE, State, state_text

_COLOURS = {
    State.TO_DO: "muted",
    State.IN_WORK: "accent",
    State.DONE: "verdict_pass",
    State.PROBLEM: "verdict_fail",
}


class Light(QLabel):
    """A state as shape, word and colour."""

    def __init__(self) -> None:
        super().__init__()
        self._state = State.TO_DO
        self.setTextFormat(Qt.TextFormat.PlainText)
        theme.announcer.changed.connect(self._colour)
        self.show_state(State.TO_DO)

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self.setText(f"{STATE_SHAPE[state]} {state_text(state)}")
        self.setAccessibleName(state_text(state))
        self._colour()

    def _colour(self) -> None:
        self.setStyleSheet(f"color: {getattr(theme.current(), _COLOURS[self._state])};")


class CheckRow(QWidget):
    """One row of the checklist."""

    acted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._check: Check | None = None
        self._title = label("", look="heading")
        self._light = Light()
        self._says = label("", wraps=True)
        self._advice = label("", look="muted", wraps=True)
        self.button = button("", self._press)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._light)
        body = QHBoxLayout()
        body.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._says)
        texts.addWidget(self._advice)
        body.addLayout(texts, 1)
        body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(body)

    def show_check(self, check: Check, *, is_next: bool) -> None:
        """Show what is found now. is_next: its button is the one thing to do next."""
        self._check = check
        self._title.setText(check.title)
        self._light.show_state(check.light)
        self._says.setText(check.says)
        self._advice.setText(check.advice)
        self._advice.setVisible(bool(check.advice))
        act = check.act
        self.button.setVisible(act is not None)
        if act is not None:
            self.button.setText(act.words)
            self.button.setAccessibleName(f"{check.title}: {act.words}")
            self.button.setAccessibleDescription(" ".join((state_text(check.light), check.says, check.advice)))
            kind = "primary" if is_next else ""
            if self.button.property("kind") != kind:
                self.button.setProperty("kind", kind)
                self.button.style().unpolish(self.button)
                self.button.style().polish(self.button)

    @property
    def act(self) -> Act | None:
        """What the button does now."""
        return self._check.act if self._check is not None else None

    def _press(self) -> None:
        if self.act is not None:
            self.acted.emit(self.act)


class Checklist(QFrame):
    """All rows, with lines between them."""

    acted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.rows: dict[str, CheckRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 4, 16, 4)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def show_checks(self, checks: tuple[Check, ...], following: str) -> None:
        """Show what is found now. following: the row whose button is the one thing to do next."""
        for check in checks:
            if check.key not in self.rows:
                self._add(check.key)
            self.rows[check.key].show_check(check, is_next=check.key == following)
        # Texts that wrap say what height they need only for a width.
        self._column.invalidate()
        self.setMinimumHeight(self._column.totalHeightForWidth(self.width()))

    def _add(self, key: str) -> None:
        row = CheckRow()
        row.acted.connect(self.acted)
        if self.rows:
            line = QFrame()
            line.setProperty("kind", "line")
            line.setFixedHeight(1)
            self._column.insertWidget(self._column.count() - 1, line)
        self._column.insertWidget(self._column.count() - 1, row)
        self.rows[key] = row
