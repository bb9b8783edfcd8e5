"""Mutants that break a field that a table states, a field that selects, or what a check looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labapp.domain.expectations import Expected, GreaterThan, Not, When
from labapp.domain.testcase import Check, Exchange, Series, Upgrade
from labapp.engine.matching import resolve
from labapp.engine.paths import MISSING, values_at
from labapp.ocpp.listing import SUBPROTOCOL, check_id, field_row, row_id
from labapp.selftest.course import Course, Passage
from labapp.selftest.layout import Place
from labapp.selftest.mutants import Derived, Equivalent, Mutant, row, target, where
from labapp.selftest.rules import Due, after_cut, awaited, fails, is_optional, meant, missing, notified, view_at, worst
from labapp.selftest.tampering import Rewrite, Upgraded
from labapp.selftest.view import CourseView
from labapp.selftest.wrong import conforms, others, put, spoilt, without

_STATUSES = ("Faulted", "SuspendedEVSE", "Reserved", "Unavailable")
_LAW = "a field of the message is not as stated"


def changes(course: Course) -> Derived:
    """A change for each stated field of each message of the SUT, for the fields that select it, and for each check."""
    for passage in course.passages:
        place = passage.place
        for path, stated in place.message.fields:
            yield from _of_field(course, passage, place, path, stated)
        if place.is_status:
            yield _other_connector(course, passage)
            if "status" in place.telling and "status" not in dict(place.message.fields):
                yield _other_status(course, passage, row(place))
    yield from _of_shared(course)
    yield from _of_states(course)
    for stage in course.stages:
        for item in stage.checks:
            yield from _of_check(course, item)
    yield from _of_upgrades(course)


def _of_field(course: Course, passage: Passage, place: Place, path: str, stated: Expected) -> Derived:
    case_id, name = place.stage.case_id, place.message.name
    validation = field_row(case_id, place.step, name, place.item.occurrence, path, stated)
    if isinstance(stated, When) and not stated.condition.test(view_at(course, passage)):
        yield Equivalent(
            "change", validation, where(passage), f"conditional: {stated.condition.name} does not hold here"
        )
        return
    if path == "status" and place.is_status:
        yield _other_status(course, passage, validation)
        return
    if path == "connectorId" and place.is_status:
        return
    series = isinstance(place.item, Series)
    if isinstance(stated, Not | GreaterThan):
        # What other messages said tells which values are wrong.
        stated = resolve(stated, view_at(course, passage), {})
    changed = spoilt(course.version.name, passage.action, place.kind, passage.payload, path, stated)
    if changed is None:
        yield Equivalent("change", validation, where(passage), "no value of the field is wrong")
        return
    selects = place.kind == "req" and path in course.version.selectors(passage.action)
    onwards = series and selects
    # Of a card that is not of the group the answer names no group, and the device may not go on.
    apart = course.case.grouped and (passage.action, path) == ("Authorize", "idTag")
    ends = True if selects else None if apart else _ends(course, passage, changed)
    due = fails(place.at, _LAW, ends=ends)
    if selects and is_optional(course, passage):
        due = Due("PASS", law="the row is optional, and a notification that nobody waits for is tolerated")
        at = awaited(course, passage.index)
        yield Mutant(
            "change",
            validation,
            f"{path} that the protocol does not have in {where(passage)}",
            Rewrite(target(passage), _setting(put(passage.payload, path, "NoSuchWord"))),
            fails(place.at if at is None else at, "the schema has no such word"),
        )
    yield Mutant(
        "change",
        validation,
        f"{path} broken in {where(passage)}{' and all later ones' if onwards else ''}",
        Rewrite(target(passage, onwards=onwards), _spoiling(course, passage, path, stated)),
        due,
    )


def _ends(course: Course, passage: Passage, changed: Mapping[str, Any]) -> bool | None:
    """A refused gate ends the case; other wrong fields let it go on, as far as it goes: what follows may depend on the field."""
    item = passage.place.item
    if isinstance(item, Series) or item.asked:
        return None
    following = course.passages[passage.index + 1 :]
    conditions = [None if isinstance(p.place.item, Series) else p.place.item.when for p in following]
    if all(when is not None and not when.test(_view_with(course, passage, changed)) for when in conditions):
        return None
    return item.gate and passage.place.kind == "conf"


def _view_with(course: Course, passage: Passage, changed: Mapping[str, Any]) -> CourseView:
    return CourseView(course, passage.passed, {passage.seq: changed})


def _spoiling(course: Course, passage: Passage, path: str, stated: Expected) -> Any:
    def edit(payload: Mapping[str, Any]) -> dict[str, Any]:
        changed = spoilt(course.version.name, passage.action, passage.place.kind, payload, path, stated)
        if changed is None:
            raise ValueError(f"{path} cannot be broken in {payload}")
        return changed

    return edit


def _other_status(course: Course, passage: Passage, validation: str) -> Mutant:
    """Another status: the one that was due is missing, and the one that came is unexpected."""
    for status in _STATUSES:
        changed = {**passage.payload, "status": status}
        possible = passage.connector != 0 or status in ("Faulted", "Unavailable")
        if possible and not meant(course, passage.index, passage.action, changed):
            break
    return Mutant(
        "change",
        validation,
        f"status {status} in {where(passage)}",
        Rewrite(target(passage), lambda payload: {**payload, "status": status}),
        _replaced(course, passage, changed, status),
    )


def _other_connector(course: Course, passage: Passage) -> Mutant:
    stranger = int(course.dut.get("connectors", 1)) + 1
    stated = dict(passage.place.message.fields)
    return Mutant(
        "change",
        row(passage.place, "connectorId" if "connectorId" in stated else ""),
        f"connectorId {stranger} in {where(passage)}",
        Rewrite(target(passage), lambda payload: {**payload, "connectorId": stranger}),
        _replaced(course, passage, {**passage.payload, "connectorId": stranger}, ""),
    )


def _replaced(course: Course, passage: Passage, changed: Mapping[str, Any], instead: str) -> Due:
    at = awaited(course, passage.index)
    unexpected = notified(course, passage, changed, passage.place.at if at is None else at)
    if is_optional(course, passage):
        return unexpected
    absent = missing(course, passage, instead=instead)
    return worst([absent, unexpected]) if not after_cut(course, passage) else absent


def _of_shared(course: Course) -> Derived:
    """A step that speaks again of a state's message: to break the one is to break the other."""
    for place in course.places:
        item = place.item
        if not isinstance(item, Exchange) or item.shared_with is None:
            continue
        state, step = item.shared_with
        for passage in course.passages:
            if (passage.place.stage.scope, passage.place.step) == (state, step):
                yield _other_status(course, passage, row(place, "status"))


def _of_states(course: Course) -> Derived:
    """A field of a state's message that the case validates besides; what the state says of it as well, it finds first."""
    for stage in course.stages:
        for item in stage.of_states:
            passages = [
                p
                for p in course.passages
                if (p.place.stage.scope, p.place.step) == (item.state.id, item.state_step)
                and p.place.stage.number < stage.number
            ]
            for path, stated in item.message.fields if passages else ():
                passage = passages[-1]
                validation = field_row(stage.case_id, item.step, item.message.name, item.occurrence, path, stated)
                changed = spoilt(course.version.name, passage.action, "req", passage.payload, path, stated)
                if changed is None:
                    yield Equivalent("change", validation, where(passage), "no value of the field is wrong")
                    continue
                twice = path in dict(passage.place.message.fields)
                yield Mutant(
                    "change",
                    validation,
                    f"{path} broken in {where(passage)}",
                    Rewrite(target(passage), _setting(changed)),
                    fails(passage.place.at if twice else item.step, _LAW),
                )


def _of_check(course: Course, item: Check) -> Derived:
    for index, passage in enumerate(course.passages):
        place = passage.place
        if place.step != item.step or place.message.name != item.message or place.stage.scope:
            continue
        if item.when is not None and not item.when.test(view_at(course, passage)):
            continue
        validation = check_id(course.case.id, item)
        for changed in _breakings(course, passage, item):
            rest = course.rest(index)
            view = CourseView(course, rest[-1].passed + 1, {passage.seq: changed})
            if not item.function(view).ok:
                yield Mutant(
                    "change",
                    validation,
                    f"{item.path} broken in {where(passage)}",
                    Rewrite(target(passage), _setting(changed)),
                    fails(place.at, item.text),
                )
                break
        else:
            yield Equivalent("change", validation, where(passage), "no value of the field is wrong")


def _setting(changed: Mapping[str, Any]) -> Any:
    return lambda payload: dict(changed)


def _breakings(course: Course, passage: Passage, item: Check) -> Iterator[dict[str, Any]]:
    """Payloads in which the field of a check may be wrong, those that keep to the schema first."""
    payload = passage.payload
    at, actual = values_at(payload, item.path)[0]
    forbidden = item.expected.removeprefix("<not ").removesuffix(">") if item.expected.startswith("<not ") else ""
    words = [course.secret] if forbidden and course.secret else [forbidden] if forbidden else others(actual)
    for word in words if "=" not in at else ():
        changed = put(payload, at, word)
        if conforms(course.version.name, passage.action, passage.place.kind, changed):
            yield changed
    if actual is not MISSING:
        yield without(payload, at)


def _of_upgrades(course: Course) -> Derived:
    acts = [stage.act for stage in course.stages if isinstance(stage.act, Upgrade)]
    for position, act in enumerate(acts):
        number = course.upgrades - len(acts) + position + 1
        outcomes: list[tuple[str, int, str, str]] = [
            ("status", 401 if act.accepted else 101, course.version.subprotocol, "answered the other way"),
            ("", 0, "", "not answered"),
        ]
        if act.selected:
            outcomes.append((SUBPROTOCOL, 101, "", "answered without the subprotocol"))
            outcomes += [
                (SUBPROTOCOL, 101, name, f"answered with {name}") for name in act.subprotocols if name != act.selected
            ]
        for field, status, subprotocol, what in outcomes:
            yield Mutant(
                "drop" if status == 0 else "change",
                row_id(course.case.id, act.response_step, "HTTP", 1, field),
                f"the HTTP upgrade of step {act.step} {what}",
                Upgraded(number, status, subprotocol),
                fails(act.response_step, "the outcome of the upgrade is stated"),
            )
