"""What a report states of the journal: its head, its length, and which lines belong to which attempt.

The lines of an attempt reach from its `attempt_started` to its `attempt_ended`, or to `attempt_aborted` when the bench went away in
its midst; lines of other runs in between are left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from labapp.engine.journal import GENESIS, digest, split

RUN_STARTED = "run_started"
STARTED = "attempt_started"
ENDED = ("attempt_ended", "attempt_aborted")


@dataclass(frozen=True, slots=True)
class Slice:
    """The lines of one attempt. first, last: line numbers; sha256: over the lines, each with its line feed."""

    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """head: digest of the last whole line. records: whole lines. attempts: by case and number of the attempt at it.

    asked: the cases that the run was for.
    """

    head: str
    records: int
    attempts: Mapping[tuple[str, int], Slice]
    asked: frozenset[str] = frozenset()


def journal_facts(data: bytes) -> JournalFacts:
    """The facts of a journal; its chain is not judged here, and lines that are no records belong to no attempt."""
    lines, _ = split(data)
    attempts: dict[tuple[str, int], Slice] = {}
    asked: set[str] = set()
    open_attempts: dict[str, _Open] = {}
    for number, line in enumerate(lines, start=1):
        record = _record(line)
        run = record.get("run")
        if not isinstance(run, str):
            continue
        content = record.get("content")
        content = content if isinstance(content, dict) else {}
        if record.get("kind") == RUN_STARTED:
            asked |= _asked(content)
        if record.get("kind") == STARTED:
            _finish(open_attempts.pop(run, None), attempts)
            key = content.get("case"), content.get("try_number", 1)
            open_attempts[run] = _Open(key, number)
        if run in open_attempts:
            open_attempts[run].take(number, line)
            if record.get("kind") in ENDED:
                _finish(open_attempts.pop(run), attempts)
    for unfinished in open_attempts.values():
        _finish(unfinished, attempts)
    return JournalFacts(digest(lines[-1]) if lines else GENESIS, len(lines), attempts, frozenset(asked))


class _Open:
    """An attempt whose lines are being gathered."""

    def __init__(self, key: tuple[object, object], first: int) -> None:
        self.key = key
        self.first = self.last = first
        self.hash = hashlib.sha256()

    def take(self, number: int, line: bytes) -> None:
        self.last = number
        self.hash.update(line + b"\n")


def _finish(attempt: _Open | None, into: dict[tuple[str, int], Slice]) -> None:
    if attempt is not None:
        case, number = attempt.key
        if isinstance(case, str) and isinstance(number, int):
            into[case, number] = Slice(attempt.first, attempt.last, attempt.hash.hexdigest())


def _asked(content: Mapping[str, object]) -> set[str]:
    cases = content.get("cases")
    names = [case.get("id") for case in cases if isinstance(case, dict)] if isinstance(cases, list) else []
    return {name for name in names if isinstance(name, str)}


def _record(line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
