"""Mutants of insertion: messages that come where none is due, and optional ones that a peer does not send by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from labapp.domain.expectations import Literal as LiteralValue
from labapp.domain.stamps import utc_text
from labapp.domain.testcase import CHARGE_POINT, Exchange
from labapp.ocpp.listing import row_id
from labapp.selftest.course import Course, Passage, Said, place_means
from labapp.selftest.layout import Place
from labapp.selftest.mutants import OVER, Derived, Equivalent, Mutant, row, target, where
from labapp.selftest.rules import (
    OPTIONAL,
    OWN_ACCOUNT,
    SURPRISE,
    TOLERATED,
    Due,
    after_cut,
    awaited,
    fails,
    floats,
    is_optional,
    lasts,
    meant,
    notified,
    says_again,
    view_at,
)
from labapp.selftest.tampering import Insert
from labapp.selftest.view import CourseView
from labapp.selftest.wrong import conforms


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
        if isinstance(place.item, Exchange) and place.item.when and not place.item.when.test(view_at(course, later[0])):
            continue
        if place.is_status:
            yield from _optional_status(course, place, later)
            continue
        # A boot ahead of what it stands behind would be out of order.
        boots = place.message.action == "BootNotification"
        before = [p for p in later if not boots or p.place.slot >= place.slot]
        payload = _payload(place.message.action, course, later[0])
        yield _inserted(place, payload, before[0], OPTIONAL) if before else _too_late(place)


def _optional_status(course: Course, place: Place, later: Sequence[Passage]) -> Derived:
    """The same of a status notification. later: the passages of its stage."""
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
        yield _too_late(place)
        return
    yield from _otherwise_stated(place, payload, first)
    yield _inserted(place, payload, first, _due_of_optional(course, first, place, payload))


def _inserted(place: Place, payload: Mapping[str, Any], first: Passage, due: Due) -> Mutant:
    what = f"{place.message.name} before {where(first)}"
    return Mutant("insert", row(place), what, Insert(target(first), place.message.action, payload), due)


def _too_late(place: Place) -> Equivalent:
    return Equivalent("insert", row(place), place.message.name, OVER)


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
    return OPTIONAL


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
            yield action, payload, TOLERATED
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
        yield "BootNotification", boot, after if after_cut(course, passage) else SURPRISE


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
            yield action, payload, OWN_ACCOUNT
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
            yield Equivalent("insert", validation, f"{item.request.name} behind the window", OVER)


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
