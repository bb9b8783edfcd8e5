"""Mutants: one deviation each from a conformant course, with the verdict that the rules give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from labapp.ocpp.listing import row_id
from labapp.selftest.course import Passage
from labapp.selftest.layout import Place
from labapp.selftest.mutator import Tampering
from labapp.selftest.rules import Due
from labapp.selftest.tampering import Target

MutantKind = Literal["change", "drop", "swap", "insert", "duplicate", "shift", "callerror", "schema"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One deviation. validation: id of the row that it is aimed at; what: the deviation in words."""

    kind: MutantKind
    validation: str
    what: str
    tampering: Tampering
    due: Due


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A deviation that no judge could tell from conformant conduct, or that cannot be made. rule: why."""

    kind: MutantKind
    validation: str
    what: str
    rule: str


#: Why a deviation behind the end of a case is equivalent.
OVER = "it is behind the last message of the case, and no part of the attempt"

Derived = Iterator[Mutant | Equivalent]


def target(passage: Passage, *, onwards: bool = False) -> Target:
    """The frame of a passage."""
    return Target(passage.action, passage.place.kind, passage.ordinal, onwards)


def row(place: Place, field: str = "", rule: str = "") -> str:
    """Id of a row of a place."""
    return row_id(place.stage.case_id, place.step, place.message.name, place.item.occurrence, field, rule)


def where(passage: Passage) -> str:
    """A passage in words."""
    connector = f" of connector {passage.connector}" if passage.place.is_status else ""
    return f"{passage.place.message.name}{connector} at step {passage.place.at}"
