"""A simulated station fetches and uploads files over real sockets; what went is on record and is judged again, and no secret is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labapp.bench.device_link import device_link
from labapp.bench.file_serving import FileServing
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.cases.values import FIRMWARE_LOCATION, LOG_LOCATION
from labapp.domain.actions import Outcome
from labapp.domain.notation import exchange
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.testcase import CHARGE_POINT, Source, TestCase
from labapp.engine.campaign import Givens
from labapp.engine.events import FileTransferred
from labapp.engine.rejudge import Catalogue, rejudge
from labapp.engine.system_clock import SystemClock
from labapp.engine.transfers import SERVED
from labapp.links.files import DUMMY_FIRMWARE
from labapp.ocpp.messages16 import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    GetDiagnostics,
    UpdateFirmware,
)
from labapp.selftest.arena import Bout, fight
from labapp.simulator.dialing import WebSocketDialer
from labapp.simulator.network_transfers import NetworkTransfers
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station

CLOCK = SystemClock()
TIMEOUTS = {"connect": 10, "message": 15, "long_operation": 15, "reboot": 30, "firmware": 30, "reconnect": 20}
DIAGNOSTICS = TestCase(
    "TC_LOG_CS",
    "A log is uploaded",
    Source("Document", "Table 1"),
    CHARGE_POINT,
    (
        exchange(1, GetDiagnostics.req(location=LOG_LOCATION), GetDiagnostics.conf()),
        exchange(3, DiagnosticsStatusNotification.req(status="Uploading")),
        exchange(5, DiagnosticsStatusNotification.req(status="Uploaded")),
    ),
)
UPDATE = TestCase(
    "TC_FIRMWARE_CS",
    "A firmware is fetched",
    Source("Document", "Table 2"),
    CHARGE_POINT,
    (
        exchange(1, UpdateFirmware.req(location=FIRMWARE_LOCATION), UpdateFirmware.conf()),
        exchange(3, FirmwareStatusNotification.req(status="Downloading")),
        exchange(5, FirmwareStatusNotification.req(status="Downloaded")),
    ),
)


class Network:
    """The tool's link, with the file servers of its run beside it; and the station's way to both."""

    def __init__(self, project: Project, serving: FileServing) -> None:
        self._link = device_link(project, CLOCK, serving.secrets)
        self._serving = serving
        self.address = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    async def open(self, sink: Callable[[Any], None]) -> Mapping[str, Any]:
        """Open both."""
        await self._serving.open(lambda facts: sink(FileTransferred(CLOCK.now(), facts)))
        facts = await self._link.open(sink)
        self.address = str(facts["listen"])
        return facts

    async def close(self) -> None:
        """Close both."""
        await self._link.close()
        await self._serving.close()


class Peer:
    """A simulated station that dials once the link listens."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._station: Station

    async def run(self) -> None:
        """Work until stopped."""
        config = replace(StationConfig(), identity="CS-1", boot_duration=0.2)
        dialer = WebSocketDialer(f"ws://{self._network.address}")
        self._station = Station(config, dialer, CLOCK, NetworkTransfers())
        await self._station.run()

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to it what an operator would."""
        return await self._station.act(action, args)

    def stop(self) -> None:
        """Take it away."""
        self._station.stop()


async def run(case: TestCase, protocol: str, folder: Path) -> tuple[dict[str, Any], Any, FileServing]:
    """A case with a station that declares one protocol: the result, the journal, and the file servers."""
    (folder / "files").mkdir()
    dut = Dut(declared={"limits": {"supported_file_transfer_protocols": [protocol]}})
    project = Project(connection=Connection(listen="127.0.0.1:0", identity="CS-1"), dut=dut)
    serving = FileServing(project, [case], folder, CLOCK)
    options = {"review": "advice", "cut": "refuse", "quiet_window": 0.2, "reset": "ocpp", "operator_timeout": 0}
    givens = Givens(
        project.values.given(),
        TIMEOUTS,
        {**dut.facts(), "security_profile": 0},
        {**options, SERVED: list(serving.served)},
        serving.locations,
    )
    network = Network(project, serving)
    result, journal = await fight(Bout(case, givens, network, Peer(network), CLOCK))  # type: ignore[arg-type]
    return result, journal, serving


def observations(result: Mapping[str, Any]) -> list[str]:
    return [str(each["text"]) for each in result["observations"]]


PROTOCOLS = pytest.mark.parametrize("protocol", ["http", "https", "ftp", "ftps"])


@PROTOCOLS
async def test_a_log_is_uploaded_recorded_and_judged_again(tmp_path: Path, protocol: str) -> None:
    result, journal, serving = await run(DIAGNOSTICS, protocol, tmp_path)
    assert (result["verdict"], result["findings"]) == ("PASS", [])
    (kept,) = (tmp_path / "files").iterdir()
    content = kept.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert observations(result) == [
        f"the station uploaded {kept.name} over {protocol.upper()}, {len(content)} bytes, SHA-256 {digest}"
    ]
    (record,) = (each for each in journal.records if each.kind == "file")
    assert (record.content["file"], record.content["sha256"]) == (kept.name, digest)
    assert serving.secret.encode() not in journal.text
    known = {**CATALOGUE, DIAGNOSTICS.id: DIAGNOSTICS}
    again = rejudge(journal.records, Catalogue(known.get, ready_state))
    assert again.differences == []
    assert again.cases == [result]


@PROTOCOLS
async def test_a_firmware_is_fetched(tmp_path: Path, protocol: str) -> None:
    result, _, _ = await run(UPDATE, protocol, tmp_path)
    assert (result["verdict"], result["findings"]) == ("PASS", [])
    digest = hashlib.sha256(DUMMY_FIRMWARE).hexdigest()
    fetched = f"the station fetched firmware.bin over {protocol.upper()}, {len(DUMMY_FIRMWARE)} bytes, SHA-256 {digest}"
    assert fetched in observations(result)
