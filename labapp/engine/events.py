"""What goes into an attempt and what comes out of it. Every one of them becomes a record of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.engine.ports import LinkEvent


@dataclass(frozen=True, slots=True)
class Answer:
    """An operator's answer to a prompt. items: answers of a review, by item id."""

    at: Stamp
    prompt: str
    outcome: str
    items: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """The time that the attempt asked to be woken at has come."""

    at: Stamp


@dataclass(frozen=True, slots=True)
class Command:
    """An operator's command: pause, resume, extend, skip, abort, repeat, stop."""

    at: Stamp
    name: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class FileTransferred:
    """A file went between the device and a file server of the tool, or was to.

    facts: JSON values: `direction` ("upload" from the device, "download", or "login" for one that was refused), `protocol`, `name` as
    the device gives it, `file` under which an upload is kept, `bytes`, `sha256`, `complete`, `fault`, `remote`, `began`, `ended`.
    Of one that the tool has made as charge point: `order`, the number of its FileOrder, `direction` as there, `url`, `name`, `bytes`,
    `sha256`, `complete`, `fault`, `began`, `ended`.
    """

    at: Stamp
    facts: Mapping[str, Any]


Input = LinkEvent | Answer | Tick | Command | FileTransferred


@dataclass(frozen=True, slots=True)
class Send:
    """A text frame for the device."""

    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something that the operator must do or say.

    kind: "action" (outcomes done, impossible), "question" (outcome: the id of a choice) or "review" (items).
    choices: {"id", "text", "default"}. items: those of a review. countdown: name and seconds of a deadline inside the device.
    """

    id: str
    kind: str
    action: str
    args: Mapping[str, Any]
    text: str
    choices: tuple[Mapping[str, Any], ...] = ()
    items: tuple[Mapping[str, Any], ...] = ()
    countdown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromptClosed:
    """A prompt is over. by: "wire", "operator" or "tool"."""

    id: str
    by: str


@dataclass(frozen=True, slots=True)
class LinkCommand:
    """An order to the link: cut, restore, disconnect, connect."""

    order: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileOrder:
    """Have a file fetched from a URL, or one of that name and content put there; the outcome comes as FileTransferred."""

    number: int
    direction: str
    url: str
    name: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Wake:
    """Feed a Tick when the monotonic clock reaches this, in nanoseconds; None: no wake-up is needed."""

    mono_ns: int | None


@dataclass(frozen=True, slots=True)
class StepEvent:
    """The course of a step, for the operator's list. state: "waiting", "met", "missing", "skipped", "failed", "sent"."""

    scope: str
    step: int
    message: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding or an observation, at the moment when it is made. content: as in the result."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The attempt is over; content: its entry of the run's result."""

    content: Mapping[str, Any]


Output = Send | Prompt | PromptClosed | LinkCommand | FileOrder | Wake | StepEvent | Note | Ended
