"""The utilities of the campaign: 000_RESET (basic idle state), 000_STOPTX (end a transaction), and the idle attempt between cases.

Document 004 sections 7.2.2 and 7.3 ask for the first two and define neither. Here 000_RESET passes when the idle state of
003 section 1.3 is shown on the wire: no transaction, nothing reserved or installed, every connector Available, and a quiet
window without a message that speaks of anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from labapp.domain.device import Transaction
from labapp.domain.testcase import IDLE_ID, KEYS_ID, RESET_ID, STOP_TRANSACTION_ID
from labapp.engine.attempt import SECOND, CaseEnded
from labapp.engine.calling import answer
from labapp.engine.key_reading import read_keys
from labapp.engine.preparation import put_back, set_configuration
from labapp.engine.script import Script
from labapp.engine.waiting import Waiting

_BUSY = frozenset({"StartTransaction", "StopTransaction", "MeterValues", "StatusNotification", "BootNotification"})

#: Statuses that only a transaction has.
_IN_TRANSACTION = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE"})
#: Statuses in which a cable, or an authorization that waits for one, holds a connector.
_PLUGGED = frozenset({"Preparing", "Finishing", "SuspendedEV", "SuspendedEVSE"})


#: How often it is begun anew when the device does something of its own accord meanwhile.
_ROUNDS = 4

#: How a fault that an operator has brought about is ended, by action.
_MENDING = {
    "clear_fault": "End the fault of {where}: release what was blocked or disturbed.",
    "unplug": "Take the cable that is only halfway in out of {where}.",
}


def reset(script: Script) -> Waiting:
    """000_RESET. Raises CaseEnded with verdict NOT_RUN's cause when the idle state cannot be shown."""
    attempt = script.attempt
    mode = attempt.setup.options.get("reset", "ocpp")
    yield from _power(script)
    yield from _link(script)
    yield from _boot_under_way(script)
    yield from _clear_faults(script)
    if mode == "manual":
        yield from _by_hand(script)
    # An update that has not ended by now has lost its way; a boot ends it.
    if mode == "always" or attempt.model.updating:
        yield from _reboot(script)
    booted = False
    for _ in range(_ROUNDS):
        yield from _boot_under_way(script)
        yield from _settle(script)
        ended = yield from _end_transactions(script)
        attempt.model.inoperative = sorted({*attempt.model.inoperative, *_unavailable(script)})
        yield from put_back(script)
        yield from _no_status_delay(script)
        free = yield from _available(script)
        if ended and free and (yield from _is_quiet(script)):
            return
        if not booted and not (ended and free):
            booted = True
            yield from _reboot(script)
    raise CaseEnded("validation", "FAIL", _why_not_idle(script))


def stop_transactions(script: Script) -> Waiting:
    """000_STOPTX. Raises CaseEnded when a transaction goes on."""
    if not (yield from _end_transactions(script)):
        raise CaseEnded("validation", "FAIL", _why_not_idle(script))


def _end_transactions(script: Script) -> Generator[int | None, None, bool]:
    """End what runs, remotely, or by prompt when its id is unknown or the tool never heard of it; whether nothing runs any more."""
    model = script.attempt.model
    for transaction in [known for known in model.transactions if known.id is not None]:
        request = script.attempt.version.end_transaction(transaction.id or 0)
        if (yield from _ask(script, request.action, dict(request.payload))):
            yield from _until(script, lambda t=transaction: t not in model.transactions, "message")  # type: ignore[misc]
        if transaction not in model.transactions:
            # It has ended, whatever the connector shows until the next status comes.
            model.statuses.pop(transaction.connector, None)
    yield from _until(script, lambda: not _charging(script), "message", brief=True)
    for connector in _charging(script):
        if model.on(connector) is None:
            model.start(Transaction(None, connector, str(script.attempt.values.get("valid_id_tag", ""))))
        running = model.on(connector)
        yield from _prompt(
            script,
            "present_id",
            f"End the transaction on connector {connector} at the station.",
            {"connector": connector, "id_tag": running.id_tag if running else ""},
            lambda c=connector: model.on(c) is None or c not in _charging(script),  # type: ignore[misc]
        )
    # What no connector shows any more has ended, under whatever id.
    shown = _charging(script)
    model.transactions = [known for known in model.transactions if known.connector in shown]
    return not model.transactions


def _charging(script: Script) -> list[int]:
    """Connectors with a status that only a transaction has."""
    return [connector for connector in script.attempt.connectors if script.attempt.status(connector) in _IN_TRANSACTION]


def idle(script: Script) -> Waiting:
    """Answer what comes until the campaign ends it."""
    while True:
        yield None


def _power(script: Script) -> Waiting:
    """Have the power given back that a case has had taken and that nobody has given back."""
    if script.attempt.model.unpowered:
        yield from _prompt(
            script, "power_on", "Give the station its power back.", {}, lambda: not script.attempt.model.unpowered
        )
        script.attempt.model.unpowered = False


def _clear_faults(script: Script) -> Waiting:
    """Have the faults ended that an operator was asked to bring about; a blocked lock shows nothing, so the operator says so."""
    for connector, action in list(script.attempt.model.tampered.items()):
        where = f"connector {connector}" if connector else "the station"
        yield from _prompt(script, action, _MENDING[action].format(where=where), {"connector": connector}, None)
        script.attempt.model.manipulated(action, connector)


def _link(script: Script) -> Waiting:
    attempt = script.attempt
    yield from _until(script, lambda: attempt.link_up, "connect")
    if not attempt.link_up:
        raise CaseEnded("device_lost", "FAIL", "the device is not connected")


def _boot_under_way(script: Script) -> Waiting:
    """Let a firmware update and a boot that the case before has brought about come to their ends, where they do."""
    model = script.attempt.model
    yield from _until(script, lambda: not model.updating, "firmware")
    yield from _until(script, lambda: not model.booting and (model.accepted or not model.boots), "reboot")
    model.booting = False


def _settle(script: Script) -> Waiting:
    """Know the status of every connector."""
    attempt = script.attempt
    yield from _until(script, lambda: not _unknown(script), "message", brief=True)
    for connector in _unknown(script):
        request = attempt.version.ask_status(connector)
        yield from _ask(script, request.action, dict(request.payload))
    if _unknown(script):
        yield from _until(script, lambda: not _unknown(script), "message", brief=True)
    if _unknown(script):
        yield from _reboot(script)


def _unknown(script: Script) -> list[int]:
    return [connector for connector in script.attempt.connectors if not script.attempt.status(connector)]


def _reboot(script: Script) -> Waiting:
    attempt = script.attempt
    request = attempt.version.reset()
    boots = attempt.model.boots
    answer = yield from _ask(script, request.action, dict(request.payload))
    if not answer:
        raise CaseEnded("validation", "FAIL", "the device is not idle and refuses a reset")
    attempt.disrupted = "boot"
    attempt.model.statuses.clear()
    yield from _until(script, lambda: attempt.model.boots > boots, "reboot")
    if attempt.model.boots == boots:
        raise CaseEnded("device_lost", "FAIL", "the device did not boot after a reset")
    yield from _until(script, lambda: not _unknown(script), "message")


def _available(script: Script) -> Generator[int | None, None, bool]:
    """Wait until every connector, and connectorId 0 where it is reported, is Available; ask to unplug where a cable is in the way."""
    attempt = script.attempt
    # What is neither free nor held by a cable is still on its way.
    yield from _until(
        script, lambda: all(attempt.status(c) in _PLUGGED for c in _not_available(script)), "message", brief=True
    )
    for connector in _not_available(script):
        if attempt.status(connector) in _PLUGGED:
            yield from _unplug(script, connector)
        if attempt.status(connector) in _PLUGGED and connector:
            # The cable may be locked.
            request = attempt.version.unlock(connector)
            yield from _ask(script, request.action, dict(request.payload))
            yield from _unplug(script, connector)
    for connector in sorted(attempt.model.cabled):
        # The wire has shown nothing of a cable that the operator was asked to plug in.
        where = f"Take the cable out of connector {connector}, if it is in."
        yield from _prompt(script, "unplug", where, {"connector": connector}, None)
        attempt.model.cabled.discard(connector)
    # A station may need a while to be free again after a cable has gone.
    finishing = any(attempt.status(connector) in _PLUGGED for connector in _not_available(script))
    yield from _until(script, lambda: not _not_available(script), "long_operation" if finishing else "message")
    return not _not_available(script)


def _unplug(script: Script, connector: int) -> Waiting:
    yield from _prompt(
        script,
        "unplug",
        f"Take the cable out of connector {connector}, on both sides. Without a cable, wait until the station is free.",
        {"connector": connector},
        lambda: script.attempt.status(connector) == "Available",
    )


def _unavailable(script: Script) -> list[int]:
    return [connector for connector in script.attempt.connectors if script.attempt.status(connector) == "Unavailable"]


def _not_available(script: Script) -> list[int]:
    attempt = script.attempt
    reported = [0] if 0 in attempt.model.statuses else []
    return [connector for connector in (*reported, *attempt.connectors) if attempt.status(connector) != "Available"]


def _why_not_idle(script: Script) -> str:
    attempt = script.attempt
    states = [f"connector {c} is {attempt.status(c) or 'unknown'}" for c in _not_available(script)]
    states += [f"the transaction on connector {one.connector} could not be ended" for one in attempt.model.transactions]
    states += ["its firmware update has not ended"] if attempt.model.updating else []
    return "the device is not idle: " + ", ".join(states)


def _is_quiet(script: Script) -> Generator[int | None, None, bool]:
    """Let a window pass without a message that could belong to a queue, a transaction or a boot; each such message starts it again.

    Whether the device is idle at its end.
    """
    attempt = script.attempt
    window = round(float(attempt.setup.options.get("quiet_window", 3)) * SECOND)
    limit = attempt.now.mono_ns + attempt.timeout("reboot")
    begun = attempt.now.mono_ns
    seen = len(attempt.history())
    while attempt.now.mono_ns < begun + window:
        yield begun + window
        news = [m for m in attempt.history()[seen:] if m.sender == "sut"]
        seen = len(attempt.history())
        if any(m.message.removesuffix(".req") in _BUSY for m in news):
            begun = attempt.now.mono_ns
        if attempt.now.mono_ns >= limit:
            raise CaseEnded("validation", "FAIL", "the device does not come to rest")
    return not (_not_available(script) or attempt.model.transactions or attempt.model.updating)


def _no_status_delay(script: Script) -> Waiting:
    """MinimumStatusDuration is 0 for all cases that do not say otherwise (003 section 1.3)."""
    attempt = script.attempt
    key = attempt.version.status_duration_key
    if not key or attempt.configuration(key) == "0" or attempt.model.known_absent(key):
        return
    try:
        yield from set_configuration(script, key, "0", if_implemented=True)
        attempt.model.owed.pop(key, None)
        if attempt.configuration(key) is None:
            attempt.model.note_absent(key)
    except CaseEnded as ended:
        attempt.observe(f"{key} is not 0: {ended.text}")


def _by_hand(script: Script) -> Waiting:
    yield from _prompt(
        script,
        "inspect",
        "Bring the station to its idle state: no cable, no transaction, no reservation, no fault.",
        {"subject": "idle state", "expected": "every connector available"},
        None,
    )


def _ask(script: Script, action: str, payload: dict[str, object]) -> Generator[int | None, None, bool]:
    """Send a request; whether it was answered by anything but a refusal."""
    attempt = script.attempt
    call = script.conversation.call(action, payload)
    yield from answer(script, call)
    if call.answer is None:
        attempt.observe(f"{action}: {'CALLERROR ' + call.error[0] if call.error else 'no answer'}")
        return False
    status = call.answer.payload.get("status")
    if status in ("Rejected", "Failed", "NotSupported", "NotImplemented"):
        attempt.observe(f"{action}: {status}")
        return False
    return True


def _until(script: Script, holds: Callable[[], bool], timeout: str, *, brief: bool = False) -> Waiting:
    """Wait until something holds, at most the timeout; brief: at most a sixth of it."""
    attempt = script.attempt
    until = attempt.now.mono_ns + attempt.timeout(timeout) // (6 if brief else 1)
    while not holds() and attempt.now.mono_ns < until + attempt.extension:
        yield until + attempt.extension


def _prompt(
    script: Script, action: str, text: str, args: dict[str, object], holds: Callable[[], bool] | None
) -> Waiting:
    """Ask for an action. holds: whether the wire shows that it was done; None where only the operator can say so."""
    attempt = script.attempt
    prompt = attempt.ask("action", action, text, args)
    until = attempt.patience_ends()
    while prompt.id in attempt.prompts:
        if holds is not None and holds():
            attempt.close(prompt, "wire")
        elif until is not None and attempt.now.mono_ns >= until:
            attempt.close(prompt, "tool")
        else:
            yield until
    answer = attempt.answers.get(prompt.id)
    if holds is not None and answer is not None and answer.outcome == "done":
        yield from _until(script, holds, "message")


UTILITIES: dict[str, Callable[[Script], Waiting]] = {
    KEYS_ID: read_keys,
    RESET_ID: reset,
    STOP_TRANSACTION_ID: stop_transactions,
    IDLE_ID: idle,
}
