"""labapp as a laboratory uses it, over its command line, with the tests' own station and operator."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.handlers import HANDLERS
from tests.acceptance.hands import perform
from tests.acceptance.station import Station

#: Seconds until a test gives up on a run; the longest takes half a minute.
PATIENCE = 150.0

Prompt = dict[str, Any]
#: An operator's answer to a question or a review, without its id.
Answerer = Callable[[Prompt], dict[str, Any]]

PROJECT = """
[project]
sut = "cs"
[connection]
listen = "127.0.0.1:0"
identity = "CP-ACCEPTANCE"
[dut]
connectors = {connectors}
evses = {evses}
features = ["Core", "LocalAuthListManagement", "SmartCharging"]
cache = true
backup_power = false
local_start = true
[values]
valid_id_tag = "CARD-1"
valid_id_tag_2 = "CARD-2"
invalid_id_tag = "CARD-X"
heartbeat_interval = 3
meter_value_interval = 2
connection_timeout = 3
transaction_duration = 1
{values}
[timeouts]
connect = 10
message = {message}
long_operation = 3
reboot = 6
reconnect = 4
operator = 20
[run]
review = "{review}"
quiet_window = 0.3
reset = "{reset}"
"""


def default_choice(prompt: Prompt) -> dict[str, Any]:
    """The answer that the tool proposes."""
    if prompt["kind"] == "review":
        return {"outcome": "accept"}
    return {"outcome": next(choice["id"] for choice in prompt["choices"] if choice["default"])}


@dataclass
class Outcome:
    """What came of a run. status: exit status; told: every object of the channel; result: the file of --json."""

    status: int
    told: list[dict[str, Any]]
    result: dict[str, Any]
    errors: str
    log: list[str]

    @property
    def case(self) -> dict[str, Any]:
        """The only case of the run."""
        (only,) = self.result["cases"]
        return dict(only)

    def prompts(self, kind: str) -> list[Prompt]:
        """What the operator was asked, of one kind."""
        return [each for each in self.told if each["type"] == "prompt" and each["kind"] == kind]


async def labapp(*args: str | Path) -> tuple[int, str]:
    """Exit status and standard output of a labapp command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "labapp", *map(str, args), stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def run(
    folder: Path,
    station: Station,
    *cases: str,
    review: str = "advice",
    reset: str = "ocpp",
    values: str = "",
    message: int = 3,
    answer: Answerer = default_choice,
) -> Outcome:
    """Have labapp judge the station in the cases, and answer what it asks. values: more lines of PROJECT.toml's [values]."""
    write_project(folder, connectors=station.connectors, review=review, reset=reset, values=values, message=message)
    station.handlers = HANDLERS
    asked = [word for case in cases for word in ("--case", case)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "labapp", "run", "PROJECT.toml", *asked),
        *("--operator", "jsonl", "--out", "out", "--json", "result.json"),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    errors = asyncio.create_task(process.stderr.read())
    told: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for line in process.stdout:
                said = json.loads(line)
                told.append(said)
                if said["type"] == "ready":
                    station.power_on(f"ws://{address(said)}/{said['identity']}")
                elif said["type"] == "prompt":
                    if said["kind"] == "action":
                        possible = await perform(station, said["action"], said["args"])
                        reply = {"outcome": "done" if possible else "impossible"}
                    else:
                        reply = answer(said)
                    process.stdin.write(json.dumps({"type": "answer", "id": said["id"], **reply}).encode() + b"\n")
                    await process.stdin.drain()
                elif said["type"] == "summary":
                    process.stdin.close()
            status = await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await station.power_off()
    return Outcome(status, told, read_result(folder), (await errors).decode(), station.log)


def write_project(folder: Path, connectors: int, **fields: Any) -> None:
    """Write PROJECT.toml into the folder, which may be new."""
    folder.mkdir(parents=True, exist_ok=True)
    evses = [[number] for number in range(1, connectors + 1)]
    text = PROJECT.format(connectors=connectors, evses=evses, **fields)
    (folder / "PROJECT.toml").write_text(text, encoding="utf-8")


def read_result(folder: Path) -> dict[str, Any]:
    """What --json wrote; nothing if the run could not begin."""
    file = folder / "result.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def address(ready: dict[str, Any]) -> str:
    """HOST:PORT at which the tool says that it listens."""
    listen = str(ready["listen"])
    return listen.removeprefix("ws://").removesuffix("/")
