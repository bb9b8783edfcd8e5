"""The rail at the left: the seven stages, each with its state and what it lacks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import label
from labapp.presentation.stages import STATE_SHAPE, Stage, StageStatus, State, missing_lines, state_text, title_of

_COLOURS = {
    State.TO_DO: "muted",
    State.IN_WORK: "accent",
    State.DONE: "verdict_pass",
    State.PROBLEM: "verdict_fail",
}
#: Width in pixels.
WIDTH = 200


class _Entry(QWidget):
    """One stage."""

    def __init__(self, stage: Stage, number: int) -> None:
        super().__init__()
        self.stage = stage
        self._status = StageStatus(State.TO_DO)
        self.button = QPushButton(f"{number}  {title_of(stage)}")
        self.button.setProperty("kind", "stage")
        self.button.setCheckable(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.state = label("", look="small")
        self.missing = label("", look="small", wraps=True)
        self.missing.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self.button)
        for line in (self.state, self.missing):
            line.setContentsMargins(30, 0, 8, 0)
            column.addWidget(line)
        theme.announcer.changed.connect(self._colour)

    def show_status(self, status: StageStatus) -> None:
        """Show how far the stage is."""
        self._status = status
        word = state_text(status.state)
        self.state.setText(f"{STATE_SHAPE[status.state]} {word}")
        self.missing.setText("\n".join(missing_lines(status)))
        self.missing.setVisible(bool(status.missing))
        self.setToolTip("\n".join(status.missing))
        self.button.setAccessibleName(title_of(self.stage))
        self.button.setAccessibleDescription(", ".join((word, *status.missing)))
        self._colour()

    def _colour(self) -> None:
        self.state.setStyleSheet(f"color: {getattr(theme.current(), _COLOURS[self._status.state])};")


class Rail(QFrame):
    """The way through a session."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "rail")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._entries: dict[Stage, _Entry] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        for number, stage in enumerate(Stage, start=1):
            entry = _Entry(stage, number)
            entry.button.clicked.connect(lambda _=False, stage=stage: self.chosen.emit(stage))
            self._group.addButton(entry.button)
            self._entries[stage] = entry
            column.addWidget(entry)
        column.addStretch(1)

    def button(self, stage: Stage) -> QPushButton:
        """The button of a stage."""
        return self._entries[stage].button

    def state_label(self, stage: Stage) -> QLabel:
        """The label with the state of a stage."""
        return self._entries[stage].state

    def choose(self, stage: Stage) -> None:
        """Mark a stage as the one that is shown."""
        self._entries[stage].button.setChecked(True)

    def show_status(self, stage: Stage, status: StageStatus) -> None:
        """Show how far a stage is."""
        self._entries[stage].show_status(status)
