"""`labapp index`: the window's index of sessions, made anew from the directories of the runs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labapp.domain.errors import InputError
from labapp.domain.stamps import utc_text

if TYPE_CHECKING:
    from labapp.services.workspace import Rebuilt, SessionEntry


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `index`."""
    index = commands.add_parser(
        "index",
        help="make the window's index of sessions anew",
        description="Make the window's index of sessions anew from the directories of the runs. Projects are left as they are; a run "
        "belongs to the project that its directory names.",
    )
    index.add_argument(
        "directories",
        type=Path,
        nargs="*",
        metavar="DIR",
        help="where runs are looked for (default: the window's sessions, and ./runs)",
    )
    index.add_argument("--json", action="store_true", help="the index as JSON on standard output")
    index.set_defaults(handler=_index)


def _index(args: argparse.Namespace) -> int:
    # The database takes long to import.
    from labapp.services.window_sessions import runs_folder
    from labapp.services.workspace import Workspace

    for directory in args.directories:
        if not directory.is_dir():
            raise InputError(
                "there is no such directory", where=str(directory), mend="name a directory that holds runs"
            )
    roots = args.directories or [each for each in (runs_folder(), Path("runs")) if each.is_dir()]
    workspace = Workspace()
    rebuilt = workspace.rebuild(*roots)
    if args.json:
        print(json.dumps(_as_json(workspace.where, rebuilt), ensure_ascii=False))
    for place, error in rebuilt.unreadable:
        print(f"labapp: {error}" if str(place) in str(error) else f"labapp: {place}: {error}", file=sys.stderr)
    for place in rebuilt.gone:
        print(f"{place}: is no more, and left the index", file=sys.stderr)
    count = len(rebuilt.indexed)
    print(f"{count} session{'' if count == 1 else 's'} in the index of {workspace.where}", file=sys.stderr)
    return max((error.exit_status for _, error in rebuilt.unreadable), default=0)


def _as_json(where: str, rebuilt: Rebuilt) -> dict[str, Any]:
    return {
        "database": where,
        "sessions": [_session(entry) for entry in rebuilt.indexed],
        "unreadable": [
            {"directory": str(place), "what": error.what, "where": error.where, "mend": error.mend}
            for place, error in rebuilt.unreadable
        ],
        "gone": [str(place) for place in rebuilt.gone],
    }


def _session(entry: SessionEntry) -> dict[str, Any]:
    return {
        "directory": str(entry.directory),
        "run": entry.run,
        "project": entry.project,
        "ocpp": entry.ocpp,
        "sut": entry.sut,
        "mode": entry.mode,
        "demonstration": entry.demonstration,
        "started": utc_text(entry.started),
        "ended": None if entry.ended is None else utc_text(entry.ended),
        "state": entry.state,
        "cases": entry.planned,
        "verdicts": dict(entry.verdicts),
        "judge": entry.judge,
        "version": entry.version,
    }
