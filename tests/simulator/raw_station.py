"""A station of the tests' own that sends raw frames to a simulated central system."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from labapp.domain.actions import Outcome
from labapp.domain.handshake import Handshake
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import MemoryConnection, Rendezvous
from labapp.simulator.csms import Csms16
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.csms_variants import csms_config


class RawStation:
    """Sends raw requests, and answers every request of the central system with `answers`."""

    def __init__(self, connection: MemoryConnection, csms: SimulatedCsms) -> None:
        self.connection = connection
        self.csms = csms
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.replies: list[Any] = []
        self.texts: list[str] = []
        self.mute = False
        self.answers: dict[str, Any] = {"status": "Accepted"}
        self._arrived = asyncio.Event()
        self._serving = asyncio.ensure_future(self._serve())
        self._count = 0

    async def _serve(self) -> None:
        try:
            while True:
                text = await self.connection.recv()
                self.texts.append(text)
                try:
                    frame = json.loads(text)
                except ValueError:
                    continue
                if frame[0] == 2:
                    self.requests.append((frame[2], frame[3]))
                    if not self.mute:
                        await self.connection.send(json.dumps([3, frame[1], self.answers]))
                else:
                    self.replies.append(frame)
                self._arrived.set()
        except ConnectionError:
            return

    async def call(self, action: str, payload: Mapping[str, Any] | None = None) -> Any:
        self._count += 1
        await self.connection.send(json.dumps([2, f"s{self._count}", action, payload or {}]))
        async with asyncio.timeout(30):
            while True:
                for frame in self.replies:
                    if frame[1] == f"s{self._count}":
                        return frame[2]
                self._arrived.clear()
                await self._arrived.wait()

    async def told(self, message: str, **fields: Any) -> dict[str, Any]:
        """The payload that arrives after the operator asked for the request."""
        outcome = await self.csms.act("csms_request", {"message": message, "fields": fields})
        assert outcome == Outcome(True)
        await asyncio.sleep(1)
        return self.requests[-1][1]


def with_station(
    scenario: Callable[[RawStation], Awaitable[None]],
    *,
    made: type[SimulatedCsms] = Csms16,
    variants: Iterable[str] = (),
    **config: Any,
) -> None:
    """Run the scenario with a station that has connected."""

    async def run() -> None:
        csms = made(csms_config(CsmsConfig(version=made.version, **config), variants), virtual_clock())
        rendezvous = Rendezvous()
        rendezvous.listen(csms.admit, csms.accept)
        subprotocol = "ocpp" + made.version
        station = RawStation(await rendezvous.dial(Handshake("CS-1", (subprotocol,))), csms)
        await scenario(station)
        await csms.stop()

    run_virtual(run())
