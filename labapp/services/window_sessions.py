"""Sessions that the window begins and takes up: the bench goes on without it."""

from __future__ import annotations

import http
import http.client
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labapp.bench.address import read_address
from labapp.bench.journal_entries import note_network
from labapp.domain.draft import Draft
from labapp.services.bench_launch import launch
from labapp.services.home import labapp_home
from labapp.services.run_directory import default_directory
from labapp.services.session_start import set_up, set_up_again, unless_refused

#: Seconds that a bench has to say that it lives.
_LIFE_SIGN = 2.0

#: Benches that were launched here and may live: each is asked for its end, so that none stays behind as a dead process.
_launched: set[subprocess.Popen[bytes]] = set()
_counting = threading.Lock()


def runs_folder() -> Path:
    """Where the sessions of the window lie."""
    return labapp_home() / "runs"


def project_folder(draft: Draft) -> Path:
    """Where the files of a project are written from which its sessions begin."""
    return labapp_home() / "projects" / str(draft.id)


def start_session(
    project_file: Path,
    cases: Sequence[str],
    directory: Path | None,
    *,
    demonstration: bool,
    measurement: Mapping[str, Any] | None,
) -> Path:
    """Begin a session on a bench of its own and return its directory; operators attach to it there.

    cases: ids, none for all that apply. directory: None for a new one in `runs_folder`. demonstration: the device is simulated.
    measurement: of the network, as `measurement_to_json` gives it, None when none was made. Blocks until operators can attach.
    Raises: InputError and InputErrors for an unusable project, an unknown case, a directory that exists; EnvironmentFault when
    the directory cannot be written; BenchRefused when the bench does not start. Then there is no directory.
    """
    start = set_up(
        project_file,
        cases,
        lambda project: directory or default_directory(project, runs_folder()),
        "window",
        demonstration=demonstration,
    )
    with unless_refused(start.directory):
        if measurement is not None:
            note_network(start.directory, measurement)
        _launch(start.directory)
    return start.directory


def resume_session(directory: Path, only: Sequence[str], *, demonstration: bool) -> Path:
    """Take up a session whose bench has ended, on a new bench; returns its directory. only: as for `set_up_again`.

    Raises: InputError when it is no run, or not for one of the cases; EnvironmentFault while a bench runs it; BenchRefused when
    the bench does not start.
    """
    set_up_again(directory, only, "window", demonstration=demonstration)
    _launch(directory)
    return directory


def bench_lives(directory: Path) -> bool:
    """Whether a bench runs the session in a directory. Nobody is attached by asking.

    Raises EnvironmentFault when the directory cannot be read.
    """
    _count(None)
    address = read_address(directory)
    if address is None:
        return False
    place = urlsplit(address.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_LIFE_SIGN)
    try:
        # Only this bench knows its token; to whoever presents it, it says that there is no such run.
        headers = {"Authorization": f"Bearer {address.token}"}
        connection.request("GET", f"/{address.run}/life-sign", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.NOT_FOUND
    except TimeoutError:
        # It has taken the connection, and is busy.
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _launch(directory: Path) -> None:
    # It ends with its run; what it leaves stands in the directory, and `resume_session` takes it up.
    _count(launch(directory, stay=False))


def _count(process: subprocess.Popen[bytes] | None) -> None:
    """Remember a bench, and forget those that have ended."""
    with _counting:
        _launched.update(() if process is None else (process,))
        _launched.difference_update([each for each in _launched if each.poll() is not None])
