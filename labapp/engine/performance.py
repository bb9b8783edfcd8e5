"""What a run shows of the performance parameters that a vendor states, from the frames of its journal.

Source: 004 (OCPP Certification Program Document 2, V1.1.4), section 8.2.1 and Appendix A.4. A parameter that is a timeout has the longest
time that occurred, one that is a response time the median. How the tables are read:

- A response time reaches from a request of the tool to its answer, CALLRESULT or CALLERROR, on the same connection. A request that was
  never answered has none: the case that sent it says so.
- A triggered function begins with the answer that accepts the request and ends with the message that follows from it. One that
  overtakes the answer is not counted.
- StartTransaction is counted from the first of RemoteStartTransaction.conf, StatusNotification(Preparing) and Authorize.req.
- Hands are not measured: nothing is counted over a prompt. StartTransaction is counted anew from the message by which the device showed
  that the prompt was followed.
- Firmware, diagnostics and reboots are left out of the triggered functions: they are triggered by no request in the table, and a boot or
  a new connection ends whatever was being waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from labapp.domain.stamps import Stamp
from labapp.engine.journal import Record
from labapp.ocpp.frames import Call, CallError, CallResult, parse_frame

Payload = Mapping[str, Any]

_LEFT_OUT = frozenset({"BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification"})
_AVAILABILITY = {"Operative": "Available", "Inoperative": "Unavailable"}

#: Whether a message of the device (action, payload) is what follows from a request, by the action of the request (A.4).
_FOLLOWS: Mapping[str, Callable[[Payload, str, Payload], bool]] = {
    "ReserveNow": lambda asked, action, got: _is_status(action, got, "Reserved") and _same_connector(asked, got),
    "CancelReservation": lambda asked, action, got: _is_status(action, got, "Available"),
    "ChangeAvailability": lambda asked, action, got: (
        _is_status(action, got, _AVAILABILITY.get(asked.get("type", ""))) and _same_connector(asked, got)
    ),
    "RemoteStopTransaction": lambda asked, action, got: (
        action == "StopTransaction" and got.get("transactionId") == asked.get("transactionId")
    ),
    "TriggerMessage": lambda asked, action, got: (
        action == asked.get("requestedMessage") and action not in _LEFT_OUT and _same_connector(asked, got)
    ),
}


def measured(records: Iterable[Record], sut: Literal["cs", "csms"]) -> list[dict[str, Any]]:
    """The parameters of which a journal has measurements: `name` as in the declaration, `value` in seconds, `samples`.

    records: of one run.
    """
    times = PerformanceTimes()
    for record in records:
        times.take(record)
    return times.values(sut)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request of the tool that something must follow from. accepted: when its answer came, None before."""

    call: Call
    accepted: Stamp | None = None


@dataclass(slots=True)
class PerformanceTimes:
    """The times of one run, in seconds; `take` brings them up to date record by record."""

    answers: list[float] = field(default_factory=list)
    by_action: dict[str, list[float]] = field(default_factory=dict)
    triggered: list[float] = field(default_factory=list)
    #: Requests of the tool that have no answer yet, by message id.
    _open: dict[str, tuple[Call, Stamp]] = field(default_factory=dict)
    _asked: _Asked | None = None
    #: Since when StartTransaction is due without anybody's hands; None: it is not.
    _start_due: Stamp | None = None
    _last_frame: Stamp | None = None

    def values(self, sut: Literal["cs", "csms"]) -> list[dict[str, Any]]:
        """The parameters with measurements, as `measured` gives them."""
        found: dict[str, tuple[Callable[[list[float]], float], list[float]]]
        if sut == "cs":
            found = {
                "ocpp_triggered_function_timeout": (max, self.triggered),
                "ocpp_response_timeout": (max, self.answers),
                "response_time_remote_start_transaction": (median, self.by_action.get("RemoteStartTransaction", [])),
            }
        else:
            found = {
                "ocpp_response_timeout": (max, self.answers),
                "response_time_authorize": (median, self.by_action.get("Authorize", [])),
            }
        return [
            {"name": name, "value": round(chosen(times), 6), "samples": len(times)}
            for name, (chosen, times) in found.items()
            if times
        ]

    def take(self, record: Record) -> None:
        """One more record of the run."""
        match record.kind:
            case "frame" if record.content["dir"] == "out":
                self._sent(record)
            case "frame":
                self._received(record)
            case "prompt":
                self._asked = self._start_due = None
            case "prompt_closed":
                self._hands_off(record)
            case "link" | "attempt_started" | "attempt_aborted":
                self._open.clear()
                self._asked = self._start_due = None

    def _hands_off(self, record: Record) -> None:
        self._asked = None
        if self._start_due is not None:
            self._start_due = self._last_frame if record.content["by"] == "wire" else record.at

    def _sent(self, record: Record) -> None:
        match parse_frame(record.content["text"]):
            case Call() as call:
                self._open[call.unique_id] = (call, record.at)
                if call.action in _FOLLOWS:
                    self._asked = _Asked(call)
                if call.action == "RemoteStartTransaction":
                    self._start_due = None
            case CallResult() as answer if _tag_is_refused(answer.payload):
                self._start_due = None

    def _received(self, record: Record) -> None:
        self._last_frame = record.at
        match parse_frame(record.content["text"]):
            case Call() as call:
                self._follow(call, record.at)
            case CallResult() | CallError() as answer if answer.unique_id in self._open:
                call, sent = self._open.pop(answer.unique_id)
                seconds = record.at.seconds_since(sent)
                self.answers.append(seconds)
                self.by_action.setdefault(call.action, []).append(seconds)
                accepted = isinstance(answer, CallResult) and answer.payload.get("status") == "Accepted"
                self._answered(call, record.at if accepted else None)

    def _answered(self, call: Call, accepted: Stamp | None) -> None:
        if self._asked is not None and self._asked.call is call:
            self._asked = _Asked(call, accepted) if accepted is not None else None
        if call.action == "RemoteStartTransaction":
            self._start_due = self._start_due or accepted

    def _follow(self, call: Call, at: Stamp) -> None:
        action, payload = call.action, call.payload
        asked = self._asked
        if asked is not None and _FOLLOWS[asked.call.action](asked.call.payload, action, payload):
            self._asked = None
            if asked.accepted is not None:
                self.triggered.append(at.seconds_since(asked.accepted))
        if action == "BootNotification":
            self._asked = self._start_due = None
        elif action == "StartTransaction":
            if self._start_due is not None:
                self.triggered.append(at.seconds_since(self._start_due))
            self._start_due = None
        elif action == "Authorize" or _is_status(action, payload, "Preparing"):
            self._start_due = self._start_due or at
        elif _is_status(action, payload, "Available"):
            self._start_due = None


def _is_status(action: str, payload: Payload, status: str | None) -> bool:
    return action == "StatusNotification" and payload.get("status") == status


def _same_connector(asked: Payload, got: Payload) -> bool:
    """Whether a message is of the connector that was asked for; connector 0 and none are the whole station."""
    connector = asked.get("connectorId", 0)
    return connector in (0, got.get("connectorId"))


def _tag_is_refused(payload: Payload) -> bool:
    tag = payload.get("idTagInfo")
    return isinstance(tag, Mapping) and tag.get("status") != "Accepted"
