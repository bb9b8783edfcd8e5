"""One connection and everything a rude peer can do to it: an event each time, never a crash, never silence."""

from __future__ import annotations

import asyncio
import logging
import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from labapp.engine.ports import FrameReceived, LinkDown, LinkEvent, LinkUp, UpgradeRefused, WebSocketFact
from labapp.links.wire import CORE_LOGGER


async def device_in(bench: Any, **options: Any) -> tuple[Any, Any, Any]:
    """A central system, what it tells, and a raw device that is connected to it."""
    link, told, address = await bench.central(**options)
    device = await bench.peer(address)
    assert (await device.upgrade()).startswith("HTTP/1.1 101 ")
    await told.up()
    return link, told, device


def close_code(received: bytes) -> int:
    """The code in the close frame that ends what a server sent."""
    return int(struct.unpack("!H", received[received.rindex(b"\x88") + 2 :][:2])[0])


# Messages


async def test_a_message_in_fragments_is_one_frame_with_the_stamp_of_its_last(bench: Any) -> None:
    _, told, device = await device_in(bench)
    device.send_frame(Opcode.TEXT, b'[2,"1",', fin=False)
    device.send_frame(Opcode.PING, b"between")
    ping = await told.fact()
    device.send_frame(Opcode.CONT, b"", fin=False)
    device.send_frame(Opcode.CONT, b'"Heartbeat",{}]')
    frame = await told.frame()
    assert (frame.text, frame.defect) == ('[2,"1","Heartbeat",{}]', "")
    assert frame.at.mono_ns > ping.at.mono_ns


async def test_a_character_may_be_split_between_fragments(bench: Any) -> None:
    _, told, device = await device_in(bench)
    first, second = "ä".encode()[:1], "ä".encode()[1:]
    device.send_frame(Opcode.TEXT, first, fin=False)
    device.send_frame(Opcode.CONT, second)
    assert (await told.frame()).text == "ä"


@pytest.mark.parametrize(
    ("data", "text"), [(b'[2,"1","Heartbeat",{}]', '[2,"1","Heartbeat",{}]'), (b"\x00\xff[", "\x00\\xff[")]
)
async def test_a_binary_message_is_shown_and_the_connection_goes_on(bench: Any, data: bytes, text: str) -> None:
    _, told, device = await device_in(bench)
    device.send_frame(Opcode.BINARY, data)
    frame = await told.frame()
    assert (frame.text, frame.defect) == (text, "binary")
    device.send_frame(Opcode.TEXT, b"next")
    frame = await told.frame()
    assert (frame.text, frame.defect) == ("next", "")


async def test_text_that_is_not_utf8_is_shown_and_fails_the_connection(bench: Any) -> None:
    _, told, device = await device_in(bench)
    device.writer.writelines(
        Frame(Opcode.TEXT, data).serialize(mask=True) for data in (b"fine", b"caf\xe9 au lait", b"never read")
    )
    assert (await told.frame()).text == "fine"
    frame = await told.frame()
    assert (frame.text, frame.defect) == (r"caf\xe9 au lait", "not utf-8")
    down = await told.down()
    assert (down.code, down.by) == (1007, "device")
    assert down.reason == "a text message that is not UTF-8: invalid continuation byte at byte 3"
    assert close_code(await device.until_closed()) == 1007
    assert told.pending == []


async def test_a_frame_beyond_the_limit_is_told_with_its_size(bench: Any) -> None:
    _, told, device = await device_in(bench)
    size = 10 * 2**20
    device.send_frame(Opcode.TEXT, b"x" * size)
    frame = await told.frame()
    assert (frame.text, frame.defect) == ("frame with 10485760 bytes exceeds limit of 1048576 bytes", "oversize")
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1009, frame.text, "device")
    await device.writer.drain()
    device.writer.write_eof()
    assert close_code(await device.until_closed()) == 1009


async def test_fragments_that_exceed_the_limit_together_are_told(bench: Any) -> None:
    _, told, device = await device_in(bench, max_frame=100)
    device.send_frame(Opcode.TEXT, b"x" * 100)
    assert len((await told.frame()).text) == 100
    device.send_frame(Opcode.TEXT, b"x" * 60, fin=False)
    device.send_frame(Opcode.CONT, b"x" * 60)
    frame = await told.frame()
    assert frame.defect == "oversize"
    assert frame.text == "frame with 60 bytes after reading 60 bytes exceeds limit of 100 bytes"
    assert (await told.down()).code == 1009


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (b"\x81\x02hi", "incorrect masking"),
        (b"\xc1\x80\0\0\0\0", "reserved bits must be 0"),
        (b"\x83\x80\0\0\0\0", "invalid opcode"),
        (b"\x80\x80\0\0\0\0", "unexpected continuation frame"),
        (b"\x09\x80\0\0\0\0", "fragmented control frame"),
        (b"\x01\x80\0\0\0\0\x81\x80\0\0\0\0", "expected a continuation frame"),
        (b"\x01\x80\0\0\0\0\x88\x82\0\0\0\0\x03\xe8", "incomplete fragmented message"),
        (b"\x88\x81\0\0\0\0\x03", "close frame too short"),
    ],
)
async def test_a_broken_frame_fails_the_connection(bench: Any, wire: bytes, reason: str) -> None:
    _, told, device = await device_in(bench)
    device.send(wire)
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1002, reason, "device")
    assert close_code(await device.until_closed()) == 1002


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=200))
async def test_no_bytes_crash_an_open_connection(bench: Any, noise: bytes) -> None:
    link, told, device = await device_in(bench)
    device.send(noise)
    device.writer.write_eof()
    await device.until_closed()
    kinds = [type(event) for event in told.pending]
    assert kinds.count(LinkDown) == 1
    assert kinds[-1] is LinkDown
    assert set(kinds) <= {FrameReceived, WebSocketFact, LinkDown}
    await link.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=200))
async def test_no_bytes_crash_an_upgrade(bench: Any, noise: bytes) -> None:
    link, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(noise)
    device.writer.write_eof()
    await device.until_closed()
    assert [type(event) for event in told.events] == [UpgradeRefused]
    await link.close()


# Pings, pongs, extensions


async def test_pings_are_answered_and_told(bench: Any) -> None:
    _, told, device = await device_in(bench)
    device.send_frame(Opcode.PING, b"\xffhello")
    fact = await told.fact()
    assert (fact.kind, fact.facts) == ("ping", {"payload": r"\xffhello"})
    assert await device.reader.readexactly(8) == b"\x8a\x06\xffhello"
    device.send_frame(Opcode.PONG, b"unasked")
    fact = await told.fact()
    assert (fact.kind, fact.facts) == ("pong", {"payload": "unasked"})


async def test_a_flood_of_pings_is_answered_one_by_one(bench: Any) -> None:
    link, told, device = await device_in(bench)
    count = 5000
    device.send(Frame(Opcode.PING, b"p").serialize(mask=True) * count)
    device.send_frame(Opcode.TEXT, b"after the flood")
    assert await device.reader.readexactly(3 * count) == b"\x8a\x01p" * count
    kinds = [(await told.fact()).kind for _ in range(count)]
    assert kinds == ["ping"] * count
    assert (await told.frame()).text == "after the flood"
    assert link.send("still here")


async def test_compression_is_not_taken_when_it_is_offered(bench: Any) -> None:
    _, told, address = await bench.central()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], compression="deflate") as device:
        up = await told.up()
        assert any(name == "Sec-WebSocket-Extensions" for name, _ in up.facts["headers"])
        assert device.protocol.extensions == []
        await device.send("x" * 1000)
        assert (await told.frame()).text == "x" * 1000


# A device that reads too slowly


async def test_a_device_that_does_not_read_is_told_and_no_longer_read(bench: Any) -> None:
    link, told, device = await device_in(bench)
    device.writer.transport.pause_reading()
    block = "x" * 2**20
    sent = 0
    while not told.pending:
        assert link.send(block) is True
        sent += 1
        await asyncio.sleep(0)
    fact = await told.fact()
    assert fact.kind == "stalled"
    assert fact.facts["unsent"] > 2**20
    device.send_frame(Opcode.TEXT, b"answered only when it reads")
    device.writer.transport.resume_reading()
    await device.reader.readexactly(sent * (len(block) + 10))
    assert (await told.fact()).kind == "flowing"
    assert (await told.frame()).text == "answered only when it reads"


async def test_a_stall_ends_quietly_when_the_network_was_cut(bench: Any) -> None:
    link, told, device = await device_in(bench)
    device.writer.transport.pause_reading()
    while not told.pending:
        link.send("x" * 2**20)
        await asyncio.sleep(0)
    await told.fact()
    link.cut("silent")
    await told.down()
    device.writer.transport.resume_reading()
    reading = asyncio.create_task(device.until_closed())
    device.send_frame(Opcode.PING, b"anyone?")
    await asyncio.wait([reading], timeout=0.3)
    assert not reading.done()
    assert told.pending == []
    (wire,) = link._wires
    assert wire._transport.get_write_buffer_size() == 0
    assert not wire._transport.is_reading()
    link.restore()
    assert b"anyone?" not in await reading


async def test_what_utf8_cannot_carry_goes_out_as_json_can_write_it(bench: Any) -> None:
    link, _, device = await device_in(bench)
    assert link.send('["\ud800"]')
    assert await device.reader.readexactly(12) == b'\x81\x0a["\\ud800"]'


# How connections end


@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [(b"", 1005, ""), (b"\x03\xe9bye", 1001, "bye"), (b"\x0f\xa0", 4000, "")],
)
async def test_the_close_frame_of_the_device_is_told_and_answered(
    bench: Any, payload: bytes, code: int, reason: str
) -> None:
    link, told, device = await device_in(bench)
    device.send_frame(Opcode.CLOSE, payload)
    device.send_frame(Opcode.TEXT, b"after the end")
    down = await told.down()
    assert (down.code, down.reason, down.by) == (code, reason, "device")
    assert await device.until_closed() == Frame(Opcode.CLOSE, payload).serialize(mask=False)
    assert link.send("x") is False
    assert told.pending == []


async def test_a_device_that_closes_and_keeps_the_connection_is_aborted(bench: Any) -> None:
    link, told, device = await device_in(bench, close_timeout=0.05)
    (wire,) = link._wires
    device.send_frame(Opcode.CLOSE, b"\x03\xe8")
    await told.down()
    await wire.lost


async def test_an_end_of_tcp_without_a_close_frame_is_the_devices(bench: Any) -> None:
    _, told, device = await device_in(bench)
    device.writer.write_eof()
    down = await told.down()
    assert (down.code, down.by) == (1006, "device")
    assert down.reason == "the TCP connection was closed without a close frame"


async def test_a_reset_in_the_middle_of_a_frame_is_the_networks(bench: Any) -> None:
    _, told, device = await device_in(bench)
    device.send(b"\x81\xfe\x10\x00\0\0\0\0half")
    await asyncio.sleep(0)
    device.reset()
    down = await told.down()
    assert (down.code, down.by) == (1006, "network")
    assert down.reason == "the TCP connection was lost: Connection reset by peer"


async def test_a_reset_while_the_tool_closes_is_the_tools_end(bench: Any) -> None:
    link, told, device = await device_in(bench)
    link.disconnect()
    device.reset()
    down = await told.down()
    assert (down.code, down.by) == (1006, "tool")


async def test_a_broken_frame_while_the_tool_closes_is_the_tools_end(bench: Any) -> None:
    link, told, device = await device_in(bench)
    link.disconnect()
    device.send(b"\x83\x80\0\0\0\0")
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1006, "the tool's close frame was not answered", "tool")


# Upgrades that never became one


async def test_a_half_request_that_is_dropped_is_told(bench: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(b"GET /CP1 HTTP/1.1\r\nHost: lab\r\n")
    device.writer.write_eof()
    refused = await told.refused()
    assert {name: refused.facts[name] for name in ("identity", "status", "reason", "detail")} == {
        "identity": "",
        "status": 0,
        "reason": "handshake",
        "detail": "connection closed while reading HTTP headers",
    }


async def test_a_half_request_that_is_reset_is_told(bench: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(b"GET /CP1 HT")
    await asyncio.sleep(0.01)
    device.reset()
    refused = await told.refused()
    assert refused.facts["reason"] == "network"
    assert refused.facts["detail"] == "the TCP connection was lost: Connection reset by peer"


@pytest.mark.parametrize("pieces", [[], [b"G", b"E", b"T"]])
async def test_a_slow_request_is_timed_out(bench: Any, pieces: list[bytes]) -> None:
    _, told, address = await bench.central(open_timeout=0.1)
    device = await bench.peer(address)
    for piece in pieces:
        device.send(piece)
        await asyncio.sleep(0.01)
    refused = await told.refused()
    assert {name: refused.facts[name] for name in ("status", "reason", "detail")} == {
        "status": 0,
        "reason": "timeout",
        "detail": "no whole HTTP head within 0.1 s",
    }
    assert await device.until_closed() == b""


async def test_a_look_whether_the_port_is_open_is_no_event(bench: Any) -> None:
    _, told, address = await bench.central()
    for leave in ("end", "reset"):
        device = await bench.peer(address)
        if leave == "end":
            device.writer.write_eof()
            await device.until_closed()
        else:
            device.reset()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]):
        await told.up()


async def test_a_tls_handshake_on_a_plain_listener_is_named(bench: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
    refused = await told.refused()
    assert refused.facts["detail"] == "a TLS handshake on a listener without TLS"
    assert await device.until_closed() == b""


@pytest.mark.parametrize(
    ("head", "status", "detail"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "read 9016 bytes, expected no more than 8192 bytes"),
        (
            b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
            431,
            "read 9005 bytes, expected no more than 8192 bytes",
        ),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "expected no more than 128 headers"),
        (b"GET / HTTP/1.1\r\nAuthorization secret\r\n\r\n", 0, "invalid HTTP header line"),
        (b"HELO lab\r\n\r\n", 0, "invalid HTTP request line"),
    ],
)
async def test_a_head_that_cannot_be_read_is_told_without_what_stood_in_it(
    bench: Any, head: bytes, status: int, detail: str
) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(head)
    refused = await told.refused()
    assert (refused.facts["status"], refused.facts["reason"]) == (status, "handshake")
    assert refused.facts["detail"] == detail
    answer = await device.until_closed()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode() if status else b"")


async def test_frames_sent_with_the_request_wait_for_its_answer(bench: Any, request_bytes: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    pushy = b"".join(
        Frame(opcode, data).serialize(mask=True)
        for opcode, data in ((Opcode.PING, b"p"), (Opcode.TEXT, b"early"), (Opcode.CLOSE, b"\x03\xe8"))
    )
    device.send(request_bytes("/CP1") + pushy)
    assert (await device.head()).startswith("HTTP/1.1 101 ")
    assert await device.until_closed() == b"\x8a\x01p\x88\x02\x03\xe8"
    await told.up()
    assert (await told.fact()).kind == "ping"
    assert (await told.frame()).text == "early"
    assert (await told.down()).code == 1000


async def test_a_request_whose_end_comes_in_pieces_still_has_its_answer_first(bench: Any, request_bytes: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    whole = request_bytes("/CP1")
    device.send(whole[:-2])
    await asyncio.sleep(0.02)
    device.send(whole[-2:] + Frame(Opcode.PING, b"p").serialize(mask=True))
    assert (await device.head()).startswith("HTTP/1.1 101 ")
    assert await device.reader.readexactly(3) == b"\x8a\x01p"
    await told.up()


async def test_frames_sent_with_a_request_that_is_refused_are_dropped(bench: Any, request_bytes: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    device.send(request_bytes("/CP2") + Frame(Opcode.CLOSE, b"").serialize(mask=True))
    assert (await device.until_closed()).startswith(b"HTTP/1.1 404 ")
    assert [type(event) for event in told.events] == [UpgradeRefused]


async def test_a_request_in_single_bytes_is_one_request(bench: Any, request_bytes: Any) -> None:
    _, told, address = await bench.central()
    device = await bench.peer(address)
    for number in request_bytes("/CP1") + Frame(Opcode.TEXT, b"slow").serialize(mask=True):
        device.send(bytes([number]))
        await asyncio.sleep(0)
    await told.up()
    assert (await told.frame()).text == "slow"


async def test_a_refused_device_that_stays_is_aborted(bench: Any) -> None:
    link, told, address = await bench.central(close_timeout=0.05)
    device = await bench.peer(address)
    assert (await device.upgrade("/CP2")).startswith("HTTP/1.1 404 ")
    await told.refused()
    (wire,) = link._wires
    await wire.lost


# The sink may act


async def test_what_follows_a_cut_by_the_listener_is_not_told(bench: Any) -> None:
    link, told, device = await device_in(bench)
    told.react = lambda event: link.cut("refuse") if isinstance(event, FrameReceived) else None
    device.writer.writelines(Frame(Opcode.TEXT, data).serialize(mask=True) for data in (b"one", b"two"))
    assert (await told.frame()).text == "one"
    await told.down()
    await device.until_closed()
    assert told.pending == []


async def test_a_silence_from_the_first_event_on_leaves_early_pings_unanswered(bench: Any, request_bytes: Any) -> None:
    link, told, address = await bench.central()
    told.react = lambda event: link.cut("silent") if isinstance(event, LinkUp) else None
    device = await bench.peer(address)
    device.send(request_bytes("/CP1") + Frame(Opcode.PING, b"p").serialize(mask=True))
    await device.head()
    await told.up()
    await told.down()
    link.restore()
    assert await device.until_closed() == b""


async def test_an_answer_may_be_sent_from_within_the_sink(bench: Any) -> None:
    link, told, device = await device_in(bench)

    def answer(event: LinkEvent) -> None:
        if isinstance(event, FrameReceived):
            link.send(event.text.upper())

    told.react = answer
    device.send_frame(Opcode.TEXT, b"ping")
    assert await device.reader.readexactly(6) == b"\x81\x04PING"


async def test_the_core_logs_no_frames(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, told, device = await device_in(bench)
    device.send_frame(Opcode.TEXT, b"secret")
    assert isinstance(told.events[0], LinkUp)
    await told.frame()
    assert not CORE_LOGGER.isEnabledFor(logging.INFO)
    assert "secret" not in caplog.text
