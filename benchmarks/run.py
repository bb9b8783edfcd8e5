"""Every benchmark, one after another: one JSON object a line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = (
    "answer_time",
    "receive_stamp",
    "selftest_time",
    "catalogue_wall",
    "stations_at_once",
    "demo_time",
    "window_usable",
    "window_frames",
    "window_stamps",
)


def main() -> int:
    """Run them; the exit status is that of the first that fails."""
    for name in BENCHMARKS:
        done = subprocess.run([sys.executable, str(Path(__file__).parent / f"{name}.py")], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
