"""A session that no bench runs is told from its journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.domain.errors import InputError
from labapp.domain.run_files import JOURNAL
from labapp.engine.campaign import unrun
from labapp.services.past_session import past_messages
from tests.services.measured_run import RUN, MeasuredRun


@pytest.fixture
def run(tmp_path: Path) -> MeasuredRun:
    """A session of one case, with two frames, that has not ended."""
    run = MeasuredRun(tmp_path / "run", cases=("TC_003_CS",))
    run.attempt("TC_003_CS")
    run.call("GetConfiguration", 0.2, {"key": ["SupportedFeatureProfiles"]})
    run.write("attempt_ended", unrun("TC_003_CS", 1, "FAIL", "missing", "no answer", "2026-11-20T08:30:00.000Z"))
    return run


def test_a_session_that_was_cut_off_is_told_without_a_summary(run: MeasuredRun) -> None:
    hello, *frames = past_messages(run.folder)
    assert (hello["type"], hello["run"], hello["cases"]) == ("hello", RUN, ["TC_003_CS", "TC_070_CS"])
    assert [(each["id"], each["verdict"], each["amended"]) for each in hello["results"]] == [
        ("TC_003_CS", "FAIL", False)
    ]
    assert [(each["type"], each["dir"], json.loads(each["text"])[0]) for each in frames] == [
        ("frame", "out", 2),
        ("frame", "in", 3),
    ]
    lines = [json.loads(line) for line in (run.folder / JOURNAL).read_text(encoding="utf-8").splitlines()]
    assert [each["seq"] for each in frames] == [line["seq"] for line in lines if line["kind"] == "frame"]


def test_what_the_keys_have_decided_is_told(run: MeasuredRun) -> None:
    rows = [{"id": "TC_070_CS", "applicable": False, "reason": "Not applicable: not so."}]
    run.write("plan_decided", {"excluded": {}, "values": {}, "remarks": [], "rows": rows})
    plan = past_messages(run.folder)[1]
    assert (plan["type"], plan["cases"]) == ("plan", rows)


def test_an_ended_session_has_its_summary_and_the_files_of_its_report(run: MeasuredRun) -> None:
    run.end()
    summary = past_messages(run.folder)[-1]
    assert (summary["type"], [each["verdict"] for each in summary["cases"]]) == ("summary", ["FAIL"])
    assert "report" not in summary
    (run.folder / "run.json").write_text(json.dumps({"report": {"pdf": "r.pdf"}}), encoding="utf-8")
    assert past_messages(run.folder)[-1]["report"] == {"pdf": "r.pdf"}
    (run.folder / "run.json").write_text("{", encoding="utf-8")
    assert "report" not in past_messages(run.folder)[-1]


def test_a_changed_journal_is_refused(run: MeasuredRun) -> None:
    text = (run.folder / JOURNAL).read_text(encoding="utf-8")
    (run.folder / JOURNAL).write_text(text.replace("GetConfiguration", "SetConfiguration", 1), encoding="utf-8")
    with pytest.raises(InputError, match="journal"):
        past_messages(run.folder)
