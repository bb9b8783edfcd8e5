"""What the wire shows of a manual action: the requests of the device that say that the operator has done it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_STATUS = "StatusNotification"
_TRANSACTION = ("StartTransaction", "StopTransaction")

#: Requests of the device, by the name of the action that they show. An action that is not here shows nothing by itself.
SHOWN_BY: Mapping[str, frozenset[str]] = {
    "plug_in": frozenset({_STATUS, "StartTransaction"}),
    "plug_in_halfway": frozenset({_STATUS}),
    "unplug": frozenset({_STATUS, "StopTransaction"}),
    "unplug_ev_side": frozenset({_STATUS, "StopTransaction"}),
    "present_id": frozenset({"Authorize", _STATUS, *_TRANSACTION}),
    "power_cycle": frozenset({"BootNotification"}),
    "power_on": frozenset({"BootNotification"}),
    "set_fault": frozenset({_STATUS}),
    "clear_fault": frozenset({_STATUS}),
    "set_connector_lock_failure": frozenset({_STATUS}),
    "start_button": frozenset({_STATUS, "StartTransaction"}),
    "stop_button": frozenset({_STATUS, "StopTransaction"}),
    "ev_suspend": frozenset({_STATUS}),
}


def resolves(name: str, arguments: Mapping[str, Any], message: str, payload: Mapping[str, Any]) -> bool:
    """Whether a request that a step waited for shows that the action was done; a request of another connector does not."""
    action = message.removesuffix(".req").removesuffix("Request")
    if action not in SHOWN_BY.get(name, ()):
        return False
    return "connector" not in arguments or payload.get("connectorId", arguments["connector"]) == arguments["connector"]
