"""A message in the place where it belongs: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from labapp.domain.errors import InputErrors, LabappError
from labapp.gui.widgets.labels import label

Tone = Literal["problem", "warning", "good", "plain"]

#: The shape of each tone, so that colour is never alone.
_SHAPES: dict[Tone, str] = {"problem": "▲", "warning": "◆", "good": "✓", "plain": "●"}


class Notice(QFrame):
    """A message with a shape, hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice")
        self._shape = label("")
        self._text = label("", wraps=True)
        self._mend = label("", look="muted", wraps=True)
        self.button = QPushButton()
        self._act: Callable[[], None] | None = None
        self.button.clicked.connect(self._pressed)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._text)
        texts.addWidget(self._mend)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._shape)
        row.addLayout(texts, 1)
        row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" when it is hidden."""
        return "\n".join(part for part in (self._text.text(), self._mend.text()) if part)

    def say(
        self, text: str, mend: str = "", tone: Tone = "plain", button: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Show a message. button, act: what the technician can do about it here."""
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self._shape.setText(_SHAPES[tone])
        self._text.setText(text)
        self._mend.setText(mend)
        self._mend.setVisible(bool(mend))
        self._act = act
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(f"{text} {mend}".strip())
        self.show()

    def show_fault(self, fault: LabappError, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Show an error: what, where and how to mend it."""
        if isinstance(fault, InputErrors):
            self.say("\n".join(str(each) for each in fault.faults), tone="problem", button=button, act=act)
            return
        text = f"{fault.where}: {fault.what}" if fault.where else fault.what
        self.say(text, _sentence(fault.mend), "problem", button, act)

    def clear(self) -> None:
        """Show nothing."""
        self._text.setText("")
        self._mend.setText("")
        self.hide()

    def _pressed(self) -> None:
        if self._act is not None:
            self._act()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
