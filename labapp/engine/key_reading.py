"""000_KEYS: a charging station tells its configuration keys, once it has connected and before the first case.

What it tells stands in the device model afterwards, value and accessibility; nothing that it does is judged here. Document 004
asks in section 7.3 that the cases be chosen by what the station supports, which the declaration alone does not always say.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from labapp.domain.payloads import objects
from labapp.engine.attempt import CaseEnded
from labapp.engine.calling import answer
from labapp.engine.script import Script
from labapp.engine.waiting import Waiting

_MOST_KEYS = "GetConfigurationMaxKeys"


def read_keys(script: Script) -> Waiting:
    """000_KEYS. Raises CaseEnded when there is no connection, or when the station does not tell its keys.

    A station may limit its answer: then it is asked for the keys that `options["keys"]` names and that were not among them.
    """
    attempt = script.attempt
    if not attempt.link_up:
        raise CaseEnded("device_lost", "FAIL", "the device is not connected")
    yield from _booted(script)
    told = yield from _ask(script, ())
    missing = [key for key in attempt.setup.options.get("keys", ()) if key.lower() not in (told or ())]
    for part in _in_parts(missing, attempt.configuration(_MOST_KEYS)):
        further = yield from _ask(script, part)
        if further is not None:
            told = further | (told or set())
            for key in part:
                if key.lower() not in further:
                    attempt.model.note_absent(key)
    if told is None:
        raise CaseEnded("validation", "FAIL", "the device does not tell its configuration keys")


def _booted(script: Script) -> Waiting:
    """A boot that is under way is waited for, briefly: a station that was only reconnected does not boot."""
    attempt = script.attempt
    until = attempt.now.mono_ns + attempt.timeout("message") // 6
    while not attempt.model.accepted and attempt.now.mono_ns < until:
        yield until


def _ask(script: Script, keys: Sequence[str]) -> Generator[int | None, None, set[str] | None]:
    """Ask for keys, all when there is none; the keys that were told, in lower case, None without an answer."""
    attempt = script.attempt
    request = attempt.version.read_configuration(keys)
    call = script.conversation.call(request.action, dict(request.payload))
    yield from answer(script, call)
    if call.answer is None:
        attempt.observe(f"{request.action}: {'CALLERROR ' + call.error[0] if call.error else 'no answer'}")
        return None
    return {str(entry.get("key", "")).lower() for entry in objects(call.answer.payload, "configurationKey")}


def _in_parts(keys: Sequence[str], most: str | None) -> list[Sequence[str]]:
    """The keys in parts that the station takes at once."""
    size = int(most) if most is not None and most.strip().isdecimal() and int(most) > 0 else len(keys)
    return [keys[start : start + size] for start in range(0, len(keys), size)] if keys else []
