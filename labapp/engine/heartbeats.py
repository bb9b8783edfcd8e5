"""Heartbeats of the tool as charge point: whenever it has sent nothing for the interval that the central system gave.

Without them a central system takes the charge point for lost while its operator looks for the next button. A case that is about
their interval sends its own.
"""

from __future__ import annotations

from labapp.domain.testcase import Exchange
from labapp.engine.attempt import SECOND, Attempt
from labapp.engine.conversation import Conversation

_ACTION = "Heartbeat"


class Heartbeats:
    """Those of one attempt."""

    def __init__(self, attempt: Attempt, conversation: Conversation) -> None:
        self._attempt = attempt
        self._conversation = conversation
        steps = attempt.case.steps
        own = any(isinstance(item, Exchange) and item.request.action == _ACTION and item.due for item in steps)
        self._plays = not (attempt.tests_charge_point or own)

    def beat(self) -> int | None:
        """Send the one that is due; returns when the next is, monotonic nanoseconds, None when none is."""
        attempt = self._attempt
        interval = attempt.model.heartbeat_interval
        if not (self._plays and attempt.link_up and attempt.model.accepted and interval):
            return None
        if attempt.now.mono_ns >= attempt.last_sent + interval * SECOND:
            self._conversation.call(_ACTION, {}, aside=True)
        return attempt.last_sent + interval * SECOND
