"""The tables of a report: rows of named cells, made from the content once for paper and workbook alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from labapp.cases.catalogue import CATALOGUE
from labapp.domain.run_files import JOURNAL
from labapp.reports.content import Attempt, Case, Report
from labapp.reports.verdicts import worded

Cell = str | int | float | None
Row = Mapping[str, Cell]


def rows_of_table(report: Report, name: str) -> list[Row]:
    """The rows of a table by its name. Raises KeyError for a name that no table has."""
    return list(TABLES[name](report))


def review_rules(attempt: Attempt) -> str:
    """The ids of the rules that the review of an attempt rests on, each once."""
    return ", ".join(dict.fromkeys(line.rule for line in attempt.reviews if line.rule))


def ran(attempt: Attempt) -> bool:
    """Whether the attempt was begun; one that was blocked or excluded has a result and no lines of its own."""
    return attempt.first > 0


def remark(attempt: Attempt) -> str:
    """What is to be said of an attempt besides its findings: the tool's words and its amendments."""
    amended = [
        f"Amended by {one.who}, {moment(one.at)} UTC: cause {one.cause}, {one.reason}" for one in attempt.amendments
    ]
    return " ".join(filter(None, [attempt.text, *amended]))


def title_of(case: Case) -> str:
    """The title of a case; one that stands in no plan has that of the catalogue."""
    known = CATALOGUE.get(case.id)
    return case.title or (known.title if known else "")


def moment(utc: str) -> str:
    """An RFC 3339 text as a report shows it: blank instead of T, whole seconds, no Z."""
    return utc.replace("T", " ").removesuffix("Z").split(".")[0]


def yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _plain(name: str) -> Callable[[Report], Iterator[Row]]:
    """A table whose rows are the dataclasses of one member of the content."""

    def rows(report: Report) -> Iterator[Row]:
        for item in getattr(report.content, name):
            yield _cells(asdict(item))

    return rows


def _cells(members: Mapping[str, Any]) -> Row:
    return {name: _cell(name, value) for name, value in members.items()}


def _cell(name: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if name == "verdict":
        return worded(value)
    if name in ("at", "started", "ended"):
        return moment(value)
    return value  # type: ignore[no-any-return]


def _cases(report: Report) -> Iterator[Row]:
    for case in report.content.cases:
        standing = case.standing
        yield {
            "id": case.id,
            "title": title_of(case),
            "block": case.block,
            "requirement": case.requirement,
            "applicable": yes_no(case.applicable),
            "verdict": worded(case.verdict, expected=case.expected),
            "attempts": len(case.attempts),
            "standing": standing.attempt if standing else None,
            **(_of_attempt(standing) if standing else {}),
            "reason": _reason(case),
            "remark": case.reason
            if case.verdict == "NOT_APPLICABLE"
            else remark(standing)
            if standing
            else case.remark,
        }


def _reason(case: Case) -> str:
    """Why a case has its verdict, in short: the code of an attempt that ran, else why none did."""
    standing = case.standing
    if case.verdict == "NOT_APPLICABLE":
        text = case.reason.removeprefix("Not applicable: ")
        return text[:1].upper() + text[1:]
    if standing is None:
        return case.remark
    return standing.reason_code if ran(standing) else standing.text or standing.reason_code


def _of_attempt(attempt: Attempt) -> dict[str, Cell]:
    return {
        "tool_result": attempt.tool_result,
        "review_result": attempt.review_result,
        "rules": review_rules(attempt),
        "reason_code": attempt.reason_code,
        "started": moment(attempt.started),
        "ended": moment(attempt.ended),
        "tester": attempt.tester,
        "sha256": attempt.sha256,
    }


def _each_attempt(report: Report) -> Iterator[tuple[Case, Attempt]]:
    for case in report.content.cases:
        for attempt in case.attempts:
            yield case, attempt


def _attempts(report: Report) -> Iterator[Row]:
    for case, attempt in _each_attempt(report):
        yield {
            "case": case.id,
            "attempt": attempt.attempt,
            "standing": yes_no(attempt.standing),
            "verdict": worded(attempt.verdict, expected=attempt.expected),
            **_of_attempt(attempt),
            "lines": f"{attempt.first} to {attempt.last}" if attempt.first else "none",
            "remark": remark(attempt),
        }


def _validations(report: Report) -> Iterator[Row]:
    for case, attempt in _each_attempt(report):
        for validation in attempt.validations:
            yield {
                "case": case.id,
                "attempt": attempt.attempt,
                "standing": yes_no(attempt.standing),
                "id": validation.id,
                "status": validation.status,
            }


def _findings(report: Report) -> Iterator[Row]:
    for case, attempt in _each_attempt(report):
        place: dict[str, Cell] = {"case": case.id, "attempt": attempt.attempt}
        for finding in attempt.findings:
            yield {**place, "kind": "violation", **_cells(asdict(finding))}
        for observation in attempt.observations:
            yield {**place, "kind": "observation", **_cells(asdict(observation)), "clause": observation.rule}


def _review(report: Report) -> Iterator[Row]:
    for case, attempt in _each_attempt(report):
        for line in attempt.reviews:
            yield {"case": case.id, "attempt": attempt.attempt, **_cells(asdict(line))}


def _pics(report: Report) -> Iterator[Row]:
    for one in report.content.pics:
        yield {"key": one.key, "answer": one.answer or "not answered"}


def _tolerances(report: Report) -> Iterator[Row]:
    for one in report.content.tolerances:
        yield {"name": one.name, "seconds": one.seconds, "share": f"{one.share:.0%}", "why": one.why}


def _self_test(report: Report) -> Iterator[Row]:
    test = report.content.self_test
    for case in test.cases if test else ():
        yield {
            "case": case.id,
            "variants": ", ".join(case.variants),
            "passed": f"{case.passed} of {len(case.variants)}",
            "made": case.made,
            "killed": case.killed,
            "not_applied": case.not_applied,
            "equivalent": case.equivalent,
            **{line.kind: f"{line.killed} of {line.made}" for line in case.mutants},
        }


def _evidence(report: Report) -> Iterator[Row]:
    content, issue = report.content, report.issue
    journal = content.journal
    yield {"name": "journal: head of the chain", "size": f"{journal.records} lines", "sha256": journal.head}
    yield {"name": JOURNAL, "size": None, "sha256": journal.sha256}
    if content.pics_sha256:
        yield {"name": "pics.toml", "size": None, "sha256": content.pics_sha256}
    if issue.workbook_sha256:
        yield {"name": issue.workbook, "size": None, "sha256": issue.workbook_sha256}
    for file in content.files:
        yield {"name": file.name, "size": f"{file.size} bytes", "sha256": file.sha256}


#: Every table by the name that templates use.
TABLES: Mapping[str, Callable[[Report], Iterator[Row]]] = {
    "cases": _cases,
    "attempts": _attempts,
    "validations": _validations,
    "findings": _findings,
    "review": _review,
    "pics": _pics,
    "tolerances": _tolerances,
    "self_test": _self_test,
    "evidence": _evidence,
    **{
        name: _plain(name)
        for name in ("plan", "configuration", "network", "performance", "resets", "amendments", "settings")
    },
}
