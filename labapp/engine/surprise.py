"""What the scenario does not ask for and the operator may have caused: the operator says whose doing it was, before it is judged."""

from __future__ import annotations

from collections.abc import Generator

from labapp.engine.attempt import Attempt, CaseEnded
from labapp.engine.events import Prompt

_TEXT = {
    "boot": "The device has started again, which the scenario does not ask for here. What was the cause?",
    "link": "The connection to the device was lost, which the scenario does not ask for here. What was the cause?",
}
_CAUSES = (
    {"id": "device", "text": "The device itself", "default": False},
    {"id": "lab", "text": "The lab: power, network or handling", "default": False},
    {"id": "unknown", "text": "Not known", "default": True},
)
_CARDS = (
    {"id": "device", "text": "The right card was presented: the device reports another one", "default": True},
    {"id": "card", "text": "The wrong card was presented: the case is run again", "default": False},
)


def ask_whose_fault(attempt: Attempt, place: int | str) -> Generator[int | None, None, None]:
    """Ask for the cause of a surprise and end the case: device FAIL, lab or unknown INCONCLUSIVE. Raises CaseEnded.

    place: the step that was waited for when it happened.
    """
    kind = attempt.surprise
    cause = yield from _choice(attempt, attempt.ask("question", "surprise", _TEXT[kind], {"kind": kind}, _CAUSES))
    attempt.surprise = ""
    what = "a boot" if kind == "boot" else "a loss of the connection"
    if cause == "device":
        name = attempt.version.message_name("BootNotification", "req") if kind == "boot" else "WEBSOCKET"
        attempt.find("device_lost", place, name, f"There was {what} that the scenario does not ask for.")
        raise CaseEnded("device_lost")
    raise CaseEnded("device_lost", "INCONCLUSIVE", f"{what}, cause: {cause or 'unknown'}")


def ask_whose_card(attempt: Attempt) -> Generator[int | None, None, None]:
    """Ask which card was presented: the wrong one ends the case INCONCLUSIVE, else the messages in doubt are judged. Raises CaseEnded."""
    cards = attempt.cards
    prompt = attempt.ask(
        "question",
        "other_card",
        f"The card {cards.asked_for} was to be presented; the device reports {cards.reported}. Whose mistake is it?",
        {"asked_for": cards.asked_for, "reported": cards.reported},
        _CARDS,
    )
    choice = yield from _choice(attempt, prompt)
    cards.settled = True
    in_doubt, cards.in_doubt = cards.in_doubt, []
    if choice == "card":
        # What the device has reported since follows from the card that was presented.
        del attempt.review_lines[cards.reviewed :]
        raise CaseEnded("operator", "INCONCLUSIVE", f"the card {cards.reported} was presented by mistake")
    if not choice:
        raise CaseEnded("operator", "INCONCLUSIVE", "nobody said which card was presented")
    for judge in in_doubt:
        judge()


def _choice(attempt: Attempt, prompt: Prompt) -> Generator[int | None, None, str]:
    """The id of the choice taken, "" when nobody answered in time."""
    until = attempt.patience_ends()
    while prompt.id in attempt.prompts:
        if until is not None and attempt.now.mono_ns >= until:
            attempt.close(prompt, "tool")
            return ""
        yield until
    answer = attempt.answers.get(prompt.id)
    return str(answer.outcome) if answer is not None else ""
