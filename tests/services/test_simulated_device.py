"""The simulator of a project as a process: it is the device that the project describes, answers, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from labapp.domain.errors import EnvironmentFault, InputErrors
from labapp.services.simulated_device import SimulatedDevice, csms_of_project, station_of_project

STATION = """
[project]
sut = "cs"
[connection]
identity = "CP-7"
security_profile = 1
password = "env:LAB_TEST_PASSWORD"
[dut]
connectors = 2
cable = "fixed"
cache = false
[values]
valid_id_tag = "CARD-1"
"""

CSMS = """
[project]
sut = "csms"
ocpp = "2.0.1"
[connection]
url = "ws://127.0.0.1:18081/ocpp"
identity = "CP-8"
[values]
blocked_id_tag = "CARD-2"
"""


@pytest.fixture
def device() -> Iterator[SimulatedDevice]:
    made = SimulatedDevice()
    yield made
    made.stop()
    assert not made.lives
    assert "simulated device" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAB_TEST_PASSWORD", "0123456789abcdef")
    path = tmp_path / "PROJECT.toml"
    path.write_text(STATION, encoding="utf-8")
    return path


def test_the_station_is_the_one_that_the_project_describes(station: Path) -> None:
    build = station_of_project(station)
    assert (build.identity, build.password, build.evses) == ("CP-7", "0123456789abcdef", ((1,), (2,)))
    assert (build.fixed_cable, build.cache, build.local_start, build.button_id_tag) == (True, False, True, "CARD-1")


def test_the_central_system_is_the_one_that_the_project_describes(tmp_path: Path) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(CSMS, encoding="utf-8")
    build, listen = csms_of_project(path)
    assert (build.version, dict(build.stations), build.tags["CARD-2"].status) == ("2.0.1", {"CP-8": None}, "Blocked")
    assert listen == "127.0.0.1:18081"
    path.write_text(CSMS.replace(":18081/", "/"), encoding="utf-8")
    assert csms_of_project(path)[1] == "127.0.0.1:80"


async def test_it_dials_the_bench_and_performs_actions_from_any_thread(device: SimulatedDevice, station: Path) -> None:
    came: asyncio.Future[tuple[str, str, str]] = asyncio.get_running_loop().create_future()

    async def bench(connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        if not came.done():
            came.set_result((request.path, request.headers["Authorization"], str(await connection.recv())))
        await connection.wait_closed()

    server: Server
    async with serve(bench, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        port = server.sockets[0].getsockname()[1]
        await asyncio.to_thread(device.start, station, f"0.0.0.0:{port}")
        assert device.lives
        path, authorization, boot = await asyncio.wait_for(came, 20)
        assert path == "/CP-7"
        assert authorization == "Basic Q1AtNzowMTIzNDU2Nzg5YWJjZGVm"
        assert "BootNotification" in boot
        acts = [asyncio.to_thread(device.act, "present_card", {"id_tag": "CARD-1", "connector": n}) for n in (7, 8)]
        outcomes = await asyncio.gather(*acts)
        assert [each.done for each in outcomes] == [False, False]
        # A second start of a device that runs changes nothing.
        await asyncio.to_thread(device.start, station, "127.0.0.1:1")
        await asyncio.to_thread(device.stop)
    assert not device.lives
    # What was stopped while it was being started stays away.
    await asyncio.to_thread(device.start, station, "127.0.0.1:1")
    assert not device.lives
    after = device.act("present_card", {"id_tag": "CARD-1"})
    assert (after.done, after.reason) == (False, "the simulator has ended")


def test_who_waits_for_a_device_that_is_killed_hears_of_it(device: SimulatedDevice, tmp_path: Path) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(CSMS, encoding="utf-8")
    device.start(path, "127.0.0.1:0")
    process = device._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    outcomes = []
    waiting = threading.Thread(target=lambda: outcomes.append(device.act("csms_request", {"message": "Reset"})))
    waiting.start()
    process.kill()
    waiting.join(20)
    assert [(each.done, each.reason) for each in outcomes] == [(False, "the simulator has ended")]
    assert not device.lives


def test_what_keeps_it_from_starting_is_told(device: SimulatedDevice, tmp_path: Path, station: Path) -> None:
    path = tmp_path / "CSMS.toml"
    path.write_text(CSMS, encoding="utf-8")
    with pytest.raises(EnvironmentFault) as refused:
        device.start(path, "127.0.0.1:99999")
    assert str(refused.value) == (
        "simulated device: the simulator did not start: --listen: '127.0.0.1:99999' is no address - "
        "write HOST:PORT, with port 0 for any - mend what it names, and start it again"
    )
    assert not device.lives
    station.write_text(STATION.replace("CP-7", ""), encoding="utf-8")
    with pytest.raises(InputErrors):
        device.start(station, "127.0.0.1:1")


_HOLDER = """
import sys
from pathlib import Path
from labapp.services.simulated_device import SimulatedDevice
device = SimulatedDevice()
device.start(Path(sys.argv[1]), "127.0.0.1:0")
print(device._process.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(CSMS, encoding="utf-8")
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder.stdin, holder.stdout:
        pid = int(holder.stdout.readline())
        # The simulator has no end of this pipe, so that waiting for its end is waiting for the process.
        watched = os.pidfd_open(pid)
        holder.kill()
        holder.wait()
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        assert poll.poll(20_000), "the simulator goes on without the process that held it"
        os.close(watched)
