"""The seven stages of a session, and the state of each as the rail shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from labapp.presentation.wording import text


class Stage(StrEnum):
    """The stages, in their order."""

    INTAKE = "intake"
    PLAN = "plan"
    SETUP = "setup"
    NETWORK = "network"
    EXECUTION = "execution"
    PERFORMANCE = "performance"
    REPORT = "report"


class State(StrEnum):
    """How far a stage is."""

    TO_DO = "to do"
    IN_WORK = "in work"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class StageStatus:
    """State of a stage. missing: what it lacks, one short line for each thing, the most pressing first."""

    state: State
    missing: tuple[str, ...] = ()


def missing_lines(status: StageStatus, most: int = 2) -> tuple[str, ...]:
    """What the rail has room for: the most pressing, and how many more there are."""
    if len(status.missing) <= most:
        return status.missing
    more = text("and {count} more", count=len(status.missing) - most + 1)
    return (*status.missing[: most - 1], more)


def title_of(stage: Stage) -> str:
    """The name of a stage on the rail."""
    return {
        Stage.INTAKE: text("Intake"),
        Stage.PLAN: text("Plan"),
        Stage.SETUP: text("Set-up"),
        Stage.NETWORK: text("Network"),
        Stage.EXECUTION: text("Execution"),
        Stage.PERFORMANCE: text("Performance"),
        Stage.REPORT: text("Report"),
    }[stage]


def purpose_of(stage: Stage) -> str:
    """What a stage is for, in a few words."""
    return {
        Stage.INTAKE: text("what the vendor declares (PICS)"),
        Stage.PLAN: text("which cases apply, and why"),
        Stage.SETUP: text("how tool and device find each other, and the values of the cases"),
        Stage.NETWORK: text("bandwidth, latency and signal against their limits"),
        Stage.EXECUTION: text("the cases one by one, with your hands where needed"),
        Stage.PERFORMANCE: text("what was measured against what was declared"),
        Stage.REPORT: text("the signed report, and evidence that anyone can check"),
    }[stage]


def state_text(state: State) -> str:
    """A state in words."""
    return {
        State.TO_DO: text("to do"),
        State.IN_WORK: text("in work"),
        State.DONE: text("done"),
        State.PROBLEM: text("problem"),
    }[state]


#: The shape of each state, so that colour is never alone.
STATE_SHAPE = {State.TO_DO: "○", State.IN_WORK: "◐", State.DONE: "●", State.PROBLEM: "▲"}
