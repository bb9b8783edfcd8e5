"""Sixteen stations at once in one process, each with a run of its own over real sockets, against one station alone.

Every station runs the same cases. Prints one JSON object: `ratio` is the wall time of the sixteen over that of the one, `peak_mib`
the most memory that the process held with sixteen, `alone_mib` with one.
"""

from __future__ import annotations

import asyncio
import json
import resource
import time

from labapp.cases.catalogue import CATALOGUE
from labapp.selftest.settings import STANDARD
from labapp.selftest.sockets import over_sockets

CASES = ("TC_003_CS", "TC_010_CS", "TC_019_CS", "TC_012_CS")
STATIONS = 16


async def one_station() -> None:
    """One case after another."""
    for name in CASES:
        result = await over_sockets(CATALOGUE[name], STANDARD)
        if result["verdict"] != "PASS":
            raise SystemExit(f"{name}: {result['verdict']}: {result['reason']}")


async def stations(count: int) -> float:
    """Seconds that so many stations take at once."""
    begun = time.monotonic()
    await asyncio.gather(*(one_station() for _ in range(count)))
    return time.monotonic() - begun


def peak_mib() -> float:
    """Most memory that the process has held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure once: the one first, since memory is only ever gained."""
    alone = asyncio.run(stations(1))
    alone_mib = peak_mib()
    together = asyncio.run(stations(STATIONS))
    print(
        json.dumps(
            {
                "name": "stations_at_once",
                "stations": STATIONS,
                "seconds": round(together, 1),
                "alone": round(alone, 1),
                "ratio": round(together / alone, 3),
                "peak_mib": round(peak_mib()),
                "alone_mib": round(alone_mib),
            }
        )
    )


if __name__ == "__main__":
    main()
