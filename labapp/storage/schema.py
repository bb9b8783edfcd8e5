"""The tables. What was entered is append-only: a change is a further revision, and undoing is one too.

The index of sessions (`sessions`, `session_cases`) is the exception: it repeats what the journals of the runs say, and can be made anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

#: The revision of the tables below; `migrations` leads every older database to it.
HEAD = "0001"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides; SQLite, which knows no zones, keeps its UTC reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. Raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone is not kept")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The tables of labapp. Constraints have names, so that a later migration can change them on every kind of database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        # JSON as text: its order is kept, and nothing in a string is refused.
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
        int: Integer,
        bool: Boolean,
    }


class DutRow(Base):
    """A device under test, known by vendor, model and serial number."""

    __tablename__ = "duts"
    __table_args__ = (UniqueConstraint("vendor", "model", "serial_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor: Mapped[str]
    model: Mapped[str]
    serial_number: Mapped[str]


class ProjectRow(Base):
    """A project. key: the same in every database and in the directories of its runs. name, sut, simulated, dut: of its last revision."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sut: Mapped[str]
    simulated: Mapped[bool]
    created: Mapped[datetime]
    changed: Mapped[datetime]
    dut_id: Mapped[int | None] = mapped_column(ForeignKey("duts.id"), index=True)

    dut: Mapped[DutRow | None] = relationship()


class DeclarationRow(Base):
    """The answers to the PICS forms as they stood after one change; append-only."""

    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    edition: Mapped[str]
    answers: Mapped[dict[str, Any]]


class RevisionRow(Base):
    """A project as it stood after one change; append-only. number: counts from 1 in each project.

    document: name, tables and the like. restores: number of the revision that this one brings back, None when it is a change.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    what: Mapped[str]
    restores: Mapped[int | None]
    document: Mapped[dict[str, Any]]
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declarations.id"), index=True)

    declaration: Mapped[DeclarationRow] = relationship()


class PlanRow(Base):
    """The plan that follows from a declaration. plan: the edition that it was derived from; rows: as `labapp plan --json` prints them.

    applicable: number of rows that apply.
    """

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("declaration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declarations.id"))
    plan: Mapped[str]
    at: Mapped[datetime]
    applicable: Mapped[int]
    rows: Mapped[list[Any]]


class MeasurementRow(Base):
    """A measurement of the network of a project's set-up; append-only."""

    __tablename__ = "measurements"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class SessionRow(Base):
    """A session, as its journal tells it. verdicts: number of standing attempts by verdict. planned: number of its cases."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory: Mapped[str] = mapped_column(unique=True)
    run: Mapped[str]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    ocpp: Mapped[str]
    sut: Mapped[str]
    mode: Mapped[str]
    demonstration: Mapped[bool]
    started: Mapped[datetime]
    ended: Mapped[datetime | None]
    state: Mapped[str]
    planned: Mapped[int]
    verdicts: Mapped[dict[str, Any]]
    judge: Mapped[str]
    version: Mapped[str]

    cases: Mapped[list[SessionCaseRow]] = relationship(
        order_by="SessionCaseRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class SessionCaseRow(Base):
    """An attempt at a case in a session. standing: its verdict is the one that counts."""

    __tablename__ = "session_cases"
    __table_args__ = (UniqueConstraint("session_id", "position"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    position: Mapped[int]
    case_id: Mapped[str]
    attempt: Mapped[int]
    verdict: Mapped[str]
    reason_code: Mapped[str]
    standing: Mapped[bool]
    started: Mapped[datetime]
    ended: Mapped[datetime]
