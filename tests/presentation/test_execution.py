"""What the execution page shows: stage, headline, tree, account of a verdict, commands, steps."""

from __future__ import annotations

import pytest

from labapp.domain.draft import Draft
from labapp.presentation.execution import (
    about,
    account_of,
    account_shown,
    before_session,
    block_title,
    caption,
    commands,
    duration,
    execution_status,
    headline,
    next_line,
    progress_line,
    reason_text,
    result_line,
    row_of,
    steps_ahead,
)
from labapp.presentation.execution_steps import expected_rows, step_rows
from labapp.presentation.session import Session
from labapp.presentation.stages import StageStatus, State
from tests.presentation.channel import (
    BEGIN,
    Message,
    case,
    closed,
    hello,
    link,
    prompt,
    ready,
    recorded,
    session_of,
    step,
)

GREETED = [hello("TC_003_CS", "TC_013_CS"), ready()]
RUNNING = [*GREETED, link("up"), case("started", "TC_003_CS")]
PAUSE: Message = {"type": "command", "run": "r1", "name": "pause", "by": "operator 1"}


def lost(*messages: Message) -> Session:
    session = session_of(messages)
    session.bench_lost(BEGIN)
    return session


@pytest.mark.parametrize(
    ("session", "status"),
    [
        (None, StageStatus(State.TO_DO, ("no session has been started",))),
        (session_of(RUNNING), StageStatus(State.IN_WORK)),
        (session_of([*RUNNING, prompt(), PAUSE]), StageStatus(State.IN_WORK, ("something is asked of you", "paused"))),
        (lost(*RUNNING), StageStatus(State.PROBLEM, ("the bench has gone: resume",))),
        (
            session_of([*GREETED, link("refused", came="CS-2")]),
            StageStatus(State.PROBLEM, ("A device came as CS-2 and was sent away: this session is for CS-1.",)),
        ),
        (session_of(recorded()), StageStatus(State.DONE, ("TC_019_CS: FAIL",))),
    ],
)
def test_the_stage_says_how_far_it_is(session: Session | None, status: StageStatus) -> None:
    assert execution_status(session) == status


@pytest.mark.parametrize(
    ("draft", "chosen", "lines"),
    [
        (None, None, ("▲ No project is open: open one, or make one, on the start page.",)),
        (
            Draft(1, "x"),
            None,
            ("▲ Set-up lacks the identity of the device.", "● Every case of the plan that applies will run."),
        ),
        (
            Draft(1, "x", {"connection": {"identity": "CS-1"}}, simulated=True),
            ("TC_003_CS", "TC_013_CS"),
            (
                "● 2 cases are chosen on the plan.",
                "● The device is the simulator of this machine: a demonstration, not valid for certification.",
            ),
        ),
    ],
)
def test_before_a_session_it_is_said_what_it_will_be(
    draft: Draft | None, chosen: tuple[str, ...] | None, lines: tuple[str, ...]
) -> None:
    assert before_session(draft, chosen) == lines


@pytest.mark.parametrize(
    ("session", "big", "small"),
    [
        (
            session_of(GREETED),
            "Waiting for the device",
            "Start the device: it connects to ws://127.0.0.1:9000/CS-1.",
        ),
        (session_of(GREETED[:1]), "Waiting for the device", "The bench is starting."),
        (
            session_of([GREETED[0], {"type": "ready", "run": "r1", "identity": "CS-1", "url": "ws://x/y"}]),
            "Waiting for the device",
            "The bench tests ws://x/y as CS-1.",
        ),
        (
            session_of([*GREETED, link("refused", came="CS-2")]),
            "A device came as CS-2 and was sent away: this session is for CS-1.",
            "Set the device's identity to CS-1, or the project's on Set-up.",
        ),
        (
            session_of([*GREETED, link("up")]),
            "Preparing TC_003_CS",
            "000_RESET puts the device into its idle state.",
        ),
        (session_of([*GREETED, link("up"), PAUSE]), "Paused", "Resume goes on with TC_003_CS."),
        (session_of(RUNNING), "TC_003_CS   Regular Charging Session - Plugin First", "try 1 · 1:05"),
        (
            lost(*RUNNING),
            "The bench has gone",
            "Nothing is lost: what was judged stands. Resume goes on with the case that was cut off.",
        ),
        (session_of(recorded()), "The session is over", "✓ 2 PASS   ✗ 1 FAIL"),
    ],
)
def test_the_headline_says_what_goes_on(session: Session, big: str, small: str) -> None:
    shown = headline(session, BEGIN + 3 + 65)
    assert (shown.big, shown.small) == (big, small)


def test_at_the_end_cases_without_a_verdict_are_counted_as_not_run() -> None:
    assert result_line(session_of(GREETED)) == "· 2 NOT RUN"


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0.9, "0:00"), (61, "1:01"), (3661, "1:01:01")])
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(10, "less than a minute"), (1800, "30 min"), (11400, "3 h 10 min")])
def test_estimates(seconds: float, text: str) -> None:
    assert about(seconds) == text


# The tree -------------------------------------------------------------------------------------------------------------


def test_rows_of_the_tree() -> None:
    result = {"started": "2027-01-15T08:00:00Z", "ended": "2027-01-15T08:02:10Z", "expected": True}
    failed = {"reason_code": "validation", "findings": [{"text": "Step 1 was wrong."}]}
    session = session_of(
        [
            hello("TC_003_CS", "TC_013_CS", "TC_019_CS", "TC_070_CS", "TC_061_1_CS"),
            case("ended", "TC_003_CS", "FAIL", result={**result, **failed}),
            case("ended", "TC_013_CS", "FAIL", 1, result=failed),
            case("amended", "TC_013_CS", "FAIL", 1),
            case("ended", "TC_013_CS", "PASS", 2),
            case("ended", "TC_019_CS", "NOT_APPLICABLE"),
            case("started", "TC_070_CS"),
        ]
    )
    rows = [row_of(each, BEGIN + 6 + 34) for each in session.cases]
    assert [(row.look, row.duration, row.note) for row in rows] == [
        ("FAIL", "2:10", "as it must"),
        ("PASS", "", "try 2"),
        ("NOT_APPLICABLE", "", ""),
        ("running", "0:34", ""),
        ("", "", ""),
    ]
    assert rows[0].tip == "Regular Charging Session - Plugin First – Step 1 was wrong."
    assert block_title(session.blocks[0]) == "Core  3/5"


def test_progress_and_what_is_needed_next() -> None:
    result = {"started": "2027-01-15T08:00:00Z", "ended": "2027-01-15T08:30:00Z"}
    first = [hello("TC_013_CS", "TC_003_CS"), ready()]
    assert progress_line(session_of(first)) == "0/2"
    assert next_line(session_of(first)) == "next: TC_013_CS, nothing to prepare"
    later = session_of([*first, case("ended", "TC_013_CS", "PASS", result=result)])
    assert progress_line(later) == "1/2 · 30 min left"
    assert next_line(later) == "next: TC_003_CS, cable, valid card"
    assert next_line(session_of(recorded())) == ""
    assert progress_line(session_of(recorded())) == "3/3"


# The account of a verdict ---------------------------------------------------------------------------------------------


def test_the_account_of_a_fail_has_both_values_clause_frame_and_what_was_seen_besides() -> None:
    session = session_of(recorded())
    account = account_of(session, session.case("TC_019_CS"))
    assert account is not None
    assert account.sentence == (
        "Step 4: GetConfiguration.conf had configurationKey[key=ResetRetries].readonly <omitted>, false was due."
    )
    assert account.facts == "try 1 · 0:00 · a validation failed"
    (finding,) = account.findings
    assert finding.place == "step 4, GetConfiguration.conf, configurationKey[key=ResetRetries].readonly"
    assert (finding.expected, finding.received) == ("false", "<omitted>")
    assert finding.clause.startswith("OCTT test case document for OCPP 1.6")
    assert finding.frame is not None
    assert session.frames.find(finding.frame) is not None
    assert account.besides == ("AuthorizationKey: the project has no value for it",)
    assert (account.run_again, account.record_issue) == ("", "")


def test_what_cannot_be_done_about_a_verdict_says_why() -> None:
    failed = case("ended", "TC_003_CS", "FAIL", result={"reason_code": "validation", "expected": True})
    session = session_of([*GREETED, failed])
    account = account_of(session, session.case("TC_003_CS"))
    assert account is not None
    assert account.run_again == "possible when the session is over"
    assert account.facts == "try 1 · a validation failed · this FAIL must be: the case is in order"
    session.take(case("amended", "TC_003_CS", "FAIL"), BEGIN)
    amended = account_of(session, session.case("TC_003_CS"))
    assert amended is not None
    assert (amended.record_issue, amended.facts.split(" · ")[-1]) == ("it is amended already", "amended")
    session.take(case("ended", "TC_013_CS", "PASS"), BEGIN)
    passed = account_of(session, session.case("TC_013_CS"))
    assert passed is not None
    assert (passed.sentence, passed.record_issue) == ("PASS", "only a FAIL is put down to the lab or the tool")
    assert account_of(session, session.case("TC_070_CS")) is None


def test_what_has_just_gone_wrong_is_accounted_for_and_what_is_selected() -> None:
    failed = case("ended", "TC_003_CS", "FAIL", result={"text": "wrong"})
    session = session_of([*RUNNING, failed])
    just_now = account_shown(session, "")
    assert just_now is not None
    assert just_now.case == "TC_003_CS"
    session.take(case("started", "TC_013_CS"), BEGIN)
    assert account_shown(session, "") is None
    assert account_shown(session, "TC_013_CS") is None
    assert account_shown(session, "TC_003_CS") == account_of(session, session.case("TC_003_CS"))
    session.take(case("ended", "TC_013_CS", "PASS"), BEGIN)
    assert account_shown(session, "") is None


def test_the_steps_of_a_case_to_come_can_be_looked_at() -> None:
    assert steps_ahead(session_of(GREETED), "") == "TC_003_CS"
    assert steps_ahead(session_of(RUNNING), "") == ""
    assert steps_ahead(session_of(RUNNING), "TC_003_CS") == ""
    assert steps_ahead(session_of(RUNNING), "TC_013_CS") == "TC_013_CS"
    assert steps_ahead(session_of(recorded()), "") == ""


def test_every_reason_code_has_words() -> None:
    codes = (
        "validation out_of_scenario missing schema in_preparation blocked_by_reset review operator device_lost "
        "environment excluded aborted"
    )
    assert all(reason_text(code) != code for code in codes.split())
    assert reason_text("new") == "new"


# Commands -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("session", "enabled"),
    [
        (None, []),
        (session_of(GREETED), ["pause", "repeat", "stop"]),
        (session_of(RUNNING), ["pause", "extend", "repeat", "skip", "abort", "stop"]),
        (session_of([*RUNNING, PAUSE]), ["resume", "extend", "repeat", "skip", "abort", "stop"]),
        (session_of(recorded()), []),
        (lost(*RUNNING), []),
    ],
)
def test_what_can_be_commanded(session: Session | None, enabled: list[str]) -> None:
    assert [command.name for command in commands(session) if command.enabled] == enabled


def test_only_what_loses_something_is_asked_about() -> None:
    asked = {command.name: command.ask for command in commands(session_of(RUNNING)) if command.ask}
    assert asked == {
        "abort": "Abort TC_003_CS? It is not judged, unless it has found a violation already.",
        "stop": "Stop the session? The case that runs is lost, the others stand.",
    }


# Steps ----------------------------------------------------------------------------------------------------------------


def test_rows_of_the_steps_with_wait_and_either_order() -> None:
    session = session_of(
        [
            *RUNNING,
            prompt(),
            step(1, "StatusNotification.req", "met", at="2027-01-15T08:00:05.000Z"),
            closed(),
            step(0, "plug_in", "met", at="2027-01-15T08:00:05.000Z"),
            step(0, "present_id", "met", at="2027-01-15T08:00:09.400Z"),
            step(3, "Authorize.req", "met", at="2027-01-15T08:00:09.900Z"),
            step(5, "", "waiting", at="2027-01-15T08:00:10.000Z", until="2027-01-15T08:00:40.000Z"),
        ]
    )
    rows = step_rows(session, BEGIN + 10 + 12)
    assert [(row.number, row.shape, row.what, row.stated, row.right, row.bracket) for row in rows] == [
        ("", "✓", "plug in", "", "+0.0 s", ""),
        ("1", "✓", "StatusNotification.req", "Preparing", "", ""),
        ("", "✓", "present the card", "", "+4.4 s", ""),
        ("3", "✓", "Authorize.req", "", "+0.5 s", ""),
        ("5", "▶", "StartTransaction.req", "", "waiting 12 s of 30 s", "first"),
        ("7", "▶", "StatusNotification.req", "Charging", "waiting", "last"),
    ]
    assert rows[4].gone == 0.4
    assert rows[4].spoken == "5, StartTransaction.req, waiting, waiting 12 s of 30 s"


def test_wrong_and_missing_steps_carry_their_findings() -> None:
    session = session_of(
        [
            *RUNNING,
            step(1, "StatusNotification.req", "finding", "Charging came", frame=7, field="status"),
            step(3, "Authorize.req", "missing"),
        ]
    )
    rows = step_rows(session, BEGIN)
    assert (rows[1].shape, rows[1].colour, rows[1].notes) == ("✗", "verdict_fail", ("Charging came",))
    assert (rows[3].shape, rows[3].right) == ("✗", "missing")


def test_a_series_says_how_often_it_came() -> None:
    messages = [step(9, "StatusNotification.req", "met") for _ in range(3)]
    session = session_of([hello("TC_013_CS"), ready(), link("up"), case("started", "TC_013_CS"), *messages])
    nine = [row.right for row in step_rows(session, BEGIN) if row.number == "9"]
    assert nine == ["", "2 times +1.0 s"]


def test_when_a_case_is_over_what_may_be_missing_was_left_out() -> None:
    session = session_of([hello("TC_032_2_CS"), ready(), link("up"), case("started", "TC_032_2_CS")])
    session.take(case("ended", "TC_032_2_CS", "FAIL"), BEGIN)
    states = [(row.what, row.state) for row in step_rows(session, BEGIN)]
    assert states[0] == ("power cycle", "")
    assert states[4] == ("present the card", "skipped")
    assert states[-1] == ("StatusNotification.req", "skipped")


def test_steps_of_a_case_that_has_not_run_are_those_of_the_catalogue() -> None:
    rows = expected_rows("TC_032_2_CS")
    assert [row.what for row in rows][:2] == ["power cycle", "BootNotification.req"]
    assert {row.state for row in rows} == {""}
    assert "every other connector and connectorId 0" in rows[3].notes
    assert [row.bracket for row in rows][2:] == ["first", "middle", "middle", "middle", "last"]


def test_what_the_steps_are_of_is_said_when_it_is_not_the_case_that_runs() -> None:
    assert caption(session_of(RUNNING), "") == ""
    assert caption(session_of(RUNNING), "TC_013_CS") == "TC_013_CS has not run yet. It expects:"
    assert caption(session_of(GREETED), "TC_003_CS") == "Next: TC_003_CS. It expects:"
    assert caption(session_of(recorded()), "") == "The course of TC_013_CS:"
