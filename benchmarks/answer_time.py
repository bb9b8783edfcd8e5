"""How long a device waits for the tool's answer, against a bare echo server of the `websockets` package.

Both servers run in processes of their own on one CPU, the device on another, and it asks them by turns, so that what
disturbs one disturbs both.
Prints one JSON object: `ratio` is the tool's median over the echo's; times in microseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from raw_device import RawDevice, beside, keep_to_cpu, percentile
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from labapp.cases.utilities import IDLE
from labapp.engine.journal_file import JournalWriter
from labapp.engine.runner import Runner
from labapp.engine.setup import Setup
from labapp.engine.system_clock import SystemClock
from labapp.links.server import CentralSystemLink
from labapp.ocpp.masking import Masker
from labapp.ocpp.versions import VERSIONS

METER_VALUES = {
    "connectorId": 1,
    "transactionId": 1,
    "meterValue": [
        {
            "timestamp": "2025-01-01T00:00:00.000Z",
            "sampledValue": [{"value": "1234.5", "context": "Sample.Periodic", "unit": "Wh"}] * 4,
        }
    ],
}


def echo(told: Connection) -> None:
    """The bare server: it sends back what it gets."""
    keep_to_cpu(-1)

    async def handle(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async def run() -> None:
        async with serve(
            handle,
            "127.0.0.1",
            0,
            subprotocols=[Subprotocol("ocpp1.6")],
            compression=None,
            ping_interval=None,
        ) as server:
            told.send("{}:{}".format(*server.sockets[0].getsockname()))
            await server.serve_forever()

    asyncio.run(run())


def tool(told: Connection) -> None:
    """The tool as a bench runs it between two cases: masks, journal on disc, schema check, device model, answer."""
    keep_to_cpu(-1)

    async def run(folder: Path) -> None:
        clock = SystemClock()
        masker = Masker({"password": "benchmark-password"}, b"benchmark")
        link = CentralSystemLink("127.0.0.1:0", "CP1", "ocpp1.6", None, clock, masker.mask_frame, unmask=masker.reveal)
        with JournalWriter(folder / "journal.jsonl", clock) as journal:
            journal.sync_regularly(asyncio.get_running_loop())
            runner = Runner("bench", link, journal, clock, VERSIONS["1.6"], {})
            runner.begin(IDLE, Setup("bench", 1, IDLE.id, values={"connector_id": 1, "heartbeat_interval": 300}))
            told.send((await runner.open())["listen"])
            await asyncio.get_running_loop().create_future()

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


def measure(rounds: int, warm_up: int) -> dict[str, object]:
    """Round-trip times of `rounds` calls to each server, after `warm_up` uncounted ones."""
    times: dict[str, list[float]] = {"echo": [], "tool": []}
    with ExitStack() as running:
        devices = {
            name: running.enter_context(RawDevice(running.enter_context(beside(server)).recv()))
            for name, server in (("echo", echo), ("tool", tool))
        }
        # Only now: a process starts on the CPUs of the one that starts it.
        keep_to_cpu(0)
        for number in range(rounds + warm_up):
            call = json.dumps([2, str(number), "MeterValues", METER_VALUES])
            for name, device in devices.items():
                began = time.perf_counter_ns()
                device.send(call)
                device.receive()
                if number >= warm_up:
                    times[name].append((time.perf_counter_ns() - began) / 1e3)
    medians = {name: percentile(values, 0.5) for name, values in times.items()}
    return {
        "name": "answer_time",
        "ratio": round(medians["tool"] / medians["echo"], 3),
        "p50_us": {name: round(value, 1) for name, value in medians.items()},
        "p99_us": {name: round(percentile(values, 0.99), 1) for name, values in times.items()},
        "rounds": rounds,
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5000)
    arguments.add_argument("--warm-up", type=int, default=500)
    given = arguments.parse_args()
    print(json.dumps(measure(given.rounds, given.warm_up)))


if __name__ == "__main__":
    main()
