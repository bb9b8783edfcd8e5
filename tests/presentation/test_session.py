"""The state of a session as it is reduced from the messages of a bench."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labapp.bench.telling import Telling
from labapp.presentation.session import Decided, Session
from tests.presentation.channel import (
    BEGIN,
    Message,
    case,
    closed,
    frame,
    hello,
    link,
    prompt,
    question,
    ready,
    recorded,
    session_of,
    step,
)

STARTED = [hello("TC_003_CS", "TC_013_CS", "TC_019_CS"), ready(), link("up"), case("started", "TC_003_CS")]


def verdicts(session: Session) -> dict[str, str]:
    return {each.id: each.verdict for each in session.cases}


# A whole run ----------------------------------------------------------------------------------------------------------


def test_a_recorded_session_comes_to_its_verdicts() -> None:
    session = session_of(recorded())
    assert verdicts(session) == {"TC_003_CS": "PASS", "TC_019_CS": "FAIL", "TC_013_CS": "PASS"}
    assert (session.done, session.total, session.over, session.lost) == (3, 3, True, False)
    assert session.running is None
    assert session.prompts == ()
    assert session.wait is None
    failed = session.case("TC_019_CS").standing
    assert failed is not None
    finding = failed.findings[0]
    assert failed.reason == finding.text
    assert (finding.step, finding.field, finding.received) == (
        "4",
        "configurationKey[key=ResetRetries].readonly",
        "<omitted>",
    )
    assert session.frames.find(finding.frame or 0).marks[0].text == finding.text  # type: ignore[union-attr]
    assert session.last == "The session is over."


def test_cases_stand_in_the_blocks_of_the_plan_with_title_and_needs() -> None:
    session = session_of(STARTED)
    (block,) = session.blocks
    assert (block.title, block.done, [each.id for each in block.cases]) == (
        "Core",
        0,
        ["TC_003_CS", "TC_013_CS", "TC_019_CS"],
    )
    assert session.cases[0].title == "Regular Charging Session - Plugin First"
    assert session.cases[0].needs == ("cable", "valid card")
    assert session.running is not None
    assert session.running.id == "TC_003_CS"
    assert session.next_case is not None
    assert session.next_case.id == "TC_013_CS"


def test_what_is_left_is_estimated_from_what_cases_took_with_the_way_to_them() -> None:
    result = {"started": "2026-11-21T10:00:00.000Z", "ended": "2026-11-21T10:01:00.000Z"}
    later = {"started": "2026-11-21T10:01:30.000Z", "ended": "2026-11-21T10:02:00.000Z"}
    messages = [hello("TC_003_CS", "TC_013_CS", "TC_019_CS"), case("ended", "TC_003_CS", "PASS", result=result)]
    assert session_of(messages).left == 120.0
    assert session_of([*messages, case("ended", "TC_013_CS", "PASS", result=later)]).left == 60.0
    assert session_of(STARTED).left is None


def test_a_night_between_two_cases_is_no_part_of_what_a_case_takes() -> None:
    first = {"started": "2026-11-21T18:00:00.000Z", "ended": "2026-11-21T18:01:00.000Z"}
    second = {"started": "2026-11-22T08:00:00.000Z", "ended": "2026-11-22T08:03:00.000Z"}
    session = session_of(
        [
            hello("TC_003_CS", "TC_013_CS", "TC_019_CS"),
            case("ended", "TC_003_CS", "PASS", result=first),
            case("ended", "TC_013_CS", "PASS", result=second),
        ]
    )
    assert session.left == 120.0


# Attaching in the midst -----------------------------------------------------------------------------------------------


def shown(session: Session) -> dict[str, Any]:
    """What must not depend on when one attached."""
    runs = session.running is not None
    return {
        "cases": session.cases,
        "ready": session.ready,
        "link": session.link,
        "paused": session.paused,
        "prompts": session.prompts,
        "steps": session.steps if runs else (),
        "remarks": session.remarks if runs else (),
        "wait": session.wait,
        "over": session.over,
    }


def greeted(messages: list[Message]) -> Session:
    """Somebody who attaches after all of the messages, and is greeted as a bench greets."""
    telling, opened, first = Telling(), [], messages[:2]
    for message in messages[2:]:
        telling.take(message)
        if message["type"] == "prompt":
            opened.append(message["id"])
        elif message["type"] == "prompt_closed":
            opened.remove(message["id"])
    summary = [message for message in messages if message["type"] == "summary"]
    session = session_of([{**first[0], "paused": telling.paused}, first[1], *telling.greeting(opened), *summary])
    for message in telling.frames:
        session.take(message, BEGIN)
    return session


def with_commands(messages: list[Message], commands: dict[int, str]) -> list[Message]:
    found = []
    for number, message in enumerate(messages):
        found.append(message)
        if number in commands:
            found.append({"type": "command", "run": "r1", "name": commands[number], "by": "operator 2"})
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whoever_attaches_in_the_midst_sees_what_the_others_see(data: st.DataObject) -> None:
    messages = [message for message in recorded() if message["type"] != "ignored"]
    names = st.sampled_from(["pause", "resume", "extend", "repeat"])
    commands = data.draw(st.dictionaries(st.integers(3, len(messages)), names, max_size=4))
    seen = with_commands(messages[: data.draw(st.integers(2, len(messages)))], commands)
    live = session_of(seen)
    assert shown(live) == shown(greeted(seen))


def test_one_who_was_attached_before_is_greeted_again_without_seeing_anything_twice() -> None:
    messages = [message for message in recorded() if message["type"] != "ignored"][:60]
    session = session_of(messages)
    before, frames = shown(session), [row.seq for row in session.frames.rows]
    telling = Telling()
    for message in messages[2:]:
        telling.take(message)
    for message in [*messages[:2], *telling.greeting([each.id for each in session.prompts]), *telling.frames]:
        session.take(message, BEGIN)
    assert shown(session) == before
    assert [row.seq for row in session.frames.rows] == frames


def test_verdicts_of_an_earlier_bench_come_with_the_greeting() -> None:
    result = {"id": "TC_003_CS", "attempt": 1, "verdict": "FAIL", "reason_code": "validation", "amended": True}
    session = session_of([hello("TC_003_CS", "TC_013_CS", results=[result])])
    (attempt,) = session.cases[0].attempts
    assert (attempt.verdict, attempt.amended, session.cases[0].verdict) == ("FAIL", True, "FAIL")


def test_a_result_that_a_dead_bench_left_is_shown_and_can_be_resumed() -> None:
    result = {"id": "TC_003_CS", "attempt": 1, "verdict": "PASS", "text": "fine"}
    session = Session()
    session.bench_lost(BEGIN)
    session.take({"type": "summary", "run": "r1", "ended": "", "cases": [result], "amendments": []}, BEGIN)
    assert (session.lost, session.over, verdicts(session)) == (True, False, {"TC_003_CS": "PASS"})


# The bench, the link, the operators -----------------------------------------------------------------------------------


def test_a_bench_that_goes_without_a_summary_is_lost() -> None:
    session = session_of(STARTED)
    assert (session.attached, session.lost) == (True, False)
    session.bench_lost(BEGIN)
    assert (session.attached, session.lost, session.last) == (False, True, "The bench has gone.")
    finished = session_of(recorded())
    finished.bench_lost(BEGIN)
    assert (finished.attached, finished.lost) == (False, False)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (link("up"), "CS-1 is connected."),
        (link("down"), "CS-1 is not connected any more."),
        (
            link("refused", came="CS-2", detail="the identity is not the configured one"),
            "A device came as CS-2 and was sent away: this session is for CS-1.",
        ),
        (
            link("refused", came="CS-1", detail="credentials: wrong"),
            "A connection was refused: credentials: wrong.",
        ),
    ],
)
def test_the_connection_is_told_in_one_sentence(message: Message, line: str) -> None:
    session = session_of([hello(), ready(), message])
    assert (session.link_line, session.last) == (line, line)
    assert session.link.up is (message["event"] == "up")


def test_no_device_has_connected_in_the_beginning() -> None:
    session = session_of([hello(), ready()])
    assert session.link_line == "No device has connected yet."
    assert session.ready is not None
    assert session.ready.listen == "127.0.0.1:9000"


def test_what_the_keys_have_decided_is_known() -> None:
    rows = [
        {"id": "TC_003_CS", "applicable": False, "reason": "Not applicable: no reader."},
        {"id": "TC_013_CS", "applicable": True, "reason": "Mandatory; confirmed."},
    ]
    session = session_of([*STARTED, {"type": "plan", "run": "r1", "cases": rows}])
    assert session.decided == {
        "TC_003_CS": Decided(False, "Not applicable: no reader."),
        "TC_013_CS": Decided(True, "Mandatory; confirmed."),
    }
    assert session.last == "The device's keys were read: 1 of the cases do not apply."


def test_a_pause_is_known_to_all_operators() -> None:
    session = session_of([*STARTED, {"type": "command", "run": "r1", "name": "pause", "by": "operator 2"}])
    assert (session.paused, session.last) == (True, "operator 2: pause")
    session.take({"type": "command", "run": "r1", "name": "resume", "by": "operator 1"}, BEGIN)
    assert session.paused is False
    assert session_of([hello(paused=True)]).paused is True


# Prompts --------------------------------------------------------------------------------------------------------------


def test_of_several_prompts_the_oldest_is_shown_and_a_review_stands_apart() -> None:
    session = session_of([*STARTED, prompt("p1", "review"), prompt("p2"), question("q1")])
    assert [each.id for each in session.prompts] == ["p1", "p2", "q1"]
    assert session.prompt is not None
    assert session.prompt.id == "p2"
    assert session.review is not None
    assert session.review.id == "p1"
    session.take(closed("p2", "operator"), BEGIN)
    assert session.prompt.id == "q1"


@pytest.mark.parametrize(
    ("by", "line"),
    [
        ("wire", "✓ Seen on the wire: Plug the cable into connector 1."),
        ("operator", "Answered: Plug the cable into connector 1."),
        ("tool", "No longer asked for: Plug the cable into connector 1."),
    ],
)
def test_what_closed_a_prompt_is_told(by: str, line: str) -> None:
    session = session_of([*STARTED, prompt(), closed(by=by)])
    assert session.closed is not None
    assert (session.closed.line, session.last, session.prompts) == (line, line, ())


def test_an_answer_that_another_operator_gave_first_is_told() -> None:
    ignored = {"type": "ignored", "run": "r1", "id": "p1"}
    late = session_of([*STARTED, prompt(), closed(by="operator"), ignored])
    assert (late.overtaken, late.last) == ("p1", "Another operator has answered already.")
    shown_first = session_of([*STARTED, prompt(), closed(by="wire"), ignored])
    assert (shown_first.overtaken, shown_first.last) == ("", "✓ Seen on the wire: Plug the cable into connector 1.")


def test_a_deadline_inside_the_device_is_counted_from_the_asking() -> None:
    session = session_of([*STARTED, prompt(countdown={"name": "connectionTimeOut", "seconds": 30})])
    opened = session.prompt
    assert opened is not None
    assert (opened.deadline, opened.deadline_name) == (opened.asked + 30, "connectionTimeOut")


# Steps ----------------------------------------------------------------------------------------------------------------


def states(session: Session) -> list[tuple[str, str]]:
    return [(line.what, line.state) for line in session.steps]


def test_the_steps_tick_as_the_bench_tells_them() -> None:
    session = session_of([*STARTED, prompt()])
    assert states(session)[:3] == [
        ("plug in", "waiting"),
        ("StatusNotification.req", ""),
        ("present the card", ""),
    ]
    session.take(step(1, "StatusNotification.req", "met"), BEGIN + 10)
    session.take(closed(), BEGIN + 10)
    session.take(step(0, "plug_in", "met", "wire"), BEGIN + 10)
    assert states(session)[:3] == [
        ("plug in", "done"),
        ("StatusNotification.req", "met"),
        ("present the card", "waiting"),
    ]


def test_what_may_come_in_either_order_is_waited_for_together() -> None:
    session = session_of(
        [
            *STARTED,
            step(0, "plug_in", "met", "wire"),
            step(1, "StatusNotification.req", "met"),
            step(0, "present_id", "met", "wire"),
            step(3, "Authorize.req", "met"),
        ]
    )
    assert states(session)[-2:] == [("StartTransaction.req", "waiting"), ("StatusNotification.req", "waiting")]
    assert {line.group for line in session.steps[-2:]} == {1}
    session.take(step(7, "StatusNotification.req", "met"), BEGIN + 20)
    assert states(session)[-2:] == [("StartTransaction.req", "waiting"), ("StatusNotification.req", "met")]
    assert session.steps[-1].after == pytest.approx(13.0)


def test_a_finding_stands_at_its_step_and_marks_its_frame() -> None:
    session = session_of(
        [
            *STARTED,
            frame(7, '[2,"a","StatusNotification",{"connectorId":1,"status":"Charging"}]'),
            step(1, "StatusNotification.req", "finding", "wrong status", frame=7, field="status"),
            step(1, "StatusNotification.req", "failed"),
        ]
    )
    line = session.steps[1]
    assert (line.state, line.notes) == ("failed", ("wrong status",))
    (row,) = session.frames.rows
    assert [(mark.field, mark.text) for mark in row.marks] == [("status", "wrong status")]


def test_preparation_and_what_the_catalogue_does_not_know_stand_before_and_behind() -> None:
    session = session_of(
        [
            *STARTED,
            step(1, "Authorize.req", "met", scope="Charging_CS"),
            step("Charging_CS:1", "Authorize.req", "finding", "not so"),
            step(99, "Heartbeat.req", "met"),
            step(0, "", "observation", "seen besides"),
        ]
    )
    first, last = session.steps[0], session.steps[-1]
    assert (first.scope, first.what, first.state, first.notes) == (
        "Charging_CS",
        "Authorize.req",
        "failed",
        ("not so",),
    )
    assert (last.step, last.what, last.state) == (99, "Heartbeat.req", "met")
    assert session.remarks == ("seen besides",)


def test_what_may_be_missing_is_left_out_when_a_later_step_comes() -> None:
    session = session_of([hello("TC_061_1_CS"), ready(), case("started", "TC_061_1_CS")])
    session.take(step(1, "StatusNotification.req", "met"), BEGIN)
    session.take(step(3, "StatusNotification.req", "met"), BEGIN)
    session.take(step(5, "ClearCache.req", "sent"), BEGIN)
    assert {line.step: line.state for line in session.steps if line.what == "Authorize.req"}[3] == "skipped"


def test_the_wait_has_its_beginning_and_its_limit_while_no_prompt_is_open() -> None:
    waiting = step(3, "", "waiting", at="2027-01-15T08:00:00.000Z", until="2027-01-15T08:00:30.000Z")
    session = session_of([*STARTED, waiting])
    assert session.wait is not None
    assert (session.wait.step, session.wait.limit) == (3, 30.0)
    session.take(prompt(), BEGIN)
    assert session.wait is None
    session.take(closed(), BEGIN)
    session.take(step(3, "", "waiting"), BEGIN)
    assert session.wait is None


def test_steps_between_two_cases_are_nobodys() -> None:
    session = session_of([hello("TC_003_CS"), ready(), step(1, "StatusNotification.req", "met")])
    assert session.steps == ()


def test_the_course_of_a_case_that_has_ended_stays_until_the_next_begins() -> None:
    session = session_of([*STARTED, step(1, "StatusNotification.req", "met"), case("ended", "TC_003_CS", "PASS")])
    assert session.running is None
    assert session.shown is not None
    assert session.shown.id == "TC_003_CS"
    assert session.steps[1].state == "met"


def test_a_message_of_a_kind_that_is_not_known_changes_nothing() -> None:
    session = session_of(STARTED)
    before = shown(session)
    session.take({"type": "weather", "run": "r1"}, BEGIN)
    assert shown(session) == before


@pytest.mark.parametrize(
    ("attempts", "verdict"),
    [
        ([("FAIL", "validation"), ("PASS", "")], "FAIL"),
        ([("INCONCLUSIVE", "operator"), ("PASS", "")], "PASS"),
        ([("INCONCLUSIVE", "aborted")], "INCONCLUSIVE"),
    ],
)
def test_the_verdict_that_counts_is_the_standing_one(attempts: list[tuple[str, str]], verdict: str) -> None:
    messages = [
        case("ended", "TC_003_CS", word, number, result={"reason_code": reason})
        for number, (word, reason) in enumerate(attempts, start=1)
    ]
    assert session_of([hello("TC_003_CS"), *messages]).cases[0].verdict == verdict


def test_an_amended_fail_gives_way_to_the_next_attempt() -> None:
    failed = case("ended", "TC_003_CS", "FAIL", 1, result={"reason_code": "validation"})
    amended = case("amended", "TC_003_CS", "FAIL", 1)
    session = session_of([hello("TC_003_CS"), failed, amended, case("ended", "TC_003_CS", "PASS", 2)])
    assert session.cases[0].verdict == "PASS"
    assert session.cases[0].attempts[0].amended
