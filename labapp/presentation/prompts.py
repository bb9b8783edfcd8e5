"""The prompt on the screen: what it says, which keys answer it, and what an answer says to the bench.

The desk carries the answer; this model decides only what a key means while a prompt is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from labapp.presentation.session import Session
from labapp.presentation.session_prompts import CSMS_REQUEST, OpenPrompt
from labapp.presentation.wording import text

#: Seconds for which it stays visible what closed a prompt.
SEEN_FOR = 4.0
#: Seconds for which a prompt takes no key that comes up right behind another.
HELD_FOR = 0.3


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer. key: as `PromptModel.press` takes it; word: what the key does; leading: the one to press in most cases."""

    key: str
    word: str
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What the prompt shows. kind: "action", "question", "answered", "reason" or "closed".

    hint: one line below the text. options: none while nothing is to be answered. countdown: seconds that are left until the device
    gives up, None for no deadline. more: how many prompts wait behind this one. entries: name and value of what is to be entered.
    """

    kind: str
    heading: str
    text: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    countdown: int | None = None
    more: int = 0
    entries: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to be given."""

    prompt: OpenPrompt
    outcome: str
    reason: str = ""


class PromptModel:
    """The prompt of a session. simulated: Space has the simulator do the action."""

    def __init__(self, session: Session, *, simulated: bool = False) -> None:
        self._session = session
        self._simulated = simulated
        self._answered = ""
        self._asking = ""

    def takes_keys(self, now: float) -> bool:
        """Whether a key is meant for the prompt that is shown: one pressed for a prompt that the wire has just closed is not."""
        prompt, closed = self._session.prompt, self._session.closed
        if prompt is None:
            return False
        followed = closed is not None and closed.by != "operator" and 0 <= prompt.asked - closed.at < HELD_FOR
        return not followed or not 0 <= now - prompt.asked < HELD_FOR

    @property
    def asking_reason(self) -> bool:
        """Whether a reason is being asked for, so that keys are text."""
        prompt = self._session.prompt
        return prompt is not None and prompt.id == self._asking

    def card(self, now: float) -> Card | None:
        """What is shown at this moment, UTC seconds; None for nothing."""
        prompt = self._session.prompt
        if prompt is None:
            return self._closed(now)
        more = sum(1 for each in self._session.prompts if each.kind != "review") - 1
        left = max(0, round(prompt.deadline - now)) if prompt.deadline else None
        if prompt.id == self._answered:
            hint = text("the simulator does it") if self._simulated else text("answered, the bench takes it")
            return Card("answered", text("Answered"), prompt.headline, hint, (), left, more, prompt.entries)
        if prompt.id == self._asking:
            options = (Option("Enter", text("not possible")), Option("Esc", text("back")))
            return Card("reason", text("Why is it not possible?"), prompt.headline, "", options, left, more)
        if prompt.kind == "question":
            return Card("question", text("Question"), prompt.text, self._default(prompt), _choices(prompt), left, more)
        hint, acts = self._hint(prompt), self._acts()
        return Card("action", text("Do this now"), prompt.headline, hint, acts, left, more, prompt.entries)

    def press(self, key: str) -> Reply | None:
        """A key: "Space", "N", "1" to "9", "Enter" or "Esc". Returns the answer that it gives; None when it gives none."""
        prompt = self._session.prompt
        if prompt is None or prompt.id == self._answered:
            return None
        if prompt.kind == "question":
            return self._chosen(prompt, key)
        if prompt.id == self._asking:
            if key == "Esc":
                self._asking = ""
            return None
        if key == "Space":
            return self._reply(prompt, "done")
        if key == "N":
            self._asking = prompt.id
        return None

    def give_reason(self, reason: str) -> Reply | None:
        """The action is not possible. reason: may be empty."""
        prompt = self._session.prompt
        if prompt is None or prompt.id != self._asking:
            return None
        return self._reply(prompt, "impossible", reason.strip())

    def refused(self) -> None:
        """The bench, or the simulator, has not taken the answer: it is asked again."""
        self._answered = ""

    # ------------------------------------------------------------------------------------------------------------------

    def _reply(self, prompt: OpenPrompt, outcome: str, reason: str = "") -> Reply:
        self._answered, self._asking = prompt.id, ""
        return Reply(prompt, outcome, reason)

    def _chosen(self, prompt: OpenPrompt, key: str) -> Reply | None:
        if key == "Enter":
            default = next((choice for choice in prompt.choices if choice.default), None)
            return self._reply(prompt, default.id) if default is not None else None
        if key.isdigit() and 1 <= int(key) <= len(prompt.choices):
            return self._reply(prompt, prompt.choices[int(key) - 1].id)
        return None

    def _acts(self) -> tuple[Option, ...]:
        done = text("simulate") if self._simulated else text("done")
        return (Option("Space", done, leading=True), Option("N", text("not possible")))

    def _hint(self, prompt: OpenPrompt) -> str:
        if prompt.action == CSMS_REQUEST:
            return text("closes by itself when the request comes")
        if prompt.action in self._session.shown_acts:
            return text("closes by itself when the device reports it")
        return text("the device reports nothing of this: confirm it yourself")

    def _default(self, prompt: OpenPrompt) -> str:
        default = next((choice for choice in prompt.choices if choice.default), None)
        return text("Enter takes: {choice}", choice=default.text) if default is not None else ""

    def _closed(self, now: float) -> Card | None:
        closed = self._session.closed
        if closed is None or closed.prompt.kind == "review" or not 0 <= now - closed.at <= SEEN_FOR:
            return None
        if closed.prompt.id == self._session.overtaken:
            return Card("closed", text("Another operator has answered already"), closed.prompt.headline)
        if closed.by == "wire":
            return Card("closed", text("✓ Seen on the wire"), closed.prompt.headline)
        if closed.by == "tool":
            return Card("closed", text("No longer asked for"), closed.prompt.headline)
        return None


def _choices(prompt: OpenPrompt) -> tuple[Option, ...]:
    return tuple(
        Option(str(number), choice.text, leading=choice.default)
        for number, choice in enumerate(prompt.choices[:9], start=1)
    )
