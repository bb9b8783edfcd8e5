"""From rulings to the verdict of an attempt: what waits for the technician, and document 004's rules D4, D5 and P1 to P4.

`decide` turns the items of a review into decisions under the project's policy; `review_result` sums them up; `outcome` joins
the tool's result and the review into the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from labapp.domain.review import Decision, Ruling, Situation

Policy = Literal["ask", "advice", "strict"]
ToolResult = Literal["PASS", "FAIL", "NONE"]
ReviewResult = Literal["ACCEPTED", "REJECTED", "RETEST", "NONE"]
Cause = Literal["device", "lab", "unknown"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the review list. id: unique in the attempt; seq: the journal's number of the frame, None for a missing notification."""

    id: str
    seq: int | None
    situation: Situation
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Answer:
    """What the technician says of one item. reason: stands in the report when the answer overrides the advice."""

    decision: Decision
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """An item with its decision, None while it waits. by: "rule", "policy" or "operator", "" while it waits."""

    item: Item
    decision: Decision | None
    by: Literal["rule", "policy", "operator", ""]
    reason: str = ""

    @property
    def overrides(self) -> bool:
        """Whether a person decided against the tool's advice; such a decision needs a reason."""
        return overrides(self.item.ruling, self.decision)


def overrides(ruling: Ruling, decision: Decision | None) -> bool:
    """Whether the decision goes against what the rule advises; without advice, and while undecided, nothing is overridden."""
    return ruling.advice is not None and decision is not None and decision != ruling.advice


def decide(items: Sequence[Item], answers: Mapping[str, Answer], policy: Policy) -> tuple[Decided, ...]:
    """The items with their decisions, in their order.

    A technician's answer always holds. Otherwise an unambiguous item is decided by its rule; an ambiguous one waits under
    "ask", takes the advice under "advice" (retest where the tool proposes nothing), and is rejected under "strict".
    """
    return tuple(_decided(item, answers.get(item.id), policy) for item in items)


def _decided(item: Item, answer: Answer | None, policy: Policy) -> Decided:
    ruling = item.ruling
    if answer is not None:
        return Decided(item, answer.decision, "operator", answer.reason)
    if not ruling.ambiguous:
        return Decided(item, ruling.advice, "rule", ruling.note)
    if policy == "strict":
        return Decided(item, "reject", "policy", "strict: what is ambiguous is rejected")
    if policy == "advice":
        return Decided(item, ruling.advice or "retest", "policy", ruling.note)
    return Decided(item, None, "")


def waiting(decided: Sequence[Decided]) -> tuple[Item, ...]:
    """The items that wait for the technician."""
    return tuple(line.item for line in decided if line.decision is None)


def all_advice(items: Sequence[Item]) -> dict[str, Answer] | None:
    """The answers that take all advice; None while the tool proposes nothing for one of the items."""
    answers = {item.id: Answer(item.ruling.advice) for item in items if item.ruling.advice is not None}
    return answers if len(answers) == len(items) else None


def review_result(decided: Sequence[Decided]) -> ReviewResult:
    """One rejection rejects, else one retest asks for a retest; NONE when there was nothing to review.

    Raises ValueError while an item waits.
    """
    decisions = {line.decision for line in decided}
    if None in decisions:
        raise ValueError("the review is not finished: items wait for the technician")
    if "reject" in decisions:
        return "REJECTED"
    if "retest" in decisions:
        return "RETEST"
    return "ACCEPTED" if decisions else "NONE"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of an attempt when it ends.

    reason_code: of the first thing that went wrong, "" after a PASS: `validation`, `schema`, `in_preparation`, `missing`,
    `out_of_scenario`, `device_lost`, `operator` (an action was impossible), `environment`, `aborted`.
    cause: whose fault a departure from the scenario was, as the operator said when asked.
    reset_passed: 000_RESET before the case. device_crashed: it needed a reset by hand, and not through the lab.
    device_changed: hardware, software or settings outside OCPP were changed during the campaign.
    goes_for_security: the station is a candidate for the Security certificate.
    """

    case_id: str
    tool_result: ToolResult
    review_result: ReviewResult
    reason_code: str = ""
    cause: Cause = "device"
    reset_passed: bool = True
    device_crashed: bool = False
    device_changed: bool = False
    goes_for_security: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict of an attempt, the rule that gives it, and why. expected: a FAIL that must be, in order as it is (P4)."""

    rule: str
    verdict: Literal["PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN"]
    reason_code: str
    expected: bool
    note: str


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """One row: a named predicate and the verdict that it gives. reason_code: "" keeps the attempt's own."""

    id: str
    when: Callable[[Attempt], bool]
    verdict: Literal["PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN"]
    reason_code: str
    note: str


def _not_idle(a: Attempt) -> bool:
    return not a.reset_passed


def _environment_broke(a: Attempt) -> bool:
    return a.reason_code == "environment"


def _device_changed(a: Attempt) -> bool:
    return a.device_changed


def _device_crashed(a: Attempt) -> bool:
    return a.device_crashed


def _validation_failed(a: Attempt) -> bool:
    return a.tool_result == "FAIL" and a.reason_code in ("validation", "schema", "in_preparation")


def _left_scenario(a: Attempt) -> bool:
    return (
        a.tool_result == "FAIL"
        and a.reason_code in ("missing", "out_of_scenario", "device_lost")
        and a.cause == "device"
    )


def _failed_otherwise(a: Attempt) -> bool:
    return a.tool_result == "FAIL"


def _review_rejected(a: Attempt) -> bool:
    return a.review_result == "REJECTED"


def _not_judged(a: Attempt) -> bool:
    return a.tool_result == "NONE"


def _review_asks_for_retest(a: Attempt) -> bool:
    return a.review_result == "RETEST"


def _passed(a: Attempt) -> bool:
    return a.tool_result == "PASS"


#: In the order in which they are asked: first whether the attempt counts at all, then the tool's result, then the review.
OUTCOME_RULES: tuple[OutcomeRule, ...] = (
    OutcomeRule("P1", _not_idle, "NOT_RUN", "blocked_by_reset", "000_RESET did not pass, so the case was not started."),
    OutcomeRule("P3", _device_changed, "INCONCLUSIVE", "operator",
                "The device was changed by hand during the campaign: all cases start over."),
    OutcomeRule("P2", _device_crashed, "FAIL", "device_lost",
                "The device crashed and had to be reset, not through the lab: certification fails, with a full retest."),
    OutcomeRule("D5.a", _validation_failed, "FAIL", "", "A tool validation failed."),
    OutcomeRule("environment", _environment_broke, "ERROR", "environment", "The tool or its surroundings broke."),
    OutcomeRule("D5.b", _left_scenario, "FAIL", "", "The case did not run according to its scenario."),
    OutcomeRule("D5.c", _failed_otherwise, "INCONCLUSIVE", "",
                "The tool's FAIL may come from set-up or handling, so the case is run again."),
    OutcomeRule("D4", _review_rejected, "FAIL", "review", "The StatusNotification review was not approved."),
    OutcomeRule("unfinished", _not_judged, "INCONCLUSIVE", "", "The attempt did not come to its end, so the case is run again."),
    OutcomeRule("D4", _review_asks_for_retest, "INCONCLUSIVE", "review", "The StatusNotification review asks for a retest."),
    OutcomeRule("D4", _passed, "PASS", "", "The review is approved and the tool's result is PASS."),
)  # fmt: skip


def outcome(attempt: Attempt) -> Outcome:
    """The verdict by the first rule that fits; total. P4 marks the FAIL that a candidate for Security must show in TC_044_1.

    Source: 004 Appendix D, sections 5.5, 5.6, 7.2.2 and 7.3, and Appendix C.
    """
    rule = next(rule for rule in OUTCOME_RULES if rule.when(attempt))
    expected = rule.verdict == "FAIL" and attempt.goes_for_security and attempt.case_id == "TC_044_1_CS"
    note = f"{rule.note} P4: of a candidate for the Security certificate this is expected." if expected else rule.note
    reason_code = "" if rule.verdict == "PASS" else rule.reason_code or attempt.reason_code
    return Outcome(rule.id, rule.verdict, reason_code, expected, note)
