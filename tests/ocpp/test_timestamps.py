from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.ocpp.timestamps import NOTES, read_timestamp

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
DATE_TIME = jsonschema_rs.Draft4Validator({"format": "date-time"}, validate_formats=True)


@pytest.mark.parametrize(
    ("text", "moment", "notes"),
    [
        ("2026-11-21T12:00:00Z", NOON, ()),
        ("2026-11-21T12:00:00.000Z", NOON, ()),
        ("2026-11-21T12:00:00+00:00", NOON, ()),
        ("2026-11-21T12:00:00-00:00", NOON, ()),
        ("2026-11-21T12:00:00", NOON, ("no_zone",)),
        ("2026-11-21T13:00:00+01:00", NOON, ("offset",)),
        ("2026-11-21T06:30:00-05:30", NOON, ("offset",)),
        ("2026-11-21T13:00:00+0100", NOON, ("offset", "offset_form")),
        ("2026-11-21T13:00:00+01", NOON, ("offset", "offset_form")),
        ("2026-11-21T12:00:00.123456Z", NOON.replace(microsecond=123456), ("microseconds",)),
        ("2026-11-21T12:00:00.123456789Z", NOON.replace(microsecond=123456), ("microseconds",)),
        ("2026-11-21T12:00:00.5Z", NOON.replace(microsecond=500000), ()),
        ("2026-11-21 12:00:00Z", NOON, ("separator",)),
        ("2026-11-21_12:00:00Z", NOON, ("separator",)),
        ("2026-11-21t12:00:00z", NOON, ("lower_case",)),
        ("2026-11-21T12:00:00,5Z", NOON.replace(microsecond=500000), ("comma",)),
        ("2026-11-21T12:00Z", NOON, ("no_seconds",)),
        ("2026-11-21T11:59:60Z", NOON - timedelta(seconds=1), ("leap_second",)),
        ("2026-11-21 12:00", NOON, ("no_zone", "separator", "no_seconds")),
    ],
)
def test_what_devices_write_is_read_with_a_note(text: str, moment: datetime, notes: tuple[str, ...]) -> None:
    assert read_timestamp(text) == (moment, notes)


def test_the_offset_of_the_text_is_kept() -> None:
    moment, _ = read_timestamp("2026-11-21T06:30:00-05:30")
    assert moment is not None
    assert moment.tzinfo == timezone(-timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T12:61:00Z",
        "2026-11-21T12:00:61Z",
        "2026-11-21T12:00:00+01:",
        "2026-11-21T12:00:00+24:00",
        "2026-11-21T12:00:00+01:60",
        "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00Z ",
        "2026-11-21T12:00:00Z\n",
        "21.11.2026 12:00:00",
        "1795262400",
        "٢٠٢٦-11-21T12:00:00Z",
    ],
)
def test_what_is_no_moment_is_not_read(text: str) -> None:
    assert read_timestamp(text) == (None, ())


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    read_timestamp(text)


@given(st.datetimes(), st.integers(-1439, 1439))
def test_what_python_writes_is_read_exactly(moment: datetime, minutes: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_timestamp(local.isoformat())[0] == local


@given(
    st.from_regex(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?(Z|[+-]\d\d:?\d\d)?"
    )
)
def test_whatever_the_schema_takes_can_be_read(text: str) -> None:
    moment, notes = read_timestamp(text)
    if DATE_TIME.is_valid(text) and not text.startswith("0000"):  # the calendar of Python begins with the year 1
        assert moment is not None
        assert not {"no_zone", "separator", "comma", "no_seconds", "offset_form"} & set(notes)


def test_every_note_has_a_meaning_that_ends_a_sentence() -> None:
    assert all(meaning.startswith(("it", "date")) for meaning in NOTES.values())
