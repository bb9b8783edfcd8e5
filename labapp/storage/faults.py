"""What a database's refusal means for a person, and how to mend it."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from labapp.domain.errors import EnvironmentFault

_NOTHING_LOST = "nothing is lost"

LOCKED = ("another program is writing to the database", f"end it or let it finish, then try again; {_NOTHING_LOST}")
NO_DATABASE = ("is no database of labapp", "name another file in LABAPP_DATABASE, or move this one away")
NEWER = ("the database is of a newer version of labapp", "install that version; this one leaves the database as it is")

#: What SQLite's error names begin with, what that means, and how to mend it.
_SQLITE = (
    ("SQLITE_BUSY", LOCKED),
    ("SQLITE_LOCKED", LOCKED),
    ("SQLITE_NOTADB", NO_DATABASE),
    ("SQLITE_CORRUPT", ("the database is damaged", "move it away and restore a copy; `labapp index` restores its sessions")),
    ("SQLITE_CANTOPEN", ("the database cannot be opened", "correct the name, or grant access to the file and its folder")),
    ("SQLITE_READONLY", ("the database cannot be written", f"grant write access to the file and its folder; {_NOTHING_LOST}")),
    ("SQLITE_PERM", ("the database cannot be opened", "grant access to the file and its folder")),
    ("SQLITE_FULL", ("the disc is full", f"free the disc, then try again; {_NOTHING_LOST}")),
    ("SQLITE_IOERR", ("the disc refuses", f"look after the disc, then try again; {_NOTHING_LOST}")),
)  # fmt: skip

#: The same for PostgreSQL's states.
_POSTGRESQL = (
    ("55P03", LOCKED),
    ("40P01", LOCKED),
    ("57014", LOCKED),
    ("28", ("the database does not admit this user", "correct user and password in LABAPP_DATABASE")),
    ("3D000", ("there is no such database", "create it, or correct LABAPP_DATABASE")),
    ("42501", ("the database does not let this user write", "grant the rights on the database and its schema")),
    ("25006", ("the database cannot be written", f"connect to the primary server; {_NOTHING_LOST}")),
    ("53100", ("the disc of the database is full", f"free the disc, then try again; {_NOTHING_LOST}")),
)

_REFUSAL = "FATAL:"


def fault_of(error: DBAPIError, where: str) -> EnvironmentFault:
    """The fault of the surroundings that an error of the driver stands for. where: the database, without its password."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "") or ""
        known = [entry for start, entry in _SQLITE if name.startswith(start)]
    else:
        state = getattr(cause, "sqlstate", None) or ""
        known = [entry for start, entry in _POSTGRESQL if state.startswith(start)]
        # A server that refuses the connection says so in a text alone; one that is not there says nothing.
        if not state and _REFUSAL not in str(cause):
            mend = f"start its server or mend the network, then try again; {_NOTHING_LOST}"
            known = [("the database does not answer", mend)]
    if not known:
        reason = " ".join(str(cause).rpartition(_REFUSAL)[2].split()) or type(cause).__name__
        known = [(f"the database refuses: {reason}", f"mend what it names, then try again; {_NOTHING_LOST}")]
    what, mend = known[0]
    return EnvironmentFault(what, where=where, mend=mend)
