"""Configuration states before a case, and putting back afterwards what the case has changed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from labapp.domain.expectations import Not, Omitted
from labapp.domain.testcase import Configuration
from labapp.domain.view import Seen
from labapp.engine.attempt import CaseEnded
from labapp.engine.calling import answer
from labapp.engine.linking import link_state
from labapp.engine.matching import resolve, same_configuration_value, show
from labapp.engine.paths import values_at
from labapp.engine.waiting import Waiting

if TYPE_CHECKING:
    from labapp.engine.script import Script

_MASK = "*"


def configure(script: Script, item: Configuration) -> Waiting:
    """Bring a configuration key to what the case states: a value, or any other than one; nothing where the project has no value."""
    expected = resolve(item.value, script.attempt, script.overrides)
    if isinstance(expected, Omitted):
        script.attempt.observe(f"{item.key}: the project has no value for it")
    elif isinstance(expected, Not):
        yield from _set_otherwise(script, item.key, expected.inner.text)
    else:
        yield from set_configuration(script, item.key, expected.text, if_implemented=item.if_implemented)


def set_configuration(script: Script, key: str, value: str, *, if_implemented: bool) -> Waiting:
    """Bring a key to a value and remember what it was.

    An absent key is skipped where the case says "if implemented". Refused but already so: go on. Otherwise the case ends
    INCONCLUSIVE, naming the key: the device was not shown to violate anything.
    """
    attempt = script.attempt
    current = yield from read_key(script, key)
    if current is None:
        if if_implemented:
            attempt.observe(f"{key} is not implemented: its configuration state is skipped")
            return
        raise CaseEnded(
            "in_preparation", "INCONCLUSIVE", f"{key} is not implemented, but the case needs it to be {value}"
        )
    before = attempt.configuration(key)
    if same_configuration_value(before, value):
        return
    outcome = yield from _write(script, key, value)
    if key == attempt.version.credential_key:
        # What it reads as says nothing, and to put back what it read as would lock the device out.
        yield from _login_again(script, outcome)
        return
    if outcome == "reboot":
        yield from _reboot(script)
    elif outcome != "accepted":
        raise CaseEnded("in_preparation", "INCONCLUSIVE", f"{key} could not be set to {value}: {outcome}")
    attempt.model.owe(key, before)
    yield from read_key(script, key)
    now = attempt.configuration(key)
    if now is not None and not set(now) <= {_MASK} and not same_configuration_value(now, value):
        raise CaseEnded("in_preparation", "INCONCLUSIVE", f"{key} was set to {value} and accepted, but reads {now}")


def _set_otherwise(script: Script, key: str, unwanted: str) -> Waiting:
    """Bring a key to any value but this one: twice the number, or the other truth value."""
    current = yield from read_key(script, key)
    if current is not None and not same_configuration_value(script.attempt.configuration(key), unwanted):
        return
    other = str(2 * int(unwanted) or 60) if unwanted.isdecimal() else str(unwanted.lower() != "true").lower()
    yield from set_configuration(script, key, other, if_implemented=False)


def _login_again(script: Script, outcome: str) -> Waiting:
    """Let the device connect again with the password that it was given; one that goes on without is as good."""
    attempt = script.attempt
    if outcome not in ("accepted", "reboot"):
        raise CaseEnded("in_preparation", "INCONCLUSIVE", f"the password could not be set: {outcome}")
    if outcome == "reboot":
        yield from _reboot(script)
        return
    attempt.disrupted = "link"
    yield from link_state(script, up=False, timeout="message", brief=True)
    if not attempt.link_up and not (yield from link_state(script, up=True, timeout="reconnect")):
        raise CaseEnded("in_preparation", "INCONCLUSIVE", "the device did not come back after its password was set")
    attempt.disrupted = ""


def read_key(script: Script, key: str) -> Generator[int | None, None, Seen | None]:
    """Read one key; None when the device does not know it. Its value is in the device model afterwards."""
    attempt = script.attempt
    request = attempt.version.read_configuration([key])
    call = script.conversation.call(request.action, request.payload)
    yield from answer(script, call)
    if call.answer is None:
        what = f"CALLERROR {call.error[0]}" if call.error else "no answer"
        raise CaseEnded("in_preparation", "INCONCLUSIVE", f"{key} could not be read: {what}")
    known = any(
        isinstance(entry, dict) and str(entry.get("key", "")).lower() == key.lower()
        for _, entry in values_at(call.answer.payload, "configurationKey[]")
    )
    return call.answer if known else None


def _write(script: Script, key: str, value: str) -> Generator[int | None, None, str]:
    request = script.attempt.version.write_configuration(key, value)
    call = script.conversation.call(request.action, request.payload)
    yield from answer(script, call)
    if call.answer is None:
        return f"CALLERROR {call.error[0]}" if call.error else "no answer"
    return script.attempt.version.written(call.answer.payload)


def _reboot(script: Script) -> Waiting:
    """Reset the device and wait until it has booted and reported its connectors, which is no part of the scenario."""
    attempt = script.attempt
    request = attempt.version.reset()
    boots = attempt.model.boots
    attempt.disrupted = "boot"
    attempt.settling = True
    call = script.conversation.call(request.action, request.payload)
    yield from answer(script, call)
    until = attempt.now.mono_ns + attempt.timeout("reboot")
    while attempt.model.boots == boots or not attempt.model.accepted:
        if attempt.now.mono_ns >= until + attempt.extension:
            raise CaseEnded("in_preparation", "INCONCLUSIVE", "the device did not boot after a key that needs a reboot")
        yield until + attempt.extension
    expected = {*attempt.connectors, *({0} if 0 in attempt.model.statuses else ())}
    until = attempt.now.mono_ns + attempt.timeout("message")
    while not expected <= attempt.notifications.keys() and attempt.now.mono_ns < until + attempt.extension:
        yield until + attempt.extension
    attempt.settling = False


def put_back(script: Script) -> Waiting:
    """Put back what was changed on the device. A list or cache that is to be switched off again is emptied before."""
    attempt = script.attempt
    switched_off = [
        key
        for key, before in attempt.model.owed.items()
        if key in attempt.version.stores and before.strip().lower() == "false"
    ]
    yield from _restore(script, [key for key in attempt.model.owed if key not in switched_off])
    yield from tidy(script)
    yield from _restore(script, switched_off)


def _restore(script: Script, keys: Sequence[str]) -> Waiting:
    """Put changed keys back and verify them; drift is reported by name. Nothing here changes the verdict.

    What could not be put back stays owed, and is tried again at the next 000_RESET.
    """
    attempt = script.attempt
    if not attempt.link_up:
        for key in keys:
            attempt.observe(f"{key} could not be put back: there is no connection", rule="drift")
        return
    for key, before in [(key, attempt.model.owed[key]) for key in keys]:
        try:
            outcome = yield from _write(script, key, before)
            if outcome == "reboot":
                yield from _reboot(script)
            yield from read_key(script, key)
        except CaseEnded as ended:
            attempt.observe(f"{key} could not be put back to {before}: {ended.text}", rule="drift")
            continue
        del attempt.model.owed[key]
        now = attempt.configuration(key)
        if not same_configuration_value(now, before):
            attempt.observe(f"{key} was {before} before the case and is {now} now ({outcome})", rule="drift")


def tidy(script: Script) -> Waiting:
    """Take back what has been set on the charge point: reservations, profiles, lists, cache, availability; drift is reported."""
    attempt = script.attempt
    if not attempt.link_up:
        return
    for request in attempt.version.tidy(attempt.model):
        call = script.conversation.call(request.action, request.payload)
        yield from answer(script, call)
        if call.answer is None:
            what = f"CALLERROR {call.error[0]}" if call.error else "no answer"
            attempt.observe(f"{request.action} to bring the device back: {what}", rule="drift")
            if call.error is None:
                return
        elif left := attempt.version.drift(request.action, call.answer.payload):
            attempt.observe(f"{left}: {request.action} was answered {show(call.answer.payload)}", rule="drift")
    attempt.model.tidied()


def end_own_transaction(script: Script) -> Waiting:
    """The tool as charge point ends the transaction that a case has left running, so that the central system is idle again."""
    attempt = script.attempt
    if not attempt.link_up:
        return
    for request in attempt.version.finish(attempt):
        call = script.conversation.call(request.action, request.payload)
        yield from answer(script, call)
        if call.answer is None:
            attempt.observe(f"{request.action} at the end of the case was not answered", rule="drift")
