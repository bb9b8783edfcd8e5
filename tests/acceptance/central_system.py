"""A central system of the tests' own, on raw WebSockets: it knows the wire and nothing of labapp."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallError:
    """An answer that is a CALLERROR."""

    code: str


class Silence:
    """No answer at all."""


class Close:
    """The link is closed instead of an answer."""


@dataclass(frozen=True, slots=True)
class Late:
    """An answer after so many seconds."""

    seconds: float
    payload: Payload


Answer = Payload | CallError | Silence | Close | Late
Answering = Callable[[Payload], Answer]


def now(offset: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%SZ")


def accepted(_: Payload) -> Payload:
    return {"idTagInfo": {"status": "Accepted"}}


def answers16() -> dict[str, Answering]:
    transactions = itertools.count(71)
    return {
        "BootNotification": lambda _: {"status": "Accepted", "currentTime": now(), "interval": 300},
        "Heartbeat": lambda _: {"currentTime": now()},
        "StatusNotification": lambda _: {},
        "Authorize": accepted,
        "StartTransaction": lambda _: {"transactionId": next(transactions), "idTagInfo": {"status": "Accepted"}},
        "StopTransaction": lambda _: {},
        "MeterValues": lambda _: {},
        "DataTransfer": lambda _: {"status": "UnknownVendorId"},
    }


def answers201() -> dict[str, Answering]:
    return {
        "BootNotification": lambda _: {"status": "Accepted", "currentTime": now(), "interval": 300},
        "Heartbeat": lambda _: {"currentTime": now()},
        "StatusNotification": lambda _: {},
        "NotifyEvent": lambda _: {},
        "Authorize": lambda _: {"idTokenInfo": {"status": "Accepted"}},
        "TransactionEvent": lambda _: {},
    }


@dataclass
class CentralSystem:
    """What it answers, what it saw, and how it opens the door; change any of it while it runs."""

    ocpp: str = "1.6"
    password: str = ""
    """Password of HTTP Basic authentication; empty: nobody is asked for one."""
    door: Callable[[Request], Response | None] | None = None
    """Decides on each handshake before the password does: a response refuses it, None goes on."""
    subprotocol: str | None = None
    """Selected whatever the station offers, also wrongly."""
    after: dict[str, Callable[[Payload], Awaitable[None]]] = field(default_factory=dict)
    """What it does by itself once it has answered such a request."""
    log: list[tuple[str, str, Payload]] = field(default_factory=list)
    """(in or out, action, payload) of each request and answer, in order."""
    handshakes: list[tuple[str, str | None, str]] = field(default_factory=list)
    """(path, Authorization, offered subprotocols) of each handshake."""
    errors: list[tuple[str, str]] = field(default_factory=list)
    """(action, code) of each CALLERROR that it received."""
    port: int = 0

    def __post_init__(self) -> None:
        self.answers = answers16() if self.ocpp == "1.6" else answers201()
        self._ids = itertools.count(1)
        self._waiting: dict[str, tuple[str, asyncio.Future[Payload | CallError]]] = {}
        self._links: list[ServerConnection] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    @property
    def transaction(self) -> int | str | None:
        """The transaction that runs, as this central system knows it."""
        last: int | str | None = None
        for direction, action, payload in self.log:
            if (direction, action) == ("out", "StartTransaction"):
                last = payload["transactionId"]
            elif action == "TransactionEvent" and direction == "in":
                last = payload["transactionInfo"]["transactionId"]
        return last

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[CentralSystem]:
        async with serve(
            self._serve,
            "127.0.0.1",
            self.port,
            process_request=self._handshake,
            select_subprotocol=self._select,
            ping_interval=None,
            close_timeout=0.2,
        ) as server:
            self._server = server
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self
            for task in self._tasks:
                task.cancel()

    def _select(self, _: ServerConnection, offered: object) -> Subprotocol | None:
        assert isinstance(offered, list | tuple)
        name = self.subprotocol or {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}[self.ocpp]
        return Subprotocol(name) if self.subprotocol or name in offered else None

    def _handshake(self, link: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization")
        self.handshakes.append((request.path, given, request.headers.get("Sec-WebSocket-Protocol", "")))
        if self.door is not None and (answer := self.door(request)) is not None:
            return answer
        identity = request.path.rsplit("/", 1)[-1]
        wanted = "Basic " + base64.b64encode(f"{identity}:{self.password}".encode()).decode()
        if self.password and given != wanted:
            return link.respond(http.HTTPStatus.UNAUTHORIZED, "wrong password\n")
        return None

    async def _serve(self, link: ServerConnection) -> None:
        self._links.append(link)
        try:
            async for text in link:
                assert isinstance(text, str)
                await self._receive(link, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self._links.remove(link)

    async def _receive(self, link: ServerConnection, frame: list[Any]) -> None:
        if frame[0] != 2:
            action, waiter = self._waiting.pop(frame[1], ("", None))
            if waiter is None or waiter.done():
                return
            if frame[0] == 4:
                self.errors.append((action, frame[2]))
                waiter.set_result(CallError(frame[2]))
            else:
                self.log.append(("in-answer", action, frame[2]))
                waiter.set_result(frame[2])
            return
        _, number, action, payload = frame
        self.log.append(("in", action, payload))
        answer = self.answers[action](payload) if action in self.answers else CallError("NotImplemented")
        match answer:
            case Silence():
                return
            case Close():
                await link.close()
                return
            case CallError(code):
                await link.send(json.dumps([4, number, code, "", {}]))
            case Late(seconds, late):
                self._do(self._later(link, seconds, [3, number, late]))
            case dict():
                self.log.append(("out", action, answer))
                await link.send(json.dumps([3, number, answer]))
        if action in self.after:
            self._do(self.after.pop(action)(payload))

    async def _later(self, link: ServerConnection, seconds: float, frame: list[Any]) -> None:
        await asyncio.sleep(seconds)
        with contextlib.suppress(ConnectionClosed):
            await link.send(json.dumps(frame))

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(self, action: str, payload: Payload) -> asyncio.Future[Payload | CallError]:
        """Send a request; what comes back is the future of its answer."""
        number = f"csms-{next(self._ids)}"
        waiter: asyncio.Future[Payload | CallError] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (action, waiter)
        self.log.append(("out-request", action, payload))
        await self._links[-1].send(json.dumps([2, number, action, payload]))
        return waiter

    async def request(self, action: str, payload: Payload) -> Payload | CallError:
        """Send a request and wait for its answer."""
        async with asyncio.timeout(15):
            return await (await self.send(action, payload))

    async def hang_up(self) -> None:
        for link in list(self._links):
            await link.close()

    def received(self, action: str) -> list[Payload]:
        return [payload for direction, name, payload in self.log if (direction, name) == ("in", action)]
