"""What the engine asks of the world: a link to the device under test, and clocks.

`links/` implements the link over WebSockets and in memory; tests implement nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from labapp.domain.stamps import Stamp


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """One WebSocket data message of the device, as it came. text: decoded content.

    defect: "" for a text frame; otherwise why the text is not what was on the wire
    ("binary", "oversize", "not utf-8"), the text then holding what can be shown of it.
    masks: one entry for each masked secret, as `labapp.ocpp.masking` makes them.
    """

    at: Stamp
    text: str
    defect: str = ""
    masks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The WebSocket is open. facts: JSON values, at least `identity`, `subprotocol`, `remote`, `authorization` ("none"|"basic")."""

    at: Stamp
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The WebSocket is closed. code: close code, 1006 when there was no close frame.

    by: whose act ended it. "device": it sent a close frame, closed its TCP connection, came a second time, or broke the
    WebSocket protocol (the tool then closes with 1002, 1007 or 1009, as RFC 6455 asks, and `reason` says why).
    "tool": `disconnect`, `cut` or `close`. "network": the TCP connection was reset or timed out.
    """

    at: Stamp
    code: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class UpgradeRefused:
    """An HTTP upgrade did not become a WebSocket. facts: JSON values.

    A server's refusal of a device: `identity`, `status` (0 when there was no HTTP answer), `reason` ("identity",
    "subprotocol", "authorization", "path", "handshake", "timeout", "network"), `detail`.
    A CSMS's refusal of the tool: `status` (0 when there was no HTTP answer), `reason`, `headers`, `authorization`, `detail`.
    """

    at: Stamp
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WebSocketFact:
    """Something below the messages that the record keeps and no case waits for.

    kind: "ping" or "pong" (facts: `payload`), "stalled" (the device reads too slowly, facts: `unsent` bytes) or "flowing".
    """

    at: Stamp
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


LinkEvent = FrameReceived | LinkUp | LinkDown | UpgradeRefused | WebSocketFact
LinkSink = Callable[[LinkEvent], None]


class Link(Protocol):
    """The tool's end of the connection to the device, in either role.

    Events go to the sink given to `open`, in order, never re-entrantly.
    """

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Start listening (central-system role) or get ready to connect (charge-point role).

        Returns what the `ready` message tells the operator: `listen` or `url`, and `identity`.
        Raises EnvironmentFault when the port is in use or the address is not this machine's.
        """

    def send(self, text: str) -> bool:
        """Send one text frame without waiting; False when there is no open connection."""

    def cut(self, mode: str) -> None:
        """Cut the network.

        mode "refuse": close without a close frame and refuse connections; "silent": keep it open, read and answer nothing.
        """

    def restore(self) -> None:
        """End a cut: accept connections (central-system role) again."""

    def disconnect(self) -> None:
        """Close the connection cleanly (code 1000) and stay ready for a next one."""

    def connect(self, options: Mapping[str, Any]) -> None:
        """Charge-point role: open the WebSocket; the outcome arrives as LinkUp or UpgradeRefused.

        options: `authorization` ("configured"|"none"), `subprotocols` (list of str, default that of the project).
        Central-system role: does nothing.
        """

    def use_password(self, password: str) -> None:
        """From the next connection on, expect (central-system role) or present (charge-point role) this password.

        password: as in `send`, a placeholder for a secret or the text itself.
        """

    async def close(self) -> None:
        """Close the connection and free the port."""


class FileClient(Protocol):
    """Moves files between the tool, where it plays the charge point, and the places that URLs name. Both raise OSError when they fail."""

    async def download(self, url: str) -> bytes:
        """The content of the file at the URL."""

    async def upload(self, url: str, content: bytes, name: str) -> None:
        """Put a file of that name into the place at the URL."""


class Clock(Protocol):
    """Both clocks of this process."""

    def now(self) -> Stamp:
        """The present moment."""
