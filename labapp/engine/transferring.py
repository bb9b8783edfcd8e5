"""Files that the tool as charge point really moves: a firmware from the location that the central system gave, a log to it.

The transfer itself is the world's; an order goes out, and what came of it comes in as an event. Nothing of the central system is
judged here: a location that does not work, or one that works and should not, leaves the case open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labapp.domain.expectations import Literal
from labapp.domain.testcase import Transfer
from labapp.engine.attempt import CaseEnded
from labapp.engine.events import FileOrder
from labapp.engine.matching import resolve
from labapp.engine.waiting import Waiting

if TYPE_CHECKING:
    from labapp.engine.script import Script

_VERBS = {"download": ("fetched from", "the firmware"), "upload": ("uploaded to", "the log")}


def transfer(script: Script, item: Transfer) -> Waiting:
    """Have a file moved and wait for the outcome. Raises CaseEnded when it is not the one that the scenario goes on from."""
    attempt = script.attempt
    location = resolve(item.location, attempt, script.overrides)
    url = location.value if isinstance(location, Literal) else None
    verb, what = _VERBS[item.direction]
    if not isinstance(url, str):
        raise CaseEnded("operator", "INCONCLUSIVE", f"{what} cannot be {verb} a location that was not given")
    number = attempt.file_orders = attempt.file_orders + 1
    attempt.outputs.append(FileOrder(number, item.direction, url, *_log(script, item)))
    until = attempt.now.mono_ns + attempt.timeout("firmware")
    while (facts := _outcome(attempt.transfers, number)) is None:
        yield from script.interruptions()
        if attempt.now.mono_ns >= until + attempt.extension:
            raise CaseEnded("operator", "INCONCLUSIVE", f"{what} could not be {verb} {url} in time")
        yield until + attempt.extension
    if item.works and not facts["complete"]:
        raise CaseEnded("operator", "INCONCLUSIVE", f"{what} could not be {verb} {url}: {facts['fault']}")
    if facts["complete"] and not item.works:
        raise CaseEnded(
            "operator", "INCONCLUSIVE", f"{what} was {verb} {url}, which had to fail: another location is needed"
        )


def _log(script: Script, item: Transfer) -> tuple[str, str]:
    """Name and content of what is uploaded, nothing for a download."""
    if item.name is None:
        return "", ""
    name = resolve(item.name, script.attempt, script.overrides)
    content = f"Diagnostics of the charge point that labapp plays in {script.attempt.case.id}.\n"
    return str(name.value) if isinstance(name, Literal) else "diagnostics.log", content


def _outcome(transfers: list[Mapping[str, Any]], number: int) -> Mapping[str, Any] | None:
    return next((facts for facts in transfers if facts.get("order") == number), None)
