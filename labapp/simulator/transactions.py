"""Transactions and the meter values that belong to them (OCPP 1.6 edition 2, sections 3.9, 3.16, 4.7, 4.8 and 4.10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ocpp.v16 import call

from labapp.domain.stamps import utc_text
from labapp.simulator.authorization import Authorizer, id_tag_info
from labapp.simulator.configuration import MEASURANDS, Configuration, split_list
from labapp.simulator.connector import Connector, Transaction
from labapp.simulator.meter import Meter, meter_value
from labapp.simulator.outbox import Outbox
from labapp.simulator.runtime import Runtime

#: Seconds until it is seen again whether a vehicle draws energy.
_POWER_PAUSE = 60.0


class Transactions:
    """Begins, meters and ends transactions.

    changed: called after the facts of a connector have changed. ended: called with each transaction that is over.
    limit: the power in W that smart charging allows on the connector at present.
    """

    def __init__(
        self,
        runtime: Runtime,
        configuration: Configuration,
        outbox: Outbox,
        authorizer: Authorizer,
        connectors: Mapping[int, Connector],
        *,
        changed: Callable[[Connector], None],
        ended: Callable[[Transaction], None],
        limit: Callable[[Connector], float],
    ) -> None:
        self._runtime = runtime
        self._configuration = configuration
        self._outbox = outbox
        self._authorizer = authorizer
        self._connectors = connectors
        self._changed = changed
        self._ended = ended
        self._limit = limit
        self._meters = {number: Meter(1000 * number) for number in connectors}
        self._aligned: asyncio.Task[None] | None = None

    def begin(self, connector: Connector) -> None:
        """Begin the transaction of the user who is authorized at the connector."""
        user = connector.authorized
        assert user is not None
        if user.timeout is not None:
            user.timeout.cancel()
        now = self._runtime.now()
        transaction = Transaction(
            connector_id=connector.id,
            id_tag=user.id_tag,
            parent_id_tag=user.parent_id_tag,
            reservation_id=user.reservation_id,
            started=now,
            meter_start=self._meters[connector.id].energy(now),
        )
        connector.authorized = None
        connector.transaction = transaction
        connector.used = connector.ev_suspended = connector.evse_suspended = False
        connector.locked = connector.lockable
        self._collect(transaction, "StopTxnSampledData", "Transaction.Begin", now)
        self._outbox.keep(lambda: self._start_request(transaction), lambda answer: self._started(transaction, answer))
        self.flow(connector)
        transaction.sampling = self._runtime.spawn(self._sample(connector, transaction), f"sampling {connector.id}")
        self._changed(connector)

    def stop(self, connector: Connector, reason: str, *, id_tag: str | None = None, unlock: bool = True) -> None:
        """End the connector's transaction for the reason, and unlock the cable unless told otherwise."""
        transaction = connector.transaction
        if transaction is None:
            return
        if transaction.sampling is not None:
            transaction.sampling.cancel()
        now = self._runtime.now()
        self._collect(transaction, "StopTxnSampledData", "Transaction.End", now)
        meter_stop = self._meters[connector.id].energy(now)
        connector.transaction = None
        if connector.fixed_cable:
            connector.plugged = connector.ev_connected
        connector.used = connector.plugged
        self._finish(connector)
        connector.ev_suspended = connector.evse_suspended = False
        connector.locked = connector.locked and not unlock
        self.flow(connector)
        self._outbox.keep(
            lambda: self._stop_request(transaction, reason, id_tag, meter_stop, now),
            lambda answer: self._stopped(transaction, id_tag, answer),
        )
        self._ended(transaction)
        self._changed(connector)

    def find(self, transaction_id: int) -> Connector | None:
        """The connector on which the transaction runs."""
        for connector in self._connectors.values():
            if connector.transaction is not None and connector.transaction.id == transaction_id:
                return connector
        return None

    def flow(self, connector: Connector) -> None:
        """Let the power flow that the connector's state allows."""
        power = self._limit(connector) if connector.status == "Charging" else 0.0
        self._meters[connector.id].draw(power, self._runtime.now())

    def triggered(self, connector_id: int) -> None:
        """Send the present meter values of a connector because the central system wants them."""
        connector = self._connectors[connector_id]
        now = self._runtime.now()
        values = self._values(connector_id, "MeterValuesSampledData", "Trigger", now)
        transaction = connector.transaction
        self._outbox.send(
            call.MeterValues(
                connector_id=connector_id,
                meter_value=[meter_value(values, now)],
                transaction_id=transaction.id if transaction else None,
            )
        )

    def resume(self) -> None:
        """Take up metering again after a change of configuration or a boot."""
        for connector in self._connectors.values():
            transaction = connector.transaction
            if transaction is not None:
                if transaction.refused and not connector.evse_suspended:
                    self._suspend(connector)
                if transaction.sampling is not None:
                    transaction.sampling.cancel()
                name = f"sampling {connector.id}"
                transaction.sampling = self._runtime.spawn(self._sample(connector, transaction), name)
        if self._aligned is not None:
            self._aligned.cancel()
        self._aligned = self._runtime.spawn(self._align(), "clock-aligned meter values")

    def _start_request(self, transaction: Transaction) -> call.StartTransaction:
        return call.StartTransaction(
            connector_id=transaction.connector_id,
            id_tag=transaction.id_tag,
            meter_start=transaction.meter_start,
            timestamp=utc_text(transaction.started),
            reservation_id=None if self._runtime.defect("reservation_unnamed") else transaction.reservation_id,
        )

    def _started(self, transaction: Transaction, answer: Any) -> None:
        transaction.id = answer.transaction_id
        info = id_tag_info(answer.id_tag_info)
        self._authorizer.learn(transaction.id_tag, info)
        transaction.parent_id_tag = info.parent_id_tag or transaction.parent_id_tag
        connector = self._connectors[transaction.connector_id]
        if info.accepted or connector.transaction is not transaction:
            return
        if self._runtime.defect("no_suspend_on_invalid_id"):
            return
        transaction.refused = True
        allowance = self._configuration.integer("MaxEnergyOnInvalidId")
        if allowance > 0:
            self._runtime.spawn(self._grant(connector, transaction, allowance), f"last energy {connector.id}")
        else:
            self._refuse(connector)

    async def _grant(self, connector: Connector, transaction: Transaction, allowance: int) -> None:
        """Let so many Wh flow after the refusal that the vehicle can drive away (section 9.1.14)."""
        meter = self._meters[connector.id]
        last = meter.energy(self._runtime.now()) + allowance
        while connector.transaction is transaction:
            left = last - meter.energy(self._runtime.now())
            if left <= 0:
                self._refuse(connector)
                return
            await asyncio.sleep(left * 3600 / meter.power if meter.power > 0 else _POWER_PAUSE)

    def _refuse(self, connector: Connector) -> None:
        if self._configuration.boolean("StopTransactionOnInvalidId"):
            self.stop(connector, "DeAuthorized")
        else:
            self._suspend(connector)

    def _suspend(self, connector: Connector) -> None:
        connector.evse_suspended = True
        self.flow(connector)
        self._changed(connector)

    def _finish(self, connector: Connector) -> None:
        duration = self._runtime.config.finish_duration
        if duration <= 0:
            return

        def over() -> None:
            connector.finishing = False
            self._changed(connector)

        connector.finishing = True
        self._runtime.after(duration, over, f"finishing {connector.id}")

    def _stop_request(
        self, transaction: Transaction, reason: str, id_tag: str | None, meter_stop: int, moment: datetime
    ) -> call.StopTransaction | None:
        if transaction.id is None:
            return None
        wrong = self._runtime.defect("wrong_stop_transaction_id")
        return call.StopTransaction(
            meter_stop=meter_stop,
            timestamp=utc_text(moment),
            transaction_id=transaction.id + (1 if wrong else 0),
            reason=reason,
            id_tag=id_tag,
            transaction_data=transaction.data or None,
        )

    def _stopped(self, transaction: Transaction, id_tag: str | None, answer: Any) -> None:
        if answer.id_tag_info is not None and id_tag is not None:
            self._authorizer.learn(id_tag, id_tag_info(answer.id_tag_info))

    def _values(self, connector_id: int, key: str, context: str, moment: datetime) -> list[dict[str, Any]]:
        measurands = split_list(self._configuration.text(key)) or MEASURANDS[:1]
        return self._meters[connector_id].sampled_values(measurands, context, moment)

    def _collect(self, transaction: Transaction, key: str, context: str, moment: datetime) -> None:
        if self._configuration.text(key):
            values = self._values(transaction.connector_id, key, context, moment)
            transaction.data.append(meter_value(values, moment))

    async def _sample(self, connector: Connector, transaction: Transaction) -> None:
        interval = self._configuration.integer("MeterValueSampleInterval")
        if interval <= 0:
            return
        context = "Sample.Clock" if self._runtime.defect("wrong_meter_context") else "Sample.Periodic"
        count = int((self._runtime.now() - transaction.started).total_seconds() // interval)
        while True:
            count += 1
            moment = transaction.started + timedelta(seconds=count * interval)
            await asyncio.sleep(max(0.0, (moment - self._runtime.now()).total_seconds()))
            self.flow(connector)
            self._collect(transaction, "StopTxnSampledData", "Sample.Periodic", moment)
            if not (self._runtime.defect("meter_gap") and count % 2 == 0):
                self._send_values(
                    transaction, self._values(connector.id, "MeterValuesSampledData", context, moment), moment
                )

    async def _align(self) -> None:
        interval = self._configuration.integer("ClockAlignedDataInterval")
        if interval <= 0:
            return
        moment = self._runtime.now()
        while True:
            moment = next_aligned(max(moment, self._runtime.now()), interval)
            await asyncio.sleep((moment - self._runtime.now()).total_seconds())
            for connector in self._connectors.values():
                transaction = connector.transaction
                values = self._values(connector.id, "MeterValuesAlignedData", "Sample.Clock", moment)
                if transaction is not None:
                    self._collect(transaction, "StopTxnAlignedData", "Sample.Clock", moment)
                    self._send_values(transaction, values, moment)
                elif self._runtime.online:
                    self._outbox.send(
                        call.MeterValues(connector_id=connector.id, meter_value=[meter_value(values, moment)])
                    )

    def _send_values(self, transaction: Transaction, values: list[dict[str, Any]], moment: datetime) -> None:
        value = meter_value(values, moment)

        def make() -> call.MeterValues | None:
            if transaction.id is None:
                return None
            return call.MeterValues(
                connector_id=transaction.connector_id, meter_value=[value], transaction_id=transaction.id
            )

        self._outbox.keep(make, meter_value=True)


def next_aligned(after: datetime, interval: int) -> datetime:
    """The next moment after `after` that is a whole number of intervals, in seconds, from midnight (section 9.1.5)."""
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int((after - midnight).total_seconds() // interval) + 1
    tomorrow = midnight + timedelta(days=1)
    return min(midnight + timedelta(seconds=count * interval), tomorrow)
