"""The certification plan: which cases a declared DUT has to run, and why, row by row.

Source: OCPP Certification Program Document 2, V1.1.4, Appendix C (conformance tests) and Appendix A (certificates).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from labapp.domain import pics_grounds as grounds
from labapp.domain.pics import Declaration, shown
from labapp.domain.plan_conditions import CONDITIONS, LIVE_CONDITIONS, KeyReading, LiveCondition

_REQUIREMENT = {"M": "Mandatory for", "C": "Conditional, and applicable to", "O": "Optional for"}
_NOUN = {"cs": "charging station", "csms": "CSMS"}


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One row of a plan's edition for one role, before any declaration is known.

    number, appendix_id: of Appendix C, "" for a case that it does not list. case: id in the case document, "" when that has none.
    requirement: "M", "C", "O" or "". conditions: names in CONDITIONS; live: names in LIVE_CONDITIONS.
    needs: least values of limits that the case takes for granted. expected_rule: rule by which a DUT that goes for the
    security certificate must fail the case.
    """

    number: str
    appendix_id: str
    case: str
    sut: str
    block: str
    title: str
    requirement: str
    conditions: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    needs: Mapping[str, int] | None = None
    expected_rule: str = ""

    def __post_init__(self) -> None:
        unknown = [name for name in self.conditions if name not in CONDITIONS]
        unknown += [name for name in self.live if name not in LIVE_CONDITIONS]
        if unknown:
            raise ValueError(f"plan entry {self.id} names unknown conditions: {', '.join(unknown)}")

    @property
    def id(self) -> str:
        """The id under which the row stands in a plan: the case's, else the one of Appendix C."""
        return self.case or self.appendix_id


@dataclass(frozen=True, slots=True)
class PlanEdition:
    """All rows of one edition of the plan, in the order of Appendix C, further cases last.

    edition: of the document that says which cases certification asks for, "" when none is public. cases: edition of the case
    document; document: its name and edition in words, where no other document stands for the plan.
    """

    edition: str
    cases: str
    ocpp: str
    entries: tuple[PlanEntry, ...]
    document: str = ""

    @property
    def asks(self) -> bool:
        """Whether it says what certification asks for; it then takes a declaration to plan by it."""
        return self.edition != ""

    def entries_of(self, sut: str) -> tuple[PlanEntry, ...]:
        """The rows of one role, "cs" or "csms"."""
        return tuple(entry for entry in self.entries if entry.sut == sut)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the plan of one DUT. reason: one sentence that cites the answers; answers: their keys.

    condition: what the row asks of the DUT, "" when nothing. live: conditions still to be decided by the device's own keys.
    expected: "FAIL" when that is the verdict in order. additional: outside the certification plan, but the case fits the DUT.
    planned: the reason before the device's keys were read, "" while they have not been; decided: the conditions they decided.
    """

    id: str
    requirement: str
    applicable: bool
    reason: str
    condition: str
    answers: tuple[str, ...]
    number: str = ""
    appendix_id: str = ""
    title: str = ""
    block: str = ""
    live: tuple[str, ...] = ()
    expected: str = ""
    additional: bool = False
    planned: str = ""
    decided: tuple[str, ...] = ()

    @property
    def live_keys(self) -> tuple[str, ...]:
        """Configuration keys whose reading still decides whether the row applies."""
        return tuple(dict.fromkeys(LIVE_CONDITIONS[name].key for name in self.live))

    def as_json(self) -> dict[str, Any]:
        """The row as `labapp plan --json` prints it."""
        return {
            "id": self.id,
            "requirement": self.requirement,
            "applicable": self.applicable,
            "reason": self.reason,
            "condition": self.condition,
            "answers": list(self.answers),
            "number": self.number,
            "appendix_id": self.appendix_id,
            "title": self.title,
            "block": self.block,
            "live": list(self.live),
            "live_keys": list(self.live_keys),
            "expected": self.expected,
            "additional": self.additional,
            "planned": self.planned,
            "decided": list(self.decided),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> PlanRow:
        """The row that `as_json` gave, of this version or an earlier one. Raises TypeError for what it did not give."""
        given: dict[str, Any] = {item.name: content[item.name] for item in fields(cls) if item.name in content}
        given |= {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return cls(**given)


def plan_for(edition: PlanEdition, declaration: Declaration) -> tuple[PlanRow, ...]:
    """The plan of the declared DUT: every row of its role, applicable or not, in the order of the edition."""
    return tuple(_row(edition, entry, declaration) for entry in edition.entries_of(declaration.sut))


def unplanned(edition: PlanEdition, sut: str) -> tuple[PlanRow, ...]:
    """The cases of a role ("cs", "csms") in an edition that asks for none: all of them additional."""
    reason = (
        f"Additional: no public certification plan says what is asked of a {_NOUN.get(sut, sut)} in OCPP {edition.ocpp}; "
        f"the case is one of {edition.document}."
    )
    return tuple(
        PlanRow(
            id=entry.id,
            requirement="",
            applicable=False,
            reason=reason,
            condition="",
            answers=(),
            title=entry.title,
            block=entry.block,
            additional=True,
        )
        for entry in edition.entries_of(sut)
    )


def after_keys_read(
    rows: Iterable[PlanRow],
    readings: Mapping[str, KeyReading],
    unread: Collection[str] = (),
    excluded: Mapping[str, str] = MappingProxyType({}),
) -> tuple[PlanRow, ...]:
    """The plan after the second stage: rows that waited for the device's keys, decided by them.

    readings: by key, as the device reported them; a key that is missing here is one that the device does not know. unread: keys
    of which nothing is known; rows that depend on them stay as planned. excluded: by id, why a case does not apply whatever the plan
    says of it. Rows that have been decided before are decided anew.
    """
    by_name = {key.lower(): reading for key, reading in readings.items()}
    return tuple(_decided(_as_planned(row), by_name, unread, excluded.get(row.id, "")) for row in rows)


def excluded_by_keys(live: Sequence[str], readings: Mapping[str, KeyReading], unread: Collection[str] = ()) -> str:
    """Why a case does not apply by its live conditions, "" when it does. readings, unread: as for `after_keys_read`."""
    by_name = {key.lower(): reading for key, reading in readings.items()}
    conditions = _readable(live, unread)
    failing = [condition for condition in conditions if not condition.holds(by_name.get(condition.key.lower()))]
    if not failing:
        return ""
    asked = _listed([condition.text for condition in failing])
    cited = _cited(conditions, by_name)
    return f"Not applicable: the case is for a charging station that {asked}, but the device reports {cited}."


def _row(edition: PlanEdition, entry: PlanEntry, declaration: Declaration) -> PlanRow:
    row = PlanRow(
        id=entry.id,
        requirement=entry.requirement,
        applicable=False,
        reason="",
        condition=_condition_text(entry),
        answers=("general.dut",),
        number=entry.number,
        appendix_id=entry.appendix_id,
        title=entry.title,
        block=entry.block,
    )
    dut = grounds.cited(declaration, "general.dut")
    if not entry.case:
        reason = (
            f"Not applicable: Appendix C lists the row as optional for a {_NOUN[entry.sut]} ({dut}), "
            f"but edition {edition.cases} of the case document has no such case."
        )
        return replace(row, reason=reason)
    found = grounds.all_of(*(CONDITIONS[name].holds for name in entry.conditions))(declaration)
    if not found.holds:
        failing = [name for name in entry.conditions if not CONDITIONS[name].holds(declaration).holds]
        asked = _listed([CONDITIONS[name].text for name in failing])
        reason = f"Not applicable: the case is for a {_NOUN[entry.sut]} that {asked}, but {_listed(found.clauses)}."
        return replace(row, reason=reason, answers=found.keys)
    if not entry.requirement:
        return _additional(row, edition, entry, dut, found)
    return _applicable(row, entry, declaration, found)


def _additional(row: PlanRow, edition: PlanEdition, entry: PlanEntry, dut: str, found: grounds.Ground) -> PlanRow:
    """A case that fits the DUT and that Appendix C does not ask for."""
    reason = (
        f"Additional: Appendix C of edition {edition.edition} does not ask this case of a {_NOUN[entry.sut]} "
        f"({_listed(_once([dut, *found.clauses]))}); it is outside the certification plan"
    )
    if entry.live:
        reason += _live_text(entry.live)
    answers = _once([*row.answers, *found.keys])
    return replace(row, additional=True, reason=f"{reason}.", answers=answers, live=tuple(entry.live))


#: How the part of a reason begins that the device's keys replace by what they say.
_LIVE_STAGE = "; decided in the live stage"


def _live_text(names: Sequence[str]) -> str:
    keys = _listed(_once([LIVE_CONDITIONS[name].key for name in names]))
    return f"{_LIVE_STAGE}, once {keys} has been read from the device"


def _applicable(row: PlanRow, entry: PlanEntry, declaration: Declaration, found: grounds.Ground) -> PlanRow:
    open_conditions: list[str] = []
    clauses, keys = list(found.clauses), list(found.keys)
    for name in entry.live:
        settled = LIVE_CONDITIONS[name].settled(declaration)
        if settled.holds:
            clauses += settled.clauses
            keys += settled.keys
        else:
            open_conditions.append(name)
    if not clauses:
        clauses, keys = [grounds.cited(declaration, "general.dut")], ["general.dut"]
    asked = f" that {_condition_text(entry, live=False)}" if entry.conditions else ""
    every = "a" if entry.conditions or entry.live else "every"
    parts = [f"{_REQUIREMENT[entry.requirement]} {every} {_NOUN[entry.sut]}{asked}: {_listed(_once(clauses))}"]
    for key, least in (entry.needs or {}).items():
        number = declaration.number(key)
        if number is not None and number < least:
            parts.append(f"{key} = {shown(int(number))} is below the {least} that the case needs, so it cannot pass")
            keys.append(key)
    expected = ""
    if entry.expected_rule:
        security = grounds.SECURITY_CERTIFICATE(declaration)
        if security.holds:
            expected = "FAIL"
            parts.append(f"it must fail by rule {entry.expected_rule}, since {_listed(security.clauses)}")
            keys += security.keys
    if open_conditions:
        parts.append(_live_text(open_conditions).removeprefix("; "))
    return replace(
        row,
        applicable=True,
        reason="; ".join(parts) + ".",
        answers=_once(keys),
        live=tuple(open_conditions),
        expected=expected,
    )


def _as_planned(row: PlanRow) -> PlanRow:
    """The row as the first stage left it."""
    if not row.planned:
        return row
    asked = row.requirement != ""
    return replace(
        row,
        reason=row.planned,
        applicable=asked,
        additional=not asked,
        live=row.live or row.decided,
        planned="",
        decided=(),
    )


def _decided(row: PlanRow, readings: Mapping[str, KeyReading], unread: Collection[str], excluded: str) -> PlanRow:
    """The row as the keys leave it: excluded, confirmed, or open still where they could not be read."""
    if not (row.applicable or row.additional):
        return row
    conditions = _readable(row.live, unread)
    against = excluded_by_keys(row.live, readings, unread)
    if against or excluded:
        reason = against or _excluded_text(excluded)
        return replace(
            row,
            applicable=False,
            additional=False,
            reason=reason,
            live=(),
            planned=row.reason,
            decided=row.live,
        )
    if not row.live or len(conditions) < len(row.live):
        return row
    first_stage = row.reason.rsplit(_LIVE_STAGE, 1)[0].removesuffix(".")
    reason = f"{first_stage}; confirmed, since the device reports {_cited(conditions, readings)}."
    return replace(row, reason=reason, live=(), planned=row.reason, decided=row.live)


def _excluded_text(excluded: str) -> str:
    return excluded if excluded.startswith("Not applicable: ") else f"Not applicable: {excluded}."


def _readable(live: Sequence[str], unread: Collection[str]) -> list[LiveCondition]:
    """The conditions on keys of which something is known."""
    return [LIVE_CONDITIONS[name] for name in live if LIVE_CONDITIONS[name].key not in unread]


def _cited(conditions: Sequence[LiveCondition], readings: Mapping[str, KeyReading]) -> str:
    return _listed(_once([_reading_cited(condition, readings) for condition in conditions]))


def _reading_cited(condition: LiveCondition, readings: Mapping[str, KeyReading]) -> str:
    reading = readings.get(condition.key.lower())
    if reading is None:
        return f"no key {condition.key}"
    return f"{condition.key} = {shown(reading.value or '')} ({'read-only' if reading.readonly else 'read-write'})"


def _condition_text(entry: PlanEntry, *, live: bool = True) -> str:
    texts = [CONDITIONS[name].text for name in entry.conditions]
    if live:
        texts += [LIVE_CONDITIONS[name].text for name in entry.live]
    return _listed(texts)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _once(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parts))
