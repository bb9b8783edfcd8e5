"""Where labapp keeps what belongs to this machine and not to one run: identities, certificates that are trusted, self-tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: The environment variable that names another database than this machine's own.
DATABASE = "LABAPP_DATABASE"


def labapp_home() -> Path:
    """The folder: LABAPP_HOME, else `labapp` in the user's data folder (XDG_DATA_HOME; LOCALAPPDATA on Windows). It need not exist."""
    own = os.environ.get("LABAPP_HOME", "")
    if own:
        return Path(own)
    variable, otherwise = (
        ("LOCALAPPDATA", Path.home() / "AppData" / "Local")
        if sys.platform == "win32"
        else ("XDG_DATA_HOME", Path.home() / ".local" / "share")
    )
    base = os.environ.get(variable, "")
    return (Path(base) if base else otherwise) / "labapp"


def kept_self_test(judge: str) -> Path:
    """Where the summary of the last whole self-test of a judge lies. judge: its digest. It need not exist."""
    return labapp_home() / f"selftest-{judge}.json"


def database_url() -> str:
    """The database: LABAPP_DATABASE, a URL or a file, else `labapp.sqlite3` in labapp's folder of this machine."""
    return os.environ.get(DATABASE, "") or str(labapp_home() / "labapp.sqlite3")
