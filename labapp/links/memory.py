"""WebSocket connections without a network: two ends in one process, and a place where a station finds its central system.

Nothing here waits on a file or a thread, so it runs on a virtual clock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from labapp.domain.handshake import Admission, Handshake, UpgradeRejected

#: Close code of a connection that ended without a close frame (RFC 6455, section 7.1.5).
ABNORMAL = 1006


class ConnectionClosed(ConnectionError):
    """The connection is closed. code, reason: of the close frame; 1006 when there was none."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with code {code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class MemoryConnection:
    """One end of an in-memory connection that carries text frames in order."""

    def __init__(self, subprotocol: str) -> None:
        self.subprotocol = subprotocol
        self._peer: MemoryConnection = self
        self._inbox: deque[str] = deque()
        self._held: deque[str] | None = None
        self._arrival = asyncio.Event()
        self._closed: ConnectionClosed | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed is not None

    def send_nowait(self, text: str) -> None:
        """Send one text frame. Raises ConnectionClosed."""
        if self._closed is not None:
            raise self._closed
        self._peer._deliver(text)

    async def send(self, text: str) -> None:
        """Send one text frame. Raises ConnectionClosed."""
        self.send_nowait(text)

    async def recv(self) -> str:
        """The next text frame; frames sent before the close still arrive. Raises ConnectionClosed after the last."""
        while not self._inbox:
            if self._closed is not None:
                raise self._closed
            self._arrival.clear()
            await self._arrival.wait()
        return self._inbox.popleft()

    async def ping(self) -> None:
        """Wait for the pong of the other end: for as long as the network is silent. Raises ConnectionClosed."""
        while self._held is not None and self._closed is None:
            self._arrival.clear()
            await self._arrival.wait()
        if self._closed is not None:
            raise self._closed

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close both ends with a close frame; closing a closed connection does nothing."""
        self._shut(code, reason)
        self._peer._shut(code, reason)

    def abort(self) -> None:
        """End the connection without a close frame, as when the network is cut."""
        self._shut(ABNORMAL, "")
        self._peer._shut(ABNORMAL, "")

    def hold(self) -> None:
        """Keep what arrives from now on, at both ends, until `release`: the network is silent."""
        for end in (self, self._peer):
            end._held = deque() if end._held is None else end._held

    def release(self) -> None:
        """Deliver what was kept, in order, at both ends."""
        for end in (self, self._peer):
            held, end._held = end._held, None
            if held is not None:
                end._inbox.extend(held)
                end._arrival.set()

    def _deliver(self, text: str) -> None:
        if self._held is not None:
            self._held.append(text)
        else:
            self._inbox.append(text)
            self._arrival.set()

    def _shut(self, code: int, reason: str) -> None:
        if self._closed is None:
            self._closed = ConnectionClosed(code, reason)
            self._arrival.set()


def connection_pair(subprotocol: str = "ocpp1.6") -> tuple[MemoryConnection, MemoryConnection]:
    """Both ends of a new connection."""
    left, right = MemoryConnection(subprotocol), MemoryConnection(subprotocol)
    left._peer, right._peer = right, left
    return left, right


Admit = Callable[[Handshake], Admission]
Opened = Callable[[MemoryConnection, Handshake], None]


class Rendezvous:
    """The address at which one side listens and the other dials, with a network between them that can be cut."""

    def __init__(self) -> None:
        self._listener: tuple[Admit, Opened] | None = None
        self._connections: list[MemoryConnection] = []
        self._cut = ""
        self._passable = asyncio.Event()
        self._passable.set()

    def listen(self, admit: Admit, opened: Opened) -> None:
        """Answer dials: `admit` decides on the handshake, `opened` gets the listening end of each connection made."""
        self._listener = (admit, opened)

    def stop_listening(self) -> None:
        """Refuse further dials; connections stay."""
        self._listener = None

    async def dial(self, handshake: Handshake) -> MemoryConnection:
        """The dialling end of a new connection.

        Raises ConnectionRefusedError when nobody listens or the network is cut, UpgradeRejected when the
        listener does not admit the handshake. While the network is silent it waits.
        """
        await self._passable.wait()
        if self._cut or self._listener is None:
            raise ConnectionRefusedError("the network is cut" if self._cut else "nobody listens")
        admit, opened = self._listener
        admission = admit(handshake)
        if not admission.admitted:
            raise UpgradeRejected(admission)
        near, far = connection_pair(admission.subprotocol)
        self._connections = [each for each in self._connections if not each.closed] + [near]
        opened(far, handshake)
        return near

    def cut(self, mode: str) -> None:
        """Cut the network. "refuse": connections end without a close frame and dials are refused; "silent": nothing passes.

        Raises ValueError for another mode.
        """
        if mode not in ("refuse", "silent"):
            raise ValueError(f"a network is cut by refuse or silent, not {mode!r}")
        self._cut = mode
        if mode == "refuse":
            self._passable.set()
            for connection in self._connections:
                connection.abort()
            self._connections.clear()
        else:
            self._passable.clear()
            for connection in self._connections:
                connection.hold()

    def restore(self) -> None:
        """End a cut; what was sent into the silence is delivered now, as TCP would."""
        self._cut = ""
        self._passable.set()
        for connection in self._connections:
            connection.release()
