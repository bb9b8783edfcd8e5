"""The certification plan of a declared DUT, from the plan editions in `resources/plans/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.pics import SUT_OF_DUT, Declaration
from labapp.domain.plan import PlanEdition, PlanEntry, PlanRow, unplanned
from labapp.domain.plan import plan_for as rows_for
from labapp.locator import data_path
from labapp.services.catalogue import select
from labapp.services.intake import read_pics, refuse_unreadable
from labapp.services.intake_toml import read_table

#: The plan that certification follows today: the program document's edition on the case document's edition.
CURRENT_PLAN = "ocpp16-plan-1.1.4-cases-2025-11"


def plan_for(declaration: Declaration, plan: str = CURRENT_PLAN) -> tuple[PlanRow, ...]:
    """Every row of the plan for the declared DUT, applicable or not, each with its reason."""
    return rows_for(plan_edition(plan), declaration)


def plan_as_json(rows: tuple[PlanRow, ...]) -> list[dict[str, Any]]:
    """The plan as JSON values, one object per row."""
    return [row.as_json() for row in rows]


def project_plan(ocpp: str, sut: str, declaration: Declaration | None) -> tuple[PlanRow, ...]:
    """The plan of a project by the current edition of its version; no rows where there is none, or none without a declaration.

    An edition that asks for nothing has every case of the version and role, also those that it does not list.
    """
    name = current_plan(ocpp)
    if not name:
        return ()
    edition = plan_edition(name)
    if edition.asks:
        return rows_for(edition, declaration) if declaration is not None else ()
    listed = {entry.case for entry in edition.entries}
    further = [
        PlanEntry("", "", case.id, sut, f"OCPP {ocpp}", case.title, "")
        for case in select(ocpp=ocpp, sut=sut)
        if case.kind == "case" and case.id not in listed
    ]
    return unplanned(replace(edition, entries=(*edition.entries, *further)), sut)


@cache
def current_plan(ocpp: str) -> str:
    """The name of the edition that a project of this version is planned by, "" when there is none."""
    found = [path for path in _editions() if _table(path)["ocpp"] == ocpp and _table(path).get("current", False)]
    return found[0].stem if found else ""


@cache
def block_of(case: str) -> str:
    """The block that a case stands in, by the editions of every version; "" for one that stands in none."""
    entries = (entry for path in _editions() for entry in plan_edition(path.stem).entries)
    return next((entry.block for entry in entries if entry.case == case), "")


def _editions() -> list[Path]:
    return sorted((data_path("resources") / "plans").glob("*.toml"))


@cache
def plan_edition(plan: str = CURRENT_PLAN) -> PlanEdition:
    """One edition of the plan, by the name of its file.

    Raises: EnvironmentFault when the edition is not part of this installation.
    """
    table = _table(data_path("resources") / "plans" / f"{plan}.toml")
    entries = tuple(_entry(row) for row in [*table["rows"], *table.get("further", [])])
    return PlanEdition(table["edition"], table["cases"], table["ocpp"], entries, table.get("document", ""))


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EnvironmentFault("the plan is missing", where=str(path), mend="install labapp again") from None


def plan_of(path: Path) -> tuple[PlanRow, ...]:
    """The plan of a PICS file, or of a project file: by its declaration, where its version has a plan that takes one.

    Raises: InputError and InputErrors when the file, or the declaration that it names, is unusable.
    """
    project = _project_in(path)
    if project is None:
        return plan_for(declaration_of(path))
    name = current_plan(str(project.get("ocpp", "1.6")))
    if not name:
        known = dict.fromkeys(f'"{plan_edition(each.stem).ocpp}"' for each in _editions())
        mend = f"write {' or '.join(known)}"
        raise InputError("there is no such version of OCPP", where=f"{path.name}: project.ocpp", mend=mend)
    edition = plan_edition(name)
    if edition.asks:
        return rows_for(edition, declaration_of(path))
    sut = str(project.get("sut", ""))
    if sut not in SUT_OF_DUT.values():
        mend = 'write sut = "cs" for a charging station, "csms" for a central system'
        raise InputError("does not say what is tested", where=f"{path.name}: project.sut", mend=mend)
    return project_plan(edition.ocpp, sut, None)


def _project_in(path: Path) -> Mapping[str, Any] | None:
    """The table [project] of a project file; None for a file that has none."""
    if path.suffix.lower() != ".toml":
        return None
    refuse_unreadable(path)
    project = read_table(path).get("project")
    return project if isinstance(project, Mapping) else None


def declaration_of(path: Path) -> Declaration:
    """The declaration in a PICS file, or in the one that a project file names under `[project] pics`.

    Raises: InputError and InputErrors when the file, or the one it names, is unusable.
    """
    if path.suffix.lower() != ".toml":
        return read_pics(path)
    refuse_unreadable(path)
    table = read_table(path)
    if "project" not in table:
        return read_pics(path)
    project = table["project"]
    pics = project.get("pics") if isinstance(project, dict) else None
    if not isinstance(pics, str) or not pics.strip():
        raise InputError(
            "the project names no PICS file, and without one there is no plan",
            where=f"{path.name}: project.pics",
            mend='add pics = "FILE.xlsx" or "FILE.toml" to [project]',
        )
    return read_pics(path.parent / pics)


def _entry(row: dict[str, Any]) -> PlanEntry:
    return PlanEntry(
        number=row.get("number", ""),
        appendix_id=row.get("appendix_id", ""),
        case=row.get("case", ""),
        sut=row["sut"],
        block=row["block"],
        title=row["title"],
        requirement=row.get("requirement", ""),
        conditions=tuple(row.get("conditions", ())),
        live=tuple(row.get("live", ())),
        needs=row.get("needs"),
        expected_rule=row.get("expected_rule", ""),
    )
