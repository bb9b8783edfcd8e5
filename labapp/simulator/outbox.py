"""How messages leave the station: transaction messages in order and kept until they are delivered, others at once or never.

OCPP 1.6 edition 2, sections 3.7.1 (error responses to transaction-related messages), 4.8 and 4.10.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labapp.simulator.configuration import Configuration
from labapp.simulator.runtime import Runtime
from labapp.simulator.session import LOG, RequestFailed

Payload = Any


@dataclass(eq=False)
class _Kept:
    """A transaction message. make: its payload at the time of sending, None when it cannot be sent any more."""

    make: Callable[[], Payload | None]
    answered: Callable[[Any], None]
    given_up: Callable[[], None]
    meter_value: bool
    attempts: int = 0


def _nothing(*_: Any) -> None:
    return


class Outbox:
    """The station's outgoing requests. The kept ones survive loss of connection and of power."""

    def __init__(self, runtime: Runtime, configuration: Configuration) -> None:
        self._runtime = runtime
        self._configuration = configuration
        self._kept: deque[_Kept] = deque()
        self._passing: deque[tuple[Payload, Callable[[], None]]] = deque()
        self._kept_work = asyncio.Event()
        self._passing_work = asyncio.Event()
        self._catching_up = False
        self._idle = asyncio.Event()
        self._idle.set()

    def keep(
        self,
        make: Callable[[], Payload | None],
        answered: Callable[[Any], None] = _nothing,
        given_up: Callable[[], None] = _nothing,
        *,
        meter_value: bool = False,
    ) -> None:
        """Queue a transaction message for delivery in order, now or after the connection has come back."""
        if not self._runtime.online:
            if self._runtime.defect("loses_offline_transaction"):
                return
            if meter_value and self._runtime.defect("loses_offline_meter_values"):
                return
        message = _Kept(make, answered, given_up, meter_value)
        if self._runtime.defect("unordered_queue"):
            self._kept.appendleft(message)
        elif meter_value and self._runtime.defect("unordered_meter_values"):
            self._kept.insert(
                next((n for n, each in enumerate(self._kept) if each.meter_value), len(self._kept)), message
            )
        else:
            self._kept.append(message)
        self._idle.clear()
        self._kept_work.set()

    def send(self, payload: Payload, lost: Callable[[], None] = _nothing) -> None:
        """Queue a message that is worth sending only over the present connection."""
        if self._runtime.session is None:
            lost()
            return
        self._passing.append((payload, lost))
        self._idle.clear()
        self._passing_work.set()

    def connected(self) -> None:
        """Resume delivery, once the statuses that are queued now have been told: the station has been accepted."""
        self._catching_up = bool(self._passing) and self._runtime.config.order != "transactions first"
        self._kept_work.set()
        self._passing_work.set()

    def disconnected(self) -> None:
        """Drop what was meant for the connection that is lost."""
        while self._passing:
            self._passing.popleft()[1]()
        self._note_idle()

    async def drained(self, patience: float) -> None:
        """Wait until everything has been delivered, for at most `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._idle.wait()
        except TimeoutError:
            LOG.info("messages are left for after the reboot")

    async def deliver_kept(self) -> None:
        """Deliver the transaction messages, one after the other, for as long as the station has power."""
        while True:
            while not (self._kept and self._runtime.online) or self._statuses_go_first():
                self._kept_work.clear()
                await self._kept_work.wait()
            message = self._kept[0]
            payload = message.make()
            if payload is None:
                self._drop(message)
                continue
            try:
                answer = await self._runtime.request(payload)
            except ConnectionError:
                await asyncio.sleep(0)
            except (RequestFailed, TimeoutError) as failure:
                message.attempts += 1
                LOG.info("transaction message not delivered: %s", failure)
                if message.attempts >= self._configuration.integer("TransactionMessageAttempts"):
                    self._drop(message)
                    message.given_up()
                else:
                    interval = self._configuration.integer("TransactionMessageRetryInterval")
                    await asyncio.sleep(interval * message.attempts)
            else:
                self._drop(message)
                message.answered(answer)

    async def deliver_passing(self) -> None:
        """Send the other messages, one after the other, for as long as the station has power."""
        while True:
            while not self._passing or self._transactions_go_first():
                self._passing_work.clear()
                await self._passing_work.wait()
            payload, lost = self._passing[0]
            try:
                await self._runtime.request(payload)
            except ConnectionError:
                lost()
            except (RequestFailed, TimeoutError) as failure:
                LOG.info("message not delivered: %s", failure)
            if self._passing and self._passing[0][0] is payload:
                self._passing.popleft()
            self._note_idle()

    def _statuses_go_first(self) -> bool:
        return self._catching_up or (self._runtime.config.order == "status first" and bool(self._passing))

    def _transactions_go_first(self) -> bool:
        first = self._runtime.config.order == "transactions first"
        return first and bool(self._kept) and self._runtime.online

    def _drop(self, message: _Kept) -> None:
        if message in self._kept:
            self._kept.remove(message)
        self._note_idle()

    def _note_idle(self) -> None:
        if not self._passing:
            self._catching_up = False
            self._kept_work.set()
        if not self._kept:
            self._passing_work.set()
        if not self._kept and not self._passing:
            self._idle.set()
