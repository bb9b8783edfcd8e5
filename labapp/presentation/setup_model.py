"""What the set-up page is made of: the rows of its checklist, what was found by looking, and a draft as far as it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from labapp.domain.draft import Draft
from labapp.domain.errors import LabappError
from labapp.domain.project import Project
from labapp.presentation.setup_fields import Field, Problem
from labapp.presentation.stages import State
from labapp.services.device_probe import DeviceSeen, Place


@dataclass(frozen=True, slots=True)
class Act:
    """What a button of the checklist does. kind: "edit" (go to the field named `value`), "listen" and "identity" (state the value),
    "limits" (bring the values within the declared limits), "stage" (show the stage named `value`), "wait" and "leave" (wait for the
    device, or no longer), "look" (look at the place again).
    """

    kind: str
    words: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One row. says: what is found; advice: what to do about it, "" for nothing. brief: a line for the rail, "" for none.

    needed: a session cannot begin in certification or in preparation while it is not done.
    """

    key: str
    title: str
    light: State
    says: str
    advice: str = ""
    act: Act | None = None
    brief: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found by looking. place: None while nothing was looked at. secrets: by reference, None where it holds something.

    device: of the waiting that is under way, None for none. bench_place: where the bench of the shown session listens or calls, ""
    for no session; bench_event: "", "up", "down" or "refused"; bench_came: identity that the device named; bench_detail.
    """

    place: Place | None = None
    secrets: Mapping[str, LabappError | None] = field(default_factory=lambda: MappingProxyType({}))
    device: DeviceSeen | None = None
    bench_place: str = ""
    bench_event: str = ""
    bench_came: str = ""
    bench_detail: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft as far as it can be read. problems: by table and key; limits: those of them that the declaration's limits cause.

    needed: the fields whose values the chosen cases take. declared: there is a declaration.
    """

    draft: Draft
    project: Project
    problems: Mapping[tuple[str, str], Problem]
    limits: Mapping[tuple[str, str], Problem]
    needed: tuple[Field, ...]
    declared: bool


def sentence(words: str) -> str:
    """A clause as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""
