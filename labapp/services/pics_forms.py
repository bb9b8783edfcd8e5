"""The PICS forms of `pics_templates/`, read into the questionnaire that intake and plan speak of."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault
from labapp.domain.pics import FORMS, Form, Kind, Question, Questionnaire
from labapp.locator import data_path

#: The edition that a new form is made of, and that a file without an edition is read with.
CURRENT_EDITION = "1.1.4"


@cache
def questionnaire(edition: str = CURRENT_EDITION) -> Questionnaire:
    """All forms of one edition.

    Raises: EnvironmentFault when a form of the edition is missing from this installation.
    """
    folder = data_path("pics_templates")
    return Questionnaire(edition, tuple(_form(folder / f"{name}-{edition}.toml") for name in FORMS))


def editions() -> tuple[str, ...]:
    """Every edition of the forms that is installed, oldest first."""
    prefix = f"{FORMS[0]}-"
    found = (path.stem.removeprefix(prefix) for path in data_path("pics_templates").glob(f"{prefix}*.toml"))
    return tuple(sorted(found, key=lambda edition: [int(part) for part in edition.split(".")]))


def _form(path: Path) -> Form:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EnvironmentFault("the form is missing", where=str(path), mend="install labapp again") from None
    name = str(table["form"])
    return Form(
        name=name,
        edition=table["edition"],
        title=table["title"],
        source=table["source"],
        note=table.get("note", ""),
        questions=tuple(_question(name, row) for row in table["question"]),
    )


def _question(form: str, row: dict[str, Any]) -> Question:
    return Question(
        form=form,
        name=row["key"],
        label=row["label"],
        kind=Kind(row["type"]),
        sut=tuple(row["sut"]),
        required=tuple(row.get("required", ())),
        unit=row.get("unit", ""),
        minimum=row.get("minimum"),
        choices=tuple(row.get("choices", ())),
        aliases=row.get("aliases", {}),
        section=row.get("section", ""),
        help=row["help"],
        also=tuple(row.get("also", ())),
    )
