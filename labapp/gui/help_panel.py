"""The manual at this place: F1 opens it beside the page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout

from labapp.gui.widgets.labels import button, label
from labapp.locator import data_path

_WIDTH = 380


class HelpPanel(QFrame):
    """One page of the manual, hidden until it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setFixedWidth(_WIDTH)
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Manual"))
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setOpenExternalLinks(True)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Manual"), look="heading"))
        head.addStretch(1)
        self.close_button = button(self.tr("Close"), self.hide)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self.hide()

    def show_chapter(self, name: str) -> None:
        """Open the chapter of a place: a stage's name, or "start"."""
        path = data_path("resources") / "manual" / f"{name}.md"
        self.text.setMarkdown(path.read_text(encoding="utf-8"))
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
