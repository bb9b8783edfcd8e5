"""Acts of the operator: manual actions, and requests that a central system is made to send."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from labapp.domain.expectations import Expected, Literal
from labapp.domain.testcase import Manual
from labapp.domain.view import Seen
from labapp.engine.attempt import SECOND, CaseEnded
from labapp.engine.events import Prompt
from labapp.engine.expected import Expectation
from labapp.engine.matching import judge, resolve
from labapp.engine.requests import fields_to_enter, request_text
from labapp.engine.segment import Segment
from labapp.engine.timing import deadline
from labapp.engine.waiting import StateExpired, Waiting

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
    begun, progress = attempt.now.mono_ns, segment.progress
    expires = begun + round(float(countdown["seconds"]) * SECOND) if "seconds" in countdown else None
    yield from open_prompt(script, prompt, segment, progress if action.on_wire else None, expires)
    if item.or_wait is not None:
        # The device may need this long by itself before the next step comes.
        attempt.extension = round(float(_plain(script, item.or_wait)) * SECOND)
    if action.name == "present_id":
        attempt.local_authorizations += 1


def _plain(script: Script, expected: Expected) -> Any:
    resolved = resolve(expected, script.attempt, script.overrides)
    return resolved.value if isinstance(resolved, Literal) else resolved.text


def _countdown(script: Script, item: Manual) -> dict[str, Any]:
    if item.countdown is None:
        return {}
    return {"name": item.countdown.text.strip("<>"), "seconds": _plain(script, item.countdown)}


def _announce_disruption(script: Script, action: str) -> None:
    if action in _POWER:
        script.attempt.disrupted = "boot"
    elif action in _NETWORK:
        script.attempt.disrupted = "link"


def open_prompt(
    script: Script, prompt: Prompt, segment: Segment | None, progress: int | None, expires: int | None = None
) -> Waiting:
    """Wait until the prompt is closed. progress: of the segment at its opening, when the wire may close it."""
    attempt = script.attempt
    patience = float(attempt.setup.options.get("operator_timeout", 0) or 0)
    patience_ends = attempt.now.mono_ns + round(patience * SECOND) if patience else None
    while prompt.id in attempt.prompts:
        try:
            yield from script.interruptions()
        except CaseEnded:
            attempt.close(prompt, "tool")
            raise
        if segment is not None and progress is not None and segment.progress > progress:
            attempt.close(prompt, "wire")
            return
        if expires is not None and attempt.now.mono_ns >= expires and attempt.status(attempt.connector) == "Available":
            attempt.close(prompt, "tool")
            raise StateExpired
        if patience_ends is not None and attempt.now.mono_ns >= patience_ends:
            attempt.close(prompt, "tool")
            raise CaseEnded("operator", "INCONCLUSIVE", "nobody answered the prompt")
        wake = [moment for moment in (patience_ends, expires) if moment is not None and moment > attempt.now.mono_ns]
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
    """Have the central system send a request; when it differs from what was asked, ask once whose mistake that is."""
    attempt = script.attempt
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
        yield from open_prompt(script, prompt, segment, progress)
        begun = attempt.now.mono_ns
        while segment.progress == progress:
            yield from script.interruptions()
            until = deadline(attempt, [expectation], begun)
            if attempt.now.mono_ns >= until:
                script.missing(expectation)
                raise CaseEnded("missing")
            yield until
        if expectation.state != "differs":
            return
        seen = expectation.met[-1]
        if first and (yield from _wrong_entry(script, expectation, seen)):
            attempt.observe(f"{seen.message} was entered wrongly and is asked for again", frame=seen.seq)
            expectation.met.clear()
            expectation.state = "open"
            continue
        expectation.judge_fields(seen, attempt)
        raise CaseEnded("validation")


def _wrong_entry(script: Script, expectation: Expectation, seen: Seen) -> Generator[int | None, None, bool]:
    attempt = script.attempt
    differing = ", ".join(
        f"{path} was {result.received}, {result.expected} was asked for"
        for path, stated in expectation.message.fields
        if not (result := judge(seen.payload, path, resolve(stated, attempt, script.overrides))).ok
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
    yield from open_prompt(script, prompt, None, None)
    answer = attempt.answers.get(prompt.id)
    return answer is not None and answer.outcome == "entry"
