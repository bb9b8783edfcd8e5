"""Judging again: the same result from the journal alone, and every difference named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.domain.errors import InputError
from labapp.engine.journal import GENESIS, Record, decode, digest, encode, records
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.reports.canonical_zip import write_zip
from labapp.selftest.arena import MemoryJournal, fight
from labapp.selftest.peers import bout
from labapp.services.judging import case_digests, judge_again, judge_digest
from labapp.services.rejudging import rejudge_path


def fought(case: str, **options: Any) -> tuple[dict[str, Any], MemoryJournal]:
    async def run() -> tuple[dict[str, Any], MemoryJournal]:
        return await fight(bout(CATALOGUE[case], virtual_clock(), **options))

    return run_virtual(run())


def rewritten(lines: list[bytes], change: Callable[[str, dict[str, Any]], None]) -> list[bytes]:
    """The journal with changed contents and a chain that holds again."""
    new: list[bytes] = []
    for line in lines:
        record = decode(line)
        content = json.loads(json.dumps(record.content))
        change(record.kind, content)
        prev = digest(new[-1]) if new else GENESIS
        new.append(encode(Record(record.seq, record.at, record.run, record.kind, content, prev)))
    return new


@pytest.mark.parametrize("case", [case.id for case in CATALOGUE.values() if case.kind == "case"])
def test_the_journal_alone_gives_the_same_result(case: str) -> None:
    result, journal = fought(case)
    again = judge_again(records(journal.lines))
    assert again.differences == []
    assert again.cases == [result]


def test_a_fail_is_judged_again_as_a_fail() -> None:
    result, journal = fought("TC_013_CS", defects=("two_answers",))
    again = judge_again(records(journal.lines))
    assert result["verdict"] == "FAIL"
    assert again.same
    assert again.cases == [result]


def test_a_verdict_that_was_made_better_is_found() -> None:
    _, journal = fought("TC_013_CS", defects=("two_answers",))

    def polish(kind: str, content: dict[str, Any]) -> None:
        if kind == "attempt_ended" and content["id"] == "TC_013_CS":
            content["verdict"] = "PASS"

    again = judge_again(records(rewritten(journal.lines, polish)))
    assert [difference["text"] for difference in again.differences] == ['verdict was "PASS" and is "FAIL" now']


def test_a_frame_that_was_changed_gives_another_verdict() -> None:
    _, journal = fought("TC_013_CS")

    def spoil(kind: str, content: dict[str, Any]) -> None:
        if kind == "frame" and content["dir"] == "in" and content["text"].startswith("[3,"):
            content["text"] = content["text"].replace('{"status":"Accepted"}', '{"status":"Rejected"}')

    again = judge_again(records(rewritten(journal.lines, spoil)))
    assert again.cases[0]["verdict"] == "FAIL"
    assert not again.same


def test_a_case_that_is_written_differently_now_is_named() -> None:
    _, journal = fought("TC_003_CS")

    def date(kind: str, content: dict[str, Any]) -> None:
        if kind == "attempt_started" and content["case"] == "TC_003_CS":
            content["digest"] = "0" * 64

    again = judge_again(records(rewritten(journal.lines, date)))
    assert [difference["text"] for difference in again.differences] == [
        "the case is written differently in this version"
    ]


def test_digests_are_stable_and_tell_cases_apart() -> None:
    assert judge_digest() == judge_digest()
    assert len(judge_digest()) == 64
    assert len(set(case_digests().values())) == len(case_digests())


def test_a_run_directory_a_bundle_and_a_journal_are_judged_alike(tmp_path: Path) -> None:
    _, journal = fought("TC_003_CS")
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in journal.lines))
    bundle = tmp_path / "x.labevidence"
    bundle.write_bytes(write_zip({"journal.jsonl": path.read_bytes(), "run.json": b"{}"}))
    assert rejudge_path(tmp_path).cases == rejudge_path(path).cases == rejudge_path(bundle).cases


def test_a_directory_without_a_journal_is_unusable_input(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        rejudge_path(tmp_path)
    assert str(raised.value) == f"{tmp_path}: there is no journal.jsonl - give the directory of a run"


def test_a_journal_without_a_record_is_unusable_input(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"")
    for given in (path, tmp_path):
        with pytest.raises(InputError) as raised:
            rejudge_path(given)
        assert str(raised.value) == f"{given}: holds no record - give the journal of a run that has begun"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 cut off",
        write_zip({"run.json": b"{}"}),
        write_zip({"journal.jsonl": b"{}\n"}).replace(b"{}", b"[]"),
        write_zip({"journal.jsonl": b""}) + b"more",
    ],
)
def test_what_is_no_bundle_is_unusable_input(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.labevidence"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        rejudge_path(path)
    assert str(raised.value) == f"{path}: it is no evidence bundle, or it is damaged - get it once more"
