"""Read PROJECT.toml: every fault at once, each with its table and key, and how to mend it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from labapp.domain.actions import ACTIONS
from labapp.domain.driver_call import DEFAULT, DriverCall
from labapp.domain.errors import InputError, InputErrors
from labapp.domain.network_settings import NetworkSettings, network_settings
from labapp.domain.project import Connection, Dut, Project, Report, RunOptions, Timeouts
from labapp.domain.project_checks import faults_of
from labapp.domain.project_keys import DRIVER_TABLE, TABLES
from labapp.domain.project_values import Signatures, Values
from labapp.domain.settings import Secret
from labapp.reports.template import template_names
from labapp.services.catalogue import versions_for
from labapp.services.intake import refuse_unreadable
from labapp.services.intake_toml import read_table
from labapp.services.secrets import resolve_secret


def read_project(path: Path) -> Project:
    """The project in a file, checked, with defaults filled in, whole paths, and secrets resolved.

    The declaration that it names is not read here; `labapp.services.projects` joins the two.
    Raises InputErrors with every fault at once, each placed as `PROJECT.toml [run] reset`.
    """
    refuse_unreadable(path)
    return _Reader(path, read_table(path)).project()


def read_tables(
    tables: Mapping[str, Mapping[str, Any]], *, secret: Callable[[str], Secret] = resolve_secret
) -> tuple[Project, tuple[InputError, ...]]:
    """A project in the making, as far as it can be read, and its faults, placed as `PROJECT.toml [run] reset`.

    tables: by name, also "values.signatures". secret: resolves a secret's name, and raises InputError for what is none.
    """
    content: dict[str, Any] = {}
    for name, rows in tables.items():
        place = content
        for part in name.split("."):
            place = place.setdefault(part, {})
        place.update(rows)
    return _Reader(Path("PROJECT.toml"), content, secret).read()


def inspect_project(
    path: Path, *, secret: Callable[[str], Secret] = resolve_secret
) -> tuple[Mapping[str, Any], tuple[InputError, ...]]:
    """The content of a project file as it stands, and every fault of it. secret: as for `read_tables`.

    Raises InputError when the file cannot be read as TOML.
    """
    refuse_unreadable(path)
    content = read_table(path)
    _, faults = _Reader(path, content, secret).read()
    return content, faults


class _Reader:
    """Reads one file and gathers its faults."""

    def __init__(
        self, path: Path, content: Mapping[str, Any], secret: Callable[[str], Secret] = resolve_secret
    ) -> None:
        self._path = path
        self._folder = path.absolute().parent
        self._content = dict(content)
        self._secret = secret
        self._faults: list[InputError] = []
        self._stated: set[str] = set()

    def project(self) -> Project:
        """The project of a file without faults. Raises InputErrors."""
        project, faults = self.read()
        if faults:
            raise InputErrors(list(faults))
        return project

    def read(self) -> tuple[Project, tuple[InputError, ...]]:
        """The project as far as it can be read, and every fault."""
        self._refuse_unknown_tables()
        head = self._table("project")
        values = self._table("values", nested=("signatures",))
        signatures = self._table("values.signatures")
        project = Project(
            **{"name": self._path.stem, **head},
            folder=self._folder,
            connection=Connection(**self._table("connection")),
            dut=_completed(self._table("dut")),
            values=_with_whole_paths(Values(**values, signatures=Signatures(**signatures)), self._folder),
            timeouts=Timeouts(**self._table("timeouts")),
            run=RunOptions(**self._table("run")),
            report=Report(**self._table("report")),
            network=self._network(),
            network_table=self._network_table(),
            driver=self._driver(),
            stated=frozenset(self._stated),
        )
        wrong = {fault.where for fault in self._faults}
        for fault in faults_of(project):
            # What could not be read has its fault already; the default that stands in for it is not judged.
            if self._place(fault.table, fault.key) not in wrong:
                self._add(fault.table, fault.key, InputError(fault.what, mend=fault.mend))
        if project.ocpp not in versions_for(project.sut) and self._place("project", "ocpp") not in wrong:
            self._add("project", "ocpp", _without_cases(project))
        self._refuse_missing_file(project)
        self._refuse_unknown_template(project)
        return project, tuple(self._faults)

    def _place(self, table: str, key: str = "") -> str:
        return f"{self._path.name} [{table}] {key}".rstrip()

    def _add(self, table: str, key: str, fault: InputError) -> None:
        self._faults.append(InputError(fault.what, where=self._place(table, key), mend=fault.mend))

    def _refuse_unknown_tables(self) -> None:
        known = [name for name in TABLES if "." not in name] + ["driver"]
        for name, value in self._content.items():
            if name not in known and isinstance(value, Mapping):
                self._add(name, "", InputError("there is no such table", mend=_nearest(name, known, "[{}]")))
            elif name not in known:
                where = f"{self._path.name} {name}"
                home = _tables_with(name)
                mend = f"write it below {home[0]}" if home else f"the tables are {', '.join(known)}"
                self._faults.append(InputError("stands in no table", where=where, mend=mend))
            elif not isinstance(value, Mapping):
                where = f"{self._path.name} {name}"
                mend = f"write [{name}] and its keys below it"
                self._faults.append(InputError("is no table", where=where, mend=mend))

    def _raw(self, table: str) -> Mapping[str, Any]:
        found: Any = self._content
        for part in table.split("."):
            found = found.get(part, {})
            if not isinstance(found, Mapping):
                return {}
        return dict(found)

    def _table(self, table: str, *, nested: tuple[str, ...] = ()) -> dict[str, Any]:
        """The keys of a table that the file states, converted."""
        raw = self._raw(table)
        for name in nested:
            if name in raw and not isinstance(raw[name], Mapping):
                self._add(table, name, InputError("is no table", mend=f"write [{table}.{name}] and its keys below it"))
        rows = {name: value for name, value in raw.items() if name not in nested}
        return self._rows(table, table, rows)

    def _rows(self, table: str, rows_of: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        known = {row.key: row for row in TABLES[rows_of]}
        found: dict[str, Any] = {}
        for name, value in raw.items():
            row = known.get(name)
            if row is None:
                self._add(table, name, InputError("there is no such key", mend=_hint(name, known)))
                continue
            try:
                found[name] = self._finished(row.type, row.read(value))
                self._stated.add(f"{table}.{name}")
            except InputError as fault:
                self._add(table, name, fault)
        return found

    def _finished(self, kind: str, value: Any) -> Any:
        finish: Mapping[str, Callable[[Any], Any]] = {"path": self._folder.joinpath, "secret": self._secret}
        return finish[kind](value) if kind in finish else value

    def _network(self) -> NetworkSettings:
        try:
            return network_settings(self._raw("network"), where=self._place("network"))
        except InputErrors as errors:
            self._faults += errors.faults
            return NetworkSettings()

    def _network_table(self) -> Mapping[str, Any]:
        defaults = {row.key: row.default for row in TABLES["network"] if row.default is not None}
        return {**defaults, **self._raw("network")}

    def _driver(self) -> Mapping[str, DriverCall]:
        calls: dict[str, DriverCall] = {}
        for action, raw in self._raw("driver").items():
            table = f"driver.{action}"
            if action not in (*ACTIONS, DEFAULT):
                mend = _nearest(action, [*ACTIONS, DEFAULT], "[driver.{}]")
                self._add(table, "", InputError("there is no such action", mend=mend))
            elif not isinstance(raw, Mapping):
                mend = f"write [{table}] and its keys below it"
                self._add("driver", action, InputError("is no table", mend=mend))
            else:
                rows = self._rows(table, DRIVER_TABLE, raw)
                calls[action] = DriverCall(**{"folder": self._folder, **rows} if rows.get("command") else rows)
        return calls

    def _refuse_missing_file(self, project: Project) -> None:
        named = {
            ("project", "pics"): project.pics,
            ("values.signatures", "signing_certificate"): project.values.signatures.signing_certificate,
            ("report", "certificate"): project.report.certificate,
            ("connection", "file_certificate"): project.connection.file_certificate,
            **{("values", key): Path(location) for key, location in _files_to_serve(project.values)},
        }
        for (table, key), path in named.items():
            # Unlike the method of a path, this one says no to a name that is too long.
            if path is not None and not os.path.isfile(path):
                self._add(table, key, InputError(f"there is no file {path}", mend="correct the name"))
        for action, call in project.driver.items():
            if call.command and call.folder is not None and not os.path.isdir(call.folder):
                fault = InputError(f"there is no folder {call.folder}", mend="make it, or correct the name")
                self._add(f"driver.{action}", "folder", fault)

    def _refuse_unknown_template(self, project: Project) -> None:
        name, known = project.report.template, template_names()
        if name and name not in known:
            fault = InputError(f'there is no report template "{name}"', mend=f"use {', '.join(known)}")
            self._add("report", "template", fault)


def _files_to_serve(values: Values) -> Iterator[tuple[str, str]]:
    """Locations of firmware that are no URLs, by key: files that the tool serves."""
    for key in ("firmware_location", "invalid_firmware_location"):
        location = getattr(values, key)
        if location is not None and "://" not in location:
            yield key, location


def _with_whole_paths(values: Values, folder: Path) -> Values:
    whole: dict[str, Any] = {key: str(folder / location) for key, location in _files_to_serve(values)}
    return replace(values, **whole)


def _completed(stated: Mapping[str, Any]) -> Dut:
    """The facts with what follows from others: one EVSE for each connector, and the local list from the features."""
    facts = dict(stated)
    if "evses" in facts:
        facts.setdefault("connectors", sum(len(evse) for evse in facts["evses"]))
    elif "connectors" in facts:
        facts["evses"] = tuple((number,) for number in range(1, facts["connectors"] + 1))
    if "features" in facts:
        facts.setdefault("local_list", "LocalAuthListManagement" in facts["features"])
    return Dut(**facts)


def _hint(name: str, known: Mapping[str, Any]) -> str:
    elsewhere = _tables_with(name)
    return f"it belongs to {' or '.join(elsewhere)}" if elsewhere else _nearest(name, list(known), "{}")


def _tables_with(name: str) -> list[str]:
    return [f"[{table}]" for table, rows in TABLES.items() if any(row.key == name for row in rows)]


def _nearest(name: str, known: list[str], form: str) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {form.format(near[0])}?"
    return f"use one of {', '.join(form.format(each) for each in known)}"


def _without_cases(project: Project) -> InputError:
    """That a version has no case for what is tested."""
    noun = "charging stations" if project.sut == "cs" else "central systems"
    others = " or ".join(f'"{each}"' for each in versions_for(project.sut))
    return InputError(f"there are no cases for {noun} in {project.ocpp}", mend=f"write ocpp = {others}")
