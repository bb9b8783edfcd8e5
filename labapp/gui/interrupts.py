"""Ctrl+C and the end of the desktop session close the window in order.

Python handles a signal when it next runs; a window that waits in Qt runs no Python. A signal therefore wakes it through a socket.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier, QTimer

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def closing_on_signals(close: Callable[[], object]) -> Iterator[None]:
    """While this lasts, a signal to end calls `close` in the window's thread."""
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    notifier = QSocketNotifier(near.fileno(), QSocketNotifier.Type.Read)
    # Reading is enough: Python has its turn, and calls the handlers below.
    notifier.activated.connect(lambda *_: near.recv(64))
    # Python may have its turn in the midst of a picture: the window is closed when Qt is done with what it does.
    before = {number: signal.signal(number, lambda *_: QTimer.singleShot(0, close)) for number in _SIGNALS}
    woken = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        near.close()
        far.close()
