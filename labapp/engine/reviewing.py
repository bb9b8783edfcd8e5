"""The StatusNotification review of an attempt: collecting what must be reviewed, asking, and taking the decisions over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labapp.domain.outcome import Answer, Decided, Item, ReviewResult, all_advice, decide, review_result, waiting
from labapp.domain.reasons import hint_for
from labapp.domain.review import Decision, Notification, Situation, rule_on
from labapp.domain.stamps import Stamp
from labapp.engine.attempt import Attempt
from labapp.engine.expected import Expectation
from labapp.engine.segment import Segment

_DECISIONS: Mapping[str, Decision] = {"accept": "accept", "reject": "reject", "retest": "retest"}


@dataclass(slots=True)
class ReviewLine:
    """One item with its place in the case and when it arose.

    rows: those that the decision settles; expected, received: the statuses.
    """

    item: Item
    step: int | str
    at: Stamp
    rows: tuple[str, ...] = ()
    expected: str = ""
    received: str = ""

    def as_json(self, decided: Decided | None = None) -> dict[str, Any]:
        """The item as prompts and results show it."""
        situation, ruling = self.item.situation, self.item.ruling
        content = {
            "id": self.item.id,
            "kind": situation.kind,
            "seq": self.item.seq,
            "connector": situation.connector,
            "status": situation.status,
            "error_code": situation.error_code,
            "info": situation.info,
            "rule": ruling.rule,
            "advice": ruling.advice,
            "note": ruling.note,
            "step": self.step,
            "received_instead": situation.received_instead,
        }
        content["hint"] = hint_for(situation.case_id, content)
        if decided is not None:
            content |= {"decision": decided.decision, "by": decided.by, "reason": decided.reason}
        return content


def unexpected_situation(attempt: Attempt, segment: Segment | None, notification: Notification) -> Situation:
    """What is known of a notification that matched no step."""
    expected = segment.connectors(attempt) if segment else frozenset({attempt.connector})
    key = (notification.connector, notification.status)
    attempt.wait_counts[key] = attempt.wait_counts.get(key, 0) + 1
    return Situation(
        kind="unexpected",
        case_id=attempt.case.id,
        connector=notification.connector,
        status=notification.status,
        error_code=notification.error_code,
        info=notification.info,
        expected_connectors=expected,
        waiting_for=segment.waiting_for(attempt) if segment else frozenset(),
        after_boot=attempt.since_boot,
        before_boot=attempt.boot_ahead,
        in_energy_transfer=attempt.model.on(notification.connector) is not None,
        count_in_wait=attempt.wait_counts[key],
        current_status=attempt.status(notification.connector),
        evse_siblings=_siblings(attempt, expected),
        since_boot_or_reconnect=notification.connector not in attempt.notifications,
        **_facts(attempt),
    )


def duplicate_situation(attempt: Attempt, segment: Segment | None, notification: Notification) -> Situation:
    """What is known of a notification that repeats the one before it."""
    return Situation(
        kind="duplicate",
        case_id=attempt.case.id,
        connector=notification.connector,
        status=notification.status,
        error_code=notification.error_code,
        info=notification.info,
        expected_connectors=segment.connectors(attempt) if segment else frozenset({attempt.connector}),
        current_status=attempt.status(notification.connector),
        **_facts(attempt),
    )


def _facts(attempt: Attempt) -> dict[str, Any]:
    return {
        "reservation_case": attempt.case.reservation,
        "firmware_case": attempt.case.firmware,
        "firmware_during_transaction": attempt.dut.get("firmware_during_transaction"),
        "minimum_status_duration": attempt.dut.get("minimum_status_duration"),
        "mode_1_2_only": bool(attempt.dut.get("mode_1_2_only", False)),
        "authorized_locally_between": attempt.local_authorizations > 0,
    }


def _siblings(attempt: Attempt, expected: frozenset[int]) -> frozenset[int]:
    evses = attempt.dut.get("evses") or []
    return frozenset(c for evse in evses if expected & set(evse) for c in evse) - expected


def put_to_review(attempt: Attempt, situation: Situation, notification: Notification, step: int | str) -> None:
    """A notification that came goes to the review."""
    item = Item(_next_id(attempt), notification.seq, situation, rule_on(situation))
    attempt.review_lines.append(ReviewLine(item, step, notification.at, received=notification.status))


def put_missing_to_review(attempt: Attempt, expectation: Expectation, segment: Segment | None) -> None:
    """A notification that did not come goes to the review."""
    selectors = expectation.selectors(attempt)
    connector = selectors.get("connectorId")
    number = int(connector.text) if connector is not None else attempt.connector
    statuses = selectors["status"].text if "status" in selectors else ""
    nearest = expectation.nearest
    instead = ""
    if nearest is not None and nearest.payload.get("connectorId") == number:
        instead = str(nearest.payload.get("status", ""))
    situation = Situation(
        kind="missing",
        case_id=attempt.case.id,
        connector=number,
        status=statuses,
        expected_connectors=segment.connectors(attempt) if segment else frozenset({number}),
        waiting_for=segment.waiting_for(attempt) if segment else frozenset(),
        received_instead=instead,
        after_boot=attempt.since_boot,
        before_boot=attempt.boot_ahead,
        current_status=attempt.status(number),
        **_facts(attempt),
    )
    item = Item(_next_id(attempt), nearest.seq if nearest else None, situation, rule_on(situation))
    rows = expectation.rows()
    line = ReviewLine(
        item, attempt.place(expectation.step), attempt.now, rows, f"connector {number} {statuses}", instead
    )
    attempt.review_lines.append(line)
    attempt.step_event(expectation.step, expectation.message.name, "missing", f"to review: {item.ruling.rule}")


def _next_id(attempt: Attempt) -> str:
    return f"r{len(attempt.review_lines) + 1}"


def items(attempt: Attempt) -> list[Item]:
    """The items of the review, in the order in which they arose."""
    return [line.item for line in attempt.review_lines]


def items_waiting(attempt: Attempt) -> tuple[Item, ...]:
    """The items that wait for a person under the project's policy."""
    return waiting(decide(items(attempt), {}, attempt.setup.options.get("review", "ask")))


def answers_of(attempt: Attempt, outcome: str, decisions: Mapping[str, str], reason: str) -> dict[str, Answer] | str:
    """The technician's answers by item; a text instead says why they cannot be taken."""
    known = {line.item.id for line in attempt.review_lines}
    if decisions:
        wrong = sorted(set(decisions) - known)
        if wrong:
            return f"the review has no item {wrong[0]}"
        refused = next((d for d in decisions.values() if d not in _DECISIONS), None)
        if refused is not None:
            return f"an item is answered accept, reject or retest, not {refused!r}"
        given = {name: Answer(_DECISIONS[decision], reason) for name, decision in decisions.items()}
        left = waiting(decide(items(attempt), given, "ask"))
        return f"item {left[0].id} is not answered" if left else given
    if outcome == "accept":
        advice = all_advice(items(attempt))
        return advice if advice is not None else "an item has no advice: answer each item"
    if outcome in _DECISIONS:
        return {name: Answer(_DECISIONS[outcome], reason) for name in known}
    return f"a review is answered accept, reject, retest or item by item, not {outcome!r}"


def settle(attempt: Attempt, answers: Mapping[str, Answer]) -> ReviewResult:
    """Take the decisions over: rows waived or failed, findings for what is rejected. Nothing may wait any more."""
    policy = attempt.setup.options.get("review", "ask")
    decided = decide(items(attempt), answers, policy)
    for line, verdict in zip(attempt.review_lines, decided, strict=True):
        attempt.reviews.append(line.as_json(verdict))
        rule = line.item.ruling.rule
        if verdict.decision == "reject":
            _reject(attempt, line, rule)
        elif verdict.decision == "accept":
            for row in line.rows:
                attempt.mark(row, f"waived: {rule}")
    return review_result(decided)


def _reject(attempt: Attempt, line: ReviewLine, rule: str) -> None:
    situation = line.item.situation
    connector = f"connector {situation.connector}"
    name = attempt.version.message_name("StatusNotification", "req")
    if situation.kind == "missing":
        instead = f", {situation.received_instead} came instead" if situation.received_instead else ""
        text = f"Step {line.step}: StatusNotification {situation.status} of {connector} did not come{instead} ({rule})."
        expected, received = situation.status, situation.received_instead or "<omitted>"
    else:
        text = f"Step {line.step}: StatusNotification {situation.status} of {connector} was {situation.kind} ({rule})."
        expected, received = "<omitted>", situation.status
    for row in line.rows:
        attempt.mark(row, "failed")
    attempt.find(
        "review",
        line.step,
        name,
        text,
        field="status",
        expected=expected,
        received=received,
        frame=line.item.seq,
        clause=f"Document 004 Appendix D, rule {rule}",
    )
