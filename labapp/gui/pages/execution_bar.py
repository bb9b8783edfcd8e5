"""The action bar: commands to the bench by word and key; what loses something is asked about in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QWidget

from labapp.gui.widgets.labels import button, label
from labapp.presentation.execution import Command


class _Question(QWidget):
    """Asks before something is lost. Enter carries it out, Escape does not."""

    decided = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.text = label("", look="warning")
        self.yes = button("", lambda: self.decided.emit(True))
        self.no = button(self.tr("Go on  Esc"), lambda: self.decided.emit(False))
        for each in (self.yes, self.no):
            each.setAutoDefault(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter or Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.decided.emit(True)
        elif event.key() == Qt.Key.Key_Escape:
            self.decided.emit(False)
        else:
            super().keyPressEvent(event)


class ActionBar(QWidget):
    """Buttons of the commands. commanded: the name of one that is to be carried out."""

    commanded = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._commands: dict[str, Command] = {}
        self.buttons: list[QPushButton] = []
        self._asked = ""
        self._names: list[str] = []
        row = QWidget()
        self._row = QHBoxLayout(row)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.question = _Question()
        self.question.decided.connect(self._decided)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(row)
        self._stack.addWidget(self.question)

    @property
    def asks(self) -> bool:
        """Whether a question stands in the place of the buttons."""
        return bool(self._asked)

    def show_commands(self, commands: Sequence[Command]) -> None:
        """Show what may be commanded."""
        if not self.buttons:
            for number, command in enumerate(commands):
                self._make(number, command)
        self._names = [command.name for command in commands]
        self._commands = {command.name: command for command in commands}
        for made, command in zip(self.buttons, commands, strict=True):
            text = f"{command.word}  {command.key}"
            if made.text() != text:
                made.setText(text)
                made.setAccessibleName(command.word)
            made.setEnabled(command.enabled)
        if self._asked and not (self._asked in self._commands and self._commands[self._asked].enabled):
            self._decided(False)

    def _make(self, number: int, command: Command) -> None:
        made = QPushButton()
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self._wanted(number))
        # The key works wherever the focus is on this page; a button's own shortcut would change with its text.
        shortcut = QShortcut(QKeySequence(command.key), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(lambda: self._wanted(number))
        self._row.insertWidget(number, made)
        self.buttons.append(made)

    def _wanted(self, number: int) -> None:
        command = self._commands[self._names[number]]
        if not command.enabled or not self.isVisible():
            return
        if not command.ask:
            self.commanded.emit(command.name)
            return
        self._asked = command.name
        self.question.text.setText(command.ask)
        self.question.yes.setText(self.tr("{0}  Enter").format(command.word))
        self.question.yes.setAccessibleName(command.word)
        self._stack.setCurrentWidget(self.question)
        self.question.setFocus(Qt.FocusReason.OtherFocusReason)

    def _decided(self, yes: bool) -> None:
        name, self._asked = self._asked, ""
        self._stack.setCurrentIndex(0)
        if yes and name:
            self.commanded.emit(name)
        self.commanded.emit("")
