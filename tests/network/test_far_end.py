from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from labapp.domain.errors import EnvironmentFault
from labapp.network.far_end import IDENTITY, VOLUME_MAX, serving


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        serving("127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(total=10)) as session,
    ):
        yield session


async def test_it_says_what_it_is(session: aiohttp.ClientSession) -> None:
    async with session.get("/") as response:
        assert await response.json() == IDENTITY == {"far_end": "labapp", "protocol": 1}


async def test_a_latency_probe_gets_nothing(session: aiohttp.ClientSession) -> None:
    async with session.get("/latency") as response:
        assert (response.status, await response.read()) == (204, b"")


async def test_an_upload_is_counted(session: aiohttp.ClientSession) -> None:
    async with session.post("/upload?seconds=5", data=b"x" * 100_000) as response:
        answer = await response.json()
    assert answer["bytes"] == 100_000
    assert 0 < answer["seconds"] < 5


async def test_an_upload_ends_with_its_time(session: aiohttp.ClientSession) -> None:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100
            await asyncio.sleep(0.05)

    async with session.post("/upload?seconds=0.3", data=drops()) as response:
        answer = await response.json()
    assert 0 < answer["bytes"] <= 700
    assert 0.3 <= answer["seconds"] < 2


@pytest.mark.parametrize("query", ["", "?seconds=0", "?seconds=-1", "?seconds=61", "?seconds=nan", "?seconds=long"])
async def test_an_upload_without_end_is_refused(session: aiohttp.ClientSession, query: str) -> None:
    async with session.post(f"/upload{query}", data=b"x") as response:
        assert response.status == 400
        assert await response.json() == {"error": "seconds must be above 0 and at most 60"}


async def test_a_download_ends_by_itself(session: aiohttp.ClientSession) -> None:
    async with session.get("/download") as response:
        received = sum([len(data) async for data in response.content.iter_any()])
    assert VOLUME_MAX - 20_000 < received <= VOLUME_MAX


async def test_a_download_that_nobody_wants_any_more_ends(session: aiohttp.ClientSession) -> None:
    for _ in range(3):
        async with session.get("/download") as response:
            assert await response.content.read(1000)
    async with session.get("/latency") as response:
        assert response.status == 204


async def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentFault) as fault:
            async with serving("127.0.0.1", port):
                pass
    assert fault.value.where == f"127.0.0.1:{port}"
    assert fault.value.what.startswith("cannot listen: ")
    assert fault.value.mend == "give a free port and an address of this machine"
