"""A run in real processes: the command line, its bench, and a charging station of a few lines that knows nothing of labapp."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

LABAPP = (sys.executable, "-m", "labapp")

#: Seconds within which anything that is waited for must come, on a busy machine too.
DEADLINE = 30.0

PROJECT = """
[project]
ocpp = "1.6"
sut = "cs"

[connection]
listen = "127.0.0.1:{port}"
identity = "CS-1"

[dut]
local_start = true

[values]
valid_id_tag = "LAB-VALID-1"
invalid_id_tag = "LAB-INVALID"

[timeouts]
connect = 30
message = 4
operator = {operator}

[run]
quiet_window = 0.1
"""


def write_project(folder: Path, *, port: int = 0, operator: int = 60, more: str = "") -> Path:
    """A project file for a charging station with one connector. operator: seconds of patience."""
    path = folder / "PROJECT.toml"
    path.write_text(PROJECT.format(port=port, operator=operator) + more, encoding="utf-8")
    return path


class Front:
    """A process of the command line whose standard output is JSON lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []

    @classmethod
    async def start(cls, *args: str | Path, cwd: Path, **env: str) -> Front:
        """Start `labapp` with these arguments."""
        process = await asyncio.create_subprocess_exec(
            *LABAPP,
            *map(str, args),
            cwd=cwd,
            env={**os.environ, "LABAPP_HOME": str(cwd / "home"), **env},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**22,
        )
        return cls(process)

    async def until(self, kind: str, **members: Any) -> dict[str, Any]:
        """The next message of a type with these members."""
        async with asyncio.timeout(DEADLINE):
            while True:
                message = await self.next()
                if message["type"] == kind and all(message.get(name) == value for name, value in members.items()):
                    return message

    async def next(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise AssertionError(
                f"the output ended; seen: {[each['type'] for each in self.seen]}; {await self.errors()}"
            )
        message: dict[str, Any] = json.loads(line)
        self.seen.append(message)
        return message

    async def say(self, kind: str, **content: Any) -> None:
        """One message in."""
        await self.say_text(json.dumps({"type": kind, **content}))

    async def say_text(self, text: str) -> None:
        """One line in, as it is."""
        await self.say_bytes(text.encode())

    async def say_bytes(self, line: bytes) -> None:
        """One line in, of any bytes."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        await self.process.stdin.drain()

    async def end_of_input(self) -> None:
        """No further line comes."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def line_of_errors(self, begin: str) -> str:
        """The next line of standard error that begins so."""
        assert self.process.stderr is not None
        read: list[str] = []
        async with asyncio.timeout(DEADLINE):
            while line := (await self.process.stderr.readline()).decode().rstrip("\n"):
                read.append(line)
                if line.startswith(begin):
                    return line
        raise AssertionError(f"no line begins {begin!r}: {read}")

    async def errors(self) -> str:
        """What it has written to standard error, until its end."""
        assert self.process.stderr is not None
        async with asyncio.timeout(DEADLINE):
            return (await self.process.stderr.read()).decode()

    async def end(self) -> tuple[int, str]:
        """Read all that is left; exit status and standard error."""
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            while line := await self.process.stdout.readline():
                self.seen.append(json.loads(line))
            errors = await self.errors()
            return await self.process.wait(), errors

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()


class Station:
    """A charging station with one connector, in a few lines: it boots, accepts what it is asked, and does what the test says."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._socket: ClientConnection
        self._numbers = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._reading: asyncio.Task[None]

    @classmethod
    async def connected(cls, ready: Mapping[str, Any]) -> Station:
        """A station that has booted and reported its connectors. ready: the message of the bench."""
        station = cls(f"ws://{ready['listen']}/{ready['identity']}")
        await station.connect()
        return station

    async def connect(self) -> None:
        """Connect, boot and report."""
        self._socket = await connect(self._url, subprotocols=["ocpp1.6"], proxy=None)  # type: ignore[list-item]
        self._reading = asyncio.create_task(self._read())
        await self.call("BootNotification", chargePointVendor="Tiny", chargePointModel="T1")
        await self.status("Available", 0)
        await self.status("Available")

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()
        await self._reading

    async def call(self, action: str, **payload: Any) -> Any:
        """Send a request and wait for its answer."""
        number = f"t{next(self._numbers)}"
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps([2, number, action, payload]))
        async with asyncio.timeout(DEADLINE):
            return await self._answers[number]

    async def status(self, status: str, connector: int = 1) -> None:
        """Report a status."""
        await self.call("StatusNotification", connectorId=connector, status=status, errorCode="NoError")

    async def present(self) -> None:
        """Authorize and start a transaction, as TC_003_CS expects it."""
        id_tag = "LAB-VALID-1"
        await self.call("Authorize", idTag=id_tag)
        moment = "2026-01-01T00:00:00Z"
        await self.call("StartTransaction", connectorId=1, idTag=id_tag, meterStart=0, timestamp=moment)
        await self.status("Charging")

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                kind, number, *rest = json.loads(text)
                if kind == 2:
                    await self._socket.send(json.dumps([3, number, self._response(*rest)]))
                else:
                    self._answers[number].set_result(rest[-1])
        except ConnectionClosed:
            return

    def _response(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        match action:
            case "GetConfiguration":
                return {"configurationKey": [], "unknownKey": payload.get("key", [])}
            case "GetLocalListVersion":
                return {"listVersion": 0}
            case _:
                return {"status": "Accepted"}


def bench_of(directory: Path) -> dict[str, Any]:
    """`bench.json` of a run directory."""
    content: dict[str, Any] = json.loads((directory / "bench.json").read_text(encoding="utf-8"))
    return content


def result_of(directory: Path) -> dict[str, Any]:
    """`run.json` of a run directory."""
    content: dict[str, Any] = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    return content


def verdicts_of(directory: Path) -> list[tuple[str, int, str, str]]:
    """(case, attempt, verdict, reason code) of every attempt of a run."""
    return [
        (each["id"], each["attempt"], each["verdict"], each["reason_code"]) for each in result_of(directory)["cases"]
    ]


async def gone(pid: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        async with asyncio.timeout(DEADLINE):
            await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def mode_of(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def arguments_of(pid: int) -> bytes:
    """The arguments of a process, as everybody on the machine can see them."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def names_in(folder: Path) -> set[str]:
    """What stands in a folder."""
    return {path.name for path in folder.iterdir()}


def files_with(folder: Path, text: str) -> list[str]:
    """The files below a folder that hold a text."""
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def benches_below(folder: Path) -> list[int]:
    """Process ids of the benches whose addresses stand below a folder."""
    return [bench_of(address.parent)["pid"] for address in folder.glob("*/bench.json")]
