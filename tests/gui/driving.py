"""Hands for the whole window: they press keys and buttons and wait for signals, never for time to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from labapp.gui.desk import Desk
from labapp.gui.window import Window
from labapp.services.workspace import Workspace

#: Seconds within which anything that is waited for must come, on a busy machine too.
DEADLINE = 40.0


class Hands:
    """A technician at the window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.desk = window.desk

    # Waiting ----------------------------------------------------------------------------------------------------------

    async def until(self, what: Callable[[], Any], *signals: Any) -> Any:
        """What a question answers as soon as the answer is true; asked anew with every signal, the desk's by themselves.

        Raises AssertionError with the question when no true answer comes in time.
        """
        desk = self.desk
        news = asyncio.Event()
        every = [
            desk.draft_changed,
            desk.session_changed,
            desk.told,
            desk.bench_changed,
            desk.failed,
            desk.keeping_changed,
            desk.tasks.count_changed,
            *(page.status_changed for page in self.window.pages.values()),
            *signals,
        ]
        with ExitStack() as connected:
            for signal in every:
                connected.enter_context(_connected(signal, news.set))
            try:
                async with asyncio.timeout(DEADLINE):
                    while not (answer := what()):
                        news.clear()
                        await news.wait()
                        # Whoever listens to the same signal has had his turn, and what he began is drawn.
                        await asyncio.sleep(0)
                    return answer
            except TimeoutError:
                raise AssertionError(f"it never came: {what.__qualname__}, {self.state()}") from None

    async def idle(self) -> None:
        """No task is under way."""
        await self.until(lambda: not self.desk.tasks.under_way)

    def state(self) -> str:
        """What the window shows, for the message of a test that fails."""
        session = self.desk.session
        shown = self.window.shown
        said = session.last if session is not None else ""
        return f"page {shown.stage if shown else 'start'}, last {said!r}, notice {self.window.notice.text!r}"

    # The keyboard -----------------------------------------------------------------------------------------------------

    @property
    def focus(self) -> QWidget:
        """What has the keyboard."""
        return QApplication.focusWidget() or self.window

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, to whatever has the keyboard."""
        QTest.keyClick(self.focus, key, modifier)

    def type(self, text: str) -> None:
        """A text, to whatever has the keyboard."""
        QTest.keyClicks(self.focus, text)

    def stage(self, number: int) -> None:
        """Ctrl and the number of a stage."""
        self.press(Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)

    def tab_to(self, wanted: QWidget, most: int = 200) -> None:
        """Tab until a widget has the keyboard. Raises AssertionError when it cannot be reached."""
        for _ in range(most):
            if self.focus is wanted:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"{wanted.accessibleName() or wanted} is not reached by Tab")

    # The mouse --------------------------------------------------------------------------------------------------------

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A click on something that can be seen and is enabled."""
        assert widget.isVisible(), f"{widget.accessibleName()} is not shown"
        assert widget.isEnabled(), f"{widget.accessibleName()} is not enabled"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at if at is not None else widget.rect().center())

    def button(self, name: str, within: QWidget | None = None) -> QAbstractButton:
        """The visible button with this name. Raises AssertionError when there is none."""
        for each in (within or self.window).findChildren(QAbstractButton):
            if each.isVisible() and name in (each.accessibleName(), each.text()):
                return each
        raise AssertionError(f"there is no button {name!r}: {self.state()}")


@contextmanager
def _connected(signal: Any, act: Callable[[], None]) -> Iterator[None]:
    def slot(*_: object) -> None:
        act()

    signal.connect(slot)
    try:
        yield
    finally:
        signal.disconnect(slot)


def open_window(workspace: Workspace) -> Hands:
    """The window over a workspace, shown and active."""
    window = Window(Desk(workspace))
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    return Hands(window)


async def close_window(hands: Hands) -> None:
    """The window is closed as a technician closes it; what it began has ended afterwards."""
    hands.window.close()
    await hands.desk.close()
    hands.window.deleteLater()


async def driven(workspace: Workspace, drive: Callable[[Hands], Awaitable[None]]) -> None:
    """A window for the time of what hands do at it."""
    hands = open_window(workspace)
    try:
        await drive(hands)
    finally:
        await close_window(hands)
