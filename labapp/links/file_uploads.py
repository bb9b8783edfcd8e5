"""Where uploads of a device are kept: in one folder, under names that are safe, never one over another, up to a size.

What comes is written to `NAME.incomplete` and gets its own name once it is whole; what is not whole keeps the ending.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: Bytes that one upload may have. A diagnostics log of a station is a few megabytes.
MAX_UPLOAD = 100 * 1024 * 1024
#: Bytes that all uploads of a run may have together: all of them go into the evidence.
MAX_UPLOADS = 4 * MAX_UPLOAD
#: Ending of a file that did not come whole.
INCOMPLETE = ".incomplete"

_LONGEST_NAME = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
#: Names that are devices on Windows, whatever follows the first dot.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class TooLarge(OSError):
    """An upload exceeds what may be kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, f"it is larger than {limit} bytes")


@dataclass(frozen=True, slots=True)
class Kept:
    """An upload that has ended. file: its name in the folder, "" when nothing of it is kept; bytes and SHA-256 of what came."""

    file: str
    bytes: int
    sha256: str


def safe_name(asked: str) -> str:
    """A file name for what a device calls its file: the last part of a path, letters, digits and `._-` only, never hidden."""
    last = re.split(r"[/\\]", asked.strip().rstrip("/\\"))[-1]
    name = _UNSAFE.sub("-", last).strip("-.") or "upload"
    if _DEVICE.match(name) or name.endswith(INCOMPLETE):
        name = f"upload-{name}"
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: _LONGEST_NAME - len(ending)] + ending
    return name


class Uploads:
    """A folder for uploads; several threads may use it at once. limit: bytes of one upload; together: of all of them."""

    def __init__(self, folder: Path, limit: int = MAX_UPLOAD, together: int = MAX_UPLOADS) -> None:
        self._folder = folder
        self._limit = limit
        self._left = together
        self._lock = threading.Lock()

    def begin(self, asked: str) -> Upload:
        """Begin to keep a file. asked: its name as the device gives it. Raises OSError when the folder cannot be written."""
        return Upload(self, safe_name(asked))

    def room_for(self, size: int) -> bool:
        """Whether an upload of so many bytes may be kept."""
        return size <= min(self._limit, self._left)

    def _take(self, held: int, more: int) -> None:
        """An upload that holds so many bytes gets more. Raises TooLarge."""
        with self._lock:
            if held + more > self._limit:
                raise TooLarge(self._limit)
            if more > self._left:
                raise OSError(errno.ENOSPC, "the uploads of this run are too large together")
            self._left -= more

    def _open_free(self, name: str, ending: str = "") -> tuple[Path, BinaryIO]:
        """A new file of a name that nothing had before."""
        for free in _numbered(name):
            path = self._folder / (free + ending)
            try:
                return path, path.open("xb")
            except FileExistsError:
                continue
        raise AssertionError("numbers do not end")


class Upload:
    """One upload in the making."""

    def __init__(self, uploads: Uploads, name: str) -> None:
        self._uploads = uploads
        self._name = name
        self._path, self._file = uploads._open_free(name, INCOMPLETE)
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Keep more of it. Raises OSError: TooLarge, or when the disc is full."""
        self._uploads._take(self.bytes, len(data))
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    def end(self, complete: bool) -> Kept:
        """Nothing more comes. Of what is not complete and empty, nothing is kept. Raises OSError when the disc refuses."""
        self._file.close()
        digest = self._digest.hexdigest()
        if complete:
            path, placeholder = self._uploads._open_free(self._name)
            placeholder.close()
            os.replace(self._path, path)
            return Kept(path.name, self.bytes, digest)
        if not self.bytes:
            self._path.unlink()
            return Kept("", 0, digest)
        return Kept(self._path.name, self.bytes, digest)


def _numbered(name: str) -> Iterator[str]:
    """The name, and with numbers before its ending: `log.zip`, `log-2.zip`, `log-3.zip` …"""
    yield name
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 2
    while True:
        yield f"{stem}-{number}{dot}{ending}"
        number += 1
