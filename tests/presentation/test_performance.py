"""What the performance page shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labapp.domain.draft import Draft
from labapp.ocpp.timed import REMOTE_START, RESPONSE, TRIGGERED
from labapp.presentation.performance import Parameter, empty_text, number_of, performance_view, seconds_text
from labapp.presentation.performance_plot import Axis, axis_for, nearest
from labapp.presentation.stages import StageStatus, State
from labapp.services.performance import Measured, Sample

MEASURING = {
    TRIGGERED: ("TC_003_CS", "TC_013_CS"),
    RESPONSE: ("TC_013_CS",),
    REMOTE_START: ("TC_070_CS", "TC_032_2_CS", "TC_037_1_CS", "TC_066_CS"),
}
AT = datetime(2026, 11, 20, 8, 30, 1, 250_000, tzinfo=UTC)


def sample(seconds: float, case: str = "TC_013_CS", **changes: Any) -> Sample:
    given = {"seconds": seconds, "case": case, "attempt": 1, "at": AT, "action": "Reset", "frame": 7} | changes
    return Sample(**given)


def session(**changes: Any) -> Measured:
    given = {
        "sut": "cs",
        "ocpp": "1.6",
        "samples": {RESPONSE: tuple(sample(each) for each in (0.04, 0.01, 0.02, 0.3))},
        "cases": ("TC_003_CS", "TC_013_CS"),
        "declared": {RESPONSE: 0.2, TRIGGERED: "5"},
        "wait": 20.0,
    } | changes
    return Measured(**given)


def row(name: str, measured: Measured, *, running: bool = False) -> Parameter:
    view = performance_view(measured, None, MEASURING, running=running)
    return next(each for each in view.parameters if each.name == name)


def test_a_measured_parameter_has_its_figures_with_units() -> None:
    shown = row(RESPONSE, session())
    assert (shown.title, shown.count, shown.statistic) == ("OCPP response timeout", "4 measurements", "longest")
    assert (shown.value, shown.minimum, shown.median, shown.p95, shown.maximum) == (
        "0.300 s", "0.010 s", "0.030 s", "0.300 s", "0.300 s",
    )  # fmt: skip
    assert (shown.declared, shown.limit) == ("0.2 s", "20 s")
    assert (shown.comparison, shown.tone) == ("0.100 s longer than stated", "warning")
    assert shown.missing == ""
    assert shown.spoken == "OCPP response timeout: 0.300 s, 4 measurements; 0.100 s longer than stated"


def test_a_response_time_is_the_median() -> None:
    times = tuple(sample(each, "TC_070_CS") for each in (0.5, 0.1, 0.2))
    shown = row(REMOTE_START, session(samples={REMOTE_START: times}, declared={REMOTE_START: 0.2}))
    assert (shown.statistic, shown.value, shown.comparison, shown.tone) == (
        "median", "0.200 s", "within stated", "good",
    )  # fmt: skip
    assert [each.is_value for each in shown.samples] == [False, False, True]
    assert (shown.value_at, row(TRIGGERED, session()).value_at) == (2, None)


def test_what_the_vendor_did_not_state_is_only_shown() -> None:
    shown = row(RESPONSE, session(declared={RESPONSE: ""}))
    assert (shown.declared, shown.comparison, shown.tone) == ("not stated", "shown only, nothing stated", "muted")


def test_the_lines_of_the_plot_are_labelled() -> None:
    assert [(each.kind, each.label) for each in row(RESPONSE, session()).lines] == [
        ("median", "median 0.030 s"),
        ("declared", "stated 0.2 s"),
        ("limit", "tool waits 20 s"),
    ]


def test_each_measurement_names_case_attempt_and_line() -> None:
    times = (sample(0.04, attempt=2), sample(0.01, "000_RESET"), sample(0.02, "IDLE"))
    rows = row(RESPONSE, session(samples={RESPONSE: times})).samples
    assert [(each.value, each.case) for each in rows] == [
        ("0.040 s", "TC_013_CS, try 2"),
        ("0.010 s", "000_RESET"),
        ("0.020 s", "between cases"),
    ]
    assert (rows[0].message, rows[0].at, rows[0].frame) == ("Reset", "08:30:01.250", "7")


@pytest.mark.parametrize(
    ("name", "changes", "running", "words"),
    [
        (TRIGGERED, {}, True, "not measured yet; TC_003_CS or TC_013_CS measures it"),
        (TRIGGERED, {}, False, "not measured; run TC_003_CS or TC_013_CS"),
        (
            REMOTE_START,
            {},
            False,
            "not measured; no case of this session measures it, TC_070_CS or one of 3 more would",
        ),
        (REMOTE_START, {"cases": ()}, False, "not measured yet; TC_070_CS or one of 3 more measures it"),
    ],
)
def test_what_is_not_measured_names_the_case_that_would(
    name: str, changes: dict[str, Any], running: bool, words: str
) -> None:
    shown = row(name, session(**changes), running=running)
    assert (shown.missing, shown.value, shown.count) == (words, "–", "0 measurements")


def test_before_a_session_the_declaration_is_shown() -> None:
    draft = Draft(1, "x", {"project": {"sut": "csms"}}, {"performance.ocpp_response_timeout": "2"})
    view = performance_view(None, draft, {})
    assert [(each.title, each.declared, each.limit) for each in view.parameters] == [
        ("OCPP response timeout", "2 s", "30 s"),
        ("Response time Authorize", "not stated", "30 s"),
    ]
    assert view.parameters[0].missing == "not measured; no case of this version measures it"
    assert view.source == "no session yet"
    assert view.status == StageStatus(State.TO_DO, ("no measurements yet",))
    assert performance_view(None, None, {}).parameters == ()


def test_the_stage_says_what_is_not_measured() -> None:
    every = {name: (sample(0.1),) for name in MEASURING}
    assert performance_view(session(samples=every), None, MEASURING).status == StageStatus(State.DONE)
    part = performance_view(session(), None, MEASURING).status
    assert part == StageStatus(
        State.IN_WORK,
        ("OCPP triggered function timeout: not measured", "Response time RemoteStartTransaction: not measured"),
    )


def test_the_note_says_that_nothing_is_judged_and_what_the_tool_waits() -> None:
    note = performance_view(session(), None, MEASURING).note
    assert note.startswith("No value passes or fails")
    assert note.endswith("The tool waits 20 s for a message; a later one fails its case.")
    assert empty_text(False)[0] == "No project is open"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0001, "<0.001 s"), (0, "<0.001 s"), (0.0005, "0.001 s"), (12.3456, "12.346 s"), (612.4, "612 s")],
)
def test_times_carry_their_unit(seconds: float, words: str) -> None:
    assert seconds_text(seconds) == words


@pytest.mark.parametrize(
    ("value", "number"),
    [("", None), ("two", None), (" 2.5 ", 2.5), (3, 3.0), (True, None), (-1, None), ("inf", None), (None, None)],
)
def test_a_stated_number_is_read_leniently(value: Any, number: float | None) -> None:
    assert number_of(value) == number


def test_the_axis_is_logarithmic_and_holds_every_value() -> None:
    axis = axis_for([0.03, 20])
    assert axis == Axis(-3, 2)
    assert [label for _, label in axis.decades] == ["0.001 s", "0.01 s", "0.1 s", "1 s", "10 s", "100 s"]
    assert axis.place(1) == pytest.approx(0.6)
    assert axis.value(0.6) == pytest.approx(1)
    assert (axis.place(0), axis.place(1e9), axis.place(1e-9)) == (0, 1, 0)
    assert axis_for([]) == Axis()
    assert axis_for([0.00002]) == Axis(-5, 1)


def test_the_nearest_measurement_is_found() -> None:
    axis = Axis()
    assert nearest(axis, [0.01, 0.1, 1], axis.place(0.12), 0.05) == 1
    assert nearest(axis, [0.01, 0.1, 1], axis.place(0.3), 0.05) is None
    assert nearest(axis, [], 0.5, 1) is None
