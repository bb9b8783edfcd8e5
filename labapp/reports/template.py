"""Report templates: which sections and sheets a report has, in what order, with what titles and column widths."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.locator import data_path

STANDARD = "certification"

SECTION_KINDS = ("cover", "contents", "facts", "table", "cases", "self_test", "statements", "signatures")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. field: member of the table's rows. width: mm on paper, characters in a workbook."""

    field: str
    title: str
    width: float


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the document. groups: of facts; table: name in `labapp.reports.tables`; empty: said of a table without rows."""

    kind: str
    title: str
    groups: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[Column, ...] = ()
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook: either groups of facts, or a table."""

    title: str
    facts: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A layout by name."""

    name: str
    title: str
    sections: tuple[Section, ...]
    sheets: tuple[Sheet, ...]


def template_names() -> tuple[str, ...]:
    """The templates that this installation has."""
    return tuple(sorted(path.stem for path in data_path("report_templates").glob("*.toml")))


def load_template(name: str = STANDARD) -> Template:
    """A template by name.

    Raises: InputError when there is none of that name; EnvironmentFault when its file is damaged.
    """
    names = template_names()
    if name not in names:
        raise InputError(f'there is no report template "{name}"', where="--template", mend=f"use {', '.join(names)}")
    path = data_path("report_templates") / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return template_of(name, table)
    except (ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault(
            f"the template is damaged: {error}", where=str(path), mend="install labapp again"
        ) from error


def template_of(name: str, table: Mapping[str, Any]) -> Template:
    """The template in a TOML table. Raises KeyError, TypeError or ValueError for what is none."""
    return Template(
        name,
        table["title"],
        tuple(_section(row) for row in table["section"]),
        tuple(_sheet(row) for row in table["sheet"]),
    )


def _section(row: Mapping[str, Any]) -> Section:
    if row["kind"] not in SECTION_KINDS:
        raise ValueError(f"no kind of section {row['kind']!r}")
    return Section(
        row["kind"],
        row["title"],
        tuple(row.get("groups", ())),
        row.get("table", ""),
        _columns(row),
        row.get("note", ""),
        row.get("empty", ""),
    )


def _sheet(row: Mapping[str, Any]) -> Sheet:
    if re.search(r"[\[\]:*?/\\]", row["title"]) or len(row["title"]) > 31:
        raise ValueError(f"no title of a sheet: {row['title']!r}")
    return Sheet(row["title"], tuple(row.get("facts", ())), row.get("table", ""), _columns(row))


def _columns(row: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(field, title, float(width)) for field, title, width in row.get("columns", ()))
