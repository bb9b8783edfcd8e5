"""Databases for tests: each test that asks for one runs on SQLite and on a PostgreSQL server of the tests' own.

Where PostgreSQL is not installed, its tests are left out, and the first lines of the output say so; in the whole check, which is known by
the environment variable CI, they fail.

Every run of tests loads this module, so it imports the libraries of databases only where they are used.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_KINDS = ("sqlite", "postgresql")
_MISSING = "PostgreSQL is not installed here: apt-get install postgresql"

#: Starts the server, says so, and stops it when standard input closes, which it does however the tests end.
_GUARD = """
"$1" -D "$2/data" -l "$2/log" -o "-k '$2' -h '' -F" -s -w start && echo ready && cat >/dev/null
"$1" -D "$2/data" -m fast -s -w stop
"""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server. folder: with its socket."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """The URL of one of its databases, as a person writes it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new(self) -> str:
        """The URL of a new database without tables."""
        name = f"test{next(self._numbers)}"
        self.make(name)
        return self.url(name)

    def emptied(self) -> str:
        """The URL of the database `labapp`, its tables emptied: quicker by far than a new database."""
        import psycopg

        from labapp.storage.schema import Base

        tables = ", ".join(Base.metadata.tables)
        with psycopg.connect(self.url("labapp"), autocommit=True) as connection:
            connection.execute("SET lock_timeout = '5s'")
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        return self.url("labapp")

    def make(self, name: str) -> None:
        """Make a database without tables."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of this process, with a database `labapp` that holds empty tables."""
    programs = _programs()
    if programs is None:
        pytest.fail(_MISSING)
    with _cluster(programs) as server:
        from labapp.storage.database import Database

        server.make("labapp")
        Database(server.url("labapp"))
        yield server


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds empty tables."""
    from labapp.storage.database import Database

    path = tmp_path_factory.mktemp("sqlite") / "labapp.sqlite3"
    Database(str(path))
    return path


@pytest.fixture(params=_KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return str(tmp_path / "labapp.sqlite3")
    return str(request.getfixturevalue("postgresql").new())


@pytest.fixture(params=_KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with tables and nothing in them."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("sqlite_tables"), tmp_path / "labapp.sqlite3"))
    return str(request.getfixturevalue("postgresql").emptied())


def pytest_report_header() -> str:
    """What is left out, and why."""
    return _MISSING if _left_out() else ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that need a server which there is not."""
    if not _left_out():
        return
    out = [item for item in items if isinstance(item, pytest.Function) and _needs_server(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


def _left_out() -> bool:
    return _programs() is None and not os.environ.get("CI")


def _needs_server(item: pytest.Function) -> bool:
    callspec = getattr(item, "callspec", None)
    return "postgresql" in item.fixturenames or (callspec is not None and "postgresql" in callspec.params.values())


def _programs() -> Path | None:
    """Where the newest PostgreSQL has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def another_writer(url: str) -> Iterator[None]:
    """While it is open, another program holds the database for itself."""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE duts, projects, labapp_version IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        with closing(sqlite3.connect(url, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")


def column(url: str, query: str) -> list[Any]:
    """The first column of what a query finds, past labapp."""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url) as connection:
            return [row[0] for row in connection.execute(query)]
    with closing(sqlite3.connect(url)) as connection:
        return [row[0] for row in connection.execute(query)]


@contextmanager
def _cluster(programs: Path) -> Iterator[Server]:
    # Not below pytest's own folder: the server runs as another user, who may not go through that.
    folder = Path(tempfile.mkdtemp(prefix="labapp-postgresql-"))
    try:
        as_user = _as_user(folder)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust"]
        initdb += ["-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        made = subprocess.run([*as_user, *initdb], cwd=folder, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        guarding = [*as_user, "sh", "-c", _GUARD, "sh", programs / "pg_ctl", folder]
        with subprocess.Popen(guarding, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as guard:
            assert guard.stdout is not None
            assert guard.stdout.readline() == b"ready\n", (folder / "log").read_text(errors="replace")
            yield Server(folder)
            # Leaving closes the guard's input and waits for it.
    finally:
        shutil.rmtree(folder)


def _as_user(folder: Path) -> list[str]:
    """What runs a command as somebody whom PostgreSQL accepts: anybody but root."""
    if os.getuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return ["runuser", "-u", user, "--"]
