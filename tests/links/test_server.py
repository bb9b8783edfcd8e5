"""The central-system role: who may come in, one device at a time, and the way of an accepted socket."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import resource
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Opcode

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.handshake import basic_authorization
from labapp.engine.ports import LinkDown, LinkUp
from labapp.links import listener as listener_module
from labapp.links.server import Accepted, CentralSystemLink

KEY = "open-sesame-0123"


def facts(event: Any, *names: str) -> dict[str, Any]:
    return {name: event.facts[name] for name in names}


async def test_a_device_comes_in_and_both_sides_speak(bench: Any) -> None:
    link, told, address = await bench.central()
    async with connect(f"ws://{address}/ocpp/CP1", subprotocols=["ocpp2.0.1", "ocpp1.6"]) as device:
        up = await told.up()
        assert device.subprotocol == "ocpp1.6"
        assert facts(up, "identity", "subprotocol", "authorization", "credentials", "path", "offered") == {
            "identity": "CP1",
            "subprotocol": "ocpp1.6",
            "authorization": "none",
            "credentials": "",
            "path": "/ocpp/CP1",
            "offered": ["ocpp2.0.1", "ocpp1.6"],
        }
        assert up.facts["remote"] == "{}:{}".format(*device.local_address)
        json.dumps(up.facts)
        await device.send('[2,"1","Heartbeat",{}]')
        frame = await told.frame()
        assert (frame.text, frame.defect, frame.masks) == ('[2,"1","Heartbeat",{}]', "", ())
        assert frame.at.mono_ns > up.at.mono_ns
        assert link.send('[3,"1",{"currentTime":"ä"}]') is True
        assert await device.recv() == '[3,"1",{"currentTime":"ä"}]'
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1000, "", "device")
    assert link.send("too late") is False


async def test_what_ready_tells(bench: Any) -> None:
    link = CentralSystemLink("127.0.0.1:0", "CP1", "ocpp1.6", None, bench.clock)
    ready = await link.open(lambda _: None)
    assert ready == {"listen": ready["listen"], "identity": "CP1"}
    assert ready["listen"].startswith("127.0.0.1:")
    assert not ready["listen"].endswith(":0")
    link.connect({})
    await link.close()


async def test_a_port_in_use_is_told_and_leaves_nothing_behind(bench: Any) -> None:
    _, _, address = await bench.central()
    link = CentralSystemLink(address, "CP1", "ocpp1.6", None, bench.clock)
    with pytest.raises(EnvironmentFault):
        await link.open(lambda _: None)
    await link.close()


async def test_an_address_that_is_none_is_bad_input(bench: Any) -> None:
    with pytest.raises(InputError):
        CentralSystemLink("somewhere", "CP1", "ocpp1.6", None, bench.clock)


@pytest.mark.parametrize(
    ("path", "status", "reason", "identity"),
    [("/CP2", 404, "identity", "CP2"), ("/ocpp/", 404, "path", ""), ("/", 404, "path", "")],
)
async def test_another_identity_is_not_found(bench: Any, path: str, status: int, reason: str, identity: str) -> None:
    _, told, address = await bench.central()
    with pytest.raises(InvalidStatus) as caught:
        await connect(f"ws://{address}{path}", subprotocols=["ocpp1.6"])
    assert caught.value.response.status_code == status
    refused = await told.refused()
    assert facts(refused, "identity", "status", "reason") == {"identity": identity, "status": status, "reason": reason}


@pytest.mark.parametrize(
    ("authorization", "kind", "detail"),
    [
        (None, "none", "credentials: none that this link knows"),
        ("Bearer x", "other", "credentials: none that this link knows"),
        (basic_authorization("CP1", "wrong-wrong-wrong"), "basic", "credentials: the password differs"),
        (basic_authorization("CP2", KEY), "basic", "credentials: the username is not the identity"),
        ("Basic !", "basic", "credentials: malformed"),
    ],
)
async def test_without_the_credentials_there_is_a_challenge(
    bench: Any, authorization: str | None, kind: str, detail: str
) -> None:
    _, told, address = await bench.central(password=KEY)
    headers = {"Authorization": authorization} if authorization else {}
    with pytest.raises(InvalidStatus) as caught:
        await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=headers)
    assert caught.value.response.status_code == 401
    assert caught.value.response.headers["WWW-Authenticate"] == 'Basic realm="labapp", charset="UTF-8"'
    refused = await told.refused()
    assert facts(refused, "identity", "status", "reason", "authorization", "detail") == {
        "identity": "CP1",
        "status": 401,
        "reason": "authorization",
        "authorization": kind,
        "detail": detail,
    }


async def test_credentials_open_the_door_and_a_changed_password_changes_the_lock(bench: Any) -> None:
    link, told, address = await bench.central(password=KEY)
    first = {"Authorization": basic_authorization("CP1", KEY)}
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=first):
        assert facts(await told.up(), "authorization", "credentials") == {
            "authorization": "basic",
            "credentials": "accepted",
        }
        link.use_password("another-key-0123")
    await told.down()
    with pytest.raises(InvalidStatus):
        await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=first)
    await told.refused()
    second = {"Authorization": basic_authorization("CP1", "another-key-0123")}
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=second):
        await told.up()


async def test_credentials_that_nobody_asked_for_are_noted(bench: Any) -> None:
    _, told, address = await bench.central()
    header = {"Authorization": basic_authorization("CP1", KEY)}
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=header):
        up = await told.up()
    assert facts(up, "authorization", "credentials") == {"authorization": "basic", "credentials": "not checked"}
    assert KEY not in json.dumps(up.facts)
    assert basic_authorization("CP1", KEY)[6:] not in json.dumps(up.facts)


@pytest.mark.parametrize("offer", [None, ["ocpp2.0.1"]])
async def test_without_the_subprotocol_the_handshake_ends_and_the_connection_is_closed(
    bench: Any, offer: list[str] | None
) -> None:
    link, told, address = await bench.central()
    device = await connect(f"ws://{address}/CP1", subprotocols=offer)
    with pytest.raises(ConnectionClosed) as caught:
        await device.recv()
    assert device.subprotocol is None
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1002, "ocpp1.6 is required")
    refused = await told.refused()
    assert facts(refused, "status", "reason", "detail", "offered") == {
        "status": 101,
        "reason": "subprotocol",
        "detail": "the device does not offer ocpp1.6",
        "offered": offer or [],
    }
    assert link.send("x") is False


@pytest.mark.parametrize(
    ("request_text", "status", "detail"),
    [
        ("GET /CP1 HTTP/1.1\r\nHost: lab\r\n\r\n", 426, "missing Connection header"),
        ("GET /CP1 HTTP/1.0\r\nHost: lab\r\n\r\n", 505, "unsupported HTTP version"),
        ("POST /CP1 HTTP/1.1\r\nHost: lab\r\n\r\n", 405, "unsupported HTTP method"),
        (
            "GET /CP1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            400,
            "missing Sec-WebSocket-Key header",
        ),
    ],
)
async def test_a_request_that_is_no_upgrade_is_refused(bench: Any, request_text: str, status: int, detail: str) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(request_text.encode())
    assert (await device.head()).startswith(f"HTTP/1.1 {status} ")
    refused = await told.refused()
    assert facts(refused, "identity", "status", "reason", "detail") == {
        "identity": "CP1",
        "status": status,
        "reason": "handshake",
        "detail": detail,
    }


async def test_a_second_connection_takes_the_place_of_the_first(bench: Any) -> None:
    link, told, address = await bench.central()
    first = await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"])
    await told.up()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]) as second:
        down = await told.down()
        assert (down.code, down.reason, down.by) == (1006, "the device connected a second time", "device")
        await told.up()
        with pytest.raises(ConnectionClosed) as caught:
            await first.recv()
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1000, "replaced by a newer connection")
        assert link.send("for the second")
        assert await second.recv() == "for the second"
        assert told.pending == []


async def test_a_connection_that_the_tool_was_closing_is_not_the_devices_doing(bench: Any) -> None:
    link, told, address = await bench.central()
    deaf = await bench.peer(address)
    await deaf.upgrade()
    await told.up()
    link.disconnect()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]):
        down = await told.down()
        assert (down.code, down.by) == (1006, "tool")
        await told.up()


async def test_a_cut_from_within_the_replacement_is_the_last_word(bench: Any, request_bytes: Any) -> None:
    link, told, address = await bench.central()
    told.react = lambda event: link.cut("refuse") if isinstance(event, LinkDown) else None
    first, second = await bench.peer(address), await bench.peer(address)
    await first.upgrade()
    second.send(request_bytes("/CP1"))
    await second.until_closed()
    assert [type(event) for event in told.events] == [LinkUp, LinkDown]
    assert link.send("x") is False


# The stages between accepting and the WebSocket


async def more_than(connection: socket.socket, count: int) -> None:
    """Wait until more than `count` bytes can be peeked at."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count + 1)
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(connection, ready.set_result, None)
    try:
        await ready
    finally:
        loop.remove_reader(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)


async def test_a_stage_peeks_at_bytes_that_come_in_pieces_and_hands_the_connection_on(
    bench: Any, request_bytes: Any
) -> None:
    looks: list[bytes] = []
    looked = asyncio.Event()

    async def peek(accepted: Accepted) -> Accepted:
        while not looks or not looks[-1].endswith(b"\r\n\r\n"):
            await more_than(accepted.socket, len(looks[-1]) if looks else 0)
            looks.append(accepted.socket.recv(65536, socket.MSG_PEEK))
            looked.set()
        return dataclasses.replace(accepted, facts={"looks": len(looks)})

    _, told, address = await bench.central(stages=[peek])
    device = await bench.peer(address)
    whole = request_bytes("/CP1")
    for piece in (whole[:3], whole[3:40], whole[40:]):
        looked.clear()
        device.send(piece)
        await looked.wait()
    assert (await device.head()).startswith("HTTP/1.1 101 ")
    up = await told.up()
    assert looks == [whole[:3], whole[:40], whole]
    assert facts(up, "identity", "looks") == {"identity": "CP1", "looks": 3}
    device.send_frame(Opcode.TEXT, b"the same connection")
    assert (await told.frame()).text == "the same connection"


async def test_a_stage_sees_the_client_hello_and_turns_the_connection_to_tls(bench: Any, certificate: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)

    async def hello(accepted: Accepted) -> Accepted:
        await more_than(accepted.socket, 4)
        record = accepted.socket.recv(5, socket.MSG_PEEK)
        return dataclasses.replace(accepted, tls=serving, facts={"record": record[0]})

    link, told, address = await bench.central(stages=[hello])
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    async with connect(f"wss://{address}/CP1", subprotocols=["ocpp1.6"], ssl=trusting) as device:
        assert (await told.up()).facts["record"] == 0x16
        await device.send("over TLS")
        assert (await told.frame()).text == "over TLS"
        link.disconnect()
        with pytest.raises(ConnectionClosed):
            await device.recv()
    assert (await told.down()).by == "tool"

    plain = await bench.peer(address)
    plain.send(b"GET /CP1 HTTP/1.1\r\n\r\n")
    refused = await told.refused()
    assert facts(refused, "status", "reason", "record") == {"status": 0, "reason": "network", "record": ord("G")}


async def test_a_stage_that_never_ends_is_timed_out(bench: Any) -> None:
    async def endless(accepted: Accepted) -> Accepted:
        await asyncio.get_running_loop().create_future()
        return accepted

    _, told, address = await bench.central(stages=[endless], open_timeout=0.05)
    device = await bench.peer(address)
    refused = await told.refused()
    assert facts(refused, "status", "reason", "detail") == {
        "status": 0,
        "reason": "timeout",
        "detail": "the connection was not ready for an upgrade within 0.05 s",
    }
    assert await device.until_closed() == b""


async def test_a_stage_may_drop_a_connection(bench: Any) -> None:
    async def refuse(accepted: Accepted) -> Accepted:
        raise ConnectionError("not this one")

    _, told, address = await bench.central(stages=[refuse])
    device = await bench.peer(address)
    refused = await told.refused()
    assert facts(refused, "status", "reason", "detail") == {
        "status": 0,
        "reason": "network",
        "detail": "the connection was lost before the upgrade: not this one",
    }
    assert await device.until_closed() == b""


@pytest.mark.parametrize("how", ["refuse", "silent", "close"])
async def test_a_connection_within_a_stage_is_cut_too(bench: Any, how: str) -> None:
    within = asyncio.Event()

    async def endless(accepted: Accepted) -> Accepted:
        within.set()
        await asyncio.get_running_loop().create_future()
        return accepted

    link, told, address = await bench.central(stages=[endless])
    device = await bench.peer(address)
    await within.wait()
    if how == "close":
        await link.close()
    else:
        link.cut(how)
        if how == "silent":
            quiet = asyncio.create_task(device.until_closed())
            await asyncio.wait([quiet], timeout=0.05)
            assert not quiet.done()
            link.restore()
            assert await quiet == b""
            return
    assert await device.until_closed() == b""
    assert told.pending == []


async def test_no_more_file_descriptors_is_told_and_passes(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "PAUSE_AFTER_FAULT", 0.05)
    _, told, address = await bench.central()
    host, port = address.split(":")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as device:
        resource.setrlimit(resource.RLIMIT_NOFILE, (device.fileno() + 1, hard))
        try:
            device.connect((host, int(port)))
            refused = await told.refused()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert refused.facts == {
        "remote": "",
        "identity": "",
        "status": 0,
        "reason": "network",
        "detail": "no connection can be accepted for now: Too many open files",
    }
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]):
        await told.up()
