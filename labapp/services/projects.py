"""A project as it is run: the project file together with the declaration that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labapp.domain.errors import InputError, InputErrors
from labapp.domain.pics import Declaration
from labapp.domain.project import Project
from labapp.domain.project_declaration import with_declaration
from labapp.services.intake import read_pics
from labapp.services.project_file import read_project


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """A project that can be run. declaration: None where the project names none."""

    project: Project
    declaration: Declaration | None


def open_project(path: Path) -> OpenedProject:
    """The project in a file, with the facts and limits of the declaration that it names.

    Raises InputErrors with every fault of the project file, or else of the declaration, or else of the two together.
    """
    project = read_project(path)
    if project.pics is None:
        return OpenedProject(project, None)
    declaration = read_pics(project.pics)
    joined, faults = with_declaration(project, declaration)
    if faults:
        raise InputErrors(
            [InputError(each.what, where=f"{path.name} [{each.table}] {each.key}", mend=each.mend) for each in faults]
        )
    return OpenedProject(joined, declaration)


def project_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """TOML text of a project's tables, as `as_tables` gives them."""
    blocks = []
    for name, keys in tables.items():
        lines = [f"[{name}]", *(f"{key} = {_literal(value)}" for key, value in keys.items())]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_literal(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _literal(name)
