"""A desk for the tests of the execution page: it keeps what is said, and is fed with messages of a bench."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from labapp.domain.draft import Draft
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage


class RecordingDesk(QObject):
    """The part of the desk that the execution page uses. said: messages to the bench, in their order."""

    draft_changed = Signal()
    session_changed = Signal()
    told = Signal(object)
    bench_changed = Signal()
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = Draft(1, "station", {"project": {"tester": "Kim"}})
        self.session: Session | None = None
        self.run_directory: Path | None = None
        self.selected_cases: tuple[str, ...] | None = None
        self.starting = False
        self.said: list[dict[str, Any]] = []
        self.resumed: list[tuple[str, ...]] = []
        self.stages: list[Stage] = []
        self.started = 0

    def begin(self, *messages: Mapping[str, Any]) -> None:
        """Another session is shown, and its bench tells these messages."""
        self.session = Session()
        self.session_changed.emit()
        self.feed(messages)

    def feed(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """The bench tells messages, as it happens now."""
        for message in messages:
            if self.session is not None:
                self.session.take(message, time.time())
                self.told.emit(message)

    def start_session(self) -> None:
        """A session is wished for."""
        self.started += 1

    def resume_session(self, only: Sequence[str] = ()) -> None:
        """The session is to go on."""
        self.resumed.append(tuple(only))

    def show_stage(self, stage: Stage) -> None:
        """A stage is wished for."""
        self.stages.append(stage)

    def say(self, kind: str, **content: Any) -> None:
        """Something is said to the bench."""
        self.said.append({"type": kind, **content})

    def command(self, name: str) -> None:
        """The bench is commanded."""
        self.say("command", name=name)

    def answer(
        self, prompt: Mapping[str, Any], outcome: str, *, items: Mapping[str, str] | None = None, reason: str = ""
    ) -> None:
        """A prompt is answered."""
        self.say("answer", id=prompt["id"], outcome=outcome, reason=reason, items=dict(items or {}))
