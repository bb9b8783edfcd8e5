"""The report page: how far the report of a session is, what may be done with it, and what checking it has shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from labapp.presentation.looks import look_of
from labapp.presentation.report_checks import Tone, moment_text, subject_text
from labapp.presentation.report_standing import Lack, lacks_of, role_title, unsigned_roles
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text
from labapp.reports.pdf_signing import LABORATORY, ROLES
from labapp.services.report_documents import ReportFiles
from labapp.storage.entries import SessionEntry


class Standing(StrEnum):
    """How far the report of the shown session is."""

    NO_SESSION = "no session"
    RUNNING = "running"
    ENDED = "ended"
    MADE = "made"
    OUTDATED = "outdated"
    BROKEN = "broken"
    SIGNED = "signed"


class Act(StrEnum):
    """What can be done."""

    MAKE = "make"
    VERIFY = "verify"
    OPEN_PDF = "pdf"
    OPEN_WORKBOOK = "workbook"
    OPEN_FOLDER = "folder"
    SIGN_TESTED = "tested"
    SIGN_CHECKED = "checked"
    SIGN_AUTHORISED = "authorised"


SIGN: Mapping[str, Act] = {"tested": Act.SIGN_TESTED, "checked": Act.SIGN_CHECKED, "authorised": Act.SIGN_AUTHORISED}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as it is offered. why: it cannot be done now, "" when it can; next: it is the one thing to do next."""

    act: Act
    label: str
    why: str = ""
    next: bool = False

    @property
    def possible(self) -> bool:
        """Whether it can be done now."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Role:
    """One signature field. sign: how signing is offered, None for the laboratory's and for one that is signed."""

    role: str
    title: str
    who: str
    when: str
    signed: bool
    sign: Offer | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole page of a session. verdicts: how many cases have which; renew: the old report has persons' signatures."""

    standing: Standing
    headline: str
    tone: Tone
    advice: str
    verdicts: str
    statement: str
    lacks: tuple[Lack, ...]
    roles: tuple[Role, ...]
    offers: Mapping[Act, Offer]
    renew: bool
    status: StageStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """A session that can be chosen."""

    directory: Path
    label: str


def report_view(
    files: ReportFiles | None, *, running: bool = False, verified: bool = False, busy: str = ""
) -> ReportView:
    """The page. running: a bench runs the session; verified: its report was checked since it changed last; busy: what is under way."""
    if files is None:
        return _no_session(running=running)
    standing = _standing(files, running=running)
    offers = _offers(files, standing, verified=verified, busy=busy)
    lacks = lacks_of(files)
    headline, tone, advice = _words(files, standing, verified=verified)
    return ReportView(
        standing=standing,
        headline=headline,
        tone=tone,
        advice=advice,
        verdicts=verdicts_text({count.verdict: count.cases for count in files.content.counts}),
        statement=files.content.statement,
        lacks=lacks,
        roles=tuple(_roles(files, offers)),
        offers=offers,
        renew=_renews(files, standing),
        status=_status(standing, files, lacks, verified=verified),
    )


def verdicts_text(counts: Mapping[str, int]) -> str:
    """How many cases have which verdict, in words and shapes."""
    order = ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN", "NOT_APPLICABLE")
    shown = [(verdict, counts[verdict]) for verdict in order if counts.get(verdict)]
    looks = [(look_of(verdict), count) for verdict, count in shown]
    return "   ".join(f"{look.shape} {count} {look.word}" for look, count in looks) or text("no verdicts")


def choices_of(entries: Sequence[SessionEntry]) -> tuple[Choice, ...]:
    """The sessions of a project, the newest first."""
    states = {"open": text("not ended"), "ended": text("ended"), "broken": text("ended by a fault")}

    def label(entry: SessionEntry) -> str:
        state = states[entry.state]
        return f"{moment_text(entry.started)}   {state}   {verdicts_text(entry.verdicts)}"

    return tuple(Choice(entry.directory, label(entry)) for entry in sorted(entries, key=_started, reverse=True))


def empty_text() -> tuple[str, str]:
    """Title and text of the page while no session is shown."""
    return (
        text("No session yet"),
        text(
            "This page makes the report of a session, has it signed, and checks it. Run the cases on the stage Execution first; "
            "or drop an evidence bundle or a report here to verify it."
        ),
    )


def running_text() -> tuple[str, str]:
    """Headline and advice while the session runs."""
    return (
        text("The session is running"),
        text("Its report is made when it ends; what the report will lack stands here already."),
    )


def report_fault(summary: Mapping[str, Any]) -> str:
    """Why the bench could not make the report at the end of the session, "" when it could. summary: its last message."""
    report = summary.get("report")
    fault = report.get("fault") if isinstance(report, Mapping) else None
    return str(fault.get("text", "")) if isinstance(fault, Mapping) else ""


def pages_text(view: ReportView) -> str:
    """The words in place of the pages, while there are none."""
    if view.standing is Standing.RUNNING:
        return text("The pages of the report stand here when the session has ended.")
    if view.standing is Standing.NO_SESSION:
        return text("Drop an evidence bundle (.labevidence) or a report (.pdf) here to verify it.")
    return text("The pages of the report stand here when it is made.")


def _started(entry: SessionEntry) -> datetime:
    return entry.started


def _no_session(*, running: bool) -> ReportView:
    """The page of no session, or of one whose records cannot be read yet."""
    standing = Standing.RUNNING if running else Standing.NO_SESSION
    headline, advice = running_text() if running else empty_text()
    status = StageStatus(State.TO_DO, (text("the session is running") if running else text("no session yet"),))
    return ReportView(standing, headline, "muted", advice, "", "", (), (), {}, False, status)


def _renews(files: ReportFiles, standing: Standing) -> bool:
    """Whether what persons have signed stays, and the next version replaces it."""
    return files.persons and standing in (Standing.OUTDATED, Standing.BROKEN)


def _standing(files: ReportFiles, *, running: bool) -> Standing:
    if running:
        return Standing.RUNNING
    if not files.made:
        return Standing.ENDED
    if files.fault:
        return Standing.BROKEN
    if not files.current:
        return Standing.OUTDATED
    return Standing.SIGNED if files.persons else Standing.MADE


def _words(files: ReportFiles, standing: Standing, *, verified: bool) -> tuple[str, Tone, str]:
    match standing:
        case Standing.RUNNING:
            headline, advice = running_text()
            return headline, "", advice
        case Standing.ENDED if files.ended:
            return (
                text("No report yet"),
                "",
                text("Make it: PDF, workbook and the evidence bundle that holds everything."),
            )
        case Standing.ENDED:
            return (
                text("The session was interrupted"),
                "warning",
                text("Take it up again on the stage Execution, or make the report of what has been run."),
            )
        case Standing.OUTDATED:
            return (
                text("The report is no longer of these records"),
                "warning",
                text(
                    "They have changed since, by an amendment or a further attempt. The old report stays; make the next version."
                )
                if _renews(files, standing)
                else text("They have changed since, by an amendment or a further attempt. Make it anew."),
            )
        case Standing.BROKEN:
            return (
                text("The report does not hold"),
                "problem",
                text("{fault}. Make it anew.", fault=_sentence(files.fault)),
            )
        case _:
            missing = unsigned_roles(files)
            if missing:
                advice = text("Still to be signed: {roles}.", roles=", ".join(role_title(role) for role in missing))
            elif verified:
                advice = text("Everything is signed and verified. Hand over the evidence bundle.")
            else:
                advice = text("Everybody has signed. Verify it before it is handed over.")
            headline = text("The report is made") if standing is Standing.MADE else text("The report is signed")
            return headline, "good", advice


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _offers(files: ReportFiles, standing: Standing, *, verified: bool, busy: str) -> dict[Act, Offer]:
    holds = standing in (Standing.MADE, Standing.SIGNED)
    missing = unsigned_roles(files)
    first = _next(standing, missing, verified=verified)
    none_yet = text("there is no report yet")

    def offer(act: Act, label: str, why: str) -> Offer:
        opens = act in (Act.OPEN_PDF, Act.OPEN_WORKBOOK, Act.OPEN_FOLDER)
        return Offer(act, label, why or ("" if opens else busy), act is first)

    may_make = text("the session is running") if standing is Standing.RUNNING else ""
    if standing is Standing.SIGNED:
        may_make = text("it is signed, and of these records")
    make = text("Make report") if standing in (Standing.ENDED, Standing.RUNNING) else text("Make report anew")
    if _renews(files, standing):
        make = text("Make version {number}", number=files.content.version + 1)
    offers = [
        offer(Act.MAKE, make, may_make),
        offer(Act.VERIFY, text("Verify"), "" if files.made and files.paths.bundle.is_file() else none_yet),
        offer(Act.OPEN_PDF, text("Open PDF"), "" if files.made else none_yet),
        offer(Act.OPEN_WORKBOOK, text("Open workbook"), "" if files.paths.xlsx.is_file() else none_yet),
        offer(Act.OPEN_FOLDER, text("Open folder"), ""),
    ]
    for role in ROLES:
        why = "" if holds and role in missing else none_yet if not files.made else text("it cannot be signed as it is")
        offers.append(offer(SIGN[role], text("Sign as {role}", role=_role_word(role)), why))
    return {each.act: each for each in offers}


def _role_word(role: str) -> str:
    return {"tested": text("tested"), "checked": text("checked"), "authorised": text("authorised")}[role]


def _next(standing: Standing, missing: Sequence[str], *, verified: bool) -> Act | None:
    match standing:
        case Standing.ENDED | Standing.OUTDATED | Standing.BROKEN:
            return Act.MAKE
        case Standing.MADE | Standing.SIGNED if missing:
            return SIGN[missing[0]]
        case Standing.MADE | Standing.SIGNED if not verified:
            return Act.VERIFY
    return None


def _roles(files: ReportFiles, offers: Mapping[Act, Offer]) -> list[Role]:
    signed = {each.field: each for each in files.signatures}
    roles = []
    for name in (LABORATORY, *ROLES):
        seen = signed.get(name)
        roles.append(
            Role(
                role=name,
                title=role_title(name),
                who=subject_text(seen.subject) if seen else text("not signed"),
                when=moment_text(seen.at) if seen else "",
                signed=seen is not None,
                sign=None if seen or name == LABORATORY else offers[SIGN[name]],
            )
        )
    return roles


def _status(standing: Standing, files: ReportFiles, lacks: Sequence[Lack], *, verified: bool) -> StageStatus:
    match standing:
        case Standing.RUNNING:
            return StageStatus(State.TO_DO, (text("the session is running"),))
        case Standing.ENDED:
            return StageStatus(State.TO_DO, (text("report not made"),))
        case Standing.OUTDATED:
            return StageStatus(State.PROBLEM, (text("report no longer of these records"),))
        case Standing.BROKEN:
            return StageStatus(State.PROBLEM, (text("report does not hold"),))
    missing = [text("not signed: {role}", role=role_title(role).lower()) for role in unsigned_roles(files)]
    if not missing and not verified:
        missing.append(text("not verified"))
    if files.content.mode == "certification":
        missing += [lack.title for lack in lacks if lack.stage is not None]
    return StageStatus(State.IN_WORK if missing else State.DONE, tuple(missing))
