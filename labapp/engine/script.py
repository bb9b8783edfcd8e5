"""The course of a case as a generator: it yields when it needs another input, and says until when it can wait.

What is yielded is a deadline in monotonic nanoseconds, or None. After every input and at the deadline the generator is
resumed; it looks at the attempt, never at a clock.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from labapp.domain.expectations import Expected, Literal, Omitted
from labapp.domain.testcase import (
    Check,
    Configuration,
    Exchange,
    InAnyOrder,
    Item,
    LinkOrder,
    Manual,
    Series,
    Upgrade,
    UseState,
)
from labapp.domain.view import Seen
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.calls import OwnCall
from labapp.engine.conversation import Conversation
from labapp.engine.events import Prompt
from labapp.engine.expected import Expectation, judge_message, stated_values
from labapp.engine.matching import judge, resolve
from labapp.engine.paths import assign
from labapp.engine.requests import fields_to_enter, request_text
from labapp.engine.segment import Segment, build, connectors_of
from labapp.engine.surprise import ask_whose_fault
from labapp.engine.timing import deadline, judge_due, judge_series
from labapp.ocpp.listing import check_id, message_rows, row_id, sut_sends

Waiting = Generator[int | None, None, None]

_POWER = frozenset({"power_cycle", "power_off", "power_on"})
_NETWORK = frozenset({"cut_network", "restore_network"})
_NETWORK_PROMPTS = {
    "cut_network": "Take the network connection of the station away.",
    "restore_network": "Give the station its network connection back.",
}


class StateExpired(Exception):
    """The device gave up, during a prompt, what the prompt's action belongs to."""


class Script:
    """Runs the items of a case, its states and its preparation."""

    def __init__(self, attempt: Attempt, conversation: Conversation) -> None:
        self.attempt = attempt
        self.conversation = conversation
        self.case_id = attempt.case.id
        self.overrides: Mapping[str, Expected] = {}

    def run(self, items: Sequence[Item]) -> Waiting:
        """Do the items in order. Raises CaseEnded when the scenario cannot go on."""
        for trigger, members in _segments(items, self._is_trigger):
            yield from self._segment(trigger, members)

    def _is_trigger(self, item: Item) -> bool:
        match item:
            case Exchange():
                return item.asked or not self._from_sut(item)
            case Manual() | LinkOrder() | Upgrade() | UseState() | Configuration():
                return True
            case _:
                return False

    def _from_sut(self, item: Exchange) -> bool:
        return sut_sends(self.attempt.version, self.attempt.case.sut, item.request.action)

    # Segments ---------------------------------------------------------------------------------------------------------

    def _segment(self, trigger: Item | None, members: Sequence[Item]) -> Waiting:
        attempt, conversation = self.attempt, self.conversation
        expected = [item for item in members if not isinstance(item, Check)]
        if isinstance(trigger, Exchange) and trigger.asked:
            expected.insert(0, trigger)
        if isinstance(trigger, UseState | Configuration):
            # A state brings its own segments; what follows it is waited for only then.
            yield from self._trigger(trigger, Segment())
            trigger = None
        segment = build(expected, attempt, attempt.scope, self.case_id, self.overrides)
        self._share(segment)
        self._reach_back(segment)
        conversation.segment = segment
        attempt.wait_counts.clear()
        attempt.extension = 0
        if trigger is not None:
            if isinstance(trigger, Manual):
                conversation.lingering = []
            yield from self._trigger(trigger, segment)
        yield from self._await(segment)
        yield from self._absences(segment)
        for expectation in segment.expectations:
            judge_due(attempt, expectation)
            judge_series(attempt, expectation)
        conversation.lingering.extend(segment.open_optional(attempt))
        for item in members:
            if isinstance(item, Check):
                self._check(item)

    def _share(self, segment: Segment) -> None:
        """A step that repeats a message of a state is satisfied by that message."""
        attempt = self.attempt
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

    def _reach_back(self, segment: Segment) -> None:
        """A series that counts from a step of a state takes what has come since."""
        attempt = self.attempt
        for expectation in segment.expectations:
            item = expectation.item
            if not isinstance(item, Series) or not item.reach_back:
                continue
            start = attempt.seen(item.since, item.state or attempt.scope)
            begun = start[-1].at.mono_ns if start else attempt.now.mono_ns
            for seen in attempt.history(expectation.message.name):
                if len(expectation.met) < expectation.needed and seen.at.mono_ns >= begun:
                    if expectation.selects(seen, attempt):
                        expectation.met.append(seen)
                        expectation.judge_fields(seen, attempt)
                        attempt.take(seen, expectation.step)
                    else:
                        expectation.approach(seen, attempt)
            if len(expectation.met) >= expectation.needed:
                expectation.state = "met"

    def _await(self, segment: Segment) -> Waiting:
        """Wait until all that is due has come; a status notification that does not come goes to the review."""
        attempt = self.attempt
        progress, begun = segment.progress, attempt.now.mono_ns
        while True:
            yield from self._interruptions()
            yield from self._due_prompts(segment)
            due = segment.due(attempt)
            if not due:
                return
            if segment.progress != progress:
                progress, begun = segment.progress, attempt.now.mono_ns
            front = [e for e in due if e.slot == due[0].slot]
            self.conversation.current_step = front[0].step
            until = deadline(attempt, front, begun)
            if attempt.now.mono_ns < until:
                yield until
                continue
            self._overdue(front)
            begun = attempt.now.mono_ns

    def _overdue(self, front: list[Expectation]) -> None:
        for expectation in front:
            if expectation.is_status:
                self.conversation.missing_status(expectation)
        missing = [e for e in front if not e.is_status]
        if missing:
            for expectation in missing:
                self._missing(expectation)
            raise CaseEnded("missing")

    def _missing(self, expectation: Expectation) -> None:
        attempt = self.attempt
        expectation.state = "missing"
        unmet = expectation.unmet_of_nearest(attempt)
        place = attempt.place(expectation.step)
        attempt.step_event(expectation.step, expectation.message.name, "missing")
        if unmet:
            path, expected, received = unmet[0]
            attempt.find(
                "missing",
                place,
                expectation.message.name,
                f"Step {place}: {expectation.message.name} with {path} {expected.text} did not come; one with {received} did.",
                field=path,
                expected=expected.text,
                received=received,
                row=expectation.row(path) if path in dict(expectation.message.fields) else expectation.row(),
                frame=expectation.nearest.seq if expectation.nearest else None,
            )
            return
        count = f" ({len(expectation.met)} of {expectation.needed} came)" if expectation.needed > 1 else ""
        attempt.find(
            "missing",
            place,
            expectation.message.name,
            f"Step {place}: {expectation.message.name} did not come in time{count}.",
            expected="<present>",
            received="<omitted>",
            row=expectation.row(),
        )

    def _absences(self, segment: Segment) -> Waiting:
        """Wait until the windows in which a message must not come have passed."""
        attempt = self.attempt
        begun = attempt.now.mono_ns
        for absent in segment.absences:
            window = resolve(absent.window, attempt, self.overrides)
            seconds = float(window.value) if isinstance(window, Literal) else 0.0
            yield from self.wait_until(begun + round(seconds * SECOND))
            attempt.mark(
                row_id(self.case_id, absent.step, absent.request.name, absent.occurrence, "", "absent"), "passed"
            )

    def wait_until(self, moment: int) -> Waiting:
        """Let time pass; what arrives is classified as usual."""
        while self.attempt.now.mono_ns < moment:
            yield moment
            yield from self._interruptions()

    def _interruptions(self) -> Waiting:
        """End the case when a frame has ended it; ask whose fault a surprise was."""
        if self.conversation.ended is not None:
            raise CaseEnded(*self.conversation.ended)
        if self.attempt.surprise:
            yield from ask_whose_fault(self.attempt)

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

    # Acts of the tool and the operator --------------------------------------------------------------------------------

    def _trigger(self, item: Item, segment: Segment) -> Waiting:
        match item:
            case Manual():
                if item.when is None or item.when.test(self.attempt):
                    yield from self.manual(item, segment)
            case Exchange() if item.asked:
                yield from self._asked(segment)
            case Exchange():
                if item.when is None or item.when.test(self.attempt):
                    for connector in connectors_of(item, self.attempt) if item.connectors else [None]:
                        yield from self._exchange(item, connector)
            case LinkOrder():
                yield from self._link(item)
            case Upgrade():
                yield from self._upgrade(item)
            case UseState():
                if item.when is None or item.when.test(self.attempt):
                    yield from self.state(item)
            case Configuration():
                yield from self.configure(item)
            case _:
                raise TypeError(f"{type(item).__name__} is no act")

    def configure(self, item: Configuration) -> Waiting:
        """Bring a configuration key to its value; see `labapp.engine.preparation`."""
        from labapp.engine.preparation import set_configuration

        expected = resolve(item.value, self.attempt, self.overrides)
        if isinstance(expected, Omitted):
            self.attempt.observe(f"{item.key}: the project has no value for it")
            return
        value = expected.text if not isinstance(expected, Literal) else Literal(expected.value).text
        yield from set_configuration(self, item.key, value, if_implemented=item.if_implemented)

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
                self.attempt.observe(f"{use.state.id} is prepared again: the device gave up during a prompt")

    def _state(self, use: UseState) -> Waiting:
        attempt = self.attempt
        outer = attempt.scope, self.case_id, self.overrides
        attempt.scope, self.case_id = use.state.id, use.state.id
        self.overrides = {**self.overrides, **dict(use.overrides)}
        try:
            yield from self.run((*use.state.before, *use.state.steps))
        finally:
            attempt.scope, self.case_id, self.overrides = outer

    def manual(self, item: Manual, segment: Segment) -> Waiting:
        """Ask for an action and wait until it is confirmed, by the operator or by the wire."""
        attempt = self.attempt
        action = item.action
        arguments = {name: self._plain(expected) for name, expected in action.arguments}
        self._announce_disruption(action.name)
        countdown = self._countdown(item)
        prompt = attempt.ask("action", action.name, action.text.format(**arguments), arguments, countdown=countdown)
        begun, progress = attempt.now.mono_ns, segment.progress
        expires = begun + round(float(countdown["seconds"]) * SECOND) if "seconds" in countdown else None
        yield from self._open_prompt(prompt, segment, progress if action.on_wire else None, expires)
        if item.or_wait is not None:
            # The device may need this long by itself before the next step comes.
            attempt.extension = round(float(self._plain(item.or_wait)) * SECOND)
        if action.name == "present_id":
            attempt.local_authorizations += 1

    def _plain(self, expected: Expected) -> Any:
        resolved = resolve(expected, self.attempt, self.overrides)
        return resolved.value if isinstance(resolved, Literal) else resolved.text

    def _countdown(self, item: Manual) -> dict[str, Any]:
        if item.countdown is None:
            return {}
        return {"name": item.countdown.text.strip("<>"), "seconds": self._plain(item.countdown)}

    def _announce_disruption(self, action: str) -> None:
        if action in _POWER:
            self.attempt.disrupted = "boot"
        elif action in _NETWORK:
            self.attempt.disrupted = "link"

    def _open_prompt(
        self, prompt: Prompt, segment: Segment | None, progress: int | None, expires: int | None = None
    ) -> Waiting:
        """Wait until the prompt is closed. progress: of the segment at its opening, when the wire may close it."""
        attempt = self.attempt
        patience = float(attempt.setup.options.get("operator_timeout", 0) or 0)
        patience_ends = attempt.now.mono_ns + round(patience * SECOND) if patience else None
        while prompt.id in attempt.prompts:
            try:
                yield from self._interruptions()
            except CaseEnded:
                attempt.close(prompt, "tool")
                raise
            if segment is not None and progress is not None and segment.progress > progress:
                attempt.close(prompt, "wire")
                return
            if (
                expires is not None
                and attempt.now.mono_ns >= expires
                and attempt.status(attempt.connector) == "Available"
            ):
                attempt.close(prompt, "tool")
                raise StateExpired
            if patience_ends is not None and attempt.now.mono_ns >= patience_ends:
                attempt.close(prompt, "tool")
                raise CaseEnded("operator", "INCONCLUSIVE", "nobody answered the prompt")
            wake = [
                moment for moment in (patience_ends, expires) if moment is not None and moment > attempt.now.mono_ns
            ]
            yield min(wake) if wake else None
        answer = attempt.answers.get(prompt.id)
        if answer is not None and answer.outcome == "impossible":
            raise CaseEnded("operator", "INCONCLUSIVE", answer.reason or "the action is impossible")

    def _due_prompts(self, segment: Segment) -> Waiting:
        """Ask for the actions among free messages whose condition has come to hold."""
        for entry in list(segment.prompts):
            slot, item = entry
            if any(e.slot < slot for e in segment.due(self.attempt)):
                continue
            if item.when is None or item.when.test(self.attempt):
                segment.prompts.remove(entry)
                yield from self.manual(item, segment)

    def _exchange(self, item: Exchange, connector: int | None) -> Waiting:
        """Send a request of the tool and judge the answer."""
        attempt = self.attempt
        stated: dict[str, Any] = {}
        for path, value in stated_values(attempt, item.request, self.overrides):
            assign(stated, path, value)
        payload = attempt.version.request(item.request.action, stated, attempt, connector)
        if item.request.action in attempt.version.disruptive:
            attempt.disrupted = "boot"
        attempt.since_boot = False
        self.conversation.current_step = item.response_step
        call = self.conversation.call(item.request.action, payload)
        sent = Seen(0, attempt.now, "tool", item.request.name, payload)
        attempt.take(sent, item.step)
        for row in message_rows(self.case_id, item.step, item.request, item.occurrence):
            attempt.mark(row, "passed")
        attempt.step_event(item.step, item.request.name, "sent")
        yield from self.answer(call)
        if call.error is not None:
            self._refused(item, call)
        if call.answer is None:
            self._unanswered(item)
            raise CaseEnded("missing")
        attempt.take(call.answer, item.response_step)
        satisfied = judge_message(
            attempt, item.response, call.answer, item.response_step, item.occurrence, self.case_id, self.overrides
        )
        attempt.step_event(item.response_step, item.response.name, "met" if satisfied else "failed")
        if not satisfied and item.gate:
            raise CaseEnded("validation")

    def answer(self, call: OwnCall) -> Waiting:
        """Wait for the answer to a call, as long as the message timeout allows."""
        begun = self.attempt.now.mono_ns
        while not call.done:
            yield from self._interruptions()
            until = begun + self.attempt.timeout("message") + self.attempt.extension
            if self.attempt.now.mono_ns >= until:
                call.abandoned = True
                return
            yield until

    def _refused(self, item: Exchange, call: OwnCall) -> None:
        code, description = call.error or ("", "")
        place = self.attempt.place(item.response_step)
        self.attempt.find(
            "validation",
            place,
            "CALLERROR",
            f"Step {place}: {item.request.name} was answered with CALLERROR {code}, {item.response.name} was due.",
            expected=item.response.name,
            received=f"CALLERROR {code} {description}".strip(),
            row=row_id(self.case_id, item.response_step, item.response.name, item.occurrence),
            frame=call.frame,
        )
        raise CaseEnded("validation")

    def _unanswered(self, item: Exchange) -> None:
        place = self.attempt.place(item.response_step)
        self.attempt.find(
            "missing",
            place,
            item.response.name,
            f"Step {place}: {item.request.name} was not answered in time.",
            expected="<present>",
            received="<omitted>",
            row=row_id(self.case_id, item.response_step, item.response.name, item.occurrence),
        )

    def _asked(self, segment: Segment) -> Waiting:
        """Have the central system send a request; when it differs from what was asked, ask once whose mistake that is."""
        attempt = self.attempt
        expectation = segment.expectations[0]
        for first in (True, False):
            fields = fields_to_enter(expectation, attempt)
            prompt = attempt.ask(
                "action",
                "csms_request",
                request_text(expectation.message.action, fields),
                {"message": expectation.message.action, "fields": fields},
            )
            progress = segment.progress
            yield from self._open_prompt(prompt, segment, progress)
            begun = attempt.now.mono_ns
            while segment.progress == progress:
                yield from self._interruptions()
                until = deadline(attempt, [expectation], begun)
                if attempt.now.mono_ns >= until:
                    self._missing(expectation)
                    raise CaseEnded("missing")
                yield until
            if expectation.state != "differs":
                return
            seen = expectation.met[-1]
            if first and (yield from self._wrong_entry(expectation, seen)):
                attempt.observe(f"{seen.message} was entered wrongly and is asked for again", frame=seen.seq)
                expectation.met.clear()
                expectation.state = "open"
                continue
            expectation.judge_fields(seen, attempt)
            raise CaseEnded("validation")

    def _wrong_entry(self, expectation: Expectation, seen: Seen) -> Generator[int | None, None, bool]:
        attempt = self.attempt
        differing = ", ".join(
            f"{path} was {result.received}, {result.expected} was asked for"
            for path, stated in expectation.message.fields
            if not (result := judge(seen.payload, path, resolve(stated, attempt, self.overrides))).ok
        )
        choices = (
            {"id": "device", "text": "The central system sent something else than was entered", "default": True},
            {"id": "entry", "text": "It was entered wrongly: ask again", "default": False},
        )
        prompt = attempt.ask(
            "question",
            "request_differs",
            f"{seen.message} differs from what was asked for: {differing}. Whose mistake is it?",
            {"message": seen.message},
            choices,
        )
        yield from self._open_prompt(prompt, None, None)
        answer = attempt.answers.get(prompt.id)
        return answer is not None and answer.outcome == "entry"

    # The link ---------------------------------------------------------------------------------------------------------

    def _link(self, item: LinkOrder) -> Waiting:
        attempt = self.attempt
        if item.order == "disconnect":
            attempt.disrupted = "link"
            attempt.order("disconnect")
            yield from self._link_state(up=False, timeout="message")
            return
        if item.order == "connect":
            yield from self.connect()
            return
        attempt.disrupted = "link"
        mode = attempt.setup.options.get("cut", "refuse")
        if mode == "prompt":
            name = f"{item.order}_network"
            prompt = attempt.ask("action", name, _NETWORK_PROMPTS[name])
            yield from self._open_prompt(prompt, None, None)
        else:
            attempt.order(item.order, mode=mode)
        if item.order == "cut":
            attempt.link_cut = True
            return
        attempt.link_cut = False
        came_back = yield from self._link_state(up=True, timeout="reconnect")
        if not came_back:
            place = attempt.place(self.conversation.current_step)
            attempt.find(
                "missing",
                place,
                "WEBSOCKET",
                f"Step {place}: the device did not connect again within {attempt.setup.timeouts.get('reconnect')} s.",
                expected="connected",
                received="not connected",
            )
            raise CaseEnded("missing")

    def connect(self) -> Waiting:
        """As charge point: connect to the central system with the configured credentials."""
        attempt = self.attempt
        attempt.disrupted = "link"
        attempt.refused = {}
        attempt.order("connect", authorization="configured", subprotocols=[attempt.version.subprotocol])
        until = attempt.now.mono_ns + attempt.timeout("connect")
        while not attempt.link_up and not attempt.refused and attempt.now.mono_ns < until:
            yield until
        attempt.disrupted = ""
        if not attempt.link_up:
            reason = attempt.refused.get("reason", "no answer")
            raise CaseEnded("environment", "ERROR", f"the central system does not take the connection: {reason}")

    def _link_state(self, *, up: bool, timeout: str) -> Generator[int | None, None, bool]:
        attempt = self.attempt
        until = attempt.now.mono_ns + attempt.timeout(timeout)
        while attempt.link_up is not up:
            yield from self._interruptions()
            if attempt.now.mono_ns >= until + attempt.extension:
                return False
            yield until + attempt.extension
        return True

    def _upgrade(self, item: Upgrade) -> Waiting:
        """Ask for the HTTP upgrade and judge what comes of it."""
        attempt = self.attempt
        attempt.refused = {}
        attempt.order("connect", authorization=item.authorization, subprotocols=list(item.subprotocols))
        until = attempt.now.mono_ns + attempt.timeout("connect")
        while not attempt.link_up and not attempt.refused and attempt.now.mono_ns < until:
            yield until
        status = "101" if attempt.link_up else str(attempt.refused.get("status", "no answer"))
        header = row_id(self.case_id, item.step, "HTTP", 1, "Authorization")
        for row in (row_id(self.case_id, item.step, "HTTP", 1), header):
            attempt.mark(row, "passed")
        answered = status not in ("0", "no answer")
        if answered:
            attempt.mark(row_id(self.case_id, item.response_step, "HTTP", 1), "passed")
        if answered and attempt.link_up is item.accepted:
            attempt.mark(row_id(self.case_id, item.response_step, "HTTP", 1, "status"), "passed")
            return
        expected = "101" if item.accepted else "<not 101>"
        wanted = "accepted" if item.accepted else "refused"
        place = attempt.place(item.response_step)
        reason = str(attempt.refused.get("reason", ""))
        attempt.find(
            "validation",
            place,
            "HTTP",
            f"Step {place}: the HTTP upgrade had to be {wanted}; status {status}{f' ({reason})' if reason else ''}.",
            field="status",
            expected=expected,
            received=status,
            row=row_id(self.case_id, item.response_step, "HTTP", 1, "status"),
        )
        raise CaseEnded("validation")


def _segments(items: Iterable[Item], is_trigger: Any) -> Iterator[tuple[Item | None, list[Item]]]:
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


__all__ = ["InAnyOrder", "Script", "StateExpired", "Waiting"]
