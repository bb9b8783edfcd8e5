"""The files of a run directory that a report rests on; nothing else of the directory ever enters the evidence."""

from __future__ import annotations

from pathlib import Path

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.records import JOURNAL, OPTIONAL, PICS, PLAN, PROJECT, RUN, Records

#: Folder of what the device uploaded and what else was kept.
FILES = "files"
#: Where report and workbook lie, in the directory and in the bundle.
REPORT = "report"

_TORN = "journal.torn-*"


def read_records(directory: Path) -> Records:
    """The records of a run directory. The bench's address and token (`bench.json`) are not among them.

    Raises: InputError when it is no run directory; EnvironmentFault when a file cannot be read.
    """
    if not (directory / RUN).is_file():
        what = "holds no run.json" if directory.is_dir() else "there is no such directory"
        raise InputError(what, where=str(directory), mend="name the directory of a run that has ended")
    named = {
        name: _read(directory / name)
        for name in (RUN, PLAN, PICS, PROJECT, JOURNAL)
        if name not in OPTIONAL or (directory / name).is_file()
    }
    further = [*directory.glob(_TORN), *(directory / FILES).rglob("*")]
    files = {
        path.relative_to(directory).as_posix(): _read(path)
        for path in sorted(further)
        if path.is_file() and not path.is_symlink()
    }
    return Records(named, files)


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
