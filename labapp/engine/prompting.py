"""Acts of the operator: manual actions, and requests that a central system is made to send."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labapp.domain.expectations import Expected, Literal, When
from labapp.domain.testcase import Manual
from labapp.domain.view import Seen
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.events import Prompt
from labapp.engine.expected import Expectation, find_missing
from labapp.engine.matching import judge, resolve
from labapp.engine.requests import fields_to_enter, request_text
from labapp.engine.segment import Segment
from labapp.engine.timing import deadline
from labapp.engine.waiting import StateExpired, Waiting
from labapp.ocpp.resolving import resolves

if TYPE_CHECKING:
    from labapp.engine.script import Script

_POWER = frozenset({"power_cycle", "power_off", "power_on"})
_NETWORK = frozenset({"cut_network", "restore_network"})


def manual(script: Script, item: Manual, segment: Segment) -> Waiting:
    """Ask for an action and wait until it is confirmed, by the operator or by the wire."""
    attempt = script.attempt
    action = item.action
    arguments = {name: _plain(script, expected) for name, expected in action.arguments}
    _announce_disruption(script, action.name)
    countdown = _countdown(script, item)
    prompt = attempt.ask("action", action.name, action.text.format(**arguments), arguments, countdown=countdown)
    attempt.model.manipulated(action.name, int(arguments.get("connector", attempt.connector)))
    progress = segment.progress
    gives_up = _DeviceDeadline(attempt, float(_plain(script, item.countdown))) if item.countdown is not None else None
    if action.name == "present_id":
        attempt.local_authorizations += 1
        attempt.cards.asked_for = str(arguments["id_tag"])

    def shown() -> bool:
        return any(resolves(action.name, arguments, seen.message, seen.payload) for seen in segment.taken[progress:])

    yield from open_prompt(script, prompt, shown if action.on_wire else None, gives_up)
    if item.or_wait is not None:
        # The device may need this long by itself before the next step comes.
        attempt.extension += round(float(_plain(script, item.or_wait)) * SECOND)


@dataclass(slots=True)
class _DeviceDeadline:
    """A deadline inside the device that runs while a prompt is open: ConnectionTimeOut after a remote start.

    It has passed when the device reports the connector free again, or reserved again, whatever its own timeout is, or when the
    seconds are over and the connector is free.
    """

    attempt: Attempt
    seconds: float
    opened: int = 0
    was_taken: bool = False
    free: tuple[str, ...] = ("Available",)

    def __post_init__(self) -> None:
        self.opened = self.attempt.now.mono_ns
        self.was_taken = not self._is_free()
        if self.attempt.status(self.attempt.connector) != "Reserved":
            self.free = (*self.free, "Reserved")

    @property
    def moment(self) -> int:
        """When the seconds are over, monotonic nanoseconds."""
        return self.opened + round(self.seconds * SECOND)

    def has_passed(self) -> bool:
        """Whether the device has given up."""
        return self._is_free() and (self.was_taken or self.attempt.now.mono_ns >= self.moment)

    def _is_free(self) -> bool:
        return self.attempt.status(self.attempt.connector) in self.free


def _plain(script: Script, expected: Expected) -> Any:
    resolved = resolve(expected, script.attempt, script.overrides)
    return resolved.value if isinstance(resolved, Literal) else resolved.text


def _countdown(script: Script, item: Manual) -> dict[str, Any]:
    """The deadline inside the device that comes first: the action's own, or that of what the scenario rests on."""
    shown = []
    if item.countdown is not None:
        shown.append({"name": item.countdown.text.strip("<>"), "seconds": _plain(script, item.countdown)})
    if (lapse := script.attempt.lapse) is not None:
        shown.append({"name": lapse.name, "seconds": (lapse.ends - script.attempt.now.mono_ns) // SECOND})
    return min(shown, key=lambda each: float(each["seconds"]), default={})


def _announce_disruption(script: Script, action: str) -> None:
    if action in _POWER:
        # Without power the connection may be lost, but nothing boots before the power has been given back.
        script.attempt.disrupted = "power" if action == "power_off" else "boot"
    elif action in _NETWORK:
        script.attempt.disrupted = "link"


def open_prompt(
    script: Script,
    prompt: Prompt,
    shown: Callable[[], bool] | None = None,
    gives_up: _DeviceDeadline | None = None,
) -> Waiting:
    """Wait until the prompt is closed. shown: whether the wire shows the action, None when only the operator closes it.

    Raises StateExpired when the device gave up meanwhile, CaseEnded when the action is impossible or nobody answers.
    """
    attempt = script.attempt
    patience_ends = attempt.patience_ends()
    reviewed = len(attempt.review_lines)
    while prompt.id in attempt.prompts:
        if shown is not None and shown():
            attempt.close(prompt, "wire")
            return
        try:
            yield from script.interruptions()
        except CaseEnded:
            attempt.close(prompt, "tool")
            raise
        if gives_up is not None and gives_up.has_passed():
            attempt.close(prompt, "tool")
            # That the device reports the connector free again is nobody's fault.
            del attempt.review_lines[reviewed:]
            raise StateExpired
        if patience_ends is not None and attempt.now.mono_ns >= patience_ends:
            attempt.close(prompt, "tool")
            raise CaseEnded("operator", "INCONCLUSIVE", "nobody answered the prompt")
        moments = (patience_ends, gives_up.moment if gives_up is not None else None)
        wake = [moment for moment in moments if moment is not None and moment > attempt.now.mono_ns]
        yield min(wake) if wake else None
    answer = attempt.answers.get(prompt.id)
    if answer is not None and answer.outcome == "impossible":
        raise CaseEnded("operator", "INCONCLUSIVE", answer.reason or "the action is impossible")


def due_prompts(script: Script, segment: Segment) -> Waiting:
    """Ask for the actions among free messages whose condition has come to hold."""
    for entry in list(segment.prompts):
        slot, item = entry
        if any(e.slot < slot for e in segment.due(script.attempt)):
            continue
        if item.when is None or item.when.test(script.attempt):
            segment.prompts.remove(entry)
            yield from manual(script, item, segment)


def asked(script: Script, segment: Segment) -> Waiting:
    """Have the central system send a request; when it differs from what was asked, ask once whose mistake that is.

    What the central system sends of its own accord, as the operator says, counts for nothing: it is asked for again. So does what
    differs when the request that was asked for comes before the operator has said anything.
    """
    attempt = script.attempt
    expectation = segment.expectations[0]
    answered = ""
    while True:
        attempt.asked_at = attempt.now
        script.conversation.current_step = expectation.step
        fields = fields_to_enter(expectation, attempt)
        prompt = attempt.ask(
            "action",
            "csms_request",
            request_text(expectation.message.action, fields),
            {"message": expectation.message.action, "fields": fields},
        )
        expectation.met.clear()
        expectation.state = "open"
        yield from open_prompt(script, prompt, lambda: bool(expectation.met))
        begun = attempt.now.mono_ns
        while not expectation.met:
            yield from script.interruptions()
            until = deadline(attempt, [expectation], begun)
            if attempt.now.mono_ns >= until:
                find_missing(attempt, expectation)
                raise CaseEnded("missing")
            yield until
        if expectation.state != "differs":
            return
        seen = expectation.met[-1]
        answered = "device" if answered == "entry" else (yield from _whose_mistake(script, expectation, seen))
        if expectation.state == "met":
            attempt.observe(f"{seen.message} came in another form before the one that was asked for", frame=seen.seq)
            attempt.retract(seen, expectation.step, expectation.scope)
            return
        if answered not in _ASKED_AGAIN:
            expectation.judge_fields(seen, attempt)
            raise CaseEnded("validation")
        attempt.observe(f"{seen.message} {_ASKED_AGAIN[answered]} and is asked for again", frame=seen.seq)
        attempt.retract(seen, expectation.step, expectation.scope)


#: Answers to whose mistake it is by which the request is asked for again, and what is noted then.
_ASKED_AGAIN = {"entry": "was entered wrongly", "own": "came of the central system's own accord"}


def _whose_mistake(script: Script, expectation: Expectation, seen: Seen) -> Generator[int | None, None, str]:
    """Ask why a request differs from what was asked for; returns the choice, "device" when nobody says."""
    attempt = script.attempt
    differing = ", ".join(
        f"{path} was {result.received}, {result.expected} was asked for"
        for path, stated in expectation.message.fields
        if not (isinstance(stated, When) and not stated.condition.test(attempt))
        and not (result := judge(seen.payload, path, resolve(stated, attempt, script.overrides))).ok
    )
    choices = (
        {"id": "device", "text": "The central system sent something else than was entered", "default": True},
        {"id": "entry", "text": "It was entered wrongly: ask again", "default": False},
        {"id": "own", "text": "The central system sent it of its own accord: ask again", "default": False},
    )
    prompt = attempt.ask(
        "question",
        "request_differs",
        f"{seen.message} differs from what was asked for: {differing}. Whose mistake is it?",
        {"message": seen.message},
        choices,
    )
    yield from open_prompt(script, prompt, lambda: expectation.state == "met")
    answer = attempt.answers.get(prompt.id)
    return answer.outcome if answer is not None else "device"
