"""A simulated OCPP 2.0.1 central system, as far as provisioning, authorization, transactions and reset go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp.v201 import call, call_result

from labapp.engine.ports import Clock
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_habits import HABITS_201
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.fields import overlaid
from labapp.simulator.session import Route


class Csms201(SimulatedCsms):
    """An OCPP 2.0.1 central system."""

    version = "2.0.1"
    calls = call
    habits = HABITS_201

    def __init__(self, config: CsmsConfig, clock: Clock) -> None:
        super().__init__(config, clock)
        self._running: list[str] = []

    def routes(self) -> Mapping[str, Route]:
        """What the central system does with each action of a station (OCPP 2.0.1, part 2)."""
        return {
            "Authorize": Route(lambda id_token, **_: call_result.Authorize(id_token_info=self._info(id_token))),
            "BootNotification": Route(self._boot_notification, self.after_boot),
            "DataTransfer": Route(lambda **_: call_result.DataTransfer(status="UnknownVendorId")),
            "FirmwareStatusNotification": Route(lambda **_: call_result.FirmwareStatusNotification()),
            "Heartbeat": Route(lambda **_: call_result.Heartbeat(current_time=self.now())),
            "LogStatusNotification": Route(lambda **_: call_result.LogStatusNotification()),
            "MeterValues": Route(lambda **_: call_result.MeterValues()),
            "NotifyEvent": Route(lambda **_: call_result.NotifyEvent()),
            "NotifyReport": Route(lambda **_: call_result.NotifyReport()),
            "SecurityEventNotification": Route(lambda **_: call_result.SecurityEventNotification()),
            "StatusNotification": Route(lambda **_: call_result.StatusNotification()),
            "TransactionEvent": Route(self._transaction_event),
        }

    def default_fields(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The central system's own choice of fields."""
        connector = self.config.connector_id
        table: Mapping[str, dict[str, Any]] = {
            "ChangeAvailability": {"operationalStatus": "Operative"},
            "ClearCache": {},
            "GetBaseReport": {"requestId": 1, "reportBase": "FullInventory"},
            "GetVariables": {
                "getVariableData": [{"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]
            },
            "RequestStartTransaction": {
                "idToken": {"idToken": self.config.id_tag, "type": "Central"},
                "remoteStartId": 1,
                "evseId": connector,
            },
            "RequestStopTransaction": {"transactionId": self._running[-1] if self._running else "unknown"},
            "Reset": {"type": "Immediate"},
            "TriggerMessage": {"requestedMessage": "StatusNotification"},
            "UnlockConnector": {"evseId": connector, "connectorId": 1},
        }
        return table.get(action)

    def written(self, action: str, payload: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The payload with this central system's defects."""
        if action == "Reset" and "wrong_reset_type" in self.config.defects:
            return overlaid(payload, {"type": {"Immediate": "OnIdle", "OnIdle": "Immediate"}[payload["type"]]})
        if "evseId" in payload and "wrong_connector" in self.config.defects:
            return overlaid(payload, {"evseId": payload["evseId"] + 1})
        return payload

    def answered(self, action: str, payload: Mapping[str, Any], answer: Any) -> None:
        """No answer of a station changes what this central system does next."""

    def _boot_notification(self, **_: Any) -> call_result.BootNotification:
        return call_result.BootNotification(
            current_time=self.now(), interval=self.config.heartbeat_interval, status=self.boot_status()
        )

    def _transaction_event(
        self,
        event_type: str,
        transaction_info: Mapping[str, Any],
        id_token: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> call_result.TransactionEvent:
        transaction_id = str(transaction_info["transaction_id"])
        self._running = [each for each in self._running if each != transaction_id]
        if event_type != "Ended":
            self._running.append(transaction_id)
        return call_result.TransactionEvent(id_token_info=self._info(id_token) if id_token else None)

    def _info(self, id_token: Mapping[str, Any]) -> dict[str, Any]:
        tag = self.config.tag(str(id_token["id_token"]))
        group = {"group_id_token": {"id_token": tag.parent, "type": "Central"}} if tag.parent else {}
        return {"status": tag.status, **group}
