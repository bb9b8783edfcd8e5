from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.ocpp.frames import (
    ERROR_CODES,
    Call,
    CallError,
    CallResult,
    Defect,
    Malformed,
    frame_text,
    parse_frame,
    refusal,
)
from tests.data.captures import recordings
from tests.ocpp.json_values import JSON_VALUES

IDS = st.text(max_size=36)
OBJECTS = st.dictionaries(st.text(), JSON_VALUES, max_size=4)
FRAMES = (
    st.builds(Call, IDS, st.text(), OBJECTS)
    | st.builds(CallResult, IDS, OBJECTS)
    | st.builds(CallError, IDS, st.sampled_from(sorted(ERROR_CODES["1.6"])), st.text(), OBJECTS)
)
REAL = [
    line.text
    for name in recordings.NAMES
    if recordings.version(name) == "1.6"
    for line in recordings.read(name)
    if line.is_frame
]


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[2,"a","Heartbeat",{}]', Call("a", "Heartbeat", {})),
        (' [ 2 , "a" , "X" , {"y":0.1} ] ', Call("a", "X", {"y": Decimal("0.1")})),
        ('[3,"a",{"status":"Accepted"}]', CallResult("a", {"status": "Accepted"})),
        ('[4,"a","NotImplemented","no",{"x":1}]', CallError("a", "NotImplemented", "no", {"x": 1})),
        (
            '[2,"a","X",{"y":1,"y":2}]',
            Call(
                "a",
                "X",
                {"y": 2},
                (Defect("duplicate_name", "an object has the name y more than once; the last one counts"),),
            ),
        ),
        (
            '[4,"a","FormatViolation","",{}]',
            CallError(
                "a",
                "FormatViolation",
                defects=(
                    Defect("error_code_unknown", "the error code FormatViolation does not exist in this version"),
                ),
            ),
        ),
        (
            '[4,"a","OccurenceConstraintViolation"]',
            CallError(
                "a",
                "OccurenceConstraintViolation",
                defects=(
                    Defect("description_missing", "the CALLERROR has no description"),
                    Defect("details_missing", "the CALLERROR has no details"),
                ),
            ),
        ),
        (
            '[4,"a","FormationViolation",null,"x"]',
            CallError(
                "a",
                "FormationViolation",
                defects=(
                    Defect("description_not_string", "the description is null, not a string"),
                    Defect("details_not_object", "the details are a string, not an object"),
                ),
            ),
        ),
    ],
)
def test_frames(text: str, frame: Any) -> None:
    assert parse_frame(text) == frame


def test_a_character_may_be_written_as_two_halves() -> None:
    assert parse_frame('[3,"a",{"x":"\\ud83d\\ude00 \\\\ud800"}]') == CallResult("a", {"x": "\U0001f600 \\ud800"})


def test_each_version_has_its_own_error_codes() -> None:
    assert {version: len(codes) for version, codes in ERROR_CODES.items()} == {"1.6": 10, "2.0.1": 12}
    assert parse_frame('[4,"a","FormatViolation","",{}]', "2.0.1") == CallError("a", "FormatViolation")


LONG = "x" * 37
HALF = "a string holds one half of a surrogate pair, which is no character"


@pytest.mark.parametrize(
    ("text", "malformed"),
    [
        ("", Malformed("not_json", "the text is not JSON from character 1 on")),
        ("hello", Malformed("not_json", "the text is not JSON from character 1 on")),
        (
            '[2,"a\\u0062","X",{"y":}]',
            Malformed("not_json", "the text is not JSON from character 23 on", 2, "ab"),
        ),
        ('[3, "a', Malformed("not_json", "the text is not JSON from character 5 on", 3)),
        ("[2,", Malformed("not_json", "the text is not JSON from character 4 on", 2)),
        (
            '[2,"a","X",' + "[" * 200,
            Malformed("too_deep", "the text nests deeper than 100 levels", 2, "a"),
        ),
        ('{"a":1}', Malformed("not_array", "a frame is a JSON array, not an object")),
        ("1", Malformed("not_array", "a frame is a JSON array, not a number")),
        ('[2,"a","X",{"y":NaN}]', Malformed("bad_number", "NaN is not a number that can be read", 2, "a", "X")),
        ('[3,"a",{"x":["\\ud800y"]}]', Malformed("half_character", HALF, 3, "a")),
        ('[2,"a","X",{"\ud800":1}]', Malformed("half_character", HALF, 2, "a", "X")),
        ('[2,"\\uDFFF","\\udbff",{}]', Malformed("half_character", HALF, 2)),
        ('[3,"\\ud800', Malformed("not_json", "the text is not JSON from character 6 on", 3)),
        ('[2,"\\ud800",{]', Malformed("not_json", "the text is not JSON from character 14 on", 2)),
        ("[]", Malformed("message_type_missing", "the array is empty")),
        (
            '["2","a","X",{}]',
            Malformed("message_type_not_number", "the message type is a string, not an integer", None, "a"),
        ),
        (
            "[true]",
            Malformed("message_type_not_number", "the message type is a boolean, not an integer"),
        ),
        (
            '[2.0,"a","X",{}]',
            Malformed("message_type_not_number", "the message type is 2.0, not an integer", None, "a"),
        ),
        ('[5,"a",{}]', Malformed("message_type_unknown", "the message type number 5 is not 2, 3 or 4", 5, "a")),
        ('[2,"a","X"]', Malformed("arity", "a CALL has 4 elements, not 3", 2, "a", "X")),
        ('[2,"a","X",{},1]', Malformed("arity", "a CALL has 4 elements, not 5", 2, "a", "X")),
        ('[3,"a"]', Malformed("arity", "a CALLRESULT has 3 elements, not 2", 3, "a")),
        ('[4,"a"]', Malformed("arity", "a CALLERROR has 5 elements, not 2", 4, "a")),
        ('[4,"a","X","",{},1]', Malformed("arity", "a CALLERROR has 5 elements, not 6", 4, "a")),
        ('[2,7,"X",{}]', Malformed("id_not_string", "the message id is a number, not a string", 2, None, "X")),
        (
            f'[2,"{LONG}","X",{{}}]',
            Malformed("id_too_long", "the message id has 37 characters, more than 36", 2, LONG, "X"),
        ),
        ('[2,"a",7,{}]', Malformed("action_not_string", "the action is a number, not a string", 2, "a")),
        (
            '[2,"a","X",[]]',
            Malformed("payload_not_object", "the payload is an array, not an object", 2, "a", "X"),
        ),
        ('[3,"a",null]', Malformed("payload_not_object", "the payload is null, not an object", 3, "a")),
        (
            '[4,"a",9,"",{}]',
            Malformed("error_code_not_string", "the error code is a number, not a string", 4, "a"),
        ),
    ],
)
def test_malformed_texts_give_their_reason_and_what_could_be_read(text: str, malformed: Malformed) -> None:
    assert parse_frame(text) == malformed


@pytest.mark.parametrize(
    ("text", "answer16", "answer201"),
    [
        ("hello", None, ("-1", "RpcFrameworkError")),
        ('[2,"a","X",{]', ("a", "FormationViolation"), ("a", "RpcFrameworkError")),
        ('[2,7,"X",{}]', None, ("-1", "RpcFrameworkError")),
        ('[2,"a","X",[]]', ("a", "FormationViolation"), ("a", "FormatViolation")),
        ('[6,"a","X",{}]', None, ("a", "MessageTypeNotSupported")),
        ('[3,"a"]', None, None),
        ('[4,"a"]', None, None),
    ],
)
def test_the_answer_to_a_malformed_text(
    text: str, answer16: tuple[str, str] | None, answer201: tuple[str, str] | None
) -> None:
    malformed = parse_frame(text)
    assert isinstance(malformed, Malformed)
    for version, expected in (("1.6", answer16), ("2.0.1", answer201)):
        answer = refusal(malformed, version)
        assert (answer and (answer.unique_id, answer.code)) == expected
        if answer:
            assert answer.description == malformed.text
            assert answer.code in ERROR_CODES[version]


@given(FRAMES)
def test_a_frame_that_is_written_is_read_again(frame: Any) -> None:
    assert parse_frame(frame_text(frame)) == frame


def test_the_text_of_a_frame_is_compact_and_keeps_the_order() -> None:
    text = frame_text(Call("a", "StartTransaction", {"idTag": "Ü", "connectorId": 1}))
    assert text == '[2,"a","StartTransaction",{"idTag":"Ü","connectorId":1}]'
    assert frame_text(CallResult("a", {})) == '[3,"a",{}]'
    assert frame_text(CallError("a", "GenericError")) == '[4,"a","GenericError","",{}]'


@given(st.text() | st.text(alphabet='[]{},:"\\234 aeE.-N'))
def test_no_text_makes_it_raise(text: str) -> None:
    parse_frame(text)


@given(JSON_VALUES)
def test_no_json_makes_it_raise(value: Any) -> None:
    parse_frame(json.dumps(value, default=str))


@given(st.sampled_from(REAL), st.data())
def test_no_damaged_frame_makes_it_raise(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    damaged = text[:start] + data.draw(st.text(max_size=8)) + text[end:]
    result = parse_frame(damaged)
    if isinstance(result, Malformed):
        assert result.reason
        assert result.text


@pytest.mark.parametrize("name", recordings.NAMES)
def test_every_recorded_frame_is_a_frame(name: str) -> None:
    """None of these implementations sent a malformed frame; their defects are counted below."""
    frames = [parse_frame(line.text, recordings.version(name)) for line in recordings.read(name) if line.is_frame]
    assert not [frame for frame in frames if isinstance(frame, Malformed)]


def test_the_defects_of_recorded_frames() -> None:
    defects = {
        name: [
            defect.text
            for line in recordings.read(name)
            if line.is_frame
            for defect in _defects(parse_frame(line.text, recordings.version(name)))
        ]
        for name in recordings.NAMES
    }
    unknown = "the error code {} does not exist in this version"
    assert {name: texts for name, texts in defects.items() if texts} == {
        "csms_c_station_probe": [unknown.format("OccurrenceConstraintViolation")],
        "csms_d_station_probe": [unknown.format("FormatViolation")] * 2,
        "csms_f_station_probe": [unknown.format("FormatViolation")],
    }


def _defects(frame: Any) -> tuple[Defect, ...]:
    return () if isinstance(frame, Malformed) else frame.defects
