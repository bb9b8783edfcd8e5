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

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from labapp.domain.stamps import Stamp
from labapp.engine.journal import Record
from labapp.ocpp.frames import Call, CallError, CallResult, Frame, Malformed, parse_frame
from labapp.ocpp.timed import RESPONSE, TRIGGERED, Performance
from labapp.ocpp.version import Version
from labapp.ocpp.versions import VERSIONS


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

    #: The version of the run; before its beginning nothing is measured.
    version: Version | None = None
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
        if self.version is None:
            return []
        timed = self.version.performance
        own: dict[str, tuple[Callable[[list[float]], float], list[float]]] = {
            TRIGGERED: (max, self.triggered),
            RESPONSE: (max, self.answers),
            **{name: (median, self.by_action.get(action, [])) for name, action in timed.answers.items()},
        }
        found = {name: own[name] for name in timed.parameters.get(sut, ())}
        return [
            {"name": name, "value": round(chosen(times), 6), "samples": len(times)}
            for name, (chosen, times) in found.items()
            if times
        ]

    def take(self, record: Record) -> None:
        """One more record of the run."""
        match record.kind:
            case "frame" if self.version is not None and record.content["dir"] == "out":
                self._sent(record, self.version.performance)
            case "frame" if self.version is not None:
                self._received(record, self.version.performance)
            case "prompt":
                self._asked = self._start_due = None
            case "prompt_closed":
                self._hands_off(record)
            case "run_started":
                self.version = VERSIONS[record.content["ocpp"]]
            case "link" | "attempt_started" | "attempt_aborted":
                self._begin_anew()

    def _begin_anew(self) -> None:
        self._open.clear()
        self._asked = self._start_due = None

    def _frame(self, record: Record) -> Frame | Malformed:
        assert self.version is not None
        return parse_frame(record.content["text"], self.version.name)

    def _hands_off(self, record: Record) -> None:
        self._asked = None
        if self._start_due is not None:
            self._start_due = self._last_frame if record.content["by"] == "wire" else record.at

    def _sent(self, record: Record, timed: Performance) -> None:
        match self._frame(record):
            case Call() as call:
                self._open[call.unique_id] = (call, record.at)
                if call.action in timed.follows:
                    self._asked = _Asked(call)
                if call.action == timed.remote_start:
                    self._start_due = None
            case CallResult() as answer if timed.refused(answer.payload):
                self._start_due = None

    def _received(self, record: Record, timed: Performance) -> None:
        self._last_frame = record.at
        match self._frame(record):
            case Call() as call:
                self._follow(call, record.at, timed)
            case CallResult() | CallError() as answer if answer.unique_id in self._open:
                call, sent = self._open.pop(answer.unique_id)
                seconds = record.at.seconds_since(sent)
                self.answers.append(seconds)
                self.by_action.setdefault(call.action, []).append(seconds)
                accepted = isinstance(answer, CallResult) and answer.payload.get("status") == "Accepted"
                self._answered(call, record.at if accepted else None, timed)

    def _answered(self, call: Call, accepted: Stamp | None, timed: Performance) -> None:
        if self._asked is not None and self._asked.call is call:
            self._asked = _Asked(call, accepted) if accepted is not None else None
        if call.action == timed.remote_start:
            self._start_due = self._start_due or accepted

    def _follow(self, call: Call, at: Stamp, timed: Performance) -> None:
        action, payload = call.action, call.payload
        asked = self._asked
        if asked is not None and timed.follows[asked.call.action](asked.call.payload, action, payload):
            self._asked = None
            if asked.accepted is not None:
                self.triggered.append(at.seconds_since(asked.accepted))
        if action == "BootNotification":
            self._asked = self._start_due = None
        elif action == timed.told and timed.starts(payload):
            if self._start_due is not None:
                self.triggered.append(at.seconds_since(self._start_due))
            self._start_due = None
        elif timed.presents(action, payload):
            self._start_due = self._start_due or at
        elif timed.leaves(action, payload):
            self._start_due = None
