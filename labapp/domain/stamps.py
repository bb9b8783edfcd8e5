"""The stamp that every input and record carries: when it happened, by the wall and by the monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Stamp:
    """utc: aware, in UTC, microsecond resolution. mono_ns: monotonic clock of the process that took it, nanoseconds."""

    utc: datetime
    mono_ns: int

    def seconds_since(self, earlier: Stamp) -> float:
        """Seconds from `earlier` to this stamp, by the monotonic clock."""
        return (self.mono_ns - earlier.mono_ns) / 1e9

    def utc_at(self, mono_ns: int) -> datetime | None:
        """When, by the wall, a moment of the same monotonic clock will be, at the earliest now; None behind the end of the calendar."""
        try:
            return self.utc + timedelta(microseconds=max(0, mono_ns - self.mono_ns) // 1000)
        except OverflowError:
            return None


def utc_text(moment: datetime, *, milliseconds: bool = True) -> str:
    """RFC 3339 text in UTC with a `Z`, with three decimals of a second or with none.

    Raises ValueError for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no UTC text")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return text.replace("+00:00", "Z")
