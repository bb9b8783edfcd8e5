"""The section of the PDF that goes through the cases: attempts, findings, review and observations of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph
from reportlab.platypus.flowables import KeepTogether

from labapp.reports.content import Attempt, Case, Observation, ReviewLine
from labapp.reports.pdf_parts import gap, table
from labapp.reports.tables import Row, moment, ran, remark, review_rules, title_of
from labapp.reports.template import Column
from labapp.reports.typography import MONO, markup, style, verdict_markup
from labapp.reports.verdicts import worded

_STATUSES = ("passed", "failed", "waived", "not_exercised")

_ATTEMPTS = (
    Column("attempt", "Attempt", 16),
    Column("verdict", "Verdict", 35),
    Column("tool_result", "Tool", 11),
    Column("review", "Review", 27),
    Column("reason_code", "Reason", 25),
    Column("started", "Begin (UTC)", 30),
    Column("ended", "End (UTC)", 30),
)
_FINDINGS = (
    Column("step", "Step", 19),
    Column("message", "Message, field", 47),
    Column("expected", "Expected", 27),
    Column("received", "Received", 27),
    Column("text", "Finding", 43),
    Column("frame", "Frame", 11),
)
_REVIEW = (
    Column("kind", "Review", 20),
    Column("connector", "Conn.", 11),
    Column("status", "Status", 36),
    Column("rule", "Rule", 12),
    Column("advice", "Advice", 15),
    Column("decision", "Decision", 24),
    Column("why", "Why", 45),
    Column("frame", "Frame", 11),
)
_OBSERVATIONS = (
    Column("step", "Step", 19),
    Column("message", "Message", 36),
    Column("text", "Observation, no violation", 108),
    Column("frame", "Frame", 11),
)


def case_flowables(cases: tuple[Case, ...]) -> Iterator[Flowable]:
    """Every case that was run; the others stand with their reasons in the overview."""
    begun = [case for case in cases if any(map(ran, case.attempts))]
    if not begun:
        yield Paragraph("No case was run.", style("body"))
        return
    yield Paragraph(
        "Per attempt: the verdict, the tool's own result, the StatusNotification review with the rules it rests on, and the digest of "
        "its lines in the journal. Frames are numbered as in the journal. Every single validation stands in the workbook. Cases that were "
        "not run stand with the reason in the overview.",
        style("note"),
    )
    for case in begun:
        yield from _case(case)


def _case(case: Case) -> Iterator[Flowable]:
    verdict = verdict_markup(worded(case.verdict, expected=case.expected))
    head: list[Flowable] = [
        Paragraph(f"{markup(case.id)}&nbsp; {markup(title_of(case))}", style("case")),
        Paragraph(f"{verdict} &nbsp;·&nbsp; {markup(case.reason)}", style("small")),
    ]
    several = len(case.attempts) > 1
    parts = [list(_attempt(attempt, several=several)) for attempt in case.attempts]
    attempts = table([_attempt_row(attempt) for attempt in case.attempts], _ATTEMPTS)
    # The lines below the table belong to it; findings and reviews may go on to the next page.
    lines = [flowable for flowable in parts[0] if isinstance(flowable, Paragraph)]
    yield KeepTogether([*head, gap(1), attempts, *lines])
    yield from parts[0][len(lines) :]
    for part in parts[1:]:
        yield from part
    yield gap(4)


def _attempt_row(attempt: Attempt) -> Row:
    rules = review_rules(attempt)
    return {
        "attempt": f"{attempt.attempt}{' stands' if attempt.standing else ''}",
        "verdict": worded(attempt.verdict, expected=attempt.expected),
        "tool_result": attempt.tool_result,
        "review": attempt.review_result + (f" ({rules})" if rules else ""),
        "reason_code": attempt.reason_code,
        "started": moment(attempt.started),
        "ended": moment(attempt.ended),
    }


def _attempt(attempt: Attempt, *, several: bool) -> Iterator[Flowable]:
    for line in _record_lines(attempt, several=several):
        yield Paragraph(line, style("small"))
    for rows, columns in (
        ([_finding_row(finding) for finding in map(asdict, attempt.findings)], _FINDINGS),
        ([_review_row(line) for line in attempt.reviews], _REVIEW),
        ([_observation_row(observation) for observation in attempt.observations], _OBSERVATIONS),
    ):
        if rows:
            yield CondPageBreak(22 * mm)
            yield gap(1)
            yield table(rows, columns)


def _record_lines(attempt: Attempt, *, several: bool) -> Iterator[str]:
    """What stands below the table of attempts: counts and remarks, then where the record lies."""
    statuses = Counter(validation.status.split(":")[0] for validation in attempt.validations)
    counted = [f"{statuses[status]} {status.replace('_', ' ')}" for status in _STATUSES if statuses[status]]
    said = remark(attempt) if attempt.verdict != "PASS" or attempt.amendments else ""
    parts = [f"Attempt {attempt.attempt}"] if several else []
    parts += [f"Validations: {', '.join(counted)}"] if counted else []
    parts += [f"Tester {attempt.tester}"] if attempt.tester else []
    parts += [said] if said else []
    if parts:
        yield markup(" · ".join(parts))
    if attempt.first:
        yield (
            f"Journal lines {attempt.first} to {attempt.last}, SHA-256 "
            f'<font name="{MONO}" size="6.2">{markup(attempt.sha256, MONO)}</font>'
        )


def _finding_row(finding: dict[str, str | int | None]) -> Row:
    place = " ".join(str(part) for part in (finding["message"], finding["field"]) if part)
    clause = f" ({finding['clause']})" if finding["clause"] else ""
    text = " ".join(part for part in (f"{finding['text']}{clause}", _known(str(finding["hint"]))) if part)
    return {**finding, "message": place, "text": text}


def _known(hint: str) -> str:
    return f"Known from the field: {hint}." if hint else ""


def _review_row(line: ReviewLine) -> Row:
    extra = [part for part in (line.error_code if line.error_code != "NoError" else "", line.info) if part]
    instead = f", received {line.received_instead}" if line.received_instead else ""
    return {
        "kind": line.kind,
        "connector": line.connector,
        "status": line.status + (f" ({', '.join(extra)})" if extra else "") + instead,
        "rule": line.rule,
        "advice": line.advice or "none",
        "decision": f"{line.decision or 'open'}{f', by {line.by}' if line.by else ''}",
        "why": " ".join(dict.fromkeys(part for part in (line.note, line.reason, _known(line.hint)) if part)),
        "frame": line.seq,
    }


def _observation_row(observation: Observation) -> Row:
    rule = f" ({observation.rule})" if observation.rule else ""
    return {
        "step": observation.step,
        "message": observation.message,
        "text": f"{observation.text}{rule}",
        "frame": observation.frame,
    }
