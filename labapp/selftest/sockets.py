"""The conformant runs over real sockets: links and simulators over WebSockets on this machine, each case in a setting that fits it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from labapp.domain.actions import Outcome
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.engine.campaign import Givens
from labapp.engine.ports import Clock, LinkSink
from labapp.engine.system_clock import SystemClock
from labapp.links.client import ChargePointLink
from labapp.links.server import CentralSystemLink
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.arena import Bout, fight
from labapp.selftest.peers import (
    IDENTITY,
    PASSWORD,
    CentralSystemPeer,
    central_system,
    central_system_givens,
    file_servers,
    station_givens,
    station_of,
)
from labapp.selftest.peers import VALUES as STANDARD_VALUES
from labapp.selftest.runner import home
from labapp.selftest.settings import Setting
from labapp.simulator.dialing import WebSocketDialer
from labapp.simulator.listening import WebSocketListener
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station

#: What stands behind the name of the setting in the report.
OVER_SOCKETS = " over sockets"

#: Real time is waited for, so the intervals are short; those that a case states itself stay.
VALUES: Mapping[str, Any] = {
    "heartbeat_interval": 3,
    "meter_value_interval": 2,
    "clock_aligned_interval": 2,
    "transaction_duration": 2,
    "connection_timeout": 5,
    "reservation_offset": 8,
}
TIMEOUTS: Mapping[str, float] = {"connect": 10, "message": 15, "reboot": 30, "reconnect": 20}
OPTIONS: Mapping[str, Any] = {"quiet_window": 0.5}


class _KnownLink(CentralSystemLink):
    """A link that remembers where it listens."""

    address = ""

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        facts = await super().open(sink)
        self.address = str(facts["listen"])
        return facts


class _StationPeer:
    """A simulated station that dials as soon as the link listens."""

    def __init__(self, config: StationConfig, link: _KnownLink, clock: Clock) -> None:
        self._config, self._link, self._clock = config, link, clock
        self._station: Station | None = None

    async def run(self) -> None:
        """Work until stopped."""
        dialer = WebSocketDialer(f"ws://{self._link.address}")
        self._station = Station(self._config, dialer, self._clock, file_servers(STANDARD_VALUES))
        await self._station.run()

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to it what an operator would."""
        if self._station is None:
            raise RuntimeError("the station has no power yet")
        return await self._station.act(action, args)

    def stop(self) -> None:
        """Take it away."""
        if self._station is not None:
            self._station.stop()


def all_over_sockets(cases: Sequence[TestCase]) -> list[tuple[Setting, dict[str, Any]]]:
    """The engine's result of each case and the setting it was run in, in their order; all of them at once in one loop."""
    homes = [home(case) for case in cases]

    async def run() -> list[dict[str, Any]]:
        return list(await asyncio.gather(*map(over_sockets, cases, homes)))

    return list(zip(homes, asyncio.run(run()), strict=True))


async def over_sockets(case: TestCase, setting: Setting) -> dict[str, Any]:
    """The engine's result of a case over real sockets."""
    clock = SystemClock()
    if case.sut == CHARGE_POINT:
        config = station_of(setting)
        link = _KnownLink("127.0.0.1:0", IDENTITY, VERSIONS[case.ocpp].subprotocol, None, clock)
        peer = _StationPeer(config, link, clock)
        result, _ = await fight(Bout(case, shortened(station_givens(config, setting)), link, peer, clock))
        return result
    system = central_system(case, clock, setting, values={**STANDARD_VALUES, **VALUES})
    listener = WebSocketListener(system)
    port = await listener.open("127.0.0.1", 0)
    try:
        near = ChargePointLink(f"ws://127.0.0.1:{port}", IDENTITY, VERSIONS[case.ocpp].subprotocol, PASSWORD, clock)
        givens = shortened(central_system_givens(setting))
        files = file_servers(givens.values)
        result, _ = await fight(Bout(case, givens, near, CentralSystemPeer(system), clock, files=files))
        return result
    finally:
        await system.stop()
        await listener.close()


def shortened(givens: Givens) -> Givens:
    """The givens with intervals and timeouts that can be waited out."""
    return Givens(
        {**givens.values, **VALUES}, {**givens.timeouts, **TIMEOUTS}, givens.dut, {**givens.options, **OPTIONS}
    )
