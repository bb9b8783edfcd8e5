"""What a person is to enter in a central system, a line for each field: read beside its screen, copied from here into it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy

from labapp.gui.widgets.labels import label

#: Pixels of height beyond which it is scrolled, so that the answers below it stay in sight.
HIGHEST = 330

_LINE = '<p style="margin: 0 0 3px 0">{0}: <b>{1}</b></p>'


class EntryList(QScrollArea):
    """A line for each name with its value; hidden while there is nothing to enter."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The keyboard stays with the prompt, whose one key answers it.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lines = label("", look="entries", wraps=True)
        self._lines.setTextFormat(Qt.TextFormat.RichText)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._lines)
        self.hide()

    def show_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        """Show these names and values."""
        self._lines.setText("".join(_LINE.format(escape(name), escape(value)) for name, value in entries))
        self.setVisible(bool(entries))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As high as its lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        if self._lines.text():
            self.setFixedHeight(min(HIGHEST, self._lines.heightForWidth(self.viewport().width())))

    def turn(self, pages: int) -> None:
        """Scroll by pages."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())
