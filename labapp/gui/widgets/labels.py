"""Labels, buttons and small things made the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.presentation.looks import look_of

Look = Literal[
    "", "title", "heading", "muted", "small", "mono", "problem", "warning", "good", "prompt", "entries", "figure"
]
Kind = Literal["", "primary", "link", "stage"]


def label(text: str, *, look: Look = "", wraps: bool = False) -> QLabel:
    """A label of plain text. look: as the stylesheet has it; wraps: over several lines."""
    made = QLabel(text)
    # What came over the wire must never be read as markup.
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if look:
        made.setProperty("look", look)
    if wraps:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def set_look(shown: QWidget, look: Look) -> None:
    """Give a label another look."""
    if shown.property("look") != look:
        shown.setProperty("look", look)
        shown.style().unpolish(shown)
        shown.style().polish(shown)


def button(text: str, act: Callable[[], object] | None = None, *, kind: Kind = "", key: str = "") -> QPushButton:
    """A button with a word on it. key: a shortcut, shown behind the word; kind: "primary" for the one thing to do next."""
    made = QPushButton(f"{text}  {key}" if key else text)
    made.setAccessibleName(text)
    if kind:
        made.setProperty("kind", kind)
    if key:
        made.setShortcut(key)
    if act is not None:
        made.clicked.connect(lambda: act())
    return made


def set_kind(shown: QPushButton, kind: Kind) -> None:
    """Make a button the one thing to do next, or no longer."""
    if (shown.property("kind") or "") != kind:
        shown.setProperty("kind", kind)
        shown.style().unpolish(shown)
        shown.style().polish(shown)


def card(parent: QWidget | None = None) -> tuple[QFrame, QVBoxLayout]:
    """A frame on which things stand that belong together, and its layout."""
    frame = QFrame(parent)
    frame.setProperty("kind", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(8)
    return frame, column


class Scrolled(QWidget):
    """What a scroll area holds, no higher than its texts are at its width: Qt would ask for their height in a narrow column."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "scrolled")

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The narrowest it can be; how high follows from the width."""
        return QSize(super().minimumSizeHint().width(), 0)


class VerdictLabel(QLabel):
    """A verdict: word, shape and colour together."""

    def __init__(self, verdict: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = verdict
        self.show_verdict(verdict)
        theme.announcer.changed.connect(self._repaint)

    def show_verdict(self, verdict: str) -> None:
        """Show another verdict."""
        self._verdict = verdict
        look = look_of(verdict)
        self.setText(f"{look.shape} {look.word}".strip())
        self.setAccessibleName(look.word)
        self._repaint()

    def _repaint(self) -> None:
        self.setStyleSheet(f"color: {getattr(theme.current(), look_of(self._verdict).colour)}; font-weight: bold;")


class EmptyState(QWidget):
    """What a page is for, and what to do first, while there is nothing on it."""

    def __init__(self, title: str, text: str, act: QPushButton | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 48, 48, 48)
        column.setSpacing(12)
        column.addStretch(1)
        self.title = label(title, look="title")
        self.text = label(text, look="muted", wraps=True)
        self.text.setMaximumWidth(640)
        column.addWidget(self.title)
        column.addWidget(self.text)
        if act is not None:
            act.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            column.addWidget(act)
        column.addStretch(2)
