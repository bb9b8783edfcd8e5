"""The list of projects as it was last, for the window's first picture."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from labapp.services.recent_projects import RecentProjects
from labapp.storage.entries import ProjectEntry

LISTED = (
    ProjectEntry(2, "Wallbox", "ACME W2 007", "cs", False, datetime(2027, 1, 15, 8, tzinfo=UTC), 3, 62),
    ProjectEntry(1, "Backend", "", "csms", False, datetime(2027, 1, 14, 8, tzinfo=UTC), 0),
)


def test_what_was_listed_is_there_again(tmp_path: Path) -> None:
    RecentProjects("one.sqlite3", tmp_path).keep(LISTED)
    assert RecentProjects("one.sqlite3", tmp_path).last() == LISTED


def test_another_database_has_a_list_of_its_own(tmp_path: Path) -> None:
    RecentProjects("one.sqlite3", tmp_path).keep(LISTED)
    assert RecentProjects("postgresql://lab:secret@host/labapp", tmp_path).last() == ()


def test_the_url_is_not_written(tmp_path: Path) -> None:
    RecentProjects("postgresql://lab:secret@host/labapp", tmp_path).keep(LISTED)
    (file,) = tmp_path.iterdir()
    assert "secret" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"database": 1}', '{"database": "x", "projects": [{}]}'])
def test_what_cannot_be_read_is_no_list(tmp_path: Path, text: str) -> None:
    recent = RecentProjects("one.sqlite3", tmp_path)
    assert recent.last() == ()
    recent.keep(())
    (file,) = tmp_path.iterdir()
    kept = file.read_text(encoding="utf-8")
    file.write_text(text if "x" not in text else kept.replace("[]", "[{}]"), encoding="utf-8")
    assert recent.last() == ()


def test_a_folder_that_refuses_costs_nothing(tmp_path: Path) -> None:
    recent = RecentProjects("one.sqlite3", tmp_path / "is" / "not" / "there")
    recent.keep(LISTED)
    assert recent.last() == ()
