"""The fields of the set-up page: one for each key of a project, read and judged with the words of the command line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.project_keys import DRIVER_TABLE, TABLES
from labapp.domain.settings import ProjectKey
from labapp.presentation.wording import text
from labapp.services.secrets import refuse_secret_itself

Kind = Literal["text", "choice", "secret"]

#: Words of labels that are not plain ones.
_WORDS = {
    "sut": "device under test",
    "ocpp": "OCPP version",
    "url": "URL",
    "evses": "EVSEs",
    "dut": "DUT",
    "mode_1_2_only": "modes 1 and 2 only",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an entry, and how to mend it."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from. value: None for what holds when nothing is stated."""

    value: Any
    words: str


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the project as a field. text: what was entered, "" for nothing; otherwise: what holds without an entry.

    needed_by: cases that take their values from it; missing: it has no value, and they need one. problem: None when it is in order.
    """

    row: ProjectKey
    table: str
    label: str
    kind: Kind
    text: str
    otherwise: str
    choices: tuple[Choice, ...] = ()
    chosen: int = 0
    needed_by: tuple[str, ...] = ()
    missing: bool = False
    problem: Problem | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The key in its table."""
        return self.row.key

    @property
    def name(self) -> str:
        """Table and key, as "values.heartbeat_interval"."""
        return f"{self.table}.{self.row.key}"

    @property
    def unit(self) -> str:
        """The unit of the value, "" for none."""
        return {"seconds": "s"}.get(self.row.unit, self.row.unit)

    @property
    def help(self) -> str:
        """What the key is, as a sentence."""
        words = re.sub(r"`([^`]*)`", r"“\1”", text(self.row.help))
        return words[:1].upper() + words[1:] + "."

    def matches(self, sought: str) -> bool:
        """Whether a search for some words finds this field: in its key, its label or its help."""
        place = f"{self.name} {self.label} {self.row.help}".lower().replace("_", " ")
        return all(word in place for word in sought.lower().replace("_", " ").split())


def row_of(table: str, key: str) -> ProjectKey:
    """The row of a key. Raises KeyError when there is none."""
    rows = TABLES[DRIVER_TABLE if table.startswith("driver.") else table]
    return {row.key: row for row in rows}[key]


def field_of(
    draft: Draft,
    table: str,
    key: str,
    problems: Mapping[tuple[str, str], Problem],
    needed_by: Mapping[str, tuple[str, ...]],
    *,
    otherwise: Any = None,
    declared: bool = False,
    missing: bool = False,
    note: str = "",
) -> Field:
    """The field of a key. needed_by: cases by name of the key. otherwise: what holds without an entry; declared: by the declaration."""
    row = row_of(table, key)
    value = draft.value(table, key)
    choices = _choices(row, otherwise, declared)
    chosen = next((number for number, each in enumerate(choices) if _same(each.value, value)), -1)
    return Field(
        row=row,
        table=table,
        label=label_of(row),
        kind="choice" if choices else "secret" if row.type == "secret" else "text",
        text=shown(value),
        otherwise=shown(otherwise) if otherwise not in (None, "", [], {}) else "",
        choices=choices,
        chosen=chosen,
        needed_by=needed_by.get(f"{table}.{key}", ()),
        missing=missing,
        problem=problems.get((table, key)),
        note=note,
    )


def label_of(row: ProjectKey) -> str:
    """The name of a key in words."""
    key = row.key.replace("id_tag", "idTag").removesuffix("_id")
    label = " ".join(_WORDS.get(word, word) for word in key.split("_"))
    return text(label[:1].upper() + label[1:])


def shown(value: Any) -> str:
    """A stated value as one enters it."""
    match value:
        case None:
            return ""
        case bool():
            return text("yes") if value else text("no")
        case float():
            return f"{value:g}"
        case list() | tuple() if all(isinstance(item, str) for item in value):
            return "; ".join(value)
        case list() | tuple():
            return json.dumps(value)
        case Mapping():
            return "; ".join(f"{name}: {item}" for name, item in value.items())
    return str(value)


def entered(row: ProjectKey, typed: str) -> Any:
    """What stands in the project for a typed text: the value of its type, the text itself when it is none, None for nothing."""
    typed = typed.strip()
    if not typed:
        return None
    match row.type:
        case "integer" if re.fullmatch(r"[+-]?\d{1,18}", typed):
            return int(typed)
        case "number":
            try:
                return _number(typed)
            except ValueError:
                return typed
        case "list of strings":
            parts = re.split(r"[;,]" if row.choices else ";", typed)
            return [part.strip() for part in parts if part.strip()]
        case "list of integers" if re.fullmatch(r"\[?\s*\d{1,9}(\s*[;,]\s*\d{1,9})*\s*\]?", typed):
            return [int(number) for number in re.findall(r"\d+", typed)]
        case "list of lists of integers":
            try:
                return json.loads(typed)
            except ValueError:
                return typed
        case "table of strings":
            pairs = [part.partition(":") for part in typed.split(";") if part.strip()]
            return {name.strip(): value.strip() for name, _, value in pairs} if all(p[1] for p in pairs) else typed
    return typed


def with_entry(draft: Draft, table: str, key: str, typed: str) -> Draft:
    """The draft with a typed text at a key; the draft itself when nothing changes.

    Raises InputError for a text that is no reference to a secret: it may be the secret, and must not be kept.
    """
    row = row_of(table, key)
    value = entered(row, typed)
    if row.type == "secret" and value is not None:
        refuse_secret_itself(value)
    return with_choice(draft, table, key, value)


def with_choice(draft: Draft, table: str, key: str, value: Any) -> Draft:
    """The draft with a value chosen at a key; the draft itself when nothing changes."""
    return draft if _same(draft.value(table, key), value) else draft.with_value(table, key, value)


def entry_problem(fault: InputError) -> Problem:
    """A fault as the field shows it."""
    return Problem(fault.what, fault.mend)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _number(typed: str) -> int | float:
    plain = typed.replace(",", ".")
    value = int(plain) if re.fullmatch(r"[+-]?\d{1,18}", plain) else float(plain)
    if not math.isfinite(value):
        raise ValueError(f"{typed} is no amount")
    return value


def _choices(row: ProjectKey, otherwise: Any, declared: bool) -> tuple[Choice, ...]:
    if row.type == "boolean":
        options = [Choice(True, text("yes")), Choice(False, text("no"))]
    elif row.choices and not row.type.startswith("list"):
        words = [_CHOICE_WORDS.get((row.table, row.key, value), str(value)) for value in row.choices]
        options = [Choice(value, text(each)) for value, each in zip(row.choices, words, strict=True)]
    else:
        return ()
    holds = next((each.words for each in options if _same(each.value, otherwise)), "")
    unstated = text("not stated")
    if holds:
        unstated = text("{value} (declared)", value=holds) if declared else text("{value} (standard)", value=holds)
    return (Choice(None, unstated), *options)


_CHOICE_WORDS: Mapping[tuple[str, str, Any], str] = {
    ("project", "sut", "cs"): "charging station (cs)",
    ("project", "sut", "csms"): "central system (csms)",
    ("connection", "security_profile", 0): "0, no credentials",
    ("connection", "security_profile", 1): "1, password",
    ("connection", "security_profile", 2): "2, password over TLS",
    ("connection", "security_profile", 3): "3, certificates over TLS",
}
