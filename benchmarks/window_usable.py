"""How long until the window is usable, against an empty PySide6 window, each in processes of its own and in turn.

Usable: the start page is painted, lists its projects, and has taken its first key. The empty window: painted, and a key taken.
Prints one JSON object; times in seconds.
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
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv)
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, application.quit)
window = Window()
window.resize(1366, 768)
window.show()
application.exec()
"""

OURS = """
import asyncio, sys
from labapp.gui import app
from labapp.gui.start_page import StartPage
listed = StartPage._list
def noted(page, projects):
    listed(page, projects)
    page.repaint()
    page.window().close()
StartPage._list = noted
app.run_window()
"""


def seconds(code: str, home: str) -> float:
    """Wall time of one process from its start to its end."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LABAPP_HOME": home}
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=7)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        seconds(OURS, home)  # makes the database
        seconds(EMPTY, home)
        pairs = [(seconds(EMPTY, home), seconds(OURS, home)) for _ in range(given.times)]
    empty, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        json.dumps(
            {
                "name": "window_usable",
                "ratio": round(ours / empty, 2),
                "window_s": round(ours, 3),
                "empty_window_s": round(empty, 3),
                "times": given.times,
            }
        )
    )


if __name__ == "__main__":
    main()
