"""The interpreter of one attempt, without input or output of its own: events go in, outputs come out, time is in the events.

The same events give the same outputs, so the record of an attempt is enough to judge it again.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.outcome import Answer as ReviewAnswer
from labapp.domain.outcome import Attempt as Judged
from labapp.domain.outcome import outcome
from labapp.domain.reasons import reason_of
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import TestCase, UseState
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.conversation import Conversation
from labapp.engine.events import Answer, Command, Ended, FileTransferred, Input, Output, Prompt, Tick, Wake
from labapp.engine.heartbeats import Heartbeats
from labapp.engine.linking import connect, give_back
from labapp.engine.ports import FrameReceived, LinkDown, LinkUp, UpgradeRefused, WebSocketFact
from labapp.engine.preparation import end_own_transaction, put_back
from labapp.engine.reviewing import answers_of, items_waiting, settle
from labapp.engine.script import Script
from labapp.engine.setup import Setup
from labapp.engine.transfers import miss_transfers, take_transfer
from labapp.engine.utilities import UTILITIES
from labapp.engine.waiting import StateExpired, Waiting
from labapp.engine.withdrawing import withdraw
from labapp.ocpp.version import Version

#: For how long a central system is listened to behind the last step, nanoseconds.
_AFTERMATH = SECOND
_OUTCOMES = frozenset({"done", "impossible", "yes", "no"})


class Interpreter:
    """Runs one attempt. ready: the state that a central system's case begins in when it is not in it already."""

    def __init__(
        self, case: TestCase, setup: Setup, version: Version, at: Stamp, ready: UseState | None = None
    ) -> None:
        self.attempt = Attempt(case, setup, version, at, lenient=case.kind == "utility")
        self.conversation = Conversation(self.attempt)
        self.script = Script(self.attempt, self.conversation)
        self.result: dict[str, Any] | None = None
        self._ready = ready
        self._aborted = ""
        self._awake: int | None = None
        self._heartbeats = Heartbeats(self.attempt, self.conversation)
        self._course = self._run()
        self._started = False

    # Events -----------------------------------------------------------------------------------------------------------

    def start(self) -> list[Output]:
        """Begin; returns the first outputs."""
        self._started = True
        return self._advance()

    def feed(self, event: Input, seq: int) -> list[Output]:
        """Take one event. seq: its number in the journal. After the end nothing comes out any more."""
        if self.result is not None:
            return []
        attempt = self.attempt
        attempt.now, attempt.seq = event.at, seq
        match event:
            case FrameReceived():
                self.conversation.receive(event.text, event.defect, event.masks)
            case LinkUp():
                self._link_up(event)
            case LinkDown():
                self._link_down(event)
            case UpgradeRefused():
                attempt.refused = event.facts
            case Answer():
                self._answer(event)
            case Command():
                self._command(event)
            case FileTransferred():
                take_transfer(attempt, event.facts)
            case Tick() | WebSocketFact():
                pass
        return self._advance()

    def _link_up(self, event: LinkUp) -> None:
        attempt = self.attempt
        if attempt.link_up:
            self._lost("the device connected a second time")
        attempt.link_up = True
        attempt.link_number += 1
        attempt.link_facts = event.facts
        attempt.notifications.clear()

    def _link_down(self, event: LinkDown) -> None:
        attempt = self.attempt
        attempt.link_up = False
        if event.by != "tool" and not attempt.disrupted:
            self._lost(f"the connection was lost ({event.code} {event.reason})")

    def _lost(self, text: str) -> None:
        attempt = self.attempt
        if not attempt.lenient and not attempt.disrupted and not self.conversation.boot_is_due:
            attempt.surprise = "link"
        attempt.observe(text)

    def _answer(self, event: Answer) -> None:
        attempt = self.attempt
        prompt = attempt.prompts.get(event.prompt)
        if prompt is None:
            return
        if prompt.kind == "review":
            answers = answers_of(attempt, event.outcome, event.items, event.reason)
            if isinstance(answers, str):
                attempt.observe(f"an answer to the review could not be taken: {answers}")
                return
            self._review_answers = answers
        attempt.answers[event.prompt] = event
        attempt.close(prompt, "operator")

    def _command(self, event: Command) -> None:
        attempt = self.attempt
        if event.name == "extend":
            attempt.extension += attempt.timeout("message")
            attempt.observe("the operator gave the wait more time")
        elif event.name in ("abort", "repeat", "skip", "stop", "finish"):
            self._aborted = event.name

    _review_answers: dict[str, ReviewAnswer] | None = None

    def refusal_of(self, prompt_id: str, outcome_given: str, items: dict[str, str], reason: str) -> str:
        """Why an answer cannot be taken, "" when it can."""
        prompt = self.attempt.prompts.get(prompt_id)
        if prompt is None:
            return f"no prompt {prompt_id} is open"
        if prompt.kind == "review":
            answers = answers_of(self.attempt, outcome_given, items, reason)
            return answers if isinstance(answers, str) else ""
        known = {str(choice["id"]) for choice in prompt.choices} if prompt.kind == "question" else _OUTCOMES
        return "" if outcome_given in known else f"{outcome_given!r} is no answer to it: {', '.join(sorted(known))}"

    @property
    def open_prompts(self) -> list[Prompt]:
        """Prompts that wait for an answer."""
        return list(self.attempt.prompts.values())

    # The course -------------------------------------------------------------------------------------------------------

    def _advance(self) -> list[Output]:
        attempt = self.attempt
        wake: int | None = None
        try:
            while True:
                if self._aborted and self._abort_now():
                    break
                wake = next(self._course)
                if (lapse := attempt.lapse) is not None and lapse.ends > attempt.now.mono_ns:
                    wake = lapse.ends if wake is None else min(wake, lapse.ends)
                # A deadline that has come already is looked at again at once.
                if wake is None or wake > attempt.now.mono_ns:
                    break
        except StopIteration:
            wake = None
        beat = self._heartbeats.beat() if self.result is None else None
        if beat is not None:
            wake = beat if wake is None else min(wake, beat)
        outputs, attempt.outputs = attempt.outputs, []
        if wake != self._awake:
            self._awake = wake
            outputs.append(Wake(wake))
        return outputs

    def _abort_now(self) -> bool:
        """End the attempt at the operator's word, without restoration. A violation that has been found stands all the same."""
        name, self._aborted = self._aborted, ""
        self._course.close()
        for prompt in list(self.attempt.prompts.values()):
            self.attempt.close(prompt, "tool")
        findings = self.attempt.findings
        if name == "finish":
            self._end("NONE", "NONE", "", "PASS", "")
        elif findings:
            reason = str(findings[0]["reason_code"])
            self._end("FAIL", "NONE", reason, "FAIL", f"ended by the operator after a violation: {name}")
        elif name == "skip":
            self._end("NONE", "NONE", "operator", "NOT_RUN", "skipped by the operator")
        else:
            self._end("NONE", "NONE", "aborted", "INCONCLUSIVE", f"ended by the operator: {name}")
        return True

    def _run(self) -> Generator[int | None, None, None]:
        attempt = self.attempt
        ended: CaseEnded | None = None
        try:
            yield from self._course_of_case()
        except CaseEnded as end:
            ended = end
        except StateExpired:
            ended = CaseEnded("operator", "INCONCLUSIVE", "the device gave up during a prompt")
        except InputError as error:
            ended = CaseEnded("environment", "ERROR", str(error))
        for prompt in list(attempt.prompts.values()):
            attempt.close(prompt, "tool")
        yield from self._afterwards()
        yield from self._judge(ended)

    def _course_of_case(self) -> Waiting:
        attempt = self.attempt
        if attempt.case.id in UTILITIES:
            yield from UTILITIES[attempt.case.id](self.script)
            return
        attempt.preparing = True
        if self._ready is not None and not (attempt.link_up and attempt.model.accepted):
            if not attempt.link_up:
                yield from connect(self.script)
            yield from self.script.state(self._ready)
        for item in attempt.case.before:
            yield from self.script.run([item])
        attempt.preparing = False
        # What goes wrong ahead of the first message belongs to its step.
        self.conversation.current_step = 1
        yield from self.script.run(attempt.case.steps)
        if not attempt.tests_charge_point:
            # A central system that cannot bear the last answer shows it only now.
            yield from self.script.wait_until(attempt.now.mono_ns + _AFTERMATH)

    def _afterwards(self) -> Waiting:
        """Put back what the case changed; nothing in it touches the verdict."""
        attempt = self.attempt
        if attempt.case.kind == "utility":
            return
        lenient, attempt.lenient = attempt.lenient, True
        attempt.model.booting = attempt.boot_ahead
        self.conversation.segment = None
        self.conversation.lingering = []
        self.conversation.ended = None
        attempt.surprise, attempt.lapse = "", None
        try:
            if attempt.link_cut:
                yield from give_back(self.script)
            if attempt.model.booting:
                attempt.observe("the device is about to boot: what the case has changed is put back after that")
            elif attempt.tests_charge_point:
                yield from put_back(self.script)
            else:
                yield from end_own_transaction(self.script)
                yield from withdraw(self.script)
        except CaseEnded as end:
            attempt.observe(f"restoration ended early: {end.text}", rule="drift")
        attempt.lenient = lenient

    # The verdict ------------------------------------------------------------------------------------------------------

    def _judge(self, ended: CaseEnded | None) -> Waiting:
        attempt = self.attempt
        failed = bool(attempt.findings)
        if ended is not None and ended.verdict == "ERROR":
            attempt.observe(ended.text)
            self._end("NONE", "NONE", "environment", "ERROR", ended.text)
            return
        if attempt.lenient:
            verdict = (ended.verdict or "FAIL") if ended else "PASS"
            self._end(
                "FAIL" if ended else "PASS",
                "NONE",
                ended.reason_code if ended else "",
                verdict,
                ended.text if ended else "",
            )
            return
        miss_transfers(attempt)
        tool_result = "FAIL" if failed else "NONE" if ended is not None and ended.verdict else "PASS"
        answers: dict[str, ReviewAnswer] = {}
        if attempt.review_lines and tool_result == "PASS" and items_waiting(attempt):
            answers = yield from self._ask_review()
        review = self._settle(answers, tool_result)
        tool_findings = [finding for finding in attempt.findings if finding["reason_code"] != "review"]
        reason = str(tool_findings[0]["reason_code"]) if tool_findings else (ended.reason_code if ended else "")
        if ended is not None and ended.text:
            attempt.observe(ended.text)
        judged = outcome(
            Judged(
                case_id=attempt.case.id,
                tool_result=tool_result,  # type: ignore[arg-type]
                review_result=review,  # type: ignore[arg-type]
                reason_code=reason,
                goes_for_security=bool(attempt.dut.get("security_certificate", False)),
            )
        )
        text = judged.note
        if tool_result == "NONE" and ended is not None and ended.text:
            text = f"{text.rstrip('.')}: {ended.text.rstrip('.')}."
        self._end(tool_result, review, judged.reason_code, judged.verdict, text, expected=judged.expected)

    def _ask_review(self) -> Generator[int | None, None, dict[str, ReviewAnswer]]:
        attempt = self.attempt
        prompt = self._review_prompt()
        until = attempt.patience_ends()
        while prompt.id in attempt.prompts:
            if len(attempt.review_lines) > len(prompt.items):
                # A notification has come while the technician looked: he decides on all of them.
                attempt.close(prompt, "tool")
                prompt = self._review_prompt()
            if until is not None and attempt.now.mono_ns >= until:
                attempt.close(prompt, "tool")
                attempt.observe("nobody answered the review in time: the case is run again")
                return {item.id: ReviewAnswer("retest", "nobody answered in time") for item in items_waiting(attempt)}
            yield until
        return self._review_answers or {}

    def _review_prompt(self) -> Prompt:
        lines = tuple(line.as_json() for line in self.attempt.review_lines)
        text = "Review the status notifications of this case."
        return self.attempt.ask("review", "status_notifications", text, {}, items=lines)

    def _settle(self, answers: dict[str, ReviewAnswer], tool_result: str) -> str:
        """Decisions of the review; of a case that the tool failed already nobody is asked."""
        attempt = self.attempt
        if not attempt.review_lines:
            return "NONE"
        if tool_result == "NONE":
            # The attempt says nothing of the device: what it did not come to do is not held against it.
            attempt.reviews.extend(line.as_json() for line in attempt.review_lines)
            return "NONE"
        if tool_result == "FAIL" and attempt.setup.options.get("review", "ask") == "ask":
            answers = {
                line.item.id: ReviewAnswer(line.item.ruling.advice or "retest")
                for line in attempt.review_lines
                if line.item.ruling.ambiguous
            }
        return settle(attempt, answers)

    def _end(
        self, tool_result: str, review: str, reason: str, verdict: str, text: str, *, expected: bool = False
    ) -> None:
        attempt = self.attempt
        attempt.count_unlisted()
        if verdict == "PASS":
            reason = ""
        self.result = {
            "id": attempt.case.id,
            "attempt": attempt.setup.try_number,
            "verdict": verdict,
            "tool_result": tool_result,
            "review_result": review,
            "reason_code": reason,
            "expected": expected,
            "started": attempt.utc(attempt.started),
            "ended": attempt.utc(attempt.now),
            "text": text,
            "validations": [{"id": row, "status": status} for row, status in attempt.status_of_row.items()],
            "findings": attempt.findings,
            "observations": attempt.observations,
            "reviews": attempt.reviews,
        }
        self.result["reason"] = reason_of(self.result, attempt.case.source.text)
        attempt.outputs.append(Ended(self.result))
