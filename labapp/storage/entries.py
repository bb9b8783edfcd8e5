"""What the database tells, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

#: "open": not ended, whether or not a bench runs it now; "ended": in order; "broken": ended by a fault.
SessionState = Literal["open", "ended", "broken"]


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """A project in the list of all. dut: vendor, model and serial number as far as they are known; sut: "cs" or "csms".

    changed: moment of the last change, in UTC. sessions: number of them. applicable: cases of the plan that apply, None where the
    declaration does not yet tell.
    """

    id: int
    name: str
    dut: str
    sut: str
    simulated: bool
    changed: datetime
    sessions: int
    applicable: int | None = None


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """One change of a project. restores: number of the revision that it brought back, None when it changed something."""

    number: int
    at: datetime
    what: str
    restores: int | None = None


@dataclass(frozen=True, slots=True)
class SessionCase:
    """An attempt at a case in a session. standing: its verdict is the one that counts. started, ended: in UTC."""

    case: str
    attempt: int
    verdict: str
    reason_code: str
    standing: bool
    started: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session, as its journal tells it. directory: whole path. run: its id. project: id in the database, None for none.

    started, ended: in UTC. planned: number of cases. verdicts: number of standing attempts by verdict. judge, version: of the
    labapp that ran it. cases: every attempt, in the order of the journal.
    """

    directory: Path
    run: str
    project: int | None
    ocpp: str
    sut: str
    mode: str
    demonstration: bool
    started: datetime
    ended: datetime | None
    state: SessionState
    planned: int
    verdicts: Mapping[str, int]
    judge: str
    version: str
    cases: tuple[SessionCase, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptMeasurement:
    """A measurement of the network. at: in UTC; content: as `measurement_to_json` gives it."""

    at: datetime
    content: Mapping[str, Any] = field(hash=False)
