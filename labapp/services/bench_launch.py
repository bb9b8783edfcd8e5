"""Start a bench as a process of its own, which outlives whoever started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault, LabappError

#: What the bench writes besides the journal: messages of its start, and of faults.
LOG = "bench.log"
#: Seconds that a bench whose run has ended has to end.
END_TIMEOUT = 15.0


class BenchRefused(LabappError):
    """The bench did not start, for the reason that it gave. The exit status is the bench's."""

    def __init__(self, text: str, exit_status: int) -> None:
        super().__init__(text)
        self.exit_status = exit_status


def launch(directory: Path, *, stay: bool) -> subprocess.Popen[bytes]:
    """Start the bench of a prepared directory and wait until operators can attach; stay: until it is stopped.

    Raises: BenchRefused when it does not start; EnvironmentFault when the directory cannot be written.
    """
    try:
        log = (directory / LOG).open("ab")
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be written: {error.strerror}", where=str(directory / LOG), mend="choose another directory"
        ) from error
    with log:
        begin = log.tell()
        process = subprocess.Popen(
            [*program(), "bench", *(["--stay"] if stay else []), str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            **_detached(),
        )
    assert process.stdout is not None
    with process.stdout as stdout:
        # One line when it is ready, nothing when it is not.
        ready = stdout.readline()
    if not ready:
        status = process.wait()
        said = (directory / LOG).read_bytes()[begin:].decode(errors="replace").strip()
        raise BenchRefused(said.removeprefix("labapp: ") or "the bench did not start", status if status > 0 else 3)
    return process


def await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait until a bench whose run is over has ended. Raises EnvironmentFault when it does not end."""
    try:
        process.wait(END_TIMEOUT)
    except subprocess.TimeoutExpired:
        raise EnvironmentFault(
            f"the bench (process {process.pid}) does not end", mend="end the process; the run is complete"
        ) from None


def program() -> list[str]:
    """The command of this program, also where it is packed into one file."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "labapp"]


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
