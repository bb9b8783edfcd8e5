"""The catalogue of cases for people and programs: as JSON, and as the text that is reviewed when a case changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.domain.testcase import CHARGE_POINT, InAnyOrder, Item, Manual, OptionalGroup, TestCase, UseState
from labapp.ocpp.listing import rows, steps, steps_of
from labapp.ocpp.resolving import SHOWN_BY
from labapp.ocpp.versions import VERSIONS


def select(*, ocpp: str = "", sut: str = "") -> tuple[TestCase, ...]:
    """Cases, states and utilities of a version ("" for all) and a role ("cs", "csms", "" for both)."""
    return tuple(case for case in ALL if ocpp in ("", case.ocpp) and sut in ("", role(case)))


def role(case: TestCase) -> str:
    """The system under test, as PROJECT.toml names it: "cs" or "csms"."""
    return "cs" if case.sut == CHARGE_POINT else "csms"


def versions_for(sut: str) -> tuple[str, ...]:
    """The versions that have cases for a role, "cs" or "csms"."""
    return tuple(dict.fromkeys(case.ocpp for case in select(sut=sut) if case.kind == "case"))


def before(case: TestCase) -> list[str]:
    """The preparation of a case, in its order."""
    version = VERSIONS[case.ocpp]
    return [str(line["what"]) for item in case.before for line in steps_of(case, item, version)]


def case_as_json(case: TestCase) -> dict[str, Any]:
    """One entry of `labapp cases --json`."""
    version = VERSIONS[case.ocpp]
    return {
        "id": case.id,
        "kind": case.kind,
        "ocpp": case.ocpp,
        "sut": role(case),
        "title": case.title,
        "source": case.source.text,
        "prerequisites": [condition.text for condition in case.prerequisites],
        "before": before(case),
        "steps": steps(case, version),
        "validations": [row.as_json() for row in rows(case, version)],
    }


def listing(cases: Sequence[TestCase]) -> str:
    """The static listing as text, ended by a line feed."""
    return "\n".join(line for case in cases for line in _lines(case)) + "\n"


def _lines(case: TestCase) -> Iterator[str]:
    entry = case_as_json(case)
    yield f"{entry['id']}  {entry['title']}"
    yield f"  OCPP {entry['ocpp']}, {entry['sut']}, {entry['kind']}; {entry['source']}"
    for text in entry["prerequisites"]:
        yield f"  prerequisite: {text}"
    for text in entry["before"]:
        yield f"  before: {text}"
    for line in entry["steps"]:
        number = line["step"] or "-"
        notes = f"  [{'; '.join(line['notes'])}]" if line["notes"] else ""
        yield f"  {number!s:>3} {line['by']:8} {line['what']}{notes}"
    for row in entry["validations"]:
        if row["field"] or row["mode"] in ("timing", "absent"):
            condition = f"  when {row['condition']}" if row["condition"] else ""
            what = row["field"] or row["mode"]
            yield f"      {row['sender']:4} {row['id']}  {what} = {row['expected']}  {row['mode']}{condition}"
    yield ""


def case_by_id(identifier: str) -> TestCase | None:
    """A case, state or utility by its id; None when there is none."""
    return CATALOGUE.get(identifier)


@dataclass(frozen=True, slots=True)
class ManualAct:
    """An act of the operator. arguments: as stated. shown: a frame of the device closes its prompt by itself."""

    name: str
    arguments: Mapping[str, str]
    shown: bool


def manual_acts(case: TestCase) -> list[ManualAct]:
    """The operator's acts in a case and in the states that prepare it, in their order."""
    found: list[ManualAct] = []
    for item in (*case.before, *case.steps):
        found += _acts_of(item)
    return found


def _acts_of(item: Item) -> list[ManualAct]:
    match item:
        case Manual(action=action):
            arguments = {name: expected.text for name, expected in action.arguments}
            return [ManualAct(action.name, arguments, action.on_wire and action.name in SHOWN_BY)]
        case InAnyOrder(items) | OptionalGroup(items):
            return [act for inner in items for act in _acts_of(inner)]
        case UseState(state=state):
            return manual_acts(state)
        case _:
            return []
