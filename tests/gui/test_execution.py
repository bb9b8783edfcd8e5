"""The execution page, driven as the technician drives it; the bench is a recording."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labapp.gui.pages.execution import STATE_AFTER, ExecutionPage
from labapp.presentation.stages import Stage, State
from tests.gui.execution_desk import RecordingDesk
from tests.presentation.channel import case, closed, hello, link, prompt, question, ready, recorded, step

Key = Qt.Key
RUNNING = [hello("TC_003_CS", "TC_013_CS", "TC_019_CS"), ready(), link("up"), case("started", "TC_003_CS")]
FAILED = {
    "reason_code": "validation",
    "findings": [
        {"step": 1, "message": "M.req", "field": "status", "expected": "A", "received": "B", "text": "Wrong."}
    ],
}


@pytest.fixture
def desk(qapp: QApplication) -> RecordingDesk:
    return RecordingDesk()


@pytest.fixture
def page(qtbot: QtBot, desk: RecordingDesk) -> ExecutionPage:
    made = ExecutionPage(desk)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1166, 678)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def begin(page: ExecutionPage, qtbot: QtBot, *messages: dict[str, Any]) -> None:
    desk: Any = page.desk
    desk.begin(*messages)
    settle(page, qtbot)


def feed(page: ExecutionPage, qtbot: QtBot, *messages: dict[str, Any]) -> None:
    desk: Any = page.desk
    desk.feed(messages)
    settle(page, qtbot)


def settle(page: ExecutionPage, qtbot: QtBot) -> None:
    """Until what was told is shown."""
    qtbot.waitUntil(lambda: not (page._state_timer.isActive() or page._frame_timer.isActive()))


def press(qtbot: QtBot, key: Qt.Key) -> None:
    """A key where the focus is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key)


def with_focus(widget: Any) -> Callable[[], bool]:
    return lambda: QApplication.focusWidget() is widget


# Before, at the end, without a bench ----------------------------------------------------------------------------------


def test_before_a_session_the_one_thing_to_do_is_to_start_one(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    assert page.status().state is State.TO_DO
    assert page.start.isVisible()
    page.begin()
    press(qtbot, Key.Key_Space)
    assert desk.started == 1
    desk.starting = True
    desk.bench_changed.emit()
    assert (page.start.text(), page.start.isEnabled()) == ("The session is starting …", False)


def test_at_the_end_the_way_leads_to_the_report(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *recorded())
    assert page.middle.primary.text() == "Go to Report"
    page.begin()
    press(qtbot, Key.Key_Space)
    assert desk.stages == [Stage.REPORT]
    assert page.middle.failed.text == (
        "FAIL TC_019_CS: Step 4: GetConfiguration.conf had configurationKey[key=ResetRetries].readonly <omitted>, "
        "false was due."
    )


def test_when_the_bench_has_gone_the_session_can_be_resumed(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING)
    assert desk.session is not None
    desk.session.bench_lost(time.time())
    desk.bench_changed.emit()
    assert page.status().state is State.PROBLEM
    page.begin()
    press(qtbot, Key.Key_Space)
    assert desk.resumed == [()]


# Prompts --------------------------------------------------------------------------------------------------------------


def test_a_prompt_takes_the_keyboard_and_space_confirms_it(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING)
    page.tree.tree.setFocus()
    feed(page, qtbot, prompt())
    assert QApplication.focusWidget() is page.middle.card
    press(qtbot, Key.Key_Space)
    assert desk.said == [{"type": "answer", "id": "p1", "outcome": "done", "reason": "", "items": {}}]
    press(qtbot, Key.Key_Space)
    assert len(desk.said) == 1


def test_a_prompt_that_the_wire_closes_says_so_and_leaves_no_button_under_the_keys(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING)
    feed(page, qtbot, prompt())
    feed(page, qtbot, closed())
    card = page.middle.card.shown
    assert card is not None
    assert (card.kind, card.heading) == ("closed", "✓ Seen on the wire")
    assert QApplication.focusWidget() is page.middle.steps
    press(qtbot, Key.Key_Space)
    assert desk.said == []


def test_not_possible_takes_a_reason(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    press(qtbot, Key.Key_N)
    focus = QApplication.focusWidget()
    assert focus is page.middle.card._reason
    qtbot.keyClicks(focus, "no second card")
    press(qtbot, Key.Key_Return)
    assert desk.said == [
        {"type": "answer", "id": "p1", "outcome": "impossible", "reason": "no second card", "items": {}}
    ]


def test_escape_leaves_the_reason_and_gives_the_keys_back(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    press(qtbot, Key.Key_N)
    press(qtbot, Key.Key_Escape)
    assert QApplication.focusWidget() is page.middle.card
    press(qtbot, Key.Key_Space)
    assert [each["outcome"] for each in desk.said] == ["done"]


@pytest.mark.parametrize(("key", "outcome"), [(Key.Key_1, "device"), (Key.Key_Return, "unknown")])
def test_a_question_is_answered_with_one_key(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk, key: Qt.Key, outcome: str
) -> None:
    begin(page, qtbot, *RUNNING, question())
    press(qtbot, key)
    assert [(each["id"], each["outcome"]) for each in desk.said] == [("q1", outcome)]


def test_a_question_is_answered_with_the_mouse(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *RUNNING, question())
    buttons = [page.middle.card._column.itemAt(at).widget() for at in range(2)]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert [each["outcome"] for each in desk.said] == ["device"]


def test_the_answers_are_reached_with_tab_and_pressed_there(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    press(qtbot, Key.Key_Tab)
    press(qtbot, Key.Key_Tab)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "not possible, N"
    press(qtbot, Key.Key_Space)
    assert QApplication.focusWidget() is page.middle.card._reason
    press(qtbot, Key.Key_Return)
    assert [each["outcome"] for each in desk.said] == ["impossible"]
    assert QApplication.focusWidget() is page.middle.card


def test_the_prompts_keys_work_in_the_lists_too(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    page.tree.tree.setFocus()
    press(qtbot, Key.Key_Space)
    assert [each["outcome"] for each in desk.said] == ["done"]


def test_who_is_typing_is_not_interrupted(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *RUNNING)
    page.search()
    feed(page, qtbot, prompt())
    assert QApplication.focusWidget() is page.frames.words
    press(qtbot, Key.Key_Space)
    assert desk.said == []
    assert page.middle.card.isVisible()


def test_what_the_bench_does_not_take_is_said_and_asked_again(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    press(qtbot, Key.Key_Space)
    feed(page, qtbot, {"type": "error", "run": "r1", "text": "there is no prompt p1"})
    assert page.middle.problem.text == "The bench has not taken that: there is no prompt p1"
    assert page.middle.card.shown is not None
    assert page.middle.card.shown.kind == "action"


def test_a_prompt_is_on_the_screen_within_a_tenth_of_a_second(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *recorded()[:60])
    begun = time.thread_time()
    desk.feed([{**prompt("p77"), "text": "Look here."}])
    card = page.middle.card
    qtbot.waitUntil(lambda: card.shown is not None and card.shown.text == "Look here.", timeout=1000)
    card.grab()
    # What the window works for it, and what it lets pass by before.
    assert time.thread_time() - begun + STATE_AFTER / 1000 < 0.1


# Commands -------------------------------------------------------------------------------------------------------------


def test_commands_go_by_key(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *RUNNING)
    for key in (Key.Key_F5, Key.Key_F6, Key.Key_F7, Key.Key_F8):
        press(qtbot, key)
    assert [each["name"] for each in desk.said] == ["pause", "extend", "repeat", "skip"]
    feed(page, qtbot, {"type": "command", "run": "r1", "name": "pause", "by": "operator 1"})
    press(qtbot, Key.Key_F5)
    assert desk.said[-1]["name"] == "resume"


@pytest.mark.parametrize(("answer", "said"), [(Key.Key_Return, ["abort"]), (Key.Key_Escape, [])])
def test_what_loses_something_is_asked_about_in_place(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk, answer: Qt.Key, said: list[str]
) -> None:
    begin(page, qtbot, *RUNNING, prompt())
    press(qtbot, Key.Key_F9)
    assert page.bar.asks
    assert page.bar.question.text.text().startswith("Abort TC_003_CS?")
    press(qtbot, answer)
    assert [each["name"] for each in desk.said] == said
    assert not page.bar.asks
    assert QApplication.focusWidget() is page.middle.card


def test_a_question_about_a_case_that_has_ended_goes_away(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING)
    press(qtbot, Key.Key_F9)
    feed(page, qtbot, case("ended", "TC_003_CS", "PASS"))
    assert not page.bar.asks
    assert desk.said == []


# Verdicts -------------------------------------------------------------------------------------------------------------


def test_a_fail_is_accounted_for_until_the_next_case_begins_and_stays_in_reach(
    page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk
) -> None:
    begin(page, qtbot, *RUNNING)
    feed(page, qtbot, case("ended", "TC_003_CS", "FAIL", result=FAILED))
    assert page.middle.shows_account
    assert page.middle.account.verdict.text() == "✗ FAIL"
    feed(page, qtbot, case("started", "TC_013_CS"))
    assert not page.middle.shows_account
    assert page.middle.failed.text == "FAIL TC_003_CS: Wrong."
    qtbot.mouseClick(page.middle.failed.button, Qt.MouseButton.LeftButton)
    assert page.middle.shows_account
    assert page.middle.back.isVisible()
    qtbot.mouseClick(page.middle.back, Qt.MouseButton.LeftButton)
    assert not page.middle.shows_account


def test_show_frame_marks_what_was_wrong(page: ExecutionPage, qtbot: QtBot) -> None:
    begin(page, qtbot, *recorded())
    page.tree.tree.setFocus()
    page._select("TC_019_CS")
    qtbot.keyClick(page, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is page.frames.table
    assert '"GetConfiguration"' not in page.frames.text.toPlainText()
    assert len(page.frames.text.extraSelections()) > 0
    assert page.frames._finding.text().startswith("Step 4: GetConfiguration.conf")


def test_run_again_and_record_an_issue(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *recorded())
    page._select("TC_019_CS")
    qtbot.keyClick(page, Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    issue = page.middle.account._issue
    assert QApplication.focusWidget() is issue.cause
    issue.reason.setFocus()
    qtbot.keyClicks(issue.reason, "wrong firmware was loaded")
    qtbot.keyClick(issue.reason, Key.Key_Return)
    assert desk.said == [
        {
            "type": "amend",
            "case": "TC_019_CS",
            "cause": "lab",
            "reason": "wrong firmware was loaded",
            "who": "Kim",
        }
    ]
    qtbot.keyClick(page, Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert desk.resumed == [("TC_019_CS",)]


def test_an_empty_reason_records_nothing(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *recorded())
    page._select("TC_019_CS")
    page.middle.account.record.click()
    qtbot.keyClick(page.middle.account._issue.reason, Key.Key_Return)
    assert desk.said == []


# The tree and the steps -----------------------------------------------------------------------------------------------


def test_the_tree_shows_verdicts_and_steps_of_cases_to_come(page: ExecutionPage, qtbot: QtBot) -> None:
    begin(page, qtbot, *RUNNING)
    feed(page, qtbot, step(1, "StatusNotification.req", "met"), case("ended", "TC_003_CS", "PASS"))
    texts = [item.text(0) for item in page.tree._items.values()]
    assert texts == ["✓  TC_003_CS", "·  TC_013_CS", "·  TC_019_CS"]
    page.tree.tree.setCurrentItem(page.tree._items["TC_019_CS"])
    assert page.middle.steps.rows[0].what == "GetConfiguration.req"
    assert page.middle._caption.text() == "TC_019_CS has not run yet. It expects:"


def test_another_session_begins_anew(page: ExecutionPage, qtbot: QtBot, desk: RecordingDesk) -> None:
    begin(page, qtbot, *recorded())
    assert page.frames.model.rowCount() > 20
    begin(page, qtbot, *RUNNING)
    assert page.frames.model.rowCount() == 0
    assert page.middle.failed.text == ""
    desk.session = None
    desk.session_changed.emit()
    assert page.start.isVisible()


def test_nothing_ticks_while_nobody_looks(page: ExecutionPage, qtbot: QtBot) -> None:
    begin(page, qtbot, *RUNNING)
    assert page._clock.isActive()
    page.hide()
    assert not page._clock.isActive()
    desk: Any = page.desk
    with qtbot.waitSignal(page.status_changed):
        desk.feed([prompt()])
    assert not (page._state_timer.isActive())
    assert not (page._clock.isActive())
    page.show()
    assert page.middle.card.isVisible()
