"""Latency and throughput of the way to a far end, measured over HTTP.

Latency is the round trip of an empty request on one kept connection, after a first one that wakes the link.
Bandwidth is payload per second: a download is counted here, an upload where it arrives, so that what waits
in buffers of this machine is not taken for sent. One kB is 1000 bytes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.connector import Connection

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.network_settings import is_own_address
from labapp.network.far_end import IDENTITY

#: Seconds within which the far end must answer at all.
ANSWER_TIMEOUT = 15.0
#: Seconds after which a latency probe is lost. Well above the limit of latency, so that a slow link shows its value.
PROBE_TIMEOUT = 5.0
#: Bytes after which a transfer ends early: enough on a fast link, bearable on a metered one.
VOLUME = 20_000_000

_NOISE = os.urandom(4096)
_MEND = "run `labapp measure serve` there, check the address and the firewalls in between"


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one bandwidth measurement moved. bytes: payload; seconds: how long it took, above 0."""

    bytes: int
    seconds: float

    @property
    def kilobytes_per_second(self) -> float:
        """Payload in kB (1000 bytes) per second."""
        return self.bytes / 1000 / self.seconds


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What the probe found. latencies: milliseconds, None for a lost probe."""

    latencies: tuple[float | None, ...]
    download: Transfer
    upload: Transfer


async def probe_link(
    far_end: str,
    *,
    interface: str = "",
    probes: int = 20,
    seconds: float = 5.0,
    probe_timeout: float = PROBE_TIMEOUT,
    answer_timeout: float = ANSWER_TIMEOUT,
    volume: int = VOLUME,
    progress: Callable[[str], None] = lambda _: None,
) -> LinkFigures:
    """Measure the way to the far end at the URL `far_end`, through `interface` (its name or own IP address, "" for any).

    seconds: length of each transfer, which ends earlier after `volume` bytes. probe_timeout, answer_timeout: seconds after
    which a latency probe is lost, and within which the far end must answer at all. progress: told what is measured next.
    Raises EnvironmentFault when the far end cannot be reached, is something else, or stops answering; InputError when
    this system cannot bind to an interface by its name.
    """
    probe = _Probe(far_end, _connector(interface), answer_timeout)
    try:
        await probe.identify()
        progress(f"latency, {probes} probes")
        latencies = tuple([await probe.latency(probe_timeout) for _ in range(probes)])
        progress(f"download, {seconds:g} s")
        download = await probe.download(seconds, volume)
        progress(f"upload, {seconds:g} s")
        upload = await probe.upload(seconds, volume)
    finally:
        await probe.close()
    return LinkFigures(latencies, download, upload)


class _Probe:
    """One HTTP session with the far end."""

    def __init__(self, far_end: str, connector: _DroppingConnector, patience: float) -> None:
        self._far_end = far_end
        self._connector = connector
        self._patience = patience
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=None, sock_connect=patience)
        )

    async def close(self) -> None:
        self._connector.abort()
        await self._session.close()

    async def identify(self) -> None:
        """Make sure that this is a far end; the request also opens the connection and wakes the link."""
        try:
            async with asyncio.timeout(self._patience), self._session.get(f"{self._far_end}/") as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, OSError) as error:
            raise self._fault(f"the far end cannot be reached: {self._reason(error)}") from error
        except ValueError:
            answer = None
        if answer != IDENTITY:
            raise self._fault("what answers there is no far end of this version of labapp")

    async def latency(self, patience: float) -> float | None:
        """Milliseconds of one round trip, None when it did not come to an end within `patience` seconds."""
        begin = time.perf_counter()
        if await self._round_trip(patience):
            return (time.perf_counter() - begin) * 1000
        # The connection went with the lost probe; the next one shall not pay for opening another.
        await self._round_trip(patience)
        return None

    async def _round_trip(self, patience: float) -> bool:
        try:
            async with asyncio.timeout(patience), self._session.get(f"{self._far_end}/latency") as response:
                await response.read()
        except (aiohttp.ClientError, OSError):
            return False
        return True

    async def download(self, seconds: float, volume: int) -> Transfer:
        """Read for `seconds`, or until `volume` bytes came."""
        received = 0
        begin: float | None = None
        try:
            async with asyncio.timeout(self._patience) as end, self._session.get(f"{self._far_end}/download") as stream:
                begin = time.perf_counter()
                end.reschedule(asyncio.get_running_loop().time() + seconds)
                async for data in stream.content.iter_any():
                    received += len(data)
                    if received >= volume:
                        break
        except (aiohttp.ClientError, OSError) as error:
            if begin is None or not isinstance(error, TimeoutError):
                raise self._fault(f"the download broke off: {self._reason(error)}") from error
        return Transfer(received, time.perf_counter() - begin)

    async def upload(self, seconds: float, volume: int) -> Transfer:
        """Send for `seconds`, or `volume` bytes; the far end counts."""

        async def noise() -> AsyncIterator[bytes]:
            for _ in range(0, volume, len(_NOISE)):
                yield _NOISE

        address = f"{self._far_end}/upload?seconds={seconds}"
        try:
            async with (
                asyncio.timeout(seconds + self._patience),
                self._session.post(address, data=noise()) as response,
            ):
                answer: dict[str, Any] = await response.json(content_type=None)
            return Transfer(int(answer["bytes"]), float(answer["seconds"]))
        except (aiohttp.ClientError, OSError) as error:
            raise self._fault(f"the upload broke off: {self._reason(error)}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise self._fault("the far end did not say what it received") from error

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer within {self._patience:g} s"
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return "there is no such host"
        if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
            return os.strerror(error.os_error.errno)
        return str(error) or type(error).__name__

    def _fault(self, what: str) -> EnvironmentFault:
        return EnvironmentFault(what, where=self._far_end, mend=_MEND)


class _DroppingConnector(aiohttp.TCPConnector):
    """Remembers its transports: what an upload left in their buffers is not worth waiting for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._transports: list[asyncio.Transport] = []

    async def connect(self, *request: Any, **options: Any) -> Connection:
        connection = await super().connect(*request, **options)
        if connection.transport:
            self._transports.append(connection.transport)
        return connection

    def abort(self) -> None:
        """Drop every connection with whatever waits in it."""
        for transport in self._transports:
            transport.abort()


def _connector(interface: str) -> _DroppingConnector:
    """A connector whose sockets leave through the interface; tried out first, so that its fault is not taken for the far end's."""
    if not interface:
        return _DroppingConnector()
    if is_own_address(interface):
        family = socket.AF_INET6 if ":" in interface else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                trial.bind((interface, 0))
        except OSError as error:
            raise _interface_fault(interface, "this machine has no such address") from error
        return _DroppingConnector(local_addr=(interface, 0))
    if not hasattr(socket, "SO_BINDTODEVICE"):
        raise InputError(
            "this system cannot bind to an interface by its name",
            where=f"[network] interface {interface!r}",
            mend="give the interface's own IP address",
        )

    def bound_socket(address: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, _ = address
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
            bound.setblocking(False)
        except OSError:
            bound.close()
            raise
        return bound

    try:
        bound_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("", 0))).close()
    except PermissionError as error:
        raise _interface_fault(interface, "this user may not bind to it by name") from error
    except OSError as error:
        raise _interface_fault(interface, "there is no such network interface") from error
    return _DroppingConnector(socket_factory=bound_socket)


def _interface_fault(interface: str, what: str) -> EnvironmentFault:
    return EnvironmentFault(
        what, where=f"interface {interface}", mend="give the name or the own IP address of a network interface"
    )
