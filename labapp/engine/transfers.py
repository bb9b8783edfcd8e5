"""What is said of the transfers of files between the device and the tool's own servers: observations, never findings.

The case document validates what the device reports of a transfer, not the transfer itself; this shows it beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labapp.engine.attempt import Attempt

#: Under this name the options of an attempt say which locations of [values] the tool's own servers have.
SERVED = "served"

_UPLOAD, _DOWNLOADS = "log_location", ("firmware_location", "invalid_firmware_location")
_REPORTS = {
    "Uploaded": ("DiagnosticsStatusNotification.req", "LogStatusNotification.req"),
    "Downloaded": ("FirmwareStatusNotification.req", "SignedFirmwareStatusNotification.req"),
}


def take_transfer(attempt: Attempt, facts: Mapping[str, Any]) -> None:
    """A transfer has ended, or the try at one. Of one that the tool itself makes as charge point its server need not tell besides."""
    attempt.transfers.append(facts)
    if "order" in facts:
        attempt.observe(_made(facts))
    elif attempt.tests_charge_point:
        attempt.observe(_told(facts))


def miss_transfers(attempt: Attempt) -> None:
    """At the end of a case: say of what the tool asked for, from its own servers, that it did not come."""
    served = attempt.setup.options.get(SERVED, ())
    whole = [facts["direction"] for facts in attempt.transfers if facts["complete"]]
    if _UPLOAD in served and "upload" not in whole and _asked_for(attempt, _UPLOAD):
        attempt.observe(f"no file was received{_although(attempt, 'Uploaded')}")
    asked = [key for key in _DOWNLOADS if key in served and _asked_for(attempt, key)]
    if asked and "download" not in whole and _reported(attempt, "Downloaded"):
        attempt.observe(f"no firmware was fetched{_although(attempt, 'Downloaded')}")


def _made(facts: Mapping[str, Any]) -> str:
    what, place = ("fetched the firmware", "from") if facts["direction"] == "download" else ("uploaded its log", "to")
    if facts["complete"]:
        return f"the tool {what} {place} {facts['url']}, {facts['bytes']} bytes, SHA-256 {facts['sha256']}"
    return f"the tool has not {what} {place} {facts['url']}: {facts['fault']}"


def _told(facts: Mapping[str, Any]) -> str:
    name, over = facts["name"] or "a file without a name", f"over {facts['protocol']}"
    size, fault = f"{facts['bytes']} bytes", facts["fault"]
    match facts["direction"]:
        case "login":
            return f"a login of {facts['remote']} {over} was refused: {fault}"
        case "upload" if facts["complete"]:
            kept = "" if facts["file"] == facts["name"] else f", kept as {facts['file']}"
            return f"the station uploaded {name} {over}, {size}, SHA-256 {facts['sha256']}{kept}"
        case "upload":
            return f"the station did not upload {name} whole {over}: {fault}; {size} came"
        case _ if facts["complete"]:
            return f"the station fetched {name} {over}, {size}, SHA-256 {facts['sha256']}"
        case _ if not facts["sha256"]:
            return f"the station asked for {name} {over}: {fault}"
        case _:
            return f"the station did not fetch {name} whole {over}: {fault}; {size} went"


def _asked_for(attempt: Attempt, key: str) -> bool:
    """Whether the tool has sent the location of a key."""
    location = attempt.values.get(key)
    sent = (seen.payload for seen in attempt.history() if seen.sender == "tool")
    return location is not None and any(_holds(payload, location) for payload in sent)


def _holds(value: Any, text: str) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(item, text) for item in value.values())
    return bool(value == text)


def _although(attempt: Attempt, status: str) -> str:
    return f", although the station reported {status}" if _reported(attempt, status) else ""


def _reported(attempt: Attempt, status: str) -> bool:
    return any(seen.payload.get("status") == status for name in _REPORTS[status] for seen in attempt.history(name))
