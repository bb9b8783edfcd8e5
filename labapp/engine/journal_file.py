"""The journal on the disc: one writer, every record in the file before anything follows from it, nothing overwritten.

A record is one `write` to a file opened for appending, so that a process that is killed loses nothing that it wrote. The disc
is told to keep it (fsync) within 100 ms in the background, and at once by `sync`, which is called before a prompt, an
acknowledgement or a verdict leaves: a power cut loses at most 100 ms, and never what a shown prompt, answer or verdict
rests on.

A last line without its line feed was torn by a power cut. When the journal is opened again, it is moved into a file of its own
beside the journal (`journal.torn-1`, `-2` …), and a record of kind `torn_line` says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault
from labapp.domain.stamps import Stamp
from labapp.engine.journal import GENESIS, Record, broken, digest, encode, records, split, verify_chain
from labapp.engine.ports import Clock

#: Longest time, in seconds, that a written record waits for the disc to keep it.
SYNC_INTERVAL = 0.1

#: Kind of the record about a torn line. content: `file` (its new name), `bytes`, `sha256`.
TORN_LINE = "torn_line"


def read_journal(path: Path) -> Iterator[Record]:
    """The records of a journal file, whose chain is verified on the way; a torn last line is left out.

    Raises: EnvironmentFault when the file cannot be read; InputError, naming the line, when it was changed.
    """
    try:
        lines, _ = split(path.read_bytes())
    except OSError as error:
        raise _fault(path, "cannot be read", error) from error
    return records(lines, str(path))


class JournalWriter:
    """The one writer of a journal file, new or resumed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file, lock it, verify its chain, and move a torn last line aside.

        clock: stamps the record about a torn line. Raises: EnvironmentFault when the file cannot be written or has another
        writer; InputError, naming the line, when its chain is broken.
        """
        self.path = path
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unsynced = False
        self._failure: OSError | None = None
        # The background's fsync runs in a thread: `sync` waits for it, and `close` does not take the file away beneath it.
        self._disc = threading.Lock()
        self._count, self._head = 0, GENESIS
        self._fd = _open(path)
        try:
            _lock(self._fd, path)
            self._resume(clock)
        except BaseException as error:
            self._release()
            if isinstance(error, OSError):
                raise _fault(path, "cannot be written", error) from error
            raise

    @property
    def count(self) -> int:
        """Number of records."""
        return self._count

    @property
    def head(self) -> str:
        """The chain's head: digest of the last line, GENESIS when there is none."""
        return self._head

    def append(self, at: Stamp, run: str, kind: str, content: Mapping[str, Any]) -> Record:
        """Write one record; when this returns, the record outlives the process.

        Raises: EnvironmentFault when the disc refuses, now or in the background before; the journal then takes no more records.
        TypeError or ValueError for content that JSON does not have.
        """
        record = Record(self._count + 1, at, run, kind, content, self._head)
        line = encode(record)
        self._write(line + b"\n")
        self._count, self._head = record.seq, digest(line)
        self._unsynced = True
        if self._loop is not None and self._timer is None:
            self._timer = self._loop.call_later(SYNC_INTERVAL, self._sync_in_background)
        return record

    def sync(self) -> None:
        """Return when the disc keeps every record written so far. Raises EnvironmentFault when it refuses."""
        self._keep()
        self._check()

    def sync_regularly(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on sync within SYNC_INTERVAL of a record, in a thread, so that the loop does not wait for the disc."""
        self._loop = loop

    def close(self) -> None:
        """Sync, release the lock and close the file. Raises EnvironmentFault when the disc refuses. Closing again does nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._fd < 0:
            return
        try:
            self.sync()
        finally:
            self._release()

    def __enter__(self) -> JournalWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _release(self) -> None:
        with self._disc:
            os.close(self._fd)
            self._fd = -1

    def _write(self, data: bytes) -> None:
        self._check()
        if self._fd < 0:
            raise ValueError("the journal is closed")
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            # What stands in the file now may end in the middle of a line: whoever opens it next moves that aside.
            self._failure = error
            self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise _fault(self.path, "cannot be written", self._failure) from self._failure

    def _keep(self) -> None:
        """Have the disc keep what is not kept yet; while another thread does it, wait for that."""
        with self._disc:
            if self._unsynced and self._fd >= 0:
                # Cleared first: a record that is appended meanwhile asks again.
                self._unsynced = False
                try:
                    os.fsync(self._fd)
                except OSError as error:
                    self._failure = error

    def _sync_in_background(self) -> None:
        self._timer = None
        if self._unsynced and self._loop is not None:
            self._loop.run_in_executor(None, self._keep)

    def _resume(self, clock: Clock) -> None:
        """Take up the chain where it ended, after a torn line was moved aside."""
        data = self.path.read_bytes()
        lines, torn = split(data)
        findings = verify_chain(lines)
        if findings:
            raise broken(str(self.path), findings[0])
        if lines:
            self._count, self._head = len(lines), digest(lines[-1])
        if torn:
            aside = self._move_aside(torn)
            os.ftruncate(self._fd, len(data) - len(torn))
            content = {"file": aside.name, "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
            self.append(clock.now(), "", TORN_LINE, content)
        self._unsynced = True
        self.sync()
        _sync_folder(self.path.parent)

    def _move_aside(self, torn: bytes) -> Path:
        names = (self.path.with_name(f"{self.path.stem}.torn-{number}") for number in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        with aside.open("xb") as file:
            file.write(torn)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self.path.parent)
        return aside


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    except OSError as error:
        raise _fault(path, "cannot be written", error) from error


def _lock(fd: int, path: Path) -> None:
    """Lock the file for this process until it is closed. Raises EnvironmentFault when another writer has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # A byte far behind the end: Windows keeps others from reading what is locked.
            os.lseek(fd, 0x7FFFFFFF, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise EnvironmentFault(
            "another process is writing this journal",
            where=str(path),
            mend="attach to the bench that runs it, or stop that bench first",
        ) from None


def _sync_folder(folder: Path) -> None:
    """Have the disc keep the names in a folder, where the system lets a folder be synced."""
    if sys.platform != "win32":
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _fault(path: Path, what: str, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        f"the journal {what}: {error.strerror}",
        where=str(path),
        mend="free the disc or choose a folder that can be written, then resume",
    )
