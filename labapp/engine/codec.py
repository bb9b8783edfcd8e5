"""Events and outputs as records of the journal, and back.

Kinds: `frame` (dir in or out), `link`, `websocket`, `answer`, `tick`, `command`, `file`; `prompt`, `prompt_closed`, `link_command`,
`file_order`, `step`, `finding`, `observation`; `attempt_started`, `attempt_ended`. Wake-ups that an attempt asks for are not recorded:
the ticks are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labapp.engine.events import (
    Answer,
    Command,
    Ended,
    FileOrder,
    FileTransferred,
    Input,
    LinkCommand,
    Note,
    Output,
    Prompt,
    PromptClosed,
    Send,
    StepEvent,
    Tick,
    Wake,
)
from labapp.engine.journal import Record
from labapp.engine.ports import FrameReceived, LinkDown, LinkUp, UpgradeRefused, WebSocketFact

Content = dict[str, Any]

#: Kind of the record of a file's transfer; its content are the facts.
FILE = "file"


def encode_input(event: Input) -> tuple[str, Content]:
    """(kind, content) of an event's record; its stamp is the record's."""
    match event:
        case FrameReceived():
            content: Content = {"dir": "in", "text": event.text}
            if event.defect:
                content["defect"] = event.defect
            if event.masks:
                content["masks"] = [dict(mask) for mask in event.masks]
            return "frame", content
        case LinkUp():
            return "link", {"event": "up", "facts": dict(event.facts)}
        case LinkDown():
            return "link", {"event": "down", "code": event.code, "reason": event.reason, "by": event.by}
        case UpgradeRefused():
            return "link", {"event": "refused", "facts": dict(event.facts)}
        case WebSocketFact():
            return "websocket", {"kind": event.kind, "facts": dict(event.facts)}
        case Answer():
            return "answer", {
                "prompt": event.prompt,
                "outcome": event.outcome,
                "items": dict(event.items),
                "reason": event.reason,
                "operator": event.operator,
            }
        case Tick():
            return "tick", {}
        case Command():
            return "command", {"name": event.name, "operator": event.operator}
        case FileTransferred():
            return FILE, dict(event.facts)


def decode_input(record: Record) -> Input | None:
    """The event of a record; None for a record of an output or of the campaign."""
    content: Mapping[str, Any] = record.content
    match record.kind:
        case "frame" if content["dir"] == "in":
            masks = tuple(content.get("masks", ()))
            return FrameReceived(record.at, content["text"], content.get("defect", ""), masks)
        case "link" if content["event"] == "up":
            return LinkUp(record.at, content["facts"])
        case "link" if content["event"] == "down":
            return LinkDown(record.at, content["code"], content["reason"], content["by"])
        case "link":
            return UpgradeRefused(record.at, content["facts"])
        case "websocket":
            return WebSocketFact(record.at, content["kind"], content["facts"])
        case "answer":
            return Answer(
                record.at,
                content["prompt"],
                content["outcome"],
                content["items"],
                content["reason"],
                content["operator"],
            )
        case "tick":
            return Tick(record.at)
        case "command":
            return Command(record.at, content["name"], content["operator"])
        case _ if record.kind == FILE:
            return FileTransferred(record.at, content)
        case _:
            return None


def encode_output(output: Output) -> tuple[str, Content] | None:
    """(kind, content) of an output's record; None for a wake-up, which is not recorded."""
    match output:
        case Send():
            return "frame", {"dir": "out", "text": output.text}
        case Prompt():
            return "prompt", prompt_content(output)
        case PromptClosed():
            return "prompt_closed", {"id": output.id, "by": output.by}
        case LinkCommand():
            return "link_command", {"order": output.order, "options": dict(output.options)}
        case FileOrder():
            content: Content = {"number": output.number, "direction": output.direction, "url": output.url}
            return "file_order", {**content, "name": output.name, "content": output.content}
        case StepEvent():
            return "step", step_content(output)
        case Note():
            return output.kind, dict(output.content)
        case Ended():
            return "attempt_ended", dict(output.content)
        case Wake():
            return None


def prompt_content(prompt: Prompt) -> Content:
    """A prompt as the operator channel and the journal show it."""
    return {
        "id": prompt.id,
        "kind": prompt.kind,
        "action": prompt.action,
        "args": dict(prompt.args),
        "text": prompt.text,
        "choices": [dict(choice) for choice in prompt.choices],
        "items": [dict(item) for item in prompt.items],
        "countdown": dict(prompt.countdown),
    }


def step_content(event: StepEvent) -> Content:
    """The course of a step as the operator channel and the journal show it."""
    return {
        "scope": event.scope,
        "step": event.step,
        "message": event.message,
        "state": event.state,
        "detail": event.detail,
    }
