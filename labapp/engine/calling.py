"""Acts of the tool: its calls, and the wait for their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labapp.domain.expectations import Literal, Omitted
from labapp.domain.testcase import Exchange, Timing
from labapp.domain.view import Seen
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.calls import OwnCall
from labapp.engine.deadlines import running
from labapp.engine.expected import judge_message, stated_payload
from labapp.engine.matching import resolve
from labapp.engine.waiting import Waiting
from labapp.ocpp.listing import message_rows, row_id

if TYPE_CHECKING:
    from labapp.engine.script import Script


def exchange(script: Script, item: Exchange, connector: int | None) -> Waiting:
    """Send a request of the tool and judge the answer."""
    attempt = script.attempt
    if item.due is not None:
        yield from _until_due(script, item, item.due)
    payload = _payload(script, item, connector)
    key = _written_key(attempt, item.request.action, payload)
    before = attempt.configuration(key) if key else None
    call = _sent(script, item, payload)
    boots = attempt.model.boots
    yield from answer(script, call)
    if call.error is not None:
        if item.errors is None:
            _refused(script, item, call)
        _judge_error(script, item, call)
        return
    if call.answer is None:
        yield from _late_boot(script, boots)
        _unanswered(script, item)
        raise CaseEnded("missing")
    attempt.take(call.answer, item.response_step)
    if key and attempt.version.written(call.answer.payload) in ("accepted", "reboot"):
        attempt.model.owe(key, before)
    satisfied = judge_message(
        attempt, item.response, call.answer, item.response_step, item.occurrence, script.case_id, script.overrides
    )
    attempt.step_event(item.response_step, item.response.name, "met" if satisfied else "failed")
    if not satisfied and item.gate:
        raise CaseEnded("validation")


def _payload(script: Script, item: Exchange, connector: int | None) -> dict[str, Any]:
    """The tool's request as the case states it, completed by the version; what must be omitted is left out all the same."""
    attempt = script.attempt
    stated = stated_payload(attempt, (*item.implied, *item.request.fields), script.overrides)
    payload = attempt.version.request(item.request.action, stated, attempt, connector)
    for path, expected in item.request.fields:
        if isinstance(expected, Omitted):
            payload.pop(path, None)
    return payload


def _sent(script: Script, item: Exchange, payload: dict[str, Any]) -> OwnCall:
    """Send the request; what it brings about in the device, and the rows that it satisfies, are noted."""
    attempt = script.attempt
    if item.request.action in attempt.version.disruptive:
        attempt.disrupted = "boot"
    attempt.since_boot = False
    attempt.cards.asked_for = ""
    script.conversation.current_step = item.response_step
    call = script.conversation.call(item.request.action, payload)
    call.place = attempt.place(item.response_step)
    attempt.take(Seen(0, attempt.now, "tool", item.request.name, payload), item.step)
    if item.lapses is not None:
        attempt.lapse = running(item.lapses, attempt, script.overrides)
    for row in message_rows(script.case_id, item.step, item.request, item.occurrence):
        attempt.mark(row, "passed")
    attempt.step_event(item.step, item.request.name, "sent")
    return call


def _until_due(script: Script, item: Exchange, due: Timing) -> Waiting:
    """Let the time pass until the tool's request is due, counted from the message of the step that it follows."""
    attempt = script.attempt
    since = attempt.seen(due.since, due.state or attempt.scope)
    seconds = resolve(due.seconds, attempt, script.overrides)
    if since and isinstance(seconds, Literal):
        attempt.step_event(item.step, item.request.name, "waiting", f"due {seconds.text} s after step {due.since}")
        yield from script.wait_until(since[-1].at.mono_ns + round(float(seconds.value) * SECOND))
    attempt.mark(row_id(script.case_id, item.step, item.request.name, item.occurrence, "", "timing"), "passed")


def _written_key(attempt: Attempt, action: str, payload: Mapping[str, Any]) -> str:
    """The configuration key that a request of the scenario writes and that is to be put back after the case; "" when there is none.

    What a credential reads as says nothing, and to put that back would lock the device out.
    """
    if action != "ChangeConfiguration":
        return ""
    key = str(payload.get("key", ""))
    return "" if key == attempt.version.credential_key else key


def _late_boot(script: Script, boots: int) -> Waiting:
    """An optional boot that was waited for in vain may be what keeps the device from answering.

    boots: how many there had been when the request was sent. Raises CaseEnded when the device boots yet.
    """
    attempt = script.attempt
    if not script.conversation.boot_lingers:
        return
    until = attempt.now.mono_ns + attempt.timeout("reboot") + attempt.extension
    while attempt.model.boots == boots and attempt.now.mono_ns < until:
        yield until
        yield from script.interruptions()
    if attempt.model.boots != boots:
        raise CaseEnded(
            "device_lost", "INCONCLUSIVE", "the device has booted, later than its optional boot was waited for"
        )


def answer(script: Script, call: OwnCall) -> Waiting:
    """Wait for the answer to a call, as long as the message timeout allows."""
    begun = script.attempt.now.mono_ns
    script.stop_when_lapsed()
    while not call.done:
        yield from script.interruptions()
        until = begun + script.attempt.timeout("message") + script.attempt.extension
        if script.attempt.now.mono_ns >= until:
            call.abandoned = True
            return
        yield until
        script.stop_when_lapsed()


def _judge_error(script: Script, item: Exchange, call: OwnCall) -> None:
    """A CALLERROR where the table accepts one: its code is the one field that may be stated."""
    attempt, place = script.attempt, script.attempt.place(item.response_step)
    code, description = call.error or ("", "")
    attempt.mark(row_id(script.case_id, item.response_step, "CALLERROR", item.occurrence), "passed")
    attempt.step_event(item.response_step, "CALLERROR", "met")
    row = row_id(script.case_id, item.response_step, "CALLERROR", item.occurrence, "errorCode")
    if not item.errors or code in item.errors:
        attempt.mark(row, "passed")
        return
    wanted = "|".join(item.errors)
    attempt.find(
        "validation",
        place,
        "CALLERROR",
        f"Step {place}: {item.request.name} was answered with CALLERROR {code}, {item.response.name} or CALLERROR "
        f"{wanted} was due.",
        field="errorCode",
        expected=wanted,
        received=f"{code} {description}".strip(),
        row=row,
        frame=call.frame,
    )
    raise CaseEnded("validation")


def _refused(script: Script, item: Exchange, call: OwnCall) -> None:
    code, description = call.error or ("", "")
    place = script.attempt.place(item.response_step)
    script.attempt.find(
        "validation",
        place,
        "CALLERROR",
        f"Step {place}: {item.request.name} was answered with CALLERROR {code}, {item.response.name} was due.",
        expected=item.response.name,
        received=f"CALLERROR {code} {description}".strip(),
        row=row_id(script.case_id, item.response_step, item.response.name, item.occurrence),
        frame=call.frame,
    )
    raise CaseEnded("validation")


def _unanswered(script: Script, item: Exchange) -> None:
    place = script.attempt.place(item.response_step)
    script.attempt.find(
        "missing",
        place,
        item.response.name,
        f"Step {place}: {item.request.name} was not answered in time.",
        expected="<present>",
        received="<omitted>",
        row=row_id(script.case_id, item.response_step, item.response.name, item.occurrence),
    )
