"""The execution page: which of its faces is shown, the tree of cases, the middle, and what may be commanded just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labapp.domain.draft import Draft
from labapp.presentation.looks import look_of
from labapp.presentation.session import Session
from labapp.presentation.session_cases import AttemptEntry, Block, CaseEntry
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text


@dataclass(frozen=True, slots=True)
class Command:
    """A button of the action bar. ask: what is asked in place before it is carried out, "" when nothing is lost by it."""

    name: str
    word: str
    key: str
    enabled: bool
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """What the middle begins with. big: the case or what goes on; small: one line below it; tone: of a notice, "" for plain."""

    big: str
    small: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the tree. duration: "m:ss"; note: beside it in short."""

    id: str
    look: str
    duration: str
    note: str
    tip: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding side by side. frame: number of the record, None when there is none. hint: a likely cause, "" when none is known."""

    place: str
    sentence: str
    expected: str
    received: str
    clause: str
    frame: int | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The verdict of one case, as the middle gives account of it. besides: what else was seen, which may be the cause.

    run_again, record_issue: "" when it is possible, else why it is not.
    """

    case: str
    title: str
    verdict: str
    sentence: str
    facts: str
    findings: tuple[FindingView, ...] = ()
    besides: tuple[str, ...] = ()
    run_again: str = ""
    record_issue: str = ""


def duration(seconds: float | None) -> str:
    """Seconds as "m:ss" or "h:mm:ss"; "" for None."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def about(seconds: float) -> str:
    """An estimate in words that promise no more than it knows."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return text("less than a minute")
    if minutes < 60:
        return text("{minutes} min", minutes=minutes)
    return text("{hours} h {minutes:02} min", hours=minutes // 60, minutes=minutes % 60)


# The stage ------------------------------------------------------------------------------------------------------------


def execution_status(session: Session | None) -> StageStatus:
    """How far the stage is."""
    if session is None:
        return StageStatus(State.TO_DO, (text("no session has been started"),))
    if session.lost:
        return StageStatus(State.PROBLEM, (text("the bench has gone: resume"),))
    if session.over:
        again = sorted((case for case in session.cases if not case.in_order), key=lambda case: _pressing(case.verdict))
        lines = tuple(text("{case}: {verdict}", case=case.id, verdict=look_of(case.verdict).word) for case in again)
        return StageStatus(State.DONE, lines)
    if session.link.wrong_identity:
        return StageStatus(State.PROBLEM, (session.link_line,))
    asked = (text("something is asked of you"),) if session.prompts else ()
    paused = (text("paused"),) if session.paused else ()
    return StageStatus(State.IN_WORK, (*asked, *paused))


def _pressing(verdict: str) -> int:
    """The order of what is to be run again: the device's faults first, what was left out last."""
    order = ("FAIL", "ERROR", "INCONCLUSIVE")
    return order.index(verdict) if verdict in order else len(order)


def before_session(draft: Draft | None, chosen: Sequence[str] | None) -> tuple[str, ...]:
    """What a session will be, and what it lacks, one line for each thing. chosen: cases of the plan page, None for all that apply."""
    if draft is None:
        return (text("▲ No project is open: open one, or make one, on the start page."),)
    lines = []
    if not draft.value("connection", "identity"):
        lines.append(text("▲ Set-up lacks the identity of the device."))
    if chosen is None:
        lines.append(text("● Every case of the plan that applies will run."))
    else:
        lines.append(text("● {count} cases are chosen on the plan.", count=len(chosen)))
    if draft.simulated:
        lines.append(
            text("● The device is the simulator of this machine: a demonstration, not valid for certification.")
        )
    return tuple(lines)


def next_line(session: Session) -> str:
    """What the technician needs next, from the acts of the next case."""
    following = session.next_case
    if following is None:
        return ""
    if not following.needs:
        return text("next: {case}, nothing to prepare", case=following.id)
    return text("next: {case}, {needs}", case=following.id, needs=", ".join(following.needs))


def progress_line(session: Session) -> str:
    """How many cases are done, and an estimate of the rest."""
    counted = text("{done}/{total}", done=session.done, total=session.total)
    left = session.left
    if session.over or left is None or session.done == session.total:
        return counted
    return text("{counted} · {time} left", counted=counted, time=about(left))


# The tree -------------------------------------------------------------------------------------------------------------


def row_of(case: CaseEntry, now: float) -> CaseRow:
    """A case as a row. now: UTC seconds."""
    attempt = case.last if case.running else case.standing or case.last
    took = duration(_took(case, attempt, now))
    tries = len(case.attempts)
    notes = [text("try {number}", number=tries)] if tries > 1 else []
    if attempt is not None and attempt.expected:
        notes.append(text("as it must"))
    if attempt is not None and attempt.amended:
        notes.append(text("amended"))
    look = "running" if case.running else case.verdict
    tip = " ".join(part for part in (case.title, _because(attempt)) if part)
    return CaseRow(case.id, look, "" if case.verdict in ("NOT_RUN", "NOT_APPLICABLE") else took, " ".join(notes), tip)


def block_title(block: Block) -> str:
    """A block with how many of its cases are done."""
    return text("{title}  {done}/{total}", title=block.title, done=block.done, total=len(block.cases))


def _took(case: CaseEntry, attempt: AttemptEntry | None, now: float) -> float | None:
    if attempt is None:
        return None
    return max(0.0, now - attempt.started) if case.running and attempt.started else attempt.seconds


def _because(attempt: AttemptEntry | None) -> str:
    return f"– {attempt.reason}" if attempt is not None and attempt.reason and attempt.verdict != "PASS" else ""


# The middle -----------------------------------------------------------------------------------------------------------


def headline(session: Session, now: float) -> Headline:
    """What goes on, in one line and a smaller one."""
    running = session.running
    if session.over:
        return Headline(text("The session is over"), result_line(session))
    if session.lost:
        return Headline(
            text("The bench has gone"),
            text("Nothing is lost: what was judged stands. Resume goes on with the case that was cut off."),
        )
    if running is not None and running.last is not None:
        took = duration(max(0.0, now - running.last.started))
        tried = text("try {number}", number=running.last.number)
        return Headline(f"{running.id}   {running.title}", f"{tried} · {took}", "running")
    if session.link.wrong_identity:
        mend = text(
            "Set the device's identity to {identity}, or the project's on Set-up.", identity=session.link.identity
        )
        return Headline(session.link_line, mend)
    if not session.link.up:
        return Headline(text("Waiting for the device"), _how_to_connect(session))
    if session.paused:
        return Headline(text("Paused"), text("Resume goes on with {case}.", case=_next_id(session)))
    return Headline(
        text("Preparing {case}", case=_next_id(session)), text("000_RESET puts the device into its idle state.")
    )


def caption(session: Session, selected: str) -> str:
    """What the steps below are of, when it is not the case that runs; "" when it is. selected: id of the chosen case, or ""."""
    running, shown = session.running, session.shown
    following = session.next_case
    if following is not None and selected == following.id and shown is None:
        return text("Next: {case}. It expects:", case=selected)
    if selected and (shown is None or selected != shown.id):
        return text("{case} has not run yet. It expects:", case=selected)
    if running is None and shown is not None:
        return text("The course of {case}:", case=shown.id)
    return ""


def _next_id(session: Session) -> str:
    return session.next_case.id if session.next_case is not None else text("the end of the session")


def _how_to_connect(session: Session) -> str:
    ready = session.ready
    if ready is None:
        return text("The bench is starting.")
    if ready.url:
        return text("The bench tests {url} as {identity}.", url=ready.url, identity=ready.identity)
    return text(
        "Start the device: it connects to ws://{listen}/{identity}.", listen=ready.listen, identity=ready.identity
    )


def result_line(session: Session) -> str:
    """How many cases came to which verdict."""
    counts: dict[str, int] = {}
    for case in session.cases:
        counts[case.verdict or "NOT_RUN"] = counts.get(case.verdict or "NOT_RUN", 0) + 1
    order = ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE", "NOT_RUN")
    return "   ".join(f"{look_of(name).shape} {counts[name]} {look_of(name).word}" for name in order if name in counts)


def account_shown(session: Session, selected: str) -> Account | None:
    """The account of the selected case, else of one that has just gone wrong; None where steps are shown. selected: id, or ""."""
    if selected:
        chosen = session.case(selected)
        return None if chosen.running else account_of(session, chosen)
    last = session.shown
    if session.running is not None or last is None:
        return None
    return account_of(session, last) if last.verdict in ("FAIL", "INCONCLUSIVE", "ERROR") else None


def steps_ahead(session: Session, selected: str) -> str:
    """A case that has not run and whose steps are looked at: the selected one, before the first case the next; "" for none."""
    shown, following = session.shown, session.next_case
    if selected:
        return selected if shown is None or selected != shown.id else ""
    return following.id if shown is None and following is not None else ""


def account_of(session: Session, case: CaseEntry) -> Account | None:
    """The account of a case that has a verdict; None while it has none."""
    attempt = case.standing or next((each for each in case.attempts[::-1] if each.verdict), None)
    if attempt is None:
        return None
    facts = [text("try {number}", number=attempt.number)]
    if attempt.seconds is not None:
        facts.append(duration(attempt.seconds))
    if attempt.reason_code:
        facts.append(reason_text(attempt.reason_code))
    if attempt.expected:
        facts.append(text("this FAIL must be: the case is in order"))
    if attempt.amended:
        facts.append(text("amended"))
    findings = tuple(
        FindingView(
            text("step {step}, {message}", step=finding.step, message=finding.message)
            + (f", {finding.field}" if finding.field else ""),
            finding.text,
            finding.expected or text("not stated"),
            finding.received or text("nothing"),
            finding.clause,
            finding.frame,
            text("Known from the field: {hint}.", hint=finding.hint) if finding.hint else "",
        )
        for finding in attempt.findings
    )
    return Account(
        case.id,
        case.title,
        attempt.verdict,
        attempt.reason or look_of(attempt.verdict).word,
        " · ".join(facts),
        findings,
        attempt.observations,
        _why_not_again(session),
        _why_no_issue(attempt),
    )


def _why_not_again(session: Session) -> str:
    if session.over or session.lost:
        return ""
    return text("possible when the session is over")


def _why_no_issue(attempt: AttemptEntry) -> str:
    if attempt.verdict != "FAIL":
        return text("only a FAIL is put down to the lab or the tool")
    if attempt.amended:
        return text("it is amended already")
    return ""


def reason_text(code: str) -> str:
    """A reason code in words."""
    return {
        "validation": text("a validation failed"),
        "schema": text("the message breaks the schema"),
        "missing": text("a message did not come"),
        "out_of_scenario": text("a message did not belong there"),
        "in_preparation": text("in the preparation or in a state of the case"),
        "blocked_by_reset": text("000_RESET did not pass"),
        "review": text("by the review"),
        "operator": text("by the operator"),
        "device_lost": text("the device was lost"),
        "environment": text("tool or surroundings broke"),
        "excluded": text("excluded by the plan"),
        "aborted": text("ended by the operator"),
    }.get(code, code)


# Commands -------------------------------------------------------------------------------------------------------------


def commands(session: Session | None) -> tuple[Command, ...]:
    """The action bar, left to right."""
    runs = session is not None and session.attached and not session.over
    in_case = runs and session is not None and session.running is not None
    name = session.running.id if session is not None and session.running is not None else ""
    paused = session is not None and session.paused
    pause = (
        Command("resume", text("Resume"), "F5", runs)
        if paused
        else Command("pause", text("Pause after this case"), "F5", runs)
    )
    return (
        pause,
        Command("extend", text("More time"), "F6", in_case),
        Command("repeat", text("Repeat case"), "F7", runs),
        Command("skip", text("Skip case"), "F8", in_case),
        Command(
            "abort",
            text("Abort case"),
            "F9",
            in_case,
            text("Abort {case}? It is not judged, unless it has found a violation already.", case=name),
        ),
        Command(
            "stop",
            text("Stop session"),
            "F10",
            runs,
            text("Stop the session? The case that runs is lost, the others stand."),
        ),
    )
