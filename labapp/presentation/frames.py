"""The message log: the frames of a session as rows, filtered, with an answer's action found by its message id.

Frames may come by the thousand in a second, so that a row is parsed only when somebody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from labapp.presentation.wording import text

#: Rows that are kept; older ones stand in the journal.
MAX_ROWS = 20_000
#: Rows that are let go at once, so that letting go is rare.
_SURPLUS = 1_000

_HEAD = re.compile(r'\s*\[\s*([234])\s*,\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*"((?:[^"\\]|\\.)*)")?')
_CONNECTOR = re.compile(r'"(?:connectorId|evseId)"\s*:\s*(\d+)')

CALL, RESULT, ERROR, OTHER = "CALL", "CALLRESULT", "CALLERROR", ""
_KINDS = {"2": CALL, "3": RESULT, "4": ERROR}


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding at a frame. field: path in the payload, "" for the whole frame."""

    field: str
    text: str


@dataclass(slots=True, eq=False)
class Frame:
    """One row. seq: the journal's number. at: UTC seconds. incoming: from the device under test. asked: the request it answers."""

    seq: int
    at: float
    incoming: bool
    text: str
    kind: str = OTHER
    id: str = ""
    named: str = ""
    asked: Frame | None = None
    _connector: str | None = None
    marks: list[Mark] = field(default_factory=list)

    @property
    def action(self) -> str:
        """The action, of an answer that of its request; "?" where neither is known."""
        if self.kind == CALL:
            return self.named
        return self.asked.named if self.asked is not None else "?"

    @property
    def message(self) -> str:
        """The message as a row names it."""
        if self.kind == OTHER:
            return text("no OCPP frame")
        if self.kind == ERROR:
            return text("↳ {action}: error {code}", action=self.action, code=self.named)
        return self.action if self.kind == CALL else f"↳ {self.action}"

    @property
    def spoken(self) -> str:
        """The message in words."""
        return text("answer to {action}", action=self.action) if self.kind in (RESULT, ERROR) else self.message

    @property
    def connector(self) -> str:
        """The connector that it speaks of, of an answer that of its request; "" for none."""
        if self._connector is None:
            found = _CONNECTOR.search(self.text)
            own = found.group(1) if found else ""
            self._connector = own or (self.asked.connector if self.asked is not None else "")
        return self._connector

    @property
    def arrow(self) -> str:
        """→ from the device, ← to the device."""
        return "→" if self.incoming else "←"

    @property
    def direction(self) -> str:
        """The direction in words."""
        return text("from the device") if self.incoming else text("to the device")

    @property
    def time(self) -> str:
        """UTC time of day with milliseconds."""
        return time_text(self.at)


def time_text(at: float) -> str:
    """UTC seconds as the time of day with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="milliseconds")[11:23] if at else ""


class FrameLog:
    """Frames in the order of the journal. appended, dropped: how many ever came and were let go; a view keeps up by them."""

    def __init__(self, limit: int = MAX_ROWS) -> None:
        self._limit = limit
        self._rows: list[Frame] = []
        self._calls: dict[tuple[bool, str], Frame] = {}
        self._marked: dict[int, list[Mark]] = {}
        self.dropped = 0
        self.marks = 0

    @property
    def appended(self) -> int:
        """How many frames ever came."""
        return self.dropped + len(self._rows)

    @property
    def rows(self) -> list[Frame]:
        """The frames that are kept. Not to be changed."""
        return self._rows

    def append(self, seq: int, direction: str, content: str, at: float) -> None:
        """One more frame; one that is known already, told again to an operator who attaches anew, is left out."""
        if self._rows and seq <= self._rows[-1].seq:
            return
        frame = Frame(seq, at, direction == "in", content)
        head = _HEAD.match(content)
        if head:
            frame.kind, frame.id, frame.named = _KINDS[head.group(1)], head.group(2), head.group(3) or ""
            if frame.kind == CALL:
                self._calls[frame.incoming, frame.id] = frame
            else:
                frame.asked = self._calls.pop((not frame.incoming, frame.id), None)
        frame.marks = self._marked.get(seq, frame.marks)
        self._rows.append(frame)
        if len(self._rows) >= self._limit + _SURPLUS:
            self._let_go()

    def _let_go(self) -> None:
        gone = len(self._rows) - self._limit
        del self._rows[:gone]
        self.dropped += gone
        first = self._rows[0].seq
        self._calls = {key: frame for key, frame in self._calls.items() if frame.seq >= first}

    def mark(self, seq: int, path: str, finding: str) -> None:
        """A finding is made at a frame, before or after the frame itself is told."""
        marks = self._marked.setdefault(seq, [])
        mark = Mark(path, finding)
        if mark in marks:
            return
        marks.append(mark)
        self.marks += 1
        frame = self.find(seq)
        if frame is not None:
            frame.marks = marks

    def find(self, seq: int) -> Frame | None:
        """The frame of a record; None when it is not kept."""
        low, high = 0, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if self._rows[middle].seq < seq:
                low = middle + 1
            else:
                high = middle
        return self._rows[low] if low < len(self._rows) and self._rows[low].seq == seq else None

    def clear(self) -> None:
        """Forget everything: the log of another run begins."""
        self.dropped += len(self._rows)
        self._rows.clear()
        self._calls.clear()
        self._marked.clear()


@dataclass(frozen=True, slots=True)
class FrameFilter:
    """What of the log is shown. words: all must stand in action or text, without regard to case. connector: "" for every one."""

    words: str = ""
    connector: str = ""
    findings_only: bool = False

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return not (self.words.strip() or self.connector or self.findings_only)

    def test(self) -> Callable[[Frame], bool]:
        """A predicate of a frame."""
        words = self.words.lower().split()

        def shown(frame: Frame) -> bool:
            if self.findings_only and not frame.marks:
                return False
            if self.connector and frame.connector != self.connector:
                return False
            return all(word in frame.action.lower() or word in frame.text.lower() for word in words)

        return shown
