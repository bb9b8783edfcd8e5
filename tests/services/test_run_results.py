"""Exit status and JUnit XML of a run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.domain.plan import PlanRow
from labapp.engine.campaign import unrun
from labapp.services.run_results import exit_status, junit, summary_lines, undecided

AT = "2026-01-01T00:00:00.000Z"


def entry(case: str, verdict: str, attempt: int = 1, reason: str = "", **changes: Any) -> dict[str, Any]:
    return unrun(case, attempt, verdict, reason, "", AT) | changes


def result(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "run": "r1",
        "ocpp": "1.6",
        "sut": "cs",
        "mode": "preparation",
        "judge": "d1",
        "version": "0.1.0",
        "demonstration": False,
        "started": AT,
        "cases": list(entries),
        "amendments": [],
        "fault": None,
    } | changes


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ([("A", "PASS"), ("B", "NOT_APPLICABLE")], 0),
        ([("A", "PASS"), ("B", "FAIL")], 1),
        ([("A", "PASS"), ("B", "INCONCLUSIVE")], 1),
        ([("A", "PASS"), ("B", "NOT_RUN")], 1),
        ([("A", "FAIL"), ("B", "ERROR")], 3),
        ([("A", "PASS")], 1),
    ],
)
def test_the_worst_case_gives_the_status(entries: list[tuple[str, str]], status: int) -> None:
    assert exit_status(result(*(entry(case, verdict) for case, verdict in entries)), ["A", "B"]) == status


def test_a_fail_that_must_be_is_in_order() -> None:
    assert exit_status(result(entry("A", "FAIL", expected=True)), ["A"]) == 0


def test_only_the_standing_attempt_counts() -> None:
    attempts = [entry("A", "ERROR"), entry("A", "INCONCLUSIVE", 2, "aborted"), entry("A", "PASS", 3)]
    assert exit_status(result(*attempts), ["A"]) == 0
    failed = [entry("A", "FAIL"), entry("A", "PASS", 2)]
    assert exit_status(result(*failed), ["A"]) == 1
    assert exit_status(result(*failed, amendments=[{"case": "A", "attempt": 1}]), ["A"]) == 0
    assert exit_status(result(entry("A", "INCONCLUSIVE", 1, "aborted")), ["A"]) == 1


def test_a_case_that_was_not_asked_for_does_not_count() -> None:
    assert exit_status(result(entry("A", "PASS"), entry("B", "FAIL")), ["A"]) == 0


@pytest.mark.parametrize("place", ["run", "report"])
@pytest.mark.parametrize("status", [3, 4])
def test_a_fault_of_the_tool_comes_first(place: str, status: int) -> None:
    fault = {"text": "broken", "exit_status": status}
    changes = {"fault": fault} if place == "run" else {"report": {"fault": fault}}
    assert exit_status(result(entry("A", "ERROR"), **changes), ["A"]) == status


def test_junit_has_one_testcase_for_each_standing_attempt() -> None:
    finding = {"text": "Step 3: the status was \x00 <Faulted>."}
    root = ET.fromstring(
        junit(
            result(
                entry("A", "FAIL", findings=[finding], ended="2026-01-01T00:00:01.500Z"),
                entry("A", "PASS", 2),
                entry("B", "NOT_APPLICABLE", text="no card reader"),
                entry("C", "NOT_RUN"),
                entry("D", "PASS"),
                entry("E", "FAIL", expected=True),
                entry("F", "INCONCLUSIVE"),
            )
        )
    )
    suite = root.find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "2", "errors": "1", "skipped": "1"}
    shown = {
        case.get("name"): [child.tag for child in case if child.tag != "properties"] for case in suite.iter("testcase")
    }
    assert shown == {"A": ["failure"], "B": ["skipped"], "C": ["error"], "D": [], "E": [], "F": ["failure"]}
    assert suite.findtext("testcase/failure") == "Step 3: the status was \ufffd <Faulted>."
    assert suite.find("testcase").get("time") == "1.500"  # type: ignore[union-attr]


def test_a_person_reads_verdict_and_reason() -> None:
    finding = {"text": "Step 3: the status was Faulted."}
    lines = summary_lines(
        result(
            entry("TC_001_CS", "PASS"),
            entry("TC_003_CS", "FAIL", reason="validation", findings=[finding]),
            entry("TC_013_CS", "NOT_RUN", reason="operator", text="skipped by the operator"),
            entry("TC_044_1_CS", "FAIL", reason="validation", expected=True),
        ),
        ["TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_044_1_CS", "TC_066_CS"],
    )
    assert lines == [
        "TC_001_CS        PASS",
        "TC_003_CS        FAIL (validation)",
        "    Step 3: the status was Faulted.",
        "TC_013_CS        NOT_RUN (operator)",
        "    skipped by the operator",
        "TC_044_1_CS      FAIL (validation), as expected",
        "TC_066_CS        has no attempt that counts",
    ]


@pytest.mark.parametrize(
    ("mode", "asked", "left"),
    [
        ("certification", ["TC_001_CS", "TC_002_CS"], ["TC_000_CS"]),
        ("certification", ["TC_001_CS"], []),
        ("preparation", ["TC_001_CS", "TC_002_CS"], []),
    ],
)
def test_a_certification_by_the_plan_leaves_open_what_there_is_no_case_for(
    mode: str, asked: list[str], left: list[str], tmp_path: Path
) -> None:
    assert undecided(tmp_path, result(mode=mode), asked) == []
    rows = {"TC_000_CS": True, "TC_001_CS": True, "TC_002_CS": True, "TC_003_CS": False, "_064": False}
    plan = [PlanRow(name, "M", applicable, "", "", ()).as_json() for name, applicable in rows.items()]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert undecided(tmp_path, result(mode=mode), asked) == left


def test_a_plan_that_was_changed_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('[{"id": "TC_001_CS"}]')
    with pytest.raises(InputError, match="is not as labapp has written it") as fault:
        undecided(tmp_path, result(mode="certification"), ["TC_001_CS"])
    assert fault.value.where == str(tmp_path / "plan.json")
