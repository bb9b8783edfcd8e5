"""The index of sessions, on an open session of the database: what the journals of the runs say, once more, for lists and searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from labapp.storage.entries import SessionCase, SessionEntry, SessionState
from labapp.storage.schema import SessionCaseRow, SessionRow


def sessions_of(session: Session, project: int | None) -> tuple[SessionEntry, ...]:
    """The sessions of a project, or all of them for None; the one begun last stands last."""
    query = (
        select(SessionRow).options(selectinload(SessionRow.cases)).order_by(SessionRow.started, SessionRow.directory)
    )
    if project is not None:
        query = query.where(SessionRow.project_id == project)
    return tuple(_entry(row) for row in session.scalars(query))


def put(session: Session, entry: SessionEntry) -> SessionEntry:
    """Enter a session, in place of what the index says of its directory; one that names no project stays with its own."""
    row = session.scalars(select(SessionRow).where(SessionRow.directory == str(entry.directory))).one_or_none()
    if row is None:
        row = SessionRow(directory=str(entry.directory))
    elif entry.project is None:
        entry = replace(entry, project=row.project_id)
    _fill(row, entry)
    session.add(row)
    session.flush()
    session.execute(delete(SessionCaseRow).where(SessionCaseRow.session_id == row.id))
    session.add_all(
        SessionCaseRow(
            session_id=row.id,
            position=position,
            case_id=case.case,
            attempt=case.attempt,
            verdict=case.verdict,
            reason_code=case.reason_code,
            standing=case.standing,
            started=case.started,
            ended=case.ended,
        )
        for position, case in enumerate(entry.cases)
    )
    session.flush()
    return entry


def links(session: Session) -> Mapping[Path, int | None]:
    """Every directory in the index, with the project that it belongs to."""
    rows = session.execute(select(SessionRow.directory, SessionRow.project_id))
    return {Path(directory): project for directory, project in rows}


def replace_all(session: Session, entries: Iterable[SessionEntry]) -> None:
    """The index anew."""
    session.execute(delete(SessionCaseRow))
    session.execute(delete(SessionRow))
    for entry in entries:
        put(session, entry)


def _fill(row: SessionRow, entry: SessionEntry) -> None:
    row.run, row.project_id = entry.run, entry.project
    row.ocpp, row.sut, row.mode = entry.ocpp, entry.sut, entry.mode
    row.demonstration, row.started, row.ended = entry.demonstration, entry.started, entry.ended
    row.state, row.planned, row.verdicts = entry.state, entry.planned, dict(entry.verdicts)
    row.judge, row.version = entry.judge, entry.version


def _entry(row: SessionRow) -> SessionEntry:
    return SessionEntry(
        directory=Path(row.directory),
        run=row.run,
        project=row.project_id,
        ocpp=row.ocpp,
        sut=row.sut,
        mode=row.mode,
        demonstration=row.demonstration,
        started=row.started,
        ended=row.ended,
        state=cast(SessionState, row.state),
        planned=row.planned,
        verdicts=row.verdicts,
        judge=row.judge,
        version=row.version,
        cases=tuple(
            SessionCase(
                case.case_id, case.attempt, case.verdict, case.reason_code, case.standing, case.started, case.ended
            )
            for case in row.cases
        ),
    )
