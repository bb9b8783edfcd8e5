"""The list of projects as it was last: a window shows it at once, and the database's own as soon as that is open."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from labapp.bench.files import replace_file
from labapp.domain.errors import EnvironmentFault
from labapp.services.home import labapp_home
from labapp.storage.entries import ProjectEntry


class RecentProjects:
    """What was listed last of one database. It may be out of date, and nothing but the window's first picture rests on it."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        """url: of the database, as `database_url` gives it. folder: where the list is kept, None for labapp's."""
        self._path = (folder or labapp_home()) / "recent-projects.json"
        # The URL may hold a password, so it is not written.
        self._database = hashlib.sha256(url.encode()).hexdigest()

    def last(self) -> tuple[ProjectEntry, ...]:
        """The projects as they were listed last; none when that is not known."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["database"] != self._database:
                return ()
            return tuple(
                ProjectEntry(**{**each, "changed": datetime.fromisoformat(each["changed"])})
                for each in kept["projects"]
            )
        except (OSError, ValueError, TypeError, KeyError):
            return ()

    def keep(self, projects: Iterable[ProjectEntry]) -> None:
        """Keep what is listed now; where that cannot be written, the next window waits for its database."""
        listed = [{**asdict(each), "changed": each.changed.isoformat()} for each in projects]
        with contextlib.suppress(EnvironmentFault):
            replace_file(self._path, json.dumps({"database": self._database, "projects": listed}) + "\n", mode=0o600)
