"""The manual at this place: F1 opens it beside the page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from labapp.gui.widgets.labels import button, label
from labapp.locator import data_path

#: Pixels.
_WIDTH = 400
_MARGIN = 8


class HelpPanel(QFrame):
    """One chapter of the manual, hidden until it is asked for. It lies over the right side of its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        parent.installEventFilter(self)
        self.setProperty("kind", "card")
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
        self._place()
        self.show()
        self.raise_()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """It keeps its side when the window changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        over = self._over
        self.setGeometry(over.width() - _WIDTH - _MARGIN, _MARGIN, _WIDTH, over.height() - 2 * _MARGIN)
