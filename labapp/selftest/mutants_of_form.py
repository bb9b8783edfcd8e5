"""Mutants of form: messages that leave their schema, frames that are none, and refusals in place of answers."""

from __future__ import annotations

from labapp.domain.testcase import Exchange
from labapp.ocpp.listing import row_id
from labapp.selftest.course import Course, Passage, place_means
from labapp.selftest.mutants import Derived, Mutant, row, target, where
from labapp.selftest.rules import Due, awaited, fails
from labapp.selftest.tampering import Garble, Misaddress, Refuse, Rewrite
from labapp.selftest.wrong import schema_faults

_SCHEMA = "003 section 1.2: every message keeps to its schema"
_FRAMING = "OCPP-J section 4: a message is a frame"


def malformations(course: Course) -> Derived:
    """For each message of the SUT: schema violations, a broken frame; for each answer a CALLERROR and another message id."""
    for passage in course.passages:
        yield from _of_schema(course, passage)
        at = awaited(course, passage.index)
        yield Mutant(
            "schema",
            row(passage.place),
            f"{where(passage)} cut off in the middle of its text",
            Garble(target(passage), passage.answer, 0.6),
            fails(passage.place.at if at is None else at, _FRAMING),
        )
        if passage.place.kind == "conf":
            yield from _of_answer(passage)


def _of_schema(course: Course, passage: Passage) -> Derived:
    place = passage.place
    stated = {path.split(".")[0].split("[")[0] for path, _ in place.message.fields}
    spare = frozenset({*stated, "connectorId", "status"})
    checked = [item.path for item in place.stage.checks if item.message == place.message.name]
    deep = dict.fromkeys([*(path for path, _ in place.message.fields), *checked])
    for what, changed in schema_faults(
        course.version.name, passage.action, place.kind, passage.payload, spare, list(deep)
    ):
        taken = place.kind == "conf" or place_means(course.version, place, changed, course.values)
        at = place.at if taken else awaited(course, passage.index)
        yield Mutant(
            "schema",
            row(place),
            f"{where(passage)} {what}",
            Rewrite(target(passage), lambda payload, changed=changed: dict(changed)),  # type: ignore[misc]
            fails(place.at if at is None else at, _SCHEMA),
        )


def _of_answer(passage: Passage) -> Derived:
    place = passage.place
    errors = place.item.errors if isinstance(place.item, Exchange) else None
    stated = row_id(place.stage.case_id, place.step, "CALLERROR", place.item.occurrence, "errorCode" if errors else "")
    for code in ("InternalError", "SomethingWentWrong", *(errors or ())):
        due = fails(place.at, "the message of the table is due, not a CALLERROR", ends=True)
        if errors is not None and (code in errors or not errors) and code != "SomethingWentWrong":
            due = Due("PASS", law="the table accepts a CALLERROR here")
        elif errors is not None:
            due = fails(place.at, "a CALLERROR is accepted here, but not this code")
        yield Mutant(
            "callerror",
            row(place) if errors is None else stated,
            f"CALLERROR {code} in place of {where(passage)}",
            Refuse(target(passage), code),
            due,
        )
    yield Mutant(
        "schema",
        row(place),
        f"{where(passage)} under a message id that the tool did not use",
        Misaddress(target(passage)),
        fails(place.at, _FRAMING),
    )
