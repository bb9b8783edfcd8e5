"""Python's garbage collector, kept to the window's thread."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two looks at whether there is enough to collect.
EVERY = 500


class Collector(QObject):
    """Collects garbage in the window's thread, and nowhere else.

    Python collects in whatever thread allocates. A widget that is part of a cycle would then be destroyed in the thread of a task, and
    Qt's objects may be destroyed only where they live: it warns, or takes the process down.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.keep()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(EVERY)

    def keep(self) -> None:
        """What is there by now stays: looking through all of it in the midst of a thousand frames a second would be felt."""
        gc.freeze()

    def collect(self) -> None:
        """Collect as much as Python would by now."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Python collects again where it likes: the window is gone."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
