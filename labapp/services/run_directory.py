"""The directory of a run: made once, never used for another run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.pics import Declaration
from labapp.domain.plan import PlanRow
from labapp.domain.project import Project
from labapp.domain.project_keys import as_tables
from labapp.domain.run_files import FILES, JOURNAL, PICS, PLAN, PROJECT
from labapp.services.intake import write_pics_toml
from labapp.services.planning import plan_as_json
from labapp.services.projects import project_toml


def default_directory(project: Project, root: Path = Path("runs")) -> Path:
    """`PROJECT-UTC` below the root."""
    name = re.sub(r"[^\w.-]+", "-", project.name).strip("-.") or "project"
    return root / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def prepare(directory: Path, project: Project, declaration: Declaration | None, plan: Sequence[PlanRow]) -> None:
    """Make the directory and write what the run rests on: the project as used, the declaration, the plan.

    Raises: InputError when the directory exists; EnvironmentFault when it cannot be made.
    """
    try:
        directory.mkdir(parents=True)
        (directory / FILES).mkdir()
        used = replace(project, pics=Path(PICS) if declaration is not None else None)
        (directory / PROJECT).write_text(project_toml(as_tables(used)), encoding="utf-8")
        if declaration is not None:
            write_pics_toml(directory / PICS, declaration)
        if plan:
            text = json.dumps(plan_as_json(tuple(plan)), indent=1, ensure_ascii=False)
            (directory / PLAN).write_text(text + "\n", encoding="utf-8")
    except FileExistsError:
        raise InputError(
            "the directory exists already",
            where=str(directory),
            mend=f"choose another with --out, or go on with: labapp run --resume {directory}",
        ) from None
    except OSError as error:
        raise EnvironmentFault(
            f"the directory cannot be made: {(error.strerror or 'unknown reason').lower()}",
            where=str(directory),
            mend="choose another place with --out",
        ) from error


def refuse_no_run(directory: Path) -> None:
    """Refuse what is not the directory of a run. Raises InputError."""
    if not directory.is_dir():
        raise InputError("there is no such directory", where=str(directory), mend="name the directory of a run")
    for name in (PROJECT, JOURNAL):
        if not (directory / name).is_file():
            raise InputError(f"holds no {name}", where=str(directory), mend="name the directory of a run")
