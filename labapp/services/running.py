"""What is under way when the window is opened: a session whose bench lives, and its project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labapp.domain.draft import Draft
from labapp.services.run_directory import refuse_no_run
from labapp.services.window_sessions import bench_lives
from labapp.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Running:
    """A session to show. draft: its project, None when the database has none for it."""

    directory: Path
    draft: Draft | None


def running_session(workspace: Workspace, directory: Path | None = None) -> Running | None:
    """The session in a directory; without one the newest whose bench lives, None when there is none.

    Raises: InputError when the directory holds no run; EnvironmentFault when the database cannot be read.
    """
    entries = workspace.sessions()
    if directory is not None:
        refuse_no_run(directory)
        project = next((each.project for each in entries if each.directory == directory.absolute()), None)
        return Running(directory.absolute(), _draft(workspace, project))
    for entry in reversed(entries):
        if entry.ended is None and bench_lives(entry.directory):
            return Running(entry.directory, _draft(workspace, entry.project))
    return None


def _draft(workspace: Workspace, project: int | None) -> Draft | None:
    return workspace.open(project) if project is not None else None
