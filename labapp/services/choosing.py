"""Which cases a run is for: those that are asked for, those of the plan, or all that fit the device."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from labapp.bench.history import Choice
from labapp.cases.catalogue import ALL, CATALOGUE, ready_state
from labapp.domain.errors import InputError, InputErrors
from labapp.domain.expectations import Symbol
from labapp.domain.pics import Declaration
from labapp.domain.plan import PlanRow
from labapp.domain.project import Project
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import CENTRAL_SYSTEM, Exchange, Message, OfState, TestCase, UseState
from labapp.domain.view import Seen
from labapp.services.catalogue import role
from labapp.services.planning import plan_for

#: What the tool as charge point presents where a case does not say which card.
_CARD = "valid_id_tag"
#: Deadlines inside the device by which waits are bounded, keys of [values].
_DEADLINES = frozenset({"connection_timeout", "reservation_offset"})
_WITH_CARD = frozenset({"Authorize", "StartTransaction", "TransactionEvent"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases of a run in their order, and the plan's rows where there is a declaration."""

    cases: tuple[Choice, ...]
    plan: tuple[PlanRow, ...] = ()


def choose(project: Project, declaration: Declaration | None, asked: Sequence[str], *, complete: bool = True) -> Chosen:
    """The cases of a run. asked: case ids, none for all that apply. complete: refuse a project that lacks values they need.

    In preparation what is asked for is run, whatever the plan says; in certification what the plan excludes is not applicable.
    Raises InputErrors for unknown cases, cases of the other role or version, and values that are missing.
    """
    # The plan is that of OCPP 1.6; it knows no case of another version.
    plan = plan_for(declaration) if declaration is not None and project.ocpp == "1.6" else ()
    named = list(dict.fromkeys(asked))
    _refuse_unfit(project, named)
    reasons = _exclusions(project, plan)
    if named:
        certification = project.mode == "certification"
        chosen = [(name, reasons.get(name, "") if certification else "") for name in named]
    elif plan:
        chosen = [(row.id, reasons[row.id]) for row in plan if row.applicable and row.id in CATALOGUE]
    else:
        chosen = [(case.id, reasons.get(case.id, "")) for case in _cases_of(project)]
    must_fail = {row.id for row in plan if row.expected == "FAIL"}
    cases = tuple(Choice(name, reason, name in must_fail) for name, reason in chosen)
    if complete:
        _refuse_missing_values(project, [CATALOGUE[case.id] for case in cases if not case.excluded])
    return Chosen(cases, plan)


def fitting(project: Project) -> tuple[Choice, ...]:
    """The cases of the project's version and role without a plan, each with why it is excluded, "" where it is not."""
    return tuple(Choice(name, reason) for name, reason in _exclusions(project, ()).items())


def _cases_of(project: Project) -> list[TestCase]:
    return [case for case in ALL if case.kind == "case" and (case.ocpp, role(case)) == (project.ocpp, project.sut)]


def _exclusions(project: Project, plan: Sequence[PlanRow]) -> dict[str, str]:
    """Why cases do not apply: by the plan, or without one by their own prerequisites; "" where they do."""
    if plan:
        return {row.id: "" if row.applicable else row.reason for row in plan}
    view = PlanningView(project)
    return {
        case.id: "; ".join(f"not so: {each.text}" for each in case.prerequisites if not each.test(view))
        for case in _cases_of(project)
    }


def _refuse_unfit(project: Project, named: Sequence[str]) -> None:
    fitting = [case.id for case in _cases_of(project)]
    faults = []
    for name in named:
        if name in fitting:
            continue
        case = CATALOGUE.get(name)
        if case is None or case.kind != "case":
            near = difflib.get_close_matches(name.upper(), fitting, n=1)
            mend = f"did you mean {near[0]}?" if near else "`labapp cases` lists them"
            faults.append(InputError("there is no such case", where=f"--case {name}", mend=mend))
        else:
            what = f'the case is for OCPP {case.ocpp}, sut = "{role(case)}"'
            mend = f'this project is for OCPP {project.ocpp}, sut = "{project.sut}"'
            faults.append(InputError(what, where=f"--case {name}", mend=mend))
    if faults:
        raise InputErrors(faults)


# Values ---------------------------------------------------------------------------------------------------------------


def _refuse_missing_values(project: Project, cases: Sequence[TestCase]) -> None:
    given = project.values.given()
    missing: dict[str, list[str]] = {}
    for case in cases:
        for key in sorted(needed_values(case) - given.keys()):
            missing.setdefault(key, []).append(case.id)
    if missing:
        raise InputErrors(
            [
                InputError(
                    "is not stated, and a case needs it",
                    where=f"PROJECT.toml [values] {key}",
                    mend=f"give it, for {_few(names)}",
                )
                for key, names in missing.items()
            ]
        )


def needed_values(case: TestCase) -> set[str]:
    """The keys under [values] that a case and the states it uses take their values from."""
    ready = ready_state(case)
    parts = list(_parts((case.before, case.steps, *((ready,) if ready else ())), {}))
    keys = {part.key for part in parts if isinstance(part, Symbol) and part.key}
    keys |= {part.timeout for part in parts if isinstance(part, Exchange)} & _DEADLINES
    if any(isinstance(part, Message) and part.name == "ReserveNow.req" for part in parts):
        keys.add("reservation_offset")
    if case.grouped:
        keys.add("parent_id_tag")
    if case.sut == CENTRAL_SYSTEM and any(isinstance(part, Message) and part.action in _WITH_CARD for part in parts):
        keys.add(_CARD)
    return keys


def _parts(part: Any, overrides: Mapping[str, Any]) -> Iterator[Symbol | Message | Exchange]:
    """The symbols, messages and exchanges in a part of a case. overrides: symbols of a state that have a value of their own."""
    match part:
        case Symbol():
            if part.name not in overrides:
                yield part
            return
        case UseState():
            given = dict(part.overrides)
            yield from _parts(tuple(given.values()), overrides)
            yield from _parts((part.state.before, part.state.steps), {**overrides, **given})
            return
        case OfState():
            yield from _parts(part.message, overrides)
            return
        case Message() | Exchange():
            yield part
    for inner in _inside(part):
        yield from _parts(inner, overrides)


def _inside(part: Any) -> Iterable[Any]:
    if isinstance(part, tuple | list):
        return part
    if isinstance(part, Mapping):
        return part.values()
    return [getattr(part, item.name) for item in fields(part)] if is_dataclass(part) else ()


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


# Before a device is there ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanningView:
    """What a prerequisite may look at before the device is there: the project's values and facts, and no message."""

    project: Project

    @property
    def values(self) -> Mapping[str, Any]:
        """The project's values."""
        return self.project.values.given()

    @property
    def dut(self) -> Mapping[str, Any]:
        """Facts of the device, with the security profile of the connection."""
        return {**self.project.dut.facts(), "security_profile": self.project.connection.security_profile}

    @property
    def now(self) -> Stamp:
        """There is no moment yet."""
        raise LookupError("no prerequisite depends on the time")

    def seen(self, step: int, state: str = "") -> Sequence[Seen]:
        """Nothing has come."""
        return ()

    def history(self, message: str = "") -> Sequence[Seen]:
        """Nothing has come."""
        return ()

    def status(self, connector: int) -> str:
        """No status is known."""
        return ""

    def configuration(self, key: str) -> str | None:
        """No key is known."""
        return None

    def readonly(self, key: str) -> bool | None:
        """No key is known."""
        return None

    def grouped(self) -> bool:
        """No case runs."""
        return False

    def transaction(self) -> int | str | None:
        """No transaction runs."""
        return None

    def resumed(self, connector: int) -> bool:
        """Nothing has been interrupted."""
        return False

    def locally_known(self) -> bool:
        """No card is known."""
        return False

    def secret(self, name: str) -> str | None:
        """No frame is written."""
        return None
