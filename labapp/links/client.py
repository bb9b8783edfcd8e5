"""The charge-point role over WebSockets: the tool connects to a central system."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidURI
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI, parse_uri

from labapp.domain.errors import InputError
from labapp.domain.handshake import basic_authorization
from labapp.domain.stamps import Stamp
from labapp.engine.ports import Clock, LinkSink, UpgradeRefused
from labapp.links.edge import Masker, Unmask, nothing_hidden, nothing_masked, shown_headers
from labapp.links.link import CUT, WebSocketLink
from labapp.links.listener import address_text
from labapp.links.wire import CLOSE_TIMEOUT, CORE_LOGGER, MAX_FRAME, OPEN_TIMEOUT, Ending, Wire, handshake_fault


class ChargePointLink(WebSocketLink):
    """`labapp.engine.ports.Link` as a charging station that connects to a central system.

    url: ws or wss, without the identity, which is appended (OCPP-J 1.6, section 3.1). password: what HTTP Basic
    presents, None for none. tls: the context for wss, None for the system's trust. Redirects are not followed.
    Other arguments as in `WebSocketLink`. Raises InputError when the URL is none of a central system.
    """

    def __init__(
        self,
        url: str,
        identity: str,
        subprotocol: str,
        password: str | None,
        clock: Clock,
        masker: Masker = nothing_masked,
        *,
        unmask: Unmask = nothing_hidden,
        unmask_value: Unmask = nothing_hidden,
        tls: ssl.SSLContext | None = None,
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
        self._uri = connection_uri(url, identity)
        self._tls = (tls or ssl.create_default_context()) if self._uri.secure else None
        self._attempt: asyncio.Task[None] | None = None

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Get ready to connect. Returns `url` (with the identity) and `identity`."""
        self._sink = sink
        scheme = "wss" if self._uri.secure else "ws"
        url = f"{scheme}://{address_text((self._uri.host, self._uri.port))}{self._uri.resource_name}"
        return {"url": url, "identity": self._identity}

    def connect(self, options: Mapping[str, Any]) -> None:
        """Open the WebSocket; an open connection, or an attempt under way, is dropped first.

        options: `authorization` ("configured", the default, or "none") and `subprotocols` (list of str, default that
        of the project). The outcome arrives as LinkUp, with the subprotocol of the answer (None when it names none), or
        as UpgradeRefused.
        """
        self._drop_attempts()
        password = self._password if options.get("authorization", "configured") == "configured" else None
        facts = {
            "identity": self._identity,
            "remote": address_text((self._uri.host, self._uri.port)),
            "authorization": "none" if password is None else "basic",
            "offered": list(options.get("subprotocols", [self._subprotocol])),
        }
        if self._cut:
            self._emit_soon(self._no_answer(self._clock.now(), facts, CUT, ""))
            return
        self._attempt = asyncio.get_running_loop().create_task(self._connect(facts, password))

    async def close(self) -> None:
        """As in `WebSocketLink`."""
        if self._attempt is not None:
            self._attempt.cancel()
        await super().close()

    def _drop_attempts(self) -> None:
        if self._attempt is not None:
            self._attempt.cancel()
        self._drop_open_wire("the tool connects anew")
        for wire in self._wires:
            wire.dismiss()
            wire.abort()

    def _network_went(self, mode: str) -> None:
        if self._attempt is not None:
            self._attempt.cancel()

    def _network_came_back(self) -> None:
        """Connecting is the tool's to ask for."""

    async def _connect(self, facts: dict[str, Any], password: str | None) -> None:
        core = ClientProtocol(
            self._uri,
            subprotocols=[Subprotocol(each) for each in facts["offered"]] or None,
            max_size=self._max_frame,
            logger=CORE_LOGGER,
        )
        wire = Wire(
            core,
            self,
            self._clock,
            self._wires,
            facts=facts,
            open_timeout=self._open_timeout,
            close_timeout=self._close_timeout,
        )
        try:
            async with asyncio.timeout(self._open_timeout):
                await asyncio.get_running_loop().create_connection(
                    lambda: wire, self._uri.host, self._uri.port, ssl=self._tls
                )
        except OSError as exc:
            self._sink(self._no_answer(self._clock.now(), facts, _network_reason(exc), str(exc)))
            return
        request = core.connect()
        if password is not None:
            request.headers["Authorization"] = basic_authorization(self._identity, password)
        core.send_request(request)
        wire.flush()

    def upgrade_arrived(self, wire: Wire, at: Stamp, message: Request | Response) -> None:
        """The central system's answer to the upgrade."""
        assert isinstance(message, Response)
        answer = {"status": message.status_code, "headers": shown_headers(list(message.headers.raw_items()))}
        error = wire.core.handshake_exc
        if error is None:
            self._link_up(wire, at, {**wire.facts, **answer, "subprotocol": wire.core.subprotocol})
            return
        wire.dismiss()
        detail = handshake_fault(error)
        self._sink(self._refused(at, {**wire.facts, **answer, "reason": message.reason_phrase, "detail": detail}))

    def _upgrade_failed(self, wire: Wire, at: Stamp, ending: Ending) -> None:
        self._sink(self._no_answer(at, wire.facts, ending.failure, ending.reason))

    def _no_answer(self, at: Stamp, facts: Mapping[str, Any], reason: str, detail: str) -> UpgradeRefused:
        return self._refused(at, {**facts, "status": 0, "reason": reason, "headers": [], "detail": detail})


def connection_uri(url: str, identity: str) -> WebSocketURI:
    """The URI of the station's connection: the central system's URL with the identity as last path segment.

    Source: OCPP-J 1.6, section 3.1. Raises InputError when the URL is none of a central system.
    """
    try:
        uri = parse_uri(url)
        uri.host.encode("idna")
    except (InvalidURI, ValueError):
        raise InputError(
            "not the URL of a central system",
            where=url,
            mend='write it as "ws://HOST:PORT/PATH" or "wss://HOST:PORT/PATH", without the identity',
        ) from None
    if uri.user_info is not None:
        raise InputError(
            "the URL holds credentials", where="[connection] url", mend="take them out and set [connection] password"
        )
    return dataclasses.replace(uri, path=f"{uri.path.rstrip('/')}/{quote(identity, safe='')}")


def _network_reason(exc: OSError) -> str:
    if isinstance(exc, socket.gaierror):
        return "name resolution"
    if isinstance(exc, TimeoutError):
        return "timeout"
    if isinstance(exc, ssl.SSLError):
        return "tls"
    # For a name with several addresses asyncio joins the errors into one text, each with its number.
    return "connection refused" if f"[Errno {errno.ECONNREFUSED}]" in str(exc) else "network"
