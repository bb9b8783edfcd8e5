"""The RPC layer of one attempt: ids of the tool's calls, and which answer belongs to which. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.domain.view import Seen


@dataclass(slots=True)
class OwnCall:
    """A call of the tool. answer: the CALLRESULT; error: (code, description) of a CALLERROR; frame: the journal's number of either."""

    unique_id: str
    action: str
    payload: Mapping[str, Any]
    sent: Stamp
    answer: Seen | None = None
    error: tuple[str, str] | None = None
    frame: int = 0
    abandoned: bool = False

    @property
    def done(self) -> bool:
        """Whether it was answered, either way."""
        return self.answer is not None or self.error is not None


@dataclass(slots=True)
class Calls:
    """Calls of both sides in one attempt.

    theirs: by id, (action, payload, link number, our answer's text) of the device's calls.
    """

    prefix: str
    counter: int = 0
    own: dict[str, OwnCall] = field(default_factory=dict)
    theirs: dict[str, tuple[str, Mapping[str, Any], int, str]] = field(default_factory=dict)

    def open(self, action: str, payload: Mapping[str, Any], at: Stamp) -> OwnCall:
        """A new call of the tool, its id never used before in the run (at most 36 characters)."""
        self.counter += 1
        call = OwnCall(f"{self.prefix}-{self.counter}", action, payload, at)
        self.own[call.unique_id] = call
        return call
