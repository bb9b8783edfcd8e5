"""Head, length, and the lines of each attempt."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from labapp.engine.journal import GENESIS
from labapp.reports.journal_facts import Slice, journal_facts


def journal(*records: tuple[str, str, dict[str, Any]]) -> bytes:
    """Lines of (run, kind, content); the chain does not matter here."""
    return b"".join(
        json.dumps({"run": run, "kind": kind, "content": content}).encode() + b"\n" for run, kind, content in records
    )


def sha256(data: bytes, *numbers: int) -> str:
    lines = data.splitlines(keepends=True)
    return hashlib.sha256(b"".join(lines[number - 1] for number in numbers)).hexdigest()


def started(case: str, number: int) -> dict[str, Any]:
    return {"case": case, "try_number": number}


def test_an_attempt_reaches_to_its_end() -> None:
    data = journal(
        ("a", "run_started", {}),
        ("a", "attempt_started", started("TC_003_CS", 1)),
        ("b", "frame", {}),
        ("a", "frame", {}),
        ("a", "attempt_ended", {}),
        ("a", "amendment", {}),
    )
    facts = journal_facts(data)
    assert facts.records == 6
    assert facts.attempts == {("TC_003_CS", 1): Slice(2, 5, sha256(data, 2, 4, 5))}


def test_an_attempt_that_was_cut_off_reaches_to_the_next_one() -> None:
    data = journal(
        ("a", "attempt_started", started("TC_003_CS", 1)),
        ("a", "frame", {}),
        ("a", "attempt_started", started("TC_003_CS", 2)),
        ("a", "attempt_aborted", {}),
        ("a", "attempt_started", started("TC_004_1_CS", 1)),
    )
    assert journal_facts(data).attempts == {
        ("TC_003_CS", 1): Slice(1, 2, sha256(data, 1, 2)),
        ("TC_003_CS", 2): Slice(3, 4, sha256(data, 3, 4)),
        ("TC_004_1_CS", 1): Slice(5, 5, sha256(data, 5)),
    }


def test_lines_that_are_no_records_belong_to_nothing() -> None:
    facts = journal_facts(b'{"run":1}\nnot json\n[]\n{"run":"a","kind":"attempt_started","content":[]}\ntorn')
    assert (facts.records, facts.attempts) == (4, {})


def test_an_empty_journal_has_the_head_of_the_beginning() -> None:
    assert journal_facts(b"").head == GENESIS
