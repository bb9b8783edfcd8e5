"""Every single measurement of a run's performance parameters, read from its journal while it grows.

The figures themselves come from the judge (`labapp.engine.performance`); this says of each where it was taken.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from labapp.bench.history import ATTEMPT_STARTED, RUN_ENDED, RUN_RESUMED, RUN_STARTED
from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import JOURNAL, PROJECT
from labapp.domain.testcase import Exchange, InAnyOrder, Item, OptionalGroup, TestCase, UseState
from labapp.engine.journal import Record, decode, split
from labapp.engine.performance import PerformanceTimes
from labapp.ocpp.frames import Call, parse_frame
from labapp.ocpp.listing import sut_sends
from labapp.ocpp.timed import RESPONSE, TRIGGERED
from labapp.ocpp.version import Version
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import select


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement. seconds: its value; at: when it was complete; action: of the message that it is of; frame: that ended it.

    case, attempt: in which it was taken; 000_RESET and IDLE are the tool's own, between the cases.
    """

    seconds: float
    case: str
    attempt: int
    at: datetime
    action: str
    frame: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run's journal holds so far. samples: by parameter, in their order; cases: that the run is for.

    declared: the answers of its PICS by parameter; wait: how many seconds the tool waits for a message, None when not stated.
    ocpp: the version of its OCPP.
    """

    sut: str = ""
    ocpp: str = ""
    ended: bool = False
    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    cases: tuple[str, ...] = ()
    declared: Mapping[str, Any] = field(default_factory=dict)
    wait: float | None = None


class PerformanceReader:
    """Reads the journal of one run, and later what has been added since. It is used by one thread at a time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._offset = 0
        self._times = PerformanceTimes()
        self._started: Mapping[str, Any] = {}
        self._ended = False
        self._attempt = ("", 0)
        self._asked: dict[str, str] = {}
        self._samples: dict[str, list[Sample]] = {}
        self._given: tuple[Mapping[str, Any], float | None] | None = None

    def read(self) -> Measured:
        """Everything measured so far. Raises InputError when the journal is none, EnvironmentFault when it cannot be read."""
        for record in self._new_records():
            self._take(record)
        if self._given is None:
            self._given = _declared(self.directory), _wait(self.directory)
        declared, wait = self._given
        return Measured(
            sut=str(self._started.get("sut", "")),
            ocpp=str(self._started.get("ocpp", "")),
            ended=self._ended,
            samples={name: tuple(samples) for name, samples in self._samples.items()},
            cases=tuple(choice["id"] for choice in self._started.get("cases", ()) if not choice["excluded"]),
            declared=declared,
            wait=wait,
        )

    def _new_records(self) -> Iterator[Record]:
        path = self.directory / JOURNAL
        try:
            with path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            raise InputError(
                "holds no journal", where=str(self.directory), mend="choose the directory of a run"
            ) from None
        except OSError as error:
            raise EnvironmentFault(
                f"cannot be read: {error.strerror}", where=str(path), mend="grant read access"
            ) from error
        lines, torn = split(data)
        self._offset += len(data) - len(torn)
        for line in lines:
            try:
                yield decode(line)
            except ValueError as error:
                raise InputError(
                    f"a line is no record: {error}", where=str(path), mend="use an unchanged copy of the run"
                ) from error

    def _take(self, record: Record) -> None:
        content = record.content
        if record.kind == RUN_STARTED and not self._started:
            self._started = content
        if not self._started or record.run != self._started["run"]:
            return
        match record.kind:
            case kind if kind == ATTEMPT_STARTED:
                self._attempt = content["case"], content["try_number"]
            case kind if kind in (RUN_ENDED, RUN_RESUMED):
                self._ended = kind == RUN_ENDED
        before = {name: len(times) for name, times in self._lists().items()}
        self._times.take(record)
        grown = {name: times[before.get(name, 0) :] for name, times in self._lists().items()}
        if record.kind == "frame":
            action = self._action(record)
            for name, times in grown.items():
                samples = self._samples.setdefault(name, [])
                samples += [Sample(each, *self._attempt, record.at.utc, action, record.seq) for each in times]

    def _lists(self) -> dict[str, list[float]]:
        """The lists of times that grow, by parameter."""
        timed = self._version.performance
        found = {TRIGGERED: self._times.triggered, RESPONSE: self._times.answers}
        found |= {name: self._times.by_action.get(action, []) for name, action in timed.answers.items()}
        return {name: found[name] for name in timed.parameters.get(str(self._started["sut"]), ())}

    @property
    def _version(self) -> Version:
        return VERSIONS[str(self._started["ocpp"])]

    def _action(self, record: Record) -> str:
        """The action of a frame's message; an answer has that of the request."""
        frame = parse_frame(record.content["text"], self._version.name)
        if isinstance(frame, Call):
            if record.content["dir"] == "out":
                self._asked[frame.unique_id] = frame.action
            return frame.action
        return self._asked.pop(str(getattr(frame, "unique_id", "")), "")


def parameters(sut: str, ocpp: str) -> tuple[str, ...]:
    """The parameters of a kind of system, "cs" or "csms", in the order of the declaration."""
    return VERSIONS[ocpp].performance.parameters.get(sut, ()) if ocpp in VERSIONS else ()


def measuring_cases(sut: str, ocpp: str) -> Mapping[str, tuple[str, ...]]:
    """By parameter, the cases in which it can be measured, in their order."""
    found: dict[str, list[str]] = {name: [] for name in parameters(sut, ocpp)}
    for case in select(ocpp=ocpp, sut=sut):
        if case.kind != "case":
            continue
        asked, told = _messages(case)
        timed = VERSIONS[case.ocpp].performance
        measured = {
            RESPONSE: bool(asked),
            TRIGGERED: bool(asked & timed.follows.keys()) or timed.told in told,
            **{name: action in asked for name, action in timed.answers.items()},
        }
        for name, cases in found.items():
            if measured[name]:
                cases.append(case.id)
    return {name: tuple(cases) for name, cases in found.items()}


def _messages(case: TestCase) -> tuple[set[str], set[str]]:
    """The actions that the tool asks for in a case and its states, and those of the device."""
    version = VERSIONS[case.ocpp]
    sut = case.sut
    asked: set[str] = set()
    told: set[str] = set()

    def walk(items: tuple[Item, ...]) -> None:
        for item in items:
            match item:
                case Exchange():
                    (told if sut_sends(version, sut, item.request.action) else asked).add(item.request.action)
                case InAnyOrder(inner) | OptionalGroup(inner):
                    walk(inner)
                case UseState():
                    walk((*item.state.before, *item.state.steps))

    walk((*case.before, *case.steps))
    return asked, told


def _declared(directory: Path) -> Mapping[str, Any]:
    table = _table(directory / "pics.toml").get("performance", {})
    return table if isinstance(table, Mapping) else {}


def _wait(directory: Path) -> float | None:
    table = _table(directory / PROJECT).get("timeouts", {})
    wait = table.get("message") if isinstance(table, Mapping) else None
    return float(wait) if isinstance(wait, int | float) and not isinstance(wait, bool) else None


def _table(path: Path) -> Mapping[str, Any]:
    """The tables of a file of the run; none when there is no such file, or it is none of labapp's: its own page says so."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
