"""The verdict that the rules give to a mutant: the order law of the tables, the modes of rows, and Appendix D.

Nothing here asks the engine. A place and the course say what was awaited, `labapp.domain.review` what becomes of a status
notification, and the self-test's review policy is "advice": what is ambiguous is decided as the rule proposes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from labapp.domain.expectations import Literal as LiteralValue
from labapp.domain.expectations import OneOf
from labapp.domain.review import Situation, rule_on
from labapp.domain.testcase import Exchange, LinkOrder, Manual
from labapp.selftest.course import Course, Passage, place_means
from labapp.selftest.layout import Place, Stage
from labapp.selftest.view import CourseView

Judgement = Literal["PASS", "FAIL", "INCONCLUSIVE"]


@dataclass(frozen=True, slots=True)
class Due:
    """What must come of a mutant. at: the step that the verdict names, "" where it names none; rule: of the review, or "".

    law: the rule in words. ends: whether the case must end there, or must go on; None where the rules leave it open.
    """

    verdict: Judgement
    at: int | str = ""
    rule: str = ""
    law: str = ""
    ends: bool | None = None


PASSES = Due("PASS", law="nothing is violated")
OPTIONAL = Due("PASS", law="the row is optional")
TOLERATED = Due("PASS", law="the request is tolerated anywhere")
AFTER_CUT = Due("PASS", law="after a deliberate cut, status notifications are tolerated")
OWN_ACCOUNT = Due("PASS", law="what the central system asks on its own is answered and tolerated")
SURPRISE = Due("INCONCLUSIVE", law="an unexpected boot whose cause is not known is run again")


def fails(at: int | str, law: str, *, ends: bool | None = None) -> Due:
    """FAIL at a step. ends: a missing message, one out of scenario and a refusal end the case, a wrong field does not."""
    return Due("FAIL", at, law=law, ends=ends)


def worst(dues: Iterable[Due]) -> Due:
    """The verdict of several together: a FAIL first, then what must be run again; the earliest of equals."""
    order = {"FAIL": 0, "INCONCLUSIVE": 1, "PASS": 2}
    return min(dues, key=lambda due: order[due.verdict])


def view_at(course: Course, passage: Passage) -> CourseView:
    """What was known when a frame had come."""
    return CourseView(course, passage.passed, {})


def view_before(course: Course, passage: Passage) -> CourseView:
    """What was known when a frame had not come yet."""
    return CourseView(course, passage.passed - 1, {})


def awaited(course: Course, index: int) -> int | str | None:
    """The step that is waited for before the passage of this index: of what is due, the first in the tables. None: the case is over."""
    if index >= len(course.passages):
        return None
    if course.passages[index].place.kind == "conf":
        # An answer that is due comes before all others.
        return course.passages[index].place.at
    # What is due is decided by what has come so far: TC_015 step 5 is due only once step 3 has come.
    rest = [p for p in course.rest(index) if not is_optional(course, p, at=course.passages[index])]
    if not rest:
        return awaited(course, index + len(course.rest(index)))
    return min(rest, key=lambda p: (floats(p.place), p.place.slot, p.place.position)).place.at


def awaited_behind(course: Course, passage: Passage) -> int | str | None:
    """The step that is waited for when the passage has just come; a window of absence is waited out at its own step."""
    stage = passage.place.stage
    following = course.passages[passage.index + 1 : passage.index + 2]
    until = following[0].place.stage.number if following else len(course.stages)
    for between in course.stages[stage.number : until]:
        lasting = [absent for slot, absent in between.absences if lasts(course, between, slot)]
        if lasting:
            return lasting[0].step
    return awaited(course, passage.index + 1)


def lasts(course: Course, stage: Stage, slot: int) -> bool:
    """Whether what must be absent from this slot on must be so for its whole window: no message of the stage stands behind it."""
    return all(place.slot <= slot for place in course.places if place.stage is stage)


def is_optional(course: Course, passage: Passage, *, at: Passage | None = None) -> bool:
    """Whether the message of the passage may fail to come, as is known ahead of a passage, of itself without one."""
    item = passage.place.item
    unless = item.optional_when if isinstance(item, Exchange) else None
    # What follows the leader of an optional group is due, since the leader has come.
    return passage.place.optional or (unless is not None and unless.test(view_before(course, at or passage)))


def floats(place: Place) -> bool:
    """Whether the message may come at any place up to the end of its stage."""
    return isinstance(place.item, Exchange) and place.item.floating


def sent_again(course: Course, passage: Passage) -> bool:
    """Whether the device sends the same request again while it is waited for, so that the later one takes its place."""
    place = passage.place
    if refused_boot(passage):
        return True
    later = [p for p in course.rest(passage.index + 1) if p.place.stage is place.stage and p.action == passage.action]
    return (
        place.kind == "req"
        and not place.is_status
        and any(place_means(course.version, place, p.payload, course.values) for p in later)
    )


def refused_boot(passage: Passage) -> bool:
    """Whether the tool has not accepted this boot, so that the device tells it once more when its interval is over."""
    refused = passage.answer is not None and passage.answer.get("status") != "Accepted"
    return passage.action == "BootNotification" and passage.place.kind == "req" and refused


def missing(course: Course, passage: Passage, *, instead: str = "") -> Due:
    """What becomes of the case when the message of a passage does not come."""
    place = passage.place
    if is_optional(course, passage):
        return OPTIONAL
    if isinstance(place.item, Exchange) and place.item.otherwise:
        return Due("PASS", law="what the table has done then brings it about")
    if not place.is_status:
        return fails(place.at, "an expected message did not come", ends=True)
    situation = Situation(
        kind="missing",
        case_id=course.case.id,
        connector=passage.connector or 0,
        status=_stated_statuses(place, passage),
        expected_connectors=_expected_connectors(course, passage),
        waiting_for=_waiting_for(course, passage.index),
        received_instead=instead,
        after_boot=_after_boot(course, passage),
        before_boot=_before_boot(course, passage),
        **_facts(course),
    )
    return _reviewed(situation, place.at)


def notified(
    course: Course,
    before: Passage,
    payload: Mapping[str, Any],
    at: int | str,
    *,
    unseen_boot: bool = False,
) -> Due:
    """What becomes of the case when a status notification that no place means comes before a passage.

    at: the step that is waited for when it comes. unseen_boot: the boot that is due before it was kept from the tool.
    """
    connector, status = int(payload["connectorId"]), str(payload["status"])
    if after_cut(course, before):
        return AFTER_CUT
    same = says_again(course, before, payload)
    running = view_at(course, before).transaction() is not None
    situation = Situation(
        kind="duplicate" if same else "unexpected",
        case_id=course.case.id,
        connector=connector,
        status=status,
        error_code=str(payload["errorCode"]),
        info=str(payload.get("info", "")),
        expected_connectors=_expected_connectors(course, before),
        waiting_for=_waiting_for(course, before.index),
        after_boot=_after_boot(course, before) and not unseen_boot,
        before_boot=_before_boot(course, before) or unseen_boot,
        in_energy_transfer=running and connector == course.values["connector_id"],
        current_status=view_at(course, before).status(connector),
        **_facts(course),
    )
    return _reviewed(situation, at)


def unled(course: Course, leader: Passage) -> Due:
    """What becomes of the case when the message that leads an optional group is missing, and those that follow it come.

    They were only due behind it, so Appendix D speaks of each status notification among them as of one that is not expected.
    """
    boot = leader.action == "BootNotification"
    followers = [p for p in course.rest(leader.index + 1) if p.place.leader == leader.place.position]
    return worst(
        [
            notified(course, p, p.payload, p.place.at, unseen_boot=boot)
            if p.place.is_status
            else fails(p.place.at, "it may only come behind the message that leads its group", ends=True)
            for p in followers
        ]
        or [missing(course, leader)]
    )


def says_again(course: Course, before: Passage, payload: Mapping[str, Any]) -> bool:
    """Whether a status notification that comes before a passage equals the one before it of its connector."""
    previous = _previous(course, before, int(payload["connectorId"]))
    return previous is not None and _identity(previous) == _identity(payload)


def repeated(course: Course, passage: Passage, at: int | str) -> Due:
    """What becomes of the case when a status notification comes twice (Appendix D, D3).

    Unavailable is no repetition where the operator has been asked meanwhile to take the power: it may come ahead of any boot.
    """
    ahead = passage.payload["status"] == "Unavailable" and _power_goes_behind(course, passage)
    situation = Situation(
        kind="unexpected" if ahead else "duplicate",
        before_boot=ahead,
        case_id=course.case.id,
        connector=passage.connector or 0,
        status=str(passage.payload["status"]),
        error_code=str(passage.payload["errorCode"]),
        info=str(passage.payload.get("info", "")),
        **_facts(course),
    )
    return _reviewed(situation, at)


def swapped(course: Course, first: Passage, second: Passage) -> Due:
    """The order law: what becomes of the case when two neighbours of one stage change places."""
    if floats(first.place):
        return Due("PASS", law="the table lets it come at any place")
    if second.place.leader == first.place.position and second.place.is_status:
        return Due("PASS", second.place.at, "D2.a", "a status notification may come ahead of what leads its group")
    if first.place.slot == second.place.slot:
        return Due("PASS", law="the tables leave the order free")
    if is_optional(course, first):
        return PASSES
    if first.place.kind == "conf" and second.place.is_status:
        return Due("PASS", law="a status notification may cross the answer")
    if second.place.is_status:
        return Due("PASS", second.place.at, "D2.a", "a status notification may come earlier in its wait")
    sign_of_life = course.version.tolerated(course.case.sut, second.action) and not second.place.message.fields
    if first.place.kind == "conf" and sign_of_life:
        return fails(second.place.at, "a sign of life that crosses the call is not the one that was asked for")
    if first.place.kind == "conf":
        return fails(first.place.at, "the request is placed behind the answer, and came ahead of it")
    if first.place.slot > second.place.slot:
        return Due("PASS", law="the swap puts the tables' own order")
    if first.place.is_status:
        if second.action in {
            course.version.swaps(status) for status in _stated_statuses(first.place, first).split("|")
        }:
            return Due("PASS", law="003 section 1.2 lets these two change places in every case")
        # Behind the second it takes a later place that means the same, and the notification of that place repeats it.
        again = [
            repeated(course, later, later.place.at)
            for later in course.rest(second.index + 1)
            if later.place.is_status
            and later is not course.passages[-1]
            and later.payload.get("connectorId") == first.connector
            and _identity(later.payload) == _identity(first.payload)
        ]
        return worst([missing(course, first), *again, Due("PASS")])
    return fails(first.place.at, "the message of a later step came in place of the one that was awaited", ends=True)


def after_cut(course: Course, passage: Passage) -> bool:
    """Whether the tool itself has cut the connection in the stages up to this one."""
    acts = [stage.act for stage in course.stages[: passage.place.stage.number + 1]]
    return any(isinstance(act, LinkOrder) and act.order == "cut" for act in acts)


def meant(course: Course, index: int, action: str, payload: Mapping[str, Any]) -> bool:
    """Whether a request would take a place that is still open in the stage of this passage, or was left open behind it."""
    open_places = [p.place for p in course.rest(index)]
    stage = course.passages[index].place.stage
    optional = [place for place in course.places if place.optional and place.stage.number <= stage.number]
    unfilled = [place for place in course.places if place.stage is stage and place not in open_places]
    return any(
        place.kind == "req"
        and place.message.action == action
        and place_means(course.version, place, payload, course.values)
        for place in (*open_places, *optional, *(u for u in unfilled if not _filled_before(course, index, u)))
    )


def _filled_before(course: Course, index: int, place: Place) -> bool:
    return any(passage.place is place for passage in course.passages[:index])


def _reviewed(situation: Situation, at: int | str) -> Due:
    ruling = rule_on(situation)
    decision = ruling.advice or "retest"
    verdicts: dict[str, Judgement] = {"accept": "PASS", "reject": "FAIL", "retest": "INCONCLUSIVE"}
    return Due(verdicts[decision], at, ruling.rule, ruling.note)


def _stated_statuses(place: Place, passage: Passage) -> str:
    stated = place.telling.get("status")
    match stated:
        case LiteralValue(value):
            return str(value)
        case OneOf(values):
            return "|".join(str(value) for value in values)
        case _:
            return str(passage.payload.get("status", ""))


def _expected_connectors(course: Course, passage: Passage) -> frozenset[int]:
    stage = passage.place.stage
    named = {
        p.connector for p in course.passages if p.place.stage is stage and p.place.is_status and p.connector is not None
    }
    return frozenset({*named, int(course.values["connector_id"])})


def _waiting_for(course: Course, index: int) -> frozenset[str]:
    return frozenset(p.action for p in course.rest(index) if p.place.kind == "req")


def _boots(course: Course, passage: Passage) -> list[int]:
    said = course.said[: passage.passed]
    return [
        i
        for i, s in enumerate(said)
        if s.action == "BootNotification" and s.kind == "conf" and s.payload.get("status") == "Accepted"
    ]


def _after_boot(course: Course, passage: Passage) -> bool:
    """A boot was accepted, and the tool has asked for nothing of the scenario since."""
    boots = _boots(course, passage)
    if not boots:
        return False
    return not any(s.sender == "tool" and s.kind == "req" for s in course.said[boots[-1] : passage.passed])


def _before_boot(course: Course, passage: Passage) -> bool:
    """Something was done after which the device boots, and its boot has not been accepted yet."""
    upheaval = max(
        (i for i, s in enumerate(course.said[: passage.passed]) if s.name == "Reset.conf"),
        default=-1,
    )
    boots = _boots(course, passage)
    if upheaval > (boots[-1] if boots else -1):
        return True
    cycled = [
        stage.number
        for stage in course.stages[: passage.place.stage.number + 1]
        if isinstance(stage.act, Manual) and stage.act.action.name.startswith("power")
    ]
    if not cycled:
        return False
    first = next(p for p in course.passages if p.place.stage.number >= cycled[-1])
    return not [b for b in boots if b >= first.passed]


def _power_goes_behind(course: Course, passage: Passage) -> bool:
    """Whether the next act behind the passage, before any further message of its stage, is to take the power."""
    following = course.passages[passage.index + 1 : passage.index + 2]
    if following and following[0].place.stage is passage.place.stage:
        return False
    acts = [stage.act for stage in course.stages[passage.place.stage.number + 1 :] if stage.act is not None]
    return bool(acts) and isinstance(acts[0], Manual) and acts[0].action.name in ("power_cycle", "power_off")


def _previous(course: Course, before: Passage, connector: int) -> Mapping[str, Any] | None:
    """The connector's notification before this one, in the same session of the device."""
    found = None
    session = course.said[before.passed].session
    for said in course.said[: before.passed]:
        if said.name == "BootNotification.conf" or said.session != session:
            found = None
        elif said.name == "StatusNotification.req" and said.payload.get("connectorId") == connector:
            found = said.payload
    return found


def _identity(payload: Mapping[str, Any]) -> tuple[Any, ...]:
    return payload.get("status"), payload.get("errorCode"), payload.get("info", "")


def _facts(course: Course) -> dict[str, Any]:
    return {
        "reservation_case": course.case.reservation,
        "firmware_case": course.case.firmware,
        "firmware_during_transaction": course.dut.get("firmware_during_transaction"),
        "minimum_status_duration": course.dut.get("minimum_status_duration"),
        "mode_1_2_only": bool(course.dut.get("mode_1_2_only", False)),
        "evse_siblings": frozenset(
            c
            for evse in course.dut.get("evses", ())
            if course.values["connector_id"] in evse
            for c in evse
            if c != course.values["connector_id"]
        ),
    }
