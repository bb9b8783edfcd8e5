"""The transfers of a simulated station: in memory, and over the network with the tool's own file servers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from labapp.links.files import DUMMY_FIRMWARE, UNSUPPORTED_FILE
from labapp.simulator.network_transfers import NetworkTransfers
from labapp.simulator.transfers import FIRMWARE_MAGIC, MemoryTransfers
from tests.links.file_peers import HOST, SECRET, serving

PROTOCOLS = ("HTTP", "HTTPS", "FTP", "FTPS")


def _kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


async def test_files_in_memory() -> None:
    transfers = MemoryTransfers({"u/a": b"A"}, ["u/in"], {"u/a": 1, "u/in/x": 1})
    with pytest.raises(ConnectionResetError, match="u/a"):
        await transfers.download("u/a")
    assert await transfers.download("u/a") == b"A"
    with pytest.raises(FileNotFoundError, match="u/b"):
        await transfers.download("u/b")
    with pytest.raises(ConnectionResetError, match="u/in/x"):
        await transfers.upload("u/in/x", b"1", "n")
    await transfers.upload("u/in/x", b"2", "n")
    with pytest.raises(FileNotFoundError, match="u/out"):
        await transfers.upload("u/out", b"3", "n")
    assert transfers.uploaded == {("u/in/x", "n"): b"2"}


def test_the_tool_serves_what_the_simulated_station_installs() -> None:
    assert DUMMY_FIRMWARE.startswith(FIRMWARE_MAGIC)
    assert not UNSUPPORTED_FILE.startswith(FIRMWARE_MAGIC)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_files_go_both_ways_over_the_network(tmp_path: Path, protocol: str) -> None:
    async with serving(tmp_path, protocol) as (servers, told):
        station = NetworkTransfers()
        assert await station.download(servers.url(protocol, "firmware", HOST, SECRET)) == DUMMY_FIRMWARE
        assert (await told.next())["complete"]
        await station.upload(servers.url(protocol, "uploads", HOST, SECRET), b"what happened", "my log.txt")
        assert (await told.next())["complete"]
    assert _kept(tmp_path) == [b"what happened"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_file_that_is_not_there_and_a_place_that_takes_none_fail(tmp_path: Path, protocol: str) -> None:
    async with serving(tmp_path, protocol) as (servers, _):
        station = NetworkTransfers()
        url = servers.url(protocol, "firmware", HOST, SECRET)
        with pytest.raises(OSError, match=r"404|550"):
            await station.download(f"{url}-gone")
        with pytest.raises(OSError, match=r"405|550"):
            await station.upload(url, b"x", "log.txt")
    assert _kept(tmp_path) == []


@pytest.mark.parametrize(("status", "taken"), [(201, True), (400, False)])
async def test_a_server_of_forms_is_sent_a_form(status: int, taken: bool) -> None:
    got: list[tuple[str, bytes]] = []

    async def form(request: web.Request) -> web.Response:
        field = (await request.post())["file"]
        assert isinstance(field, web.FileField)
        got.append((field.filename, field.file.read()))
        return web.Response(status=status)

    application = web.Application()
    application.router.add_post("/media/", form)
    async with TestServer(application) as server:
        upload = NetworkTransfers().upload(str(server.make_url("/media/")), b"what happened", "my log.txt")
        if taken:
            await upload
        else:
            # What the first try came to is said: that is how a charge point would have sent it.
            with pytest.raises(OSError, match=r"/media/my%20log\.txt: HTTP status 404$"):
                await upload
    assert got == [("my log.txt", b"what happened")]


async def test_a_wrong_password_fails(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, _):
        with pytest.raises(OSError, match="530"):
            await NetworkTransfers().download(servers.url("FTP", "firmware", HOST, "guessed"))


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "ftps"])
async def test_a_server_that_is_not_there_fails(scheme: str) -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError):  # noqa: PT011 - each library has words of its own
        await NetworkTransfers().download(f"{scheme}://{HOST}:{port}/file")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gopher://h/f", "'gopher://h/f' is no address of a file server"),
        ("station.bin", "'station.bin' is no address of a file server"),
        ("ftp://h:0/f", "'ftp://h:0/f' is no address of a file server"),
        ("http://h:port/f", "'http://h:port/f' is no address: Port could not be cast to integer value as 'port'"),
    ],
)
async def test_what_is_no_address_fails(url: str, words: str) -> None:
    for transfer in (NetworkTransfers().download(url), NetworkTransfers().upload(url, b"", "n")):
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the words are asserted below
            await transfer
        assert str(caught.value) == words
