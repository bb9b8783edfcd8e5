"""The index of sessions: what it says of a run, and that it can be made anew from the runs alone."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from labapp.bench.journal_entries import amend, read_history
from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import JOURNAL
from labapp.domain.stamps import utc_text
from labapp.services.workspace import SessionCase, Workspace
from labapp.services.workspace_sessions import BELONGS
from labapp.storage.database import Database
from tests.services.runs import add_attempts, end_run, make_run

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace(database_url: str) -> Workspace:
    return Workspace(database_url)


def forget_sessions(url: str) -> None:
    """As a database does whose index was lost."""
    with Database(url).writing() as session:
        session.execute(text("DELETE FROM session_cases"))
        session.execute(text("DELETE FROM sessions"))


def test_a_session_is_entered_as_its_journal_tells_it(workspace: Workspace, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", ("TC_003_CS", "FAIL"), ("TC_003_CS", "PASS"), ("TC_004_1_CS", "PASS"))
    project = workspace.create("P")
    entry = workspace.note_session(tmp_path / "run", project.id)
    assert (entry.directory, entry.run, entry.project) == (tmp_path / "run", run, project.id)
    assert (entry.ocpp, entry.sut, entry.mode, entry.demonstration) == ("1.6", "cs", "preparation", True)
    assert utc_text(entry.started) == read_history(tmp_path / "run").begun_at
    assert (entry.ended, entry.state, entry.planned, entry.judge) == (None, "open", 2, "j1")
    # The first FAIL stands until an amendment names another cause.
    assert entry.verdicts == {"FAIL": 1, "PASS": 1}
    assert entry.cases == (
        SessionCase("TC_003_CS", 1, "FAIL", "validation", True, NEW_YEAR, NEW_YEAR),
        SessionCase("TC_003_CS", 2, "PASS", "", False, NEW_YEAR, NEW_YEAR),
        SessionCase("TC_004_1_CS", 1, "PASS", "", True, NEW_YEAR, NEW_YEAR),
    )
    assert workspace.sessions(project.id) == (entry,)
    assert [each.sessions for each in workspace.projects()] == [1]


def test_a_session_is_brought_up_to_date_and_stays_with_its_project(workspace: Workspace, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", ("TC_003_CS", "FAIL"))
    project = workspace.create("P")
    workspace.note_session(tmp_path / "run", project.id)
    add_attempts(tmp_path / "run", run, ("TC_004_1_CS", "PASS"))
    amend(tmp_path / "run", "TC_003_CS", "lab", "a loose cable", "M. Jansen")
    end_run(tmp_path / "run", run)
    entry = workspace.note_session(tmp_path / "run")
    assert (entry.project, entry.state) == (project.id, "ended")
    assert utc_text(entry.ended or NEW_YEAR) == read_history(tmp_path / "run").ended_at
    assert entry.verdicts == {"FAIL": 1, "PASS": 1}
    assert workspace.sessions() == (entry,)


def test_a_session_that_a_fault_ended_is_broken(workspace: Workspace, tmp_path: Path) -> None:
    end_run(tmp_path / "run", make_run(tmp_path / "run"), {"text": "the port is gone", "exit_status": 3})
    assert workspace.note_session(tmp_path / "run").state == "broken"


def test_sessions_of_a_project_are_its_own_and_the_last_stands_last(workspace: Workspace, tmp_path: Path) -> None:
    one, two = workspace.create("One"), workspace.create("Two")
    for name, project in (("c", one), ("b", two), ("a", one)):
        make_run(tmp_path / name)
        workspace.note_session(tmp_path / name, project.id)
    make_run(tmp_path / "d")
    workspace.note_session(tmp_path / "d")
    assert [each.directory.name for each in workspace.sessions(one.id)] == ["c", "a"]
    assert [(each.directory.name, each.project) for each in workspace.sessions()] == [
        ("c", one.id),
        ("b", two.id),
        ("a", one.id),
        ("d", None),
    ]


def test_what_is_no_run_is_not_entered(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        workspace.note_session(tmp_path / "none")
    assert str(fault.value) == f"{tmp_path}/none: there is no such directory - name the directory of a run"
    make_run(tmp_path / "run")
    with pytest.raises(InputError, match="there is no such project"):
        workspace.note_session(tmp_path / "run", 7)
    assert not (tmp_path / "run" / BELONGS).exists()
    assert workspace.sessions() == ()


def test_a_journal_of_another_form_is_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(tmp_path / "run")
    history = read_history(tmp_path / "run")
    history.started = {name: value for name, value in history.started.items() if name != "judge"}
    monkeypatch.setattr("labapp.services.workspace_sessions.read_history", lambda _: history)
    with pytest.raises(InputError) as fault:
        workspace.note_session(tmp_path / "run")
    assert str(fault.value) == (
        f"{tmp_path}/run/journal.jsonl: the journal cannot be understood: 'judge' is missing - use the labapp that wrote it"
    )


# Anew -----------------------------------------------------------------------------------------------------------------


def test_the_index_made_anew_is_the_one_that_was_kept(workspace: Workspace, database_url: str, tmp_path: Path) -> None:
    one, two = workspace.create("Same name"), workspace.create("Same name")
    for number, project in enumerate((one.id, two.id, None, two.id)):
        directory = tmp_path / "runs" / f"depth{number % 2}" / f"run{number}"
        run = make_run(directory, ("TC_003_CS", "PASS"), ("TC_004_1_CS", "FAIL"))
        workspace.note_session(directory, project)
        if number % 2:
            end_run(directory, run)
            workspace.note_session(directory)
    kept = workspace.sessions()
    forget_sessions(database_url)
    assert workspace.sessions() == ()
    rebuilt = workspace.rebuild(tmp_path / "runs")
    assert (rebuilt.indexed, rebuilt.unreadable, rebuilt.gone) == (kept, (), ())
    assert workspace.sessions() == kept
    assert [each.project for each in kept] == [one.id, two.id, None, two.id]


def test_what_the_index_knows_from_elsewhere_stays_and_what_is_gone_leaves(
    workspace: Workspace, tmp_path: Path
) -> None:
    project = workspace.create("P")
    for name in ("runs/found", "elsewhere", "gone"):
        make_run(tmp_path / name)
        workspace.note_session(tmp_path / name, project.id)
    # A run that was put away tells nothing; the index still knows.
    (tmp_path / "elsewhere" / BELONGS).unlink()
    shutil.rmtree(tmp_path / "gone")
    rebuilt = workspace.rebuild(tmp_path / "runs")
    assert [each.directory.name for each in rebuilt.indexed] == ["found", "elsewhere"]
    assert rebuilt.gone == (tmp_path / "gone",)
    assert workspace.sessions(project.id) == rebuilt.indexed


def test_a_run_of_another_database_belongs_to_no_project(workspace: Workspace, tmp_path: Path) -> None:
    make_run(tmp_path / "run")
    (tmp_path / "run" / BELONGS).write_text(json.dumps({"project": "0" * 32}))
    workspace.create("P")
    [entry] = workspace.rebuild(tmp_path).indexed
    assert entry.project is None


@pytest.mark.parametrize("content", ["", "[]", '{"project": 1}', "\0"])
def test_a_directory_that_tells_nonsense_tells_nothing(workspace: Workspace, tmp_path: Path, content: str) -> None:
    make_run(tmp_path / "run")
    (tmp_path / "run" / BELONGS).write_text(content)
    assert workspace.note_session(tmp_path / "run").project is None


def test_runs_that_cannot_be_read_are_told_and_the_others_entered(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("changed", "good"):
        make_run(tmp_path / name, ("TC_003_CS", "PASS"))
    journal = tmp_path / "changed" / JOURNAL
    journal.write_text(journal.read_text().replace('"j1"', '"j2"'))
    rebuilt = workspace.rebuild(tmp_path, tmp_path / "nowhere")
    assert [each.directory.name for each in rebuilt.indexed] == ["good"]
    [(nowhere, missing), (changed, broken)] = rebuilt.unreadable
    assert nowhere == tmp_path / "nowhere"
    assert isinstance(missing, EnvironmentFault)
    assert str(missing) == f"{nowhere}: cannot be read: no such file or directory - grant read access"
    assert (changed, broken.exit_status) == (tmp_path / "changed", 2)
    assert broken.where.startswith(str(journal))
    assert workspace.sessions() == rebuilt.indexed
