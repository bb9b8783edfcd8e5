"""What the window offers when no project is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from labapp.presentation.wording import text


class Listed(Protocol):
    """A project as the database lists it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def dut(self) -> str: ...
    @property
    def sut(self) -> str: ...
    @property
    def changed(self) -> datetime: ...
    @property
    def sessions(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project to choose. detail: device, sessions, last change."""

    id: int
    name: str
    detail: str


def project_lines(projects: Iterable[Listed]) -> tuple[ProjectLine, ...]:
    """The projects, the one that was changed last first."""
    ordered = sorted(projects, key=lambda each: each.changed, reverse=True)
    return tuple(ProjectLine(each.id, each.name, _detail(each)) for each in ordered)


def _detail(project: Listed) -> str:
    role = text("central system") if project.sut == "csms" else text("charging station")
    if project.sessions == 1:
        sessions = text("1 session")
    else:
        sessions = text("{count} sessions", count=project.sessions) if project.sessions else text("no session yet")
    changed = text("changed {when}", when=f"{project.changed:%Y-%m-%d %H:%M} UTC")
    return " · ".join(part for part in (project.dut, role, sessions, changed) if part)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """The wanted name, with a number behind it when another project has it."""
    names = set(taken)
    number, name = 2, wanted
    while name in names:
        name, number = f"{wanted} {number}", number + 1
    return name
