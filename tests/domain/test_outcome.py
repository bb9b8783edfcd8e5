"""From rulings to the verdict: the review's policy, and the rules D4, D5 and P1 to P4 of document 004."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.outcome import (
    OUTCOME_RULES,
    Answer,
    Attempt,
    Item,
    all_advice,
    decide,
    outcome,
    overrides,
    review_result,
    waiting,
)
from labapp.domain.review import Ruling, Situation


def item(advice: Any, *, ambiguous: bool, name: str = "n1") -> Item:
    ruling = Ruling("D2.g", advice or "manual", advice, ambiguous, "Why.")
    return Item(name, 7, Situation("unexpected", "TC_003_CS", 1, "Faulted"), ruling)


@pytest.mark.parametrize(
    ("advice", "ambiguous", "policy", "decision", "by"),
    [
        ("accept", False, "ask", "accept", "rule"),
        ("reject", False, "ask", "reject", "rule"),
        ("accept", True, "ask", None, ""),
        ("reject", True, "ask", None, ""),
        (None, True, "ask", None, ""),
        ("accept", True, "advice", "accept", "policy"),
        ("retest", True, "advice", "retest", "policy"),
        (None, True, "advice", "retest", "policy"),
        ("accept", False, "strict", "accept", "rule"),
        ("accept", True, "strict", "reject", "policy"),
        (None, True, "strict", "reject", "policy"),
    ],
)
def test_the_policy_decides_what_waits(advice: Any, ambiguous: bool, policy: Any, decision: Any, by: str) -> None:
    decided = decide([item(advice, ambiguous=ambiguous)], {}, policy)
    assert [(line.decision, line.by) for line in decided] == [(decision, by)]
    assert len(waiting(decided)) == (decision is None)


@pytest.mark.parametrize("policy", ["ask", "advice", "strict"])
@pytest.mark.parametrize("ambiguous", [True, False])
def test_the_technicians_answer_holds(policy: Any, ambiguous: bool) -> None:
    given_answers = {"n1": Answer("reject", "cable was pulled")}
    (line,) = decide([item("accept", ambiguous=ambiguous)], given_answers, policy)
    assert (line.decision, line.by, line.reason, line.overrides) == ("reject", "operator", "cable was pulled", True)


def test_following_the_advice_overrides_nothing() -> None:
    assert not overrides(Ruling("D2.j", "manual", "accept", True, "Why."), "accept")
    assert not overrides(Ruling("D1.a", "manual", None, True, "Why."), "reject")
    assert not overrides(Ruling("D2.j", "manual", "accept", True, "Why."), None)
    assert overrides(Ruling("D2.c", "reject", "reject", False, "Why."), "accept")


def test_all_advice_needs_an_advice_for_each_item() -> None:
    first = item("accept", ambiguous=True)
    assert all_advice([first, item("retest", ambiguous=True, name="n2")]) == {
        "n1": Answer("accept"),
        "n2": Answer("retest"),
    }
    assert all_advice([first, item(None, ambiguous=True, name="n2")]) is None


@pytest.mark.parametrize(
    ("decisions", "result"),
    [
        ([], "NONE"),
        (["accept"], "ACCEPTED"),
        (["accept", "retest"], "RETEST"),
        (["accept", "retest", "reject"], "REJECTED"),
    ],
)
def test_the_review_is_summed_up(decisions: list[Any], result: str) -> None:
    decided = [decide([item(choice, ambiguous=False)], {}, "ask")[0] for choice in decisions]
    assert review_result(decided) == result


def test_an_open_review_has_no_result() -> None:
    with pytest.raises(ValueError, match=r"^the review is not finished: items wait for the technician$"):
        review_result(decide([item("accept", ambiguous=True)], {}, "ask"))


def attempt(tool: Any = "PASS", review: Any = "ACCEPTED", reason: str = "", **facts: Any) -> Attempt:
    facts.setdefault("case_id", "TC_003_CS")
    return Attempt(tool_result=tool, review_result=review, reason_code=reason, **facts)


@pytest.mark.parametrize(
    ("attempt", "rule", "verdict", "reason_code"),
    [
        (attempt(), "D4", "PASS", ""),
        (attempt(review="NONE"), "D4", "PASS", ""),
        (attempt(review="REJECTED"), "D4", "FAIL", "review"),
        (attempt(review="RETEST"), "D4", "INCONCLUSIVE", "review"),
        (attempt("FAIL", reason="validation"), "D5.a", "FAIL", "validation"),
        (attempt("FAIL", reason="schema"), "D5.a", "FAIL", "schema"),
        (attempt("FAIL", reason="in_preparation"), "D5.a", "FAIL", "in_preparation"),
        (attempt("FAIL", "RETEST", reason="validation", cause="lab"), "D5.a", "FAIL", "validation"),
        (attempt("FAIL", reason="missing"), "D5.b", "FAIL", "missing"),
        (attempt("FAIL", reason="out_of_scenario"), "D5.b", "FAIL", "out_of_scenario"),
        (attempt("FAIL", reason="device_lost"), "D5.b", "FAIL", "device_lost"),
        (attempt("FAIL", reason="missing", cause="lab"), "D5.c", "INCONCLUSIVE", "missing"),
        (attempt("FAIL", reason="device_lost", cause="unknown"), "D5.c", "INCONCLUSIVE", "device_lost"),
        (attempt("FAIL", reason="operator"), "D5.c", "INCONCLUSIVE", "operator"),
        (attempt("NONE", "NONE", reason="operator"), "unfinished", "INCONCLUSIVE", "operator"),
        (attempt("NONE", "REJECTED", reason="operator"), "D4", "FAIL", "review"),
        (attempt("NONE", "NONE", reason="environment"), "environment", "ERROR", "environment"),
        (attempt("NONE", "NONE", reset_passed=False), "P1", "NOT_RUN", "blocked_by_reset"),
        (attempt(device_crashed=True), "P2", "FAIL", "device_lost"),
        (attempt(device_changed=True), "P3", "INCONCLUSIVE", "operator"),
    ],
)
def test_a_rule_gives_the_verdict(attempt: Attempt, rule: str, verdict: str, reason_code: str) -> None:
    result = outcome(attempt)
    assert (result.rule, result.verdict, result.reason_code, result.expected) == (rule, verdict, reason_code, False)


def test_a_candidate_for_security_must_fail_tc_044_1() -> None:
    failed = attempt("FAIL", reason="validation", case_id="TC_044_1_CS", goes_for_security=True)
    result = outcome(failed)
    assert (result.verdict, result.expected) == ("FAIL", True)
    assert result.note == (
        "A tool validation failed. P4: of a candidate for the Security certificate this is expected."
    )
    assert not outcome(attempt(case_id="TC_044_1_CS", goes_for_security=True)).expected
    assert not outcome(attempt("FAIL", reason="validation", goes_for_security=True)).expected
    assert not outcome(attempt("FAIL", reason="validation", case_id="TC_044_1_CS")).expected


def test_every_rule_on_verdicts_is_in_the_table() -> None:
    ids = {rule.id for rule in OUTCOME_RULES}
    assert {"D4", "D5.a", "D5.b", "D5.c", "P1", "P2", "P3"} <= ids  # P4 marks a FAIL, it gives none


REASONS = (
    "",
    "validation",
    "schema",
    "in_preparation",
    "missing",
    "out_of_scenario",
    "device_lost",
    "operator",
    "aborted",
)


@given(
    st.builds(
        Attempt,
        case_id=st.sampled_from(("TC_003_CS", "TC_044_1_CS")),
        tool_result=st.sampled_from(("PASS", "FAIL", "NONE")),
        review_result=st.sampled_from(("ACCEPTED", "REJECTED", "RETEST", "NONE")),
        reason_code=st.sampled_from((*REASONS, "environment")),
        cause=st.sampled_from(("device", "lab", "unknown")),
        reset_passed=st.booleans(),
        device_crashed=st.booleans(),
        device_changed=st.booleans(),
        goes_for_security=st.booleans(),
    )
)
def test_every_attempt_has_an_outcome_and_only_a_clean_one_passes(attempt: Attempt) -> None:
    result = outcome(attempt)
    if result.verdict == "PASS":
        assert attempt.tool_result == "PASS"
        assert attempt.review_result in ("ACCEPTED", "NONE")
        assert attempt.reset_passed
        assert result.reason_code == ""
    assert result.expected <= (result.verdict == "FAIL")
