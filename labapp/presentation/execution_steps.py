"""The step list of the middle: one row for each step, with shape, colour, and what is known of its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from labapp.presentation.session import Session
from labapp.presentation.session_facts import case_facts
from labapp.presentation.session_steps import StepLine, StepList, Wait
from labapp.presentation.wording import text

Bracket = Literal["", "first", "middle", "last"]

#: Shape and colour token by state; "" is a step that has not come.
STEP_LOOKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "": ("·", "muted"),
        "waiting": ("▶", "accent"),
        "met": ("✓", "verdict_pass"),
        "done": ("✓", "verdict_pass"),
        "sent": ("✓", "verdict_pass"),
        "failed": ("✗", "verdict_fail"),
        "missing": ("✗", "verdict_fail"),
        "skipped": ("–", "muted"),
    }
)


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row. number: as shown; who: who acts, in words; right: time or wait; bracket: its place in an any-order group.

    notes: lines below it, findings among them. spoken: the row for a screen reader. gone: share of the wait, 0 to 1,
    None without a limit.
    """

    number: str
    shape: str
    colour: str
    what: str
    stated: str
    right: str
    bracket: Bracket
    notes: tuple[str, ...]
    spoken: str
    state: str
    by: str
    gone: float | None = None


def step_rows(session: Session, now: float) -> tuple[StepRow, ...]:
    """The rows of the case shown. now: UTC seconds."""
    lines = session.steps
    wait = session.wait
    waiting = next((at for at, line in enumerate(lines) if line.state == "waiting"), None)
    live = session.running is not None
    rows = []
    for at, line in enumerate(lines):
        state = line.state
        if not live and state in ("", "waiting"):
            # The case is over: what may be missing was left out, the rest has not come.
            state = "skipped" if line.optional else ""
        rows.append(_row(line, state, _bracket(lines, at), wait if at == waiting else None, now))
    return tuple(rows)


def expected_rows(case: str) -> tuple[StepRow, ...]:
    """The rows of a case that has not run: what the catalogue expects."""
    lines = StepList(case_facts(case)).lines()
    return tuple(_row(line, "", _bracket(lines, at), None, 0.0) for at, line in enumerate(lines))


def _row(line: StepLine, state: str, bracket: Bracket, wait: Wait | None, now: float) -> StepRow:
    shape, colour = STEP_LOOKS.get(state, STEP_LOOKS[""])
    number = str(line.step) if line.step else ""
    what = f"{line.scope}  {line.what}" if line.scope else line.what
    right, gone = _time(line, state, wait, now)
    state_word = state_text(state)
    spoken = ", ".join(part for part in (number, what, line.stated, state_word, right) if part)
    notes = (*((line.condition,) if line.condition and not line.at else ()), *line.notes)
    return StepRow(number, shape, colour, what, line.stated, right, bracket, notes, spoken, state, line.by, gone)


def _time(line: StepLine, state: str, wait: Wait | None, now: float) -> tuple[str, float | None]:
    if state == "waiting":
        if wait is None:
            return text("waiting"), None
        elapsed = max(0.0, now - wait.since)
        return (
            text("waiting {elapsed} s of {limit} s", elapsed=int(elapsed), limit=round(wait.limit)),
            min(1.0, elapsed / wait.limit) if wait.limit else None,
        )
    if state in ("", "skipped", "missing"):
        return ("" if state == "" else state_text(state)), None
    came = text("{count} times", count=line.count) if line.count > 1 else ""
    after = text("+{seconds:.1f} s", seconds=line.after) if line.after is not None else ""
    return " ".join(part for part in (came, after) if part), None


def _bracket(lines: Sequence[StepLine], at: int) -> Bracket:
    group = lines[at].group
    if not group:
        return ""
    before = at > 0 and lines[at - 1].group == group
    behind = at + 1 < len(lines) and lines[at + 1].group == group
    if before and behind:
        return "middle"
    return "last" if before else "first" if behind else ""


def state_text(state: str) -> str:
    """The state of a step in words."""
    return {
        "": text("to come"),
        "waiting": text("waiting"),
        "met": text("came"),
        "done": text("done"),
        "sent": text("sent"),
        "failed": text("wrong"),
        "missing": text("missing"),
        "skipped": text("left out"),
    }.get(state, state)
