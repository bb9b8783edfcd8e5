"""The index of sessions as the directories of the runs tell it: one entry for each, and the search for all of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labapp.bench.files import replace_file
from labapp.bench.history import History
from labapp.bench.journal_entries import read_history
from labapp.domain.errors import EnvironmentFault, InputError, LabappError
from labapp.domain.run_files import JOURNAL, PROJECT
from labapp.services.run_directory import refuse_no_run
from labapp.storage.entries import SessionCase, SessionEntry, SessionState

#: In the directory of a run: which project of the workspace it belongs to. No part of the evidence.
BELONGS = "workspace.json"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuilding the index came to. unreadable: directories of runs that are not in it, with the reason.

    gone: directories that it had and that are no more.
    """

    indexed: tuple[SessionEntry, ...]
    unreadable: tuple[tuple[Path, LabappError], ...] = ()
    gone: tuple[Path, ...] = ()


def whole(directory: Path) -> Path:
    """The one path under which a directory stands in the index."""
    return Path(os.path.abspath(directory))


def read_session(directory: Path, project: int | None) -> SessionEntry:
    """The entry of a run, from its journal. project: that it belongs to.

    Raises: InputError when it is no run, or its journal was changed; EnvironmentFault when it cannot be read.
    """
    refuse_no_run(directory)
    history = read_history(directory)
    try:
        return _entry(directory, project, history)
    except (KeyError, TypeError, ValueError) as error:
        # The chain is whole, so whoever wrote the journal did not know its form.
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"the journal cannot be understood: {reason}",
            where=str(directory / JOURNAL),
            mend="use the labapp that wrote it",
        ) from error


def belonging(directory: Path) -> str | None:
    """The key of the project that a run belongs to; None when the directory does not tell."""
    try:
        told = json.loads((directory / BELONGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    key = told.get("project") if isinstance(told, dict) else None
    return key if isinstance(key, str) else None


def note_belonging(directory: Path, key: str) -> None:
    """Have the directory tell which project it belongs to, so that an index made anew knows it again."""
    if belonging(directory) != key:
        try:
            replace_file(directory / BELONGS, json.dumps({"project": key}) + "\n")
        except EnvironmentFault:
            # A run that was put away for good cannot be written; the index alone knows then.
            return


def find_runs(roots: Iterable[Path]) -> Iterator[tuple[Path, LabappError | None]]:
    """The directories of runs at and below the roots, and those that cannot be looked into, with the reason."""
    refused: list[tuple[Path, LabappError]] = []

    def refuse(error: OSError) -> None:
        place = Path(error.filename or "")
        refused.append((place, _unreadable(place, error)))

    for root in roots:
        for name, folders, files in os.walk(root, onerror=refuse):
            folders.sort()
            if JOURNAL in files and PROJECT in files:
                # Whatever lies within a run is part of it.
                folders.clear()
                yield whole(Path(name)), None
    yield from refused


def _unreadable(place: Path, error: OSError) -> EnvironmentFault:
    reason = (error.strerror or "unknown reason").lower()
    return EnvironmentFault(f"cannot be read: {reason}", where=str(place), mend="grant read access")


def _entry(directory: Path, project: int | None, history: History) -> SessionEntry:
    started = history.started
    standing = {choice.id: history.standing(choice.id) for choice in history.choices}
    verdicts = Counter(result["verdict"] for result in standing.values() if result is not None)
    return SessionEntry(
        directory=whole(directory),
        run=history.run,
        project=project,
        ocpp=started["ocpp"],
        sut=started["sut"],
        mode=started["mode"],
        demonstration=history.demonstration,
        started=_moment(history.begun_at),
        ended=_moment(history.ended_at) if history.ended_at else None,
        state=_state(history),
        planned=len(history.choices),
        verdicts=dict(sorted(verdicts.items())),
        judge=started["judge"],
        version=started["version"],
        cases=tuple(_case(result, standing.get(result["id"])) for result in history.results),
    )


def _state(history: History) -> SessionState:
    if history.fault:
        return "broken"
    return "ended" if history.ended_at else "open"


def _case(result: Any, standing: Any) -> SessionCase:
    return SessionCase(
        case=result["id"],
        attempt=result["attempt"],
        verdict=result["verdict"],
        reason_code=result["reason_code"],
        standing=result is standing,
        started=_moment(result["started"]),
        ended=_moment(result["ended"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
