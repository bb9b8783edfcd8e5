"""A project in the making, as the window works on it: everything that was entered, also what is not usable yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

Tables = Mapping[str, Mapping[str, Any]]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Draft:
    """A project in the making. Nothing in it need be valid: what was entered is kept as it was entered.

    id: in the database, 0 for one that is not kept yet. tables: those of PROJECT.toml, by name ("connection", "values",
    "values.signatures" …), only what is stated, as TOML values. answers: to the questions of the PICS forms by key, as entered.
    edition: of the forms. simulated: the device is this machine's simulator, so that the session is a demonstration.
    """

    id: int
    name: str
    tables: Tables = field(default_factory=lambda: _NOTHING)
    answers: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    edition: str = ""
    simulated: bool = False

    @property
    def sut(self) -> str:
        """ "cs" or "csms"."""
        return str(self.value("project", "sut", "cs"))

    @property
    def ocpp(self) -> str:
        """Version of OCPP; where none is stated, that of a project file that states none."""
        return str(self.value("project", "ocpp", "1.6"))

    def value(self, table: str, key: str, otherwise: Any = None) -> Any:
        """What is stated for a key of a table; otherwise: when nothing is."""
        return self.tables.get(table, {}).get(key, otherwise)

    def with_value(self, table: str, key: str, value: Any) -> Draft:
        """The draft with one key stated; None: no longer stated."""
        rows = {name: each for name, each in self.tables.get(table, {}).items() if name != key}
        if value is not None:
            rows[key] = value
        return replace(self, tables={**self.tables, table: rows})

    def with_answer(self, key: str, answer: Any) -> Draft:
        """The draft with one question answered; None: no longer answered."""
        answers = {name: each for name, each in self.answers.items() if name != key}
        if answer is not None:
            answers[key] = answer
        return replace(self, answers=answers)
