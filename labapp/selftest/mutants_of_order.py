"""Mutants of order: messages that are dropped, change places, come twice, or come where none is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from labapp.domain.expectations import Literal as LiteralValue
from labapp.domain.stamps import utc_text
from labapp.domain.testcase import CHARGE_POINT, Exchange, LinkOrder, Series
from labapp.ocpp.listing import row_id
from labapp.selftest.course import Course, Passage, Said, place_means
from labapp.selftest.layout import Place
from labapp.selftest.mutants import Derived, Equivalent, Mutant, row, target, where
from labapp.selftest.mutants_of_time import limit
from labapp.selftest.rules import (
    Due,
    after_cut,
    awaited,
    awaited_behind,
    fails,
    floats,
    is_optional,
    lasts,
    meant,
    missing,
    notified,
    refused_boot,
    repeated,
    says_again,
    sent_again,
    swapped,
    unled,
    view_at,
)
from labapp.selftest.tampering import Insert, Repeat, Swallow, Swap
from labapp.selftest.view import CourseView
from labapp.selftest.wrong import conforms

_SURPRISE = Due("INCONCLUSIVE", law="an unexpected boot whose cause is not known is run again")
_OWN_ACCOUNT = Due("PASS", law="what the central system asks on its own is answered and tolerated")
_OVER = "it is behind the last message of the case, and no part of the attempt"


def drops(course: Course) -> Derived:
    """Each message of the SUT taken away."""
    for passage in course.passages:
        place = passage.place
        if isinstance(place.item, Series):
            continue
        if sent_again(course, passage):
            yield Equivalent("drop", row(place), where(passage), "the device sends it again while it is waited for")
            continue
        # What the device sends of its own accord while its answer is waited for is taken all the same.
        alone = not any(p.place.stage is place.stage for p in course.passages[passage.index + 1 :])
        unanswered = fails(place.at, "the answer did not come", ends=True if alone else None)
        leads = any(p.place.leader == place.position for p in course.rest(passage.index + 1))
        due = unanswered if place.kind == "conf" else unled(course, passage) if leads else missing(course, passage)
        yield Mutant("drop", row(place), f"without {where(passage)}", Swallow(target(passage), passage.answer), due)
    yield from _thinned_series(course)
    yield from _shared(course)


def _thinned_series(course: Course) -> Derived:
    for place in course.places:
        passages = [p for p in course.passages if p.place is place]
        if not isinstance(place.item, Series) or len(passages) < 2:
            continue
        # Without its first message a series by meter timestamps is only late: the intervals are judged between the others.
        middle = passages[0 if place.item.clock == "receipt" else 1]
        law = "the interval of the series is not kept"
        yield Mutant(
            "drop",
            row(place, rule="interval"),
            f"without {where(middle)}, number {middle.ordinal}",
            Swallow(target(middle), middle.answer),
            fails(place.at, law),
        )
        if place.item.until is not None:
            yield Mutant(
                "drop",
                row(place),
                f"without {where(passages[0])}, the first of them",
                Swallow(target(passages[0]), passages[0].answer),
                fails(place.at, "a series that goes on until something holds has to be whole"),
            )
        yield Mutant(
            "drop",
            row(place),
            f"without any {where(passages[0])}",
            Swallow(target(passages[0], onwards=True), middle.answer),
            fails(place.at, "an expected message did not come"),
        )


def swaps(course: Course) -> Derived:
    """Neighbours of one stage in the other order, as far as the device sends both of its own accord."""
    for first, second in pairwise(course.passages):
        if first.place.stage is not second.place.stage or second.place.kind == "conf":
            continue
        if any(first.seq < act < second.seq for act in course.acts):
            # The second comes only because of an act that the first has brought about.
            continue
        late = not isinstance(first.place.item, Series) and second.at.seconds_since(first.at) > limit(
            course, first.place
        )
        if late and first.place.kind == "conf":
            yield Equivalent("swap", row(second.place), where(first), "an answer held back that long is missed already")
            continue
        if first.action == second.action and first.payload == second.payload:
            yield Equivalent("swap", row(second.place), where(first), "both messages are the same")
            continue
        due = missing(course, first) if late else swapped(course, first, second)
        item = first.place.item
        if isinstance(item, Series) and first.place is second.place:
            due = fails(first.place.at, "the timestamps of the series go back")
        yield Mutant(
            "swap",
            row(second.place),
            f"{where(second)} ahead of {where(first)}",
            Swap(target(first), target(second), first.answer),
            due,
        )


def duplicates(course: Course) -> Derived:
    """Each message of the SUT twice."""
    for passage in course.passages:
        at = awaited_behind(course, passage)
        place = passage.place
        if at is None:
            yield Equivalent("duplicate", row(place), where(passage), _OVER)
        elif _cut_behind(course, passage):
            yield Equivalent("duplicate", row(place), where(passage), "the tool cuts the connection behind it")
        else:
            what = f"{where(passage)} twice"
            yield Mutant("duplicate", row(place), what, Repeat(target(passage)), _due_of_repeat(course, passage, at))


def _due_of_repeat(course: Course, passage: Passage, at: int | str) -> Due:
    place = passage.place
    if place.kind == "conf":
        return fails(place.at, "a request has one answer")
    if course.case.sut != CHARGE_POINT:
        return _OWN_ACCOUNT
    if isinstance(place.item, Series):
        return fails(place.at, "the interval of the series is not kept")
    if place.is_status and after_cut(course, passage):
        return Due("PASS", law="after a deliberate cut, status notifications are tolerated")
    if place.is_status:
        return repeated(course, passage, at)
    for later in course.rest(passage.index + 1):
        same = later.place.stage is place.stage and later.action == passage.action
        if same and place_means(course.version, later.place, passage.payload, course.values):
            return fails(later.place.at, "it is taken for the later step, long before its time")
    if refused_boot(passage):
        return fails(at, "a refused boot is told again only when its interval is over", ends=True)
    if passage.action == "BootNotification":
        return _SURPRISE
    if course.version.tolerated(course.case.sut, passage.action):
        return Due("PASS", law="the request is tolerated anywhere")
    return fails(at, "the message is no part of the scenario here", ends=True)


def _cut_behind(course: Course, passage: Passage) -> bool:
    """Whether the tool's next act, before any further message of the SUT, is to cut the connection."""
    following = course.passages[passage.index + 1 : passage.index + 2]
    until = following[0].place.stage.number if following else len(course.stages)
    acts = [stage.act for stage in course.stages[passage.place.stage.number + 1 : until + 1] if stage.act is not None]
    return bool(acts) and isinstance(acts[0], LinkOrder)


def inserts(course: Course) -> Derived:
    """Messages that nobody waits for, before each message of the SUT; and what must be absent, within its window."""
    for passage in course.passages:
        at = awaited(course, passage.index)
        if at is None:
            continue
        foreign = _foreign_of_charge_point if course.case.sut == CHARGE_POINT else _foreign_of_central_system
        for action, payload, due in foreign(course, passage, at):
            yield Mutant(
                "insert",
                row(passage.place),
                f"{action} {_shown(payload)} before {where(passage)}",
                Insert(target(passage), action, payload),
                due,
            )
    yield from _forbidden(course)
    yield from _optional(course)


def _optional(course: Course) -> Derived:
    """Optional messages that this peer does not send: as they may come, and with a status that they may not have."""
    for place in course.places:
        later = [p for p in course.passages if p.place.stage is place.stage]
        unsent = place.optional and place.kind == "req" and not any(p.place is place for p in course.passages)
        if not unsent or not later:
            continue
        first, at = later[0], awaited(course, later[0].index)
        if isinstance(place.item, Exchange) and place.item.when and not place.item.when.test(view_at(course, first)):
            continue
        payload = _payload(place.message.action, course, first)
        due = Due("PASS", law="the row is optional")
        if place.message.action == "BootNotification":
            # Ahead of what it stands behind it would be out of order.
            rest = [p for p in later if p.place.slot >= place.slot]
            if not rest:
                yield Equivalent("insert", row(place), place.message.name, _OVER)
                continue
            first = rest[0]
        if place.is_status:
            payload = _status_of(course, place, later)
            # It comes behind the message that it would be taken for as well.
            alike = [p for p in later if place_means(course.version, p.place, payload, course.values)]
            behind = course.passages[alike[-1].index + 1 :] if alike and alike[-1].place.is_status else later
            first = (*behind, *later)[0]
            at = awaited(course, first.index)
            others = ({**payload, "status": status} for status in ("Faulted", "SuspendedEVSE"))
            wrong = next(o for o in others if not meant(course, first.index, place.message.action, o))
            yield Mutant(
                "change",
                row(place, "status"),
                f"status {wrong['status']} in {place.message.name} before {where(first)}",
                Insert(target(first), place.message.action, wrong),
                notified(course, first, wrong, place.at if at is None else at),
            )
            if not behind:
                yield Equivalent("insert", row(place), place.message.name, _OVER)
                continue
            due = _due_of_optional(course, first, place, payload)
            yield from _otherwise_stated(place, payload, first)
        yield Mutant(
            "insert",
            row(place),
            f"{place.message.name} before {where(first)}",
            Insert(target(first), place.message.action, payload),
            due,
        )


def _otherwise_stated(place: Place, payload: Mapping[str, Any], first: Passage) -> Derived:
    """The notification with another text in each further field that the place states."""
    for path, _ in place.message.fields:
        if path not in ("connectorId", "status"):
            yield Mutant(
                "change",
                row(place, path),
                f"{path} something else in {place.message.name} before {where(first)}",
                Insert(target(first), place.message.action, {**payload, path: "something else"}),
                fails(place.at, "the field is not as stated"),
            )


def _due_of_optional(course: Course, first: Passage, place: Place, payload: Mapping[str, Any]) -> Due:
    """An optional status notification may come early; and it may make others due, which this peer does not send."""
    came = Said(0, first.at, "sut", place.message.name, place.message.action, "req", payload, payload, None, 0)
    said = (*course.said[: first.passed], came)
    view = CourseView(replace(course, said=said), len(said), {})
    for other in course.places:
        when = other.item.when if isinstance(other.item, Exchange) and other.stage is place.stage else None
        if when is not None and other.is_status and not when.test(view_at(course, first)) and when.test(view):
            return Due("FAIL", other.at, "D1", "a status notification that has become due did not come")
    if says_again(course, first, payload):
        at = awaited(course, first.index)
        return notified(course, first, payload, place.at if at is None else at)
    ahead = [p for p in course.rest(first.index) if p.place.slot < place.slot and not is_optional(course, p)]
    if not floats(place) and any(p.place.kind == "req" for p in ahead):
        return Due("PASS", place.at, "D2.a", "a status notification may come earlier in its wait")
    return Due("PASS", law="the row is optional")


def _status_of(course: Course, place: Place, sent: Sequence[Passage]) -> dict[str, Any]:
    """A status notification that satisfies a place; of several statuses one that the station has not sent in this stage."""
    known = {passage.payload.get("status") for passage in sent}
    stated = {path: stated.text.split("|") for path, stated in place.message.fields if path != "connectorId"}
    chosen = {path: next((text for text in texts if text not in known), texts[0]) for path, texts in stated.items()}
    connector = dict(place.message.fields).get("connectorId")
    number = connector.value if isinstance(connector, LiteralValue) else course.values["connector_id"]
    return {"connectorId": number, "errorCode": "NoError", **chosen}


def _shown(payload: Mapping[str, Any]) -> str:
    return " ".join(f"{payload[name]}" for name in ("connectorId", "status", "errorCode", "info") if name in payload)


def _foreign_of_charge_point(
    course: Course, passage: Passage, at: int | str
) -> Iterator[tuple[str, dict[str, Any], Due]]:
    now = utc_text(passage.at.utc)
    stage = passage.place.stage
    expected = {p.message.action for p in course.places if p.stage is stage and p.kind == "req"}
    near = {p.message.action for p in course.places if p.stage is stage and p.slot <= passage.place.slot}
    tolerated = Due("PASS", law="the request is tolerated anywhere")
    awaited_contexts = {
        stated.text for p in course.places for path, stated in p.message.fields if path.endswith(".context")
    }
    context = next(c for c in ("Sample.Clock", "Other") if c not in awaited_contexts)
    sampled = {"timestamp": now, "sampledValue": [{"value": "1", "context": context}]}
    for action, payload in (
        ("Heartbeat", {}),
        ("DataTransfer", {"vendorId": "labapp"}),
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": now}),
        ("MeterValues", {"connectorId": course.values["connector_id"], "meterValue": [sampled]}),
    ):
        # Ahead of its own step it is a sign of life like any other, and does not show that what comes before it will not come.
        if action not in near:
            yield action, payload, tolerated
    for status in _strange_statuses(course):
        if not meant(course, passage.index, "StatusNotification", status):
            yield "StatusNotification", status, notified(course, passage, status, at)
    if passage.place.kind == "conf":
        return
    # What must be absent has mutants of its own.
    expected |= {absent.request.action for _, absent in stage.absences}
    for action, payload in (
        ("StopTransaction", {"transactionId": 987654, "meterStop": 1, "timestamp": now}),
        ("Authorize", {"idTag": course.values["valid_id_tag"]}),
    ):
        if action not in expected and not meant(course, passage.index, action, payload):
            yield action, payload, fails(at, "the message is no part of the scenario here", ends=True)
    if "BootNotification" not in expected:
        boot = {"chargePointVendor": "labapp", "chargePointModel": "SimStation"}
        after = Due("PASS", law="after a deliberate cut a boot is an observation")
        yield "BootNotification", boot, after if after_cut(course, passage) else _SURPRISE


def _strange_statuses(course: Course) -> Iterator[dict[str, Any]]:
    own = course.values["connector_id"]
    stranger = int(course.dut.get("connectors", 1)) + 1
    for connector, status, error, info in (
        (own, "Faulted", "GroundFailure", ""),
        (own, "SuspendedEV", "NoError", ""),
        (own, "Unavailable", "NoError", ""),
        (stranger, "Available", "NoError", ""),
        (0, "Unavailable", "NoError", ""),
        (0, "Faulted", "OtherError", ""),
        (0, "Unavailable", "NoError", "maintenance"),
    ):
        content = {"connectorId": connector, "status": status, "errorCode": error}
        yield {**content, "info": info} if info else content


def _foreign_of_central_system(
    course: Course, passage: Passage, at: int | str
) -> Iterator[tuple[str, dict[str, Any], Due]]:
    version = course.version.name
    for action, payload in (
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
        ("DataTransfer", {"vendorId": "labapp"}),
    ):
        if action != passage.action and conforms(version, action, "req", payload):
            yield action, payload, _OWN_ACCOUNT
    wrong = fails(at, "a central system may not initiate this action")
    yield "Heartbeat", {}, wrong


def _forbidden(course: Course) -> Derived:
    for stage in course.stages:
        passages = [p for p in course.passages if p.place.stage is stage]
        earlier = [p for p in course.passages if p.place.stage.number < stage.number]
        for slot, item in stage.absences:
            before = [p for p in passages if p.place.slot <= slot] or passages[:1] or earlier[-1:]
            if not before:
                continue
            lasting = lasts(course, stage, slot)
            validation = row_id(stage.case_id, item.step, item.request.name, item.occurrence, "", "absent")
            due = fails(item.step, "the message must not come within the window", ends=True)
            if item.when is not None and not item.when.test(view_at(course, before[-1])):
                due = Due("PASS", law=f"it may come: not so: {item.when.text}")
            window = float(course.values[getattr(item.window, "key", "")])
            for after in (0.0, window / 2, window - 0.5) if lasting else (0.0,):
                yield Mutant(
                    "insert",
                    validation,
                    f"{item.request.name} {after:g} s behind {where(before[-1])}, in a window of {window:g} s",
                    Insert(
                        target(before[-1]),
                        item.request.action,
                        _payload(item.request.action, course, before[-1]),
                        after,
                    ),
                    due,
                )
            yield Equivalent("insert", validation, f"{item.request.name} behind the window", _OVER)


def _payload(action: str, course: Course, passage: Passage) -> dict[str, Any]:
    """What a request may hold that must be absent, or need not come; of MeterValues.req: what was triggered."""
    now, card = utc_text(passage.at.utc), {"idTag": course.values["valid_id_tag"]}
    match action:
        case "Authorize":
            return card
        case "BootNotification":
            return {"chargePointVendor": "labapp", "chargePointModel": "SimStation"}
        case "MeterValues":
            triggered = {"timestamp": now, "sampledValue": [{"value": "1", "context": "Trigger"}]}
            return {"connectorId": course.values["connector_id"], "meterValue": [triggered]}
        case "StopTransaction":
            return {"transactionId": view_at(course, passage).transaction() or 0, "meterStop": 1, "timestamp": now}
        case _:
            return {**card, "connectorId": course.values["connector_id"], "meterStart": 0, "timestamp": now}


def _shared(course: Course) -> Derived:
    """A step that speaks again of a state's message cannot be dropped by itself."""
    for place in course.places:
        item = place.item
        if isinstance(item, Exchange) and item.shared_with is not None:
            state, step = item.shared_with
            yield Equivalent("drop", row(place), place.message.name, f"it is the message of {state}:{step}")
