"""How a simulated central system is reached over the network: a WebSocket server that asks it about each handshake."""

from __future__ import annotations

import http
import urllib.parse
from typing import Protocol

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from labapp.domain.errors import EnvironmentFault
from labapp.domain.handshake import Admission, Handshake
from labapp.simulator.connection import Connection
from labapp.simulator.dialing import WebSocketConnection


class CentralSystem(Protocol):
    """What a listener needs of a central system."""

    def admit(self, handshake: Handshake) -> Admission:
        """Decide on a handshake."""

    async def serve(self, connection: Connection, handshake: Handshake) -> None:
        """Serve an admitted station until its connection is closed."""


class WebSocketListener:
    """Listens for stations on behalf of a central system."""

    def __init__(self, system: CentralSystem) -> None:
        self._system = system
        self._server: Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; the port, which the system chooses when 0 is given.

        Raises EnvironmentFault when the address cannot be had.
        """
        try:
            self._server = await serve(
                self._run,
                host,
                port,
                process_request=self._process,
                select_subprotocol=self._select,
                compression=None,
                ping_interval=None,
            )
        except OSError as fault:
            raise EnvironmentFault(
                f"cannot listen: {fault.strerror or fault}",
                where=f"{host}:{port}",
                mend="choose another address or port, or stop what uses it",
            ) from fault
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def close(self) -> None:
        """Close every connection and free the port."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _run(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        await self._system.serve(WebSocketConnection(socket), _handshake(socket.request))

    def _process(self, socket: ServerConnection, request: Request) -> Response | None:
        admission = self._system.admit(_handshake(request))
        if admission.admitted:
            return None
        response = socket.respond(http.HTTPStatus(admission.status), f"{admission.reason}\n")
        if admission.status == http.HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
        return response

    def _select(self, socket: ServerConnection, offered: object) -> Subprotocol | None:
        assert socket.request is not None
        name = self._system.admit(_handshake(socket.request)).subprotocol
        return Subprotocol(name) if name else None


def _handshake(request: Request) -> Handshake:
    path = urllib.parse.urlsplit(request.path).path
    offered = [
        name.strip() for header in request.headers.get_all("Sec-WebSocket-Protocol") for name in header.split(",")
    ]
    return Handshake(
        identity=urllib.parse.unquote(path.rstrip("/").rpartition("/")[2]),
        subprotocols=tuple(name for name in offered if name),
        authorization=request.headers.get("Authorization"),
    )
