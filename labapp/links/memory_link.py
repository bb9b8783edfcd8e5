"""The tool's end of an in-memory connection, in either role: the same events as over a network, on a virtual clock too."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from labapp.domain.handshake import Admission, Handshake, UpgradeRejected, basic_authorization
from labapp.engine.ports import Clock, FrameReceived, LinkDown, LinkSink, LinkUp, UpgradeRefused
from labapp.links.memory import ABNORMAL, ConnectionClosed, MemoryConnection, Rendezvous


class _MemoryEnd:
    """What both roles share: one connection, read by a task, whose frames and end become events."""

    def __init__(self, rendezvous: Rendezvous, identity: str, subprotocol: str, clock: Clock) -> None:
        self.rendezvous = rendezvous
        self.identity = identity
        self.subprotocol = subprotocol
        self.clock = clock
        self._sink: LinkSink = lambda event: None
        self._connection: MemoryConnection | None = None
        self._silenced: MemoryConnection | None = None
        self._by = "device"
        self._password: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, text: str) -> bool:
        """Send one text frame; False when there is no open connection."""
        if self._connection is None or self._connection.closed:
            return False
        self._connection.send_nowait(text)
        return True

    def cut(self, mode: str) -> None:
        """Cut the network between the two ends; for the tool the connection is down at once, silent or not."""
        self._by = "tool"
        self.rendezvous.cut(mode)
        if mode == "silent" and self._connection is not None:
            self._silenced, self._connection = self._connection, None
            down = LinkDown(self.clock.now(), ABNORMAL, "", "tool")
            asyncio.get_running_loop().call_soon(self._sink, down)

    def restore(self) -> None:
        """End a cut; a connection that was silent is aborted, as the tool does over a network."""
        if self._silenced is not None:
            self._silenced.abort()
        self.rendezvous.restore()

    def use_password(self, password: str) -> None:
        """From the next connection on, present this password; a central system in memory checks none."""
        self._password = password

    def disconnect(self) -> None:
        """Close the connection cleanly."""
        if self._connection is not None:
            self._by = "tool"
            self._spawn(self._connection.close())

    async def close(self) -> None:
        """Close the connection and stop."""
        if self._connection is not None:
            self._by = "tool"
            await self._connection.close()
            await asyncio.gather(*self._tasks)
        for task in list(self._tasks):
            task.cancel()

    def _opened(self, connection: MemoryConnection, facts: Mapping[str, Any]) -> None:
        self._connection, self._by = connection, "device"
        self._sink(LinkUp(self.clock.now(), {"identity": self.identity, "remote": "memory", **facts}))
        self._spawn(self._read(connection))

    async def _read(self, connection: MemoryConnection) -> None:
        try:
            while True:
                text = await connection.recv()
                # What was sent into the silence is never read: that connection is over for the tool.
                if connection is not self._silenced:
                    self._sink(FrameReceived(self.clock.now(), text))
        except ConnectionClosed as closed:
            if connection is self._silenced:
                self._silenced = None
                return
            if self._connection is connection:
                self._connection = None
            by = self._by if self._by == "tool" or closed.code != ABNORMAL else "network"
            self._sink(LinkDown(self.clock.now(), closed.code, closed.reason, by))

    def _spawn(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class MemoryCentralSystemLink(_MemoryEnd):
    """The tool as central system: stations dial the rendezvous."""

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Listen."""
        self._sink = sink
        self.rendezvous.listen(self._admit, self._accept)
        return {"listen": "memory", "identity": self.identity}

    def connect(self, options: Mapping[str, Any]) -> None:
        """A central system does not connect."""

    def _admit(self, handshake: Handshake) -> Admission:
        if handshake.identity != self.identity:
            return Admission(404, reason="identity")
        if self.subprotocol not in handshake.subprotocols:
            return Admission(400, reason="subprotocol")
        return Admission(101, self.subprotocol)

    def _accept(self, connection: MemoryConnection, handshake: Handshake) -> None:
        authorization = "basic" if handshake.authorization else "none"
        self._opened(connection, {"subprotocol": self.subprotocol, "authorization": authorization})


class MemoryChargePointLink(_MemoryEnd):
    """The tool as charge point: it dials the rendezvous at which a central system listens."""

    def __init__(
        self, rendezvous: Rendezvous, identity: str, subprotocol: str, clock: Clock, password: str | None = None
    ) -> None:
        super().__init__(rendezvous, identity, subprotocol, clock)
        self._password = password

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Get ready to connect."""
        self._sink = sink
        return {"url": "memory", "identity": self.identity}

    def connect(self, options: Mapping[str, Any]) -> None:
        """Dial; the outcome arrives as an event."""
        self._spawn(self._dial(options))

    async def _dial(self, options: Mapping[str, Any]) -> None:
        authorization = None
        if options.get("authorization", "configured") == "configured" and self._password is not None:
            authorization = basic_authorization(self.identity, self._password)
        subprotocols = tuple(options.get("subprotocols") or (self.subprotocol,))
        shown = "basic" if authorization else "none"
        try:
            connection = await self.rendezvous.dial(Handshake(self.identity, subprotocols, authorization))
        except UpgradeRejected as rejected:
            facts = {"status": rejected.admission.status, "reason": rejected.admission.reason, "authorization": shown}
            self._sink(UpgradeRefused(self.clock.now(), {**facts, "headers": {}}))
        except ConnectionRefusedError as refused:
            facts = {"status": 0, "reason": "refused", "detail": str(refused), "authorization": shown}
            self._sink(UpgradeRefused(self.clock.now(), {**facts, "headers": {}}))
        else:
            self._opened(connection, {"subprotocol": connection.subprotocol, "authorization": shown})
