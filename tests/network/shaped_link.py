"""A TCP relay that is as slow, late or lossy as it is told, between a client and a far end on this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

#: Bytes that wait in the relay's sockets; small, so that a slow link is felt at once.
_BUFFER = 8192


@asynccontextmanager
async def shaped_link(
    port: int,
    *,
    up: float = 1e9,
    down: float = 1e9,
    delay: float = 0.0,
    swallows: Callable[[int], bool] = lambda _: False,
) -> AsyncIterator[int]:
    """Relay to `port` of this machine; gives the port to connect to.

    up, down: bytes per second, client to far end and back. delay: seconds that each piece from the far end is held back.
    swallows: told the number, from 1 and over all connections, of each piece from the client; a swallowed one never arrives.
    """
    pieces = 0
    relays: set[asyncio.Task[None]] = set()
    ended = asyncio.Event()

    def lost() -> bool:
        nonlocal pieces
        pieces += 1
        return swallows(pieces)

    async def relay(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        this = asyncio.current_task()
        assert this
        relays.add(this)
        far, to_far = await asyncio.open_connection("127.0.0.1", port, limit=_BUFFER)
        for writer in (to_client, to_far):
            writer.transport.set_write_buffer_limits(0)
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        pumps: list[asyncio.Task[Any]] = [
            asyncio.create_task(_pump(client, to_far, up, 0.0, lost)),
            asyncio.create_task(_pump(far, to_client, down, delay, lambda: False)),
            asyncio.create_task(ended.wait()),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for writer in (to_client, to_far):
                writer.transport.abort()
            relays.discard(this)

    server = await asyncio.start_server(relay, "127.0.0.1", 0, limit=_BUFFER)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        ended.set()
        if relays:
            await asyncio.wait(relays)
        # Aborted sockets are closed in the loop's next round.
        await asyncio.sleep(0)


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, rate: float, delay: float, lost: Callable[[], bool]
) -> None:
    """Hand on what comes, in steps of at most a twentieth of a second's worth."""
    step = max(1, min(_BUFFER, int(rate / 20)))
    with suppress(ConnectionError):
        while data := await source.read(step):
            await asyncio.sleep(delay + len(data) / rate)
            if not lost():
                sink.write(data)
                await sink.drain()
