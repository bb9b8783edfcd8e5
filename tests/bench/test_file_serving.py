"""Whether a run serves files, over which protocol, and what a device is told of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from labapp.bench.file_serving import FileServing
from labapp.domain.device import DeviceModel
from labapp.domain.errors import EnvironmentFault
from labapp.domain.notation import exchange
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.project_values import Values
from labapp.domain.testcase import CHARGE_POINT, Source, TestCase
from labapp.engine.system_clock import SystemClock
from labapp.links.files import DUMMY_FIRMWARE
from labapp.ocpp.masking import Masker
from labapp.ocpp.messages16 import Authorize, GetDiagnostics, UpdateFirmware

PLACEHOLDER = "{{secret:files}}"
ALL = ("firmware_location", "invalid_firmware_location", "log_location")
LOOPBACK = Connection(listen="127.0.0.1:0", identity="CS-1")


def case(*steps: Any) -> TestCase:
    return TestCase("TC_X_CS", "A case", Source("Document", "Table 1"), CHARGE_POINT, steps)


UPDATE = case(exchange(1, UpdateFirmware.req()))
DIAGNOSTICS = case(exchange(1, GetDiagnostics.req()))
OTHER = case(exchange(1, Authorize.req()))


def serving_of(folder: Path, cases: Sequence[TestCase] = (UPDATE,), **project: Any) -> FileServing:
    return FileServing(Project(**{"connection": LOOPBACK, **project}), cases, folder, SystemClock())


@asynccontextmanager
async def opened(folder: Path, **project: Any) -> AsyncIterator[tuple[FileServing, list[Mapping[str, Any]]]]:
    """File servers of a run, and what they told."""
    (folder / "files").mkdir(exist_ok=True)
    serving, told = serving_of(folder, **project), list[Mapping[str, Any]]()
    await serving.open(told.append)
    try:
        yield serving, told
    finally:
        await serving.close()


def reporting(protocols: str) -> dict[str, Any]:
    """The device model of a station that reports these protocols."""
    model = DeviceModel()
    model.configuration["supportedfiletransferprotocols"] = ("SupportedFileTransferProtocols", protocols, True)
    return model.snapshot()


def declaring(*protocols: str) -> Dut:
    """A device whose declaration names these protocols."""
    return Dut(declared={"limits": {"supported_file_transfer_protocols": list(protocols)}})


@pytest.mark.parametrize(
    ("cases", "values", "served"),
    [
        ((OTHER, UPDATE), {}, ALL),
        ((DIAGNOSTICS,), {}, ALL),
        ((OTHER,), {}, ()),
        ((), {}, ()),
        ((UPDATE,), {"firmware_location": "ftp://lab/station.bin"}, ALL[1:]),
        ((UPDATE,), {"firmware_location": "/srv/lab/station.bin"}, ALL),
        ((UPDATE,), dict.fromkeys(ALL, "ftp://lab/"), ()),
    ],
)
def test_what_a_case_needs_and_no_project_states_is_served(
    tmp_path: Path, cases: Sequence[TestCase], values: dict[str, Any], served: Sequence[str]
) -> None:
    assert serving_of(tmp_path, cases, values=Values(**values)).served == tuple(served)


async def test_for_a_central_system_the_tool_serves_itself_with_locations_that_can_be_entered(tmp_path: Path) -> None:
    async with opened(tmp_path, sut="csms", connection=Connection(url="ws://csms.example/", identity="CS-1")) as (
        serving,
        told,
    ):
        locations = serving.locations(None, {"remote": "csms.example:80"})
        assert (serving.served, serving.secrets) == (ALL, {})
        assert locations["firmware_location"].startswith("http://127.0.0.1:")
        assert serving.secret in locations["firmware_location"]
        async with aiohttp.ClientSession() as session, session.get(locations["firmware_location"]) as response:
            assert await response.read() == DUMMY_FIRMWARE
    assert [facts["complete"] for facts in told] == [True]


async def test_a_central_system_is_told_the_host_of_the_project(tmp_path: Path) -> None:
    connection = Connection(url="ws://csms.example/", identity="CS-1", file_host="files.lab")
    async with opened(tmp_path, sut="csms", connection=connection) as (serving, _):
        assert serving.locations(None, None)["log_location"].startswith("http://files.lab:")


async def test_a_run_without_files_opens_nothing(tmp_path: Path) -> None:
    serving = serving_of(tmp_path, (OTHER,))
    await serving.open(lambda facts: None)
    assert (serving.locations(None, None), serving.secrets) == ({}, {})
    await serving.close()


@pytest.mark.parametrize(
    ("declared", "reported", "scheme"),
    [
        ((), None, "http"),
        (("https", "ftp"), None, "ftp"),
        ((), "FTPS,FTP", "ftp"),
        ((), " ftps , https", "https"),
        (("http", "ftp"), "FTP,FTPS", "ftp"),
        (("http",), "FTPS", "ftps"),
        (("https",), "SFTP", "https"),
        (("ftps",), "", "ftps"),
    ],
)
async def test_the_protocol_is_one_that_the_station_knows(
    tmp_path: Path, declared: Sequence[str], reported: str | None, scheme: str
) -> None:
    async with opened(tmp_path, dut=declaring(*declared)) as (serving, _):
        device = reporting(reported) if reported is not None else DeviceModel().snapshot()
        assert {url.partition(":")[0] for url in serving.locations(device, None).values()} == {scheme}


@pytest.mark.parametrize(
    ("connection", "link", "host"),
    [
        (LOOPBACK, {"remote": "10.0.0.7:5000"}, "127.0.0.1"),
        (Connection(listen="0.0.0.0:0", identity="CS-1"), {"remote": "127.0.0.1:5000"}, "127.0.0.1"),
        (Connection(listen=":0", identity="CS-1"), {"remote": "127.0.0.3:5000"}, "127.0.0.1"),
        (Connection(listen="0.0.0.0:0", identity="CS-1"), None, "127.0.0.1"),
        (Connection(listen="127.0.0.1:0", identity="CS-1", file_host="bench.lab"), None, "bench.lab"),
    ],
)
async def test_the_host_is_this_machine_as_the_device_sees_it(
    tmp_path: Path, connection: Connection, link: Mapping[str, Any] | None, host: str
) -> None:
    async with opened(tmp_path, connection=connection) as (serving, _):
        url = serving.locations(None, link)["log_location"]
        assert url.startswith(f"http://{host}:")
        assert url.endswith(f"/{PLACEHOLDER}/uploads/")


async def test_an_upload_lands_in_the_run_and_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as (serving, told):
        url = serving.locations(None, None)["log_location"].replace(PLACEHOLDER, serving.secret)
        async with aiohttp.ClientSession() as session, session.put(url + "log.zip", data=b"log") as answer:
            assert answer.status == 201
    assert [(facts["direction"], facts["file"], facts["bytes"]) for facts in told] == [("upload", "log.zip", 3)]
    assert (tmp_path / "files" / "log.zip").read_bytes() == b"log"


async def test_files_of_the_project_are_served(tmp_path: Path) -> None:
    own = tmp_path / "vendor.bin"
    own.write_bytes(b"of the vendor")
    async with opened(tmp_path, values=Values(firmware_location=str(own))) as (serving, _):
        locations = serving.locations(None, None)
        assert locations["firmware_location"].endswith("/firmware/vendor.bin")
        assert locations["invalid_firmware_location"].endswith("/unsupported/not-a-firmware.txt")


async def test_the_secret_is_new_in_each_run_and_no_frame_shows_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (serving, _):
        other = serving_of(tmp_path)
        assert serving.secret != other.secret
        location = serving.locations(None, None)["firmware_location"]
        assert serving.secret not in location
        masker = Masker(serving.secrets, b"key")
        assert masker.reveal(location) == location.replace(PLACEHOLDER, serving.secret)
        masked, masks = masker.mask_frame(f'[2,"1","DataTransfer",{{"data":"got {serving.secret}"}}]')
        assert serving.secret not in masked
        assert [mask["name"] for mask in masks] == ["files"]


async def test_the_ports_are_those_of_the_project(tmp_path: Path) -> None:
    for first in range(20_000, 60_000, 10):
        connection = Connection(listen="127.0.0.1:0", identity="CS-1", file_ports=f"{first}-{first + 9}")
        try:
            async with opened(tmp_path, connection=connection) as (serving, _):
                assert f":{first}/" in serving.locations(None, None)["log_location"]
                assert f":{first + 1}/" in serving.locations(reporting("FTP"), None)["log_location"]
                return
        except EnvironmentFault:
            # Another program has one of them.
            continue
    raise AssertionError("no ten ports are free")
