"""A FAIL is put down to the lab or the tool: through the bench while there is one, else in the journal of the run itself."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable
from dataclasses import dataclass

from labapp.domain.errors import LabappError
from labapp.gui.desk import Desk
from labapp.presentation.session import Session
from labapp.services.sessions import amend


@dataclass(frozen=True, slots=True)
class Issue:
    """cause: "lab" or "tool"."""

    case: str
    cause: str
    reason: str


def record_issue(
    desk: Desk, session: Session, issue: Issue, done: Callable[[], None], failed: Callable[[LabappError], None]
) -> None:
    """Record an issue of the shown session. done: called when the journal has it and the session knows; failed: with the fault."""
    if session.attached:
        desk.say("amend", case=issue.case, cause=issue.cause, reason=issue.reason, who=_who(desk))
        return
    directory = desk.run_directory
    if directory is None:
        return

    def amended(_: object) -> None:
        standing = session.case(issue.case).standing
        if standing is not None:
            content = {"event": "amended", "id": issue.case, "attempt": standing.number, "verdict": standing.verdict}
            session.take({"type": "case", **content}, time.time())
        done()

    desk.tasks.run(amend, directory, issue.case, issue.cause, issue.reason, done=amended, failed=failed)


def _who(desk: Desk) -> str:
    tester = desk.draft.value("project", "tester", "") if desk.draft is not None else ""
    try:
        return str(tester) or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
