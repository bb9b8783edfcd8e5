"""The course of a conformant run: which frame of the system under test met which step, and where that step stands in the tables.

The journal says which frame met which step number; the tables say to which row that number belongs, and with which others it
forms a stage: what is waited for between two acts of the tool or the operator. The mutants are derived from this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from labapp.domain.expectations import Literal as LiteralValue
from labapp.domain.expectations import OneOf, Symbol
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import Exchange, Series, TestCase
from labapp.engine.journal import Record
from labapp.engine.withdrawing import WITHDRAWAL
from labapp.ocpp.frames import Call, CallResult, parse_frame
from labapp.ocpp.version import Version
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.layout import Kind, Place, Stage, lay_out


@dataclass(frozen=True, slots=True)
class Passage:
    """A frame of the SUT that took a place. ordinal: the how many-th frame of its action and kind since the link was opened.

    answer: payload of the tool's answer to a request. passed: number of messages of the attempt before it.
    """

    index: int
    place: Place
    ordinal: int
    seq: int
    at: Stamp
    payload: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    passed: int

    @property
    def action(self) -> str:
        """Its action."""
        return self.place.message.action

    @property
    def connector(self) -> int | None:
        """The connector that it speaks of."""
        number = self.payload.get("connectorId")
        return number if isinstance(number, int) else None


@dataclass(frozen=True, slots=True)
class Said:
    """Any message of the attempt, in either direction.

    request: payload of the request that an answer is for, else its own. taken: scope and step that it took, None when it took none.
    session: number of the connection that it came over.
    """

    seq: int
    at: Stamp
    sender: Literal["sut", "tool"]
    name: str
    action: str
    kind: Kind
    payload: Mapping[str, Any]
    request: Mapping[str, Any]
    taken: tuple[str, int] | None
    session: int


@dataclass(frozen=True, slots=True)
class Course:
    """A conformant run of a case. values, dut, timeouts: what it was given. upgrades: how often the tool or the peer asked for one.

    acts: numbers of the records at which the operator or the link was asked to do something. secret: the device's password, or "".
    """

    case: TestCase
    version: Version
    values: Mapping[str, Any]
    dut: Mapping[str, Any]
    stages: Sequence[Stage]
    places: Sequence[Place]
    passages: Sequence[Passage]
    said: Sequence[Said]
    timeouts: Mapping[str, float]
    upgrades: int
    acts: Sequence[int] = ()
    secret: str = ""

    def rest(self, index: int) -> list[Passage]:
        """Passages from this index on that stand in the same stage as the first of them."""
        later = self.passages[index:]
        return [passage for passage in later if passage.place.stage is later[0].place.stage] if later else []


def read_course(
    case: TestCase,
    records: Sequence[Record],
    values: Mapping[str, Any],
    dut: Mapping[str, Any],
    timeouts: Mapping[str, float],
    secret: str = "",
) -> Course:
    """The course from the journal of a conformant run. Raises ValueError when a step of the journal stands in no table."""
    version = VERSIONS[case.ocpp]
    stages, places = lay_out(case, version, dut, int(values["connector_id"]))
    said, numbers = _read(case, version, records)
    filler = _Filler(version, places, values)
    passages: list[Passage] = []
    for number, message in enumerate(said):
        if message.sender != "sut" or message.taken is None:
            continue
        place = filler.place(message)
        answer = next(
            (s.payload for s in said[number + 1 :] if s.sender == "tool" and s.request is message.payload), None
        )
        passages.append(
            Passage(
                len(passages),
                place,
                numbers[message.seq],
                message.seq,
                message.at,
                message.payload,
                answer if message.kind == "req" else None,
                number,
            )
        )
    upgrades = sum(record.kind == "link" and record.content["event"] in ("up", "refused") for record in records)
    acts = [record.seq for record in records if record.kind in ("prompt", "link_command")]
    return Course(case, version, values, dut, stages, places, passages, said, timeouts, upgrades, acts, secret)


class _Filler:
    """Finds the place of each message that took a step: the next one of the tables that bears its number and means it."""

    def __init__(self, version: Version, places: Sequence[Place], values: Mapping[str, Any]) -> None:
        self._version, self._places, self._values = version, places, values
        self._filled: dict[int, int] = {}
        self._stage = 0

    def place(self, message: Said) -> Place:
        """The place. Raises ValueError when there is none."""
        fitting = [place for place in self._places if self._fits(place, message)]
        ahead = [place for place in fitting if place.stage.number >= self._stage]
        if not fitting:
            raise ValueError(f"frame {message.seq}: {message.name} at {message.taken} stands in no table")
        chosen = (ahead or fitting[-1:])[0]
        self._filled[chosen.position] = self._filled.get(chosen.position, 0) + 1
        self._stage = max(self._stage, chosen.stage.number)
        return chosen

    def _fits(self, place: Place, message: Said) -> bool:
        if (place.stage.scope, place.step) != message.taken or place.message.name != message.name:
            return False
        if self._filled.get(place.position, 0) >= place.capacity:
            return False
        return place.kind == "conf" or place_means(self._version, place, message.payload, self._values)


def place_means(version: Version, place: Place, payload: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a request of the place's action is the one that the place means, by connector and stated status."""
    item = place.item
    stated = place.telling
    for path in version.selectors(place.message.action):
        if path == "connectorId":
            own = {**values, "connector_id": place.connector or values["connector_id"]}
            if not _connector_fits(item, stated.get(path), payload.get(path), own):
                return False
        elif path in stated and "." not in path and not _among(payload.get(path), stated[path]):
            return False
    return True


def _connector_fits(item: Exchange | Series, stated: object, number: object, values: Mapping[str, Any]) -> bool:
    configured = values["connector_id"]
    connectors = item.connectors if isinstance(item, Exchange) else None
    if connectors is None:
        return bool(number == (stated.value if isinstance(stated, LiteralValue) else configured))
    return (connectors.zero or number != 0) and (connectors.scope == "all" or number != configured)


def _among(value: object, stated: object) -> bool:
    match stated:
        case LiteralValue(wanted):
            return bool(value == wanted)
        case OneOf(choices):
            return value in choices
        case Symbol():
            return True
        case _:
            return True


# The journal --------------------------------------------------------------------------------------------------------------


def _read(case: TestCase, version: Version, records: Sequence[Record]) -> tuple[list[Said], dict[int, int]]:
    """The messages of the attempt, and for each frame of the SUT its number among those of its action and kind."""
    said: list[Said] = []
    numbers: dict[int, int] = {}
    counts: dict[tuple[str, Kind], int] = {}
    open_calls: dict[str, tuple[str, Mapping[str, Any]]] = {}
    inside, session = False, 0
    for record, taken in _with_steps(records):
        if record.kind == "attempt_started":
            inside = record.content["case"] == case.id
            continue
        if record.kind == "attempt_ended" and inside:
            break
        session += record.kind == "link" and record.content["event"] == "up"
        if record.kind != "frame":
            continue
        frame = parse_frame(record.content["text"], version.name)
        if not isinstance(frame, Call | CallResult):
            continue
        kind: Kind
        if isinstance(frame, Call):
            open_calls[frame.unique_id] = (frame.action, frame.payload)
            action, kind, request = frame.action, "req", frame.payload
        else:
            (action, request), kind = open_calls[frame.unique_id], "conf"
        sender: Literal["sut", "tool"] = "sut" if record.content["dir"] == "in" else "tool"
        if sender == "sut":
            counts[action, kind] = numbers[record.seq] = counts.get((action, kind), 0) + 1
        if inside:
            name = version.message_name(action, kind)
            said.append(Said(record.seq, record.at, sender, name, action, kind, frame.payload, request, taken, session))
    return said, numbers


def _with_steps(records: Sequence[Record]) -> Iterator[tuple[Record, tuple[str, int] | None]]:
    """Each record with the step that the record of a step behind it names: scope and number."""
    for number, record in enumerate(records):
        yield record, _step_behind(records, number) if record.kind == "frame" else None


def _step_behind(records: Sequence[Record], number: int) -> tuple[str, int] | None:
    for record in records[number + 1 :]:
        if record.kind == "frame":
            return None
        if record.kind == "step" and record.content["state"] in ("met", "failed", "sent"):
            scope, step = record.content["scope"], record.content["step"]
            return None if scope == WITHDRAWAL else (scope, step)
    return None
