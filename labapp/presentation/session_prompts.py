"""What the bench asks, as it stands in the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labapp.presentation.wording import text

#: The action that has a central system send a request; its text has a line for each field.
CSMS_REQUEST = "csms_request"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    id: str
    text: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """Something that the operator must do or say. kind: "action", "question" or "review". asked: UTC seconds.

    args: resolved literals. items, timeline: those of a review, as the channel tells them. deadline: UTC seconds when the device
    gives up by itself, 0.0 for never; deadline_name: of the configured value that gives it.
    """

    id: str
    kind: str
    action: str
    text: str
    args: Mapping[str, Any]
    choices: tuple[Choice, ...] = ()
    items: tuple[Mapping[str, Any], ...] = ()
    timeline: tuple[Mapping[str, Any], ...] = ()
    asked: float = 0.0
    deadline: float = 0.0
    deadline_name: str = ""

    @property
    def headline(self) -> str:
        """What it asks, without what is to be entered."""
        return self.text.partition("\n")[0] if self.action == CSMS_REQUEST else self.text

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """What a person is to enter in a central system, name and value; of other actions nothing."""
        lines = self.text.split("\n")[1:] if self.action == CSMS_REQUEST else ()
        parted = (line.strip().partition(": ") for line in lines)
        return tuple((name, value) for name, _, value in parted)

    @property
    def channel(self) -> dict[str, Any]:
        """What an answer must know of it, as the channel tells it."""
        return {"id": self.id, "kind": self.kind, "action": self.action, "args": dict(self.args)}


@dataclass(frozen=True, slots=True)
class ClosedPrompt:
    """The prompt that was closed last. by: "wire", "operator" or "tool". at: UTC seconds."""

    prompt: OpenPrompt
    by: str
    at: float

    @property
    def line(self) -> str:
        """What closed it, in one line."""
        match self.by:
            case "wire":
                return text("✓ Seen on the wire: {text}", text=self.prompt.headline)
            case "operator":
                return text("Answered: {text}", text=self.prompt.headline)
            case _:
                return text("No longer asked for: {text}", text=self.prompt.headline)


def prompt_from(message: Mapping[str, Any], at: float) -> OpenPrompt:
    """A prompt of the channel. at: when it was opened, UTC seconds."""
    countdown = message.get("countdown") or {}
    seconds = float(countdown.get("seconds") or 0.0)
    return OpenPrompt(
        id=str(message["id"]),
        kind=str(message["kind"]),
        action=str(message["action"]),
        text=str(message["text"]),
        args=dict(message["args"]),
        choices=tuple(Choice(str(each["id"]), str(each["text"]), bool(each["default"])) for each in message["choices"]),
        items=tuple(message["items"]),
        timeline=tuple(message.get("timeline", ())),
        asked=at,
        deadline=at + seconds if seconds else 0.0,
        deadline_name=str(countdown.get("name", "")),
    )
