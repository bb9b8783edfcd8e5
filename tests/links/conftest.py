"""Peers and recorders for the links: real sockets on this machine, and a deadline on every wait."""

from __future__ import annotations

import asyncio
import datetime
import functools
import inspect
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.frames import Frame, Opcode

from labapp.domain.stamps import Stamp
from labapp.engine.ports import FrameReceived, LinkDown, LinkEvent, LinkUp, UpgradeRefused, WebSocketFact
from labapp.links.client import ChargePointLink
from labapp.links.server import CentralSystemLink

DEADLINE = 10.0
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """No test of the links hangs: each coroutine has the deadline."""
    for item in items:
        if isinstance(item, pytest.Function) and HERE in item.path.parents and inspect.iscoroutinefunction(item.obj):
            item.obj = _with_deadline(item.obj)


def _with_deadline(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def limited(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(DEADLINE):
            await test(*args, **kwargs)

    return limited


class RealClock:
    """Both clocks of this process."""

    def now(self) -> Stamp:
        return Stamp(datetime.datetime.now(datetime.UTC), time.monotonic_ns())


class Recorder:
    """A sink that keeps the events and lets a test wait for the next one."""

    def __init__(self) -> None:
        self.events: list[LinkEvent] = []
        self.react: Callable[[LinkEvent], None] = lambda _: None
        self._taken = 0
        self._news = asyncio.Event()

    def __call__(self, event: LinkEvent) -> None:
        self.events.append(event)
        self._news.set()
        self.react(event)

    async def _next(self) -> LinkEvent:
        while self._taken == len(self.events):
            self._news.clear()
            await self._news.wait()
        self._taken += 1
        return self.events[self._taken - 1]

    async def up(self) -> LinkUp:
        event = await self._next()
        assert isinstance(event, LinkUp), event
        return event

    async def down(self) -> LinkDown:
        event = await self._next()
        assert isinstance(event, LinkDown), event
        return event

    async def frame(self) -> FrameReceived:
        event = await self._next()
        assert isinstance(event, FrameReceived), event
        return event

    async def refused(self) -> UpgradeRefused:
        event = await self._next()
        assert isinstance(event, UpgradeRefused), event
        return event

    async def fact(self) -> WebSocketFact:
        event = await self._next()
        assert isinstance(event, WebSocketFact), event
        return event

    @property
    def pending(self) -> list[LinkEvent]:
        """What came and was not yet waited for."""
        return self.events[self._taken :]


class RawPeer:
    """A device without a WebSocket library: it sends exactly the bytes that it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def reach(cls, address: str) -> RawPeer:
        host, _, port = address.rpartition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def send_frame(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        self.writer.write(Frame(opcode, data, fin).serialize(mask=True))

    async def upgrade(self, path: str = "/CP1", *headers: str, protocol: str = "ocpp1.6") -> str:
        """Ask for the upgrade; returns the head of the answer."""
        self.send(upgrade_request(path, *headers, protocol=protocol))
        return await self.head()

    async def head(self) -> str:
        return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def until_closed(self) -> bytes:
        """What still comes until the peer closes; a reset ends it too."""
        received = b""
        try:
            while chunk := await self.reader.read(65536):
                received += chunk
        except ConnectionResetError:
            pass
        return received

    def reset(self) -> None:
        """Reset the TCP connection."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def close(self) -> None:
        self.writer.transport.abort()


def upgrade_request(path: str, *headers: str, protocol: str = "ocpp1.6") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: lab",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []),
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Bench:
    """Opens links and peers for one test and closes them after it."""

    def __init__(self) -> None:
        self.clock = RealClock()
        self._links: list[CentralSystemLink | ChargePointLink] = []
        self._peers: list[RawPeer] = []

    async def central(self, **options: Any) -> tuple[CentralSystemLink, Recorder, str]:
        """An open central system for the device CP1, what it tells, and its address."""
        settings: dict[str, Any] = {
            "listen": "127.0.0.1:0",
            "identity": "CP1",
            "subprotocol": "ocpp1.6",
            "password": None,
            "clock": self.clock,
            **options,
        }
        link, recorder = CentralSystemLink(**settings), Recorder()
        self._links.append(link)
        ready = await link.open(recorder)
        return link, recorder, ready["listen"]

    async def charge_point(self, url: str, **options: Any) -> tuple[ChargePointLink, Recorder]:
        """A charge point CP1 that is ready to connect, and what it tells."""
        settings: dict[str, Any] = {
            "url": url,
            "identity": "CP1",
            "subprotocol": "ocpp1.6",
            "password": None,
            "clock": self.clock,
            **options,
        }
        link, recorder = ChargePointLink(**settings), Recorder()
        self._links.append(link)
        await link.open(recorder)
        return link, recorder

    async def peer(self, address: str) -> RawPeer:
        peer = await RawPeer.reach(address)
        self._peers.append(peer)
        return peer

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()
        for link in self._links:
            await link.close()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    opened = Bench()
    yield opened
    await opened.close()


@pytest.fixture
def request_bytes() -> Callable[..., bytes]:
    return upgrade_request


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key for 127.0.0.1 in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "lab.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file
