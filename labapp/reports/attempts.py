"""The attempts at a case, from the entries of the run's result: which one stands, what was found, and its lines in the journal."""

from __future__ import annotations

from labapp.domain.standing import Ran, standing_attempt
from labapp.reports.content import Amendment, Attempt, Finding, Observation, ReviewLine, Validation
from labapp.reports.journal_facts import JournalFacts, Slice
from labapp.reports.records import Given, filled

_NO_LINES = Slice(0, 0, "")


def attempts_of(
    case: str, entries: list[Given], journal: JournalFacts, amendments: tuple[Amendment, ...], tester: str
) -> tuple[Attempt, ...]:
    """Every attempt in its order, the standing one marked. tester: who tested where an entry does not say."""
    numbered = [(entry.integer("attempt") or index, entry) for index, entry in enumerate(entries, start=1)]
    mine = [amendment for amendment in amendments if amendment.case == case]
    standing = standing_attempt(
        [Ran(number, entry.text("verdict"), entry.text("reason_code")) for number, entry in numbered],
        {amendment.attempt for amendment in mine},
    )
    return tuple(
        _attempt(
            number,
            entry,
            standing is not None and standing.attempt == number,
            journal.attempts.get((case, number), _NO_LINES),
            tuple(amendment for amendment in mine if amendment.attempt == number),
            tester,
        )
        for number, entry in numbered
    )


def _attempt(
    number: int, entry: Given, standing: bool, lines: Slice, amendments: tuple[Amendment, ...], tester: str
) -> Attempt:
    return Attempt(
        attempt=number,
        standing=standing,
        verdict=entry.text("verdict"),
        expected=entry.flag("expected"),
        tool_result=entry.text("tool_result"),
        review_result=entry.text("review_result"),
        reason_code=entry.text("reason_code"),
        started=entry.text("started"),
        ended=entry.text("ended"),
        tester=entry.text("tester", tester),
        text=entry.text("text"),
        first=lines.first,
        last=lines.last,
        sha256=lines.sha256,
        validations=tuple(filled(Validation, row) for row in entry.rows("validations")),
        findings=tuple(filled(Finding, row) for row in entry.rows("findings")),
        observations=tuple(filled(Observation, row) for row in entry.rows("observations")),
        reviews=tuple(filled(ReviewLine, row) for row in entry.rows("reviews")),
        amendments=amendments,
    )
