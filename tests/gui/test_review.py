"""The review over the execution page: by key and by mouse, and that nothing goes through to the page."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labapp.gui.pages.execution import ExecutionPage
from tests.gui.execution_desk import RecordingDesk
from tests.presentation.channel import closed, prompt, recorded

Key = Qt.Key


@pytest.fixture
def desk(qapp: QApplication) -> RecordingDesk:
    return RecordingDesk()


@pytest.fixture
def page(qtbot: QtBot, desk: RecordingDesk) -> ExecutionPage:
    """The page with the last review of the recording open: five items, all advised to reject."""
    made = ExecutionPage(desk)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1166, 678)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    messages = recorded()
    last = [at for at, message in enumerate(messages) if message.get("kind") == "review"][-1]
    desk.begin(*messages[: last + 1])
    qtbot.waitUntil(lambda: made.review.isVisible())
    return made


def press(qtbot: QtBot, key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key)


def test_it_covers_the_page_and_keeps_the_keyboard(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    overlay = page.review
    assert overlay.geometry() == page.rect()
    assert QApplication.focusWidget() is overlay
    for key in (Key.Key_Tab, Key.Key_Space, Key.Key_N):
        press(qtbot, key)
    assert QApplication.focusWidget() is overlay
    assert desk.said == []
    page.resize(1000, 640)
    assert overlay.geometry() == page.rect()


def test_enter_takes_all_advice(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    press(qtbot, Key.Key_Return)
    (said,) = desk.said
    assert said["items"] == {f"r{number}": "reject" for number in range(1, 6)}
    assert (said["outcome"], said["reason"]) == ("", "")
    press(qtbot, Key.Key_Return)
    assert len(desk.said) == 1


def test_an_override_asks_for_its_reason_in_place(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    press(qtbot, Key.Key_A)
    reason = page.review._reason
    assert QApplication.focusWidget() is reason
    press(qtbot, Key.Key_Return)
    assert page.review._problem.text() == "A decision against the advice needs a reason; it stands in the report."
    qtbot.keyClicks(reason, "seen once")
    press(qtbot, Key.Key_Return)
    assert QApplication.focusWidget() is page.review
    press(qtbot, Key.Key_Return)
    (said,) = desk.said
    assert said["items"]["r1"] == "accept"
    assert said["reason"] == "connector 1: Unavailable came again: seen once"


def test_escape_takes_an_override_back(page: ExecutionPage, qtbot: QtBot) -> None:
    press(qtbot, Key.Key_A)
    press(qtbot, Key.Key_Escape)
    assert QApplication.focusWidget() is page.review
    review = page.review.review
    assert review is not None
    assert review.rows[0].decision is None


def test_items_are_decided_with_the_mouse(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    row: Any = page.review._rows[2]
    qtbot.mouseClick(row._buttons["reject"], Qt.MouseButton.LeftButton)
    review = page.review.review
    assert review is not None
    assert (review.rows[2].decision, row._buttons["reject"].isChecked()) == ("reject", True)
    qtbot.mouseClick(page.review._finish, Qt.MouseButton.LeftButton)
    assert len(desk.said) == 1


def test_an_answer_that_is_not_taken_keeps_it_open(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    press(qtbot, Key.Key_Return)
    desk.feed([{"type": "error", "run": "r1", "text": "item r6 is not answered"}])
    assert page.review._problem.text() == "item r6 is not answered"
    press(qtbot, Key.Key_Return)
    assert len(desk.said) == 2


def test_it_goes_when_the_bench_closes_it_and_the_prompt_behind_it_has_the_keys(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    review = page.review.review
    assert review is not None
    desk.feed([prompt("p5"), closed(review.prompt.id, "operator")])
    qtbot.waitUntil(lambda: not page.review.isVisible())
    assert QApplication.focusWidget() is page.middle.card


def test_decisions_survive_that_more_comes_to_be_reviewed(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    press(qtbot, Key.Key_R)
    review = page.review.review
    assert review is not None
    items = [*review.prompt.items, {**review.prompt.items[0], "id": "r6"}]
    more = prompt("p9", "review", items=items, timeline=list(review.prompt.timeline))
    desk.feed([closed(review.prompt.id, "tool"), more])
    qtbot.waitUntil(lambda: page.review.review is not review)
    again = page.review.review
    assert again is not None
    assert [row.decision for row in again.rows] == ["reject", None, None, None, None, None]


def test_the_lanes_are_painted_and_spoken(page: ExecutionPage) -> None:
    lanes = page.review._lanes
    spoken = lanes.accessibleDescription()
    assert spoken.startswith("connector 0: Available met, Available duplicate; connector 1: Unavailable met")
    image = lanes.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 4
