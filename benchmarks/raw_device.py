"""What the benchmarks share: a device that costs nothing itself, and servers in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from websockets.frames import Frame, Opcode

#: A fresh interpreter, so that a server inherits nothing of the benchmark.
PROCESSES = multiprocessing.get_context("spawn")


def keep_to_cpu(position: int) -> None:
    """Keep this process on one of the CPUs that it may use: 0 the first, -1 the last; nothing where that is not offered.

    A server that shares the device's CPU answers in half or in twice the time of one that does not, so that servers are
    only comparable when both stand in the same place.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[position]})


@contextmanager
def beside(role: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """Run role(connection, *arguments) in its own process; yields this end of the connection to it."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=role, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()
        ours.close()


class RawDevice:
    """A connected device on one blocking socket: a frame out is one write, a frame in is read without a library."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb")
        self._socket.sendall(
            b"GET /CP1 HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
        )
        if not self._stream.readline().startswith(b"HTTP/1.1 101 "):
            raise ConnectionError("the server did not become a WebSocket")
        while self._stream.readline() != b"\r\n":
            pass

    def send(self, text: str) -> None:
        """Send one text frame."""
        self._socket.sendall(Frame(Opcode.TEXT, text.encode()).serialize(mask=True))

    def receive(self) -> bytes:
        """The payload of the next frame of less than 64 KiB."""
        length = self._stream.read(2)[1]
        if length == 126:
            length = int.from_bytes(self._stream.read(2), "big")
        return self._stream.read(length)

    def __enter__(self) -> RawDevice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._socket.sendall(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        while self._stream.read(65536):
            pass
        self._stream.close()
        self._socket.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
