"""The central-system role over WebSockets: one port, one device.

An accepted socket goes through stages, which may look at its first bytes without taking them, and then on to (TLS and)
the WebSocket: the same connection all the way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from websockets.exceptions import HeaderLineTooLong, RequestLineTooLong, TooManyHeaders
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from labapp.domain.stamps import Stamp
from labapp.engine.ports import Clock, LinkDown, LinkSink
from labapp.links.edge import Masker, Unmask, nothing_hidden, nothing_masked
from labapp.links.link import ABNORMAL, WebSocketLink
from labapp.links.listener import Listener
from labapp.links.upgrade import CHALLENGE, judge_request
from labapp.links.wire import CLOSE_TIMEOUT, CORE_LOGGER, MAX_FRAME, OPEN_TIMEOUT, Ending, Wire, handshake_fault

_REPLACED = "the device connected a second time"

# What the core itself answered to a head that it could not read; to all others it answers nothing.
_STATUS_OF_FAULT: Mapping[object, int] = {
    RequestLineTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    HeaderLineTooLong: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    TooManyHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A TCP connection on its way to the WebSocket. at: when it was accepted. remote: "HOST:PORT".

    tls: the context to serve TLS with, None for plain TCP. facts: JSON values for the events of this connection.
    """

    socket: socket.socket
    at: Stamp
    remote: str
    tls: ssl.SSLContext | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Stage = Callable[[Accepted], Awaitable[Accepted]]
"""Looks at a connection (MSG_PEEK; it must not consume) and hands it on with what it found. Raises OSError to drop it."""


class CentralSystemLink(WebSocketLink):
    """`labapp.engine.ports.Link` as the central system that the device connects to.

    listen: "HOST:PORT", port 0 for a free one. password: what HTTP Basic must present, None to ask for none. stages: run
    one after another on each accepted connection. Other arguments as in `WebSocketLink`.
    Raises InputError when `listen` is no address.
    """

    def __init__(
        self,
        listen: str,
        identity: str,
        subprotocol: str,
        password: str | None,
        clock: Clock,
        masker: Masker = nothing_masked,
        *,
        unmask: Unmask = nothing_hidden,
        unmask_value: Unmask = nothing_hidden,
        stages: Sequence[Stage] = (),
        max_frame: int = MAX_FRAME,
        open_timeout: float = OPEN_TIMEOUT,
        close_timeout: float = CLOSE_TIMEOUT,
    ) -> None:
        super().__init__(
            identity=identity,
            subprotocol=subprotocol,
            password=password,
            clock=clock,
            masker=masker,
            unmask=unmask,
            unmask_value=unmask_value,
            max_frame=max_frame,
            open_timeout=open_timeout,
            close_timeout=close_timeout,
        )
        self._stages = stages
        self._listener = Listener(listen, self._accepted, self._accepting_failed)
        self._arrivals: dict[asyncio.Task[None], socket.socket] = {}
        self._held: list[socket.socket] = []

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Listen. Returns `listen` (with the port that was given) and `identity`.

        Raises EnvironmentFault when the port is in use or the address is not this machine's.
        """
        self._sink = sink
        return {"listen": await self._listener.open(), "identity": self._identity}

    def connect(self, options: Mapping[str, Any]) -> None:
        """A central system is connected to: nothing to do."""

    async def close(self) -> None:
        """As in `WebSocketLink`; and free the port."""
        self._listener.close()
        for arrival in self._arrivals:
            arrival.cancel()
        self._release()
        await super().close()

    # Cutting

    def _network_went(self, mode: str) -> None:
        if mode == "refuse":
            self._listener.refuse()
        else:
            self._listener.silence()
        for arrival in self._arrivals:
            arrival.cancel()

    def _network_came_back(self) -> None:
        self._release()
        self._listener.resume()

    # From the listening socket to the WebSocket

    def _accepted(self, connection: socket.socket, remote: str) -> None:
        arrived = Accepted(connection, self._clock.now(), remote)
        arrival = asyncio.get_running_loop().create_task(self._hand_on(arrived))
        self._arrivals[arrival] = connection
        arrival.add_done_callback(self._arrived)

    def _accepting_failed(self, exc: OSError) -> None:
        self._tell_failure({"remote": ""}, "network", f"no connection can be accepted for now: {exc.strerror}")

    async def _hand_on(self, accepted: Accepted) -> None:
        try:
            async with asyncio.timeout(self._open_timeout):
                for stage in self._stages:
                    accepted = await stage(accepted)
                wire = self._new_wire(accepted)
                loop = asyncio.get_running_loop()
                await loop.connect_accepted_socket(lambda: wire, accepted.socket, ssl=accepted.tls)
        except TimeoutError:
            accepted.socket.close()
            detail = f"the connection was not ready for an upgrade within {self._open_timeout:g} s"
            self._tell_failure(_facts_of(accepted), "timeout", detail)
        except OSError as exc:
            accepted.socket.close()
            self._tell_failure(_facts_of(accepted), "network", f"the connection was lost before the upgrade: {exc}")

    def _arrived(self, arrival: asyncio.Task[None]) -> None:
        connection = self._arrivals.pop(arrival)
        if arrival.cancelled():
            if self._cut == "silent":
                self._held.append(connection)
            else:
                connection.close()

    def _release(self) -> None:
        while self._held:
            self._held.pop().close()

    def _new_wire(self, accepted: Accepted) -> Wire:
        def chosen(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
            return next((each for each in offered if each == self._subprotocol), None)

        core = ServerProtocol(select_subprotocol=chosen, max_size=self._max_frame, logger=CORE_LOGGER)
        return Wire(
            core,
            self,
            self._clock,
            self._wires,
            facts=_facts_of(accepted),
            open_timeout=self._open_timeout,
            close_timeout=self._close_timeout,
        )

    # The upgrade

    def upgrade_arrived(self, wire: Wire, at: Stamp, message: Request | Response) -> None:
        """Answer the device's request: path and identity, then credentials, then the handshake, then the subprotocol.

        Source: OCPP-J 1.6, section 3.2. Without an agreed subprotocol the handshake is finished without the header and
        the WebSocket closed at once (1002), as it demands there; for the events that is a refusal with status 101.
        """
        core = wire.core
        assert isinstance(core, ServerProtocol)
        assert isinstance(message, Request)
        judged = judge_request(message, identity=self._identity, password=self._password)
        status, reason, detail = judged.status.value, judged.reason, judged.detail
        if reason:
            response = core.reject(status, f"{detail}\n")
            if status == HTTPStatus.UNAUTHORIZED:
                response.headers["WWW-Authenticate"] = CHALLENGE
        else:
            response = core.accept(message)
            status = response.status_code
            if core.handshake_exc is not None:
                reason, detail = "handshake", handshake_fault(core.handshake_exc)
        core.send_response(response)
        if not reason and core.subprotocol is None:
            reason, detail = "subprotocol", f"the device does not offer {self._subprotocol}"
            core.send_close(CloseCode.PROTOCOL_ERROR, f"{self._subprotocol} is required")
        wire.flush()
        facts = {**wire.facts, **judged.facts}
        if reason:
            wire.dismiss()
            self._sink(self._refused(at, {**facts, "status": status, "reason": reason, "detail": detail}))
        else:
            self._drop_older(at)
            # Who hears that the older connection is gone may cut the network over it.
            if not self._cut:
                self._link_up(wire, at, {**facts, "subprotocol": core.subprotocol})

    def _drop_older(self, at: Stamp) -> None:
        """One connection at a time: the one that the device left behind gives way."""
        old, self._wire = self._wire, None
        if old is not None:
            by = "tool" if old.closed_by_tool else "device"
            old.dismiss()
            old.close(CloseCode.NORMAL_CLOSURE, "replaced by a newer connection")
            self._sink(LinkDown(at, ABNORMAL, _REPLACED, by))

    def _upgrade_failed(self, wire: Wire, at: Stamp, ending: Ending) -> None:
        status = _STATUS_OF_FAULT.get(type(wire.core.handshake_exc), 0)
        facts = {"identity": "", "status": status, "reason": ending.failure, "detail": ending.reason}
        self._sink(self._refused(at, {**wire.facts, **facts}))

    def _tell_failure(self, facts: Mapping[str, Any], reason: str, detail: str) -> None:
        told = {**facts, "identity": "", "status": 0, "reason": reason, "detail": detail}
        self._sink(self._refused(self._clock.now(), told))


def _facts_of(accepted: Accepted) -> dict[str, Any]:
    return {"remote": accepted.remote, **accepted.facts}
