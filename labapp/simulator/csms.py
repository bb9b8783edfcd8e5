"""A simulated OCPP 1.6 central system: it registers stations, authorizes users, keeps transactions, and sends what it is told to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp.v16 import call, call_result

from labapp.engine.ports import Clock
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_requests import charging_profile, default_fields
from labapp.simulator.csms_settings import CsmsConfig, Tag
from labapp.simulator.fields import overlaid
from labapp.simulator.session import Route


class Csms16(SimulatedCsms):
    """An OCPP 1.6 central system."""

    version = "1.6"
    calls = call

    def __init__(self, config: CsmsConfig, clock: Clock) -> None:
        super().__init__(config, clock)
        self._running: set[int] = set()
        self._last_transaction = 0

    def routes(self) -> Mapping[str, Route]:
        """What the central system does with each action of a station (OCPP 1.6 edition 2, section 4)."""
        return {
            "Authorize": Route(self._authorize),
            "BootNotification": Route(self._boot_notification),
            "DataTransfer": Route(lambda **_: call_result.DataTransfer(status="UnknownVendorId")),
            "DiagnosticsStatusNotification": Route(lambda **_: call_result.DiagnosticsStatusNotification()),
            "FirmwareStatusNotification": Route(lambda **_: call_result.FirmwareStatusNotification()),
            "Heartbeat": Route(lambda **_: call_result.Heartbeat(current_time=self.now())),
            "MeterValues": Route(lambda **_: call_result.MeterValues()),
            "StartTransaction": Route(self._start_transaction),
            "StatusNotification": Route(lambda **_: call_result.StatusNotification()),
            "StopTransaction": Route(self._stop_transaction),
        }

    def default_fields(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The central system's own choice of fields, as `csms_requests` lists them."""
        now = self._clock.now().utc
        payload = default_fields(
            action,
            now=now,
            id_tag=self.config.id_tag,
            connector_id=self.config.connector_id,
            transaction_id=max(self._running, default=None),
        )
        if payload is not None and action == "RemoteStartTransaction" and _mentions(fields, "chargingProfile"):
            payload["chargingProfile"] = charging_profile("TxProfile", now)
        return payload

    def spoilt_request(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload as this central system's defects make it."""
        defects = self.config.defects
        if action == "SetChargingProfile" and "wrong_profile_purpose" in defects:
            return overlaid(payload, {"csChargingProfiles.chargingProfilePurpose": "ChargePointMaxProfile"})
        if action == "RemoteStopTransaction" and "wrong_transaction_id" in defects:
            return overlaid(payload, {"transactionId": payload["transactionId"] + 1})
        return super().spoilt_request(action, payload)

    def _authorize(self, id_tag: str, **_: Any) -> call_result.Authorize:
        return call_result.Authorize(id_tag_info=_info(self.config.tag(id_tag)))

    def _boot_notification(self, **_: Any) -> call_result.BootNotification:
        return call_result.BootNotification(
            current_time=self.now(), interval=self.config.heartbeat_interval, status=self.boot_status()
        )

    def _start_transaction(self, id_tag: str, **_: Any) -> call_result.StartTransaction:
        self._last_transaction += 1
        self._running.add(self._last_transaction)
        return call_result.StartTransaction(
            transaction_id=self._last_transaction, id_tag_info=_info(self.config.tag(id_tag))
        )

    def _stop_transaction(
        self, transaction_id: int, id_tag: str | None = None, **_: Any
    ) -> call_result.StopTransaction:
        self._running.discard(transaction_id)
        return call_result.StopTransaction(id_tag_info=_info(self.config.tag(id_tag)) if id_tag else None)


def _mentions(fields: Mapping[str, Any], name: str) -> bool:
    return any(path == name or path.startswith(name + ".") for path in fields)


def _info(tag: Tag) -> dict[str, Any]:
    return {"status": tag.status} | ({"parent_id_tag": tag.parent} if tag.parent else {})
