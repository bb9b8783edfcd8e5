"""The simulator that fits a project, as a process of its own that a window or a program steers."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from labapp.domain.actions import Outcome, impossible
from labapp.domain.errors import EnvironmentFault
from labapp.services.bench_launch import program

if TYPE_CHECKING:
    from labapp.simulator.csms_settings import CsmsConfig
    from labapp.simulator.settings import StationConfig

#: Seconds that the process has until it is ready, and to end in order once it shall.
READY_TIMEOUT = 60.0
END_TIMEOUT = 10.0

_ENDED = impossible("the simulator has ended")


def station_of_project(path: Path) -> StationConfig:
    """The build of the simulated station that a project file describes. Raises as `open_project`."""
    from labapp.bench.auto import station_of
    from labapp.services.projects import open_project

    return station_of(open_project(path).project)


def csms_of_project(path: Path) -> tuple[CsmsConfig, str]:
    """The simulated central system that a project file describes, and the HOST:PORT of its URL. Raises as `open_project`."""
    from labapp.bench.auto import csms_of
    from labapp.services.projects import open_project

    project = open_project(path).project
    place = project.connection.url.partition("://")[2].partition("/")[0]
    return csms_of(project), place if place.rpartition(":")[2].isdigit() else f"{place or '127.0.0.1'}:80"


class SimulatedDevice:
    """A simulated station or central system in a process that ends with this object, or with the process that holds it.

    Every method may be called from any thread; `act` blocks until the device has answered.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._stopped = False
        self._answers = False  # somebody reads what the process says
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Outcome]] = {}

    @property
    def lives(self) -> bool:
        """Whether the process runs and answers; one that was killed has closed its output before it can be waited for."""
        with self._lock:
            return self._answers and self._process is not None and self._process.poll() is None

    def start(self, project_file: Path, address: str = "") -> None:
        """Start the device of a project and wait until it is ready; does nothing while it runs, or once it was stopped.

        address: HOST:PORT at which the bench listens for a station; for a central system where it listens itself, also as a
        URL, "" for the place of the project's URL. Raises InputErrors for an unusable project; EnvironmentFault with what the
        process said when it does not start.
        """
        options = _options(project_file, address)
        with tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as errors:
            ready: Future[bool] = Future()
            with self._lock:
                if self._stopped or (self._process is not None and self._process.poll() is None):
                    return
                self._process = subprocess.Popen(
                    [*program(), "simulate", *options],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    bufsize=1,
                )
                self._reader = threading.Thread(
                    target=self._read, args=(self._process, ready), name="simulated device", daemon=True
                )
                self._answers = True
                self._reader.start()
            try:
                started = ready.result(READY_TIMEOUT)
            except TimeoutError:
                started = False
            if not started:
                self._end()
                if not self._stopped:
                    raise _refused(errors)

    def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to the device what an operator would, and wait for the end of it; impossible once the device has ended."""
        answer: Future[Outcome] = Future()
        number = next(self._numbers)
        order = json.dumps({"id": number, "action": action, "args": dict(args)}, ensure_ascii=False)
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or not self._answers:
                return _ENDED
            self._waiting[number] = answer
            try:
                process.stdin.write(order + "\n")
                process.stdin.flush()
            except (OSError, ValueError):
                self._waiting.pop(number, None)
                return _ENDED
        return answer.result()

    def stop(self) -> None:
        """Take the device away for good: it ends in order, or is ended. Whoever waits for it hears that it has ended."""
        self._stopped = True
        self._end()

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            reader, self._reader = self._reader, None
            if process is not None and process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        if process is None:
            return
        try:
            process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if reader is not None:
            reader.join()

    def _read(self, process: subprocess.Popen[str], ready: Future[bool]) -> None:
        """Hand on the answers until the process closes its output; then nobody waits any longer."""
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if said.get("type") == "ready" and not ready.done():
                    ready.set_result(True)
                elif (waiting := self._taken(said.get("id"))) is not None:
                    waiting.set_result(Outcome(said.get("type") == "done", said.get("reason", "")))
        if not ready.done():
            ready.set_result(False)
        with self._lock:
            self._answers = False
            left = list(self._waiting.values())
            self._waiting.clear()
        for each in left:
            each.set_result(_ENDED)

    def _taken(self, number: Any) -> Future[Outcome] | None:
        with self._lock:
            return self._waiting.pop(number, None)


def _options(project_file: Path, address: str) -> list[str]:
    from labapp.services.projects import open_project

    project = open_project(project_file).project
    given = ["--project", str(project_file)]
    address = address.partition("://")[2].partition("/")[0] or address
    if project.sut == "cs":
        from labapp.bench.auto import reachable

        return ["station", *given, "--url", f"ws://{reachable(address)}"]
    return ["csms", *given, *(["--listen", address] if address else [])]


def _refused(errors: IO[str]) -> EnvironmentFault:
    errors.seek(0)
    said = errors.read().strip().removeprefix("labapp: ")
    return EnvironmentFault(
        f"the simulator did not start{f': {said}' if said else ''}",
        where="simulated device",
        mend="mend what it names, and start it again",
    )
