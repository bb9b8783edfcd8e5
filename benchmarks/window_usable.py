"""How long until the window is usable, against an empty PySide6 window, each in processes of its own and in turn.

Usable: the start page is painted with its projects listed, and has taken its first key. The empty window: painted, and a key taken.
Both are measured from the start of the process, the window as `labapp` without a command opens it, with a database that is there.
Prints one JSON object; times in seconds. `painted` is the first picture, before the projects are listed.
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

#: The window is watched from outside: an event filter sees what is painted, and a key goes to the list of projects.
OURS = """
import sys, time
from labapp.__main__ import main

def watched(make_application):
    from PySide6.QtCore import QEvent, QObject, QTimer, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication, QListWidget

    class Watch(QObject):
        painted = listed = False
        def eventFilter(self, seen, event):
            if event.type() == QEvent.Type.Paint:
                if not self.painted and type(seen).__name__ == "StartPage":
                    self.painted = True
                    QTimer.singleShot(0, lambda: print("painted", time.monotonic(), flush=True))
                elif not self.listed and seen.parent() is not None and isinstance(seen.parent(), QListWidget):
                    if seen.parent().count() >= PROJECTS and seen is seen.parent().viewport():
                        self.listed = True
                        QTimer.singleShot(0, lambda: self.press(seen.parent()))
            return False
        def press(self, projects):
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(projects, key)
            assert projects.currentRow() == 1
            print("usable", time.monotonic(), flush=True)
            projects.window().close()

    def make(*arguments):
        application = make_application(*arguments)
        application.watch = Watch()
        application.installEventFilter(application.watch)
        return application
    return make

PROJECTS = 3
import labapp.gui.application as module
module.make_application = watched(module.make_application)
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
    painted = statistics.median(each["painted"] for _, each in pairs)
    ours = statistics.median(each["usable"] for _, each in pairs)
    print(
        json.dumps(
            {
                "name": "window_usable",
                "ratio": round(ours / empty, 2),
                "painted_ratio": round(painted / empty, 2),
                "usable_s": round(ours, 3),
                "painted_s": round(painted, 3),
                "empty_window_s": round(empty, 3),
                "times": given.times,
                "machine_load": round(os.getloadavg()[0], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
