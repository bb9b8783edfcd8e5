"""How files of a run directory are replaced in one stroke, so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from labapp.bench.history import History
from labapp.domain.errors import EnvironmentFault
from labapp.domain.run_files import RESULT


def replace_file(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a text file (UTF-8) beside its place and move it there. Raises EnvironmentFault when the directory refuses."""
    try:
        # Created for the owner alone, and opened to others only when its content may be seen by them.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, mode)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be written: {error.strerror}",
            where=str(path),
            mend="free the disc or choose a folder that can be written",
        ) from error


def write_result(directory: Path, history: History) -> None:
    """Write `run.json`. Raises EnvironmentFault when the directory cannot be written."""
    replace_file(directory / RESULT, json.dumps(history.result(), indent=1, ensure_ascii=False) + "\n")
