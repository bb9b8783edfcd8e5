"""How long `labapp demo --quick` takes, against the sum of the waits that its cases, its values and its device prescribe.

Prints one JSON object: `ratio` is the wall time over that sum; times in seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

#: Seconds that the simulated station needs: its first start, a reboot, and to dial again after a refused connection.
FIRST_START, REBOOT, REDIAL = 1.0, 3.0, 1.0
#: The value of MinimumStatusDuration that TC_023_4 asks for.
STATUS_DURATION = 10.0
#: Bandwidth is measured both ways.
DIRECTIONS = 2


def prescribed(project: dict[str, dict[str, float]], cases: int) -> dict[str, float]:
    """The waits, by what prescribes them."""
    values = project["values"]
    return {
        "first start": FIRST_START,
        "network": DIRECTIONS * project["network"]["seconds"],
        "000_RESET, quiet window": cases * project["run"]["quiet_window"],
        "TC_001 reboot, boot interval, two heartbeats": REBOOT + 3 * values["heartbeat_interval"],
        "TC_013 reboot": REBOOT,
        "TC_023_4 MinimumStatusDuration, absence": STATUS_DURATION + values["transaction_duration"],
        "TC_032_2 reboot": REBOOT,
        "TC_037_1 connection": REDIAL,
        "TC_061_1 ConnectionTimeOut": values["connection_timeout"],
        "TC_070 three values": 3 * values["meter_value_interval"],
    }


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "demo"
        began = time.monotonic()
        command = [sys.executable, "-m", "labapp", "demo", "--quick", "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wall = time.monotonic() - began
        if done.returncode:
            raise SystemExit(done.stderr)
        project = tomllib.loads((out / "PROJECT.toml").read_text(encoding="utf-8"))
        run = json.loads((out / "run" / "run.json").read_text(encoding="utf-8"))
    waits = prescribed(project, len(run["cases"]))
    total = sum(waits.values())
    print(
        json.dumps(
            {
                "name": "demo_time",
                "ratio": round(wall / total, 3),
                "wall_s": round(wall, 2),
                "prescribed_s": round(total, 2),
                "waits": waits,
            }
        )
    )


if __name__ == "__main__":
    main()
