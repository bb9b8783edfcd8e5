"""The database: SQLite in a file, or PostgreSQL by its URL. One writer at a time; every call has a connection of its own."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.storage.faults import NEWER, NO_DATABASE, fault_of
from labapp.storage.schema import HEAD

#: Seconds that a call waits for another writer.
PATIENCE = 2.0
#: The table that says which revision the tables are of; its name tells labapp's databases from others.
VERSION_TABLE = "labapp_version"
#: The advisory lock of PostgreSQL that is held while the tables are made.
_MIGRATION_LOCK = 0x6C616261

_WRITES = "labapp_writes"


class Database:
    """A database whose tables are of this version. Safe for use from several threads."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        """Open the database, making or bringing up to date its tables. patience: seconds to wait for another writer.

        Raises: InputError for a URL that names no database that labapp can use; EnvironmentFault when it is locked, not readable,
        of a newer version, or something else than a database of labapp.
        """
        self._url = _parsed(url)
        self.where = _shown(self._url)
        self._patience = patience
        self._writing = threading.Lock()
        self._make_folder()
        self._engine = self._new_engine()
        with self._told():
            self._bring_up_to_date()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database. Raises EnvironmentFault."""
        with self._told(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at its end, or not at all. Raises EnvironmentFault."""
        with self._writing, self._told(), Session(self._writer(self._engine)) as session, session.begin():
            yield session

    # Opening ----------------------------------------------------------------------------------------------------------

    def _make_folder(self) -> None:
        if self._url.get_backend_name() != "sqlite" or not self._url.database:
            return
        folder = Path(self._url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"the folder of the database cannot be made: {(error.strerror or 'unknown reason').lower()}",
                where=str(folder),
                mend="grant access to it, or name another place in LABAPP_DATABASE",
            ) from error

    def _new_engine(self, *, foreign_keys: bool = True) -> Engine:
        """An engine without a pool: nothing stays open between calls, so a server or a file may come and go."""
        if self._url.get_backend_name() == "sqlite":
            engine = create_engine(self._url, poolclass=NullPool, connect_args={"timeout": self._patience})
            event.listen(engine, "connect", _sqlite_settings(self._patience, foreign_keys))
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        milliseconds = max(1, round(self._patience * 1000))
        options = {"connect_timeout": 10, "options": f"-c lock_timeout={milliseconds} -c timezone=UTC"}
        return create_engine(self._url, poolclass=NullPool, connect_args=options, isolation_level="READ COMMITTED")

    def _writer(self, engine: Engine) -> Engine:
        return engine.execution_options(**{_WRITES: True})

    def _bring_up_to_date(self) -> None:
        with self._engine.connect() as connection:
            if _version(connection, self.where) == HEAD:
                return
        # Alembic takes long to import, and most databases are up to date.
        from labapp.storage.migrations import known_versions, upgrade

        # A migration may make a table anew, which must not take along what refers to it.
        engine = self._new_engine(foreign_keys=False)
        with self._writing, self._writer(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            # Another process may have been quicker.
            version = _version(connection, self.where)
            if version == HEAD:
                return
            if version is not None and version not in known_versions():
                raise EnvironmentFault(NEWER[0], where=self.where, mend=NEWER[1])
            upgrade(connection)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the driver become faults for people; a broken constraint stays what it is, a bug."""
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise fault_of(error, self.where) from error


def _parsed(url: str) -> URL:
    """The URL with the driver that labapp uses; a path is that of an SQLite file."""
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser().absolute()))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _unusable("the URL of the database cannot be read") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite")
        case "sqlite":
            raise _unusable("the URL names no file, and a database in memory keeps nothing")
        case "postgresql" | "postgres":
            if importlib.util.find_spec("psycopg") is None:
                raise EnvironmentFault(
                    "the driver of PostgreSQL is not installed", where="psycopg", mend="install labapp[postgresql]"
                )
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise _unusable(f'labapp keeps nothing in a database of the kind "{other}"')


def _unusable(what: str) -> InputError:
    # The URL may hold a password, so it is not repeated.
    mend = "name a file, or postgresql://USER@HOST/DATABASE"
    return InputError(what, where="LABAPP_DATABASE", mend=mend)


def _shown(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    bare = url.set(drivername="postgresql").difference_update_query(["password", "sslpassword"])
    return unquote(bare.render_as_string(hide_password=True))


def _version(connection: Connection, where: str) -> str | None:
    """The revision of the tables, None for an empty database. Raises EnvironmentFault when it is not labapp's."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise EnvironmentFault(NO_DATABASE[0], where=where, mend=NO_DATABASE[1])
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def _sqlite_settings(patience: float, foreign_keys: bool) -> Any:
    def settings(connection: Any, _: object) -> None:
        # labapp begins its transactions itself: the driver would begin them too late.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {round(patience * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return settings


def _begin_sqlite(connection: Connection) -> None:
    """Writers take their turn at the beginning; one that began as a reader could not be let through later."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
