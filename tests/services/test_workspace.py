"""Projects in the workspace: revisions, undo, what the list shows, and what a locked database does to them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labapp.domain.draft import Draft
from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.services.intake import demonstration_pics
from labapp.services.planning import plan_as_json, plan_for
from labapp.services.workspace import KeptMeasurement, ProjectEntry, Workspace
from labapp.services.workspace import database_url as default_database
from tests.storage.databases import another_writer, column

ANSWERS = {"general.dut": "Charging Station", "general.vendor_name": "Volta"}


@pytest.fixture
def workspace(database_url: str) -> Workspace:
    return Workspace(database_url)


# Revisions ------------------------------------------------------------------------------------------------------------


def test_a_new_project_is_opened_as_it_was_created(workspace: Workspace) -> None:
    draft = workspace.create("Wallbox 11 kW", "csms", simulated=True)
    assert (draft.name, draft.sut, draft.simulated, dict(draft.answers)) == ("Wallbox 11 kW", "csms", True, {})
    assert workspace.open(draft.id) == draft


def test_every_change_is_a_further_revision(workspace: Workspace) -> None:
    first = workspace.create("P")
    second = workspace.save(first.with_value("connection", "identity", "CP1"), "identity entered")
    third = workspace.save(second.with_answer("general.dut", "CSMS"), "general.dut answered")
    assert workspace.open(first.id) == third
    assert [(each.number, each.what, each.restores) for each in workspace.revisions(first.id)] == [
        (1, "project created", None),
        (2, "identity entered", None),
        (3, "general.dut answered", None),
    ]


def test_what_has_not_changed_is_no_revision(workspace: Workspace) -> None:
    draft = workspace.create("P")
    assert workspace.save(draft, "nothing") == draft
    assert len(workspace.revisions(draft.id)) == 1


def test_an_entry_of_another_type_is_a_change(workspace: Workspace) -> None:
    draft = workspace.save(workspace.create("P").with_value("dut", "connectors", 1), "one")
    workspace.save(draft.with_value("dut", "connectors", True), "true")
    assert workspace.open(draft.id).value("dut", "connectors") is True
    workspace.save(draft.with_value("dut", "connectors", 1.0), "a number")
    assert json.dumps(workspace.open(draft.id).value("dut", "connectors")) == "1.0"


def test_undoing_goes_back_change_by_change_and_loses_nothing(workspace: Workspace) -> None:
    first = workspace.create("P")
    second = workspace.save(first.with_answer("general.dut", "CSMS"), "answered")
    third = workspace.save(second.with_value("run", "reset", "off"), "reset chosen")
    assert workspace.undo(first.id) == second
    assert workspace.undo(first.id) == first
    assert workspace.undo(first.id) is None
    assert workspace.open(first.id) == first
    assert [(each.number, each.what, each.restores) for each in workspace.revisions(first.id)] == [
        (1, "project created", None),
        (2, "answered", None),
        (3, "reset chosen", None),
        (4, "reset chosen", 2),
        (5, "answered", 1),
    ]
    again = workspace.save(third, "entered again")
    assert workspace.undo(first.id) == first
    assert (again, workspace.undo(first.id)) == (third, None)


def test_a_project_that_there_is_not_is_named(workspace: Workspace) -> None:
    with pytest.raises(InputError) as fault:
        workspace.open(7)
    assert str(fault.value) == "project 7: there is no such project - choose one from the list"
    for call in (
        lambda: workspace.save(Draft(7, "P"), ""),
        lambda: workspace.undo(7),
        lambda: workspace.revisions(7),
        lambda: workspace.measurements(7),
        lambda: workspace.keep_measurement(7, {"at": "2026-01-01T00:00:00Z"}),
    ):
        with pytest.raises(InputError, match="there is no such project"):
            call()
    assert workspace.projects() == ()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
DRAFTS = st.builds(
    Draft,
    id=st.just(0),
    name=st.text(),
    tables=st.dictionaries(st.text(), st.dictionaries(st.text(), JSON_VALUES, max_size=3), max_size=3),
    answers=st.dictionaries(st.text(), JSON_VALUES, max_size=3),
    edition=st.text(),
    simulated=st.booleans(),
)


@given(DRAFTS, DRAFTS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_draft_is_opened_as_it_was_kept(workspace: Workspace, draft: Draft, other: Draft) -> None:
    kept = workspace.save(draft, draft.name)
    assert json.dumps(_stated(workspace.open(kept.id))) == json.dumps({**_stated(draft), "id": kept.id})
    changed = workspace.save(Draft(kept.id, other.name, other.tables, other.answers, other.edition), other.edition)
    assert workspace.open(kept.id) == changed
    undone = workspace.undo(kept.id)
    assert undone in (kept, None)


def _stated(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in ("id", "name", "tables", "answers", "edition", "simulated")}


def test_a_secret_itself_is_not_kept(workspace: Workspace) -> None:
    draft = workspace.create("P")
    with pytest.raises(InputErrors) as fault:
        workspace.save(draft.with_value("connection", "password", "hunter2"), "password entered")
    assert str(fault.value) == (
        "PROJECT.toml [connection] password: names no secret, and a secret itself never stands in the file - "
        'write "env:NAME" or "keyring:SERVICE/USER"'
    )
    kept = workspace.save(draft.with_value("connection", "password", "env:DUT_PASSWORD"), "password named")
    assert workspace.open(draft.id) == kept


def test_what_json_does_not_have_is_named(workspace: Workspace) -> None:
    draft = workspace.create("P").with_value("run", "quiet_window", float("nan"))
    with pytest.raises(InputErrors) as fault:
        workspace.save(draft.with_answer("limits.connectors", datetime(2026, 1, 1, tzinfo=UTC)), "")
    assert str(fault.value).splitlines() == [
        "PROJECT.toml [run] quiet_window: is no value that can be kept - enter a text or a number",
        "limits.connectors: is no value that can be kept - enter a text or a number",
    ]


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_was_changed_last_first(workspace: Workspace) -> None:
    before = datetime.now(UTC)
    one, two = workspace.create("One"), workspace.create("Two", "csms")
    workspace.save(one.with_answer("general.vendor_name", "Volta").with_value("dut", "model", "W11"), "named")
    entries = workspace.projects()
    assert [(each.id, each.name, each.dut, each.sut, each.sessions, each.applicable) for each in entries] == [
        (one.id, "One", "Volta W11", "cs", 0, None),
        (two.id, "Two", "", "csms", 0, None),
    ]
    assert all(before <= each.changed <= datetime.now(UTC) for each in entries)


def test_a_device_is_one_in_all_projects(workspace: Workspace, database_url: str) -> None:
    for name in ("One", "Two"):
        workspace.save(Draft(0, name, answers=ANSWERS), "")
    draft = workspace.save(Draft(0, "Three", answers={"general.vendor_name": "Vol"}), "half typed")
    workspace.save(draft.with_answer("general.vendor_name", "Volta"), "typed")
    assert [each.dut for each in workspace.projects()] == ["Volta"] * 3
    assert column(database_url, "SELECT vendor FROM duts") == ["Volta"]


def test_the_demonstration_is_a_project_with_its_plan(workspace: Workspace) -> None:
    draft = workspace.demonstration()
    rows = plan_as_json(plan_for(demonstration_pics()))
    assert (draft.name, draft.simulated, draft.value("connection", "identity")) == ("Demonstration", True, "DEMO-1")
    assert draft.value("network", "far_end") is None
    assert list(workspace.plan(draft.id) or ()) == rows
    [entry] = workspace.projects()
    assert isinstance(entry, ProjectEntry)
    assert entry.dut == "labapp demonstration Simulated AC charging station SIM-0001"
    assert entry.applicable == sum(row["applicable"] for row in rows) > 50


def test_the_plan_follows_the_answers(workspace: Workspace) -> None:
    draft = workspace.demonstration()
    unfit = workspace.save(draft.with_answer("general.dut", "a toaster"), "general.dut answered")
    assert workspace.plan(draft.id) is None
    assert workspace.undo(draft.id) == draft
    assert len(workspace.plan(draft.id) or ()) > 50
    other = unfit.with_answer("general.dut", "Charging Station").with_value("project", "ocpp", "2.0.1")
    workspace.save(other, "")
    assert workspace.plan(draft.id) is None
    workspace.save(other.with_value("project", "sut", "csms"), "")
    assert [row["id"] for row in workspace.plan(draft.id) or ()][:2] == ["TC_B_20_CSMS", "TC_B_21_CSMS"]


# Measurements ---------------------------------------------------------------------------------------------------------


def test_measurements_are_kept_in_their_order(workspace: Workspace) -> None:
    draft, other = workspace.create("P"), workspace.create("Q")
    late = {"at": "2026-02-01T12:00:00.000Z", "verdict": "ok", "latencies": [1.5, None]}
    early = {"at": "2026-02-01T12:30:00.000+02:00", "verdict": "violated"}
    workspace.keep_measurement(draft.id, late)
    workspace.keep_measurement(draft.id, early)
    noon = datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert workspace.measurements(draft.id) == (
        KeptMeasurement(noon - timedelta(hours=1, minutes=30), early),
        KeptMeasurement(noon, late),
    )
    assert workspace.measurements(other.id) == ()


# One database for several ---------------------------------------------------------------------------------------------


def test_changes_of_several_writers_are_all_kept(database_url: str) -> None:
    spaces = [Workspace(database_url, patience=20) for _ in range(2)]
    draft = spaces[0].create("P")

    def change(number: int) -> None:
        spaces[number % 2].save(draft.with_value("values", "heartbeat_interval", number), f"change {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(1, 21)))
    revisions = spaces[0].revisions(draft.id)
    assert [each.number for each in revisions] == list(range(1, 22))
    assert {each.what for each in revisions} == {"project created", *(f"change {number}" for number in range(1, 21))}


def test_a_change_that_a_locked_database_refuses_is_kept_later(database_url: str) -> None:
    workspace = Workspace(database_url, patience=0.05)
    draft = workspace.create("P")
    changed = draft.with_value("connection", "identity", "CP1")
    with another_writer(database_url), pytest.raises(EnvironmentFault) as fault:
        workspace.save(changed, "identity entered")
    assert (fault.value.what, fault.value.mend) == (
        "another program is writing to the database",
        "end it or let it finish, then try again; nothing is lost",
    )
    assert workspace.open(draft.id) == draft
    workspace.save(changed, "identity entered")
    assert workspace.open(draft.id) == changed


def test_the_database_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path))
    monkeypatch.delenv("LABAPP_DATABASE", raising=False)
    assert default_database() == str(tmp_path / "labapp.sqlite3")
    assert Workspace().where == str(tmp_path / "labapp.sqlite3")
    monkeypatch.setenv("LABAPP_DATABASE", str(tmp_path / "other.db"))
    assert Workspace().where == str(tmp_path / "other.db")
    assert (tmp_path / "other.db").is_file()
