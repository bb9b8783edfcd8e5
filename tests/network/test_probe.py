"""The probe against a far end on this machine, directly and through links that are slow, late, lossy or broken."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from labapp.domain.errors import EnvironmentFault
from labapp.network.far_end import IDENTITY, serving
from labapp.network.probe import LinkFigures, Transfer, probe_link
from tests.network.shaped_link import shaped_link


@pytest.fixture
async def far_end() -> AsyncIterator[int]:
    async with serving("127.0.0.1", 0) as port:
        yield port


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def figures(port: int, *, probes: int = 3, seconds: float = 0.5, probe_timeout: float = 2.0) -> LinkFigures:
    async with asyncio.timeout(20):
        return await probe_link(
            url(port), probes=probes, seconds=seconds, probe_timeout=probe_timeout, volume=1_000_000
        )


def test_a_kilobyte_is_a_thousand_bytes() -> None:
    assert Transfer(10_000, 2.0).kilobytes_per_second == 5


async def test_a_good_link(far_end: int) -> None:
    told: list[str] = []
    found = await probe_link(url(far_end), probes=5, seconds=0.2, volume=1_000_000, progress=told.append)
    assert told == ["latency, 5 probes", "download, 0.2 s", "upload, 0.2 s"]
    assert len(found.latencies) == 5
    assert all(latency is not None and latency < 1000 for latency in found.latencies)
    assert found.download.kilobytes_per_second > 100
    assert found.upload.kilobytes_per_second > 100


async def test_a_transfer_ends_with_its_volume(far_end: int) -> None:
    found = await probe_link(url(far_end), probes=1, seconds=30, volume=300_000)
    assert 300_000 <= found.download.bytes < 600_000
    assert 300_000 <= found.upload.bytes < 600_000


async def test_a_slow_download_is_seen_as_slow(far_end: int) -> None:
    async with shaped_link(far_end, down=4000) as port:
        found = await figures(port, probes=1, seconds=1.5)
    assert 2.5 < found.download.kilobytes_per_second < 5
    assert found.upload.kilobytes_per_second > 100


async def test_a_slow_upload_is_seen_as_slow(far_end: int) -> None:
    """Whatever waits in this machine's buffers is not taken for sent."""
    async with shaped_link(far_end, up=4000) as port:
        found = await figures(port, probes=1, seconds=1.5)
    assert 2 < found.upload.kilobytes_per_second < 5
    assert found.download.kilobytes_per_second > 100


async def test_a_link_just_fast_enough_is_seen_as_fast_enough(far_end: int) -> None:
    async with shaped_link(far_end, up=12_000, down=12_000) as port:
        found = await figures(port, probes=1, seconds=1.5)
    assert 8 < found.download.kilobytes_per_second < 13
    assert 8 < found.upload.kilobytes_per_second < 13


async def test_a_late_link_is_seen_as_late(far_end: int) -> None:
    async with shaped_link(far_end, delay=0.3) as port:
        found = await figures(port)
    assert all(latency is not None and 300 <= latency < 1000 for latency in found.latencies)


async def test_lost_probes_are_counted_and_do_not_burden_the_next(far_end: int) -> None:
    # Piece 1 asks who is there, 2 to 4 are probes, 5 is a lost one, 6 opens the connection anew and is no probe, also lost.
    async with shaped_link(far_end, swallows=lambda piece: piece in (5, 6)) as port:
        found = await figures(port, probes=6, probe_timeout=0.3)
    assert [latency is None for latency in found.latencies] == [False, False, False, True, False, False]


async def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(EnvironmentFault) as fault:
            await figures(port)
    assert str(fault.value) == (
        f"http://127.0.0.1:{port}: the far end cannot be reached: Connection refused - "
        "run `labapp measure serve` there, check the address and the firewalls in between"
    )


async def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(
        EnvironmentFault, match=r"http://far\.invalid: the far end cannot be reached: there is no such host"
    ):
        await probe_link("http://far.invalid")


async def test_a_far_end_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = url(silent.getsockname()[1])
        with pytest.raises(EnvironmentFault, match=r"the far end cannot be reached: no answer within 0\.2 s"):
            await probe_link(address, answer_timeout=0.2)


@pytest.mark.parametrize("body", ["hello", '{"far_end": "labapp", "protocol": 0}', "[]"])
async def test_something_else_is_no_far_end(body: str) -> None:
    async def home(_: web.Request) -> web.Response:
        return web.Response(text=body)

    async with other(web.get("/", home)) as port:
        with pytest.raises(EnvironmentFault, match="what answers there is no far end of this version of labapp"):
            await figures(port)


async def test_a_link_that_breaks_during_the_download() -> None:
    async def download(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        await response.write(b"x" * 1000)
        assert request.transport
        request.transport.abort()
        return response

    async with other(web.get("/", identity), web.get("/latency", nothing), web.get("/download", download)) as port:
        with pytest.raises(EnvironmentFault, match="the download broke off: "):
            await figures(port)


async def test_a_download_that_stalls_is_slow_and_no_fault() -> None:
    async def download(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x" * 1000)
        await asyncio.sleep(5)
        return response

    async def upload(_: web.Request) -> web.Response:
        return web.json_response({"bytes": 1000, "seconds": 0.5})

    routes = (
        web.get("/", identity),
        web.get("/latency", nothing),
        web.get("/download", download),
        web.post("/upload", upload),
    )
    async with other(*routes) as port:
        found = await figures(port)
    assert found.download.bytes == 1000
    assert 0.5 <= found.download.seconds < 3
    assert found.upload == Transfer(1000, 0.5)


@pytest.mark.parametrize("answer", ["{}", "[]", "noise", '{"bytes": null, "seconds": 1}'])
async def test_an_upload_that_was_not_counted(answer: str) -> None:
    async def upload(request: web.Request) -> web.Response:
        return web.Response(text=answer)

    async def download(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000)

    routes = (
        web.get("/", identity),
        web.get("/latency", nothing),
        web.get("/download", download),
        web.post("/upload", upload),
    )
    async with other(*routes) as port:
        with pytest.raises(EnvironmentFault, match="the far end did not say what it received"):
            await figures(port)


async def test_through_an_own_address(far_end: int) -> None:
    found = await probe_link(url(far_end), interface="127.0.0.1", probes=1, seconds=0.1, volume=1000)
    assert found.download.bytes >= 1000


async def test_through_an_interface_by_name(far_end: int) -> None:
    found = await probe_link(url(far_end), interface="lo", probes=1, seconds=0.1, volume=1000)
    assert found.download.bytes >= 1000


@pytest.mark.parametrize(
    ("interface", "what"),
    [("203.0.113.77", "this machine has no such address"), ("no-such-if0", "there is no such network interface")],
)
async def test_an_interface_that_does_not_exist(far_end: int, interface: str, what: str) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        await probe_link(url(far_end), interface=interface)
    assert str(fault.value) == (
        f"interface {interface}: {what} - give the name or the own IP address of a network interface"
    )


async def identity(_: web.Request) -> web.Response:
    return web.json_response(IDENTITY)


async def nothing(_: web.Request) -> web.Response:
    return web.Response(status=204)


@asynccontextmanager
async def other(*routes: web.RouteDef) -> AsyncIterator[int]:
    """A web server of the given routes only; gives its port."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
