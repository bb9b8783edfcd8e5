"""Every key of PROJECT.toml, in one table, collected from the fields that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from labapp.domain.driver_call import DriverCall
from labapp.domain.measurement import NETWORK_KEYS, NetworkKey
from labapp.domain.project import Connection, Dut, Project, Report, RunOptions, Timeouts
from labapp.domain.project_values import Signatures, Values
from labapp.domain.settings import ProjectKey, plain, settings_of

#: The table under which the call of one action stands; ACTION is the name of an action of the operator channel, or "default".
DRIVER_TABLE = "driver.ACTION"


def _network_key(entry: NetworkKey) -> ProjectKey:
    choices = tuple(entry.type.split("|")) if "|" in entry.type else ()
    return ProjectKey(
        "network", entry.key, "string" if choices else entry.type, entry.unit, entry.default, choices, "", entry.help
    )


#: The tables in the order of the file, each with its keys. [network] is checked by `network_settings`.
TABLES: Mapping[str, tuple[ProjectKey, ...]] = {
    "project": settings_of("project", Project),
    "connection": settings_of("connection", Connection),
    "dut": settings_of("dut", Dut),
    "values": settings_of("values", Values),
    "values.signatures": settings_of("values.signatures", Signatures),
    "timeouts": settings_of("timeouts", Timeouts),
    "run": settings_of("run", RunOptions),
    "network": tuple(_network_key(entry) for entry in NETWORK_KEYS),
    "report": settings_of("report", Report),
    DRIVER_TABLE: settings_of(DRIVER_TABLE, DriverCall),
}

#: Every key, table by table.
KEYS: tuple[ProjectKey, ...] = tuple(key for keys in TABLES.values() for key in keys)


def keys_as_json() -> list[dict[str, Any]]:
    """The table as `labapp project keys --json` prints it."""
    names = ("table", "key", "type", "unit", "default", "choices", "required_when", "help")
    return [{name: plain(getattr(key, name)) for name in names} for key in KEYS]


def as_tables(project: Project) -> dict[str, dict[str, Any]]:
    """The project as used, as JSON values by table and key: defaults filled in, paths whole, secrets by their origin.

    A file with these tables is the same project; keys without a value are left out.
    """
    holders = {
        "project": project,
        "connection": project.connection,
        "dut": project.dut,
        "values": project.values,
        "values.signatures": project.values.signatures,
        "timeouts": project.timeouts,
        "run": project.run,
        "report": project.report,
    }
    tables = {name: _stated(TABLES[name], holder) for name, holder in holders.items()}
    tables["network"] = dict(project.network_table)
    for action, call in project.driver.items():
        tables[f"driver.{action}"] = _stated(TABLES[DRIVER_TABLE], call)
    return {name: tables[name] for name in sorted(tables, key=_place) if tables[name]}


def _stated(keys: tuple[ProjectKey, ...], holder: Any) -> dict[str, Any]:
    held = {item.name for item in fields(holder)}
    values = {key.key: plain(getattr(holder, key.key)) for key in keys if key.key in held}
    return {key: value for key, value in values.items() if value not in (None, "", {})}


def _place(table: str) -> int:
    name = DRIVER_TABLE if table.startswith("driver.") else table
    return list(TABLES).index(name)
