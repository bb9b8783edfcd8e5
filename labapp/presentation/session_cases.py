"""The cases of a session in the order of the plan: verdict, attempts, durations, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from labapp.domain.standing import Ran, standing_attempt
from labapp.presentation.session_facts import case_facts
from labapp.presentation.wording import text
from labapp.reports.content import Finding

#: A longer pause between two cases, in seconds, is no part of what a case takes.
_BREAK = 900.0


def finding_of(content: Mapping[str, Any]) -> Finding:
    """A finding of a result; what it lacks is empty."""
    parts = {
        name: str(content.get(name) or "")
        for name in ("step", "message", "field", "expected", "received", "clause", "text", "hint")
    }
    return Finding(**parts, frame=content.get("frame"))


@dataclass(frozen=True, slots=True)
class AttemptEntry:
    """One attempt at a case. verdict: "" while it runs. started, ended: UTC seconds, 0.0 when not known.

    expected: a FAIL that must be. amended: its FAIL is put down to the lab or the tool. reason: why the verdict is what it is, one
    sentence. observations: texts of what was seen besides.
    """

    number: int
    verdict: str = ""
    started: float = 0.0
    ended: float = 0.0
    expected: bool = False
    amended: bool = False
    reason_code: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    observations: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took; None while that is not known."""
        return self.ended - self.started if self.started and self.ended >= self.started > 0.0 else None


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case of the session. attempts: oldest first."""

    id: str
    title: str
    block: str
    needs: tuple[str, ...] = ()
    attempts: tuple[AttemptEntry, ...] = ()

    @property
    def last(self) -> AttemptEntry | None:
        """The attempt that runs, or the last one."""
        return self.attempts[-1] if self.attempts else None

    def findings_of(self, attempt: int) -> tuple[Finding, ...]:
        """Violations of one attempt."""
        return next((each.findings for each in self.attempts if each.number == attempt), ())

    @property
    def standing(self) -> AttemptEntry | None:
        """The attempt whose verdict counts: the last that is over, except that a FAIL by validation stands until amended."""
        over = [each for each in self.attempts if each.verdict]
        stands = standing_attempt(
            [Ran(each.number, each.verdict, each.reason_code) for each in over],
            {each.number for each in over if each.amended},
        )
        return next((each for each in over if stands is not None and each.number == stands.attempt), None)

    @property
    def verdict(self) -> str:
        """Verdict of the standing attempt, else of the last one that was aborted; "" when there is none yet."""
        return (
            self.standing.verdict if self.standing else next((a.verdict for a in self.attempts[::-1] if a.verdict), "")
        )

    @property
    def running(self) -> bool:
        """Whether an attempt is under way."""
        return self.last is not None and not self.last.verdict

    @property
    def ran(self) -> bool:
        """Whether a verdict rests on an attempt that was really run."""
        return self.verdict not in ("", "NOT_RUN", "NOT_APPLICABLE")

    @property
    def in_order(self) -> bool:
        """Whether nothing is left to do about it: passed, excluded, or failed as it must."""
        standing = self.standing
        return standing is not None and (standing.verdict in ("PASS", "NOT_APPLICABLE") or standing.expected)


@dataclass(frozen=True, slots=True)
class Block:
    """Cases of one block of Appendix C, in the order of the session."""

    title: str
    cases: tuple[CaseEntry, ...]

    @property
    def done(self) -> int:
        """How many have a verdict."""
        return sum(1 for case in self.cases if case.verdict)


@dataclass(slots=True)
class Cases:
    """The cases of a run as messages tell of them."""

    _order: list[str] = field(default_factory=list)
    _attempts: dict[str, dict[int, AttemptEntry]] = field(default_factory=dict)
    _entries: dict[str, CaseEntry] = field(default_factory=dict)

    def plan(self, cases: Sequence[str]) -> None:
        """What is planned, in its order."""
        self._order = list(dict.fromkeys(cases))

    def started(self, case: str, attempt: int, at: float) -> None:
        """An attempt has begun."""
        self._known(case)[attempt] = AttemptEntry(attempt, started=at)

    def ended(self, case: str, attempt: int, verdict: str, at: float, result: Mapping[str, Any]) -> None:
        """An attempt is over. result: its entry of the run's result, as far as it is told."""
        known = self._known(case)
        begun = known.get(attempt, AttemptEntry(attempt))
        findings = tuple(finding_of(each) for each in result.get("findings", ()))
        known[attempt] = AttemptEntry(
            attempt,
            verdict,
            moment(result.get("started")) or begun.started,
            moment(result.get("ended")) or at,
            bool(result.get("expected", False)),
            begun.amended,
            str(result.get("reason_code", "")),
            str(result.get("reason") or (findings[0].text if findings else result.get("text", ""))),
            findings,
            tuple(str(each.get("text", "")) for each in result.get("observations", ())),
        )

    def cut_off(self, at: float) -> None:
        """The bench has gone: an attempt that runs has come to nothing, as the journal will say when the run is resumed."""
        for entry in self.entries():
            if entry.running and entry.last is not None:
                reason = text("the bench ended in the midst of this attempt")
                cut = replace(entry.last, verdict="INCONCLUSIVE", ended=at, reason_code="aborted", reason=reason)
                self._known(entry.id)[cut.number] = cut

    def amended(self, case: str, attempt: int) -> None:
        """The FAIL of an attempt is put down to the lab or the tool."""
        known = self._known(case)
        old = known.get(attempt, AttemptEntry(attempt, "FAIL"))
        known[attempt] = replace(old, amended=True)

    def _known(self, case: str) -> dict[int, AttemptEntry]:
        if case not in self._order:
            self._order.append(case)
        self._entries.pop(case, None)
        return self._attempts.setdefault(case, {})

    def entries(self) -> tuple[CaseEntry, ...]:
        """Every case."""
        return tuple(self.entry(case) for case in self._order)

    def entry(self, case: str) -> CaseEntry:
        """One case, known or not."""
        if case not in self._entries:
            facts = case_facts(case)
            attempts = self._attempts.get(case, {})
            tried = tuple(attempts[number] for number in sorted(attempts))
            self._entries[case] = CaseEntry(case, facts.title, facts.block, facts.needs, tried)
        return self._entries[case]


def moment(value: object) -> float:
    """UTC seconds of an RFC 3339 text; 0.0 for what is none."""
    if not isinstance(value, str) or not value:
        return 0.0
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return 0.0


# Summaries ------------------------------------------------------------------------------------------------------------


def blocks_of(cases: Sequence[CaseEntry]) -> tuple[Block, ...]:
    """The cases by block, blocks in the order of their first case."""
    order: dict[str, list[CaseEntry]] = {}
    for case in cases:
        order.setdefault(case.block, []).append(case)
    return tuple(Block(title or text("Further cases"), tuple(members)) for title, members in order.items())


def seconds_left(cases: Sequence[CaseEntry]) -> float | None:
    """An estimate of what is left, from the cases that have run; None before the first has.

    A case takes from the end of the one before it (000_RESET included), unless there was a break between them.
    """
    ran = sorted((each for case in cases for each in case.attempts if each.seconds), key=lambda each: each.ended)
    if not ran:
        return None
    took: list[float] = []
    before: AttemptEntry | None = None
    for attempt in ran:
        gap = attempt.started - before.ended if before is not None else 0.0
        took.append((attempt.seconds or 0.0) + (gap if 0.0 <= gap <= _BREAK else 0.0))
        before = attempt
    left = sum(1 for case in cases if not case.verdict)
    return left * sum(took) / len(took)
