"""The expectations between two acts of the tool or the operator, and which of them an arriving request satisfies.

The order law: expectations of one slot are free among themselves; a slot's expectations come after those of the slots before
it. A status notification may come early (rule D2.a) and may be missing (Appendix D decides); optional ones may be missing.
StatusNotification(Charging) and StartTransaction, StatusNotification(Finishing) and StopTransaction may swap everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from labapp.domain.expectations import Expected
from labapp.domain.testcase import Absent, Connectors, Exchange, InAnyOrder, Item, Manual, OptionalGroup, Series
from labapp.domain.view import Seen
from labapp.engine.attempt import Attempt
from labapp.engine.expected import Expectation
from labapp.engine.timing import comes_with_the_start

OfferKind = Literal["met", "early", "out_of_order", "none"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What became of an offered request. skipped: status notifications that were still due when a later step arrived."""

    kind: OfferKind
    expectation: Expectation | None = None
    skipped: tuple[Expectation, ...] = ()


@dataclass(slots=True)
class Segment:
    """Expectations in the order of their slots, prompts that may become due among them, and what must be absent.

    absences, prompts: each with its slot. patience: how long the first message of an optional group is waited for, "" for no time;
    leaders: these first messages.
    """

    expectations: list[Expectation] = field(default_factory=list)
    prompts: list[tuple[int, Manual]] = field(default_factory=list)
    absences: list[tuple[int, Absent]] = field(default_factory=list)
    patience: str = ""
    leaders: list[Expectation] = field(default_factory=list)
    taken: list[Seen] = field(default_factory=list)

    @property
    def progress(self) -> int:
        """How many requests have been taken."""
        return len(self.taken)

    def offer(self, seen: Seen, attempt: Attempt, *, repeats: bool = False, unanswered: bool = False) -> Offer:
        """Find the expectation that a request satisfies, and take it.

        repeats: a notification equal to the one before it is not early. unanswered: the segment's own act has not been answered yet.
        """
        open_ones = [e for e in self.expectations if e.state == "open" and e.applies(attempt)]
        for expectation in open_ones:
            expectation.approach(seen, attempt)
        candidates = [
            e
            for e in open_ones
            if e.selects(seen, attempt)
            and not comes_with_the_start(attempt, e)
            and not _is_old_request(e, seen, attempt)
        ]
        if not candidates:
            put_right = next(
                (e for e in self.expectations if e.state == "differs" and _is_right(e, seen, attempt)), None
            )
            if put_right is not None:
                return self._take(put_right, seen, "met", ())
            held = None if repeats else self._ahead_of_its_leader(seen, attempt)
            return Offer("none") if held is None else self._take(held, seen, "early", ())
        chosen = candidates[0]
        if repeats and chosen.optional:
            # What the connector has said already is no step that may come besides: the review speaks of it.
            return Offer("none")
        tolerated = attempt.version.tolerated(attempt.sut_role, chosen.message.action)
        if unanswered and tolerated and not chosen.message.fields:
            # A sign of life that only crosses the tool's call: nothing in it shows that it is the one that was asked for.
            return Offer("none")
        blocking = [e for e in open_ones if e.slot < chosen.slot and not (e.floating or e.is_optional(attempt))]
        if not blocking:
            return self._take(chosen, seen, "met", ())
        if chosen.is_status:
            return Offer("none") if repeats else self._take(chosen, seen, "early", ())
        if tolerated and not self._out_of_turn(chosen, blocking, attempt):
            # It may come at any time, so it does not show that the notifications before it will not come.
            return Offer("none")
        if all(e.is_status for e in blocking):
            skipped = tuple(e for e in blocking if not self._may_swap(e, chosen, attempt))
            return self._take(chosen, seen, "met", skipped)
        return Offer("out_of_order", chosen, tuple(blocking))

    def _ahead_of_its_leader(self, seen: Seen, attempt: Attempt) -> Expectation | None:
        """A status notification of an optional group whose first message has not come: it is early if that one comes yet."""
        return next(
            (
                e
                for e in self.expectations
                if e.is_status and e.state == "open" and e.leader in self.leaders_awaited and e.selects(seen, attempt)
            ),
            None,
        )

    def unled(self) -> list[tuple[Expectation, Seen]]:
        """Notifications that were held for optional groups whose first message has not come: nothing had called for them."""
        held = [e for e in self.expectations if e.state == "met" and e.leader in self.leaders_awaited]
        for expectation in held:
            expectation.state = "open"
        return [(expectation, expectation.met.pop()) for expectation in held]

    def awaits(self, seen: Seen, attempt: Attempt) -> bool:
        """Whether an open expectation means this request, and has not had it yet."""
        return any(
            e.state == "open"
            and e.applies(attempt)
            and e.selects(seen, attempt)
            and all(had.payload != seen.payload for had in e.met)
            for e in self.expectations
        )

    def _out_of_turn(self, chosen: Expectation, blocking: list[Expectation], attempt: Attempt) -> bool:
        """Whether it is the status of a later step of one procedure, an update or an upload, ahead of an earlier one."""
        alone = tuple(attempt.version.selectors(chosen.message.action)) == ("status",)
        return alone and all(e.message.action == chosen.message.action for e in blocking)

    def open_for(self, action: str) -> bool:
        """Whether an open expectation is one of this action."""
        return any(e.state == "open" and e.message.action == action for e in self.expectations)

    def _take(self, chosen: Expectation, seen: Seen, kind: OfferKind, skipped: tuple[Expectation, ...]) -> Offer:
        chosen.met.append(seen)
        if len(chosen.met) >= chosen.needed and not (isinstance(chosen.item, Series) and chosen.item.until):
            chosen.state = "met"
        for other in self.expectations:
            # The first message of an optional group makes the rest of the group due, as far as each is.
            if other.leader is chosen:
                other.optional = isinstance(other.item, Exchange) and other.item.optional
        for missing in skipped:
            missing.state = "missing"
        self.taken.append(seen)
        return Offer(kind, chosen, skipped)

    def reopen_behind(self, boot: Expectation, link_number: int) -> list[Seen]:
        """Notifications taken on an earlier connection for steps behind a boot speak of the time before it: those steps are open again."""
        behind = [e for e in self.expectations if e.is_status and (e.slot > boot.slot or e.leader is boot)]
        for expectation in behind:
            expectation.nearest = None
        stale = [e for e in behind if e.state == "met" and e.link_number != link_number]
        for expectation in stale:
            expectation.state = "open"
        return [expectation.met.pop() for expectation in stale]

    def _may_swap(self, status: Expectation, other: Expectation, attempt: Attempt) -> bool:
        wanted = status.selectors(attempt).get("status")
        texts = wanted.text.split("|") if wanted else []
        return any(attempt.version.swaps(text) == other.message.action for text in texts)

    def due(self, attempt: Attempt) -> list[Expectation]:
        """Expectations that must still come, in order."""
        return [e for e in self.expectations if e.state == "open" and not e.is_optional(attempt) and e.applies(attempt)]

    def open_optional(self, attempt: Attempt) -> list[Expectation]:
        """Optional expectations that have not come."""
        return [e for e in self.expectations if e.state == "open" and e.is_optional(attempt)]

    @property
    def leaders_awaited(self) -> list[Expectation]:
        """The first messages of optional groups that have not come and are waited for."""
        return [e for e in self.leaders if e.state == "open"]

    def outlasts(self, slot: int) -> bool:
        """Whether what must be absent must be so beyond the messages of the segment: no message stands behind it."""
        return all(e.slot <= slot for e in self.expectations)

    def waiting_for(self, attempt: Attempt) -> frozenset[str]:
        """Actions that are waited for now."""
        return frozenset(e.message.action for e in self.expectations if e.state == "open" and e.applies(attempt))

    def connectors(self, attempt: Attempt) -> frozenset[int]:
        """Connectors that its status notifications speak of, and the configured one."""
        named = {
            e.connector if e.connector is not None else attempt.connector for e in self.expectations if e.is_status
        }
        return frozenset(named | {attempt.connector})


def _is_old_request(expectation: Expectation, seen: Seen, attempt: Attempt) -> bool:
    """Whether a request that the operator was asked for before comes once more: it is no answer to what is asked for now."""
    asked = isinstance(expectation.item, Exchange) and expectation.item.asked
    return asked and attempt.has_taken(seen) and not expectation.agrees(seen, attempt)


def _is_right(expectation: Expectation, seen: Seen, attempt: Attempt) -> bool:
    """Whether it is the request that was asked for, when another one of its action has come before it."""
    return seen.message == expectation.message.name and expectation.agrees(seen, attempt)


def build(
    items: Iterable[Item],
    attempt: Attempt,
    scope: str,
    case_id: str,
    overrides: Mapping[str, Expected],
    optional_steps: Container[int] = (),
) -> Segment:
    """The segment of these items, all of them messages of the SUT, checks left out. optional_steps: may fail to come here."""
    segment = Segment()
    new = _Maker(attempt, scope, case_id, overrides, optional_steps)
    for slot, item in enumerate(items, start=1):
        _add(segment, item, slot, new, False)
    return segment


@dataclass(frozen=True, slots=True)
class _Maker:
    attempt: Attempt
    scope: str
    case_id: str
    overrides: Mapping[str, Expected]
    optional_steps: Container[int]

    def expectations(self, item: Exchange | Series, slot: int, optional: bool) -> Iterator[Expectation]:
        optional = optional or item.step in self.optional_steps or (isinstance(item, Exchange) and item.optional)
        if isinstance(item, Exchange) and item.step in self.optional_steps:
            item = replace(item, when=None)
        make: Callable[[int | None], Expectation] = lambda connector: Expectation(  # noqa: E731
            item, slot, self.scope, self.case_id, self.overrides, optional, connector
        )
        if isinstance(item, Exchange) and item.connectors:
            for connector in connectors_of(item.connectors, self.attempt):
                yield make(connector)
        else:
            yield make(None)


def connectors_of(connectors: Connectors, attempt: Attempt) -> list[int]:
    """The numbers of the connectors that are meant, connectorId 0 first."""
    everyone = [0, *attempt.connectors] if connectors.zero else [*attempt.connectors]
    return everyone if connectors.scope == "all" else [c for c in everyone if c != attempt.connector]


def _add(segment: Segment, item: Item, slot: int, new: _Maker, optional: bool) -> None:
    match item:
        case Exchange() | Series():
            segment.expectations.extend(new.expectations(item, slot, optional))
        case InAnyOrder(items):
            for inner in items:
                _add(segment, inner, slot, new, optional)
        case OptionalGroup(items, within):
            segment.patience = within or segment.patience
            known = len(segment.expectations)
            for inner in items:
                _add(segment, inner, slot, new, True)
            leader, *followers = segment.expectations[known:]
            if within:
                segment.leaders.append(leader)
            for follower in followers:
                follower.leader = leader
        case Manual():
            segment.prompts.append((slot, item))
        case Absent():
            segment.absences.append((slot, item))
        case _:
            raise TypeError(f"{type(item).__name__} is no expectation")


def take_what_came(segment: Segment, attempt: Attempt) -> None:
    """Give the expectations what a state, or the case before them, has brought already; fields are judged, findings recorded."""
    _share(segment, attempt)
    _reach_back(segment, attempt)


def _share(segment: Segment, attempt: Attempt) -> None:
    """A step that repeats a message of a state is satisfied by that message."""
    for expectation in segment.expectations:
        shared = expectation.item.shared_with if isinstance(expectation.item, Exchange) else None
        if shared is None:
            continue
        seen = attempt.seen(shared[1], shared[0])
        if not seen:
            expectation.state = "skipped"
            continue
        expectation.state = "met"
        expectation.met.append(seen[-1])
        attempt.take(seen[-1], expectation.step)
        expectation.judge_fields(seen[-1], attempt)
        expectation.mark_answered(attempt)


def _reach_back(segment: Segment, attempt: Attempt) -> None:
    """A series that counts from a step of a state takes what has come since."""
    for expectation in segment.expectations:
        item = expectation.item
        if not isinstance(item, Series) or not item.reach_back:
            continue
        start = attempt.seen(item.since, item.state or attempt.scope)
        behind = start[-1].seq if start else attempt.seq
        for seen in attempt.history(expectation.message.name):
            open_still = item.until is not None or len(expectation.met) < expectation.needed
            if open_still and seen.seq > behind:
                if expectation.selects(seen, attempt):
                    expectation.met.append(seen)
                    expectation.judge_fields(seen, attempt)
                    expectation.mark_answered(attempt)
                    attempt.take(seen, expectation.step)
                else:
                    expectation.approach(seen, attempt)
        if item.until is None and len(expectation.met) >= expectation.needed:
            expectation.state = "met"
