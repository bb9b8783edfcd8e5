"""How a simulated station reaches its central system: over the network, or anything else that carries text frames."""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from labapp.domain.errors import InputError
from labapp.domain.handshake import Admission, Handshake, UpgradeRejected
from labapp.simulator.connection import Connection

#: Seconds that a dial may take until the WebSocket is open.
OPEN_TIMEOUT = 10.0


class Dialer(Protocol):
    """Opens connections to the one central system that a station is configured for."""

    async def dial(self, handshake: Handshake) -> Connection:
        """Open one connection.

        Raises UpgradeRejected when the central system refuses the handshake, another ConnectionError or
        TimeoutError when it cannot be reached.
        """


class WebSocketConnection:
    """A connection of the `websockets` library, its closing told as ConnectionError."""

    def __init__(self, socket: ClientConnection | ServerConnection) -> None:
        self._socket = socket

    async def send(self, text: str, /) -> None:
        """Send one text frame."""
        try:
            await self._socket.send(text)
        except ConnectionClosed as closed:
            raise ConnectionResetError(str(closed)) from closed

    async def recv(self) -> str:
        """The next frame; a binary one is read as UTF-8, with what cannot be read replaced."""
        try:
            frame = await self._socket.recv()
        except ConnectionClosed as closed:
            raise ConnectionResetError(str(closed)) from closed
        return frame if isinstance(frame, str) else frame.decode(errors="replace")

    async def ping(self) -> None:
        """Send a ping and wait for its pong."""
        try:
            await (await self._socket.ping())
        except ConnectionClosed as closed:
            raise ConnectionResetError(str(closed)) from closed

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame."""
        await self._socket.close(code, reason)

    def abort(self) -> None:
        """End the TCP connection at once."""
        self._socket.transport.abort()


class WebSocketDialer:
    """Dials URL/IDENTITY over the network. url: `ws://HOST:PORT/PATH`; it may end with the identity already.

    Raises InputError for a URL that is none.
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("ws", "wss") or not parts.hostname:
            raise InputError(f"{url!r} is no WebSocket address", mend="give ws://HOST:PORT/PATH")
        self._url = url.rstrip("/")

    def address(self, identity: str) -> str:
        """The address that a station of that identity dials."""
        last = urllib.parse.quote(identity, safe="")
        return self._url if self._url.endswith(f"/{last}") else f"{self._url}/{last}"

    async def dial(self, handshake: Handshake) -> Connection:
        """Open one WebSocket; errors as `Dialer.dial` says."""
        headers = {"Authorization": handshake.authorization} if handshake.authorization else {}
        try:
            socket = await connect(
                self.address(handshake.identity),
                subprotocols=_subprotocols(handshake.subprotocols),
                additional_headers=headers,
                compression=None,
                proxy=None,
                ping_interval=None,
                open_timeout=OPEN_TIMEOUT,
            )
        except InvalidStatus as refusal:
            raise UpgradeRejected(Admission(refusal.response.status_code)) from refusal
        except (InvalidHandshake, InvalidMessage) as fault:
            raise ConnectionRefusedError(str(fault)) from fault
        except OSError as fault:
            raise ConnectionRefusedError(str(fault)) from fault
        return WebSocketConnection(socket)


def _subprotocols(names: Sequence[str]) -> list[Subprotocol]:
    return [Subprotocol(name) for name in names]
