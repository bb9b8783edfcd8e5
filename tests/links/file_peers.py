"""A run's file servers for the tests, and devices that use them: real clients over real sockets."""

from __future__ import annotations

import asyncio
import ftplib
import hashlib
import io
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from labapp.links.files import FileServers
from tests.links.conftest import RealClock

SECRET = "secret-of-this-run"
HOST = "127.0.0.1"


class Told:
    """What the servers told, and a wait for the next of it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    def __call__(self, facts: Mapping[str, Any]) -> None:
        self._queue.put_nowait(facts)

    async def next(self) -> dict[str, Any]:
        """The next transfer, without its times and the device's port."""
        facts = dict(await self._queue.get())
        assert facts.pop("began") <= facts.pop("ended")
        assert facts.pop("remote").startswith(f"{HOST}:")
        return facts

    def nothing(self) -> bool:
        """Whether nothing more was told."""
        return self._queue.empty()


@asynccontextmanager
async def serving(folder: Path, *protocols: str, **options: Any) -> AsyncIterator[tuple[FileServers, Told]]:
    """Servers whose uploads go to a folder."""
    told = Told()
    servers = FileServers(HOST, folder, told, SECRET, RealClock(), **options)
    await servers.start(protocols)
    try:
        yield servers, told
    finally:
        await servers.close()


def transfer(direction: str, protocol: str, name: str, content: bytes = b"", **changed: Any) -> dict[str, Any]:
    """The facts of a whole transfer."""
    expected = {
        "direction": direction,
        "protocol": protocol,
        "name": name,
        "file": name if direction == "upload" else "",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "fault": "",
        "complete": True,
    }
    return expected | changed


def trusting_anyone() -> ssl.SSLContext:
    """TLS of a device that does not know who signed the server's certificate, and goes on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class TlsAtOnce(ftplib.FTP_TLS):
    """A client of `ftps://`: TLS before the first word."""

    _wrapped: Any = None

    @property
    def sock(self) -> Any:
        return self._wrapped

    @sock.setter
    def sock(self, value: Any) -> None:
        bare = value is not None and not isinstance(value, ssl.SSLSocket)
        self._wrapped = self.context.wrap_socket(value) if bare else value

    def login(self, user: str = "", passwd: str = "", acct: str = "", secure: bool = True) -> str:
        return super().login(user, passwd, acct, secure=False)


def connected(kind: str, port: int) -> ftplib.FTP:
    """A client of FTP, of FTPS that asks for TLS, or of FTPS that begins with it; not logged in."""
    if kind == "FTP":
        client = ftplib.FTP(timeout=10)
    else:
        client = (TlsAtOnce if kind == "TLS at once" else ftplib.FTP_TLS)(context=trusting_anyone(), timeout=10)
    client.connect(HOST, port)
    return client


async def over_ftp(kind: str, port: int, use: Callable[[ftplib.FTP], Any], password: str = SECRET) -> Any:
    """What a device does with its client, in a thread, once it has logged in."""

    def session() -> Any:
        with connected(kind, port) as client:
            client.login("labapp", password)
            if isinstance(client, ftplib.FTP_TLS):
                client.prot_p()
            return use(client)

    return await asyncio.to_thread(session)


def stored(client: ftplib.FTP, name: str, content: bytes) -> str:
    """Upload a file."""
    return client.storbinary(f"STOR {name}", io.BytesIO(content))


def fetched(client: ftplib.FTP, name: str, rest: int | None = None) -> bytes:
    """Download a file."""
    pieces: list[bytes] = []
    client.retrbinary(f"RETR {name}", pieces.append, rest=rest)
    return b"".join(pieces)


def names_in(folder: Path) -> Sequence[str]:
    """Files of a folder."""
    return sorted(path.name for path in folder.iterdir())
