"""OCPP 2.0.1 messages as a case writes them: `Reset.req(type="Immediate")` is the ResetRequest."""

from __future__ import annotations

from labapp.ocpp.action import Action


def _action(name: str) -> Action:
    return Action(name, "Request", "Response")


Authorize = _action("Authorize")
BootNotification = _action("BootNotification")
NotifyEvent = _action("NotifyEvent")
Reset = _action("Reset")
StatusNotification = _action("StatusNotification")
TransactionEvent = _action("TransactionEvent")
