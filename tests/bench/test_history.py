"""What a journal says of a run, and where a resumed campaign goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from labapp.bench.amending import amendment
from labapp.bench.history import History, history_of
from labapp.domain.errors import InputError
from labapp.domain.stamps import Stamp
from labapp.engine.campaign import unrun
from labapp.engine.journal import GENESIS, Record

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STARTED = {
    "run": "r1",
    "version": "0.1.0",
    "judge": "d1",
    "ocpp": "1.6",
    "sut": "cs",
    "mode": "preparation",
    "demonstration": False,
    "cases": [
        {"id": "TC_001_CS", "excluded": "", "expected_fail": False},
        {"id": "TC_044_1_CS", "excluded": "", "expected_fail": True},
        {"id": "TC_003_CS", "excluded": "no card reader", "expected_fail": False},
    ],
}


class Story:
    """A history that is told record by record."""

    def __init__(self) -> None:
        self.history = History()
        self.count = 0
        self.tell("run_started", STARTED)

    def tell(self, kind: str, content: Mapping[str, Any], run: str = "r1") -> None:
        self.count += 1
        at = Stamp(BEGIN + timedelta(seconds=self.count), self.count)
        self.history.take(Record(self.count, at, run, kind, content, GENESIS))

    def attempt(self, case: str, number: int, verdict: str = "", reason: str = "", run: str = "r1") -> None:
        device = {"configuration": {"k": ["K", str(self.count), True]}}
        self.tell("attempt_started", {"case": case, "number": self.count, "try_number": number, "device": device}, run)
        if verdict:
            self.tell("attempt_ended", unrun(case, number, verdict, reason, "", "2026-01-01T00:00:00.000Z"), run)


def test_what_is_judged_stays_and_the_rest_is_run() -> None:
    story = Story()
    story.attempt("000_RESET", 1, "PASS")
    story.attempt("TC_001_CS", 1, "PASS")
    story.attempt("IDLE", 1, "PASS")
    story.attempt("TC_044_1_CS", 1)
    progress = story.history.progress()
    assert (progress.done, progress.tries) == ({"TC_001_CS"}, {"TC_001_CS": 1, "TC_044_1_CS": 1})
    assert progress.number == story.history.open_attempt[0].content["number"]
    assert [each["id"] for each in story.history.resets] == ["000_RESET"]


def test_a_file_that_went_stands_in_the_result_with_its_attempt() -> None:
    story = Story()
    upload = {"direction": "upload", "file": "log.zip", "sha256": "ab12"}
    story.tell("file", upload)
    story.attempt("TC_001_CS", 2)
    story.tell("file", upload)
    assert story.history.result()["files"] == [
        {**upload, "case": "", "attempt": 0},
        {**upload, "case": "TC_001_CS", "attempt": 2},
    ]


def test_what_the_keys_have_decided_stands_in_the_result() -> None:
    story = Story()
    assert story.history.result()["plan_decided"] == {}
    decision = {"excluded": {"TC_001_CS": "not so"}, "values": {}, "remarks": [], "rows": []}
    story.attempt("000_KEYS", 1, "PASS")
    story.tell("plan_decided", decision)
    assert story.history.result()["plan_decided"] == decision
    assert (story.history.results, story.history.resets, story.history.tries) == ([], [], {})


@pytest.mark.parametrize(
    ("verdict", "reason", "done"),
    [
        ("PASS", "", True),
        ("FAIL", "validation", True),
        ("INCONCLUSIVE", "operator", True),
        ("INCONCLUSIVE", "aborted", False),
        ("NOT_RUN", "blocked_by_reset", False),
        ("ERROR", "environment", False),
        ("NOT_APPLICABLE", "excluded", True),
    ],
)
def test_which_results_are_judgements(verdict: str, reason: str, done: bool) -> None:
    story = Story()
    story.tell("case_not_run", unrun("TC_001_CS", 1, verdict, reason, "", "2026-01-01T00:00:00.000Z"))
    assert ("TC_001_CS" in story.history.progress().done) is done


def test_a_resumed_run_may_be_for_some_cases_only() -> None:
    story = Story()
    story.attempt("TC_001_CS", 1, "PASS")
    story.tell("run_resumed", {"demonstration": True, "only": ["TC_001_CS"]})
    assert story.history.progress().done == {"TC_003_CS", "TC_044_1_CS"}
    assert story.history.demonstration is True
    story.attempt("TC_001_CS", 2, "PASS")
    assert story.history.progress().done == {"TC_001_CS", "TC_003_CS", "TC_044_1_CS"}
    story.tell("run_resumed", {"demonstration": False, "only": []})
    assert story.history.progress().done == {"TC_001_CS"}


def test_an_amended_fail_is_run_again_and_lifted_only_by_a_later_attempt() -> None:
    story = Story()
    story.attempt("TC_001_CS", 1, "FAIL", "validation")
    at = Stamp(BEGIN, 0)
    story.tell("amendment", amendment(story.history, "TC_001_CS", "lab", "loose cable", "M. Jansen", at))
    assert story.history.progress().done == set()
    story.attempt("TC_001_CS", 2, "PASS")
    standing = story.history.standing("TC_001_CS")
    assert standing is not None
    assert (standing["attempt"], story.history.progress().done) == (2, {"TC_001_CS"})


@pytest.mark.parametrize(
    ("case", "cause", "reason", "text"),
    [
        ("TC_001_CS", "moon", "why", "--cause: 'moon' is no cause - use lab or tool"),
        ("TC_001_CS", "lab", " ", "--reason: an amendment needs its reason - say what the lab or the tool did wrong"),
        ("TC_003_CS", "lab", "why", "--case: the run has no attempt at TC_003_CS - name a case that was run"),
        (
            "TC_001_CS",
            "lab",
            "why",
            "--case: the standing attempt of TC_001_CS is PASS - only a FAIL is amended; anything else can be run again",
        ),
    ],
)
def test_what_cannot_be_amended(case: str, cause: str, reason: str, text: str) -> None:
    story = Story()
    story.attempt("TC_001_CS", 1, "PASS")
    with pytest.raises(InputError) as fault:
        amendment(story.history, case, cause, reason, "M. Jansen", Stamp(BEGIN, 0))
    assert str(fault.value) == text


def test_a_fail_that_must_be_is_expected() -> None:
    story = Story()
    story.attempt("TC_044_1_CS", 1, "FAIL", "validation")
    story.attempt("TC_001_CS", 1, "FAIL", "validation")
    assert [each["expected"] for each in story.history.results] == [True, False]


def test_the_result_states_the_run() -> None:
    story = Story()
    story.attempt("TC_001_CS", 1, "PASS")
    story.attempt("TC_001_CS", 7, "FAIL", run="r2")
    story.tell("network_measured", {"at": "now"})
    story.tell("run_ended", {"device": None, "fault": None})
    result = story.history.result()
    assert [each["attempt"] for each in result["cases"]] == [1]
    assert (result["started"], result["ended"]) == (
        "2026-01-01T00:00:01.000Z",
        f"2026-01-01T00:00:{story.count:02}.000Z",
    )
    assert result["configuration"] == [{"key": "K", "value": "1", "readonly": True}]
    assert result["network"] == [{"at": "now"}]
    assert {each["name"] for each in result["tolerances"]} >= {"heartbeat", "boot_retry", "sample_interval"}


def test_the_result_states_the_performance_that_was_measured() -> None:
    story = Story()
    story.attempt("TC_001_CS", 1)
    story.tell("frame", {"dir": "out", "text": '[2,"t1","RemoteStartTransaction",{"idTag":"CARD"}]'}, run="r2")
    story.tell("frame", {"dir": "out", "text": '[2,"t1","RemoteStartTransaction",{"idTag":"CARD"}]'})
    story.tell("frame", {"dir": "in", "text": '[3,"t1",{"status":"Rejected"}]'}, run="r2")
    story.count += 2_000_000
    story.tell("frame", {"dir": "in", "text": '[3,"t1",{"status":"Accepted"}]'})
    assert story.history.result()["performance"] == [
        {"name": "ocpp_response_timeout", "value": 0.002, "samples": 1},
        {"name": "response_time_remote_start_transaction", "value": 0.002, "samples": 1},
    ]


def test_a_run_that_goes_on_has_not_ended() -> None:
    story = Story()
    story.tell("run_ended", {"device": None, "fault": {"text": "the disc is full", "exit_status": 3}})
    assert story.history.result()["fault"] == {"text": "the disc is full", "exit_status": 3}
    story.tell("run_resumed", {"demonstration": False, "only": []})
    assert (story.history.result()["ended"], story.history.result()["fault"]) == ("", None)


def test_a_journal_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        history_of([], "journal.jsonl")
    assert str(fault.value) == "journal.jsonl: is no journal of a run - name the directory of a run"
