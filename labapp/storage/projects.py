"""Projects and what belongs to them, on an open session of the database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.storage.entries import KeptMeasurement, ProjectEntry, RevisionEntry
from labapp.storage.schema import (
    DeclarationRow,
    DutRow,
    MeasurementRow,
    PlanRow,
    ProjectRow,
    RevisionRow,
    SessionRow,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a declaration. plan: name of its edition; rows: as JSON values."""

    plan: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a DUT is known by, each "" when it is not known."""

    vendor: str = ""
    model: str = ""
    serial_number: str = ""


def all_projects(session: Session) -> tuple[ProjectEntry, ...]:
    """Every project, the one changed last first."""
    counted = select(SessionRow.project_id, func.count().label("count")).group_by(SessionRow.project_id).subquery()
    planned = select(DeclarationRow.project_id, PlanRow.applicable).join(PlanRow).subquery()
    rows = session.execute(
        select(ProjectRow, counted.c.count, planned.c.applicable)
        .outerjoin(counted, counted.c.project_id == ProjectRow.id)
        .outerjoin(planned, planned.c.project_id == ProjectRow.id)
        .options(joinedload(ProjectRow.dut))
        .order_by(ProjectRow.changed.desc(), ProjectRow.id.desc())
    ).all()
    return tuple(
        ProjectEntry(row.id, row.name, _dut_text(row.dut), row.sut, row.simulated, row.changed, count or 0, applicable)
        for row, count, applicable in rows
    )


def draft_of(session: Session, project: int) -> Draft:
    """The project as it stands. Raises InputError when there is none."""
    _project(session, project)
    return _draft(_last(session, project))


def keep(session: Session, draft: Draft, what: str, dut: Identity, plan: Plan | None) -> Draft:
    """A further revision of a project, or its first one; none when nothing has changed.

    what: was done. plan: that follows from the answers, None when none does. Raises InputError when there is no such project.
    """
    now = datetime.now(UTC)
    last: RevisionRow | None = None
    if draft.id:
        project = _project(session, draft.id, changing=True)
        last = _last(session, draft.id)
        if _same(_stated(_draft(last)), _stated(draft)):
            return draft
    else:
        project = ProjectRow(key=uuid.uuid4().hex, created=now)
        _name(session, project, draft, dut, now)
        session.add(project)
        session.flush()
        draft = replace(draft, id=project.id)
    declaration = last.declaration if last is not None else None
    if declaration is None or not _same(
        [declaration.edition, declaration.answers], [_text(draft.edition), dict(draft.answers)]
    ):
        declaration = DeclarationRow(
            project_id=project.id, at=now, what=_text(what), edition=_text(draft.edition), answers=dict(draft.answers)
        )
        session.add(declaration)
        session.flush()
    _keep_plan(session, declaration, plan, now)
    number = last.number + 1 if last is not None else 1
    _revise(session, project.id, number, now, what, None, _document(draft), declaration.id)
    _name(session, project, draft, dut, now)
    return draft


def before_last(session: Session, project: int) -> tuple[int, Draft] | None:
    """What stood before the last change that is not undone, with the number of its revision; None when there is nothing."""
    _project(session, project)
    stands = _change(session, _last(session, project))
    before = _revision(session, project, stands.number - 1)
    if before is None:
        return None
    return before.number, _draft(before)


def restore(session: Session, project: int, number: int, dut: Identity, plan: Plan | None) -> Draft:
    """A further revision with what stood in an earlier one."""
    row = _project(session, project, changing=True)
    now = datetime.now(UTC)
    last, earlier = _last(session, project), _revision(session, project, number)
    assert earlier is not None, "revisions are never deleted"
    _keep_plan(session, earlier.declaration, plan, now)
    undone = _change(session, last).what
    _revise(session, project, last.number + 1, now, undone, number, earlier.document, earlier.declaration_id)
    draft = _draft(earlier)
    _name(session, row, draft, dut, now)
    return draft


def revisions_of(session: Session, project: int) -> tuple[RevisionEntry, ...]:
    """Every change of a project, newest last."""
    _project(session, project)
    rows = session.scalars(select(RevisionRow).where(RevisionRow.project_id == project).order_by(RevisionRow.number))
    return tuple(RevisionEntry(row.number, row.at, row.what, row.restores) for row in rows)


def plan_of(session: Session, project: int) -> Plan | None:
    """The plan that follows from the answers as they stand; None where none does."""
    found = session.scalars(
        select(PlanRow).join(DeclarationRow).where(DeclarationRow.project_id == project)
    ).one_or_none()
    return None if found is None else Plan(found.plan, found.rows)


def measurements_of(session: Session, project: int) -> tuple[KeptMeasurement, ...]:
    """The measurements of a project, newest last."""
    _project(session, project)
    rows = session.scalars(
        select(MeasurementRow)
        .where(MeasurementRow.project_id == project)
        .order_by(MeasurementRow.at, MeasurementRow.id)
    )
    return tuple(KeptMeasurement(row.at, row.content) for row in rows)


def keep_measurement(session: Session, project: int, at: datetime, content: Mapping[str, Any]) -> None:
    """Keep one more measurement. Raises InputError when there is no such project."""
    _project(session, project)
    session.add(MeasurementRow(project_id=project, at=at, content=dict(content)))


def key_of(session: Session, project: int) -> str:
    """What the project is called in the directories of its runs. Raises InputError when there is none."""
    return _project(session, project).key


def project_with(session: Session, key: str) -> int | None:
    """The project that is called so in the directories of its runs."""
    return session.scalars(select(ProjectRow.id).where(ProjectRow.key == key)).one_or_none()


# Rows -----------------------------------------------------------------------------------------------------------------


def _project(session: Session, project: int, *, changing: bool = False) -> ProjectRow:
    """The row of a project; changing: others who would change it wait."""
    row = session.get(ProjectRow, project, with_for_update=changing or None)
    if row is None:
        raise InputError("there is no such project", where=f"project {project}", mend="choose one from the list")
    return row


def _last(session: Session, project: int) -> RevisionRow:
    return session.scalars(
        select(RevisionRow).where(RevisionRow.project_id == project).order_by(RevisionRow.number.desc()).limit(1)
    ).one()


def _revision(session: Session, project: int, number: int) -> RevisionRow | None:
    return session.scalars(
        select(RevisionRow).where(RevisionRow.project_id == project, RevisionRow.number == number)
    ).one_or_none()


def _change(session: Session, revision: RevisionRow) -> RevisionRow:
    """The revision that first held what this one holds."""
    while revision.restores is not None:
        earlier = _revision(session, revision.project_id, revision.restores)
        assert earlier is not None, "revisions are never deleted"
        revision = earlier
    return revision


def _draft(revision: RevisionRow) -> Draft:
    document, declaration = revision.document, revision.declaration
    return Draft(
        id=revision.project_id,
        name=document["name"],
        tables=document["tables"],
        answers=declaration.answers,
        edition=document["edition"],
        simulated=document["simulated"],
    )


def _document(draft: Draft) -> dict[str, Any]:
    tables = {name: dict(rows) for name, rows in draft.tables.items()}
    return {"name": draft.name, "edition": draft.edition, "simulated": draft.simulated, "tables": tables}


def _stated(draft: Draft) -> dict[str, Any]:
    return {**_document(draft), "answers": dict(draft.answers)}


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same text: 1, 1.0 and true are not the same entry."""
    return json.dumps(one) == json.dumps(other)


def _revise(
    session: Session,
    project: int,
    number: int,
    at: datetime,
    what: str,
    restores: int | None,
    document: dict[str, Any],
    declaration: int,
) -> None:
    session.add(
        RevisionRow(
            project_id=project,
            number=number,
            at=at,
            what=_text(what),
            restores=restores,
            document=document,
            declaration_id=declaration,
        )
    )


def _keep_plan(session: Session, declaration: DeclarationRow, plan: Plan | None, at: datetime) -> None:
    """Keep the plan of the answers as they stand. Those of earlier answers are let go: they follow from these at any time."""
    declared = select(DeclarationRow.id).where(DeclarationRow.project_id == declaration.project_id)
    session.execute(delete(PlanRow).where(PlanRow.declaration_id.in_(declared)))
    if plan is not None:
        rows = [dict(row) for row in plan.rows]
        applicable = sum(bool(row["applicable"]) for row in rows)
        session.add(PlanRow(declaration_id=declaration.id, plan=plan.plan, at=at, applicable=applicable, rows=rows))


def _name(session: Session, project: ProjectRow, draft: Draft, dut: Identity, at: datetime) -> None:
    """Bring up to date what the list of projects shows."""
    project.name, project.sut, project.simulated = _text(draft.name), _text(draft.sut), draft.simulated
    project.changed = at
    former, project.dut_id = project.dut_id, _dut(session, dut)
    if former is not None and former != project.dut_id:
        session.flush()
        # A name that was only half typed leaves no device behind.
        used = select(ProjectRow.id).where(ProjectRow.dut_id == former)
        session.execute(delete(DutRow).where(DutRow.id == former, ~used.exists()))


def _dut(session: Session, dut: Identity) -> int | None:
    known = Identity(*(_text(part).strip() for part in (dut.vendor, dut.model, dut.serial_number)))
    if known == Identity():
        return None
    row = session.scalars(
        select(DutRow).where(
            DutRow.vendor == known.vendor,
            DutRow.model == known.model,
            DutRow.serial_number == known.serial_number,
        )
    ).one_or_none()
    if row is None:
        row = DutRow(vendor=known.vendor, model=known.model, serial_number=known.serial_number)
        session.add(row)
        session.flush()
    return row.id


def _dut_text(dut: DutRow | None) -> str:
    return "" if dut is None else " ".join(part for part in (dut.vendor, dut.model, dut.serial_number) if part)


def _text(text: str) -> str:
    """The text without what a column of text cannot hold on every database."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
