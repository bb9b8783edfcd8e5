"""What the station does with TriggerMessage.req (OCPP 1.6 edition 2, section 5.17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp.exceptions import PropertyConstraintViolationError
from ocpp.v16 import call, call_result

from labapp.simulator.device import Device
from labapp.simulator.session import Route

_OF_FILES = ("DiagnosticsStatusNotification", "FirmwareStatusNotification")


class Triggers:
    """The route of TriggerMessage.req. announce, beat: send a BootNotification.req, a Heartbeat.req."""

    def __init__(self, device: Device, *, announce: Callable[[], None], beat: Callable[[], None]) -> None:
        self._device = device
        self._runtime = device.runtime
        self._announce = announce
        self._beat = beat

    def routes(self) -> Mapping[str, Route]:
        """What the station does with a trigger."""
        return {"TriggerMessage": Route(self._trigger, self._after_trigger)}

    def _trigger(self, requested_message: str, connector_id: int | None = None, **_: Any) -> call_result.TriggerMessage:
        if self._runtime.config.call_errors and not self._is_connector(connector_id):
            raise PropertyConstraintViolationError(details={"cause": f"there is no connector {connector_id}"})
        return call_result.TriggerMessage(status=self._status(requested_message, connector_id))

    def _is_connector(self, connector_id: int | None) -> bool:
        return connector_id in (None, 0) or connector_id in self._device.connectors

    def _status(self, requested_message: str, connector_id: int | None) -> str:
        if self._runtime.defect("trigger_refused_before_boot") and not self._runtime.accepted:
            return "Rejected"
        if requested_message in ("BootNotification", "Heartbeat"):
            return "Accepted"
        if requested_message in _OF_FILES:
            manages = "FirmwareManagement" in self._runtime.config.feature_profiles
            return "Accepted" if manages else "NotImplemented"
        if requested_message == "StatusNotification":
            return "Accepted" if self._is_connector(connector_id) else "Rejected"
        if requested_message == "MeterValues":
            only_charging = self._runtime.defect("meter_trigger_only_in_transaction")
            idle = all(each.transaction is None for each in self._device.connectors.values())
            known = connector_id is None or connector_id in self._device.connectors
            return "Accepted" if known and not (only_charging and idle) else "Rejected"
        return "NotImplemented"

    def _after_trigger(self, requested_message: str, connector_id: int | None = None, **_: Any) -> None:
        device = self._device
        if not self._is_connector(connector_id) or self._status(requested_message, connector_id) != "Accepted":
            return
        if requested_message == "BootNotification":
            self._announce()
        elif requested_message == "Heartbeat":
            self._beat()
        elif requested_message == "DiagnosticsStatusNotification":
            device.outbox.send(call.DiagnosticsStatusNotification(status=device.diagnostics.status))
        elif requested_message == "FirmwareStatusNotification":
            device.outbox.send(call.FirmwareStatusNotification(status=device.firmware.status))
        elif requested_message == "StatusNotification":
            for number in [connector_id] if connector_id is not None else [0, *device.connectors]:
                device.reporter.report(number)
        else:
            for number in [connector_id] if connector_id is not None else list(device.connectors):
                device.transactions.triggered(number)
