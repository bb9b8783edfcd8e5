"""What the strips of the window say: project, device, connection and clock above; the bench and what it told last below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from labapp.domain.draft import Draft
from labapp.presentation.wording import text

if TYPE_CHECKING:
    from labapp.presentation.session import Session


@dataclass(frozen=True, slots=True)
class TopStrip:
    """The strip above. device: vendor and model; connection: identity and security profile."""

    project: str
    device: str
    connection: str
    demonstration: bool


def top_strip(draft: Draft | None) -> TopStrip:
    """What stands above, from the open project."""
    if draft is None:
        return TopStrip(text("No project is open"), "", "", False)
    role = text("central system") if draft.sut == "csms" else text("charging station")
    given = [
        draft.value("dut", "vendor") or draft.answers.get("general.vendor_name"),
        draft.value("dut", "model") or draft.answers.get("general.type_model"),
    ]
    name = " ".join(str(part) for part in given if part)
    device = f"{name} ({role})" if name else role
    identity = str(draft.value("connection", "identity", "")) or text("no identity yet")
    profile = text("security profile {number}", number=draft.value("connection", "security_profile", 0))
    return TopStrip(draft.name, device, f"{identity} · {profile}", draft.simulated)


def clock(seconds: float) -> str:
    """A duration as hours, minutes and seconds."""
    hours, rest = divmod(int(max(seconds, 0)), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def bench_line(directory: str | None, *, starting: bool, attached: bool, ended: bool) -> str:
    """The state of the bench in one line."""
    if starting:
        return text("The bench is starting …")
    if directory is None:
        return text("No session is shown")
    if attached:
        return text("The bench runs {directory}", directory=directory)
    if ended:
        return text("The session has ended: {directory}", directory=directory)
    return text("No bench runs {directory}: resume the session to go on", directory=directory)


def session_clock(session: Session | None, now: float) -> str:
    """How long the session has lasted, from its first case; now: UTC seconds. It stands still once the session is over."""
    attempts = [attempt for case in session.cases for attempt in case.attempts] if session is not None else []
    started = [attempt.started for attempt in attempts if attempt.started]
    if session is None or not started:
        return ""
    ended = [attempt.ended for attempt in attempts if attempt.ended]
    return clock((max(ended, default=now) if session.over else now) - min(started))


def link_text(session: Session | None) -> str:
    """The connection in words; "" when no session is shown, or it is over."""
    return session.link_line if session is not None and not session.over else ""


def link_tone(session: Session) -> Literal["good", "problem", "muted"]:
    """How the line about the connection looks: "good", "problem" or "muted"."""
    if session.link.wrong_identity or session.link.event in ("down", "refused"):
        return "problem"
    return "good" if session.link.up else "muted"
