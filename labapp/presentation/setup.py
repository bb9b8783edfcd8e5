"""The set-up page without its widgets: checklist, fields and settings of a project in the making, and how far it all is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labapp.cases.catalogue import CATALOGUE
from labapp.domain.actions import ACTIONS
from labapp.domain.draft import Draft
from labapp.domain.driver_call import DEFAULT
from labapp.domain.errors import InputError, LabappError
from labapp.domain.pics import Declaration
from labapp.domain.project import Project
from labapp.domain.project_checks import faults_of
from labapp.domain.project_declaration import BOUNDS, outside_limits, with_declaration
from labapp.domain.project_keys import DRIVER_TABLE, TABLES
from labapp.domain.settings import Secret, plain
from labapp.presentation.setup_checks import checks_of
from labapp.presentation.setup_fields import Field, Problem, entry_problem, field_of, row_of
from labapp.presentation.setup_model import Check, Findings, Judged
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text
from labapp.services.choosing import choose, values_to_state
from labapp.services.intake import judge_answers
from labapp.services.project_file import read_tables
from labapp.services.secrets import refuse_secret_itself

#: Keys of the first sections, in their order.
_DEVICE = (("project", "sut"), ("project", "ocpp"), ("project", "mode"), ("project", "lab"), ("project", "tester"))
_CONNECTION = ("identity", "security_profile", "password")


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together. folded: not shown until asked for. note: what the section is for."""

    key: str
    title: str
    note: str
    fields: tuple[Field, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """What the page shows."""

    checks: tuple[Check, ...]
    sections: tuple[Section, ...]
    status: StageStatus
    #: Actions of the operator channel that have no call of their own yet, for `[driver]`.
    further_actions: tuple[str, ...]

    @property
    def next(self) -> str:
        """The row whose button is the one thing to do next: the first problem, else the first thing that lacks, else the device."""
        for light in (State.PROBLEM, State.TO_DO):
            for check in self.checks:
                if check.light is light and check.act is not None:
                    return check.key
        return ""

    def check(self, key: str) -> Check:
        """A row of the checklist. Raises KeyError."""
        return {each.key: each for each in self.checks}[key]

    def field(self, name: str) -> Field:
        """A field, as "values.heartbeat_interval". Raises KeyError."""
        return {each.name: each for section in self.sections for each in section.fields}[name]

    def found(self, sought: str) -> tuple[str, ...]:
        """Names of the fields that a search finds, in their order; none for an empty search."""
        if not sought.strip():
            return ()
        return tuple(each.name for section in self.sections for each in section.fields if each.matches(sought))


def setup_of(draft: Draft, findings: Findings, selected: Sequence[str] | None = None) -> Setup:
    """The page of a draft. selected: cases chosen on the plan page, None for all that apply."""
    project, faults = read_tables(draft.tables, secret=_Resolving(findings.secrets))
    problems = {_place_of(fault): entry_problem(fault) for fault in faults}
    declaration = _declaration(draft)
    limits: dict[tuple[str, str], Problem] = {}
    if declaration is not None:
        # The declaration is that of Intake, whatever file it once came from.
        problems.pop(("project", "pics"), None)
        before = {(each.table, each.key) for each in faults_of(project)}
        project, found = with_declaration(project, declaration)
        for name in before - {(each.table, each.key) for each in found}:
            problems.pop(name, None)
        for each in found:
            name = (each.table, each.key)
            if name not in problems and (name != ("project", "pics") or declaration.sut != project.sut):
                problems[name] = Problem(each.what, each.mend)
                if each.table == "values" and each.key in _BOUNDED:
                    limits[name] = problems[name]
    needed_by = _needed_by(project, declaration, selected)
    notes = _limit_notes(declaration)
    given = project.values.given()

    def fields(table: str, keys: Sequence[str]) -> tuple[Field, ...]:
        return tuple(
            field_of(
                draft,
                table,
                key,
                problems,
                needed_by,
                otherwise=_effective(project, table, key),
                declared=table == "dut" and declaration is not None,
                missing=f"{table}.{key}" in needed_by and f"{table}.{key}".removeprefix("values.") not in given,
                note=notes.get(f"{table}.{key}", ""),
            )
            for key in keys
        )

    needed = tuple(
        each for table in ("values", "values.signatures") for each in fields(table, _keys(table)) if each.needed_by
    )
    judged = Judged(draft, project, problems, limits, needed, declaration is not None)
    checks = checks_of(judged, findings)
    place = "url" if project.sut == "csms" else "listen"
    rest = {
        table: tuple(key for key in _keys(table) if f"{table}.{key}" not in needed_by)
        for table in ("values", "values.signatures")
    }
    sections = [
        Section(
            "device", text("Device"), "", tuple(field for table, key in _DEVICE for field in fields(table, (key,)))
        ),
        Section("connection", text("Connection"), "", fields("connection", (place, *_CONNECTION))),
        Section("values", text("Values that the chosen cases need"), _values_note(needed), needed),
        Section(
            "further",
            text("Further values"),
            text("No chosen case takes these."),
            (*fields("values", rest["values"]), *fields("values.signatures", rest["values.signatures"])),
            True,
        ),
        *(
            Section(table, title, note, fields(table, _keys(table)), True)
            for table, (title, note) in _further_tables(declaration is not None).items()
        ),
        *(
            Section(
                table, text("Driver: {action}", action=table.partition(".")[2]), "", fields(table, _keys(table)), True
            )
            for table in draft.tables
            if table.startswith("driver.") and table.partition(".")[2] in (*ACTIONS, DEFAULT)
        ),
    ]
    actions = tuple(name for name in (*ACTIONS, DEFAULT) if f"driver.{name}" not in draft.tables)
    return Setup(checks, tuple(sections), _status(draft, checks), actions)


def within_limits(draft: Draft) -> Draft:
    """The draft with each stated value that lies outside the declared limits moved to the nearest one inside."""
    declaration = _declaration(draft)
    if declaration is None:
        return draft
    project, _ = read_tables(draft.tables, secret=_Resolving({}))
    for key, nearest, _ in outside_limits(project.values, declaration):
        if draft.value("values", key) is not None:
            draft = draft.with_value("values", key, nearest)
    return draft


def with_driver(draft: Draft, action: str) -> Draft:
    """The draft with a call for an action, still empty."""
    return draft if f"driver.{action}" in draft.tables else draft.with_value(f"driver.{action}", "command", [])


def secrets_named(draft: Draft) -> tuple[str, ...]:
    """The references to secrets in a draft, each once."""
    tables = [(name, rows) for name, rows in TABLES.items() if name != DRIVER_TABLE]
    tables += [(name, TABLES[DRIVER_TABLE]) for name in draft.tables if name.startswith("driver.")]
    found = [
        value
        for table, rows in tables
        for row in rows
        if row.type == "secret" and isinstance(value := draft.value(table, row.key), str)
    ]
    return tuple(dict.fromkeys(found))


def place_of(draft: Draft) -> str:
    """Where the connection is to be: HOST:PORT of the tool, or the URL of the central system; what is not stated is the standard."""
    project, _ = read_tables(draft.tables, secret=_Resolving({}))
    return project.connection.url if project.sut == "csms" else project.connection.listen


_BOUNDED = {key for key, _, _ in BOUNDS} | {"charging_rate_unit"}


def _keys(table: str) -> tuple[str, ...]:
    return tuple(row.key for row in TABLES[DRIVER_TABLE if table.startswith("driver.") else table])


def _declaration(draft: Draft) -> Declaration | None:
    if not draft.answers:
        return None
    judged = judge_answers(draft.answers, draft.edition)
    return Declaration(judged.edition, judged.answers) if judged.sut is not None else None


class _Resolving:
    """Stands in for the look-up of secrets, which may wait for a keyring: says what the look-up has found, if it was made."""

    def __init__(self, known: Mapping[str, LabappError | None]) -> None:
        self._known = known

    def __call__(self, origin: str) -> Secret:
        refuse_secret_itself(origin)
        fault = self._known.get(origin)
        if isinstance(fault, LabappError):
            raise InputError(fault.what, mend=fault.mend)
        return Secret(origin, "")


def _place_of(fault: InputError) -> tuple[str, str]:
    found = re.fullmatch(r"\S+ \[(.+?)\] ?(.*)", fault.where)
    return (found.group(1), found.group(2)) if found else ("", fault.where)


def _needed_by(
    project: Project, declaration: Declaration | None, selected: Sequence[str] | None
) -> Mapping[str, tuple[str, ...]]:
    """The cases that take their values from a key, by "values.KEY"."""
    if selected is not None and not selected:
        return {}
    try:
        chosen = choose(project, declaration, selected or (), complete=False).cases
    except InputError:
        # A selection of another role or version: the plan page says so.
        return {}
    found: dict[str, list[str]] = {}
    for case in chosen:
        if not case.excluded:
            for key in values_to_state(CATALOGUE[case.id]):
                found.setdefault(f"values.{key}", []).append(case.id)
    return {key: tuple(cases) for key, cases in found.items()}


def _effective(project: Project, table: str, key: str) -> Any:
    """What holds while nothing is stated: the standard, moved into the declared limits, or what is declared."""
    holders = {"values": project.values, "dut": project.dut}
    return plain(getattr(holders[table], key)) if table in holders else row_of(table, key).default


def _limit_notes(declaration: Declaration | None) -> Mapping[str, str]:
    """What the declaration allows, by "values.KEY"."""
    if declaration is None:
        return {}
    notes = {}
    for key, lowest, highest in BOUNDS:
        low, high = declaration.number(lowest), declaration.number(highest)
        if low is not None and high is not None:
            notes[f"values.{key}"] = text("declared: {low} to {high}", low=f"{low:g}", high=f"{high:g}")
        elif high is not None:
            notes[f"values.{key}"] = text("declared: at most {high}", high=f"{high:g}")
        elif low is not None:
            notes[f"values.{key}"] = text("declared: at least {low}", low=f"{low:g}")
    return notes


def _values_note(needed: Sequence[Field]) -> str:
    return "" if needed else text("The chosen cases need none.")


def _further_tables(declared: bool) -> Mapping[str, tuple[str, str]]:
    facts = (
        text("What the declaration states comes first.") if declared else text("Facts that no declaration states yet.")
    )
    return {
        "dut": (text("Facts of the device"), facts),
        "timeouts": (text("Timeouts"), text("How long the tool waits.")),
        "run": (text("Conduct of the run"), ""),
        "report": (text("Report"), text("What the report says that the run cannot know.")),
    }


def _status(draft: Draft, checks: Sequence[Check]) -> StageStatus:
    problems = [check.brief for check in checks if check.light is State.PROBLEM]
    open_ = [
        check for check in checks if check.needed and check.light is not State.DONE and check.light is not State.PROBLEM
    ]
    missing = (*problems, *(check.brief for check in open_ if check.brief))
    if problems:
        return StageStatus(State.PROBLEM, missing)
    if not draft.value("connection", "identity") and not draft.tables.get("values"):
        return StageStatus(State.TO_DO, missing)
    return StageStatus(State.IN_WORK if open_ else State.DONE, missing)
