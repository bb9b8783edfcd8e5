"""`labapp index`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.__main__ import main
from labapp.domain.run_files import JOURNAL
from labapp.domain.stamps import utc_text
from labapp.services.workspace import Workspace
from tests.services.runs import make_run


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The database that the environment names, and a home and a working directory of the test's own."""
    monkeypatch.setenv("LABAPP_DATABASE", database_url)
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return database_url


def test_the_window_s_runs_and_those_of_the_working_directory_are_indexed(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("home/runs/one", "runs/two", "elsewhere/three"):
        make_run(tmp_path / place, ("TC_003_CS", "PASS"))
    assert main(["index", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == f"2 sessions in the index of {Workspace().where}\n"
    one, two = Workspace().sessions()
    told = json.loads(out)
    assert told["sessions"][0] == {
        "directory": str(tmp_path / "home" / "runs" / "one"),
        "run": one.run,
        "project": None,
        "ocpp": "1.6",
        "sut": "cs",
        "mode": "preparation",
        "demonstration": True,
        "started": utc_text(one.started),
        "ended": None,
        "state": "open",
        "cases": 2,
        "verdicts": {"PASS": 1},
        "judge": "j1",
        "version": one.version,
    }
    assert [each["run"] for each in told["sessions"]] == [one.run, two.run]
    assert (told["unreadable"], told["gone"]) == ([], [])


def test_nothing_is_no_fault(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index"]) == 0
    assert capsys.readouterr().err == f"0 sessions in the index of {Workspace().where}\n"


def test_a_run_that_was_changed_is_named(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("good", "changed"):
        make_run(tmp_path / "place" / name, ("TC_003_CS", "PASS"))
    journal = tmp_path / "place" / "changed" / JOURNAL
    journal.write_text(journal.read_text().replace('"j1"', '"j2"'))
    assert main(["index", "place"]) == 2
    out, err = capsys.readouterr()
    told, counted = err.splitlines()
    assert out == ""
    assert told.startswith(f"labapp: {journal}")
    assert counted == f"1 session in the index of {Workspace().where}"


def test_a_place_that_there_is_not_is_named(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        "labapp: nowhere: there is no such directory - name a directory that holds runs\n"
    )


def test_a_database_of_no_use_is_named(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("no database\n" * 100)
    monkeypatch.setenv("LABAPP_DATABASE", str(tmp_path / "notes.txt"))
    assert main(["index"]) == 3
    assert capsys.readouterr().err == (
        f"labapp: {tmp_path}/notes.txt: is no database of labapp - "
        "name another file in LABAPP_DATABASE, or move this one away\n"
    )
