"""Status notifications of the device that match no step, come twice, or do not come: noted, and put to the review."""

from __future__ import annotations

from collections.abc import Iterable

from labapp.domain.review import Notification, is_duplicate
from labapp.domain.view import Seen
from labapp.engine.attempt import Attempt
from labapp.engine.expected import Expectation
from labapp.engine.reviewing import (
    duplicate_situation,
    put_missing_to_review,
    put_to_review,
    unexpected_situation,
)
from labapp.engine.segment import Segment


def notification_of(attempt: Attempt, action: str, seen: Seen) -> Notification | None:
    """What the review compares of a status notification; None of any other request."""
    report = attempt.version.status(action, seen.payload)
    if report is None:
        return None
    return Notification(seen.seq, report.connector, report.status, report.error_code, report.info, seen.at)


def repeats(attempt: Attempt, action: str, seen: Seen) -> bool:
    """Whether it is a status notification that repeats the one before it (D3)."""
    content = notification_of(attempt, action, seen)
    return content is not None and is_duplicate(attempt.notifications.get(content.connector), content)


def note(attempt: Attempt, action: str, seen: Seen) -> None:
    """Keep a status notification as the last one of its connector."""
    content = notification_of(attempt, action, seen)
    if content is not None:
        attempt.notifications[content.connector] = content


def review(attempt: Attempt, segment: Segment | None, step: int | str, action: str, seen: Seen) -> None:
    """A status notification that no step means goes to the review, unless nothing is judged or the connection was cut."""
    content = notification_of(attempt, action, seen)
    if attempt.lenient or attempt.settling or content is None:
        return
    if attempt.disrupted == "link":
        attempt.observe(
            f"StatusNotification {content.status} of connector {content.connector} after the connection was cut",
            frame=seen.seq,
            message=seen.message,
        )
    elif is_duplicate(attempt.notifications.get(content.connector), content) and not (
        # Unavailable is accepted ahead of a boot, also of a connector that is so already.
        attempt.boot_ahead and content.status == "Unavailable"
    ):
        put_to_review(attempt, duplicate_situation(attempt, segment, content), content, step)
    else:
        put_to_review(attempt, unexpected_situation(attempt, segment, content), content, step)


def not_called_for(attempt: Attempt, segment: Segment) -> None:
    """Notifications that were held for an optional group which has not begun go to the review after all."""
    for expectation, seen in segment.unled():
        for row in expectation.rows():
            attempt.mark(row, "not_exercised")
        content = notification_of(attempt, expectation.message.action, seen)
        if content is not None:
            situation = unexpected_situation(attempt, segment, content)
            put_to_review(attempt, situation, content, attempt.place(expectation.step))


def missing(attempt: Attempt, segment: Segment | None, expectations: Iterable[Expectation]) -> None:
    """Status notifications that did not come go to the review; the scenario goes on."""
    for expectation in expectations:
        expectation.state = "missing"
        put_missing_to_review(attempt, expectation, segment)
