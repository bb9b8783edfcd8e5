"""How late a frame is stamped while a process beside the link is busy 50 ms of every 100.

The device writes its monotonic clock into each frame and the link stamps the frame with the same clock (both processes
run on one machine, and the monotonic clock is the machine's). Prints one JSON object; times in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection

from raw_device import RawDevice, beside, percentile

from labapp.engine.ports import FrameReceived, LinkEvent
from labapp.engine.system_clock import SystemClock
from labapp.links.server import CentralSystemLink

BUSY = 0.05
PERIOD = 0.1


def busy(told: Connection) -> None:
    """What a window does that draws: Python without a pause for 50 ms of every 100."""
    told.send("busy")
    while True:
        until = time.monotonic() + BUSY
        while time.monotonic() < until:
            pass
        time.sleep(PERIOD - BUSY)


def link(told: Connection, frames: int) -> None:
    """The link; tells its address, then the delay of each frame in milliseconds."""

    async def run() -> None:
        delays: list[float] = []
        complete = asyncio.Event()

        def note(event: LinkEvent) -> None:
            if isinstance(event, FrameReceived):
                delays.append((event.at.mono_ns - int(event.text)) / 1e6)
                if len(delays) == frames:
                    complete.set()

        listening = CentralSystemLink("127.0.0.1:0", "CP1", "ocpp1.6", None, SystemClock())
        told.send((await listening.open(note))["listen"])
        await complete.wait()
        told.send(delays)
        await listening.close()

    asyncio.run(run())


def stamp_delays(frames: int, interval: float) -> list[float]:
    """The stamp delays in milliseconds of `frames` frames, one about every `interval` seconds."""
    with ExitStack() as running:
        told = running.enter_context(beside(link, frames))
        device = running.enter_context(RawDevice(told.recv()))
        # Drawn times, so that no frame keeps step with the neighbours; the seed keeps one run like another.
        pauses = random.Random(1)
        for _ in range(frames):
            device.send(str(time.monotonic_ns()))
            time.sleep(pauses.uniform(0, 2 * interval))
        delays: list[float] = told.recv()
    return delays


def measure(frames: int, interval: float, neighbours: int) -> dict[str, object]:
    """The stamp delays beside `neighbours` busy processes."""
    with ExitStack() as running:
        for _ in range(neighbours):
            running.enter_context(beside(busy)).recv()
        delays = stamp_delays(frames, interval)
    return {
        "name": "receive_stamp",
        "p99_ms": round(percentile(delays, 0.99), 3),
        "p50_ms": round(percentile(delays, 0.5), 3),
        "max_ms": round(max(delays), 3),
        "frames": frames,
        "busy_neighbours": neighbours,
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--frames", type=int, default=2000)
    arguments.add_argument("--interval", type=float, default=0.005, help="seconds between two frames, on average")
    arguments.add_argument("--neighbours", type=int, default=1)
    given = arguments.parse_args()
    print(json.dumps(measure(given.frames, given.interval, given.neighbours)))


if __name__ == "__main__":
    main()
