"""Draw pictures of the window: a demonstration is driven without a screen, and each page is kept in a telling state.

`python tools/screenshots.py DIRECTORY` draws those of the README; `--all` every page in both sizes and in every colouring.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image
from PySide6.QtCore import Qt
from qasync import QEventLoop

from labapp.cases.catalogue import CATALOGUE
from labapp.gui import theme
from labapp.gui.application import make_application
from labapp.gui.pages.execution import ExecutionPage
from labapp.gui.pages.network import NetworkPage
from labapp.gui.pages.plan import PlanPage
from labapp.gui.pages.report import ReportPage
from labapp.presentation.prompts import HELD_FOR
from labapp.presentation.stages import Stage
from labapp.presentation.tokens import THEMES
from labapp.services import simulated_device
from labapp.services.workspace import Workspace
from tests.gui.driving import Hands, driven

#: What the session runs, and what is wrong with the device that it meets.
CASES = ("TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_023_4_CS", "TC_066_CS")
DEFECTS = ("starts_on_invalid_id", "connector_zero_preparing")
#: The pictures that the README shows.
README = ("plan", "execution", "review", "fail", "network", "report")
SMALL, LARGE = (1366, 768), (1920, 1080)


class Camera:
    """Keeps what the window shows, as `NAME.png` or `NAME-COLOURS-WIDTH.png`."""

    def __init__(self, folder: Path, *, everything: bool) -> None:
        self._folder = folder
        self._everything = everything

    async def take(self, hands: Hands, name: str) -> None:
        """A picture of the window as it stands."""
        if not self._everything:
            if name in README:
                await self._save(hands, self._folder / f"{name}.png")
            return
        for size in (SMALL, LARGE):
            for colours in ("light", "dark", "high contrast"):
                if colours == "high contrast" and (size == LARGE or name not in ("execution", "plan", "report")):
                    continue
                self._dress(hands, colours, size)
                await self._save(hands, self._folder / f"{name}-{colours.replace(' ', '-')}-{size[0]}.png")
        self._dress(hands, "light", SMALL)

    def _dress(self, hands: Hands, colours: str, size: tuple[int, int]) -> None:
        focus = hands.focus
        while theme.current() != THEMES[colours]:
            hands.click(hands.window.theme_button)
        focus.setFocus()
        hands.window.resize(*size)

    async def _save(self, hands: Hands, file: Path) -> None:
        for _ in range(3):  # a layout that asks for another one
            await asyncio.sleep(0.02)
        hands.window.grab().save(str(file))
        with Image.open(file) as drawn:
            _flat(drawn.convert("RGB")).save(file, optimize=True)


def _flat(drawn: Image.Image) -> Image.Image:
    """The picture in the 256 colours that it has most of: surfaces stay as they are, and the file is a third as long."""
    colours = sorted(drawn.getcolors(drawn.width * drawn.height) or (), reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in colours for part in colour])
    return drawn.quantize(palette=palette, dither=Image.Dither.NONE)


async def photograph(camera: Camera, hands: Hands) -> None:
    """Drive the demonstration and keep the pictures."""
    window, desk = hands.window, hands.desk
    take = functools.partial(camera.take, hands)
    await hands.idle()
    await take("start")
    hands.click(window.start.demonstration_button)
    await hands.until(lambda: desk.draft is not None)
    await hands.idle()
    await take("intake")

    hands.stage(2)
    plan = window.pages[Stage.PLAN]
    assert isinstance(plan, PlanPage)
    await hands.idle()
    for case in desk.selected_cases or CATALOGUE:
        if plan.table.plan.is_selected(case) and case not in CASES:
            plan._tick((case,), False)
    plan.table.setCurrentIndex(plan.table.plan.place("TC_019_CS"))
    await take("plan")
    hands.click(plan.answers_button)
    plan.table.setFocus()
    await take("plan-answers")
    hands.click(plan.answers_button)

    hands.stage(4)
    network = window.pages[Stage.NETWORK]
    assert isinstance(network, NetworkPage)
    await take("network-before")
    hands.click(network.try_button)
    await hands.until(lambda: network.history, network.ended)
    await hands.idle()
    await take("network")

    hands.stage(3)
    await hands.idle()
    await take("setup")
    hands.stage(5)
    execution = window.pages[Stage.EXECUTION]
    assert isinstance(execution, ExecutionPage)
    await hands.idle()
    await take("execution-before")
    hands.press(Qt.Key.Key_Space)
    await _session(hands, take)
    await hands.idle()
    hands.stage(5)
    await take("over")
    # The last prompt says for a few seconds more that nobody asks for it now.
    for _ in range(100):
        if not execution.middle.card.isVisible():
            break
        await asyncio.sleep(0.1)
    execution.tree.chosen.emit("TC_023_4_CS")
    await asyncio.sleep(0)
    hands.press(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    await take("fail")
    hands.stage(2)
    await take("plan-after")
    hands.stage(6)
    await hands.idle()
    await take("performance")

    hands.stage(7)
    report = window.pages[Stage.REPORT]
    assert isinstance(report, ReportPage)
    await hands.idle()
    await take("report-before")
    for role in ("tested", "checked", "authorised"):
        hands.click(hands.button(f"Sign as {role}"))
        if not report.signatures.own.isChecked():
            hands.click(report.signatures.own)
        await take(f"report-sign-{role}")
        hands.click(report.signatures.sign_button)
        await hands.idle()
    hands.click(hands.button("Verify"))
    await hands.idle()
    await take("report")
    window.show_help()
    await take("manual")
    window.show_help()
    hands.click(window.projects_button)
    await hands.idle()
    await take("start-projects")


async def _session(hands: Hands, take: Callable[[str], Awaitable[None]]) -> None:
    """Answer what is asked, and keep the prompt in mid-case, and the first review."""
    answered: set[str] = set()
    taken: set[str] = set()

    def asked() -> Any:
        session = hands.desk.session
        if session is None:
            return None
        open_one = session.review or session.prompt
        return session if session.over else open_one if open_one and open_one.id not in answered else None

    while (found := await hands.until(asked)) is not hands.desk.session:
        await asyncio.sleep(HELD_FOR * 1.2)
        if asked() is not found:
            continue
        session = hands.desk.session
        assert session is not None
        name = "execution" if found.kind == "action" else "review" if session.review is not None else ""
        if name and name not in taken:
            await take(name)
            taken.add(name)
        answered.add(found.id)
        hands.press(Qt.Key.Key_Space if found.kind == "action" else Qt.Key.Key_Return)


def main() -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--all", action="store_true", help="every page, both sizes, every colouring")
    given = parser.parse_args()
    given.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["LABAPP_HOME"] = home
        os.environ.pop("LABAPP_DATABASE", None)
        simulated_device.SimulatedDevice = functools.partial(simulated_device.SimulatedDevice, DEFECTS)  # type: ignore[assignment, misc]
        application = make_application()
        theme.apply(application, "light")
        camera = Camera(given.directory, everything=given.all)
        loop = QEventLoop(application)
        asyncio.set_event_loop(loop)
        with loop:
            loop.run_until_complete(driven(Workspace(), functools.partial(photograph, camera)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
