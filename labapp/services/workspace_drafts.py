"""A project in the making, on its ways in and out: from a project file, to a project file, and into the form in which it is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from labapp.bench.files import replace_file
from labapp.domain.draft import Draft
from labapp.domain.entered import as_json, is_json
from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.domain.pics import Answer, plain
from labapp.domain.pics_answers import normalise
from labapp.domain.project_keys import DRIVER_TABLE, TABLES
from labapp.domain.settings import ProjectKey, Secret
from labapp.services.demonstration_project import demonstration_project
from labapp.services.intake import demonstration_pics, entered_answers, judge_answers
from labapp.services.intake_toml import pics_toml
from labapp.services.pics_forms import editions, questionnaire
from labapp.services.planning import current_plan, plan_as_json, plan_edition, plan_for, project_plan
from labapp.services.project_file import inspect_project
from labapp.services.projects import project_toml
from labapp.services.secrets import refuse_secret_itself
from labapp.storage.projects import Identity, Plan

PROJECT_FILE, PICS_FILE = "PROJECT.toml", "pics.toml"

#: Where the identity of a DUT is stated: in the declaration, else in the project.
_IDENTITY = {
    "vendor": ("general.vendor_name", "vendor"),
    "model": ("general.type_model", "model"),
    "serial_number": ("supplementary.serial_number", "serial_number"),
}


# In -------------------------------------------------------------------------------------------------------------------


def read_draft(path: Path) -> Draft:
    """The project in a file, with the answers of the declaration that it names: what is stated, usable or not, paths whole.

    Raises: InputError and InputErrors for a file that cannot be read, for a table or key that there is not, for a secret that
    stands in the file itself, and for a declaration that is no form.
    """
    content, faults = inspect_project(path, secret=_unresolved)
    tables, refused = _entered(path, content)
    grave = [fault for fault in faults if fault.where in refused]
    if grave:
        raise InputErrors(grave)
    head = dict(tables.get("project", {}))
    name, pics = head.pop("name", None), head.pop("pics", None)
    edition, answers = entered_answers(Path(pics)) if isinstance(pics, str) else ("", {})
    if not isinstance(name, str):
        folder = path.absolute().parent.name
        name = folder if path.name == PROJECT_FILE and folder else path.stem
    return Draft(0, name, {**tables, "project": head}, answers, edition)


def demonstration_draft() -> Draft:
    """The project of the demonstration, on the simulated device."""
    content = tomllib.loads(demonstration_project("quick"))
    head = {key: value for key, value in content.pop("project").items() if key not in ("name", "pics")}
    network = {key: value for key, value in content.pop("network").items() if value != ""}
    declaration = demonstration_pics()
    tables = {"project": head, **content, "network": network}
    return Draft(0, "Demonstration", tables, plain(declaration.answers), declaration.edition, simulated=True)


def _unresolved(name: str) -> Secret:
    """The secret that a text names, without asking for it: it may be at home on another machine."""
    refuse_secret_itself(name)
    return Secret(name, "")


def _entered(path: Path, content: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], frozenset[str]]:
    """The tables of a project file by name, and the places of what a project in the making cannot hold."""
    folder, refused = path.absolute().parent, set()
    tables: dict[str, dict[str, Any]] = {}
    for table, rows in _tables(content):
        known = {key.key: key for key in TABLES[DRIVER_TABLE if table.startswith("driver.") else table]}
        tables[table] = {}
        for name, value in rows.items():
            key = known.get(name)
            if key is None or not _holds(key, value):
                refused.add(f"{path.name} [{table}] {name}")
            elif key.type == "path" and isinstance(value, str):
                tables[table][name] = str(folder / value)
            else:
                tables[table][name] = as_json(value)
    stray = {
        name for name, value in content.items() if name not in (*TABLES, "driver") or not isinstance(value, Mapping)
    }
    refused |= {f"{path.name} {name}" for name in stray} | {f"{path.name} [{name}]" for name in stray}
    driver = content.get("driver", {})
    if isinstance(driver, Mapping):
        refused |= {f"{path.name} [driver.{action}]" for action in driver}
        refused |= {f"{path.name} [driver] {action}" for action in driver}
    return tables, frozenset(refused)


def _tables(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables that a project file may have, those within others too."""
    for name, rows in content.items():
        if name == "driver" and isinstance(rows, Mapping):
            yield from ((f"driver.{action}", call) for action, call in rows.items() if isinstance(call, Mapping))
        elif name in TABLES and isinstance(rows, Mapping):
            inner = {key for key, value in rows.items() if f"{name}.{key}" in TABLES and isinstance(value, Mapping)}
            yield name, {key: value for key, value in rows.items() if key not in inner}
            yield from ((f"{name}.{key}", rows[key]) for key in inner)


def _holds(key: ProjectKey, value: Any) -> bool:
    if key.type == "secret":
        try:
            refuse_secret_itself(value)
        except InputError:
            return False
    return is_json(value) or (key.type == "date" and type(value) is date)


# Kept -----------------------------------------------------------------------------------------------------------------


def keepable(draft: Draft) -> Draft:
    """The draft as JSON values. Raises InputErrors, naming the key, for a secret itself, and for what JSON does not have."""
    faults: list[InputError] = []
    tables: dict[str, dict[str, Any]] = {}
    for table, rows in draft.tables.items():
        keys = TABLES.get(DRIVER_TABLE if table.startswith("driver.") else table, ())
        secrets = {key.key for key in keys if key.type == "secret"}
        tables[table] = {}
        for name, value in rows.items():
            where = f"{PROJECT_FILE} [{table}] {name}"
            try:
                if name in secrets and value is not None:
                    refuse_secret_itself(value)
                tables[table][name] = as_json(value)
            except InputError as fault:
                faults.append(InputError(fault.what, where=where, mend=fault.mend))
            except ValueError:
                faults.append(_unkeepable(where))
    answers: dict[str, Any] = {}
    for name, value in draft.answers.items():
        try:
            answers[name] = as_json(value)
        except ValueError:
            faults.append(_unkeepable(name))
    if faults:
        raise InputErrors(faults)
    return replace(draft, tables=tables, answers=answers)


def _unkeepable(where: str) -> InputError:
    return InputError("is no value that can be kept", where=where, mend="enter a text or a number")


def identity_of(draft: Draft) -> Identity:
    """What the DUT of a draft is known by."""
    parts = {}
    for name, (question, key) in _IDENTITY.items():
        stated = (draft.answers.get(question), draft.value("dut", key))
        parts[name] = next((text for text in stated if isinstance(text, str) and text.strip()), "")
    return Identity(**parts)


def plan_of_draft(draft: Draft) -> Plan | None:
    """The plan that follows from the answers of a draft; None while they have faults, and for a version without a plan.

    An edition that asks for nothing needs no answers.
    """
    name = current_plan(draft.ocpp)
    if not name:
        return None
    if not plan_edition(name).asks:
        rows = project_plan(draft.ocpp, draft.sut, None)
        return Plan(name, plan_as_json(rows)) if rows else None
    if not draft.answers:
        return None
    inspection = judge_answers(draft.answers, draft.edition)
    if inspection.faults or inspection.sut is None:
        return None
    return Plan(name, plan_as_json(plan_for(inspection.declaration, name)))


# Out ------------------------------------------------------------------------------------------------------------------


def write_draft(draft: Draft, folder: Path) -> Path:
    """Write PROJECT.toml and, when there are answers, pics.toml, in place of earlier ones; returns the former.

    Raises: InputErrors for answers that are none of their questions', and as `keepable`; EnvironmentFault when the folder
    cannot be written.
    """
    draft = keepable(draft)
    pics = _pics(draft) if draft.answers else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be written: {(error.strerror or 'unknown reason').lower()}",
            where=str(folder),
            mend="choose another folder",
        ) from error
    if pics is not None:
        replace_file(folder / PICS_FILE, pics)
    path = folder / PROJECT_FILE
    replace_file(path, project_toml(_stated(draft)))
    return path


def _stated(draft: Draft) -> dict[str, dict[str, Any]]:
    """The tables of the file, in its order, without what is not stated."""
    head = {key: value for key, value in draft.tables.get("project", {}).items() if key not in ("name", "pics")}
    first: dict[str, Any] = {"name": draft.name} if draft.name else {}
    tables = {**draft.tables, "project": {**first, **head, **({"pics": PICS_FILE} if draft.answers else {})}}
    stated = {name: {key: value for key, value in rows.items() if value is not None} for name, rows in tables.items()}
    order = [*TABLES, *stated]
    return {name: stated[name] for name in sorted(stated, key=order.index) if stated[name]}


def _pics(draft: Draft) -> str:
    inspection = judge_answers(draft.answers, draft.edition)
    if inspection.edition not in editions():
        raise InputErrors(list(inspection.faults))
    # What is missing or contradicts itself can be written; what is no answer cannot.
    questions = questionnaire(inspection.edition)
    answers: dict[str, Answer] = {}
    faults: list[InputError] = []
    for key, value in draft.answers.items():
        question = questions.question(key)
        if question is None:
            faults += [fault for fault in inspection.faults if fault.where == key]
            continue
        try:
            answer = normalise(question, value, key)
        except InputError as fault:
            faults.append(fault)
        else:
            if answer is not None:
                answers[key] = answer
    if faults:
        raise InputErrors(faults)
    return pics_toml(answers, questions)
