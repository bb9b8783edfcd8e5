"""A case of OCPP 2.0.1 is added by writing it down: nothing outside the rooms of cases and protocol has to know of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import labapp
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.cases.v201.central_system.states import ENERGY_TRANSFER_STARTED
from labapp.cases.v201.values import EVSE_ID
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, Source, TestCase
from labapp.engine.rejudge import Catalogue, rejudge
from labapp.ocpp.listing import rows
from labapp.ocpp.messages201 import Heartbeat, TriggerMessage
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.runner import run_case, run_once
from labapp.selftest.settings import STANDARD
from labapp.services import catalogue, choosing
from labapp.services.catalogue import case_as_json
from labapp.services.planning import project_plan

ROOMS = Path(labapp.__file__).parent
#: Rooms that may know a version: its cases, its protocol, and the devices that speak it.
KNOWING = {"cases", "ocpp", "simulator"}

CASE = TestCase(
    id="TC_Z_01_CSMS",
    title="Trigger a heartbeat during a transaction",
    source=Source("a table of this test", "page 1"),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    before=(state(ENERGY_TRANSFER_STARTED),),
    steps=(
        asked(
            1,
            TriggerMessage.req(requestedMessage="Heartbeat", evse={"id": EVSE_ID}),
            TriggerMessage.conf(status="Accepted"),
        ),
        exchange(3, Heartbeat.req(), Heartbeat.conf()),
    ),
)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The case stands in the catalogue, as it does once its module lists it."""
    monkeypatch.setattr(catalogue, "ALL", (*catalogue.ALL, CASE))
    monkeypatch.setattr(choosing, "ALL", (*choosing.ALL, CASE))
    monkeypatch.setattr(choosing, "CATALOGUE", {**choosing.CATALOGUE, CASE.id: CASE})


def test_it_is_listed() -> None:
    assert [row.id for row in rows(CASE, VERSIONS[CASE.ocpp]) if row.field and row.sender == "sut"] == [
        "TC_Z_01_CSMS/1/TriggerMessageRequest/1/requestedMessage",
        "TC_Z_01_CSMS/1/TriggerMessageRequest/1/evse.id",
    ]
    entry = case_as_json(CASE)
    assert (entry["ocpp"], entry["sut"], entry["before"]) == ("2.0.1", "csms", ["state EnergyTransferStarted_CSMS"])


def test_it_is_run_and_passes_against_the_simulated_central_system() -> None:
    result = run_once(CASE, STANDARD).result
    assert (result["id"], result["verdict"], result["findings"]) == ("TC_Z_01_CSMS", "PASS", [])
    assert all(row["status"] == "passed" for row in result["validations"] if row["id"].startswith(CASE.id))


def test_its_mutants_are_derived_and_every_one_of_them_is_killed() -> None:
    report = run_case(CASE, [STANDARD])
    assert [run.verdict for run in report.conformant] == ["PASS"]
    assert len(report.trials) > 50
    assert [trial.id for trial in report.trials if not trial.killed] == []
    broken = {trial.mutant.validation for trial in report.trials if trial.mutant.kind == "change"}
    assert {row.id for row in rows(CASE, VERSIONS[CASE.ocpp]) if row.field and row.sender == "sut"} <= broken


def test_it_is_judged_again_from_its_journal_alone() -> None:
    journal = run_once(CASE, STANDARD).journal
    known = {**CATALOGUE, CASE.id: CASE}
    found = rejudge(journal.records, Catalogue(known.get, ready_state))
    assert found.same
    assert [each["verdict"] for each in found.cases if each["id"] == CASE.id] == ["PASS"]


@pytest.mark.usefixtures("added")
def test_it_stands_in_the_plan_of_its_version() -> None:
    row = project_plan("2.0.1", "csms", None)[-1]
    assert (row.id, row.title, row.block, row.additional) == (CASE.id, CASE.title, "OCPP 2.0.1", True)
    assert CASE.id not in [each.id for each in project_plan("1.6", "csms", None)]


# No other room knows a version ----------------------------------------------------------------------------------------


def modules() -> Iterator[Path]:
    for path in sorted(ROOMS.rglob("*.py")):
        if path.relative_to(ROOMS).parts[0] not in KNOWING:
            yield path


def decisions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a module decides by the name of a version: a comparison, a pattern, a key, or a module of one version."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                parts: list[ast.AST] = [left, *others]
            case ast.MatchValue(value=value):
                parts = [value]
            case ast.Dict(keys=keys):
                parts = [key for key in keys if key is not None]
            case ast.Subscript(slice=index):
                parts = [index]
            case ast.ImportFrom(module=module) if module and module.startswith("labapp."):
                last = {part for part in module.split(".") if part.endswith(("16", "201"))}
                yield from ((node.lineno, f"imports {part}") for part in last)
                continue
            case _:
                continue
        names = {inner.value for part in parts for inner in ast.walk(part) if isinstance(inner, ast.Constant)}
        yield from ((node.lineno, f"asks for {name}") for name in names & version_names(node))


def version_names(node: ast.AST) -> set[object]:
    # A type that lists the versions decides nothing.
    literal = isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"
    return set() if literal else {*VERSIONS, *(each.subprotocol for each in VERSIONS.values())}


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOMS)))
def test_no_room_but_cases_protocol_and_simulator_decides_by_a_version(path: Path) -> None:
    assert list(decisions(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('x = version.name == "1.6"', "asks for 1.6"),
        ('x = pair in (("2.0.1", "cs"),)', "asks for 2.0.1"),
        ('x = {"ocpp1.6": 1}', "asks for ocpp1.6"),
        ('x = table["2.0.1"]', "asks for 2.0.1"),
        ("from labapp.ocpp.version16 import Version16", "imports version16"),
        ("from labapp.cases.v201.values import EVSE_ID", "imports v201"),
    ],
)
def test_such_a_decision_would_be_seen(line: str, found: str) -> None:
    assert list(decisions(ast.parse(line))) == [(1, found)]
