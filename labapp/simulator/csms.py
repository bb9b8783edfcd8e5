"""A simulated OCPP 1.6 central system: it registers stations, authorizes users, keeps transactions, and sends what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ocpp.charge_point import camel_to_snake_case
from ocpp.v16 import call, call_result

from labapp.engine.ports import Clock
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_habits import HABITS, written
from labapp.simulator.csms_ledger import Ledger
from labapp.simulator.csms_requests import default_fields, tag_info
from labapp.simulator.csms_settings import CsmsConfig, Tag
from labapp.simulator.csms_spoiling import spoilt
from labapp.simulator.session import Route


class Csms16(SimulatedCsms):
    """An OCPP 1.6 central system."""

    version = "1.6"
    calls = call
    habits = HABITS

    def __init__(self, config: CsmsConfig, clock: Clock) -> None:
        super().__init__(config, clock)
        self._ledger = Ledger(config.first_transaction - 1)

    def routes(self) -> Mapping[str, Route]:
        """What the central system does with each action of a station (OCPP 1.6 edition 2, section 4)."""
        return {
            "Authorize": Route(self._authorize),
            "BootNotification": Route(self._boot_notification, self.after_boot),
            "DataTransfer": Route(lambda **_: call_result.DataTransfer(status=self.config.data_transfer_status)),
            "DiagnosticsStatusNotification": Route(lambda **_: call_result.DiagnosticsStatusNotification()),
            "FirmwareStatusNotification": Route(lambda **_: call_result.FirmwareStatusNotification()),
            "Heartbeat": Route(lambda **_: call_result.Heartbeat(current_time=self.now())),
            "MeterValues": Route(lambda **_: call_result.MeterValues()),
            "StartTransaction": Route(self._start_transaction, self._after_start),
            "StatusNotification": Route(lambda **_: call_result.StatusNotification(), self._after_status),
            "StopTransaction": Route(self._stop_transaction),
        }

    def default_fields(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The central system's own choice of fields, as `csms_requests` lists them."""
        return default_fields(action, fields, config=self.config, ledger=self._ledger, now=self._moment())

    def written(self, action: str, payload: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The payload in this central system's habits and with its defects."""
        payload = written(action, payload, fields, self.config, self._moment())
        payload = spoilt(action, payload, self.config)
        self._ledger.sent(action, payload)
        return payload

    def answered(self, action: str, payload: Mapping[str, Any], answer: Any) -> None:
        """Note what an answer makes true."""
        self._ledger.answered(action, payload, answer)

    def _authorize(self, id_tag: str, **_: Any) -> call_result.Authorize:
        return call_result.Authorize(id_tag_info=self._info(self.config.tag(id_tag)))

    def _boot_notification(self, **_: Any) -> call_result.BootNotification:
        return call_result.BootNotification(
            current_time=self.now(), interval=self.config.heartbeat_interval, status=self.boot_status()
        )

    def _start_transaction(self, connector_id: int, id_tag: str, **_: Any) -> call_result.StartTransaction:
        defects = self.config.defects
        tag = self.config.tag(id_tag)
        if "refuses_at_start" in defects:
            tag = Tag("Invalid")
        if "accepts_at_start" in defects:
            tag = Tag()
        number = self._ledger.start(connector_id)
        return call_result.StartTransaction(transaction_id=number, id_tag_info=self._info(tag))

    def _after_start(self, **_: Any) -> None:
        if self.config.stops_after is not None and self._ledger.transaction is not None:
            self._spawn(self._stop_by_policy(self._ledger.transaction, self.config.stops_after))

    async def _stop_by_policy(self, transaction: int, patience: float) -> None:
        await asyncio.sleep(patience)
        session = self._session
        if session is not None and transaction in self._ledger.running:
            await self._send(session, call.RemoteStopTransaction(transaction_id=transaction))

    async def _after_status(self, status: str, **_: Any) -> None:
        if "closes_in_mid_case" in self.config.defects and status in ("Preparing", "Charging") and self._session:
            await self._session.connection.close()

    def _stop_transaction(
        self, transaction_id: int, id_tag: str | None = None, **_: Any
    ) -> call_result.StopTransaction:
        self._ledger.stop(transaction_id)
        told = id_tag if self.config.tells_on_stop else None
        return call_result.StopTransaction(id_tag_info=self._info(self.config.tag(told)) if told else None)

    def _info(self, tag: Tag) -> dict[str, Any]:
        return dict(camel_to_snake_case(tag_info(tag, self.config, self._moment())))

    def _moment(self) -> datetime:
        return self._clock.now().utc
