"""The files of a run directory that a report rests on; nothing else of the directory ever enters the evidence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import FILES, PROJECT, RESULT
from labapp.reports.records import NAMES, OPTIONAL, Records

_TORN = "journal.torn-*"


def read_records(directory: Path) -> Records:
    """The records of a run directory. The bench's address and token (`bench.json`) are not among them.

    Raises: InputError when it is no run directory; EnvironmentFault when a file cannot be read.
    """
    if not (directory / RESULT).is_file():
        what = "holds no run.json" if directory.is_dir() else "there is no such directory"
        raise InputError(what, where=str(directory), mend="name the directory of a run that has ended")
    named = {name: _read(directory / name) for name in NAMES if name not in OPTIONAL or (directory / name).is_file()}
    named[PROJECT] = without_driver(named[PROJECT])
    further = [*directory.glob(_TORN), *(directory / FILES).rglob("*")]
    files = {
        path.relative_to(directory).as_posix(): _read(path)
        for path in sorted(further)
        if path.is_file() and not path.is_symlink()
    }
    return Records(named, files)


def without_driver(project: bytes) -> bytes:
    """The project without its `[driver]` tables: how actions are performed is no evidence, and their headers may hold credentials.

    Raises InputError when they cannot be left out, because the file is not laid out as labapp writes it.
    """
    kept: list[str] = []
    inside = False
    for line in project.decode("utf-8", "surrogateescape").splitlines(keepends=True):
        if re.match(r"\s*\[", line):
            inside = re.match(r"\s*\[\[?\s*driver\s*[.\]]", line) is not None
        if not inside:
            kept.append(line)
    data = "".join(kept).encode("utf-8", "surrogateescape")
    try:
        whole, rest = tomllib.loads(project.decode("utf-8")), tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InputError("is no TOML", where=PROJECT, mend="use the directory of a run, unchanged") from None
    if rest != {name: table for name, table in whole.items() if name != "driver"}:
        raise InputError(
            "the driver cannot be left out of the evidence",
            where=f"{PROJECT} [driver]",
            mend="write each call as a table of its own, [driver.ACTION]",
        )
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            "is missing", where=str(path), mend="name the directory of a run that has ended, unchanged"
        ) from None
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be read: {error.strerror}", where=str(path), mend="grant read access"
        ) from error
