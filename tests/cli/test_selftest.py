"""`labapp selftest`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.__main__ import main
from labapp.cli import selftest
from labapp.selftest.report import SelfTest
from labapp.services.judging import judge_digest

RUN = {"id": "TC_003_CS", "variant": "standard", "verdict": "PASS"}
MUTANT = {
    "id": "TC_003_CS:drop:ROW#1",
    "case": "TC_003_CS",
    "kind": "drop",
    "validation": "ROW",
    "what": "without something",
    "expected_verdict": "FAIL",
    "expected_at_step": 3,
    "verdict": "PASS",
    "at_step": "",
    "killed": False,
    "fault": "",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--case", "TC_056_CSMS", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    content = json.loads(out)
    assert set(content) >= {"conformant", "mutants", "equivalent", "not_applied"}
    assert {run["verdict"] for run in content["conformant"]} == {"PASS"}
    keys = {"id", "case", "kind", "validation", "expected_verdict", "verdict", "at_step", "killed"}
    assert all(mutant.keys() >= keys for mutant in content["mutants"])
    assert all(mutant["killed"] for mutant in content["mutants"])
    assert all(entry.keys() == {"id", "rule"} for entry in content["equivalent"])
    assert content["not_applied"] == []


def test_a_table_for_people_and_a_directory_for_outsiders(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["selftest", "--case", "TC_085_CSMS", "--out", str(tmp_path / "out")]) == 0
    out, _ = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split() == ["case", "conformant", *(
        "change", "drop", "swap", "insert", "duplicate", "shift", "callerror", "schema"
    )]  # fmt: skip
    assert lines[1].startswith("TC_085_CSMS")
    assert "mutants killed" in lines[-1]
    assert (tmp_path / "out" / "selftest.txt").read_text("utf-8") == out


@pytest.mark.parametrize(
    ("test", "line"),
    [
        (SelfTest([RUN], [MUTANT], [], [], []),
         "alive: TC_003_CS:drop:ROW#1: without something; FAIL was due at step 3, PASS came at "),
        (SelfTest([RUN], [], [], [MUTANT], []), "not applied: TC_003_CS:drop:ROW#1: without something"),
        (SelfTest([{**RUN, "verdict": "FAIL"}], [], [], [], []), "not PASS: TC_003_CS standard: FAIL"),
        (SelfTest([RUN], [], [], [], [{"defect": "meter_gap", "case": "TC_070_CS", "expected_verdict": "FAIL",
                                       "verdict": "PASS", "as_due": False}]),
         "defect meter_gap in TC_070_CS: FAIL was due, PASS came"),
    ],
)  # fmt: skip
def test_whatever_is_not_in_order_gives_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], test: SelfTest, line: str
) -> None:
    monkeypatch.setattr(selftest, "self_test", lambda names, out: test)
    assert main(["selftest"]) == 1
    assert line in capsys.readouterr().out.splitlines()


def test_a_whole_self_test_is_kept_for_the_reports(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    monkeypatch.setattr(selftest, "self_test", lambda names, out: SelfTest([RUN], [MUTANT], [], [], []))
    assert main(["selftest", "--case", "TC_003_CS"]) == 1
    assert not home.exists()
    assert main(["selftest"]) == 1
    (kept,) = home.iterdir()
    assert kept.name == f"selftest-{judge_digest()}.json"
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert (content["judge"], content["seconds"]) == (judge_digest(), 0)
    assert content["cases"][0]["mutants"] == {"drop": {"made": 1, "killed": 0}}


def test_a_home_that_cannot_be_written_is_named_after_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    home.write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(selftest, "self_test", lambda names, out: SelfTest([RUN], [], [], [], []))
    assert main(["selftest"]) == 3
    out, err = capsys.readouterr()
    assert "1 of 1 conformant runs passed" in out
    assert err == f"labapp: {home}: cannot be made: File exists - set LABAPP_HOME to another folder\n"


def test_an_unknown_case_is_unusable_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--case", "TC_999_CS"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "'TC_999_CS' is no case" in err
