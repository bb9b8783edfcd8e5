"""How late a frame is stamped beside a window that gets a thousand frames a second, against no window.

Both are measured in turn, several times: what `receive_stamp.py` measures without busy neighbours, alone and beside a talking bench
with its window. The bench that feeds the window is a further process, so that three are busy beside the link.
Prints one JSON object: `ratio` is that of the p99; times in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from raw_device import beside, percentile
from receive_stamp import stamp_delays
from talking_bench import attached_window, talking_bench

#: Seconds of silence before the bench talks; frames a second; and seconds for which it talks, longer than a measurement takes.
IDLE, RATE, TALKS = 1.0, 1000, 600.0


def beside_window(frames: int, interval: float) -> list[float]:
    """The stamp delays beside a window at work."""
    with ExitStack() as running:
        home = Path(running.enter_context(TemporaryDirectory()))
        directory = running.enter_context(talking_bench(home, RATE, TALKS, prompts=True))
        told = running.enter_context(beside(attached_window, home, directory, IDLE))
        told.recv()
        return stamp_delays(frames, interval)


def measure(frames: int, interval: float, times: int) -> dict[str, object]:
    """The stamp delays of `times` measurements of each kind together."""
    alone: list[float] = []
    window: list[float] = []
    for _ in range(times):
        alone += stamp_delays(frames, interval)
        window += beside_window(frames, interval)
    return {
        "name": "window_stamps",
        "ratio": round(percentile(window, 0.99) / percentile(alone, 0.99), 2),
        **_spread("window", window),
        **_spread("alone", alone),
        "frames": len(window),
        "machine_load": round(os.getloadavg()[0], 2),
    }


def _spread(name: str, values: list[float]) -> dict[str, float]:
    shares = {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": max(values)}
    return {f"{name}_{share}_ms": round(value, 3) for share, value in shares.items()}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--frames", type=int, default=1000, help="of each measurement")
    arguments.add_argument("--interval", type=float, default=0.005, help="seconds between two frames, on average")
    arguments.add_argument("--times", type=int, default=3)
    given = arguments.parse_args()
    print(json.dumps(measure(given.frames, given.interval, given.times)))


if __name__ == "__main__":
    main()
