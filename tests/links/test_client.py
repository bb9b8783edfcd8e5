"""The charge-point role against servers of the `websockets` package and against bare sockets."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, basic_auth, serve
from websockets.exceptions import ConnectionClosed

from labapp.domain.errors import InputError
from labapp.links.client import ChargePointLink, connection_uri

KEY = "open-sesame-0123"


class CentralSystem:
    """A central system of the `websockets` package that keeps its connections for the test to use."""

    def __init__(self) -> None:
        self.connections: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self.url = ""

    async def keep(self, connection: ServerConnection) -> None:
        self.connections.put_nowait(connection)
        await connection.wait_closed()


@asynccontextmanager
async def central_system(**options: Any) -> AsyncIterator[CentralSystem]:
    system = CentralSystem()
    options = {"subprotocols": ["ocpp1.6"], **options}
    server: Server
    async with serve(system.keep, "127.0.0.1", 0, **options) as server:
        system.url = "ws://{}:{}".format(*server.sockets[0].getsockname())
        yield system


@asynccontextmanager
async def bare_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A server that is no WebSocket server; yields its URL."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield "ws://{}:{}".format(*server.sockets[0].getsockname())


def answering(text: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text.encode())

    return talk


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def outcome(refused: Any) -> tuple[int, str, str]:
    return refused.facts["status"], refused.facts["reason"], refused.facts["detail"]


async def test_the_tool_comes_in_and_both_sides_speak(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(f"{system.url}/ocpp/")
        link.connect({})
        up = await told.up()
        station = await system.connections.get()
        assert station.request is not None
        assert station.request.path == "/ocpp/CP1"
        assert "Authorization" not in station.request.headers
        assert station.subprotocol == "ocpp1.6"
        assert {
            name: up.facts[name] for name in ("identity", "remote", "authorization", "offered", "status", "subprotocol")
        } == {
            "identity": "CP1",
            "remote": system.url[5:],
            "authorization": "none",
            "offered": ["ocpp1.6"],
            "status": 101,
            "subprotocol": "ocpp1.6",
        }
        json.dumps(up.facts)
        assert link.send('[2,"1","Heartbeat",{}]')
        assert await station.recv() == '[2,"1","Heartbeat",{}]'
        await station.send("[3,...")
        assert (await told.frame()).text == "[3,..."
        await station.close(1012, "restart")
        down = await told.down()
        assert (down.code, down.reason, down.by) == (1012, "restart", "device")


async def test_what_ready_tells(bench: Any) -> None:
    clock = bench.clock
    plain = ChargePointLink("ws://csms.example/ocpp", "CP 1", "ocpp1.6", None, clock)
    assert await plain.open(lambda _: None) == {"url": "ws://csms.example:80/ocpp/CP%201", "identity": "CP 1"}
    secure = ChargePointLink("wss://[::1]:8443?x=1", "CP/1", "ocpp1.6", None, clock)
    assert await secure.open(lambda _: None) == {"url": "wss://[::1]:8443/CP%2F1?x=1", "identity": "CP/1"}


@pytest.mark.parametrize(
    "url", ["http://csms", "csms:9000", "ws://", "ws://csms:port", "ws://csms:99999", "ws://csms/#x", "ws://a..b/"]
)
def test_what_is_no_url_of_a_central_system_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        connection_uri(url, "CP1")
    assert str(caught.value) == (
        f"{url}: not the URL of a central system - "
        'write it as "ws://HOST:PORT/PATH" or "wss://HOST:PORT/PATH", without the identity'
    )


def test_credentials_in_the_url_are_refused_and_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        connection_uri(f"ws://CP1:{KEY}@csms/", "CP1")
    assert str(caught.value) == (
        "[connection] url: the URL holds credentials - take them out and set [connection] password"
    )


# Credentials and subprotocols


def protected() -> Any:
    return basic_auth(realm="csms", credentials=("CP1", KEY))


async def test_the_password_is_presented_unless_asked_otherwise(bench: Any) -> None:
    async with central_system(process_request=protected()) as system:
        link, told = await bench.charge_point(system.url, password=KEY)
        link.connect({"authorization": "configured"})
        assert (await told.up()).facts["authorization"] == "basic"
        link.connect({"authorization": "none"})
        await told.down()
        refused = await told.refused()
        assert outcome(refused) == (401, "Unauthorized", "server rejected WebSocket connection")
        assert refused.facts["authorization"] == "none"
        assert ["WWW-Authenticate", 'Basic realm="csms", charset="UTF-8"'] in refused.facts["headers"]
        assert KEY not in repr(told.events)


async def test_a_changed_password_is_presented_from_then_on(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(
            system.url, password=KEY, unmask_value=lambda text: text.replace("\0secret:new\0", "another-key-0123")
        )
        link.use_password("\0secret:new\0")
        link.connect({})
        await told.up()
        station = await system.connections.get()
        assert station.request is not None
        header = station.request.headers["Authorization"]
        assert base64.b64decode(header.removeprefix("Basic ")) == b"CP1:another-key-0123"


async def test_a_central_system_that_picks_no_subprotocol_is_told(bench: Any) -> None:
    async with central_system(subprotocols=None) as system:
        link, told = await bench.charge_point(system.url)
        link.connect({"subprotocols": ["ocpp0.0", "ocpp0.1"]})
        up = await told.up()
        assert (up.facts["offered"], up.facts["subprotocol"]) == (["ocpp0.0", "ocpp0.1"], None)


async def test_an_end_in_the_same_breath_as_the_upgrade_is_up_and_down(bench: Any) -> None:
    _, _, address = await bench.central()
    link, told = await bench.charge_point(f"ws://{address}")
    link.connect({"subprotocols": ["ocpp0.0"]})
    assert (await told.up()).facts["subprotocol"] is None
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1002, "ocpp1.6 is required", "device")


async def test_no_subprotocol_at_all_can_be_offered(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.connect({"subprotocols": []})
        refused = await told.refused()
        assert refused.facts["status"] == 400
        assert refused.facts["offered"] == []


# Upgrades that do not become one


async def test_a_redirect_is_not_followed(bench: Any) -> None:
    async with bare_server(
        answering("HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n")
    ) as url:
        link, told = await bench.charge_point(url)
        link.connect({})
        refused = await told.refused()
        assert outcome(refused)[:2] == (301, "Moved")
        assert ["Location", "ws://elsewhere/"] in refused.facts["headers"]


async def test_an_answer_without_a_length_is_read_to_its_end(bench: Any) -> None:
    async with bare_server(answering("HTTP/1.1 403 Forbidden\r\nSet-Cookie: a=b\r\n\r\ngo away")) as url:
        link, told = await bench.charge_point(url)
        link.connect({})
        refused = await told.refused()
        assert outcome(refused)[:2] == (403, "Forbidden")
        assert refused.facts["headers"] == [["Set-Cookie", "withheld"]]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: wrong\r\n\r\n",
            (101, "Switching Protocols", "invalid Sec-WebSocket-Accept header"),
        ),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", (101, "Switching Protocols", "missing Connection header")),
        ("SSH-2.0-OpenSSH\r\n", (0, "handshake", "invalid HTTP status line")),
        ("HTTP/1.1 " + "2" * 9000 + "\r\n\r\n", (0, "handshake", "read 9011 bytes, expected no more than 8192 bytes")),
        ("", (0, "handshake", "connection closed while reading HTTP status line")),
        ("HTTP/1.1 101 Sw", (0, "handshake", "connection closed while reading HTTP status line")),
    ],
)
async def test_an_answer_that_is_none_is_told(bench: Any, answer: str, expected: tuple[int, str, str]) -> None:
    async with bare_server(answering(answer)) as url:
        link, told = await bench.charge_point(url)
        link.connect({})
        assert outcome(await told.refused()) == expected


async def test_a_reset_instead_of_an_answer_is_told(bench: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        link, told = await bench.charge_point("ws://{}:{}".format(*listening.getsockname()))
        link.connect({})
        connection, _ = await asyncio.get_running_loop().sock_accept(listening)
        with connection:
            # Closing with most of the request unread resets the connection.
            await asyncio.get_running_loop().sock_recv(connection, 1)
        assert outcome(await told.refused()) == (0, "network", "the TCP connection was lost: Connection reset by peer")


async def test_an_answer_that_does_not_come_is_timed_out(bench: Any) -> None:
    async with bare_server(silent) as url:
        link, told = await bench.charge_point(url, open_timeout=0.1)
        link.connect({})
        assert outcome(await told.refused()) == (0, "timeout", "no whole HTTP head within 0.1 s")


async def test_a_refused_connection_is_told(bench: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        link, told = await bench.charge_point(f"ws://{host}:{port}")
        link.connect({})
        refused = await told.refused()
        assert outcome(refused)[:2] == (0, "connection refused")
        assert refused.facts["headers"] == []


async def test_a_name_that_does_not_exist_is_told(bench: Any) -> None:
    link, told = await bench.charge_point("ws://no-such-host.invalid")
    link.connect({})
    assert outcome(await told.refused())[:2] == (0, "name resolution")


async def test_a_host_that_is_out_of_reach_is_told(bench: Any) -> None:
    link, told = await bench.charge_point("ws://255.255.255.255:9")
    link.connect({})
    assert outcome(await told.refused())[:2] == (0, "network")


async def test_a_connection_that_is_never_made_is_timed_out(bench: Any) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            link, told = await bench.charge_point("ws://{}:{}".format(*address), open_timeout=0.1)
            link.connect({})
            assert outcome(await told.refused())[:2] == (0, "timeout")


async def test_tls_with_a_server_that_speaks_none_is_told(bench: Any) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with bare_server(plain) as url:
        link, told = await bench.charge_point(url.replace("ws:", "wss:"))
        link.connect({})
        assert outcome(await told.refused())[:2] == (0, "tls")


async def test_tls_is_trusted_by_the_given_context_and_not_by_the_systems(bench: Any, certificate: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    async with central_system(ssl=serving) as system:
        url = system.url.replace("ws:", "wss:")
        link, told = await bench.charge_point(url, tls=trusting)
        link.connect({})
        await told.up()
        doubtful, told = await bench.charge_point(url)
        doubtful.connect({})
        assert outcome(await told.refused())[:2] == (0, "tls")


# Several attempts, cuts, the end


async def test_connecting_again_drops_what_was_open(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.connect({})
        await told.up()
        first = await system.connections.get()
        link.connect({})
        down = await told.down()
        assert (down.code, down.reason, down.by) == (1006, "the tool connects anew", "tool")
        await told.up()
        with pytest.raises(ConnectionClosed):
            await first.recv()


async def test_connecting_again_drops_an_attempt_under_way(bench: Any) -> None:
    asked = asyncio.Event()

    async def never(connection: ServerConnection, request: Any) -> None:
        if not asked.is_set():
            asked.set()
            await connection.wait_closed()

    async with central_system(process_request=never) as system:
        link, told = await bench.charge_point(system.url)
        link.connect({})
        await asked.wait()
        link.connect({})
        link.connect({})
        await told.up()
        assert told.pending == []


@pytest.mark.parametrize("mode", ["refuse", "silent"])
async def test_while_the_network_is_cut_nothing_connects(bench: Any, mode: str) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.cut(mode)
        link.connect({})
        assert told.pending == []
        assert outcome(await told.refused()) == (0, "the tool cut the network", "")
        link.restore()
        link.connect({})
        await told.up()
        link.cut(mode)
        down = await told.down()
        assert (down.code, down.reason, down.by) == (1006, "the tool cut the network", "tool")
        station = await system.connections.get()
        await station.send("unheard")
        link.restore()
        with pytest.raises(ConnectionClosed):
            await station.recv()
        assert told.pending == []


async def test_a_cut_ends_an_attempt(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.connect({})
        link.cut("refuse")
        link.restore()
        link.connect({})
        await told.up()
        assert told.pending == []


async def test_closing_ends_attempts_and_connections(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.connect({})
        await told.up()
        station = await system.connections.get()
        await link.close()
        down = await told.down()
        assert (down.code, down.by) == (1001, "tool")
        await station.wait_closed()
        assert station.close_code == 1001
        idle, silence = await bench.charge_point(system.url)
        await idle.close()
        hasty, _ = await bench.charge_point(system.url)
        hasty.connect({})
        await hasty.close()
        assert silence.events == []


async def test_a_broken_frame_of_the_central_system_is_its_fault(bench: Any) -> None:
    async with central_system() as system:
        link, told = await bench.charge_point(system.url)
        link.connect({})
        await told.up()
        station = await system.connections.get()
        station.transport.write(b"\x83\x00")
        down = await told.down()
        assert (down.code, down.reason, down.by) == (1002, "invalid opcode", "device")
        await station.wait_closed()
        assert station.close_code == 1002
