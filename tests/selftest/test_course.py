"""The course of a conformant run is read from its journal: which frame took which place of which table."""

from __future__ import annotations

import dataclasses

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.selftest.course import Passage, read_course
from labapp.selftest.layout import lay_out
from labapp.selftest.runner import run_once
from labapp.selftest.settings import STANDARD
from labapp.selftest.view import CourseView
from tests.selftest.courses import course_of


def shown(passages: list[Passage]) -> list[tuple[int | str, str, int]]:
    return [(p.place.at, p.place.message.name, p.ordinal) for p in passages]


def test_each_frame_has_its_place_and_its_number() -> None:
    course = course_of("TC_003_CS")
    assert shown(list(course.passages)) == [
        (1, "StatusNotification.req", 3),
        (3, "Authorize.req", 1),
        (5, "StartTransaction.req", 1),
        (7, "StatusNotification.req", 4),
    ]


def test_a_stage_lies_between_two_acts() -> None:
    course = course_of("TC_013_CS")
    stages = [p.place.stage.number for p in course.passages]
    # The answer to ChangeAvailability and the status; Reset, boot and statuses; ChangeAvailability and the status.
    assert [stages.count(number) for number in dict.fromkeys(stages)] == [2, 4, 2]
    assert [p.place.slot for p in course.passages] == [0, 1, 0, 1, 2, 2, 0, 1]


def test_a_state_used_three_times_has_three_places() -> None:
    course = course_of("TC_066_CS")
    profiles = [p.place for p in course.passages if p.place.at == "SetChargingProfile_CS:2"]
    assert len(profiles) == 3
    assert len({place.position for place in profiles}) == 3


def test_the_tool_s_answer_is_kept_with_the_request() -> None:
    started = next(p for p in course_of("TC_003_CS").passages if p.action == "StartTransaction")
    assert started.answer is not None
    assert started.answer["idTagInfo"] == {"status": "Accepted"}


def test_an_early_status_keeps_the_place_of_its_row() -> None:
    # After the connection has come back the station reports Charging before it sends its queue.
    last = shown(list(course_of("TC_037_1_CS").passages))[-2:]
    assert [(at, name) for at, name, _ in last] == [(3, "StatusNotification.req"), (1, "StartTransaction.req")]


def test_a_frame_that_stands_in_no_table_is_an_error() -> None:
    run = run_once(CATALOGUE["TC_003_CS"], STANDARD)
    records = [
        dataclasses.replace(record, content={**record.content, "step": 99}) if record.kind == "step" else record
        for record in run.journal.records
    ]
    with pytest.raises(ValueError, match="stands in no table"):
        read_course(CATALOGUE["TC_003_CS"], records, run.givens.values, run.givens.dut, {})


def test_the_view_of_the_course_knows_what_was_known_then() -> None:
    course = course_of("TC_070_CS")
    remote, started = (
        next(p for p in course.passages if p.action == a) for a in ("RemoteStartTransaction", "MeterValues")
    )
    before, after = CourseView(course, remote.passed, {}), CourseView(course, started.passed, {})
    assert (before.transaction(), before.status(1), before.locally_known()) == (None, "Available", False)
    assert (after.status(1), after.locally_known(), after.resumed(1)) == ("Charging", True, True)
    assert after.transaction() is not None
    assert after.configuration("authorizeremotetxrequests") == "true"


def test_places_are_laid_out_in_the_order_of_the_tables() -> None:
    case = CATALOGUE["TC_061_1_CS"]
    course = course_of(case.id)
    _, places = lay_out(case, course.version, course.dut)
    assert [place.at for place in places] == ["Authorized_CS:1", "Authorized_CS:3", 1, 3, 3, 6, 7, 7]
    assert [place.optional for place in places] == [False, False, False, True, False, False, True, False]
