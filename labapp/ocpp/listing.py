"""The static listing of a case: its steps, and one row for everything that it states.

A row's id, `CASE/step/message/occurrence/field[/rule]`, is the same in the listing, in a run's result and in a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from labapp.domain.expectations import Condition, Expected, Omitted, When
from labapp.domain.testcase import (
    CENTRAL_SYSTEM,
    CHARGE_POINT,
    Absent,
    Check,
    Configuration,
    Connectors,
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
from labapp.ocpp.version import Version

#: Conditions of the rows of a step that may be answered with the response or with a CALLERROR.
ANSWERED = "answeredWithResponse"
REFUSED = "answeredWithCallError"
#: The header in which a station offers subprotocols, and a central system names the one that it selects.
SUBPROTOCOL = "Sec-WebSocket-Protocol"


@dataclass(frozen=True, slots=True)
class Row:
    """One statement of a case. mode: mandatory, optional, conditional, absent or timing; sender: "sut" or "tool"."""

    id: str
    step: int
    occurrence: int
    sender: str
    message: str
    field: str
    expected: str
    mode: str
    condition: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row as `labapp cases --json` gives it."""
        return {
            "id": self.id,
            "step": self.step,
            "occurrence": self.occurrence,
            "sender": self.sender,
            "message": self.message,
            "field": self.field,
            "expected": self.expected,
            "mode": self.mode,
            "condition": self.condition,
        }


def row_id(case: str, step: int, message: str, occurrence: int, field: str = "", rule: str = "") -> str:
    """The id of a row."""
    return f"{case}/{step}/{message}/{occurrence}/{field}" + (f"/{rule}" if rule else "")


def field_row(case: str, step: int, message: str, occurrence: int, path: str, stated: Expected) -> str:
    """The id of a stated field's row; a conditional one carries its condition, so that a field may have several."""
    return row_id(case, step, message, occurrence, path, stated.condition.name if isinstance(stated, When) else "")


def message_rows(case: str, step: int, message: Message, occurrence: int) -> tuple[str, ...]:
    """The ids of a message's rows: that it comes, and each stated field."""
    stated = (field_row(case, step, message.name, occurrence, path, expected) for path, expected in message.fields)
    return (row_id(case, step, message.name, occurrence), *stated)


def sut_sends(version: Version, sut: str, action: str) -> bool:
    """Whether the system under test sends the request of an action; DataTransfer, which both roles may send, is always the tool's."""
    other = CENTRAL_SYSTEM if sut == CHARGE_POINT else CHARGE_POINT
    return version.may_send(sut, action) and not version.may_send(other, action)


def rows(case: TestCase, version: Version) -> tuple[Row, ...]:
    """Every row of a case's own table; the rows of its states stand with the states."""
    return tuple(row for item in case.steps for row in _item_rows(case, item, version, "mandatory", ""))


def _item_rows(case: TestCase, item: Item, version: Version, mode: str, condition: str) -> Iterator[Row]:
    match item:
        case Exchange():
            own_mode = "optional" if item.optional else "conditional" if item.when else mode
            text = item.when.name if item.when else condition
            yield from _exchange_rows(case, item, version, own_mode, text)
        case Series():
            yield from _rows_of_message(case.id, item.step, item.occurrence, "sut", item.request, mode, condition)
            yield _rule_row(case.id, item, "sut", "interval", item.interval.text, "timing", condition)
            yield from _rows_of_message(
                case.id, item.response_step, item.occurrence, "tool", item.response, mode, condition
            )
        case InAnyOrder(items):
            for inner in items:
                yield from _item_rows(case, inner, version, mode, condition)
        case OptionalGroup(items=items):
            first, *others = items
            yield from _item_rows(case, first, version, "optional", condition)
            led = f"step{first.step}Came" if isinstance(first, Exchange) else condition
            for inner in others:
                yield from _item_rows(case, inner, version, "conditional", led)
        case Absent():
            own_condition = item.when.name if item.when else condition
            yield _rule_row(case.id, item, "sut", "absent", "<omitted>", "absent", own_condition)
        case OfState():
            sender = "sut" if sut_sends(version, case.sut, item.message.action) else "tool"
            yield from _rows_of_message(case.id, item.step, item.occurrence, sender, item.message, mode, condition)
        case Check():
            yield _check_row(case, item)
        case Upgrade():
            yield from _upgrade_rows(case, item)
        case Manual() | LinkOrder() | Wait() | Transfer() | Configuration() | UseState() | Remark():
            return


def _exchange_rows(case: TestCase, item: Exchange, version: Version, mode: str, condition: str) -> Iterator[Row]:
    from_sut = sut_sends(version, case.sut, item.request.action)
    sender, other = ("sut", "tool") if from_sut else ("tool", "sut")
    yield from _rows_of_message(case.id, item.step, item.occurrence, sender, item.request, mode, condition)
    if item.due:
        where = f"{item.due.state}:" if item.due.state else ""
        # The tool keeps the interval that the table gives; a message of the device is timed from the step before it.
        when = f"{item.due.seconds.text} after step {where}{item.due.since}" if from_sut else item.due.seconds.text
        yield _rule_row(case.id, item, sender, "timing", when, "timing", condition)
    if item.errors is not None:
        # The table leaves the choice: the response, or a CALLERROR.
        mode, condition = "conditional", condition or ANSWERED
        yield from _error_rows(case.id, item)
    yield from _rows_of_message(case.id, item.response_step, item.occurrence, other, item.response, mode, condition)
    for act in item.otherwise:
        yield from _exchange_rows(case, act, version, "conditional", f"no {item.request.name} in time")


def _rule_row(
    case_id: str, item: Exchange | Series | Absent, sender: str, rule: str, expected: str, mode: str, condition: str
) -> Row:
    """A row that is about the request of an item and about none of its fields."""
    name = item.request.name
    identifier = row_id(case_id, item.step, name, item.occurrence, "", rule)
    return Row(identifier, item.step, item.occurrence, sender, name, "", expected, mode, condition)


def _error_rows(case_id: str, item: Exchange) -> Iterator[Row]:
    stated = [("", "")] + ([("errorCode", "|".join(item.errors))] if item.errors else [])
    for field, expected in stated:
        yield Row(
            row_id(case_id, item.response_step, "CALLERROR", item.occurrence, field),
            item.response_step,
            item.occurrence,
            "sut",
            "CALLERROR",
            field,
            expected,
            "conditional",
            REFUSED,
        )


def _rows_of_message(
    case_id: str, step: int, occurrence: int, sender: str, message: Message, mode: str, condition: str
) -> Iterator[Row]:
    yield Row(
        row_id(case_id, step, message.name, occurrence), step, occurrence, sender, message.name, "", "", mode, condition
    )
    for path, expected in message.fields:
        own_mode, own_condition = _field_mode(expected, mode, condition)
        yield Row(
            field_row(case_id, step, message.name, occurrence, path, expected),
            step,
            occurrence,
            sender,
            message.name,
            path,
            expected.text,
            own_mode,
            own_condition,
        )


def _field_mode(expected: Expected, mode: str, condition: str) -> tuple[str, str]:
    if isinstance(expected, When):
        return ("conditional" if mode == "mandatory" else mode), expected.condition.name
    return mode, condition


def check_id(case_id: str, item: Check) -> str:
    """The id of a check's row."""
    return row_id(case_id, item.step, item.message, 1, item.path, item.rule)


def _check_row(case: TestCase, item: Check) -> Row:
    condition = f"{item.when.name}: {item.text}" if item.when else item.text
    mode = "conditional" if item.when else "mandatory"
    return Row(check_id(case.id, item), item.step, 1, "sut", item.message, item.path, item.expected, mode, condition)


def _upgrade_rows(case: TestCase, item: Upgrade) -> Iterator[Row]:
    status = "101" if item.accepted else "<not 101>"
    selected = [(item.response_step, "sut", SUBPROTOCOL, item.selected)] if item.selected else []
    for step, sender, field, expected in (
        (item.step, "tool", "", ""),
        (item.step, "tool", *_offered(item)),
        (item.response_step, "sut", "", ""),
        (item.response_step, "sut", "status", status),
        *selected,
    ):
        yield Row(row_id(case.id, step, "HTTP", 1, field), step, 1, sender, "HTTP", field, expected, "mandatory")


def offered_row(case_id: str, item: Upgrade) -> str:
    """The id of the row of the header that the tool sends, or leaves out, because the table says so."""
    return row_id(case_id, item.step, "HTTP", 1, _offered(item)[0])


def _offered(item: Upgrade) -> tuple[str, str]:
    """The header that the table is about, and what the tool states in it."""
    if item.subprotocols:
        return SUBPROTOCOL, ",".join(item.subprotocols)
    return "Authorization", Omitted().text if item.authorization == "none" else "<present>"


def steps(case: TestCase, version: Version) -> list[dict[str, Any]]:
    """The steps in order, as a person reads them beside the table."""
    return [line for item in case.steps for line in _step_lines(case, item, version, ())]


def steps_of(case: TestCase, item: Item, version: Version) -> list[dict[str, Any]]:
    """The lines of one item of a case."""
    return list(_step_lines(case, item, version, ()))


def _step_lines(case: TestCase, item: Item, version: Version, marks: Sequence[str]) -> Iterator[dict[str, Any]]:
    def line(step: int, who: str, text: str, *extra: str) -> dict[str, Any]:
        return {"step": step, "by": who, "what": text, "notes": [*marks, *(note for note in extra if note)]}

    match item:
        case Exchange() | Series():
            from_sut = isinstance(item, Series) or sut_sends(version, case.sut, item.request.action)
            first, second = ("sut", "tool") if from_sut else ("tool", "sut")
            yield line(item.step, first, item.request.name, *_exchange_notes(item))
            yield line(item.response_step, second, item.response.name, *_response_notes(item))
            for act in item.otherwise if isinstance(item, Exchange) else ():
                yield from _step_lines(case, act, version, (*marks, f"when no {item.request.name} came in time"))
        case InAnyOrder(items):
            for inner in items:
                yield from _step_lines(case, inner, version, (*marks, "any order"))
        case OptionalGroup(items=items):
            for inner in items:
                yield from _step_lines(case, inner, version, (*marks, "optional"))
        case Manual(action=action, when=when, or_wait=or_wait):
            waited = f"or wait {or_wait.text} s" if or_wait else ""
            yield line(0, "operator", action.name, _condition_note(when), waited)
        case Absent():
            yield line(
                item.step,
                "sut",
                item.request.name,
                _condition_note(item.when),
                f"must not come within {item.window.text} s",
            )
        case OfState():
            what = f"{item.message.name} of step {item.state_step} of {item.state.id}"
            yield line(item.step, "sut" if sut_sends(version, case.sut, item.message.action) else "tool", what)
        case Wait():
            yield line(0, "tool", item.text, f"{item.seconds.text} s")
        case Transfer(direction=direction, location=location, works=works):
            yield line(0, "tool", f"{direction}, location {location.text}", "" if works else "must fail")
        case Check():
            yield line(item.step, "check", item.text, _condition_note(item.when))
        case Remark():
            yield line(item.step, "remark", item.text, _condition_note(item.when))
        case LinkOrder(order=order):
            yield line(0, "tool", _link_order_text(order))
        case Upgrade():
            authorization = f"authorization: {item.authorization}"
            offered = f"{SUBPROTOCOL}: {', '.join(item.subprotocols)}" if item.subprotocols else authorization
            yield line(item.step, "tool", "HTTP upgrade", offered)
            yield line(item.response_step, "sut", "HTTP upgrade " + ("accepted" if item.accepted else "refused"))
        case Configuration():
            yield line(0, "tool", preparation_text(item))
        case UseState():
            yield line(item.step, "tool", preparation_text(item), _condition_note(item.when))


def _condition_note(condition: Condition | None) -> str:
    return f"when {condition.text}" if condition else ""


def _exchange_notes(item: Exchange | Series) -> tuple[str, ...]:
    if isinstance(item, Series):
        often = f"{item.count} times, " if item.until is None else f"until {item.until.text}, "
        return (f"{often}every {item.interval.text} s",)
    return (
        _condition_note(item.when),
        "optional" if item.optional else "",
        "at any place up to the next act" if item.floating else "",
        _connectors_note(item.connectors) if item.connectors else "",
        f"due {item.due.seconds.text} s after step {item.due.since}" if item.due else "",
        "asked of the operator" if item.asked else "",
    )


def _response_notes(item: Exchange | Series) -> tuple[str, ...]:
    if isinstance(item, Series) or item.errors is None:
        return ()
    return (f"or CALLERROR {'|'.join(item.errors)}".strip(),)


def _connectors_note(connectors: Connectors) -> str:
    which = "each connector" if connectors.scope == "all" else "every other connector"
    return f"{which} and connectorId 0" if connectors.zero else which


def _link_order_text(order: str) -> str:
    """The network is cut and restored under a device; the tool's own connection is opened and closed."""
    return f"{order} the network" if order in ("cut", "restore") else f"{order} the tool"


def preparation_text(item: Item) -> str:
    """One preparation as a person reads it."""
    match item:
        case Configuration():
            known = " (if implemented)" if item.if_implemented else ""
            return f"configuration {item.key} = {item.value.text}{known}"
        case UseState():
            changes = ", ".join(f"{name}={value.text}" for name, value in item.overrides)
            where = f" for {_connectors_note(item.connectors)}" if item.connectors else ""
            free = f", its steps {', '.join(map(str, item.optional))} optional" if item.optional else ""
            return f"state {item.state.id}{where}" + (f" with {changes}" if changes else "") + free
        case LinkOrder():
            return _link_order_text(item.order)
        case _:
            raise TypeError(f"{type(item).__name__} is no preparation")
