"""The prompt as the largest thing on the screen: readable from two metres, answered with one key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.prompts.entries import EntryList
from labapp.gui.widgets.labels import label
from labapp.presentation.prompts import Card, Option

#: Points of the prompt's text, the largest that fits is taken.
SIZES = (34, 30, 26, 24, 20, 17)
#: Lines that it takes at most, as long as a size allows it; one where a list of what is to be entered follows.
LINES = 3

KEYS = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_N: "N",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
    **{Qt.Key(Qt.Key.Key_0 + number): str(number) for number in range(1, 10)},
}


_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class PromptCard(QFrame):
    """Shows a card of the prompt's model and tells which key was pressed, on the keyboard or as a button."""

    #: A key as `PromptModel.press` takes it.
    pressed = Signal(str)
    #: The reason why an action is not possible, may be empty.
    reason_given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "prompt")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._heading = _plain("heading")
        self._count = _plain("heading")
        self._text = label("", wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._entries = EntryList()
        self._hint = _plain("")
        self._reason = QLineEdit()
        self._reason.setAccessibleName(self.tr("Why it is not possible"))
        self._reason.setPlaceholderText(self.tr("a few words, or nothing"))
        self._reason.installEventFilter(self)
        self._options = QHBoxLayout()
        self._options.setSpacing(12)
        self._column = QVBoxLayout()
        self._shown: Card | None = None
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addWidget(self._count)
        self._column.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self._text)
        column.addWidget(self._entries)
        column.addWidget(self._reason)
        column.addLayout(self._options)
        column.addLayout(self._column)
        column.addWidget(self._hint)

    @property
    def shown(self) -> Card | None:
        """What is shown; None while it is hidden."""
        return self._shown

    def show_card(self, card: Card | None) -> None:
        """Show a card of the model; None for nothing."""
        before, self._shown = self._shown, card
        self.setVisible(card is not None)
        if card is None:
            return
        if before is not None and _standing(before) == _standing(card):
            self._show_rest(card)
            return
        self._heading.setText(card.heading)
        self._text.setText(card.text)
        if before is None or before.entries != card.entries:
            self._entries.show_entries(card.entries)
        self._reason.setVisible(card.kind == "reason")
        if card.kind == "reason":
            self._reason.clear()
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_options(card)
        self._show_rest(card)
        self.setAccessibleName(card.heading)
        self.setAccessibleDescription("\n".join((card.text, *map(": ".join, card.entries))))
        self.setProperty("quiet", card.kind == "closed")
        for widget in (self, self._heading, self._count, self._hint):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._fit()

    def _show_rest(self, card: Card) -> None:
        counts = [] if card.countdown is None else [self.tr("{0} s left").format(card.countdown)]
        if card.more:
            counts.append(self.tr("{0} more behind it").format(card.more))
        self._count.setText(" · ".join(counts))
        self._hint.setText(card.hint)
        self._hint.setVisible(bool(card.hint))

    def _show_options(self, card: Card) -> None:
        for layout in (self._options, self._column):
            while (item := layout.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
        before: QWidget = self._reason if card.kind == "reason" else self
        for option in card.options:
            made = self._button(option)
            if card.kind == "question":
                self._column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                self._options.addWidget(made)
            made.show()
            # What is made later would else be reached last.
            QWidget.setTabOrder(before, made)
            before = made
        if card.kind != "question":
            self._options.addStretch(1)

    def _button(self, option: Option) -> QPushButton:
        made = QPushButton(f"{option.key}   {option.word}")
        made.setAccessibleName(f"{option.word}, {option.key}")
        made.setProperty("kind", "answer")
        made.setProperty("leading", option.leading)
        # With the keyboard one answers by the key itself; a click leaves the keyboard with the card.
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self._clicked(option.key))
        return made

    def _clicked(self, key: str) -> None:
        if key == "Enter" and self._shown is not None and self._shown.kind == "reason":
            self.reason_given.emit(self._reason.text())
        else:
            self.pressed.emit(key)

    # Keys -------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """One key answers."""
        if event.key() in _PAGES:
            self._entries.turn(_PAGES[Qt.Key(event.key())])
            return
        key = KEYS.get(Qt.Key(event.key()))
        if key is None or event.isAutoRepeat() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self.pressed.emit(key)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        """Enter gives the reason, Escape leaves it."""
        if watched is not self._reason or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = KEYS.get(Qt.Key(event.key()))
        if key == "Esc":
            self.pressed.emit("Esc")
        elif key == "Enter":
            self.reason_given.emit(self._reason.text())
        return key in ("Esc", "Enter")

    # Size -------------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The text is as large as it can be."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        if self._shown is None:
            return
        room = max(120, self.width() - 56)
        quiet = self._shown.kind == "closed"
        font = theme.font("body" if quiet else "prompt", bold=not quiet)
        height = 0
        for size in (font.pointSizeF(),) if quiet else SIZES:
            font.setPointSizeF(size)
            height, lines = _measured(font, self._shown.text, room)
            if lines <= (1 if self._shown.entries else LINES):
                break
        # A style sheet's font would win over setFont.
        weight = "normal" if quiet else "bold"
        self._text.setStyleSheet(f"font-size: {font.pointSizeF():g}pt; font-weight: {weight};")
        self._text.setFixedHeight(height + 4)


def _standing(card: Card) -> tuple[object, ...]:
    """What of a card does not change while it is shown."""
    return card.text, card.kind, card.options, card.entries


def _measured(font: QFont, text: str, width: int) -> tuple[int, int]:
    """Height in pixels and number of lines of a wrapped text."""
    metrics = QFontMetrics(font)
    box = metrics.boundingRect(0, 0, width, 10_000, Qt.TextFlag.TextWordWrap, text)
    return box.height(), max(1, round(box.height() / metrics.lineSpacing()))


def _plain(look: str) -> QLabel:
    made = label("")
    made.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    if look:
        made.setProperty("look", look)
    return made


def is_typing(focus: QWidget | None) -> bool:
    """Whether keys go into a field of text just now, so that the prompt must not take the focus away."""
    return isinstance(focus, QLineEdit) and focus.isVisible()
