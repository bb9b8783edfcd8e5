"""What has happened in a run, from its journal: the one truth that `run.json`, a resumed campaign and an amendment rest on.

Records of the run besides those of the attempts: `run_started` (the choice of cases and what the result states of the run),
`run_resumed`, `plan_decided` (what the device's keys say of the cases), `network_measured`, `attempt_aborted` (content: the result of an
attempt that a death of the bench cut off), `case_not_run`, `amendment`, `run_ended`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.stamps import utc_text
from labapp.domain.standing import Ran, standing_attempt
from labapp.domain.testcase import IDLE_ID, KEYS_ID, RESET_ID
from labapp.domain.tolerances import TOLERANCES
from labapp.engine.campaign import Progress
from labapp.engine.codec import FILE
from labapp.engine.journal import Record
from labapp.engine.performance import PerformanceTimes

RUN_STARTED = "run_started"
RUN_RESUMED = "run_resumed"
RUN_ENDED = "run_ended"
ATTEMPT_STARTED = "attempt_started"
ATTEMPT_ABORTED = "attempt_aborted"
AMENDMENT = "amendment"
NETWORK_MEASURED = "network_measured"

#: Attempts that are no attempts at a case.
UTILITY_IDS = frozenset({RESET_ID, KEYS_ID, IDLE_ID})

#: Verdicts that a resumed run does not ask for again, unless the attempt was amended.
_JUDGED = frozenset({"PASS", "FAIL", "INCONCLUSIVE", "NOT_APPLICABLE"})

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A case that was asked for. excluded: why it does not apply, "" when it does; expected_fail: a FAIL that must be.

    live: conditions of the plan that the device's keys decide. insisted: asked for by name in preparation, so that nothing excludes it.
    additional: outside the certification plan. lacking: what the project does not state and the case needs, "" when nothing.
    """

    id: str
    excluded: str = ""
    expected_fail: bool = False
    live: tuple[str, ...] = ()
    insisted: bool = False
    additional: bool = False
    lacking: str = ""

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Choice:
        """The choice that `as_json` gave."""
        return cls(**{**content, "live": tuple(content.get("live", ()))})

    def as_json(self) -> dict[str, Any]:
        """As the record `run_started` has it."""
        return {
            "id": self.id,
            "excluded": self.excluded,
            "expected_fail": self.expected_fail,
            "live": list(self.live),
            "insisted": self.insisted,
            "additional": self.additional,
            "lacking": self.lacking,
        }


def standing_result(results: Iterable[Result], amendments: Iterable[Result], case: str) -> Result | None:
    """The attempt at a case whose verdict counts, among the results of a run; None when none does."""
    attempts = [each for each in results if each["id"] == case]
    amended = {each["attempt"] for each in amendments if each["case"] == case}
    ran = [Ran(each["attempt"], each["verdict"], each["reason_code"]) for each in attempts]
    stands = standing_attempt(ran, amended)
    return attempts[ran.index(stands)] if stands is not None else None


@dataclass(slots=True)
class History:
    """The course of one run; `take` brings it up to date record by record."""

    started: Mapping[str, Any] = field(default_factory=dict)
    begun_at: str = ""
    ended_at: str = ""
    demonstration: bool = False
    choices: list[Choice] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    resets: list[Result] = field(default_factory=list)
    amendments: list[Result] = field(default_factory=list)
    network: list[Result] = field(default_factory=list)
    #: Transfers of files, each with the case and the attempt in which it was.
    files: list[Result] = field(default_factory=list)
    #: What the device's keys say of the cases, as the last `plan_decided` has it; None while they have not been read.
    decision: Mapping[str, Any] | None = None
    device: Mapping[str, Any] | None = None
    fault: Mapping[str, Any] | None = None
    #: The cases that a resumed run is restricted to and has not run since; None: it is not restricted.
    only: set[str] | None = None
    number: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    #: Records of the attempt that has not ended, its `attempt_started` first.
    open_attempt: list[Record] = field(default_factory=list)
    _last_at: str = ""
    _times: PerformanceTimes = field(default_factory=PerformanceTimes)

    @property
    def run(self) -> str:
        """Id of the run, "" before its first record."""
        return str(self.started.get("run", ""))

    def take(self, record: Record) -> None:
        """One more record of the journal; those of other runs are left out."""
        content = record.content
        if record.kind == RUN_STARTED and not self.started:
            self.started = content
            self.begun_at = utc_text(record.at.utc)
            self.demonstration = bool(content["demonstration"])
            self.choices = [Choice.from_json(choice) for choice in content["cases"]]
        if record.run != self.run:
            return
        self._last_at = utc_text(record.at.utc)
        self._times.take(record)
        if record.kind == ATTEMPT_STARTED:
            self._begin(record)
            return
        if self.open_attempt:
            self.open_attempt.append(record)
        match record.kind:
            case "attempt_ended":
                self._end(content)
            case "attempt_aborted":
                self.open_attempt = []
                self.results.append(content)
            case "case_not_run":
                self._not_run(content)
            case "amendment":
                self.amendments.append(content)
            case "plan_decided":
                self.decision = content
            case "network_measured":
                self.network.append(content)
            case _ if record.kind == FILE:
                self.files.append({**content, **self._place()})
            case "run_resumed":
                self.ended_at, self.fault = "", None
                self.demonstration = self.demonstration or bool(content["demonstration"])
                self.only = set(content["only"]) or None
            case "run_ended":
                self.ended_at = self._last_at
                self.device = content["device"] or self.device
                self.fault = content["fault"]

    def _begin(self, record: Record) -> None:
        content = record.content
        self.number = max(self.number, content["number"])
        self.device = content["device"] or self.device
        self.open_attempt = [record]
        if content["case"] not in UTILITY_IDS:
            self.tries[content["case"]] = content["try_number"]

    def _end(self, content: Result) -> None:
        self.open_attempt = []
        if content["id"] == RESET_ID:
            self.resets.append({**content, "attempt": len(self.resets) + 1})
        elif content["id"] not in UTILITY_IDS:
            must_fail = any(choice.id == content["id"] and choice.expected_fail for choice in self.choices)
            self._has_run(content["id"])
            self.results.append(
                {**content, "expected": content["expected"] or (must_fail and content["verdict"] == "FAIL")}
            )

    def _place(self) -> dict[str, Any]:
        """The case that runs, and which attempt at it."""
        if not self.open_attempt:
            return {"case": "", "attempt": 0}
        opened = self.open_attempt[0].content
        return {"case": opened["case"], "attempt": opened["try_number"]}

    def _has_run(self, case: str) -> None:
        if self.only is not None:
            self.only.discard(case)

    def _not_run(self, content: Result) -> None:
        self._has_run(content["id"])
        self.results.append(content)
        self.tries[content["id"]] = content["attempt"]

    # What follows -----------------------------------------------------------------------------------------------------

    def standing(self, case: str) -> Result | None:
        """The attempt at a case whose verdict counts; None when none does."""
        return standing_result(self.results, self.amendments, case)

    def progress(self) -> Progress:
        """Where a campaign that goes on with the run begins."""
        return Progress(
            number=self.number,
            tries=dict(self.tries),
            done={choice.id for choice in self.choices if self._is_done(choice.id)},
        )

    def _is_done(self, case: str) -> bool:
        if self.only is not None:
            return case not in self.only
        stands = self.standing(case)
        amended = stands and any(
            (each["case"], each["attempt"]) == (case, stands["attempt"]) for each in self.amendments
        )
        return bool(stands and stands["verdict"] in _JUDGED and not amended)

    def result(self) -> dict[str, Any]:
        """The content of `run.json`, which is what `run --json` writes."""
        configuration = (self.device or {}).get("configuration", {})
        return {
            "run": self.run,
            "ocpp": self.started["ocpp"],
            "sut": self.started["sut"],
            "mode": self.started["mode"],
            "demonstration": self.demonstration,
            "started": self.begun_at,
            "ended": self.ended_at,
            "judge": self.started["judge"],
            "version": self.started["version"],
            "cases": [dict(result) for result in self.results],
            "resets": [dict(result) for result in self.resets],
            "amendments": [dict(amendment) for amendment in self.amendments],
            "configuration": [
                {"key": name, "value": value, "readonly": readonly} for name, value, readonly in configuration.values()
            ],
            "plan_decided": dict(self.decision or {}),
            "network": [dict(measurement) for measurement in self.network],
            "files": [dict(transfer) for transfer in self.files],
            "performance": self._times.values(self.started["sut"]),
            "tolerances": [
                {"name": each.name, "seconds": each.seconds, "share": each.share, "why": each.why}
                for each in TOLERANCES.values()
            ],
            "fault": dict(self.fault) if self.fault else None,
        }


def history_of(records: Iterable[Record], where: str) -> History:
    """The history in a journal. Raises InputError when it is not the journal of a run."""
    history = History()
    for record in records:
        history.take(record)
    if not history.started:
        raise InputError("is no journal of a run", where=where, mend="name the directory of a run")
    return history
