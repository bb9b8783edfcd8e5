"""The RPC layer of one attempt: ids of the tool's calls, and which answer belongs to which. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.domain.view import Seen
from labapp.ocpp.frames import CallError, CallResult


@dataclass(slots=True)
class OwnCall:
    """A call of the tool. answer: the CALLRESULT; error: (code, description) of a CALLERROR; frame: the journal's number of either.

    place: the answer's step, as findings name it; 0 for a call that is no step. aside: the scenario does not wait for the answer.
    """

    unique_id: str
    action: str
    payload: Mapping[str, Any]
    sent: Stamp
    answer: Seen | None = None
    error: tuple[str, str] | None = None
    frame: int = 0
    abandoned: bool = False
    place: int | str = 0
    aside: bool = False

    @property
    def done(self) -> bool:
        """Whether it was answered, either way."""
        return self.answer is not None or self.error is not None


@dataclass(frozen=True, slots=True)
class TheirCall:
    """A call of the device, with our answer. link_number: of the connection that it came on."""

    action: str
    payload: Mapping[str, Any]
    link_number: int
    answer: CallResult | CallError


@dataclass(slots=True)
class Calls:
    """Calls of both sides in one attempt. theirs: the device's, by id; of several with one id the last."""

    prefix: str
    counter: int = 0
    own: dict[str, OwnCall] = field(default_factory=dict)
    theirs: dict[str, TheirCall] = field(default_factory=dict)
    _alike: dict[tuple[str, str], list[TheirCall]] = field(default_factory=dict)

    def open(self, action: str, payload: Mapping[str, Any], at: Stamp) -> OwnCall:
        """A new call of the tool, its id never used before in the run (at most 36 characters)."""
        self.counter += 1
        call = OwnCall(f"{self.prefix}-{self.counter}", action, payload, at)
        self.own[call.unique_id] = call
        return call

    @property
    def pending(self) -> OwnCall | None:
        """The tool's last call while its answer is waited for."""
        last = next((call for call in reversed(self.own.values()) if not call.aside), None)
        return last if last is not None and not last.done and not last.abandoned else None

    def of_earlier_attempt(self, unique_id: str) -> bool:
        """Whether the id is one that the tool used in an attempt before this one."""
        run, number = self.prefix.rsplit("-", 1)
        match = re.fullmatch(rf"{re.escape(run)}-([0-9]{{1,9}})-[0-9]{{1,9}}", unique_id)
        return match is not None and int(match[1]) < int(number)

    def answered(self, unique_id: str, call: TheirCall) -> None:
        """A call of the device has had its answer."""
        self.theirs[unique_id] = call
        self._alike.setdefault(_content(call.action, call.payload), []).append(call)

    def sent_before(self, action: str, payload: Mapping[str, Any], link_number: int) -> TheirCall | None:
        """The same request of the device, answered on an earlier connection than this one, and not on this one already."""
        same = self._alike.get(_content(action, payload), [])
        return same[0] if same and same[-1].link_number != link_number else None


def _content(action: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """What two requests have in common when one repeats the other, whatever the order of their members."""
    return action, json.dumps(payload, sort_keys=True, default=str)
