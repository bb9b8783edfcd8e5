"""Timestamps as devices really write them, read tolerantly, with a note of everything that was odd.

The JSON schemas of OCPP ask for RFC 3339 date-times (section 5.6): date, `T`, time with seconds, and a zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

#: What can be odd about a timestamp that can be read: code -> meaning.
NOTES = {
    "no_zone": "it has no zone and is taken as UTC",
    "offset": "it is in local time with an offset",
    "offset_form": "its offset is not written as +hh:mm",
    "microseconds": "it has more than three decimals of a second",
    "separator": "date and time are not separated by a T",
    "lower_case": "it has a small t or z",
    "comma": "its decimals follow a comma",
    "no_seconds": "it has no seconds",
    "leap_second": "it is a leap second and is taken as the second before",
}

_TIMESTAMP = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<separator>[Tt _])(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:(?P<point>[.,])(?P<decimals>[0-9]{1,30}))?)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<colon>:?)(?P<minutes>[0-9]{2})?)?"
)


def read_timestamp(text: str) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment, aware and with the text's own offset, or None when it cannot be read; and the codes of NOTES that apply.

    Decimals beyond the microsecond are cut off. A moment without a zone is taken as UTC.
    """
    found = _TIMESTAMP.fullmatch(text)
    if not found or (found["colon"] and found["minutes"] is None):
        return None, ()
    leap = found["second"] == "60"
    second = "59" if leap else found["second"] or "00"
    decimals = (found["decimals"] or "")[:6].ljust(6, "0")
    try:
        naive = datetime.fromisoformat(f"{found['date']}T{found['hour']}:{found['minute']}:{second}.{decimals}")
        moment = naive.replace(tzinfo=_zone(found))
    except ValueError:
        return None, ()
    applies = {
        "no_zone": found["zone"] is None,
        "offset": moment.utcoffset() != timedelta(0),
        "offset_form": found["sign"] is not None and not found["colon"],
        "microseconds": len(found["decimals"] or "") > 3,
        "separator": found["separator"] not in "Tt",
        "lower_case": found["separator"] == "t" or found["zone"] == "z",
        "comma": found["point"] == ",",
        "no_seconds": found["second"] is None,
        "leap_second": leap,
    }
    return moment, tuple(code for code in NOTES if applies[code])


def _zone(found: re.Match[str]) -> timezone:
    """Raises ValueError for an offset that no clock has."""
    if found["sign"] is None:
        return UTC
    hours, minutes = int(found["hours"]), int(found["minutes"] or "0")
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)
