"""How evenly the window goes on while its bench tells a thousand frames a second, and how soon a prompt stands on the screen.

The bench, in a process of its own, speaks the operator channel over loopback; every half second it asks for an action and writes
its monotonic clock into the text. The window is attached like any other operator, shows its execution page, and draws without a
screen. A timer of 5 ms ticks in its event loop: a gap between two ticks is a block. The same window without frames is the baseline.
Prints one JSON object; times in milliseconds, memory in MB.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from raw_device import beside, percentile
from talking_bench import attached_window, talking_bench


def measure(rate: int, seconds: float, idle: float) -> dict[str, object]:
    """The window for `idle` seconds of silence, then for `seconds` of `rate` frames a second."""
    with ExitStack() as running:
        home = Path(running.enter_context(TemporaryDirectory()))
        directory = running.enter_context(talking_bench(home, rate, seconds, prompts=True))
        told = running.enter_context(beside(attached_window, home, directory, idle))
        silent, load = told.recv()["idle"], told.recv()["load"]
    used, wall = load["cpu"]
    before, after = load["resident"]
    return {
        "name": "window_frames",
        **_spread("block", load["gaps"]),
        **_spread("idle", silent["gaps"]),
        **_spread("prompt", load["prompts"]),
        "prompts": len(load["prompts"]),
        "frames": load["frames"],
        "frames_per_s": round(load["frames"] / seconds),
        "seconds": seconds,
        "cpu_share": round(used / wall, 2),
        "memory_mb": round(after, 1),
        "memory_growth_mb": round(after - before, 1),
        "machine_load": round(os.getloadavg()[0], 2),
    }


def _spread(name: str, values: list[float]) -> dict[str, float]:
    shares = {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": max(values)}
    return {f"{name}_{share}_ms": round(value, 1) for share, value in shares.items()}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=int, default=1000, help="frames a second")
    arguments.add_argument("--seconds", type=float, default=15)
    arguments.add_argument("--idle", type=float, default=5)
    given = arguments.parse_args()
    print(json.dumps(measure(given.rate, given.seconds, given.idle)))


if __name__ == "__main__":
    main()
