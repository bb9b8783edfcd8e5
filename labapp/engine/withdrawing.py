"""Putting a central system back after a case: the operator has it withdraw what it has set on the charge point that the tool plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labapp.domain.expectations import Literal
from labapp.domain.notation import asked
from labapp.domain.testcase import Message
from labapp.engine import prompting
from labapp.engine.attempt import CaseEnded
from labapp.engine.segment import build
from labapp.engine.waiting import Waiting

if TYPE_CHECKING:
    from labapp.engine.script import Script


#: Scope of the steps of a withdrawal, which belong to no table.
WITHDRAWAL = "withdrawal"


def withdraw(script: Script) -> Waiting:
    """Ask for each withdrawal that is due; what does not come is drift, and touches no verdict."""
    attempt = script.attempt
    for wanted in attempt.version.withdrawals(attempt) if attempt.link_up else ():
        name = attempt.version.message_name(wanted.action, "req")
        fields = tuple((path, Literal(value)) for path, value in wanted.payload.items())
        answer = attempt.version.message_name(wanted.action, "conf")
        item = asked(
            0,
            Message(wanted.action, "req", name, fields),
            Message(wanted.action, "conf", answer, (("status", Literal("Accepted")),)),
        )
        segment = build([item], attempt, WITHDRAWAL, script.case_id, {})
        script.conversation.segment = segment
        attempt.scope = WITHDRAWAL
        try:
            yield from prompting.asked(script, segment)
        except CaseEnded as ended:
            attempt.observe(f"{wanted.action} was not sent to put the central system back: {ended}", rule="drift")
            return
        finally:
            attempt.scope, script.conversation.segment = "", None
