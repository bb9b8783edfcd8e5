"""A central system for the tests alone: it records raw frames, answers from a table, and sends what a test wants.

It uses nothing of the simulator and nothing of the `ocpp` package, so that neither can hide a fault of theirs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.handshake import Admission, Handshake
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import MemoryConnection, Rendezvous
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station
from labapp.simulator.transfers import Transfers
from labapp.simulator.variants import station_config

Payload = Mapping[str, Any]


#: Stands among the requests where the station has made a connection.
CONNECTED = "(connected)"


@dataclass
class Received:
    """One request of the station. at: virtual seconds since the run began."""

    at: float
    action: str
    payload: dict[str, Any]
    id: str


@dataclass
class ScriptedCentral:
    """answers: per action a payload, or a function of the request's payload, or None to leave it unanswered."""

    rendezvous: Rendezvous = field(default_factory=Rendezvous)
    received: list[Received] = field(default_factory=list)
    frames: list[Any] = field(default_factory=list)
    handshakes: list[Handshake] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    closed: int = 0

    def __post_init__(self) -> None:
        accepted = {"idTagInfo": {"status": "Accepted"}}
        self.answers = {
            "Authorize": accepted,
            "BootNotification": lambda _: {"status": "Accepted", "interval": 300, "currentTime": self.now()},
            "DataTransfer": {"status": "UnknownVendorId"},
            "Heartbeat": lambda _: {"currentTime": self.now()},
            "StartTransaction": lambda _: {"transactionId": self.next_transaction(), **accepted},
            "StopTransaction": {},
        } | self.answers
        self.connection: MemoryConnection | None = None
        self._transactions = 0
        self._calls = 0
        self._replies: dict[str, asyncio.Future[list[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self.rendezvous.listen(lambda _: Admission(subprotocol="ocpp1.6"), self._opened)

    def now(self) -> str:
        return virtual_clock().now().utc.isoformat().replace("+00:00", "Z")

    def next_transaction(self) -> int:
        self._transactions += 1
        return self._transactions

    def _opened(self, connection: MemoryConnection, handshake: Handshake) -> None:
        self.handshakes.append(handshake)
        self.connection = connection
        self.received.append(Received(asyncio.get_running_loop().time(), CONNECTED, {}, ""))
        task = asyncio.ensure_future(self._serve(connection))
        self._tasks.add(task)

    async def _serve(self, connection: MemoryConnection) -> None:
        try:
            while True:
                frame = json.loads(await connection.recv())
                self.frames.append(frame)
                if frame[0] == 2:
                    _, message_id, action, payload = frame
                    self.received.append(Received(asyncio.get_running_loop().time(), action, payload, message_id))
                    self._news.set()
                    answer = self.answers.get(action, {})
                    answer = answer(payload) if callable(answer) else answer
                    if isinstance(answer, list):
                        await connection.send(json.dumps([answer[0], message_id, *answer[1:]]))
                    elif answer is not None:
                        await connection.send(json.dumps([3, message_id, answer]))
                elif frame[1] in self._replies:
                    self._replies.pop(frame[1]).set_result(frame)
        except ConnectionError:
            self.closed += 1

    async def call(self, action: str, payload: Payload | None = None, *, patience: float = 30.0) -> dict[str, Any]:
        """Send a request and return the payload of the answer; for a CALLERROR its code under "error"."""
        frame = await asyncio.wait_for(await self.send(action, payload), patience)
        return frame[2] if frame[0] == 3 else {"error": frame[2]}

    async def send(self, action: str, payload: Payload | None = None) -> asyncio.Future[list[Any]]:
        """Send a request; the future gets the frame that answers it."""
        assert self.connection is not None
        self._calls += 1
        message_id = f"c{self._calls}"
        reply = self._replies[message_id] = asyncio.get_running_loop().create_future()
        await self.connection.send(json.dumps([2, message_id, action, dict(payload or {})]))
        return reply

    async def expect(self, action: str, patience: float = 1000.0, **fields: Any) -> Received:
        """The first request of that action with those fields among what came since the last `clear`; waits for it."""
        async with asyncio.timeout(patience):
            while True:
                for each in self.received:
                    if each.action == action and all(each.payload.get(k) == v for k, v in fields.items()):
                        return each
                self._news.clear()
                await self._news.wait()

    def clear(self) -> None:
        self.received.clear()

    def story(self) -> list[str]:
        """What came since the last `clear`, in words: the action, and what tells it from others."""
        return [told(each) for each in self.received if each.action != CONNECTED]


def told(request: Received) -> str:
    payload = request.payload
    if request.action == "StatusNotification":
        return f"{payload['connectorId']} {payload['status']}"
    if request.action == "StopTransaction":
        return f"StopTransaction {payload.get('reason', '')}".rstrip()
    return request.action


@dataclass
class Bench:
    """A station that has booted, and its central system."""

    station: Station
    central: ScriptedCentral

    async def act(self, action: str, /, **args: Any) -> None:
        outcome = await self.station.act(action, args)
        assert outcome.done, outcome.reason

    async def settle(self, seconds: float = 1.0) -> None:
        await asyncio.sleep(seconds)

    async def set(self, **keys: str) -> None:
        for key, value in keys.items():
            answer = await self.central.call("ChangeConfiguration", {"key": key, "value": value})
            assert answer == {"status": "Accepted"}, (key, answer)

    async def charge(self, id_tag: str = "TAG", connector: int = 1) -> int:
        """Bring the connector to Charging; the transaction's id. What came on the way is cleared."""
        await self.act("plug_in", connector=connector)
        await self.act("present_id", connector=connector, id_tag=id_tag)
        await self.central.expect("StatusNotification", status="Charging")
        await self.settle(0.1)
        self.central.clear()
        return self.central._transactions


def on_bench(
    scenario: Callable[[Bench], Awaitable[None]],
    *,
    variants: tuple[str, ...] = (),
    defects: tuple[str, ...] = (),
    settings: Mapping[str, str] | None = None,
    answers: Mapping[str, Any] | None = None,
    booted: bool = True,
    transfers: Transfers | None = None,
    **build: Any,
) -> None:
    """Run a scenario in virtual time on a station, booted unless told otherwise, with an empty record."""

    async def run() -> None:
        central = ScriptedCentral(answers=dict(answers or {}))
        config = StationConfig(identity="CS-1", settings=settings or {}, **{"boot_duration": 5.0, **build})
        station = Station(
            station_config(config, variants=variants, defects=defects), central.rendezvous, virtual_clock(), transfers
        )
        running = asyncio.ensure_future(station.run())
        bench = Bench(station, central)
        scene = asyncio.ensure_future(_scene(bench, scenario, booted))
        await asyncio.wait({running, scene}, return_when=asyncio.FIRST_COMPLETED)
        if not scene.done():
            scene.cancel()
        station.stop()
        await running
        await scene

    run_virtual(run())


async def _scene(bench: Bench, scenario: Callable[[Bench], Awaitable[None]], booted: bool) -> None:
    if booted:
        await bench.central.expect("BootNotification")
        await bench.settle()
        bench.central.clear()
    await scenario(bench)
