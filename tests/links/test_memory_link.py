"""The tool's end of an in-memory connection gives the events of one over a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from labapp.domain.handshake import Admission, Handshake, UpgradeRejected
from labapp.engine.ports import FrameReceived, LinkDown, LinkEvent, LinkUp, UpgradeRefused
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import MemoryConnection, Rendezvous
from labapp.links.memory_link import MemoryCentralSystemLink, MemoryChargePointLink


def as_central_system(
    work: Callable[[MemoryCentralSystemLink, Rendezvous, list[LinkEvent]], Awaitable[None]],
) -> list[LinkEvent]:
    events: list[LinkEvent] = []

    async def run() -> None:
        place = Rendezvous()
        link = MemoryCentralSystemLink(place, "CP1", "ocpp1.6", virtual_clock())
        await link.open(events.append)
        await work(link, place, events)
        await link.close()
        await asyncio.sleep(1)

    run_virtual(run())
    return events


def test_frames_pass_both_ways_and_the_end_is_told() -> None:
    async def work(link: MemoryCentralSystemLink, place: Rendezvous, events: list[LinkEvent]) -> None:
        assert link.send("[]") is False
        station = await place.dial(Handshake("CP1"))
        await station.send("[1]")
        await asyncio.sleep(1)
        assert link.send("[2]") is True
        assert await station.recv() == "[2]"
        await station.close(1000, "bye")
        await asyncio.sleep(1)

    events = as_central_system(work)
    assert [type(event) for event in events] == [LinkUp, FrameReceived, LinkDown]
    assert isinstance(events[2], LinkDown)
    assert (events[2].code, events[2].reason, events[2].by) == (1000, "bye", "device")


def test_a_network_that_breaks_is_not_the_device_s_act() -> None:
    async def work(link: MemoryCentralSystemLink, place: Rendezvous, events: list[LinkEvent]) -> None:
        station = await place.dial(Handshake("CP1"))
        station.abort()
        await asyncio.sleep(1)

    down = as_central_system(work)[-1]
    assert isinstance(down, LinkDown)
    assert (down.code, down.by) == (1006, "network")


@pytest.mark.parametrize("mode", ["refuse", "silent"])
def test_a_cut_is_the_tool_s_act_and_ends_with_restore(mode: str) -> None:
    async def work(link: MemoryCentralSystemLink, place: Rendezvous, events: list[LinkEvent]) -> None:
        await place.dial(Handshake("CP1"))
        link.cut(mode)
        await asyncio.sleep(1)
        link.restore()
        await asyncio.sleep(1)
        await place.dial(Handshake("CP1"))
        await asyncio.sleep(1)

    events = as_central_system(work)
    assert [type(event) for event in events] == [LinkUp, LinkDown, LinkUp, LinkDown]
    assert all(event.by == "tool" for event in events if isinstance(event, LinkDown))


def test_what_was_sent_into_a_silence_is_never_read() -> None:
    async def work(link: MemoryCentralSystemLink, place: Rendezvous, events: list[LinkEvent]) -> None:
        station = await place.dial(Handshake("CP1"))
        link.cut("silent")
        await station.send("[1]")
        await asyncio.sleep(1)
        link.restore()
        await asyncio.sleep(1)

    assert [type(event) for event in as_central_system(work)] == [LinkUp, LinkDown]


@pytest.mark.parametrize(("handshake", "status"), [(Handshake("CP2"), 404), (Handshake("CP1", ("ocpp2.0.1",)), 400)])
def test_a_stranger_is_refused(handshake: Handshake, status: int) -> None:
    async def work(link: MemoryCentralSystemLink, place: Rendezvous, events: list[LinkEvent]) -> None:
        with pytest.raises(UpgradeRejected) as rejected:
            await place.dial(handshake)
        assert rejected.value.admission.status == status

    assert as_central_system(work) == []


def test_the_charge_point_role_tells_how_its_upgrade_went() -> None:
    events: list[LinkEvent] = []
    shown: list[str | None] = []

    async def run() -> None:
        place = Rendezvous()
        link = MemoryChargePointLink(place, "CP1", "ocpp1.6", virtual_clock(), "secret")
        await link.open(events.append)
        link.connect({})
        await asyncio.sleep(1)

        def admit(handshake: Handshake) -> Admission:
            shown.append(handshake.authorization)
            return Admission(101, "ocpp1.6") if handshake.authorization else Admission(401, reason="authorization")

        kept: list[MemoryConnection] = []
        place.listen(admit, lambda connection, handshake: kept.append(connection))
        link.connect({"authorization": "none"})
        await asyncio.sleep(1)
        link.connect({"authorization": "configured"})
        await asyncio.sleep(1)
        link.disconnect()
        await asyncio.sleep(1)
        await link.close()

    run_virtual(run())
    assert [type(event) for event in events] == [UpgradeRefused, UpgradeRefused, LinkUp, LinkDown]
    assert [event.facts["status"] for event in events if isinstance(event, UpgradeRefused)] == [0, 401]
    assert [text is None for text in shown] == [True, False]
