"""As charge point the tool moves real files, from and to its own servers or others; the journal is enough to judge it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labapp.bench.device_link import device_link
from labapp.bench.file_serving import FileServing
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.project_values import Values
from labapp.engine.campaign import Givens
from labapp.engine.rejudge import Catalogue, rejudge
from labapp.engine.system_clock import SystemClock
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.selftest.arena import Bout, fight
from labapp.selftest.peers import CentralSystemPeer, bout
from labapp.simulator.csms import Csms16
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.listening import WebSocketListener
from labapp.simulator.network_transfers import NetworkTransfers

CLOCK = SystemClock()
TIMEOUTS = {"connect": 10, "message": 15, "long_operation": 15, "reboot": 30, "firmware": 30, "reconnect": 20}
OPTIONS = {"review": "advice", "cut": "refuse", "quiet_window": 0.2, "reset": "ocpp", "operator_timeout": 0}


async def run(name: str, folder: Path, protocol: str = "http", **values: Any) -> tuple[dict[str, Any], Any]:
    """A case against a simulated central system, with the tool's own file servers: the result and the journal."""
    (folder / "files").mkdir()
    case = CATALOGUE[name]
    system = Csms16(CsmsConfig(), CLOCK)
    listener = WebSocketListener(system)
    port = await listener.open("127.0.0.1", 0)
    dut = Dut(declared={"limits": {"supported_file_transfer_protocols": [protocol]}})
    project = Project(
        sut="csms",
        connection=Connection(url=f"ws://127.0.0.1:{port}", identity="CP-1"),
        dut=dut,
        values=Values(**values),
    )
    serving = FileServing(project, [case], folder, CLOCK)
    facts = {**dut.facts(), "security_profile": 0, "connectors": 1}
    givens = Givens(project.values.given(), TIMEOUTS, facts, OPTIONS, serving.locations)
    made = Bout(case, givens, device_link(project, CLOCK), CentralSystemPeer(system), CLOCK, files=NetworkTransfers())
    await serving.open(lambda transfer: None)
    try:
        return await fight(made)
    finally:
        await system.stop()
        await listener.close()
        await serving.close()


def judged_again(journal: Any) -> bool:
    return rejudge(journal.records, Catalogue(CATALOGUE.get, ready_state)).same


PROTOCOLS = pytest.mark.parametrize("protocol", ["http", "https", "ftp", "ftps"])


@PROTOCOLS
async def test_the_firmware_is_really_fetched(tmp_path: Path, protocol: str) -> None:
    result, journal = await run("TC_044_1_CSMS", tmp_path, protocol)
    assert (result["verdict"], result["findings"]) == ("PASS", [])
    (moved,) = (record.content for record in journal.records if record.kind == "file")
    assert moved["url"].startswith(f"{protocol}://")
    assert (moved["complete"], moved["bytes"]) == (True, 16406)
    assert judged_again(journal)


@PROTOCOLS
async def test_the_log_is_really_uploaded(tmp_path: Path, protocol: str) -> None:
    result, journal = await run("TC_045_1_CSMS", tmp_path, protocol)
    assert (result["verdict"], result["findings"]) == ("PASS", [])
    (kept,) = (tmp_path / "files").iterdir()
    assert kept.read_text() == "Diagnostics of the charge point that labapp plays in TC_045_1_CSMS.\n"
    assert judged_again(journal)


async def test_a_download_that_must_fail_is_tried_at_the_server(tmp_path: Path) -> None:
    result, journal = await run("TC_044_2_CSMS", tmp_path)
    assert result["verdict"] == "PASS"
    (moved,) = (record.content for record in journal.records if record.kind == "file")
    assert moved["fault"] == f"{moved['url']}: HTTP status 404"
    assert moved["url"].endswith("/firmware/does_not_exist_firmware.bin")


async def test_an_upload_that_must_fail_is_tried(tmp_path: Path) -> None:
    result, journal = await run("TC_045_2_CSMS", tmp_path, invalid_log_location="http://127.0.0.1:1/closed")
    assert result["verdict"] == "PASS"
    (moved,) = (record.content for record in journal.records if record.kind == "file")
    assert (moved["direction"], moved["complete"]) == ("upload", False)
    assert list((tmp_path / "files").iterdir()) == []


async def test_a_firmware_that_is_not_there_leaves_the_case_open(tmp_path: Path) -> None:
    result, journal = await run("TC_044_1_CSMS", tmp_path, firmware_location="http://127.0.0.1:1/station.bin")
    assert (result["verdict"], result["reason_code"], result["findings"]) == ("INCONCLUSIVE", "operator", [])
    assert judged_again(journal)


def test_a_bug_of_the_tool_while_it_moves_a_file_is_its_own() -> None:
    class Broken(NetworkTransfers):
        async def download(self, url: str) -> bytes:
            raise RuntimeError("a bug")

    async def course() -> None:
        await fight(replace(bout(CATALOGUE["TC_044_1_CSMS"], virtual_clock()), files=Broken()))

    with pytest.raises(RuntimeError, match="a bug"):
        run_virtual(course())
