"""How long the whole catalogue takes over real sockets, against the time that its waits prescribe: charge point, then central system.

Each case runs against a simulated device in a setting that fits it, one after another. What is prescribed is how long the same
run takes on a clock that jumps from one wait to the next: intervals, timeouts, quiet windows, and the device's own pace.
Prints one JSON object for each kind of device: `ratio` is the wall time over the prescribed time, both in seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import time
from collections.abc import Sequence

from labapp.cases.catalogue import ALL
from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT, TestCase
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.selftest.arena import fight
from labapp.selftest.peers import bout
from labapp.selftest.runner import home
from labapp.selftest.settings import Setting
from labapp.selftest.sockets import VALUES, over_sockets, shortened


def prescribed(case: TestCase, setting: Setting) -> float:
    """Seconds that the run takes when nothing but its waits takes time."""

    async def run() -> float:
        clock = virtual_clock()
        # A central system has intervals of its own, and they are as short as those of the project.
        made = bout(case, clock, dataclasses.replace(setting, values={**VALUES, **setting.values}))
        begun = clock.now().mono_ns
        result, _ = await fight(dataclasses.replace(made, givens=shortened(made.givens)))
        if result["verdict"] != "PASS":
            raise SystemExit(f"{case.id}: {result['verdict']} in virtual time: {result['reason']}")
        return (clock.now().mono_ns - begun) / 1e9

    return run_virtual(run())


def wall(case: TestCase, setting: Setting) -> float:
    """Seconds that the run takes over sockets."""
    begun = time.monotonic()
    result = asyncio.run(over_sockets(case, setting))
    if result["verdict"] != "PASS":
        raise SystemExit(f"{case.id}: {result['verdict']} over sockets: {result['reason']}")
    return time.monotonic() - begun


def measure(sut: str, cases: Sequence[TestCase]) -> dict[str, object]:
    """The figures of the cases of one kind of device."""
    homes = [home(case) for case in cases]
    due = sum(map(prescribed, cases, homes))
    taken = sum(map(wall, cases, homes))
    return {
        "name": "catalogue_wall",
        "sut": sut,
        "cases": len(cases),
        "seconds": round(taken, 1),
        "prescribed": round(due, 1),
        "ratio": round(taken / due, 3),
        "aim": 1.2,
    }


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", action="append", default=[])
    wanted = parser.parse_args().case
    for sut in (CHARGE_POINT, CENTRAL_SYSTEM):
        cases = [c for c in ALL if c.kind == "case" and c.sut == sut and (not wanted or c.id in wanted)]
        if cases:
            print(json.dumps(measure(sut, cases)), flush=True)


if __name__ == "__main__":
    main()
