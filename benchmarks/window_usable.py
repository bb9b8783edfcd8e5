"""How long until the window is usable, against an empty PySide6 window, each in processes of its own and in turn.

Usable: the start page is painted with its projects listed, and has taken its first key. The empty window: painted, and a key taken.
Both are measured from the start of the process; the window is opened as `labapp` without a command does, not for the first time.
Prints one JSON object; times in seconds. `database_s` is when the projects have come from the database itself; until then the list is
that of the last time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

EMPTY = """
import sys, time
from PySide6.QtCore import QEvent, QTimer, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, self.press)
    def press(self):
        QApplication.sendEvent(self, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    def keyPressEvent(self, event):
        print("usable", time.monotonic(), flush=True)
        application.quit()

application = QApplication(sys.argv)
window = Window()
window.resize(1366, 768)
window.show()
application.exec()
"""

#: The window is watched from outside: once its loop runs, its list of projects is painted, and gets a key.
OURS = """
import sys, time
from labapp.__main__ import main
import labapp.gui.application as module
make_application = module.make_application

def watched():
    from PySide6.QtCore import QEvent, QObject, QTimer, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    class Watch(QObject):
        pressed = False
        def begin(self):
            self.start = next((each.start for each in application.topLevelWidgets() if hasattr(each, "start")), None)
            if self.start is None:
                QTimer.singleShot(0, self.begin)
                return
            self.start.settled.connect(self.settled)
            self.projects = self.start.projects
            self.projects.viewport().installEventFilter(self)
            self.projects.viewport().update()
        def eventFilter(self, seen, event):
            if event.type() == QEvent.Type.Paint and self.projects.count() == PROJECTS and not self.pressed:
                self.pressed = True
                QTimer.singleShot(0, self.press)
            return False
        def press(self):
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(self.projects, key)
            assert self.projects.currentRow() == 1
            print("usable", time.monotonic(), flush=True)
        def settled(self):
            print("database", time.monotonic(), flush=True)
            assert self.projects.currentRow() == int(self.pressed)
            QTimer.singleShot(0, self.close)
        def close(self):
            QTimer.singleShot(0, self.projects.window().close if self.pressed else self.close)

    application = make_application()
    application.watch = Watch()
    QTimer.singleShot(0, application.watch.begin)
    return application

PROJECTS = 3
module.make_application = watched
sys.exit(main([]))
"""

PROJECTS = """
from labapp.services.workspace import Workspace
for _ in range(3):
    Workspace().demonstration()
"""


def stamps(code: str, home: str) -> dict[str, float]:
    """Seconds from the start of a process to each thing that it tells."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "LABAPP_HOME": home,
        "QT_LOGGING_RULES": "default.warning=false",
    }
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(at) - begin for name, at in (line.split() for line in done.stdout.splitlines())}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=11)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        for code in (PROJECTS, OURS, EMPTY):
            stamps(code, home)
        pairs = [(stamps(EMPTY, home), stamps(OURS, home)) for _ in range(given.times)]
    empty = statistics.median(each["usable"] for each, _ in pairs)
    database = statistics.median(each["database"] for _, each in pairs)
    ours = statistics.median(each["usable"] for _, each in pairs)
    print(
        json.dumps(
            {
                "name": "window_usable",
                "ratio": round(ours / empty, 2),
                "usable_s": round(ours, 3),
                "database_s": round(database, 3),
                "empty_window_s": round(empty, 3),
                "times": given.times,
                "machine_load": round(os.getloadavg()[0], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
