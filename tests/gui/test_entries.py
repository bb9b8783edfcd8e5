"""What is to be entered in a central system, on the prompt's card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from labapp.gui.prompts.card import PromptCard
from labapp.gui.prompts.entries import HIGHEST
from labapp.presentation.prompts import Card, Option

ACTS = (Option("Space", "done", leading=True), Option("N", "not possible"))


@pytest.fixture
def card(qtbot: QtBot) -> PromptCard:
    made = PromptCard()
    qtbot.addWidget(made)
    made.resize(500, 700)
    made.show()
    return made


def asked(*entries: tuple[str, str]) -> Card:
    return Card(
        "action", "Do this now", "Have the central system send DataTransfer with", options=ACTS, entries=entries
    )


def test_each_field_has_a_line_and_what_came_from_elsewhere_is_no_markup(card: PromptCard) -> None:
    card.show_card(asked(("vendor id", "<i>labapp</i>"), ("Leave out", "message id, data.")))
    shown = card._entries._lines
    assert shown.isVisible()
    assert "vendor id: <b>&lt;i&gt;labapp&lt;/i&gt;</b>" in shown.text()
    assert card.accessibleDescription().endswith("vendor id: <i>labapp</i>\nLeave out: message id, data.")


def test_an_action_without_entries_has_no_list(card: PromptCard) -> None:
    card.show_card(asked(("vendor id", "labapp")))
    card.show_card(asked())
    assert not card._entries.isVisible()


def test_the_answers_stay_in_sight_below_a_long_list_which_the_keyboard_turns(card: PromptCard, qtbot: QtBot) -> None:
    card.show_card(asked(*((f"local authorization list {number}, id tag", f"CARD-{number}") for number in range(60))))
    qtbot.waitUntil(lambda: card._entries.verticalScrollBar().maximum() > 0)
    assert card._entries.height() == HIGHEST
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_PageDown)
    assert card._entries.verticalScrollBar().value() > 0
    qtbot.keyClick(card, Qt.Key.Key_PageUp)
    assert card._entries.verticalScrollBar().value() == 0
    with qtbot.waitSignal(card.pressed) as press:
        qtbot.keyClick(card, Qt.Key.Key_Space)
    assert press.args == ["Space"]
