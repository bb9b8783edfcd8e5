"""The database: its tables, one writer at a time, and its refusals in words for people."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.storage import schema
from labapp.storage.database import VERSION_TABLE, Database
from labapp.storage.migrations import head, known_versions
from labapp.storage.schema import Base, DutRow, MeasurementRow, ProjectRow
from tests.storage.databases import Server, another_writer

IMPATIENT = 0.05


def add_dut(database: Database, serial_number: str) -> None:
    with database.writing() as session:
        session.add(DutRow(vendor="V", model="M", serial_number=serial_number))


def count_duts(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(DutRow)).one()


# Tables ---------------------------------------------------------------------------------------------------------------


def test_the_migrations_lead_from_nothing_to_the_tables(empty_database: str) -> None:
    database = Database(empty_database)
    with database.reading() as session:
        connection: Connection = session.connection()
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == schema.HEAD


def test_the_version_of_the_tables_is_that_of_the_last_migration() -> None:
    assert head() == schema.HEAD
    assert schema.HEAD in known_versions()


def test_what_is_kept_is_there_when_it_is_opened_again(empty_database: str) -> None:
    add_dut(Database(empty_database), "1")
    assert count_duts(Database(empty_database)) == 1


def test_several_may_make_the_tables_at_once(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        databases = list(pool.map(lambda _: Database(empty_database, patience=20), range(4)))
    assert [count_duts(database) for database in databases] == [0, 0, 0, 0]


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "labapp.sqlite3"))
    with database.reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 2000}


def test_moments_are_in_utc_on_both_sides(database_url: str) -> None:
    database = Database(database_url)
    moment = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as session:
        session.add(ProjectRow(id=1, key="k", name="", sut="cs", simulated=False, created=moment, changed=moment))
        session.flush()
        session.add(MeasurementRow(project_id=1, at=moment, content={}))
    with database.reading() as session:
        kept = session.scalars(select(MeasurementRow.at)).one()
    assert (kept, kept.tzinfo) == (moment, UTC)


def test_a_moment_without_a_zone_is_not_kept(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(Exception, match="a moment without a zone is not kept"), database.writing() as session:
        session.add(MeasurementRow(project_id=1, at=datetime(2026, 3, 1), content={}))  # noqa: DTZ001


def test_a_session_that_fails_leaves_nothing(database_url: str) -> None:
    database = Database(database_url)

    def fail() -> None:
        with database.writing() as session:
            session.add(DutRow(vendor="V", model="M", serial_number="1"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count_duts(database) == 0


# One writer -----------------------------------------------------------------------------------------------------------


def test_writers_take_their_turns(database_url: str) -> None:
    databases = [Database(database_url, patience=20) for _ in range(2)]

    def write(number: int) -> None:
        with databases[number % 2].writing() as session:
            # Who reads first and then writes would be refused if another had written in between.
            session.scalars(select(func.count()).select_from(DutRow)).one()
            session.add(DutRow(vendor="V", model="M", serial_number=str(number)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    assert count_duts(databases[0]) == 24


def test_a_locked_database_is_told_and_nothing_is_lost(database_url: str) -> None:
    database = Database(database_url, patience=IMPATIENT)
    with another_writer(database_url), pytest.raises(EnvironmentFault) as fault:
        add_dut(database, "1")
    assert str(fault.value) == (
        f"{database.where}: another program is writing to the database - "
        "end it or let it finish, then try again; nothing is lost"
    )
    add_dut(database, "1")
    assert count_duts(database) == 1


def test_a_locked_database_is_opened_later(empty_database: str) -> None:
    Database(empty_database)
    if empty_database.startswith("postgresql"):
        with another_writer(empty_database), pytest.raises(EnvironmentFault) as fault:
            Database(empty_database, patience=IMPATIENT)
    else:
        with closing(sqlite3.connect(empty_database, isolation_level=None)) as connection:
            # As a program does that keeps the file for itself.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("DELETE FROM duts")
            with pytest.raises(EnvironmentFault) as fault:
                Database(empty_database, patience=IMPATIENT)
            connection.execute("ROLLBACK")
    assert fault.value.what == "another program is writing to the database"
    assert count_duts(Database(empty_database)) == 0


# What is no database of labapp ----------------------------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_left_as_it_is(empty_database: str) -> None:
    with Database(empty_database).writing() as session:
        session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(EnvironmentFault) as fault:
        Database(empty_database)
    assert str(fault.value) == (
        f"{empty_database}: the database is of a newer version of labapp - "
        "install that version; this one leaves the database as it is"
    )


def test_a_database_of_another_program_is_left_as_it_is(empty_database: str) -> None:
    if empty_database.startswith("postgresql"):
        with psycopg.connect(empty_database) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    else:
        with closing(sqlite3.connect(empty_database)) as other:
            other.execute("CREATE TABLE alembic_version (version_num TEXT)")
    with pytest.raises(EnvironmentFault) as fault:
        Database(empty_database)
    assert str(fault.value) == (
        f"{empty_database}: is no database of labapp - name another file in LABAPP_DATABASE, or move this one away"
    )


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to have a header of its own\n" * 20)
    with pytest.raises(EnvironmentFault) as fault:
        Database(str(path))
    assert str(fault.value) == (
        f"{path}: is no database of labapp - name another file in LABAPP_DATABASE, or move this one away"
    )
    assert path.read_text().startswith("not a database")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "labapp.sqlite3"
    add_dut(Database(str(path)), "1")
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\xff" * 1900
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault) as fault:
        Database(str(path))
    assert str(fault.value) == (
        f"{path}: the database is damaged - move it away and restore a copy; `labapp index` restores its sessions"
    )


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        Database(str(tmp_path))
    assert str(fault.value) == (
        f"{tmp_path}: the database cannot be opened - correct the name, or grant access to the file and its folder"
    )


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as fault:
        Database(str(tmp_path / "file" / "folder" / "labapp.sqlite3"))
    assert str(fault.value) == (
        f"{tmp_path}/file/folder: the folder of the database cannot be made: not a directory - "
        "grant access to it, or name another place in LABAPP_DATABASE"
    )


def test_the_folder_of_a_database_is_made(tmp_path: Path) -> None:
    Database(str(tmp_path / "new" / "folder" / "labapp.sqlite3"))
    assert stat.S_ISREG((tmp_path / "new" / "folder" / "labapp.sqlite3").stat().st_mode)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("mysql://hunter2@host/labapp", 'labapp keeps nothing in a database of the kind "mysql"'),
        ("sqlite://", "the URL names no file, and a database in memory keeps nothing"),
        ("sqlite:///:memory:", "the URL names no file, and a database in memory keeps nothing"),
        ("://hunter2", "the URL of the database cannot be read"),
        ("postgresql://user:hunter2@host:port/labapp", "the URL of the database cannot be read"),
    ],
)
def test_a_url_of_no_use_is_refused_without_repeating_it(url: str, text: str) -> None:
    with pytest.raises(InputError) as fault:
        Database(url)
    assert str(fault.value) == f"LABAPP_DATABASE: {text} - name a file, or postgresql://USER@HOST/DATABASE"


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        Database(f"postgresql://user:hunter2@/labapp?host={tmp_path}")
    assert str(fault.value) == (
        f"postgresql://user:***@/labapp?host={tmp_path}: the database does not answer - "
        "start its server or mend the network, then try again; nothing is lost"
    )


def test_a_server_without_the_database_says_so(postgresql: Server) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        Database(postgresql.url("nowhere"))
    assert str(fault.value).endswith(
        'database "nowhere" does not exist - mend what it names, then try again; nothing is lost'
    )
    assert fault.value.what == 'the database refuses: database "nowhere" does not exist'
