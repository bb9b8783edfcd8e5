"""What both roles of the WebSocket link share: the one open connection, its events, sending, cutting, closing."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from labapp.domain.stamps import Stamp
from labapp.engine.ports import (
    Clock,
    FrameReceived,
    LinkDown,
    LinkEvent,
    LinkSink,
    LinkUp,
    UpgradeRefused,
    WebSocketFact,
)
from labapp.links.edge import Masker, Unmask, masked_facts
from labapp.links.wire import Ending, Wire

ABNORMAL = int(CloseCode.ABNORMAL_CLOSURE)
CUT = "the tool cut the network"


class WebSocketLink(ABC):
    """The part of `labapp.engine.ports.Link` that does not depend on who calls whom.

    password: None without Basic authentication. masker: on all that comes in. unmask: on the frames, unmask_value: on the
    passwords that the tool names by placeholders. max_frame: bytes of the longest message that is read. open_timeout
    and close_timeout: seconds until an unfinished upgrade, an unfinished closing handshake, is aborted.
    """

    def __init__(
        self,
        *,
        identity: str,
        subprotocol: str,
        password: str | None,
        clock: Clock,
        masker: Masker,
        unmask: Unmask,
        unmask_value: Unmask,
        max_frame: int,
        open_timeout: float,
        close_timeout: float,
    ) -> None:
        self._identity = identity
        self._subprotocol = subprotocol
        self._password = password
        self._clock = clock
        self._masker = masker
        self._unmask = unmask
        self._unmask_value = unmask_value
        self._max_frame = max_frame
        self._open_timeout = open_timeout
        self._close_timeout = close_timeout
        self._sink: LinkSink
        self._wire: Wire | None = None
        self._wires: set[Wire] = set()
        self._cut = ""

    # The port

    def send(self, text: str) -> bool:
        """Send one text frame without waiting; False when there is no open connection."""
        return self._wire is not None and self._wire.send_text(self._unmask(text))

    def disconnect(self) -> None:
        """Close the connection cleanly (code 1000) and stay ready for a next one."""
        if self._wire is not None:
            self._wire.close(CloseCode.NORMAL_CLOSURE)

    def use_password(self, password: str) -> None:
        """From the next connection on, use this password; it may be a placeholder for a secret."""
        self._password = self._unmask_value(password)

    def cut(self, mode: str) -> None:
        """Cut the network: "refuse" aborts without a close frame, "silent" keeps TCP and reads and answers nothing.

        In both modes LinkDown (1006, by the tool) follows, as for the tool the device is gone from here on.
        Raises ValueError for another mode.
        """
        if mode not in ("refuse", "silent"):
            raise ValueError(f"a network is cut by refuse or silent, not by {mode!r}")
        if self._cut:
            self.restore()
        self._cut = mode
        self._drop_open_wire(CUT)
        for wire in tuple(self._wires):
            wire.freeze()
            if mode == "refuse":
                wire.abort()
        self._network_went(mode)

    def restore(self) -> None:
        """End a cut: what was kept open in silence is aborted, connections are possible again on the same port."""
        if not self._cut:
            return
        self._cut = ""
        for wire in tuple(self._wires):
            wire.abort()
        self._network_came_back()

    async def close(self) -> None:
        """Close the connection (code 1001) and wait until every TCP connection is gone, at most the close timeout."""
        self._cut = ""
        for wire in tuple(self._wires):
            if wire is self._wire:
                wire.close(CloseCode.GOING_AWAY)
            else:
                wire.dismiss()
                wire.abort()
        if self._wires:
            await asyncio.wait([wire.lost for wire in self._wires])

    # What the wires tell

    @abstractmethod
    def upgrade_arrived(self, wire: Wire, at: Stamp, message: Request | Response) -> None:
        """An HTTP head arrived; each role has its own answer."""

    def message_arrived(self, wire: Wire, at: Stamp, text: str, defect: str) -> None:
        """A data message arrived."""
        masked, masks = self._masker(text)
        self._sink(FrameReceived(at, masked, defect, masks))

    def fact_arrived(self, wire: Wire, at: Stamp, kind: str, facts: Mapping[str, Any]) -> None:
        """A ping, a pong or a stall."""
        self._sink(WebSocketFact(at, kind, masked_facts(facts, self._masker)))

    def wire_ended(self, wire: Wire, at: Stamp, ending: Ending) -> None:
        """A connection ended: the open one, or one that never became a WebSocket."""
        if wire is self._wire:
            self._wire = None
            self._sink(LinkDown(at, int(ending.code), self._masker(ending.reason)[0], ending.by))
        else:
            self._upgrade_failed(wire, at, ending)

    @abstractmethod
    def _upgrade_failed(self, wire: Wire, at: Stamp, ending: Ending) -> None:
        """The TCP connection ended before there was a WebSocket; each role has its own facts."""

    # For the roles

    @abstractmethod
    def _network_went(self, mode: str) -> None:
        """Every connection is cut; here a role cuts what else it has under way."""

    @abstractmethod
    def _network_came_back(self) -> None:
        """Every connection of before the cut is gone; here a role makes new ones possible."""

    def _link_up(self, wire: Wire, at: Stamp, facts: Mapping[str, Any]) -> None:
        self._wire = wire
        self._sink(LinkUp(at, masked_facts(facts, self._masker)))

    def _refused(self, at: Stamp, facts: Mapping[str, Any]) -> UpgradeRefused:
        return UpgradeRefused(at, masked_facts(facts, self._masker))

    def _drop_open_wire(self, reason: str) -> None:
        """Forget the open connection; its LinkDown follows in the loop's next turn, as this is the tool's own call."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.dismiss()
            self._emit_soon(LinkDown(self._clock.now(), ABNORMAL, reason, "tool"))

    def _emit_soon(self, event: LinkEvent) -> None:
        asyncio.get_running_loop().call_soon(self._sink, event)
