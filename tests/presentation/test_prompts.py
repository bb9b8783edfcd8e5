"""The prompt: what it says, what a key means, and what the answer is."""

from __future__ import annotations

import pytest

from labapp.presentation.prompts import Card, Option, PromptModel, Reply
from labapp.presentation.session import Session
from tests.presentation.channel import BEGIN, Message, case, closed, hello, prompt, question, ready, session_of

STARTED = [hello("TC_003_CS"), ready(), case("started", "TC_003_CS")]


def model(*messages: Message, simulated: bool = False) -> PromptModel:
    return PromptModel(session_of([*STARTED, *messages]), simulated=simulated)


def said(reply: Reply | None) -> tuple[str, str, str] | None:
    return (reply.prompt.id, reply.outcome, reply.reason) if reply is not None else None


def card(made: PromptModel, now: float = BEGIN) -> Card:
    found = made.card(now)
    assert found is not None
    return found


def test_an_action_is_confirmed_with_space() -> None:
    made = model(prompt())
    shown = card(made)
    assert (shown.kind, shown.heading, shown.text) == ("action", "Do this now", "Plug the cable into connector 1.")
    assert shown.hint == "closes by itself when the device reports it"
    assert shown.options == (Option("Space", "done", leading=True), Option("N", "not possible"))
    assert said(made.press("Space")) == ("p1", "done", "")
    assert (card(made).kind, card(made).hint) == ("answered", "answered, the bench takes it")
    assert made.press("Space") is None


def test_an_act_that_the_device_does_not_report_says_so() -> None:
    assert card(model(prompt(action="inspect"))).hint == "the device reports nothing of this: confirm it yourself"


def test_what_a_central_system_is_to_send_is_entered_field_by_field() -> None:
    words = "Have the central system send ReserveNow with\n  connector id: 1\n  expiry date: 2026-11-21T12:00Z\nLeave out: parent id."
    made = model(prompt(action="csms_request", text=words))
    shown = card(made)
    assert shown.text == "Have the central system send ReserveNow with"
    assert shown.entries == (
        ("connector id", "1"),
        ("expiry date", "2026-11-21T12:00Z"),
        ("Leave out", "parent id."),
    )
    assert shown.hint == "closes by itself when the request comes"
    made.press("Space")
    assert card(made).entries == shown.entries
    over = card(model(prompt(action="csms_request", text=words), closed()), BEGIN + len(STARTED) + 1)
    assert (over.kind, over.text, over.entries) == ("closed", "Have the central system send ReserveNow with", ())


def test_the_simulator_does_what_is_asked_for() -> None:
    made = model(prompt(), simulated=True)
    assert card(made).options[0] == Option("Space", "simulate", leading=True)
    assert said(made.press("Space")) == ("p1", "done", "")
    assert card(made).hint == "the simulator does it"


def test_not_possible_asks_for_a_reason_which_may_be_empty() -> None:
    made = model(prompt())
    assert made.press("N") is None
    assert (made.asking_reason, card(made).kind, card(made).heading) == (True, "reason", "Why is it not possible?")
    assert made.press("Space") is None
    assert made.press("Esc") is None
    assert card(made).kind == "action"
    made.press("N")
    assert said(made.give_reason(" no second card ")) == ("p1", "impossible", "no second card")
    assert made.give_reason("again") is None
    other = model(prompt())
    other.press("N")
    assert said(other.give_reason("")) == ("p1", "impossible", "")


def test_a_reason_that_nobody_asked_for_is_none() -> None:
    assert model(prompt()).give_reason("why") is None
    assert model().give_reason("why") is None


@pytest.mark.parametrize(
    ("key", "outcome"), [("1", "device"), ("2", "unknown"), ("Enter", "unknown"), ("3", None), ("Space", None)]
)
def test_a_question_is_answered_with_its_number_or_its_default(key: str, outcome: str | None) -> None:
    made = model(question())
    shown = card(made)
    assert (shown.kind, shown.hint) == ("question", "Enter takes: Not known")
    assert shown.options == (Option("1", "The device itself"), Option("2", "Not known", leading=True))
    assert said(made.press(key)) == (("q1", outcome, "") if outcome else None)


def test_a_question_without_a_default_is_not_answered_by_enter() -> None:
    choices = [{"id": "a", "text": "A", "default": False}]
    made = model(prompt("q1", "question", choices=choices))
    assert card(made).hint == ""
    assert made.press("Enter") is None


def test_an_answer_that_is_not_taken_can_be_given_again() -> None:
    made = model(prompt())
    made.press("Space")
    made.refused()
    assert card(made).kind == "action"
    assert said(made.press("Space")) == ("p1", "done", "")


def test_several_prompts_stand_behind_one_another() -> None:
    made = model(prompt("p1"), prompt("p2"), prompt("p3", "review"))
    assert card(made).more == 1


def test_the_countdown_of_the_device_is_shown() -> None:
    made = model(prompt(countdown={"name": "connectionTimeOut", "seconds": 30}))
    asked = BEGIN + len(STARTED)
    assert [card(made, asked + gone).countdown for gone in (0, 12, 40)] == [30, 18, 0]


@pytest.mark.parametrize(("by", "heading"), [("wire", "✓ Seen on the wire"), ("tool", "No longer asked for")])
def test_what_closed_a_prompt_is_seen_for_a_moment(by: str, heading: str) -> None:
    made = model(prompt(), closed(by=by))
    at = BEGIN + len(STARTED) + 1
    shown = card(made, at + 1)
    assert (shown.kind, shown.heading, shown.text) == ("closed", heading, "Plug the cable into connector 1.")
    assert shown.options == ()
    assert made.card(at + 5) is None


def test_what_the_technician_has_answered_goes_without_a_word() -> None:
    assert model(prompt(), closed(by="operator")).card(BEGIN + len(STARTED) + 1) is None


def test_an_answer_of_another_operator_is_told() -> None:
    made = model(prompt(), closed(by="operator"), {"type": "ignored", "run": "r1", "id": "p1"})
    assert card(made, BEGIN + len(STARTED) + 2).heading == "Another operator has answered already"


def test_a_key_for_the_prompt_that_the_wire_has_closed_is_not_taken_for_the_next() -> None:
    session = Session()
    for message in [*STARTED, prompt("p1")]:
        session.take(message, BEGIN)
    made = PromptModel(session)
    assert made.takes_keys(BEGIN)
    session.take(closed("p1"), BEGIN + 10)
    assert not made.takes_keys(BEGIN + 10)
    session.take(prompt("p2"), BEGIN + 10.05)
    assert [made.takes_keys(BEGIN + 10 + after) for after in (0.1, 0.3, 0.4)] == [False, False, True]
    session.take(closed("p2", "operator"), BEGIN + 20)
    session.take(prompt("p3"), BEGIN + 20.01)
    assert made.takes_keys(BEGIN + 20.02)


def test_without_a_prompt_no_key_means_anything() -> None:
    made = model()
    assert made.card(BEGIN) is None
    assert made.press("Space") is None
    assert not made.asking_reason
