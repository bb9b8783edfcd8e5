"""Mutants of order: messages that are dropped, change places, or come twice."""

from __future__ import annotations

from itertools import pairwise

from labapp.domain.testcase import CHARGE_POINT, Exchange, LinkOrder, Series
from labapp.selftest.course import Course, Passage, place_means
from labapp.selftest.mutants import OVER, Derived, Equivalent, Mutant, row, target, where
from labapp.selftest.mutants_of_time import limit
from labapp.selftest.rules import (
    AFTER_CUT,
    OWN_ACCOUNT,
    SURPRISE,
    TOLERATED,
    Due,
    after_cut,
    awaited_behind,
    fails,
    missing,
    refused_boot,
    repeated,
    sent_again,
    swapped,
    unled,
)
from labapp.selftest.tampering import Repeat, Swallow, Swap


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


def _shared(course: Course) -> Derived:
    """A step that speaks again of a state's message cannot be dropped by itself."""
    for place in course.places:
        item = place.item
        if isinstance(item, Exchange) and item.shared_with is not None:
            state, step = item.shared_with
            yield Equivalent("drop", row(place), place.message.name, f"it is the message of {state}:{step}")


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
            yield Equivalent("duplicate", row(place), where(passage), OVER)
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
        return OWN_ACCOUNT
    if isinstance(place.item, Series):
        return fails(place.at, "the interval of the series is not kept")
    if place.is_status and after_cut(course, passage):
        return AFTER_CUT
    if place.is_status:
        return repeated(course, passage, at)
    for later in course.rest(passage.index + 1):
        same = later.place.stage is place.stage and later.action == passage.action
        if same and place_means(course.version, later.place, passage.payload, course.values):
            return fails(later.place.at, "it is taken for the later step, long before its time")
    if refused_boot(passage):
        return fails(at, "a refused boot is told again only when its interval is over", ends=True)
    if passage.action == "BootNotification":
        return SURPRISE
    if course.version.tolerated(course.case.sut, passage.action):
        return TOLERATED
    return fails(at, "the message is no part of the scenario here", ends=True)


def _cut_behind(course: Course, passage: Passage) -> bool:
    """Whether the tool's next act, before any further message of the SUT, is to cut the connection."""
    following = course.passages[passage.index + 1 : passage.index + 2]
    until = following[0].place.stage.number if following else len(course.stages)
    acts = [stage.act for stage in course.stages[passage.place.stage.number + 1 : until + 1] if stage.act is not None]
    return bool(acts) and isinstance(acts[0], LinkOrder)
