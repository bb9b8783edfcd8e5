"""The message log: rows, answers and their requests, filter, bounded memory, pretty JSON with marks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.presentation.frames import FrameFilter, FrameLog, time_text
from labapp.presentation.frames_json import pretty

CALL = '[2,"a1","StatusNotification",{"connectorId":2,"status":"Preparing"}]'
RESULT = '[3,"a1",{}]'
ERROR = '[4,"a1","NotImplemented","no",{}]'


def log(*frames: tuple[str, str], limit: int = 20_000) -> FrameLog:
    made = FrameLog(limit)
    for number, (way, text) in enumerate(frames):
        made.append(number, way, text, 1_800_000_000.0 + number)
    return made


def test_an_answer_shows_its_action_and_connector() -> None:
    made = log(("in", CALL), ("out", RESULT))
    call, result = made.rows
    assert (call.kind, call.message, call.connector, call.arrow, call.direction) == (
        "CALL",
        "StatusNotification",
        "2",
        "→",
        "from the device",
    )
    assert (result.kind, result.message, result.connector, result.arrow, result.direction) == (
        "CALLRESULT",
        "↳ StatusNotification",
        "2",
        "←",
        "to the device",
    )
    assert (call.spoken, result.spoken) == ("StatusNotification", "answer to StatusNotification")


def test_an_error_shows_its_code() -> None:
    assert log(("in", CALL), ("out", ERROR)).rows[1].message == "↳ StatusNotification: error NotImplemented"


def test_the_same_id_in_both_directions_is_two_requests() -> None:
    other = '[2,"a1","Reset",{"type":"Hard"}]'
    made = log(("in", CALL), ("out", other), ("out", RESULT), ("in", RESULT))
    assert [row.action for row in made.rows] == ["StatusNotification", "Reset", "StatusNotification", "Reset"]


@pytest.mark.parametrize("text", ["", "hello", "[2", "{}", '[9,"x"]', '["2","x","y",{}]'])
def test_what_is_no_frame_is_shown_as_such(text: str) -> None:
    (row,) = log(("in", text)).rows
    assert (row.kind, row.message, row.connector) == ("", "no OCPP frame", "")


def test_an_answer_to_nothing_is_shown_as_such() -> None:
    assert log(("in", RESULT)).rows[0].message == "↳ ?"


def test_frames_that_are_told_again_are_not_shown_twice() -> None:
    made = log(("in", CALL))
    made.append(0, "in", CALL, 0.0)
    assert len(made.rows) == 1


def test_memory_is_bounded_and_old_requests_are_forgotten() -> None:
    made = log(*[("in", CALL.replace("a1", f"m{number}")) for number in range(2600)], limit=500)
    assert 500 <= len(made.rows) < 1500
    assert made.appended == 2600
    assert made.rows[0].seq == made.dropped
    assert made.find(made.dropped - 1) is None
    found = made.find(2599)
    assert found is not None
    assert found.seq == 2599


def test_a_finding_marks_its_frame_whichever_comes_first() -> None:
    made = FrameLog()
    made.mark(1, "status", "wrong")
    made.append(1, "in", CALL, 0.0)
    made.append(2, "in", CALL, 0.0)
    made.mark(2, "status", "wrong too")
    made.mark(2, "status", "wrong too")
    assert [[mark.text for mark in row.marks] for row in made.rows] == [["wrong"], ["wrong too"]]
    assert made.marks == 2


def test_the_log_of_another_run_begins_empty() -> None:
    made = log(("in", CALL))
    made.clear()
    assert (made.rows, made.appended) == ([], 1)
    made.append(0, "out", RESULT, 0.0)
    assert made.rows[0].action == "?"


@pytest.mark.parametrize(
    ("chosen", "seqs"),
    [
        (FrameFilter(), [0, 1, 2]),
        (FrameFilter("status"), [0, 1]),
        (FrameFilter("PREPARING"), [0]),
        (FrameFilter("status preparing"), [0]),
        (FrameFilter(connector="2"), [0, 1]),
        (FrameFilter(findings_only=True), [2]),
        (FrameFilter("nothing"), []),
    ],
)
def test_the_filter(chosen: FrameFilter, seqs: list[int]) -> None:
    made = log(("in", CALL), ("out", RESULT), ("in", '[2,"b","Heartbeat",{}]'))
    made.mark(2, "", "not now")
    test = chosen.test()
    assert [row.seq for row in made.rows if test(row)] == seqs
    assert chosen.empty is (chosen == FrameFilter())


def test_times_are_utc_with_milliseconds() -> None:
    assert log(("in", CALL)).rows[0].time == "08:00:00.000"
    assert time_text(1_800_000_000.1234) == "08:00:00.123"
    assert time_text(0.0) == ""


# Pretty ---------------------------------------------------------------------------------------------------------------


def marked(text: str, *paths: str) -> list[str]:
    return [line.text.strip() for line in pretty(text, paths) if line.marked]


KEYS = json.dumps(
    [3, "x", {"configurationKey": [{"key": "A", "readonly": True}, {"key": "B", "value": "1"}], "unknownKey": []}]
)


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("unknownKey", ['"unknownKey": []']),
        ("configurationKey[key=A].readonly", ['"readonly": true']),
        ("configurationKey[1].value", ['"value": "1"']),
        ("configurationKey[].key", ['"key": "A",', '"key": "B",']),
        ("configurationKey[key=C].readonly", ['"configurationKey": [']),
        ("configurationKey[key=B].readonly", ["{", '"key": "B",', '"value": "1"', "}"]),
    ],
)
def test_what_a_finding_speaks_of_is_marked(path: str, lines: list[str]) -> None:
    assert marked(KEYS, path) == lines


def test_a_field_that_is_nowhere_marks_the_payload() -> None:
    found = pretty(CALL, ["info"])
    assert next(line.text for line in found if line.marked) == "  {"
    assert not found[0].marked


def test_what_is_no_json_stays_as_it_is() -> None:
    (line,) = pretty("hello", [""])
    assert (line.text, line.marked) == ("hello", True)
    assert [each.text for each in pretty("")] == [""]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON, st.text(max_size=12))
def test_pretty_text_is_the_same_frame(payload: Any, path: str) -> None:
    frame = [2, "id", "Action", payload]
    lines = pretty(json.dumps(frame), [path])
    assert json.loads("\n".join(line.text for line in lines)) == frame
