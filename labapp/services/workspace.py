"""The laboratory's projects and sessions, kept in a database; what is kept is never overwritten.

Every method blocks and may be called from any thread. Each raises EnvironmentFault when the database is locked or does not answer:
then nothing has been kept of that call, and it may be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from labapp.domain.draft import Draft
from labapp.domain.entered import as_json
from labapp.domain.errors import LabappError
from labapp.services.home import database_url
from labapp.services.workspace_drafts import (
    demonstration_draft,
    identity_of,
    keepable,
    plan_of_draft,
    read_draft,
    write_draft,
)
from labapp.services.workspace_sessions import (
    Rebuilt,
    belonging,
    find_runs,
    note_belonging,
    read_session,
)
from labapp.storage import projects, session_index
from labapp.storage.database import PATIENCE, Database
from labapp.storage.entries import (
    KeptMeasurement,
    ProjectEntry,
    RevisionEntry,
    SessionCase,
    SessionEntry,
    SessionState,
)

__all__ = [
    "KeptMeasurement",
    "ProjectEntry",
    "Rebuilt",
    "RevisionEntry",
    "SessionCase",
    "SessionEntry",
    "SessionState",
    "Workspace",
    "database_url",
]


class Workspace:
    """Projects with their declarations, plans and measurements, and the index of sessions."""

    def __init__(self, url: str | None = None, *, patience: float = PATIENCE) -> None:
        """Open the database, and make it where there is none. url: None for `database_url`. patience: seconds to wait for others.

        Raises: InputError for a URL that labapp cannot use; EnvironmentFault when the database is locked, cannot be read, is of a
        newer version, or none of labapp's.
        """
        self._database = Database(url if url is not None else database_url(), patience=patience)

    @property
    def where(self) -> str:
        """The database for people: its file, or its URL without the password."""
        return self._database.where

    # Projects ---------------------------------------------------------------------------------------------------------

    def projects(self) -> tuple[ProjectEntry, ...]:
        """Every project, the one changed last first."""
        with self._database.reading() as session:
            return projects.all_projects(session)

    def create(self, name: str, sut: str = "cs", *, simulated: bool = False) -> Draft:
        """A new project. sut: "cs" or "csms". simulated: the device is this machine's simulator."""
        return self.save(Draft(0, name, {"project": {"sut": sut}}, simulated=simulated), "project created")

    def demonstration(self) -> Draft:
        """A new project that shows labapp on the simulated charging station."""
        return self.save(demonstration_draft(), "demonstration created")

    def open(self, project: int) -> Draft:
        """The project as it stands. Raises InputError when there is none."""
        with self._database.reading() as session:
            return projects.draft_of(session, project)

    def save(self, draft: Draft, what: str) -> Draft:
        """Keep a draft as a further revision, or as a new project when its id is 0; what has not changed makes none.

        what: was done, in a few words. Returns the draft as it is kept. Raises: InputErrors for a secret that stands in it itself,
        and for what cannot be kept; InputError when there is no such project.
        """
        draft = keepable(draft)
        plan = plan_of_draft(draft)
        with self._database.writing() as session:
            return projects.keep(session, draft, what, identity_of(draft), plan)

    def undo(self, project: int) -> Draft | None:
        """Take back the last change that is not taken back yet, by a further revision; None when there is none.

        Raises InputError when there is no such project.
        """
        with self._database.writing() as session:
            before = projects.before_last(session, project)
            if before is None:
                return None
            number, draft = before
            return projects.restore(session, project, number, identity_of(draft), plan_of_draft(draft))

    def revisions(self, project: int) -> tuple[RevisionEntry, ...]:
        """Every change of a project, newest last. Raises InputError when there is no such project."""
        with self._database.reading() as session:
            return projects.revisions_of(session, project)

    def plan(self, project: int) -> tuple[Mapping[str, Any], ...] | None:
        """The plan of a project's answers as they stand, as `labapp plan --json` prints it; None while they have faults."""
        with self._database.reading() as session:
            kept = projects.plan_of(session, project)
            return None if kept is None else tuple(kept.rows)

    def import_project(self, path: Path) -> Draft:
        """A new project from a project file and the declaration that it names; values that need mending are kept as they are.

        Raises: InputError and InputErrors for files that cannot be read, or hold what a project does not.
        """
        return self.save(read_draft(path), f"imported from {path.name}")

    def export_project(self, draft: Draft, folder: Path) -> Path:
        """Write PROJECT.toml, and pics.toml when there are answers, in place of earlier ones; returns the former.

        Raises: InputErrors naming the answers that are none; EnvironmentFault when the folder cannot be written.
        """
        return write_draft(draft, folder)

    # Sessions ---------------------------------------------------------------------------------------------------------

    def sessions(self, project: int | None = None) -> tuple[SessionEntry, ...]:
        """The sessions of a project, or all of them for None; the one begun last stands last."""
        with self._database.reading() as session:
            return session_index.sessions_of(session, project)

    def note_session(self, directory: Path, project: int | None = None) -> SessionEntry:
        """Enter a run in the index, or bring its entry up to date. project: that it belongs to; None: as it was.

        Raises: InputError when it is no run, its journal was changed, or there is no such project; EnvironmentFault besides when
        it cannot be read.
        """
        entry = read_session(directory, project)
        with self._database.writing() as session:
            if project is not None:
                note_belonging(entry.directory, projects.key_of(session, project))
                return session_index.put(session, entry)
            owner = _owner(session, entry.directory, session_index.links(session))
            return session_index.put(session, replace(entry, project=owner))

    def rebuild(self, *roots: Path) -> Rebuilt:
        """The index anew, from the runs at and below the roots and those that it knows from elsewhere.

        A run belongs to the project that its directory tells, else to the one that the index knew.
        """
        with self._database.reading() as session:
            known = dict(session_index.links(session))
        found = list(find_runs(roots))
        unreadable = [(place, error) for place, error in found if error is not None]
        runs = dict.fromkeys([place for place, error in found if error is None])
        gone = tuple(place for place in known if place not in runs and not place.exists())
        entries: list[SessionEntry] = []
        for directory in [*runs, *(place for place in known if place not in runs and place not in gone)]:
            try:
                entries.append(read_session(directory, None))
            except LabappError as error:
                unreadable.append((directory, error))
        with self._database.writing() as session:
            # What has been entered meanwhile stays.
            later = [
                entry
                for entry in session_index.sessions_of(session, None)
                if entry.directory not in known and entry.directory not in runs
            ]
            known |= session_index.links(session)
            entries = [replace(each, project=_owner(session, each.directory, known)) for each in entries]
            session_index.replace_all(session, [*entries, *later])
        entries.sort(key=lambda entry: (entry.started, str(entry.directory)))
        return Rebuilt(tuple(entries), tuple(unreadable), gone)

    # Measurements -----------------------------------------------------------------------------------------------------

    def measurements(self, project: int) -> tuple[KeptMeasurement, ...]:
        """The measurements of the network of a project, newest last. Raises InputError when there is no such project."""
        with self._database.reading() as session:
            return projects.measurements_of(session, project)

    def keep_measurement(self, project: int, content: Mapping[str, Any]) -> None:
        """Keep one more measurement, as `measurement_to_json` gives it. Raises InputError when there is no such project."""
        at = datetime.fromisoformat(content["at"]).astimezone(UTC)
        with self._database.writing() as session:
            projects.keep_measurement(session, project, at, as_json(content))


def _owner(session: Session, directory: Path, known: Mapping[Path, int | None]) -> int | None:
    """The project that a run belongs to: as its directory tells, else as the index knew."""
    told = belonging(directory)
    owner = projects.project_with(session, told) if told is not None else None
    return owner if owner is not None else known.get(directory)
