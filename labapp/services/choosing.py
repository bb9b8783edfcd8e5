"""Which cases a run is for: those that are asked for, those of the plan, or all that fit the device."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from labapp.bench.history import Choice
from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.cases.needs import needed_values
from labapp.domain.applicability import BetweenCases, unmet
from labapp.domain.errors import InputError, InputErrors
from labapp.domain.pics import Declaration
from labapp.domain.plan import PlanRow, after_keys_read
from labapp.domain.plan_conditions import LIVE_CONDITIONS
from labapp.domain.project import Project
from labapp.domain.project_values import LOCATIONS
from labapp.domain.testcase import TestCase
from labapp.services.catalogue import role
from labapp.services.planning import project_plan

#: While planning no key has been read.
_LIVE_KEYS = frozenset(condition.key for condition in LIVE_CONDITIONS.values())


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases of a run in their order, and the plan's rows where there is a declaration."""

    cases: tuple[Choice, ...]
    plan: tuple[PlanRow, ...] = ()


def choose(project: Project, declaration: Declaration | None, asked: Sequence[str], *, complete: bool = True) -> Chosen:
    """The cases of a run. asked: case ids, none for all that apply. complete: refuse a project that lacks values they need.

    In preparation what is asked for is run, whatever the plan says; in certification what the plan excludes is not applicable.
    In preparation a case that nobody has named and that lacks a value is not run, and its result says so.
    Raises InputErrors for unknown cases, cases of the other role or version, and values that are missing otherwise.
    """
    plan = project_plan(project.ocpp, project.sut, declaration)
    named = list(dict.fromkeys(asked))
    _refuse_unfit(project, named)
    rows = {row.id: row for row in plan}
    reasons = _unmet(project)
    insisted = bool(named) and project.mode != "certification"
    asks = any(row.requirement for row in plan)
    besides = runs_additional(project.mode, project.run.additional, asks=asks)
    if named:
        chosen = named
    elif plan:
        chosen = [row.id for row in plan if row.id in CATALOGUE and (row.applicable or (row.additional and besides))]
    else:
        chosen = [case.id for case in _cases_of(project)]
    cases = tuple(
        _choice(rows.get(name), name, reasons.get(name, ""), insisted=insisted, besides=besides) for name in chosen
    )
    plan = after_keys_read(plan, {}, _LIVE_KEYS, {name: reason for name, reason in reasons.items() if reason})
    if complete and (named or project.mode == "certification"):
        _refuse_missing_values(project, [CATALOGUE[case.id] for case in cases if not case.excluded])
    elif complete:
        cases = tuple(replace(case, lacking=_lacking(project, case)) for case in cases)
        if cases and all(case.excluded or case.lacking for case in cases):
            _refuse_missing_values(project, [CATALOGUE[case.id] for case in cases if not case.excluded])
    return Chosen(cases, plan)


def fitting(project: Project) -> tuple[Choice, ...]:
    """The cases of the project's version and role without a plan, each with why it is excluded, "" where it is not."""
    return tuple(Choice(name, reason) for name, reason in _unmet(project).items())


def runs_additional(mode: str, stated: bool | None, *, asks: bool = True) -> bool:
    """Whether cases outside the certification plan are run: as `[run] additional` says, without it in preparation.

    asks: whether there is a plan that asks for anything; without one, its version's cases are what can be run in any mode.
    """
    return stated if stated is not None else mode != "certification" or not asks


def _choice(row: PlanRow | None, name: str, unfit: str, *, insisted: bool, besides: bool) -> Choice:
    """A case of the run. row: of the plan, None without one; unfit: which of its prerequisites do not hold, "" when all do.

    besides: cases outside the certification plan are run as well.
    """
    must_fail = row is not None and row.expected == "FAIL"
    additional = row is not None and row.requirement == ""
    if insisted:
        return Choice(name, "", must_fail, insisted=True, additional=additional)
    if row is None or row.applicable or (row.additional and besides):
        return Choice(name, unfit, must_fail, row.live if row is not None else (), additional=additional)
    against = f"{row.reason.removesuffix('.')}; [run] additional = true has it run." if row.additional else row.reason
    return Choice(name, against, must_fail, additional=additional)


def _cases_of(project: Project) -> list[TestCase]:
    return [case for case in ALL if case.kind == "case" and (case.ocpp, role(case)) == (project.ocpp, project.sut)]


def _unmet(project: Project) -> dict[str, str]:
    """By case: which of its own prerequisites do not hold for what is declared; "" where all do."""
    facts = {**project.dut.facts(), "security_profile": project.connection.security_profile}
    view = BetweenCases(project.values.given(), facts)
    return {case.id: unmet(case, view) for case in _cases_of(project)}


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
        for key in sorted(values_to_state(case) - given.keys()):
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


def _lacking(project: Project, choice: Choice) -> str:
    """Which values the project does not state and the case needs."""
    missing = sorted(values_to_state(CATALOGUE[choice.id]) - project.values.given().keys())
    if choice.excluded or not missing:
        return ""
    return f"PROJECT.toml [values] does not state {', '.join(missing)}, which the case needs"


def values_to_state(case: TestCase) -> set[str]:
    """The keys under [values] without which a case cannot be run; a file server of the tool stands in for a location."""
    return needed_values(case) - LOCATIONS


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
