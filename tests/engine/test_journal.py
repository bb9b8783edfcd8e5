from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.domain.stamps import Stamp
from labapp.engine.journal import (
    GENESIS,
    ChainFinding,
    Record,
    decode,
    digest,
    encode,
    records,
    split,
    verify_chain,
)
from tests.data.captures import recordings
from tests.ocpp.json_values import JSON_VALUES

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
FIRST = Record(1, Stamp(NOON, 7), "run-1", "frame", {"text": "Zürich ☃", "dir": "in"}, GENESIS)
FIRST_LINE = (
    b'{"seq":1,"utc":"2026-11-21T12:00:00.123456Z","mono":7,"run":"run-1","kind":"frame",'
    b'"content":{"dir":"in","text":"Z\\u00fcrich \\u2603"},"prev":"' + b"0" * 64 + b'"}'
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


def chain(contents: list[dict[str, Any]]) -> list[Record]:
    """Records of these contents, one millisecond apart."""
    result: list[Record] = []
    prev = GENESIS
    for seq, content in enumerate(contents, start=1):
        record = Record(seq, Stamp(NOON + timedelta(milliseconds=seq), seq * 10**6), "run-1", "frame", content, prev)
        prev = digest(encode(record))
        result.append(record)
    return result


def lines_of(name: str) -> list[bytes]:
    """A recording as the lines of a journal."""
    contents = [{"direction": line.direction, "text": line.text} for line in recordings.read(name)]
    return [encode(record) for record in chain(contents)]


def test_the_bytes_of_a_record_and_of_its_digest() -> None:
    assert encode(FIRST) == FIRST_LINE
    assert decode(FIRST_LINE) == FIRST
    assert digest(FIRST_LINE) == hashlib.sha256(FIRST_LINE).hexdigest()


def test_numbers_are_doubles_and_tuples_are_lists() -> None:
    content = {"b": Decimal("0.10"), "a": (1, Decimal("2.0"), 1e-7, True, None), "c": 10**99}
    record = Record(1, Stamp(NOON, 7), "", "x", content, GENESIS)
    line = encode(record)
    assert b'"content":{"a":[1,2.0,1e-07,true,null],"b":0.1,"c":1' in line
    assert decode(line).content == {"b": 0.1, "a": [1, 2.0, 1e-7, True, None], "c": 10**99}


def nested(depth: int) -> Any:
    return [] if depth == 1 else [nested(depth - 1)]


@pytest.mark.parametrize(
    ("content", "error", "text"),
    [
        ({"x": float("nan")}, ValueError, "JSON has no nan"),
        ({"x": 10**100}, ValueError, "an integer of more than 100 digits is not read again"),
        ({"x": nested(99)}, ValueError, "the content nests too deep to be read again"),
        ({"x": b""}, TypeError, "JSON has no bytes"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    content: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=f"^{text}$"):
        encode(Record(1, Stamp(NOON, 7), "", "x", content, GENESIS))
    assert decode(encode(Record(1, Stamp(NOON, 7), "", "x", {"x": nested(98)}, GENESIS)))


@given(
    MOMENTS,
    st.integers(0, 2**63),
    st.text(),
    st.text(),
    st.dictionaries(st.text(), JSON_VALUES | st.floats(-1e300, 1e300)),
)
def test_a_record_that_is_written_is_read_again(
    utc: datetime, mono: int, run: str, kind: str, content: dict[str, Any]
) -> None:
    record = Record(1, Stamp(utc, mono), run, kind, content, GENESIS)
    line = encode(record)
    again = decode(line)
    assert encode(again) == line
    assert (again.at, again.run, again.kind) == (record.at, run, kind)
    assert again.content == json.loads(json.dumps(content, default=float))


def changed(**members: Any) -> bytes:
    return json.dumps({**json.loads(FIRST_LINE), **members}).encode()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"", "the text is not JSON from character 1 on"),
        (b"\xff", "it is not UTF-8"),
        (b"[]", "it is not an object of seq, utc, mono, run, kind, content, prev"),
        (b"{}", "it is not an object of seq, utc, mono, run, kind, content, prev"),
        (changed(extra=1), "it is not an object of seq, utc, mono, run, kind, content, prev"),
        (FIRST_LINE.replace(b'"dir"', b'"text"'), "the name text stands more than once in an object"),
        (FIRST_LINE.replace(b'"in"', b"NaN"), "NaN is not a number that can be read"),
        (changed(seq="1"), "seq is not an integer"),
        (changed(seq=True), "seq is not an integer"),
        (changed(mono=1.5), "mono is not an integer"),
        (changed(run=None), "run is not a string"),
        (changed(kind=1), "kind is not a string"),
        (changed(prev=1), "prev is not a string"),
        (changed(content=[]), "content is not an object"),
        (changed(utc=1), "utc is not a moment in UTC with six decimals"),
        (changed(utc="2026-11-21T12:00:00+00:00"), "utc is not a moment in UTC with six decimals"),
    ],
)
def test_what_no_writer_has_written_is_no_record(line: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        decode(line)
    assert verify_chain([line])[0] == ChainFinding(1, f"line 1 is no record: {text}")


@given(st.binary())
def test_no_line_makes_the_verification_raise(line: bytes) -> None:
    verify_chain([FIRST_LINE, line])


def test_lines_end_with_a_line_feed_and_what_follows_the_last_is_torn() -> None:
    assert split(b"") == ([], b"")
    assert split(b"a\nb\n") == ([b"a", b"b"], b"")
    assert split(b"a\r\x85\nb") == ([b"a\r\x85"], b"b")


@pytest.mark.parametrize("name", recordings.NAMES)
def test_recorded_traffic_is_kept_as_it_was(name: str) -> None:
    recorded = recordings.read(name)
    lines = lines_of(name)
    assert verify_chain(lines, digest(lines[-1])) == ()
    assert [(record.content["direction"], record.content["text"]) for record in records(lines)] == [
        (line.direction, line.text) for line in recorded
    ]
    assert len(lines) == len(recorded)


@pytest.mark.parametrize("name", recordings.NAMES)
@given(data=st.data())
def test_any_changed_byte_is_found_and_its_line_is_named(name: str, data: st.DataObject) -> None:
    lines = lines_of(name)
    head = digest(lines[-1])
    number = data.draw(st.integers(1, len(lines)))
    line = bytearray(lines[number - 1])
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] ^= data.draw(st.integers(1, 255))
    lines[number - 1] = bytes(line)
    # As from a file: a byte that became a line feed makes two lines of one.
    found = verify_chain(split(b"\n".join(lines) + b"\n")[0], head)
    assert f"line {number} " in " ".join(finding.text for finding in found)
    assert min(finding.line for finding in found) in (number - 1, number)


def test_every_byte_of_a_short_journal_is_watched() -> None:
    lines = [encode(record) for record in chain([{"n": 1}, {"n": 2}, {"n": 3}])]
    head = digest(lines[-1])
    for number, line in enumerate(lines, start=1):
        for at in range(len(line)):
            flipped = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
            found = verify_chain([*lines[: number - 1], flipped, *lines[number:]], head)
            assert any(f"line {number} " in finding.text for finding in found), (number, at)


def test_a_line_that_does_not_match_the_next_one() -> None:
    lines = [encode(record) for record in chain([{"n": 1}, {"n": 2}, {"n": 3}])]
    lines[1] = lines[1].replace(b'"n":2', b'"n":7')
    assert verify_chain(lines) == (ChainFinding(2, "line 2 has not the digest that line 3 states"),)


def test_the_head_keeps_the_last_line_and_the_number_of_lines() -> None:
    lines = [encode(record) for record in chain([{"n": 1}, {"n": 2}])]
    head = digest(lines[-1])
    text = "line 1 has not the digest of the journal's head"
    assert verify_chain(lines[:1], head) == (ChainFinding(1, text),)
    assert verify_chain([], head) == (ChainFinding(1, "line 1 is missing"),)
    assert verify_chain([], GENESIS) == verify_chain([]) == ()


def test_lines_that_are_missing_swapped_or_inserted_are_found() -> None:
    one, two, three = (encode(record) for record in chain([{"n": 1}, {"n": 2}, {"n": 3}]))
    assert [finding.text for finding in verify_chain([one, three])] == [
        "line 1 has not the digest that line 2 states",
        "line 2 has the sequence number 3",
    ]
    assert [finding.text for finding in verify_chain([two, three])] == [
        "line 1 has the sequence number 2",
        "line 1 does not begin the chain: its prev is not 64 zeros",
        "line 2 has the sequence number 3",
    ]
    assert verify_chain([one, three, two])
    assert verify_chain([one, two, two, three])


def test_records_are_read_up_to_the_first_line_that_was_changed() -> None:
    one, two, three = (encode(record) for record in chain([{"n": 1}, {"n": 2}, {"n": 3}]))
    reading = records([one, two.replace(b'"n":2', b'"n":7'), three], "journal.jsonl")
    assert [next(reading).seq, next(reading).seq] == [1, 2]
    with pytest.raises(InputError) as caught:
        next(reading)
    assert str(caught.value) == (
        "journal.jsonl:2: the journal was changed after it was written: line 2 has not the digest that line 3 states - "
        "use an unchanged copy; a journal is never edited, a correction is an amendment"
    )
    with pytest.raises(InputError, match=r"^the journal:1: .*line 1 is no record: it is not UTF-8"):
        next(records([b"\xff"]))
