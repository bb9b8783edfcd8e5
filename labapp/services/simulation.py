"""Run a simulated charging station or central system, steered by JSON lines.

The first line out is `{"type":"ready", ...}`. Each line in, `{"id","action","args"}`, is answered by
`{"type":"done"|"impossible","id","reason"}`; one that cannot be read by `{"type":"error","text"}`, and the run goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from labapp.domain.actions import Outcome
from labapp.engine.system_clock import SystemClock
from labapp.simulator.central_systems import csms_for
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.dialing import WebSocketDialer
from labapp.simulator.listening import WebSocketListener
from labapp.simulator.network_transfers import NetworkTransfers
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station


class _Actor(Protocol):
    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome: ...


@dataclass(frozen=True)
class Steering:
    """Where a simulator's orders come from and its answers go. keep: go on after the last order, until a signal."""

    orders: Iterable[str]
    answers: TextIO
    keep: bool = False

    def tell(self, message: Mapping[str, Any]) -> None:
        """Write one line out."""
        self.answers.write(json.dumps(message) + "\n")
        self.answers.flush()


def csms(config: CsmsConfig) -> SimulatedCsms:
    """The simulated central system of the configuration's OCPP version."""
    return csms_for(config, SystemClock())


def run_station(config: StationConfig, url: str, steering: Steering) -> None:
    """Simulate a charging station that dials URL/IDENTITY, until its orders or a signal end it."""
    asyncio.run(_station(config, url, steering))


def run_csms(config: CsmsConfig, host: str, port: int, steering: Steering) -> None:
    """Simulate a central system that listens, until its orders or a signal end it; port 0: the system chooses one.

    Raises EnvironmentFault when the address cannot be had.
    """
    asyncio.run(_csms(config, host, port, steering))


async def _station(config: StationConfig, url: str, steering: Steering) -> None:
    dialer = WebSocketDialer(url)
    station = Station(config, dialer, SystemClock(), NetworkTransfers())
    steering.tell({"type": "ready", "url": dialer.address(config.identity), "identity": config.identity})
    running = asyncio.ensure_future(station.run())
    steered = asyncio.ensure_future(_steer(station, steering))
    await asyncio.wait({running, steered}, return_when=asyncio.FIRST_COMPLETED)
    steered.cancel()
    station.stop()
    await running


async def _csms(config: CsmsConfig, host: str, port: int, steering: Steering) -> None:
    system = csms(config)
    listener = WebSocketListener(system)
    bound = await listener.open(host, port)
    try:
        steering.tell({"type": "ready", "listen": f"{host}:{bound}"})
        await _steer(system, steering)
    finally:
        await system.stop()
        await listener.close()


async def _steer(actor: _Actor, steering: Steering) -> None:
    """Carry out orders one after the other until the last, or a signal to end."""
    ended = asyncio.Event()
    _end_on_signals(ended)
    orders = _lines(steering.orders)
    end = asyncio.ensure_future(ended.wait())
    while True:
        order = asyncio.ensure_future(orders.get())
        await asyncio.wait({order, end}, return_when=asyncio.FIRST_COMPLETED)
        if end.done():
            order.cancel()
            return
        line = order.result()
        if line is None:
            break
        if line.strip():
            steering.tell(await _carried_out(actor, line))
    if steering.keep:
        await end
    end.cancel()


async def _carried_out(actor: _Actor, line: str) -> dict[str, Any]:
    try:
        order = json.loads(line)
    except (ValueError, RecursionError) as fault:
        return {"type": "error", "text": f"no JSON: {fault}"}
    if not isinstance(order, dict) or not isinstance(order.get("action"), str):
        return {"type": "error", "text": 'no order: give {"id", "action", "args"}'}
    args = order.get("args", {})
    if not isinstance(args, dict):
        return {"type": "error", "text": "args is no object"}
    outcome = await actor.act(order["action"], args)
    return {"type": "done" if outcome.done else "impossible", "id": order.get("id"), "reason": outcome.reason}


def _lines(source: Iterable[str]) -> asyncio.Queue[str | None]:
    """The lines of a blocking source as they come, then None. A thread reads them: not every system can poll a pipe."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        # The loop may be gone before the source ends; then nobody waits for the line.
        with contextlib.suppress(RuntimeError):
            for line in source:
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, name="orders", daemon=True).start()
    return queue


def _end_on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in the loop, and only the main thread may set them.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, ended.set)
