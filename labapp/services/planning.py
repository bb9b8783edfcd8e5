"""The certification plan of a declared DUT, from the plan editions in `resources/plans/`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.pics import Declaration
from labapp.domain.plan import PlanEdition, PlanEntry, PlanRow
from labapp.domain.plan import plan_for as rows_for
from labapp.locator import data_path
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


@cache
def plan_edition(plan: str = CURRENT_PLAN) -> PlanEdition:
    """One edition of the plan, by the name of its file.

    Raises: EnvironmentFault when the edition is not part of this installation.
    """
    path = data_path("resources") / "plans" / f"{plan}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EnvironmentFault("the plan is missing", where=str(path), mend="install labapp again") from None
    rows = [*table["rows"], *table["further"]]
    return PlanEdition(table["edition"], table["cases"], table["ocpp"], tuple(_entry(row) for row in rows))


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
