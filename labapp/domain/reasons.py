"""Why an attempt has its verdict, in one sentence, and what devices in the field are known to do wrong in just this way.

A reason says what the device did, what was due, and which clause asks for it. A hint names a likely cause, where what was seen is
on the list of faults that real devices have; it judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hint:
    """A fault known from the field. text: what such devices do; fits: whether a finding or an item of the review looks like it."""

    name: str
    text: str
    fits: Callable[[str, Entry], bool]


def _is(entry: Entry, message: str, field: str = "") -> bool:
    return entry.get("message") == message and (not field or entry.get("field") == field)


def _missing(entry: Entry, status: str) -> bool:
    return entry.get("kind") == "missing" and entry.get("status") == status


def _accepted_busy(case: str, entry: Entry) -> bool:
    return case == "TC_026_CS" and _is(entry, "RemoteStartTransaction.conf", "status")


def _text(entry: Entry, words: str) -> bool:
    return words in str(entry.get("text", ""))


_WAITED_OUT = frozenset({"TC_004_2_CS", "TC_011_2_CS", "TC_061_1_CS"})

#: In the order of the list of faults seen in the field; the first that fits is shown.
HINTS: tuple[Hint, ...] = (
    Hint(
        "double_reboot",
        "some stations boot twice after one Hard reset",
        lambda case, e: _text(e, "There was a boot that the scenario does not ask for"),
    ),
    Hint(
        "connection_timeout",
        "some stations accept a ConnectionTimeOut below 60 s and silently keep 60 s",
        lambda case, e: case in _WAITED_OUT and _missing(e, "Available"),
    ),
    Hint(
        "download_failed",
        "some stations report DownloadFailed where the installation is what failed",
        lambda case, e: (
            _is(e, "FirmwareStatusNotification.req", "status")
            and "InstallationFailed" in str(e.get("expected"))
            and "DownloadFailed" in str(e.get("received"))
        ),
    ),
    Hint(
        "never_installed",
        "some stations never report Installed after an update that has worked",
        lambda case, e: case == "TC_044_1_CS" and _is(e, "FirmwareStatusNotification.req") and e.get("step") == 13,
    ),
    Hint(
        "meter_trigger",
        "some stations send triggered MeterValues during a transaction only",
        lambda case, e: case == "TC_054_CS" and e.get("step") in (2, 3),
    ),
    Hint(
        "unauthorized_card",
        "some stations stay silent about a card that is presented during a transaction",
        lambda case, e: case == "TC_069_CS" and _is(e, "Authorize.req"),
    ),
    Hint(
        "heartbeat_drift",
        "the timer of some stations drifts, so that heartbeats come later and later",
        lambda case, e: _is(e, "Heartbeat.req"),
    ),
    Hint(
        "duplicate_status",
        "some stations send every StatusNotification twice",
        lambda case, e: e.get("kind") == "duplicate",
    ),
    Hint(
        "lost_meter_values",
        "some stations lose meter values while they are offline, or send them out of order",
        lambda case, e: case == "TC_036_CS" and _is(e, "MeterValues.req"),
    ),
    Hint(
        "transaction_id",
        "some stations end a transaction under an id that they were not given",
        lambda case, e: _is(e, "StopTransaction.req", "transactionId"),
    ),
    Hint("busy_connector", "some stations accept a remote start on a connector that is in use", _accepted_busy),
    Hint(
        "connector_zero",
        "some stations treat connector 0 as a connector of its own",
        lambda case, e: (
            (case == "TC_027_CS" and _is(e, "RemoteStartTransaction.conf"))
            or (e.get("kind") == "unexpected" and e.get("connector") == 0)
        ),
    ),
    Hint(
        "error_code",
        "some stations answer with CALLERROR codes that OCPP-J does not have",
        lambda case, e: _text(e, "does not exist in this version"),
    ),
    Hint(
        "timestamps",
        "some stations write timestamps in local time, without a zone, or in a form of their own",
        lambda case, e: str(e.get("field", "")).endswith("timestamp") and e.get("reason_code") == "schema",
    ),
    Hint(
        "max_keys",
        "some stations report a GetConfigurationMaxKeys that they themselves do not keep",
        lambda case, e: case == "TC_019_CS" and e.get("step") == 8,
    ),
    Hint(
        "readable_key",
        "some stations give the AuthorizationKey away when they are asked for it",
        lambda case, e: "key=AuthorizationKey" in str(e.get("field", "")),
    ),
    Hint(
        "reply_id",
        "some stations answer under another message id than the request's",
        lambda case, e: _text(e, "An answer came to the message id"),
    ),
    Hint("late_reply", "some stations answer after the timeout", lambda case, e: _text(e, "after its timeout")),
    Hint("two_answers", "some stations answer one request twice", lambda case, e: _text(e, "answered a second time")),
)


def hint_for(case: str, entry: Entry) -> str:
    """What is known from the field of faults like this finding or item of the review; "" when nothing is."""
    return next((hint.text for hint in HINTS if hint.fits(case, entry)), "")


def reason_of(result: Entry, source: str) -> str:
    """Why the attempt has its verdict, one sentence; "" for a PASS. source: where the case stands, the clause of a review."""
    if result["verdict"] == "PASS":
        return ""
    violations = [finding for finding in result["findings"] if finding["reason_code"] != "review"]
    if violations:
        first = violations[0]
        return f"{first['text'].rstrip('.')} ({_place(first['clause'])})."
    decided = [line for line in result["reviews"] if line.get("decision") in ("reject", "retest")]
    if decided:
        return _of_review(decided[0], _place(source))
    return str(result["text"])


def _place(clause: str) -> str:
    """The clause without what is corrected in it."""
    return clause.partition(";")[0]


def _of_review(line: Entry, source: str) -> str:
    what = {
        "missing": "did not come",
        "unexpected": "came, which the scenario does not ask for",
        "duplicate": "came twice",
    }[line["kind"]]
    step = f"Step {line['step']}: " if line["step"] else ""
    decision = "rejected" if line["decision"] == "reject" else "to be run again"
    notification = f"StatusNotification {line['status']} of connector {line['connector']}"
    return f"{step}{notification} {what}; {decision} by rule {line['rule']} ({source})."
