"""The course of a case as a generator: it yields when it needs another input, and says until when it can wait.

What is yielded is a deadline in monotonic nanoseconds, or None. After every input and at the deadline the generator is
resumed; it looks at the attempt, never at a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from labapp.domain.expectations import Expected, Literal
from labapp.domain.testcase import (
    Check,
    Configuration,
    Exchange,
    Item,
    LinkOrder,
    Manual,
    OfState,
    Remark,
    Transfer,
    Upgrade,
    UseState,
    Wait,
)
from labapp.engine import calling, linking, notifying, prompting, transferring
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.conversation import Conversation
from labapp.engine.expected import Expectation, find_missing, judge_message
from labapp.engine.matching import resolve
from labapp.engine.preparation import configure
from labapp.engine.segment import Segment, build, connectors_of, take_what_came
from labapp.engine.surprise import ask_whose_card, ask_whose_fault
from labapp.engine.timing import deadline, judge_series
from labapp.engine.waiting import StateExpired, Waiting
from labapp.ocpp.listing import check_id, row_id, sut_sends


class Script:
    """Runs the items of a case, its states and its preparation."""

    def __init__(self, attempt: Attempt, conversation: Conversation) -> None:
        self.attempt = attempt
        self.conversation = conversation
        self.case_id = attempt.case.id
        self.overrides: Mapping[str, Expected] = {}
        self.optional_steps: tuple[int, ...] = ()

    def run(self, items: Sequence[Item]) -> Waiting:
        """Do the items in order. Raises CaseEnded when the scenario cannot go on."""
        for trigger, members in _segments(items, self._is_trigger):
            yield from self._segment(trigger, members)

    def _is_trigger(self, item: Item) -> bool:
        match item:
            case Exchange():
                return item.asked or not self._from_sut(item)
            case Manual() | LinkOrder() | Wait() | Upgrade() | Transfer() | UseState() | Configuration():
                return True
            case _:
                return False

    def _from_sut(self, item: Exchange) -> bool:
        return sut_sends(self.attempt.version, self.attempt.case.sut, item.request.action)

    # Segments ---------------------------------------------------------------------------------------------------------

    def _segment(self, trigger: Item | None, members: Sequence[Item]) -> Waiting:
        attempt, conversation = self.attempt, self.conversation
        expected = [item for item in members if not isinstance(item, Check | OfState | Remark)]
        if isinstance(trigger, Exchange) and trigger.asked:
            expected.insert(0, trigger)
        if isinstance(trigger, UseState | Configuration):
            # A state brings its own segments; what follows it is waited for only then.
            yield from self._trigger(trigger, Segment())
            trigger = None
        segment = build(expected, attempt, attempt.scope, self.case_id, self.overrides, self.optional_steps)
        take_what_came(segment, attempt)
        conversation.segment = segment
        if segment.absences and not segment.expectations:
            conversation.current_step = segment.absences[0][1].step
        attempt.wait_counts.clear()
        attempt.extension = 0
        if trigger is not None:
            yield from self._trigger(trigger, segment)
        yield from self._await(segment)
        yield from self._absences(segment)
        for expectation in segment.expectations:
            judge_series(attempt, expectation)
        if segment.expectations:
            conversation.lingering = segment.open_optional(attempt)
        for item in members:
            if isinstance(item, Check):
                self._check(item)
            elif isinstance(item, OfState):
                self._of_state(item)
            elif isinstance(item, Remark) and item.when.test(attempt):
                seen = attempt.seen(item.step, attempt.scope)
                frame = seen[-1].seq if seen else None
                attempt.observe(item.text, step=attempt.place(item.step), message=item.message, frame=frame)

    def _await(self, segment: Segment) -> Waiting:
        """Wait until all that is due has come; a status notification that does not come goes to the review."""
        attempt = self.attempt
        progress, begun = segment.progress, attempt.now.mono_ns
        connection = attempt.link_number, attempt.link_up
        while True:
            before = attempt.now.mono_ns
            yield from self.interruptions()
            yield from prompting.due_prompts(self, segment)
            if attempt.now.mono_ns > before:
                # Questions and prompts take their time: what is waited for is waited for from their end.
                begun = attempt.now.mono_ns
            for expectation in segment.expectations:
                expectation.complete(attempt)
            due = segment.due(attempt)
            if connection != (attempt.link_number, attempt.link_up):
                connection, begun = (attempt.link_number, attempt.link_up), attempt.now.mono_ns
            if segment.progress != progress:
                progress, begun = segment.progress, attempt.now.mono_ns
            if not due:
                until = self._first_of_group(segment, begun)
                if until is None:
                    return
                yield until
                continue
            # What may come anywhere is waited for when nothing else is.
            settled = [e for e in due if not e.floating] or due
            front = [e for e in settled if e.slot == settled[0].slot]
            self.conversation.current_step = front[0].step
            until = deadline(attempt, front, begun)
            if not attempt.link_up and self.conversation.boot_lingers:
                until = max(until, begun + attempt.timeout("reboot") + attempt.extension)
            if attempt.now.mono_ns < until:
                yield until
                continue
            yield from self._overdue(front)
            begun = attempt.now.mono_ns

    def _first_of_group(self, segment: Segment, begun: int) -> int | None:
        """Until when the first message of an optional group is waited for; None when it is not, or no longer.

        While there is no connection the device may be starting, and has the time for that.
        """
        attempt = self.attempt
        if not segment.leaders_awaited:
            return None
        until = begun + attempt.timeout(segment.patience if attempt.link_up else "reboot") + attempt.extension
        if attempt.now.mono_ns < until:
            return until
        notifying.not_called_for(attempt, segment)
        if attempt.disrupted == "boot":
            # It is not waited for any longer, neither here nor behind the case; should it come yet, it is no surprise.
            attempt.disrupted = "late boot"
        return None

    def _overdue(self, front: list[Expectation]) -> Waiting:
        for expectation in front:
            item = expectation.item
            if isinstance(item, Exchange) and item.otherwise and not expectation.tried_otherwise:
                expectation.tried_otherwise = True
                for act in item.otherwise:
                    yield from calling.exchange(self, act, None)
                return
        notifying.missing(self.attempt, self.conversation.segment, [e for e in front if e.is_status])
        missing = [e for e in front if not e.is_status]
        if missing:
            for expectation in missing:
                find_missing(self.attempt, expectation)
            raise CaseEnded("missing")

    def _absences(self, segment: Segment) -> Waiting:
        """Wait until the windows in which a message must not come have passed."""
        attempt = self.attempt
        begun = attempt.now.mono_ns
        for slot, absent in segment.absences:
            if segment.outlasts(slot):
                yield from self.wait_until(begun + self._nanoseconds(absent.window))
            if absent.when is not None and not absent.when.test(attempt):
                continue
            attempt.mark(
                row_id(self.case_id, absent.step, absent.request.name, absent.occurrence, "", "absent"), "passed"
            )

    def _nanoseconds(self, seconds: Expected) -> int:
        resolved = resolve(seconds, self.attempt, self.overrides)
        return round(float(resolved.value) * SECOND) if isinstance(resolved, Literal) else 0

    def wait_until(self, moment: int) -> Waiting:
        """Let time pass; what arrives is classified as usual."""
        while self.attempt.now.mono_ns < moment:
            yield moment
            yield from self.interruptions()

    def interruptions(self) -> Waiting:
        """End the case when a frame has ended it; ask whose doing it was when that is not plain."""
        if self.attempt.cards.in_doubt:
            yield from ask_whose_card(self.attempt)
        if self.conversation.ended is not None:
            raise CaseEnded(*self.conversation.ended)
        self.stop_when_lapsed()
        if self.attempt.surprise:
            yield from ask_whose_fault(self.attempt, self.conversation.place())

    def stop_when_lapsed(self) -> None:
        """End the case when what it rests on may have ended by itself in the device, through nobody's fault."""
        if self.attempt.lapsed and self.attempt.lapse is not None:
            raise CaseEnded("operator", "INCONCLUSIVE", self.attempt.lapse.text)

    def _check(self, item: Check) -> None:
        attempt = self.attempt
        if item.when is not None and not item.when.test(attempt):
            return
        verdict = item.function(attempt)
        row = check_id(self.case_id, item)
        if verdict.ok:
            attempt.mark(row, "passed")
            return
        seen = [message for message in attempt.seen(item.step, attempt.scope) if message.sender == "sut"]
        place = attempt.place(item.step)
        attempt.find(
            "validation",
            place,
            item.message,
            f"Step {place}: {item.text} - not so: {verdict.received}.",
            field=verdict.field or item.path,
            expected=item.expected,
            received=verdict.received,
            row=row,
            frame=seen[-1].seq if seen else None,
        )

    def _of_state(self, item: OfState) -> None:
        """Judge the further validations of the state's last message of that step."""
        seen = self.attempt.seen(item.state_step, item.state.id)
        if seen:
            judge_message(
                self.attempt, item.message, seen[-1], item.step, item.occurrence, self.case_id, self.overrides
            )

    # Acts of the tool and the operator --------------------------------------------------------------------------------

    def _trigger(self, item: Item, segment: Segment) -> Waiting:
        match item:
            case Manual():
                if item.when is None or item.when.test(self.attempt):
                    yield from prompting.manual(self, item, segment)
            case Exchange() if item.asked:
                yield from prompting.asked(self, segment)
            case Exchange():
                if item.when is None or item.when.test(self.attempt):
                    for connector in connectors_of(item.connectors, self.attempt) if item.connectors else [None]:
                        yield from calling.exchange(self, item, connector)
            case LinkOrder():
                yield from linking.order(self, item)
            case Wait():
                yield from self.wait_until(self.attempt.now.mono_ns + self._nanoseconds(item.seconds))
            case Upgrade():
                yield from linking.upgrade(self, item)
            case Transfer():
                yield from transferring.transfer(self, item)
            case UseState():
                if item.when is None or item.when.test(self.attempt):
                    for use in _for_each_connector(item, self.attempt):
                        yield from self.state(use)
            case Configuration():
                yield from configure(self, item)
            case _:
                raise TypeError(f"{type(item).__name__} is no act")

    def state(self, use: UseState) -> Waiting:
        """Bring a state about; prepared again once when the device gave up during a prompt."""
        for last_try in (False, True):
            reviewed = len(self.attempt.review_lines)
            try:
                yield from self._state(use)
                return
            except StateExpired:
                if last_try:
                    raise CaseEnded("in_preparation", "INCONCLUSIVE", f"{use.state.id} expired twice") from None
                del self.attempt.review_lines[reviewed:]
                if self.attempt.lapse is not None:
                    # What the tool had brought about may be used up by the first try: a second one would be another scenario.
                    raise
                self.attempt.observe(f"{use.state.id} is prepared again: the device gave up during a prompt")

    def _state(self, use: UseState) -> Waiting:
        attempt = self.attempt
        outer = attempt.scope, self.case_id, self.overrides, self.optional_steps
        attempt.scope, self.case_id, self.optional_steps = use.state.id, use.state.id, use.optional
        self.overrides = {**self.overrides, **dict(use.overrides)}
        try:
            yield from self.run((*use.state.before, *use.state.steps))
        finally:
            attempt.scope, self.case_id, self.overrides, self.optional_steps = outer


def _for_each_connector(use: UseState, attempt: Attempt) -> Iterator[UseState]:
    """The use of a state, once for each of its connectors where it names some."""
    if use.connectors is None:
        yield use
        return
    for connector in connectors_of(use.connectors, attempt):
        yield replace(use, overrides=(*use.overrides, ("connectorId", Literal(connector))), connectors=None)


def _segments(items: Iterable[Item], is_trigger: Callable[[Item], bool]) -> Iterator[tuple[Item | None, list[Item]]]:
    """An act and the messages that follow it up to the next act."""
    trigger: Item | None = None
    members: list[Item] = []
    begun = False
    for item in items:
        if is_trigger(item):
            if begun:
                yield trigger, members
            trigger, members, begun = item, [], True
        else:
            members.append(item)
            begun = True
    if begun:
        yield trigger, members
