"""The step list of one attempt: what the catalogue expects, merged with what the bench tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from labapp.domain.actions import ACTIONS
from labapp.presentation.session_facts import CaseFacts, ExpectedStep, act_of

#: States that end the wait for a step.
_OVER = frozenset({"met", "failed", "missing", "sent", "skipped", "done"})
_SEEN = frozenset({"met", "failed", "missing", "sent", "done"})


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the list.

    step: number of the document, 0 for an act of the operator and for preparations. scope: the state that it belongs to, "" for the
    case itself. state: "", "waiting", "met", "missing", "skipped", "failed", "sent" or, for an act of the operator, "done".
    group: number of the any-order group, 0 for none. at: when it came, UTC seconds, 0.0 while it has not; after: seconds since the
    line before it that came, None when it is the first. count: how often it came. notes: findings and observations at it.
    """

    step: int
    by: str
    what: str
    stated: str = ""
    scope: str = ""
    group: int = 0
    state: str = ""
    optional: bool = False
    condition: str = ""
    at: float = 0.0
    after: float | None = None
    count: int = 0
    detail: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """What the bench waits for. since, until: UTC seconds; until is 0.0 when there is no limit."""

    scope: str
    step: int
    since: float
    until: float = 0.0

    @property
    def limit(self) -> float:
        """Seconds that the wait lasts at most, 0.0 when there is no limit."""
        return max(0.0, self.until - self.since) if self.until else 0.0


class StepList:
    """The lines of an attempt. Messages are taken in the order in which the bench tells them."""

    def __init__(self, facts: CaseFacts) -> None:
        self._own = [_line_of(step) for step in facts.steps]
        self._prepared: list[StepLine] = []
        self._last_at = 0.0
        self.wait: Wait | None = None
        self.remarks: list[str] = []

    def lines(self) -> tuple[StepLine, ...]:
        """Preparation first, then the case; what is waited for is marked."""
        waiting = self._waited_for()
        own = [replace(line, state="waiting") if at in waiting else line for at, line in enumerate(self._own)]
        return (*self._prepared, *own)

    def take(self, told: Mapping[str, Any], at: float, until: float) -> None:
        """A `step` message. at: when it happened; until: end of the wait that it tells of, 0.0 for none; both UTC seconds."""
        scope, step, state = str(told["scope"]), told["step"], str(told["state"])
        if state == "waiting":
            self.wait = Wait(scope, _number(step), at, until)
            return
        if isinstance(step, str) and ":" in step:
            scope, _, step = step.partition(":")
        number, message, detail = _number(step), str(told["message"]), str(told["detail"])
        if state in ("finding", "observation"):
            self._remark(scope, number, message, state, detail)
            return
        after = at - self._last_at if self._last_at else None
        self._last_at = at
        if message in ACTIONS:
            self._act_done(act_of(message), at, after)
            return
        if scope or number == 0:
            line = StepLine(
                number, "sut", message, scope=scope, state=state, at=at, after=after, count=1, detail=detail
            )
            self._prepared.append(line)
            return
        place = self._place(number, message)
        if place is None:
            self._own.append(StepLine(number, "sut", message, state=state, at=at, after=after, count=1, detail=detail))
            return
        line = self._own[place]
        self._own[place] = replace(line, state=state, at=at, after=after, count=line.count + 1, detail=detail)
        self._skip_before(place)

    def _act_done(self, act: str, at: float, after: float | None) -> None:
        """An act of the operator is over; one that prepares the case stands before it."""
        for place, line in enumerate(self._own):
            if line.by == "operator" and line.what == act and not line.state:
                self._own[place] = replace(line, state="done", at=at, after=after, count=1)
                return
        self._prepared.append(StepLine(0, "operator", act, state="done", at=at, after=after, count=1))

    def _place(self, step: int, message: str) -> int | None:
        fitting = [
            at for at, line in enumerate(self._own) if line.step == step and line.what == message and line.by != "check"
        ]
        if not fitting:
            return None
        still_open = [at for at in fitting if not self._own[at].state]
        return (still_open or fitting[-1:])[0]

    def _skip_before(self, place: int) -> None:
        """What may be missing and did not come before a later step has come, was left out."""
        group = self._own[place].group
        for at, line in enumerate(self._own[:place]):
            if not line.state and line.by == "sut" and (not group or line.group != group) and line.optional:
                self._own[at] = replace(line, state="skipped")

    def _remark(self, scope: str, step: int, message: str, kind: str, detail: str) -> None:
        for lines in (self._own, self._prepared):
            for at in range(len(lines) - 1, -1, -1):
                line = lines[at]
                if step and line.step == step and line.scope == scope and message in ("", line.what):
                    state = "failed" if kind == "finding" and line.state not in ("missing",) else line.state
                    lines[at] = replace(line, state=state, notes=(*line.notes, detail))
                    return
        self.remarks.append(detail)

    def _waited_for(self) -> frozenset[int]:
        """Places of the first line that is open, and of those that may come beside it."""
        last = max((at for at, line in enumerate(self._own) if line.state in _SEEN), default=-1)
        groups = {line.group for line in self._own if line.group and line.state in _SEEN}
        found: set[int] = set()
        for at, line in enumerate(self._own):
            if line.state in _OVER or line.by == "check":
                continue
            if line.group and line.group in groups:
                found.add(at)
                continue
            if at < last:
                continue
            if found and not self._beside(found, line):
                break
            found.add(at)
            if not line.group and not line.optional:
                break
        return frozenset(found)

    def _beside(self, found: Iterable[int], line: StepLine) -> bool:
        """Whether a line may come together with those found: of the same group, or behind optional ones."""
        held = [self._own[at] for at in found]
        if any(each.group and each.group == line.group for each in held):
            return True
        return all(each.optional for each in held)


def _line_of(step: ExpectedStep) -> StepLine:
    return StepLine(
        step.step,
        step.by,
        step.what,
        step.stated,
        group=step.group,
        optional=step.may_be_missing,
        condition="; ".join(step.notes),
    )


def _number(step: object) -> int:
    return int(str(step)) if str(step).isdigit() else 0
