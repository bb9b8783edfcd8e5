"""What is offered when no project is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from labapp.presentation.start import ProjectLine, free_name, project_lines


@dataclass(frozen=True)
class Entry:
    id: int
    name: str
    dut: str
    sut: str
    changed: datetime
    sessions: int


def test_the_last_changed_project_stands_first() -> None:
    old = Entry(1, "A", "Volt X1", "cs", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), 0)
    new = Entry(2, "B", "", "csms", datetime(2026, 1, 3, 3, 4, tzinfo=UTC), 1)
    third = Entry(3, "C", "", "cs", datetime(2025, 1, 3, 3, 4, tzinfo=UTC), 7)
    assert project_lines([old, new, third]) == (
        ProjectLine(2, "B", "central system · 1 session · changed 2026-01-03 03:04 UTC"),
        ProjectLine(1, "A", "Volt X1 · charging station · no session yet · changed 2026-01-02 03:04 UTC"),
        ProjectLine(3, "C", "charging station · 7 sessions · changed 2025-01-03 03:04 UTC"),
    )


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("Box", []) == "Box"
    assert free_name("Box", ["Box", "Box 2"]) == "Box 3"
