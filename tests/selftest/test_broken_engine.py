"""The self-test can fail: an engine that is blind for one thing leaves the mutants alive that are about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.engine import conversation, expected, matching, notifying, script
from labapp.engine.matching import FieldResult
from labapp.selftest.runner import CaseReport, run_case
from labapp.selftest.settings import STANDARD


def accept_any_field(payload: Any, path: str, stated: Any, **options: Any) -> FieldResult:
    return FieldResult(path, True, "", "", path)


def nothing(*args: Any, **options: Any) -> None:
    return


def never(*args: Any, **options: Any) -> bool:
    return False


def always(*args: Any, **options: Any) -> bool:
    return True


BLINDNESS: list[tuple[str, str, Callable[[pytest.MonkeyPatch], None], set[str]]] = [
    ("fields", "TC_013_CS", lambda m: m.setattr(expected, "judge", accept_any_field), {"change"}),
    ("schemas", "TC_003_CS", lambda m: m.setattr(conversation, "check_schema", always), {"schema"}),
    ("duplicates", "TC_003_CS", lambda m: m.setattr(notifying, "is_duplicate", never), {"duplicate"}),
    ("times", "TC_001_CS", lambda m: m.setattr(conversation, "judge_due", nothing), {"duplicate", "shift"}),
    ("intervals", "TC_070_CS", lambda m: m.setattr(script, "judge_series", nothing), {"drop", "duplicate", "shift", "swap"}),
    ("missing statuses", "TC_003_CS", lambda m: m.setattr(notifying, "put_missing_to_review", nothing), {"drop"}),
    ("strange statuses", "TC_003_CS", lambda m: m.setattr(notifying, "put_to_review", nothing), {"duplicate", "insert"}),
    ("what is out of place", "TC_003_CS", lambda m: m.setattr(conversation.Conversation, "_unexpected", nothing), {"insert"}),
]  # fmt: skip


def alive(report: CaseReport) -> set[str]:
    return {trial.mutant.kind for trial in report.trials if not trial.killed}


@pytest.mark.parametrize(
    ("case", "blind", "kinds"), [entry[1:] for entry in BLINDNESS], ids=[entry[0] for entry in BLINDNESS]
)
def test_a_blind_engine_leaves_mutants_alive(
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    blind: Callable[[pytest.MonkeyPatch], None],
    kinds: set[str],
) -> None:
    blind(monkeypatch)
    assert kinds <= alive(run_case(CATALOGUE[case], [STANDARD]))


def test_an_engine_that_accepts_everything_kills_nothing_that_must_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labapp.engine.attempt.Attempt.find", nothing)
    report = run_case(CATALOGUE["TC_003_CS"])
    failing = [trial for trial in report.trials if trial.mutant.due.verdict == "FAIL" and not trial.mutant.due.rule]
    assert len(failing) >= 30
    assert not any(trial.killed for trial in failing)


def test_an_engine_that_fails_everything_kills_nothing_that_must_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    # The conformant run itself is not in order, so that no mutant of it is made.
    monkeypatch.setattr(matching, "same", never)
    report = run_case(CATALOGUE["TC_019_CS"])
    assert any(run.verdict != "PASS" for run in report.conformant)
    assert report.trials == []


def test_a_tool_that_breaks_is_reported_and_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    original = conversation.Conversation._on_answer

    def breaking(self: conversation.Conversation, unique_id: str, frame: Any, masks: Any) -> None:
        if unique_id.startswith("mutant"):
            raise KeyError(unique_id)
        original(self, unique_id, frame, masks)

    monkeypatch.setattr(conversation.Conversation, "_on_answer", breaking)
    report = run_case(CATALOGUE["TC_003_CSMS"])
    faults = [trial for trial in report.trials if trial.fault]
    assert faults
    assert all(not trial.killed and "KeyError" in trial.fault for trial in faults)


def test_a_tool_that_breaks_in_a_conformant_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(self: conversation.Conversation, unique_id: str, frame: Any, masks: Any) -> None:
        raise KeyError(unique_id)

    monkeypatch.setattr(conversation.Conversation, "_on_answer", breaking)
    report = run_case(CATALOGUE["TC_003_CSMS"])
    assert {run.verdict for run in report.conformant} == {"ERROR"}
    assert not all(run.as_due for run in report.defective)
