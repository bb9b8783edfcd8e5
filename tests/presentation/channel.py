"""Messages of a bench for tests: a recorded session of three cases on the simulated station, and single ones made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labapp.presentation.session import Session

Message = dict[str, Any]

#: TC_003_CS with a review (PASS), TC_019_CS (FAIL by validation), TC_013_CS whose review was asked twice (PASS), summary.
RECORDED = Path(__file__).parents[1] / "data" / "channel" / "three_cases.jsonl"

#: UTC seconds; messages made by hand come one second apart from here.
BEGIN = 1_800_000_000.0


def recorded() -> list[Message]:
    """The messages of the recorded session, in their order."""
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


def hello(*cases: str, **more: Any) -> Message:
    """The greeting of a bench."""
    return {"type": "hello", "run": "r1", "protocol": 1, "tool": "labapp", "actions": [], "cases": list(cases), **more}


def ready() -> Message:
    """The bench listens for the device CS-1."""
    return {"type": "ready", "run": "r1", "identity": "CS-1", "listen": "127.0.0.1:9000"}


def case(event: str, name: str, verdict: str = "", attempt: int = 1, **more: Any) -> Message:
    """A case begins, ends or is amended."""
    return {"type": "case", "run": "r1", "event": event, "id": name, "attempt": attempt, "verdict": verdict, **more}


def link(event: str, **more: Any) -> Message:
    """The connection of the device."""
    return {"type": "link", "run": "r1", "event": event, "identity": "CS-1", "detail": "", **more}


def step(number: int | str, message: str, state: str, detail: str = "", scope: str = "", **more: Any) -> Message:
    """The course of a step."""
    content = {"scope": scope, "step": number, "message": message, "state": state, "detail": detail}
    return {"type": "step", "run": "r1", **content, **more}


def frame(seq: int, text: str, way: str = "in") -> Message:
    """A frame."""
    return {"type": "frame", "run": "r1", "seq": seq, "dir": way, "text": text}


def prompt(name: str = "p1", kind: str = "action", action: str = "plug_in", **more: Any) -> Message:
    """A prompt."""
    content = {"action": action, "args": {"connector": 1}, "text": "Plug the cable into connector 1.", "choices": []}
    return {"type": "prompt", "run": "r1", "id": name, "kind": kind, "items": [], "countdown": {}, **content, **more}


def question(name: str = "q1") -> Message:
    """A question with two choices, the second the default."""
    choices = [
        {"id": "device", "text": "The device itself", "default": False},
        {"id": "unknown", "text": "Not known", "default": True},
    ]
    return prompt(name, "question", "surprise", text="The connection was lost. What was the cause?", choices=choices)


def closed(name: str = "p1", by: str = "wire") -> Message:
    """A prompt is closed."""
    return {"type": "prompt_closed", "run": "r1", "id": name, "by": by}


def session_of(messages: Iterable[Message]) -> Session:
    """A session that has taken the messages, one a second."""
    session = Session()
    for number, message in enumerate(messages):
        session.take(message, BEGIN + number)
    return session
