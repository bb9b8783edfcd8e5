"""The examples of docs/drivers.md: a bridge drives a simulated device as if it were foreign, and a run needs nobody."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from labapp.engine.journal_file import read_journal
from labapp.services.projects import open_project
from tests.bench.harness import DEADLINE, LABAPP, Front, result_of

PASSWORD = "example-password"
DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Bench:
    """The example in a folder of its own, with its bridge and its device. bridge: port of its HTTP calls."""

    folder: Path
    bridge: int


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def bridged(folder: Path, home: Path, *device: str) -> AsyncIterator[int]:
    """The bridge of the example with its device: the port of its HTTP calls."""
    bridge = await asyncio.create_subprocess_exec(
        sys.executable,
        "bridge.py",
        "0",
        *LABAPP,
        *device,
        cwd=folder,
        env={**os.environ, "LABAPP_HOME": str(home), "CP_PASSWORD": PASSWORD},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bridge.stdout is not None
    async with asyncio.timeout(DEADLINE):
        said = (await bridge.stdout.readline()).decode()
    assert said.startswith("listening on port ")
    yield int(said.split()[-1])
    bridge.terminate()
    async with asyncio.timeout(DEADLINE):
        # The device has the same standard error, and ends when the bridge does.
        await bridge.communicate()


def example(folder: Path, name: str, *, device: int, bridge: int) -> None:
    """Give the project file of the example the ports that are free here."""
    project = folder / name
    text = project.read_text(encoding="utf-8").replace("9000", str(device)).replace("9180", str(device))
    text = text.replace("9300", str(bridge)).replace("[values]", "[values]\ntransaction_duration = 1")
    project.write_text(text + "[run]\nquiet_window = 0.2\n", encoding="utf-8")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    folder = tmp_path / "driver"
    shutil.copytree(DOCS / "examples" / "driver", folder)
    port = free_port()
    device = ("simulate", "station", "--url", f"ws://127.0.0.1:{port}", "--identity", "CS-1")
    async with bridged(folder, tmp_path / "home", *device) as bridge:
        example(folder, "PROJECT.toml", device=port, bridge=bridge)
        yield Bench(folder, bridge)


async def run(folder: Path, project: str, *cases: str) -> tuple[int, str]:
    asked = [word for case in cases for word in ("--case", case)]
    front = await Front.start("run", project, "--operator", "auto", "--out", "out", *asked, cwd=folder)
    return await front.end()


def answers(folder: Path) -> list[tuple[str, str, str]]:
    """(action, outcome, reason) of every action that was asked for."""
    asked: dict[str, str] = {}
    found = []
    for record in read_journal(folder / "out" / "journal.jsonl"):
        if record.kind == "prompt" and record.content["kind"] == "action":
            asked[record.content["id"]] = record.content["action"]
        elif record.kind == "answer" and record.content["prompt"] in asked:
            found.append((asked[record.content["prompt"]], record.content["outcome"], record.content["reason"]))
    return found


async def test_the_example_runs_unattended(bench: Bench) -> None:
    status, errors = await run(bench.folder, "PROJECT.toml", "TC_041_CS", "TC_003_CS")
    result = result_of(bench.folder / "out")
    assert (status, [(each["id"], each["verdict"]) for each in result["cases"]]) == (
        0,
        [("TC_041_CS", "PASS"), ("TC_003_CS", "PASS")],
    ), errors
    assert {outcome for _, outcome, _ in answers(bench.folder)} <= {"done"}
    records = list(read_journal(bench.folder / "out" / "journal.jsonl"))
    prompted = {record.content["action"] for record in records if record.kind == "prompt"}
    assert {"plug_in", "present_id", "set_fault", "clear_fault"} <= prompted


async def test_a_central_system_runs_unattended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CP_PASSWORD", PASSWORD)
    folder = tmp_path / "driver"
    shutil.copytree(DOCS / "examples" / "driver", folder)
    port = free_port()
    device = ("simulate", "csms", "--listen", f"127.0.0.1:{port}", "--identity", "CP-1")
    cases = ("TC_012_CSMS", "TC_019_2_CSMS", "TC_056_CSMS")
    async with bridged(folder, tmp_path / "home", *device, "--password", "env:CP_PASSWORD") as bridge:
        example(folder, "CSMS.toml", device=port, bridge=bridge)
        status, errors = await run(folder, "CSMS.toml", *cases)
    result = result_of(folder / "out")
    assert (status, [(each["id"], each["verdict"]) for each in result["cases"]]) == (
        0,
        [(case, "PASS") for case in cases],
    ), errors
    # The request may come before the driver's answer does: then the wire has closed the prompt.
    assert {outcome for _, outcome, _ in answers(folder)} <= {"done"}
    records = list(read_journal(folder / "out" / "journal.jsonl"))
    prompts = [record.content["args"]["message"] for record in records if record.kind == "prompt"]
    # The last withdraws the profile that TC_056 has set.
    assert prompts == ["RemoteStopTransaction", "GetConfiguration", "SetChargingProfile", "ClearChargingProfile"]


async def test_what_the_device_cannot_do_is_inconclusive_with_its_reason(bench: Bench) -> None:
    with (bench.folder / "PROJECT.toml").open("a", encoding="utf-8") as project:
        project.write(f'[driver.set_fault]\nurl = "http://127.0.0.1:{bench.bridge}/start_button"\nbody = "{{}}"\n')
    status, _ = await run(bench.folder, "PROJECT.toml", "TC_041_CS")
    (case,) = result_of(bench.folder / "out")["cases"]
    assert (status, case["verdict"], case["reason_code"]) == (1, "INCONCLUSIVE", "operator")
    reason = "POST was answered 409: this station has no start button"
    assert ("set_fault", "impossible", reason) in answers(bench.folder)


async def test_a_program_that_is_missing_is_said_before_the_run_begins(tmp_path: Path) -> None:
    folder = tmp_path / "driver"
    shutil.copytree(DOCS / "examples" / "driver", folder)
    with (folder / "PROJECT.toml").open("a", encoding="utf-8") as project:
        project.write('[driver.power_off]\ncommand = ["./mains.sh", "off"]\n')
    front = await Front.start(
        "run", "PROJECT.toml", "--operator", "auto", "--out", "out", "--case", "TC_003_CS", cwd=folder
    )
    status, errors = await front.end()
    assert (status, errors.splitlines()[-1]) == (
        3,
        "labapp: [driver.power_off] command: there is no program ./mains.sh - install it, or write its path, relative to the "
        "folder in which the command runs",
    )
    assert not (folder / "out").exists()


def test_the_bridge_knows_nothing_of_labapp_and_the_guide_names_the_example() -> None:
    assert "labapp" not in (DOCS / "examples" / "driver" / "bridge.py").read_text(encoding="utf-8")
    guide = (DOCS / "drivers.md").read_text(encoding="utf-8")
    assert "python3 bridge.py 9300 labapp simulate station --url ws://127.0.0.1:9000 --identity CS-1" in guide
    assert "labapp run PROJECT.toml --operator auto --case TC_041_CS --case TC_003_CS" in guide
    device = "labapp simulate csms --listen 127.0.0.1:9180 --identity CP-1 --password env:CP_PASSWORD"
    assert f"python3 bridge.py 9300 {device}" in guide
    assert "labapp run CSMS.toml --operator auto --case TC_012_CSMS --case TC_019_2_CSMS --case TC_056_CSMS" in guide


@pytest.mark.parametrize("name", ["PROJECT.toml", "CSMS.toml", "ARTHEXIS.toml"])
def test_every_project_of_the_examples_can_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CP_PASSWORD", PASSWORD)
    monkeypatch.setenv("ARTHEXIS_PASSWORD", PASSWORD)
    opened = open_project(DOCS / "examples" / "driver" / name)
    assert opened.project.driver


def test_an_operator_who_cannot_reach_the_central_system_says_so() -> None:
    command = [sys.executable, "arthexis.py", f"http://127.0.0.1:{free_port()}", "CP-1", '{"message": "Reset"}']
    environment = {**os.environ, "ARTHEXIS_USER": "u", "ARTHEXIS_PASSWORD": PASSWORD}
    done = subprocess.run(
        command, cwd=DOCS / "examples" / "driver", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
