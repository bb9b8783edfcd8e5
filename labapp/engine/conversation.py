"""Every frame of the device, classified and answered: expected, tolerated, status notification to review, or out of scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from labapp.domain.testcase import Absent, Exchange
from labapp.domain.view import Seen
from labapp.engine import notifying
from labapp.engine.attempt import Attempt
from labapp.engine.calls import OwnCall, TheirCall
from labapp.engine.events import Send
from labapp.engine.expected import Expectation, is_meant, stated_payload
from labapp.engine.segment import Segment
from labapp.engine.timing import comes_before_its_retry, judge_due
from labapp.engine.wire_checks import check_schema, frame_defects, malformed_frame
from labapp.ocpp.frames import Call, CallError, CallResult, Malformed, frame_text, parse_frame
from labapp.ocpp.listing import row_id
from labapp.ocpp.tolerated import repeats

_UNKNOWN_ACTION = "NotImplemented"
_WRONG_DIRECTION = "NotSupported"


class Conversation:
    """Reads frames, keeps the calls of both sides, offers requests to the open segment, and answers.

    lingering: optional messages of the segment before that have not come. ended: why the scenario cannot go on, once that is so.
    own_call: the tool's call whose answer is waited for.
    """

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.segment: Segment | None = None
        self.lingering: list[Expectation] = []
        self.own_call: OwnCall | None = None
        self.ended: tuple[str, str] | None = None
        self._taken_at: int | str | None = None

    @property
    def boot_is_due(self) -> bool:
        """Whether a BootNotification is waited for, so that the device may go down before it: after a firmware update."""
        return self.segment is not None and self.segment.open_for("BootNotification")

    # Frames -----------------------------------------------------------------------------------------------------------

    def receive(self, text: str, defect: str, masks: tuple[Mapping[str, Any], ...]) -> None:
        """Take one frame of the device."""
        attempt = self.attempt
        frame = parse_frame(text, attempt.version.name) if not defect else Malformed(defect, f"the frame is {defect}")
        if isinstance(frame, Malformed):
            answer = malformed_frame(attempt, self.place(), frame)
            if answer is not None:
                attempt.outputs.append(Send(frame_text(answer)))
            return
        frame_defects(attempt, self.place(), frame)
        match frame:
            case Call():
                self._on_call(frame, masks)
            case CallResult():
                self._on_answer(frame.unique_id, frame, masks)
            case CallError():
                self._on_answer(frame.unique_id, frame, masks)

    def _on_call(self, call: Call, masks: tuple[Mapping[str, Any], ...]) -> None:
        attempt = self.attempt
        version = attempt.version
        name = version.message_name(call.action, "req")
        if not version.known(call.action):
            attempt.find(
                "schema", self.place(), name, f"{call.action} is no action of OCPP {version.name}.", frame=attempt.seq
            )
            self._refuse(call, _UNKNOWN_ACTION, f"{call.action} is not known")
            return
        if not version.may_send(attempt.sut_role, call.action):
            attempt.find(
                "schema",
                self.place(),
                name,
                f"{name} was sent by the {attempt.sut_role.replace('_', ' ')}, which may not initiate it.",
                frame=attempt.seq,
            )
            self._refuse(call, _WRONG_DIRECTION, f"{call.action} is not for this side to ask")
            return
        seen = Seen(attempt.seq, attempt.now, "sut", name, call.payload, masks)
        if self._repeated(call, seen):
            return
        self._taken_at, awaited = None, self.place()
        stated = self._classify(call, seen)
        step = awaited if self._taken_at is None else self._taken_at
        check_schema(attempt, step, call.action, "req", call.payload, attempt.seq)
        attempt.remember(seen)
        version.observe(attempt.model, call.action, call.payload, None)
        notifying.note(attempt, call.action, seen)
        self._answer(call, stated)

    def _repeated(self, call: Call, seen: Seen) -> bool:
        """Answer a repetition as before: a message that is sent again after a lost connection, or an id that is used twice on one.

        Ids are unique on one connection only (OCPP-J 1.6 section 4.1.4): a device that boots may count from the beginning.
        """
        attempt = self.attempt
        before = attempt.calls.theirs.get(call.unique_id)
        if before is not None and before.link_number == attempt.link_number:
            attempt.find(
                "schema",
                self.place(),
                seen.message,
                f"{seen.message} used the message id {call.unique_id} a second time.",
                frame=attempt.seq,
            )
            attempt.outputs.append(Send(frame_text(before.answer)))
            return True
        if not repeats(attempt.version.name, attempt.sut_role, call.action):
            return False
        if before is None and self.segment and self.segment.awaits(seen, attempt):
            return False
        earlier = attempt.calls.sent_before(call.action, call.payload, attempt.link_number)
        if earlier is None:
            return False
        attempt.observe(f"{seen.message} was repeated after a lost connection", frame=attempt.seq)
        attempt.outputs.append(Send(frame_text(replace(earlier.answer, unique_id=call.unique_id))))
        return True

    # Classification ---------------------------------------------------------------------------------------------------

    def _classify(self, call: Call, seen: Seen) -> dict[str, Any]:
        """Find the request's place in the scenario; returns what the case states of the answer."""
        attempt = self.attempt
        if attempt.lapsed:
            # The case ends at once; what comes from now on follows from nothing that the scenario speaks of.
            return {}
        for _, absent in self.segment.absences if self.segment else ():
            if is_meant(absent.request, seen, attempt):
                self._absent(absent, seen)
                return {}
        repeats = notifying.repeats(attempt, call.action, seen)
        if self.segment:
            unanswered = self.own_call is not None and not self.own_call.done
            offer = self.segment.offer(seen, attempt, repeats=repeats, unanswered=unanswered)
            if offer.expectation is not None:
                return self._expected(offer.kind, offer.expectation, offer.skipped, seen)
        for expectation in self.lingering if not repeats else ():
            if expectation.state == "open" and expectation.applies(attempt) and expectation.selects(seen, attempt):
                expectation.state = "met"
                return self._taken(expectation, seen)
        if attempt.version.status(call.action, call.payload) is not None:
            notifying.review(attempt, self.segment, self.place(), call.action, seen)
            return {}
        self._unexpected(call, seen)
        return {}

    def _expected(
        self, kind: str, expectation: Expectation, others: tuple[Expectation, ...], seen: Seen
    ) -> dict[str, Any]:
        attempt = self.attempt
        if kind == "out_of_order":
            awaited = ", ".join(f"step {attempt.place(e.step)} {e.message.name}" for e in others)
            first = others[0]
            place = attempt.place(first.step)
            attempt.find(
                "out_of_scenario",
                place,
                first.message.name,
                f"Step {place}: {seen.message} of step {attempt.place(expectation.step)} came before {awaited}.",
                expected=first.message.name,
                received=seen.message,
                row=first.row(),
                frame=seen.seq,
            )
            self.ended = ("out_of_scenario", "")
            return {}
        notifying.missing(attempt, self.segment, others)
        if expectation.message.action == "BootNotification" and self.segment:
            for stale in self.segment.reopen_behind(expectation, attempt.link_number):
                notifying.review(attempt, self.segment, self.place(), "StatusNotification", stale)
        if kind == "early":
            attempt.observe(
                f"{seen.message} of step {attempt.place(expectation.step)} came early",
                step=attempt.place(expectation.step),
                message=seen.message,
                frame=seen.seq,
                rule="D2.a",
            )
        if self.own_call is not None and not self.own_call.done and not expectation.is_status:
            place = self.own_call.place
            attempt.find(
                "out_of_scenario",
                place,
                seen.message,
                f"Step {place}: {seen.message} of step {attempt.place(expectation.step)} was sent ahead of the answer "
                f"to {self.own_call.action}.",
                row=expectation.row(),
                frame=seen.seq,
            )
        return self._taken(expectation, seen)

    def _taken(self, expectation: Expectation, seen: Seen) -> dict[str, Any]:
        attempt = self.attempt
        item = expectation.item
        attempt.take(seen, expectation.step, expectation.scope)
        self._taken_at = attempt.place(expectation.step)
        expectation.link_number = attempt.link_number
        if isinstance(item, Exchange) and item.asked and not expectation.agrees(seen, attempt):
            # What was not asked for is refused at once; the operator says whose mistake it is.
            expectation.state = "differs"
            return {}
        judge_due(attempt, expectation)
        judge = partial(self._judged, expectation, seen)
        satisfied = attempt.cards.doubts(seen, attempt.values, judge, len(attempt.review_lines)) or judge()
        attempt.step_event(expectation.step, seen.message, "met" if satisfied else "failed", scope=expectation.scope)
        expectation.mark_answered(attempt)
        return stated_payload(attempt, item.response.fields, expectation.overrides)

    def _judged(self, expectation: Expectation, seen: Seen) -> bool:
        """Judge the fields of a message that was taken; another card than was presented is told where no field speaks of it."""
        attempt = self.attempt
        satisfied = expectation.judge_fields(seen, attempt)
        if satisfied and (tag := attempt.cards.other(seen)):
            attempt.observe(
                f"the card {attempt.cards.asked_for} was to be presented; the device reports {tag}",
                step=attempt.place(expectation.step),
                message=seen.message,
                frame=seen.seq,
            )
        return satisfied

    def _absent(self, absent: Absent, seen: Seen) -> None:
        attempt = self.attempt
        if absent.when is not None and not absent.when.test(attempt):
            attempt.observe(f"{seen.message} may come here: not so: {absent.when.text}", frame=seen.seq)
            return
        violated = partial(self._violated, absent, seen)
        if not attempt.cards.doubts(seen, attempt.values, violated, len(attempt.review_lines)):
            violated()

    def _violated(self, absent: Absent, seen: Seen) -> None:
        attempt, step, occurrence = self.attempt, absent.step, absent.occurrence
        attempt.find(
            "out_of_scenario",
            attempt.place(step),
            seen.message,
            f"Step {attempt.place(step)}: {seen.message} was sent, though it must not come here.",
            expected="<omitted>",
            received="<present>",
            row=row_id(attempt.case.id, step, seen.message, occurrence, "", "absent"),
            frame=seen.seq,
        )
        self.ended = ("out_of_scenario", "")

    def _unexpected(self, call: Call, seen: Seen) -> None:
        attempt = self.attempt
        reason = attempt.version.tolerated(attempt.sut_role, call.action)
        if attempt.lenient or reason:
            return
        if call.action == "BootNotification" and not comes_before_its_retry(attempt):
            if attempt.disrupted == "boot":
                return
            if attempt.disrupted == "link":
                attempt.observe("the device booted after the connection was cut", frame=seen.seq, message=seen.message)
            else:
                attempt.surprise = "boot"
            return
        if not attempt.tests_charge_point:
            # What the CSMS asks on its own is answered and tolerated; only what it was asked for and did not send counts.
            attempt.observe(f"{seen.message} was sent on the central system's own account", frame=seen.seq)
            return
        attempt.find(
            "out_of_scenario",
            self.place(),
            seen.message,
            f"Step {self.place()}: {seen.message} is no part of the scenario here.",
            frame=seen.seq,
        )
        self.ended = ("out_of_scenario", "")

    @property
    def boot_lingers(self) -> bool:
        """Whether an optional boot was waited for in vain, and may come yet."""
        return any(expectation.message.action == "BootNotification" for expectation in self.lingering)

    # Answers ----------------------------------------------------------------------------------------------------------

    def _answer(self, call: Call, stated: Mapping[str, Any]) -> None:
        attempt = self.attempt
        fresh = attempt.fresh_transaction() if call.action == "StartTransaction" else 0
        payload = attempt.version.response(call.action, call.payload, stated, attempt, fresh)
        self._send_answer(call, CallResult(call.unique_id, payload))
        name = attempt.version.message_name(call.action, "conf")
        seen = Seen(attempt.seq, attempt.now, "tool", name, payload)
        attempt.remember(seen)
        self._take_answer(call, seen)
        attempt.version.observe(attempt.model, call.action, call.payload, payload)
        if call.action == "BootNotification":
            attempt.since_boot = True
            attempt.notifications.clear()
            if payload.get("status") == "Accepted" and attempt.disrupted in ("boot", "late boot"):
                attempt.disrupted = ""

    def _take_answer(self, call: Call, seen: Seen) -> None:
        """The tool's answer belongs to the response's step of the expectation that took the request."""
        segment = self.segment
        candidates = [*(segment.expectations if segment else ()), *self.lingering]
        for expectation in candidates:
            if expectation.met and expectation.met[-1].payload is call.payload:
                self.attempt.take(seen, expectation.item.response_step, expectation.scope)
                return

    def _refuse(self, call: Call, code: str, description: str) -> None:
        self._send_answer(call, CallError(call.unique_id, code, description))

    def _send_answer(self, call: Call, answer: CallResult | CallError) -> None:
        attempt = self.attempt
        attempt.calls.answered(call.unique_id, TheirCall(call.action, call.payload, attempt.link_number, answer))
        attempt.outputs.append(Send(frame_text(answer)))

    def _on_answer(self, unique_id: str, frame: CallResult | CallError, masks: tuple[Mapping[str, Any], ...]) -> None:
        attempt = self.attempt
        call = attempt.calls.own.get(unique_id)
        if call is None and attempt.calls.of_earlier_attempt(unique_id):
            attempt.observe(f"an answer came late: to {unique_id}, of an attempt before this one", frame=attempt.seq)
            return
        if call is None:
            attempt.find(
                "schema",
                self.place(),
                "CALLERROR" if isinstance(frame, CallError) else "CALLRESULT",
                f"An answer came to the message id {unique_id}, which the tool did not use.",
                frame=attempt.seq,
            )
            return
        if call.done or call.abandoned:
            word = "a second time" if call.done else "after its timeout"
            attempt.find(
                "schema",
                call.place,
                attempt.version.message_name(call.action, "conf"),
                f"The tool's {call.action} was answered {word}.",
                frame=attempt.seq,
            )
            return
        call.frame = attempt.seq
        if isinstance(frame, CallError):
            call.error = (frame.code, frame.description)
            return
        name = attempt.version.message_name(call.action, "conf")
        check_schema(attempt, self.place(), call.action, "conf", frame.payload, attempt.seq)
        call.answer = Seen(attempt.seq, attempt.now, "sut", name, frame.payload, masks)
        attempt.remember(call.answer)
        attempt.version.observe(attempt.model, call.action, call.payload, frame.payload)

    def call(self, action: str, payload: Mapping[str, Any], *, aside: bool = False) -> OwnCall:
        """Send a call of the tool. aside: the scenario does not wait for its answer."""
        attempt = self.attempt
        own = attempt.calls.open(action, payload, attempt.now)
        own.aside = aside
        attempt.last_sent = attempt.now.mono_ns
        attempt.remember(Seen(0, attempt.now, "tool", attempt.version.message_name(action, "req"), payload))
        attempt.version.observe(attempt.model, action, payload, None)
        attempt.outputs.append(Send(frame_text(Call(own.unique_id, action, payload))))
        if not aside:
            self.own_call = own
        return own

    def place(self) -> int | str:
        """The step that is waited for, as findings name it: an answer that is due comes before all others."""
        pending = self.attempt.calls.pending
        if pending is not None:
            return pending.place
        if self.segment:
            due = self.segment.due(self.attempt)
            if due:
                settled = [expectation for expectation in due if not expectation.floating] or due
                return self.attempt.place(settled[0].step)
            if self.segment.expectations:
                return self.attempt.place(self.segment.expectations[-1].step)
            if self.segment.absences:
                return self.attempt.place(self.segment.absences[0][1].step)
        return self.attempt.place(self.current_step)

    #: The step that the script is at, for what arrives when nothing is waited for.
    current_step = 0
