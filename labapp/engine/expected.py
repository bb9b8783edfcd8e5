"""One message that is waited for, and its judgement when it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.expectations import Condition, Expected, Literal, Omitted, OneOf, When
from labapp.domain.testcase import Exchange, Message, Series, Timing
from labapp.domain.view import Seen
from labapp.engine.attempt import Attempt
from labapp.engine.matching import judge, resolve, satisfies, show
from labapp.engine.paths import MISSING, assign, values_at
from labapp.ocpp.listing import field_row, message_rows, row_id


@dataclass(slots=True)
class Expectation:
    """A request of the system under test that a step waits for. slot: expectations of one slot come in any order.

    connector: resolved, for a per-connector step. link_number: of the connection on which it was taken. leader: the first of the
    optional group that it follows. tried_otherwise: what is done when it does not come has been done. state: "open", "met",
    "missing", "skipped", or "differs" when the request that the operator was asked to have sent came with other fields.
    """

    item: Exchange | Series
    slot: int
    scope: str
    case_id: str
    overrides: Mapping[str, Expected]
    optional: bool = False
    connector: int | None = None
    state: str = "open"
    met: list[Seen] = field(default_factory=list)
    nearest: Seen | None = None
    link_number: int = 0
    leader: Expectation | None = None
    tried_otherwise: bool = False

    @property
    def step(self) -> int:
        """Number of the request's step."""
        return self.item.step

    @property
    def message(self) -> Message:
        """The expected request."""
        return self.item.request

    @property
    def needed(self) -> int:
        """How many requests satisfy it."""
        return self.item.count if isinstance(self.item, Series) else 1

    @property
    def due(self) -> Timing | None:
        """When it must come."""
        return self.item.due if isinstance(self.item, Exchange) else None

    @property
    def timeout(self) -> str:
        """Name of the timeout that bounds the wait."""
        return self.item.timeout

    @property
    def floating(self) -> bool:
        """Whether it may come at any place up to the end of its segment."""
        return isinstance(self.item, Exchange) and self.item.floating

    @property
    def condition(self) -> Condition | None:
        """Expected only where it holds."""
        return self.item.when if isinstance(self.item, Exchange) else None

    @property
    def is_status(self) -> bool:
        """Whether it is a status notification, which the review decides about when it does not come."""
        return self.message.action == "StatusNotification"

    def is_optional(self, attempt: Attempt) -> bool:
        """Whether it may fail to come."""
        unless = self.item.optional_when if isinstance(self.item, Exchange) else None
        return self.optional or (unless is not None and unless.test(attempt))

    def complete(self, attempt: Attempt) -> None:
        """A series whose requests have all come ends when what it goes on for holds as well."""
        until = self.item.until if isinstance(self.item, Series) else None
        if self.state == "open" and until is not None and len(self.met) >= self.needed and until.test(attempt):
            self.state = "met"

    def applies(self, attempt: Attempt) -> bool:
        """Whether its condition holds now; a message of an optional group only when that which leads the group has come."""
        led = self.leader is None or self.leader.state == "met"
        return led and (self.condition is None or self.condition.test(attempt))

    def row(self, path: str = "", rule: str = "") -> str:
        """Id of one of its rows."""
        return row_id(self.case_id, self.step, self.message.name, self.item.occurrence, path, rule)

    def rows(self) -> tuple[str, ...]:
        """Ids of the rows of its request: that it comes, and each stated field."""
        return message_rows(self.case_id, self.step, self.message, self.item.occurrence)

    def mark_answered(self, attempt: Attempt) -> None:
        """The tool's answer was sent as the case states it."""
        item = self.item
        for row in message_rows(self.case_id, item.response_step, item.response, item.occurrence):
            attempt.mark(row, "passed")

    def selectors(self, attempt: Attempt, payload: Mapping[str, Any] | None = None) -> dict[str, Expected]:
        """Resolved expectations of the fields that select it. payload: of the message that is looked at."""
        chosen: dict[str, Expected] = {}
        stated = dict((*(self.item.implied if isinstance(self.item, Exchange) else ()), *self.message.fields))
        implied = attempt.version.implied(self.message.action, attempt, payload)
        for path in attempt.version.selectors(self.message.action):
            if path == "connectorId" and self.connector is not None:
                chosen[path] = Literal(self.connector)
            elif path in stated:
                chosen[path] = resolve(stated[path], attempt, self.overrides)
            elif path in implied:
                chosen[path] = Literal(implied[path])
        return chosen

    def selects(self, seen: Seen, attempt: Attempt) -> bool:
        """Whether the message is the one that this expectation means."""
        if seen.message != self.message.name:
            return False
        return not self._unmet_selectors(seen, attempt)

    def _unmet_selectors(self, seen: Seen, attempt: Attempt) -> list[tuple[str, Expected, str]]:
        unmet = []
        defaults = attempt.version.defaults(self.message.action)
        for path, expected in self.selectors(attempt, seen.payload).items():
            for _, value in values_at(seen.payload, path):
                actual = defaults.get(path, MISSING) if value is MISSING else value
                # A message that leaves the transaction out speaks of the one that runs.
                if path == "transactionId" and actual is MISSING:
                    continue
                if not satisfies(actual, expected):
                    unmet.append((path, expected, show(actual)))
                    break
        return unmet

    def approach(self, seen: Seen, attempt: Attempt) -> None:
        """Remember the nearest message of the same action: the one with the fewest selectors unmet, the last of these."""
        if seen.message != self.message.name:
            return
        if self.nearest is None or len(self._unmet_selectors(seen, attempt)) <= len(
            self._unmet_selectors(self.nearest, attempt)
        ):
            self.nearest = seen

    def unmet_of_nearest(self, attempt: Attempt) -> list[tuple[str, Expected, str]]:
        """(path, expectation, received) for each selector that the nearest message did not satisfy."""
        return self._unmet_selectors(self.nearest, attempt) if self.nearest else []

    def agrees(self, seen: Seen, attempt: Attempt) -> bool:
        """Whether every stated field is satisfied; nothing is recorded."""
        cistrings = attempt.version.cistrings
        return all(
            judge(seen.payload, path, resolve(stated, attempt, self.overrides), cistrings=cistrings).ok
            for path, stated in self.message.fields
            if not (isinstance(stated, When) and not stated.condition.test(attempt))
        )

    def judge_fields(self, seen: Seen, attempt: Attempt) -> bool:
        """Judge the stated fields of a message that was taken; findings are recorded. Returns whether all are satisfied."""
        return judge_message(attempt, self.message, seen, self.step, self.item.occurrence, self.case_id, self.overrides)


def is_meant(message: Message, seen: Seen, attempt: Attempt) -> bool:
    """Whether a request is the one that must be absent: of its action, with every field as stated."""
    defaults, cistrings = attempt.version.defaults(message.action), attempt.version.cistrings
    return seen.message == message.name and all(
        judge(
            seen.payload, path, resolve(stated, attempt, {}), cistrings=cistrings, default=defaults.get(path, MISSING)
        ).ok
        for path, stated in message.fields
    )


def judge_message(
    attempt: Attempt,
    message: Message,
    seen: Seen,
    step: int,
    occurrence: int,
    case_id: str,
    overrides: Mapping[str, Expected],
) -> bool:
    """Judge every stated field of a message of the SUT, mark the rows and record the findings."""
    attempt.mark(row_id(case_id, step, message.name, occurrence), "passed")
    satisfied = True
    defaults, cistrings = attempt.version.defaults(message.action), attempt.version.cistrings
    for path, stated in message.fields:
        row = field_row(case_id, step, message.name, occurrence, path, stated)
        if isinstance(stated, When) and not stated.condition.test(attempt):
            continue
        expected = resolve(stated, attempt, overrides)
        if path == "transactionId" and message.action == "MeterValues" and "transactionId" not in seen.payload:
            attempt.mark(row, "passed")
            continue
        result = judge(seen.payload, path, expected, cistrings=cistrings, default=defaults.get(path, MISSING))
        if result.ok:
            attempt.mark(row, "passed")
            continue
        satisfied = False
        attempt.find(
            "validation",
            attempt.place(step),
            message.name,
            f"Step {attempt.place(step)}: {message.name} had {result.at or path} {result.received}, "
            f"{_shown(stated, expected)} was due.",
            field=path,
            expected=_shown(stated, expected),
            received=result.received,
            row=row,
            frame=seen.seq,
        )
    return satisfied


def find_missing(attempt: Attempt, expectation: Expectation) -> None:
    """Record that a request did not come; a near miss is shown with both values."""
    expectation.state = "missing"
    unmet = expectation.unmet_of_nearest(attempt)
    place = attempt.place(expectation.step)
    attempt.step_event(expectation.step, expectation.message.name, "missing")
    if unmet:
        path, expected, received = unmet[0]
        attempt.find(
            "validation",
            place,
            expectation.message.name,
            f"Step {place}: {expectation.message.name} with {path} {expected.text} did not come; one with {received} did.",
            field=path,
            expected=expected.text,
            received=received,
            row=expectation.row(path) if path in dict(expectation.message.fields) else expectation.row(),
            frame=expectation.nearest.seq if expectation.nearest else None,
        )
        return
    count = f" ({len(expectation.met)} of {expectation.needed} came)" if expectation.needed > 1 else ""
    attempt.find(
        "missing",
        place,
        expectation.message.name,
        f"Step {place}: {expectation.message.name} did not come in time{count}.",
        expected="<present>",
        received="<omitted>",
        row=expectation.row(),
    )


def _shown(stated: Expected, resolved: Expected) -> str:
    """The expectation for a finding: the value, and in brackets what it stands for."""
    if isinstance(resolved, Omitted) or stated.text == resolved.text:
        return resolved.text
    return f"{resolved.text} ({stated.text})"


def stated_payload(
    attempt: Attempt, fields: Sequence[tuple[str, Expected]], overrides: Mapping[str, Expected]
) -> dict[str, Any]:
    """What is stated of the tool's message, resolved, as the part of its payload that it makes; omitted fields are left out.

    What is stated of an element that has no number (`configurationKey[key=X].readonly`) the version itself fills in.
    """
    payload: dict[str, Any] = {}
    for path, stated in fields:
        if "=" in path or "[]" in path:
            continue
        expected = resolve(stated, attempt, overrides)
        match expected:
            case Literal(value):
                assign(payload, path, value)
            case OneOf(values):
                assign(payload, path, values[0])
            case _:
                continue
    return payload
