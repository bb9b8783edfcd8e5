"""The tables of a case laid out: what is waited for between two acts, and the place of each message in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sys import maxsize
from typing import Any, Literal

from labapp.cases.catalogue import ready_state
from labapp.domain.expectations import Expected
from labapp.domain.testcase import (
    Absent,
    Check,
    Configuration,
    Exchange,
    InAnyOrder,
    Item,
    LinkOrder,
    Manual,
    Message,
    OfState,
    OptionalGroup,
    Remark,
    Series,
    TestCase,
    Transfer,
    Upgrade,
    UseState,
    Wait,
)
from labapp.ocpp.listing import sut_sends
from labapp.ocpp.version import Version

Kind = Literal["req", "conf"]


@dataclass(slots=True)
class Stage:
    """What is waited for between two acts. act: the act it begins with, None where a state has just ended.

    absences: with their slots. of_states: further validations of messages of a state that has just ended.
    """

    number: int
    scope: str
    case_id: str
    act: Item | None = None
    absences: list[tuple[int, Absent]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    of_states: list[OfState] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A message of the SUT in the tables. slot: places of one slot of a stage come in any order; 0: the answer to the stage's act.

    position: in the order of the tables. capacity: how many messages it takes. connector: the one that `<connectorId>` is here.
    leader: position of the message that leads its optional group, None when it leads it or belongs to none.
    """

    stage: Stage
    slot: int
    position: int
    item: Exchange | Series
    kind: Kind
    optional: bool
    capacity: int
    connector: int | None = None
    leader: int | None = None

    @property
    def message(self) -> Message:
        """The message itself."""
        return self.item.request if self.kind == "req" else self.item.response

    @property
    def telling(self) -> dict[str, Expected]:
        """What is stated of its fields, and of those that only tell it apart."""
        implied = self.item.implied if isinstance(self.item, Exchange) and self.kind == "req" else ()
        return dict((*implied, *self.message.fields))

    @property
    def step(self) -> int:
        """Its number in its own table."""
        return self.item.step if self.kind == "req" else self.item.response_step

    @property
    def at(self) -> int | str:
        """Its step as findings name it: inside a state STATE:number."""
        return f"{self.stage.scope}:{self.step}" if self.stage.scope else self.step

    @property
    def is_status(self) -> bool:
        """Whether it is a status notification, about which the review decides."""
        return self.kind == "req" and self.message.action == "StatusNotification"


def lay_out(
    case: TestCase, version: Version, dut: Mapping[str, Any], configured: int = 1
) -> tuple[list[Stage], list[Place]]:
    """Stages and places of a case, with those of the states that it uses, in the order in which they are run.

    configured: number of the connector that the case is about.
    """
    layout = _Layout(case.sut, version, int(dut.get("connectors", 1)), configured)
    ready = ready_state(case)
    before = (ready,) if ready is not None else ()
    layout.run((*before, *case.before, *case.steps), "", case.id)
    return layout.stages, layout.places


def _messages(series: Series) -> int:
    """How many messages a series takes: as many as come, where it goes on until something holds."""
    return series.count if series.until is None else maxsize


class _Layout:
    def __init__(self, sut: str, version: Version, connectors: int, configured: int) -> None:
        self.sut, self.version, self.connectors, self.configured = sut, version, connectors, configured
        self.stages: list[Stage] = []
        self.places: list[Place] = []
        self._slot = 0
        self._connector: int | None = None
        self._free: tuple[int, ...] = ()
        self._leader: int | None = None

    def run(self, items: Sequence[Item], scope: str, case_id: str) -> None:
        """Lay out the items of one table."""
        self._begin(scope, case_id, None)
        for item in items:
            match item:
                case UseState():
                    self._state(item)
                    self._begin(scope, case_id, None)
                case Exchange() if item.asked:
                    self._begin(scope, case_id, item)
                    self._expect(item, "req", False)
                case Exchange() if not sut_sends(self.version, self.sut, item.request.action):
                    self._begin(scope, case_id, item)
                    self._put(item, "conf", 0, False)
                case Manual() | LinkOrder() | Wait() | Upgrade() | Transfer() | Configuration():
                    self._begin(scope, case_id, item)
                case _:
                    self._slot += 1
                    self._member(item, False)

    def _state(self, use: UseState) -> None:
        everyone = range(1, self.connectors + 1)
        which = use.connectors
        for number in (n for n in everyone if which is None or which.scope == "all" or n != self.configured):
            outer, self._free = (self._connector, self._free), use.optional
            self._connector = number if which is not None else self._connector
            self.run((*use.state.before, *use.state.steps), use.state.id, use.state.id)
            self._connector, self._free = outer
            if which is None:
                return

    def _begin(self, scope: str, case_id: str, act: Item | None) -> None:
        self.stages.append(Stage(len(self.stages), scope, case_id, act))
        self._slot = 0

    def _expect(self, item: Exchange, kind: Kind, optional: bool) -> None:
        self._slot += 1
        self._put(item, kind, self._slot, optional)

    def _member(self, item: Item, optional: bool) -> None:
        match item:
            case Exchange():
                self._put(item, "req", self._slot, optional or item.optional or item.step in self._free)
                for act in item.otherwise:
                    self._put(act, "conf", self._slot, True)
            case Series():
                self._put(item, "req", self._slot, optional)
            case InAnyOrder(items):
                for inner in items:
                    self._member(inner, optional)
            case OptionalGroup(items=items):
                self._member(items[0], True)
                self._leader = len(self.places) - 1
                for inner in items[1:]:
                    self._member(inner, False)
                self._leader = None
            case Absent():
                self.stages[-1].absences.append((self._slot, item))
            case Check():
                self.stages[-1].checks.append(item)
            case OfState():
                self.stages[-1].of_states.append(item)
            case Manual() | Remark():
                return
            case _:
                raise TypeError(f"{type(item).__name__} is no message of the system under test")

    def _put(self, item: Exchange | Series, kind: Kind, slot: int, optional: bool) -> None:
        capacity = _messages(item) if isinstance(item, Series) else self.connectors + 1 if item.connectors else 1
        self.places.append(
            Place(
                self.stages[-1],
                slot,
                len(self.places),
                item,
                kind,
                optional,
                capacity,
                self._connector,
                self._leader,
            )
        )
