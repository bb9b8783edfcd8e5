"""One TCP connection: an asyncio protocol around the sans-I/O core of `websockets`, for both roles.

The core keeps the rules of RFC 6455; this shell moves bytes, takes the receive stamp before anything else, puts
messages together, and says once how the connection ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import CLOSED, CONNECTING, OPEN, SERVER
from websockets.server import ServerProtocol

from labapp.domain.stamps import Stamp
from labapp.engine.ports import Clock
from labapp.links.edge import shown

# A log of the core at its finest level would show whole frames, and with them secrets.
CORE_LOGGER = logging.getLogger("labapp.links.core")
CORE_LOGGER.setLevel(logging.WARNING)

MAX_FRAME = 2**20
OPEN_TIMEOUT = 10.0
CLOSE_TIMEOUT = 5.0

# Beyond this many unsent bytes a peer that sends and does not read is no longer read either, so that a flood of pings
# cannot fill the memory with pongs. Far above what OCPP sends, so that receive stamps of a working device stay exact.
UNSENT_LIMIT = 2**20

_TLS_HANDSHAKE = b"\x16\x03"
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended: code, reason and by as in `LinkDown`.

    failure: for a connection that never became a WebSocket, "handshake", "timeout" or "network".
    """

    code: int
    reason: str
    by: str
    failure: str = "handshake"


class WireOwner(Protocol):
    """Who hears of a wire. Called from the event loop only, never from within a call to the wire."""

    def upgrade_arrived(self, wire: Wire, at: Stamp, message: Request | Response) -> None:
        """The HTTP request of a device, or the HTTP response of a central system."""

    def message_arrived(self, wire: Wire, at: Stamp, text: str, defect: str) -> None:
        """A data message, as `FrameReceived` says it, not yet masked."""

    def fact_arrived(self, wire: Wire, at: Stamp, kind: str, facts: Mapping[str, Any]) -> None:
        """A ping, a pong or a stall, as `WebSocketFact` says it, not yet masked."""

    def wire_ended(self, wire: Wire, at: Stamp, ending: Ending) -> None:
        """The last call for this wire."""


class Wire(asyncio.Protocol):
    """The shell around one core. among: the set this wire stands in as long as its TCP connection lives.

    facts: what is known of the connection before its first byte, for the events. Timeouts in seconds.
    """

    def __init__(
        self,
        core: ServerProtocol | ClientProtocol,
        owner: WireOwner,
        clock: Clock,
        among: set[Wire],
        *,
        facts: Mapping[str, Any],
        open_timeout: float,
        close_timeout: float,
    ) -> None:
        self.core = core
        self.facts = facts
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._owner: WireOwner | None = owner
        self._clock = clock
        self._among = among
        self._open_timeout = open_timeout
        self._close_timeout = close_timeout
        self._transport: asyncio.Transport
        self._open_timer: asyncio.TimerHandle
        self._close_timer: asyncio.TimerHandle | None = None
        self._heard = False
        self._head_tail = b""
        self._binary = False
        self._message = bytearray()
        self._fault = ""
        self._closed_by_tool = False
        self._frozen = False

    # What the links do with it

    @property
    def closed_by_tool(self) -> bool:
        """Whether the tool has begun to close this connection."""
        return self._closed_by_tool

    def send_text(self, text: str) -> bool:
        """Write one text frame; False when the WebSocket is not open."""
        if self.core.state is not OPEN:
            return False
        # A lone surrogate, which JSON can name and UTF-8 cannot carry, goes out as the JSON escape that it is.
        self.core.send_text(text.encode("utf-8", "backslashreplace"))
        self.flush()
        return True

    def flush(self) -> None:
        """Hand to the transport what the core wants written."""
        if self._frozen:
            return
        for data in self.core.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()
        if self._close_timer is None and self.core.close_expected():
            self._close_timer = asyncio.get_running_loop().call_later(self._close_timeout, self.abort)

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake; the TCP connection is aborted when the peer does not end it in time."""
        if self.core.state is OPEN:
            self._closed_by_tool = True
            self.core.send_close(code, reason)
            self.flush()

    def dismiss(self) -> None:
        """Tell the owner nothing more of this wire."""
        self._owner = None

    def freeze(self) -> None:
        """Read nothing, answer nothing and tell nothing more, but keep the TCP connection until `abort`."""
        self.dismiss()
        self._frozen = True
        self._transport.pause_reading()
        self._open_timer.cancel()
        if self._close_timer is not None:
            self._close_timer.cancel()

    def abort(self) -> None:
        """Drop the TCP connection at once, without a close frame."""
        self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=UNSENT_LIMIT)
        self._open_timer = asyncio.get_running_loop().call_later(self._open_timeout, self._expire)
        self._among.add(self)

    def data_received(self, data: bytes) -> None:
        at = self._clock.now()
        if not self._heard:
            self._heard = True
            if self.core.side is SERVER and data.startswith(_TLS_HANDSHAKE):
                self._end(at, Ending(CloseCode.ABNORMAL_CLOSURE, "a TLS handshake on a listener without TLS", "device"))
                self.abort()
                return
        for part in self._parts(data):
            self.core.receive_data(part)
            self._turn(at)

    def eof_received(self) -> None:
        at = self._clock.now()
        self.core.receive_eof()
        self._turn(at)

    def connection_lost(self, exc: Exception | None) -> None:
        at = self._clock.now()
        self._open_timer.cancel()
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._among.discard(self)
        self.core.receive_eof()
        if exc is not None and not self._closed_by_tool:
            reason = f"the TCP connection was lost: {exc.strerror if isinstance(exc, OSError) else exc}"
            self._end(at, Ending(CloseCode.ABNORMAL_CLOSURE, reason, "network", "network"))
        self._conclude(at)
        self.lost.set_result(None)

    def pause_writing(self) -> None:
        self._transport.pause_reading()
        self._fact_soon("stalled", {"unsent": self._transport.get_write_buffer_size()})

    def resume_writing(self) -> None:
        if not self._frozen:
            self._transport.resume_reading()
        self._fact_soon("flowing", {})

    # The way of what was read

    def _parts(self, data: bytes) -> list[bytes]:
        """Keep what an impatient device sends behind its request apart, until the request is answered."""
        if self.core.side is not SERVER or self.core.state is not CONNECTING:
            return [data]
        joined = self._head_tail + data
        end = joined.find(_END_OF_HEAD)
        if end < 0:
            self._head_tail = joined[-len(_END_OF_HEAD) + 1 :]
            return [data]
        split = end + len(_END_OF_HEAD) - len(self._head_tail)
        return [part for part in (data[:split], data[split:]) if part]

    def _turn(self, at: Stamp) -> None:
        self.flush()
        for event in self.core.events_received():
            if self._owner is None or self._fault:
                break
            if isinstance(event, Frame):
                self._take(self._owner, at, event)
            else:
                self._owner.upgrade_arrived(self, at, event)
        self._conclude(at)

    def _take(self, owner: WireOwner, at: Stamp, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.CLOSE:
                return
            case Opcode.PING | Opcode.PONG:
                owner.fact_arrived(self, at, frame.opcode.name.lower(), {"payload": shown(bytes(frame.data))})
                return
            case Opcode.TEXT | Opcode.BINARY:
                self._binary = frame.opcode is Opcode.BINARY
                self._message.clear()
        self._message += frame.data
        if not frame.fin:
            return
        data = bytes(self._message)
        defect = "binary" if self._binary else ""
        try:
            text = data.decode()
        except UnicodeDecodeError as exc:
            text = shown(data)
            if not self._binary:
                # RFC 6455, section 8.1: the connection must be failed.
                defect = "not utf-8"
                self._fault = f"a text message that is not UTF-8: {exc.reason} at byte {exc.start}"
                self.core.fail(CloseCode.INVALID_DATA, "not UTF-8")
        owner.message_arrived(self, at, text, defect)

    def _conclude(self, at: Stamp) -> None:
        self.flush()
        if self.core.state is not CONNECTING or self.core.close_expected():
            self._open_timer.cancel()
        error = self.core.parser_exc
        if isinstance(error, PayloadTooBig) and self._owner is not None:
            self._owner.message_arrived(self, at, str(error), "oversize")
        ending = self._ending()
        if ending is not None:
            self._end(at, ending)

    def _ending(self) -> Ending | None:
        """How the connection ended, None as long as it has not."""
        core = self.core
        if core.handshake_exc is not None:
            return Ending(CloseCode.ABNORMAL_CLOSURE, handshake_fault(core.handshake_exc), "device")
        error = core.parser_exc
        fault = self._fault or (str(error) if error is not None and not isinstance(error, EOFError) else "")
        if self._closed_by_tool:
            if core.close_rcvd is not None:
                return Ending(core.close_rcvd.code, core.close_rcvd.reason, "tool")
            if fault or core.state is CLOSED:
                reason = "the tool's close frame was not answered"
                return Ending(CloseCode.ABNORMAL_CLOSURE, reason, "tool")
            return None
        if fault and core.close_sent is not None:
            return Ending(core.close_sent.code, fault, "device")
        if core.close_rcvd is not None:
            return Ending(core.close_rcvd.code, core.close_rcvd.reason, "device")
        if core.state is CLOSED:
            reason = "the TCP connection was closed without a close frame"
            return Ending(CloseCode.ABNORMAL_CLOSURE, reason, "device")
        return None

    def _end(self, at: Stamp, ending: Ending) -> None:
        owner, self._owner = self._owner, None
        # A TCP connection that came and went without a byte (a look whether the port is open) asked for nothing.
        only_looked = self.core.side is SERVER and not self._heard and ending.failure != "timeout"
        if owner is not None and not only_looked:
            owner.wire_ended(self, at, ending)

    def _expire(self) -> None:
        reason = f"no whole HTTP head within {self._open_timeout:g} s"
        self._end(self._clock.now(), Ending(CloseCode.ABNORMAL_CLOSURE, reason, "device", "timeout"))
        self.abort()

    def _fact_soon(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Writing, and so a stall, may happen within a call of the owner: it hears of it in the loop's next turn."""
        asyncio.get_running_loop().call_soon(self._tell, self._clock.now(), kind, facts)

    def _tell(self, at: Stamp, kind: str, facts: Mapping[str, Any]) -> None:
        if self._owner is not None:
            self._owner.fact_arrived(self, at, kind, facts)


def handshake_fault(error: Exception) -> str:
    """What was wrong with an HTTP head, without what stood in it, which may be a secret."""
    return str(error.__cause__ or error).partition(":")[0]
