"""A connection that carries text frames, and one that lies around another to change what a device sends."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Connection(Protocol):
    """An open WebSocket as the session class uses it; every method raises ConnectionError once it is closed."""

    async def send(self, text: str, /) -> None:
        """Send one text frame."""

    async def recv(self) -> str:
        """The next text frame."""

    async def ping(self) -> None:
        """Send a ping and wait for its pong."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame."""

    def abort(self) -> None:
        """End the connection without a close frame."""


class WrappedConnection:
    """Passes everything on to the connection inside; a subclass changes in `send` what its device does to frames."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held: set[asyncio.Task[None]] = set()

    async def send(self, text: str, /) -> None:
        """Send one text frame."""
        await self._connection.send(text)

    async def recv(self) -> str:
        """The next text frame."""
        return await self._connection.recv()

    async def ping(self) -> None:
        """Send a ping and wait for its pong."""
        await self._connection.ping()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame."""
        await self._connection.close(code, reason)

    def abort(self) -> None:
        """End the connection without a close frame."""
        self._connection.abort()

    def _hold(self, text: str, seconds: float) -> None:
        """Send a frame that many seconds later, unless the connection is closed by then; what follows does not wait for it."""
        task = asyncio.create_task(self._send_later(text, seconds))
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def _send_later(self, text: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._connection.send(text)
        except ConnectionError:
            return
