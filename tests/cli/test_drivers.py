"""The example of docs/drivers.md: a bridge drives a simulated station as if it were foreign, and a run needs nobody."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labapp.engine.journal_file import read_journal
from tests.bench.harness import DEADLINE, LABAPP, Front, result_of

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


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    folder = tmp_path / "driver"
    shutil.copytree(DOCS / "examples" / "driver", folder)
    port = free_port()
    device = (*LABAPP, "simulate", "station", "--url", f"ws://127.0.0.1:{port}", "--identity", "CS-1")
    bridge = await asyncio.create_subprocess_exec(
        sys.executable,
        "bridge.py",
        "0",
        *device,
        cwd=folder,
        env={**os.environ, "LABAPP_HOME": str(tmp_path / "home")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bridge.stdout is not None
    async with asyncio.timeout(DEADLINE):
        said = (await bridge.stdout.readline()).decode()
    assert said.startswith("listening on port ")
    project = folder / "PROJECT.toml"
    text = project.read_text(encoding="utf-8").replace("9000", str(port)).replace("9300", said.split()[-1])
    text = text.replace("[values]", "[values]\ntransaction_duration = 1")
    project.write_text(text + "[run]\nquiet_window = 0.2\n", encoding="utf-8")
    yield Bench(folder, int(said.split()[-1]))
    bridge.terminate()
    async with asyncio.timeout(DEADLINE):
        # The device has the same standard error, and ends when the bridge does.
        await bridge.communicate()


async def run(bench: Bench, *cases: str) -> tuple[int, str]:
    asked = [word for case in cases for word in ("--case", case)]
    front = await Front.start("run", "PROJECT.toml", "--operator", "auto", "--out", "out", *asked, cwd=bench.folder)
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
    status, errors = await run(bench, "TC_041_CS", "TC_003_CS")
    result = result_of(bench.folder / "out")
    assert (status, [(each["id"], each["verdict"]) for each in result["cases"]]) == (
        0,
        [("TC_041_CS", "PASS"), ("TC_003_CS", "PASS")],
    ), errors
    assert {outcome for _, outcome, _ in answers(bench.folder)} <= {"done"}
    records = list(read_journal(bench.folder / "out" / "journal.jsonl"))
    prompted = {record.content["action"] for record in records if record.kind == "prompt"}
    assert {"plug_in", "present_id", "set_fault", "clear_fault"} <= prompted


async def test_what_the_device_cannot_do_is_inconclusive_with_its_reason(bench: Bench) -> None:
    with (bench.folder / "PROJECT.toml").open("a", encoding="utf-8") as project:
        project.write(f'[driver.set_fault]\nurl = "http://127.0.0.1:{bench.bridge}/start_button"\nbody = "{{}}"\n')
    status, _ = await run(bench, "TC_041_CS")
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
