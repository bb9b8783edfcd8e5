"""What both roles share: sending, cutting, closing, and the edge where secrets stop."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from labapp.domain.handshake import basic_authorization
from labapp.ocpp.masking import Masker

KEY = "open-sesame-0123"


def stars(text: str) -> tuple[str, tuple[dict[str, int], ...]]:
    masks = tuple({"at": found.start(), "length": len(KEY)} for found in re.finditer(KEY, text))
    return text.replace(KEY, "*" * len(KEY)), masks


def unmask(text: str) -> str:
    return text.replace("\0secret:key\0", KEY)


async def test_secrets_are_masked_coming_in_and_put_in_going_out(bench: Any) -> None:
    link, told, address = await bench.central(masker=stars, unmask=unmask, unmask_value=unmask)
    link.use_password("\0secret:key\0")
    header = {"Authorization": basic_authorization("CP1", KEY)}
    url = f"ws://{address}/CP1?key={KEY}"
    async with connect(url, subprotocols=["ocpp1.6"], additional_headers=header) as device:
        up = await told.up()
        assert up.facts["path"] == "/CP1?key=****************"
        assert link.send('[2,"1","ChangeConfiguration",{"value":"\0secret:key\0"}]')
        assert await device.recv() == '[2,"1","ChangeConfiguration",{"value":"open-sesame-0123"}]'
        await device.send(f"[3, not JSON {KEY}")
        frame = await told.frame()
        assert (frame.text, frame.masks) == ("[3, not JSON ****************", ({"at": 13, "length": 16},))
        await device.send(b"\xff" + KEY.encode())
        assert (await told.frame()).text == r"\xff****************"
        await device.ping(KEY)
        assert (await told.fact()).facts == {"payload": "****************"}
        await device.close(4000, KEY)
    assert (await told.down()).reason == "****************"
    assert KEY not in repr(told.events)
    assert json.dumps([event.facts for event in told.events if hasattr(event, "facts")])


async def test_the_maskers_of_a_session_fit_the_edge(bench: Any) -> None:
    masker = Masker({"key": 'quo"ted-secret'}, key=b"of this session")
    link, told, address = await bench.central(
        masker=masker.mask_frame, unmask=masker.reveal, unmask_value=masker.reveal_value
    )
    link.use_password("{{secret:key}}")
    header = {"Authorization": basic_authorization("CP1", 'quo"ted-secret')}
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"], additional_headers=header) as device:
        await told.up()
        assert link.send('["{{secret:key}}"]')
        echoed = await device.recv()
        assert json.loads(echoed) == ['quo"ted-secret']
        await device.send(echoed)
        frame = await told.frame()
        assert len(frame.text) == len(echoed)
        assert [mask["name"] for mask in frame.masks] == ["key"]
    assert "ted-secret" not in repr(told.events)


async def test_a_refused_secret_is_not_shown_either(bench: Any) -> None:
    _, told, address = await bench.central(password="another-key-0123", masker=stars)
    device = await bench.peer(address)
    await device.upgrade(f"/{KEY}", f"Authorization: {basic_authorization('CP1', KEY)}", f"X-Key: {KEY}")
    await told.refused()
    assert KEY not in repr(told.events)
    assert basic_authorization("CP1", KEY) not in repr(told.events)


async def test_disconnecting_is_a_clean_close_and_the_link_stays_ready(bench: Any) -> None:
    link, told, address = await bench.central()
    link.disconnect()
    for _ in range(2):
        async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]) as device:
            await told.up()
            link.disconnect()
            assert link.send("x") is False
            link.disconnect()
            with pytest.raises(ConnectionClosed) as caught:
                await device.recv()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1000
            down = await told.down()
            assert (down.code, down.by) == (1000, "tool")


async def test_what_the_device_sends_until_it_sees_the_close_still_counts(bench: Any) -> None:
    link, told, address = await bench.central()
    device = await bench.peer(address)
    await device.upgrade()
    await told.up()
    link.disconnect()
    device.send_frame(Opcode.TEXT, b"on its way")
    assert (await told.frame()).text == "on its way"
    device.send_frame(Opcode.CLOSE, b"\x03\xe8")
    assert (await told.down()).code == 1000


async def test_a_refusing_cut_drops_the_device_and_keeps_it_out_until_restored(bench: Any) -> None:
    link, told, address = await bench.central()
    device = await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"])
    await told.up()
    link.cut("refuse")
    assert told.pending == []  # never from within the call
    assert link.send("x") is False
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1006, "the tool cut the network", "tool")
    with pytest.raises(ConnectionClosed) as caught:
        await device.recv()
    assert caught.value.rcvd is None
    with pytest.raises(ConnectionRefusedError):
        await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"])
    link.restore()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]):
        await told.up()


async def test_a_silent_cut_reads_and_answers_nothing_on_old_and_new_connections(bench: Any) -> None:
    link, told, address = await bench.central(close_timeout=0.05, open_timeout=0.2)
    device, half = await bench.peer(address), await bench.peer(address)
    await device.upgrade()
    await told.up()
    half.send(b"GET /CP1 HTTP/1.1\r\n")
    device.send_frame(Opcode.PING, b"before")
    await told.fact()
    await device.reader.readexactly(8)
    link.cut("silent")
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1006, "the tool cut the network", "tool")
    device.send_frame(Opcode.PING, b"during")
    device.send_frame(Opcode.TEXT, b"lost")
    fresh = await bench.peer(address)
    fresh.send(b"GET /CP1 HTTP/1.1\r\n")
    answers = [asyncio.create_task(each.until_closed()) for each in (device, half, fresh)]
    _, waiting = await asyncio.wait(answers, timeout=0.4)
    assert len(waiting) == 3
    assert link.send("x") is False
    link.restore()
    assert await asyncio.gather(*answers) == [b"", b"", b""]
    assert told.pending == []
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]):
        await told.up()


async def test_a_silence_after_the_tool_began_to_close_has_no_end_of_its_own(bench: Any) -> None:
    link, told, address = await bench.central(close_timeout=0.05)
    device = await bench.peer(address)
    await device.upgrade()
    await told.up()
    link.disconnect()
    link.cut("silent")
    await told.down()
    reading = asyncio.create_task(device.until_closed())
    await asyncio.wait([reading], timeout=0.15)
    assert not reading.done()
    link.restore()
    await reading


async def test_one_cut_may_follow_another(bench: Any) -> None:
    link, told, address = await bench.central()
    device = await bench.peer(address)
    await device.upgrade()
    await told.up()
    link.cut("silent")
    link.cut("refuse")
    await told.down()
    await device.until_closed()
    with pytest.raises(ConnectionRefusedError):
        await bench.peer(address)
    link.cut("silent")
    await bench.peer(address)
    link.restore()
    link.restore()
    assert told.pending == []


async def test_restoring_what_is_not_cut_changes_nothing(bench: Any) -> None:
    link, told, address = await bench.central()
    async with connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"]) as device:
        await told.up()
        link.restore()
        assert link.send("still here")
        assert await device.recv() == "still here"


async def test_a_cut_of_another_kind_is_a_mistake_of_the_caller(bench: Any) -> None:
    link, _, _ = await bench.central()
    with pytest.raises(ValueError, match="a network is cut by refuse or silent, not by 'loudly'"):
        link.cut("loudly")


async def test_closing_says_goodbye_and_frees_the_port(bench: Any) -> None:
    link, told, address = await bench.central()
    device = await connect(f"ws://{address}/CP1", subprotocols=["ocpp1.6"])
    await told.up()
    half = await bench.peer(address)
    half.send(b"GET /CP1 HTTP/1.1\r\n")
    await link.close()
    with pytest.raises(ConnectionClosed) as caught:
        await device.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1001
    assert (await told.down()).by == "tool"
    assert await half.until_closed() == b""
    assert told.pending == []
    await bench.central(listen=address)


async def test_closing_does_not_wait_for_a_device_that_is_deaf(bench: Any) -> None:
    link, told, address = await bench.central(close_timeout=0.05)
    device = await bench.peer(address)
    await device.upgrade()
    await told.up()
    await link.close()
    down = await told.down()
    assert (down.code, down.reason, down.by) == (1006, "the tool's close frame was not answered", "tool")


async def test_closing_during_a_silence_ends_it(bench: Any) -> None:
    link, told, address = await bench.central()
    device = await bench.peer(address)
    await device.upgrade()
    await told.up()
    link.cut("silent")
    await link.close()
    await told.down()
    assert await device.until_closed() == b""
    link.restore()
    await bench.central(listen=address)
