"""A run directory whose journal holds measurements that the test dictates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.engine.journal_file import JournalWriter

BEGIN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
RUN = "r7f3a"


class Clock:
    """A clock that stands still until it is asked to go on."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> Stamp:
        return Stamp(BEGIN + timedelta(seconds=self.passed), round(self.passed * 1e9))


class MeasuredRun:
    """A session under way: call after call is written to its journal."""

    def __init__(self, folder: Path, *, sut: str = "cs", cases: Sequence[str] = ("TC_003_CS", "TC_013_CS")) -> None:
        self.folder = folder
        folder.mkdir()
        self.clock = Clock()
        self.journal = JournalWriter(folder / "journal.jsonl", self.clock)
        self.messages = 0
        choices = [{"id": case, "excluded": "", "expected_fail": False} for case in cases]
        choices.append({"id": "TC_070_CS", "excluded": "the station has no cache", "expected_fail": False})
        self.write(
            "run_started",
            {
                "run": RUN,
                "ocpp": "1.6",
                "sut": sut,
                "mode": "preparation",
                "demonstration": False,
                "cases": choices,
                "judge": "5c1f" * 16,
                "version": "0.1.0",
            },
        )
        (folder / "project.toml").write_text("[timeouts]\nmessage = 20.0\n", encoding="utf-8")
        (folder / "pics.toml").write_text(
            "[performance]\nocpp_triggered_function_timeout = 5\nocpp_response_timeout = 0.2\n"
            'response_time_remote_start_transaction = ""\n',
            encoding="utf-8",
        )

    def write(self, kind: str, content: dict[str, Any], *, after: float = 0.0) -> None:
        self.clock.passed += after
        self.journal.append(self.clock.now(), RUN, kind, content)

    def attempt(self, case: str, number: int = 1) -> None:
        self.write("attempt_started", {"case": case, "number": 1, "try_number": number, "device": None}, after=1)

    def call(self, action: str, seconds: float, payload: dict[str, Any] | None = None) -> None:
        """A request of the tool that is answered after so many seconds."""
        self.messages += 1
        identifier = f"m{self.messages}"
        self._frame("out", [2, identifier, action, payload or {}], 0.5)
        self._frame("in", [3, identifier, {"status": "Accepted"}], seconds)

    def told(self, action: str, payload: dict[str, Any], after: float) -> None:
        """A request of the device."""
        self.messages += 1
        self._frame("in", [2, f"d{self.messages}", action, payload], after)

    def end(self) -> None:
        self.write("run_ended", {"device": None, "fault": None})
        self.journal.close()

    def _frame(self, direction: str, elements: list[Any], after: float) -> None:
        self.write("frame", {"dir": direction, "text": json.dumps(elements)}, after=after)
