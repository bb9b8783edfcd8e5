"""In-memory connections behave as WebSockets do: order, closing, cuts, refusals."""

from __future__ import annotations

import asyncio

import pytest

from labapp.domain.handshake import Admission, Handshake, UpgradeRejected
from labapp.engine.virtual_clock import run_virtual
from labapp.links.memory import ConnectionClosed, MemoryConnection, Rendezvous, connection_pair


def test_frames_arrive_in_order_and_before_the_close() -> None:
    async def run() -> None:
        left, right = connection_pair()
        await left.send("1")
        await left.send("2")
        await left.close(1001, "away")
        await left.close(1000, "again")
        assert [await right.recv(), await right.recv()] == ["1", "2"]
        for end in (left, right):
            assert end.closed
            with pytest.raises(ConnectionClosed, match=r"^closed with code 1001 away$"):
                await end.recv()
            with pytest.raises(ConnectionClosed):
                await end.send("3")

    run_virtual(run())


def test_a_waiting_reader_gets_the_frame_and_the_end() -> None:
    async def run() -> None:
        left, right = connection_pair()
        reading = asyncio.ensure_future(right.recv())
        await asyncio.sleep(1)
        left.send_nowait("x")
        assert await reading == "x"
        reading = asyncio.ensure_future(right.recv())
        await asyncio.sleep(1)
        left.abort()
        with pytest.raises(ConnectionClosed) as caught:
            await reading
        assert (caught.value.code, caught.value.reason) == (1006, "")

    run_virtual(run())


def _open(rendezvous: Rendezvous) -> list[MemoryConnection]:
    opened: list[MemoryConnection] = []
    rendezvous.listen(lambda _: Admission(subprotocol="ocpp1.6"), lambda connection, _: opened.append(connection))
    return opened


def test_the_listener_decides_on_the_handshake() -> None:
    async def run() -> None:
        rendezvous = Rendezvous()
        with pytest.raises(ConnectionRefusedError, match="nobody listens"):
            await rendezvous.dial(Handshake("CS"))
        seen: list[Handshake] = []

        def admit(handshake: Handshake) -> Admission:
            seen.append(handshake)
            return Admission(401, reason="authorization")

        rendezvous.listen(admit, lambda *_: pytest.fail("not to be opened"))
        with pytest.raises(UpgradeRejected, match=r"^HTTP 401 authorization$") as caught:
            await rendezvous.dial(Handshake("CS", authorization="Basic x"))
        assert caught.value.admission.status == 401
        assert seen == [Handshake("CS", ("ocpp1.6",), "Basic x")]
        opened = _open(rendezvous)
        near = await rendezvous.dial(Handshake("CS"))
        assert near.subprotocol == "ocpp1.6"
        await near.send("hello")
        assert await opened[0].recv() == "hello"
        rendezvous.stop_listening()
        with pytest.raises(ConnectionRefusedError):
            await rendezvous.dial(Handshake("CS"))

    run_virtual(run())


def test_a_refusing_cut_ends_connections_and_refuses_dials() -> None:
    async def run() -> None:
        rendezvous = Rendezvous()
        opened = _open(rendezvous)
        near = await rendezvous.dial(Handshake("CS"))
        rendezvous.cut("refuse")
        for end in (near, opened[0]):
            with pytest.raises(ConnectionClosed, match=r"^closed with code 1006$"):
                await end.recv()
        with pytest.raises(ConnectionRefusedError, match="the network is cut"):
            await rendezvous.dial(Handshake("CS"))
        rendezvous.restore()
        assert not (await rendezvous.dial(Handshake("CS"))).closed

    run_virtual(run())


def test_a_silent_cut_holds_everything_back_until_it_ends() -> None:
    async def run() -> None:
        rendezvous = Rendezvous()
        opened = _open(rendezvous)
        near = await rendezvous.dial(Handshake("CS"))
        await near.ping()
        rendezvous.cut("silent")
        await near.send("held")
        waits = [
            asyncio.ensure_future(work) for work in (opened[0].recv(), near.ping(), rendezvous.dial(Handshake("CS")))
        ]
        await asyncio.sleep(100)
        assert not any(wait.done() for wait in waits)
        rendezvous.restore()
        assert await waits[0] == "held"
        await waits[1]
        await waits[2]
        assert len(opened) == 2

    run_virtual(run())


def test_a_ping_fails_on_a_connection_that_closes() -> None:
    async def run() -> None:
        near, _ = connection_pair()
        near.hold()
        ping = asyncio.ensure_future(near.ping())
        await asyncio.sleep(1)
        near.abort()
        with pytest.raises(ConnectionClosed):
            await ping

    run_virtual(run())


def test_a_cut_has_one_of_two_modes() -> None:
    with pytest.raises(ValueError, match="a network is cut by refuse or silent, not 'scissors'"):
        Rendezvous().cut("scissors")
