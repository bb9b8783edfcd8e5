"""A test case as a value: the vocabulary in which the tables of the case document are written down.

A certification engineer reads a case beside its table, row by row. Everything else (listing, validations, prompts, report
rows, mutants) is derived from it; see `labapp.ocpp.listing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from labapp.domain.expectations import Condition, Expected, Symbol, as_expected
from labapp.domain.view import View

CHARGE_POINT = "charge_point"
CENTRAL_SYSTEM = "central_system"

#: The utilities by id: to bring about the idle state, to end a transaction, to read the configuration keys; and what lies between cases.
RESET_ID, STOP_TRANSACTION_ID, KEYS_ID, IDLE_ID = "000_RESET", "000_STOPTX", "000_KEYS", "IDLE"

#: What bounds a wait: a timeout of the project (`message`, `long_operation`, `reboot`, `reconnect`, `firmware`), or a key of [values]
#: that is a deadline inside the device (`connection_timeout`, `reservation_offset`): that long, and the message timeout besides.
Timeout = str


@dataclass(frozen=True, slots=True)
class Message:
    """One message with the fields that the case states. kind: "req" or "conf"; fields: (path, expectation), in the table's order.

    On the SUT's message the fields are validations, on the tool's message values to send.
    """

    action: str
    kind: str
    name: str
    fields: tuple[tuple[str, Expected], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the table stands, and which slips of it are corrected here."""

    document: str
    place: str
    corrections: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "; ".join((f"{self.document}, {self.place}", *self.corrections))


@dataclass(frozen=True, slots=True)
class Connectors:
    """Which connectors a per-connector step is for: "all" or "others" (than the configured one); zero: connectorId 0 too."""

    scope: Literal["all", "others"]
    zero: bool


ALL_AND_ZERO = Connectors("all", zero=True)
OTHERS_AND_ZERO = Connectors("others", zero=True)
ALL_CONNECTORS = Connectors("all", zero=False)
OTHER_CONNECTORS = Connectors("others", zero=False)


@dataclass(frozen=True, slots=True)
class Timing:
    """When the message is due. seconds: since the message of step `since`; tolerance: a name of `labapp.domain.tolerances`."""

    since: int
    seconds: Expected
    tolerance: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Lapse:
    """What a request of the tool brings about ends by itself in the device, `seconds` after it: a reservation does.

    before: the step, of `state` if one is named, that must have come by then; else the case is INCONCLUSIVE.
    """

    seconds: Expected
    before: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response. Who sends the request follows from the protocol and the SUT.

    step: the request's number; response_step: the response's. optional: the request may come; optional_when: where this holds.
    when: expected only where the condition holds. connectors: one request for each connector, in any order. due: when the request
    must come, or the tool sends it. timeout: bound of the wait for the request. gate: a response whose listed field is wrong ends
    the case, because the refusal makes the rest impossible.
    asked: the central system sends it because the operator asks it to (the prompt is derived from the fields); enter: what is
    proposed to be entered where the fields leave a choice, and in fields that the table does not state.
    shared_with: (state, step) whose message this step speaks of again: it is one message, not two.
    errors: codes of a CALLERROR that satisfies the step as well as the response, () any code; None: a CALLERROR violates it.
    otherwise: done once when the request does not come in time; the wait then begins again. floating: the request may come at
    any place up to the end of its segment, and holds back no later step. lapses: until when its effect must have been used.
    implied: (path, expectation) of fields that the table does not state: they tell the SUT's request apart, the tool's has them.
    """

    step: int
    request: Message
    response: Message
    response_step: int
    optional: bool = False
    optional_when: Condition | None = None
    when: Condition | None = None
    connectors: Connectors | None = None
    due: Timing | None = None
    timeout: Timeout = "message"
    gate: bool = False
    asked: bool = False
    occurrence: int = 1
    shared_with: tuple[str, int] | None = None
    enter: tuple[tuple[str, Expected], ...] = ()
    errors: tuple[str, ...] | None = None
    otherwise: tuple[Exchange, ...] = ()
    floating: bool = False
    lapses: Lapse | None = None
    implied: tuple[tuple[str, Expected], ...] = ()


@dataclass(frozen=True, slots=True)
class ManualAction:
    """An act of the operator. name and arguments are those of the operator channel; text: the prompt, in our words, with {argument}s.

    on_wire: whether a frame that satisfies the step behind it may confirm it; False where an absence follows.
    """

    name: str
    text: str
    arguments: tuple[tuple[str, Expected], ...] = ()
    on_wire: bool = True


@dataclass(frozen=True, slots=True)
class Manual:
    """Ask for an action. when: only where the condition holds. or_wait: seconds that may be waited out instead.

    countdown: seconds until the device gives up what the action belongs to (ConnectionTimeOut after a remote start).
    """

    action: ManualAction
    when: Condition | None = None
    or_wait: Expected | None = None
    countdown: Expected | None = None


@dataclass(frozen=True, slots=True)
class InAnyOrder:
    """The items may come in any order; a Manual among them is asked as soon as its condition holds."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class OptionalGroup:
    """The items may all be missing; once the first has come, the others are due as they say.

    within: how long the first is waited for; "" where the scenario goes on at once, and what comes later is taken as well.
    """

    items: tuple[Item, ...]
    within: Timeout = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """The message must not come, from here until `window` seconds after the last action (a key of [values]) have passed.

    With another message behind it in the same segment, the window ends when that one comes. when: elsewhere it may come.
    """

    step: int
    request: Message
    window: Expected
    occurrence: int = 1
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """`count` requests at an interval. clock: "receipt" (stamps of the tool) or "meter" (timestamps inside MeterValues).

    since: the step whose message starts the first interval; state: of which state; reach_back: messages of the state count too.
    until: the series goes on until this holds as well. timeout: what each wait may last beyond the interval.
    """

    step: int
    request: Message
    response: Message
    response_step: int
    count: int
    interval: Expected
    tolerance: str
    clock: Literal["receipt", "meter"] = "receipt"
    since: int = 0
    state: str = ""
    reach_back: bool = False
    occurrence: int = 1
    until: Condition | None = None
    timeout: Timeout = "message"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says. ok: satisfied; received: what was there, in a few words."""

    ok: bool
    received: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The escape hatch: a pure function judges the message of a step. path: of the field that it judges ("" when several).

    rule: makes the id unique. needs: values of the project that it cannot do without.
    """

    step: int
    text: str
    function: Callable[[View], Verdict] = field(compare=False)
    message: str = ""
    path: str = ""
    expected: str = ""
    rule: str = ""
    when: Condition | None = None
    needs: tuple[Symbol, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What a step may be answered with, and the vendor should know of all the same: an observation where the condition holds, no row."""

    step: int
    message: str
    text: str
    when: Condition


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """The tool's own act on the network: cut and restore it, or (as charge point) disconnect and connect again."""

    order: Literal["cut", "restore", "disconnect", "connect"]


@dataclass(frozen=True, slots=True)
class Wait:
    """The tool lets time pass. seconds: how long; text: what for, in our words."""

    seconds: Expected
    text: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The tool (as charge point) asks for the HTTP upgrade. authorization: "none" or "configured"; accepted: what must come of it.

    subprotocols: those that the table has it offer, () for the version's own; selected: the one that must be named in the answer.
    """

    step: int
    response_step: int
    authorization: Literal["none", "configured"]
    accepted: bool
    subprotocols: tuple[str, ...] = ()
    selected: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The tool (as charge point) fetches the file from a location that the central system gave, or uploads one to it.

    works: whether it must, so that the scenario can go on; else it must be tried and fail. Anything else is INCONCLUSIVE.
    name: of an uploaded file.
    """

    direction: Literal["download", "upload"]
    location: Expected
    works: bool = True
    name: Expected | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration state. if_implemented: skipped where the device does not know the key."""

    key: str
    value: Expected
    if_implemented: bool = False


@dataclass(frozen=True, slots=True)
class UseState:
    """Bring a state about. overrides: symbols of the state's fields that take another value here. when: only where it holds.

    step: the number that the case gives it, 0 in the preparation. connectors: once for each of them, as `<connectorId>`.
    optional: numbers of its steps that may come here or not, whatever their own condition says.
    """

    state: TestCase
    overrides: tuple[tuple[str, Expected], ...] = ()
    when: Condition | None = None
    step: int = 0
    connectors: Connectors | None = None
    optional: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OfState:
    """Further validations of a message of a state that ran inside the case. step: the case's number for them."""

    step: int
    state: TestCase
    state_step: int
    message: Message
    occurrence: int = 1


Item = (
    Exchange
    | Manual
    | InAnyOrder
    | OptionalGroup
    | Absent
    | Series
    | Check
    | Remark
    | LinkOrder
    | Wait
    | Upgrade
    | Transfer
    | Configuration
    | UseState
    | OfState
)


@dataclass(frozen=True)
class TestCase:
    """A case, a state or a utility. before: preparation in the order in which it is done; steps: the main part.

    grouped: in the tool's answers the valid cards belong to the group `<parentIdTag>`.
    """

    __test__ = False  # not a test class for pytest

    id: str
    title: str
    source: Source
    sut: str
    steps: tuple[Item, ...]
    ocpp: str = "1.6"
    kind: Literal["case", "state", "utility"] = "case"
    prerequisites: tuple[Condition, ...] = ()
    before: tuple[Item, ...] = ()
    irreversible: bool = False
    reservation: bool = False
    firmware: bool = False
    grouped: bool = False

    def with_(self, *, step: int = 0, when: Condition | None = None, **overrides: Any) -> UseState:
        """This state with other values for some of its symbols: `CHARGING.with_(validIdTag=VALID_2)`."""
        changed = tuple((name, as_expected(value)) for name, value in overrides.items())
        return UseState(self, changed, when=when, step=step)
