"""What stands between a session and a report that certification accepts, most pressing first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from labapp.presentation.stages import Stage
from labapp.presentation.wording import text
from labapp.reports.content import Case
from labapp.reports.pdf_signing import ROLES
from labapp.services.report_documents import ReportFiles

_ASKED = ("M", "C")


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing. title: short; detail: what, and how to mend it; stage: where, None when here or nowhere."""

    title: str
    detail: str
    stage: Stage | None = None


def role_title(role: str) -> str:
    """A field of the report's signatures, in words."""
    return {
        "laboratory": text("For the laboratory"),
        "tested": text("Tested by"),
        "checked": text("Checked by"),
        "authorised": text("Authorised by"),
    }.get(role, role)


def lacks_of(files: ReportFiles) -> tuple[Lack, ...]:
    """Everything that certification asks for and the session's report has not."""
    return tuple(
        lack
        for lack in (
            _demonstration(files),
            _mode(files),
            _declaration(files),
            *_cases(files),
            _certificate(files),
            _self_test(files),
            _facts(files),
            _signatures(files),
        )
        if lack is not None
    )


def unsigned_roles(files: ReportFiles) -> tuple[str, ...]:
    """The persons' fields that nobody has signed."""
    signed = {each.field for each in files.signatures}
    return tuple(role for role in ROLES if role not in signed)


def _demonstration(files: ReportFiles) -> Lack | None:
    if not files.content.demonstration:
        return None
    detail = text("A simulator took part, so everything is marked as a demonstration. Test the device itself.")
    return Lack(text("Demonstration"), detail, Stage.INTAKE)


def _mode(files: ReportFiles) -> Lack | None:
    if files.content.mode == "certification":
        return None
    detail = text("This session was a preparation. Choose certification on Set-up for the next one.")
    return Lack(text("Mode"), detail, Stage.SETUP)


def _declaration(files: ReportFiles) -> Lack | None:
    if files.declared:
        return None
    return Lack(text("PICS"), text("There is no declaration, so there is no plan to conform to."), Stage.INTAKE)


def _cases(files: ReportFiles) -> Iterable[Lack]:
    asked = [
        case for case in files.content.cases if case.applicable and case.requirement in _ASKED and not case.in_order
    ]
    titles = {
        "FAIL": text("Failed"),
        "ERROR": text("Ended with ERROR"),
        "INCONCLUSIVE": text("Inconclusive"),
        "NOT_RUN": text("Not run"),
    }
    for verdict, title in titles.items():
        cases = [case for case in asked if case.verdict == verdict]
        if cases:
            yield Lack(title, _listed(cases), Stage.EXECUTION)


def _listed(cases: list[Case]) -> str:
    names = ", ".join(case.id for case in cases[:4])
    if len(cases) <= 4:
        return names
    return text("{names} and {count} more", names=names, count=len(cases) - 4)


def _certificate(files: ReportFiles) -> Lack | None:
    if files.certificate:
        return None
    detail = text("The project names no certificate of the laboratory, so the demonstration identity signs.")
    return Lack(text("Laboratory certificate"), detail, Stage.SETUP)


def _self_test(files: ReportFiles) -> Lack | None:
    if files.self_test:
        return None
    detail = text("No self-test of this judge is kept on this machine: labapp selftest, then make the report again.")
    return Lack(text("Self-test record"), detail)


def _facts(files: ReportFiles) -> Lack | None:
    if not files.content.missing:
        return None
    return Lack(text("Facts not stated"), "; ".join(files.content.missing), Stage.SETUP)


def _signatures(files: ReportFiles) -> Lack | None:
    if not files.made or files.fault or not files.current:
        return None
    missing = unsigned_roles(files)
    if not missing:
        return None
    return Lack(text("Signatures"), ", ".join(role_title(role) for role in missing))
