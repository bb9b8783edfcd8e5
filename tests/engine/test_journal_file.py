from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.stamps import Stamp
from labapp.engine.journal import GENESIS, digest, split, verify_chain
from labapp.engine.journal_file import SYNC_INTERVAL, JournalWriter, read_journal
from tests.data.captures import recordings

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


class CountingClock:
    """A clock that goes on by one second each time it is asked."""

    def __init__(self) -> None:
        self.seconds = 0

    def now(self) -> Stamp:
        self.seconds += 1
        return Stamp(NOON + timedelta(seconds=self.seconds), self.seconds * 10**9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


def write(path: Path, clock: CountingClock, *texts: str) -> str:
    """Append one record for each text; the chain's head afterwards."""
    with JournalWriter(path, clock) as writer:
        for text in texts:
            writer.append(clock.now(), "run-1", "frame", {"text": text})
        return writer.head


def test_what_is_written_is_read_again(path: Path, clock: CountingClock) -> None:
    with JournalWriter(path, clock) as writer:
        assert (writer.count, writer.head) == (0, GENESIS)
        record = writer.append(clock.now(), "run-1", "frame", {"text": "☃"})
        assert (writer.count, writer.head) == (1, digest(path.read_bytes()[:-1]))
    assert list(read_journal(path)) == [record]


@pytest.mark.parametrize("name", recordings.NAMES)
def test_recorded_traffic_is_kept_as_it_was(name: str, path: Path, clock: CountingClock) -> None:
    texts = [line.text for line in recordings.read(name)]
    head = write(path, clock, *texts)
    lines, torn = split(path.read_bytes())
    assert torn == b""
    assert verify_chain(lines, head) == ()
    assert [record.content["text"] for record in read_journal(path)] == texts


def test_a_journal_goes_on_where_it_ended(path: Path, clock: CountingClock) -> None:
    write(path, clock, "a", "b")
    before = path.read_bytes()
    head = write(path, clock, "c")
    assert path.read_bytes().startswith(before)
    assert [(record.seq, record.content["text"]) for record in read_journal(path)] == [(1, "a"), (2, "b"), (3, "c")]
    assert verify_chain(split(path.read_bytes())[0], head) == ()


def test_a_torn_line_is_moved_aside_and_recorded(path: Path, clock: CountingClock) -> None:
    write(path, clock, "a", "b")
    whole = path.read_bytes()
    torn = whole.splitlines()[1][:40]
    for number in (1, 2):
        good = path.read_bytes()
        with path.open("ab") as file:
            file.write(torn)
        write(path, clock)
        aside = path.with_name(f"journal.torn-{number}")
        assert aside.read_bytes() == torn
        assert path.read_bytes().startswith(good)
        *_, record = read_journal(path)
        assert (record.kind, record.run, record.content) == (
            "torn_line",
            "",
            {"file": aside.name, "bytes": 40, "sha256": hashlib.sha256(torn).hexdigest()},
        )
    assert [record.seq for record in read_journal(path)] == [1, 2, 3, 4]


def test_a_torn_line_that_the_disc_does_not_take_stays_where_it_is(path: Path, clock: CountingClock) -> None:
    write(path, clock, "a")
    data = path.read_bytes() + b"torn"
    path.write_bytes(data)
    # A name that is taken, but by nothing that can be seen: the new file cannot be made.
    path.with_name("journal.torn-1").symlink_to("nowhere")
    with pytest.raises(EnvironmentFault) as caught:
        JournalWriter(path, clock)
    assert str(caught.value) == (
        f"{path}: the journal cannot be written: File exists - "
        "free the disc or choose a folder that can be written, then resume"
    )
    assert path.read_bytes() == data


def test_a_file_that_is_nothing_but_a_torn_line_begins_anew(path: Path, clock: CountingClock) -> None:
    path.write_bytes(b"\0" * 100)
    write(path, clock, "a")
    assert [record.kind for record in read_journal(path)] == ["torn_line", "frame"]
    assert path.with_name("journal.torn-1").read_bytes() == b"\0" * 100


def test_a_torn_line_is_left_out_when_reading(path: Path, clock: CountingClock) -> None:
    write(path, clock, "a")
    with path.open("ab") as file:
        file.write(b'{"seq":2,')
    assert [record.content["text"] for record in read_journal(path)] == ["a"]


def test_a_journal_that_was_changed_is_refused_and_left_alone(path: Path, clock: CountingClock) -> None:
    write(path, clock, "a", "b", "c")
    data = path.read_bytes().replace(b'"text":"b"', b'"text":"x"') + b"torn"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        JournalWriter(path, clock)
    assert str(caught.value) == (
        f"{path}:2: the journal was changed after it was written: line 2 has not the digest that line 3 states - "
        "use an unchanged copy; a journal is never edited, a correction is an amendment"
    )
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]
    path.write_bytes(data.replace(b'"text":"x"', b'"text":"b"'))
    write(path, clock)  # the refusal gave the lock back


def test_only_one_writer_has_it(path: Path, clock: CountingClock) -> None:
    with JournalWriter(path, clock) as writer:
        with pytest.raises(EnvironmentFault) as caught:
            JournalWriter(path, clock)
        assert str(caught.value) == (
            f"{path}: another process is writing this journal - attach to the bench that runs it, or stop that bench first"
        )
        writer.append(clock.now(), "", "frame", {})
    write(path, clock)


@pytest.fixture
def read_only(path: Path) -> Iterator[None]:
    """The journal's folder refuses writing, also where the tests run as root."""
    path.parent.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("read_only")
def test_a_folder_that_cannot_be_written_is_named(path: Path, clock: CountingClock) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        JournalWriter(path, clock)
    assert str(caught.value) == (
        f"{path}: the journal cannot be written: Permission denied - "
        "free the disc or choose a folder that can be written, then resume"
    )


def test_a_journal_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        read_journal(path)
    assert str(caught.value) == (
        f"{path}: the journal cannot be read: No such file or directory - "
        "free the disc or choose a folder that can be written, then resume"
    )


def test_a_disc_that_is_full_is_an_environment_fault_and_the_file_can_be_resumed(
    path: Path, clock: CountingClock
) -> None:
    """A file size limit stands for the full disc: the write comes back short, the next one fails."""
    program = f"""
import resource, signal
from pathlib import Path
from labapp.domain.errors import EnvironmentFault
from labapp.engine.journal_file import JournalWriter
from tests.engine.test_journal_file import CountingClock
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
clock = CountingClock()
writer = JournalWriter(Path({str(path)!r}), clock)
for attempt in range(2):
    try:
        while True:
            writer.append(clock.now(), "", "frame", {{"text": "x" * 100}})
    except EnvironmentFault as fault:
        print(fault.what, writer.count)
try:
    writer.close()
except EnvironmentFault as fault:
    print(fault.what)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout == (
        "the journal cannot be written: File too large 3\n" * 2 + "the journal cannot be written: File too large\n"
    )
    assert path.stat().st_size == 1000
    write(path, clock, "y")
    assert [record.kind for record in read_journal(path)] == ["frame"] * 3 + ["torn_line", "frame"]


def test_a_killed_writer_loses_nothing_that_it_wrote(path: Path, clock: CountingClock) -> None:
    program = f"""
import sys
from pathlib import Path
from labapp.engine.journal_file import JournalWriter
from tests.engine.test_journal_file import CountingClock
clock = CountingClock()
writer = JournalWriter(Path({str(path)!r}), clock)
while True:
    print(writer.append(clock.now(), "", "frame", {{}}).seq, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(100)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    last = [int(line) for line in told if line.endswith(b"\n")][-1]
    assert len(list(read_journal(path))) >= last >= 100
    write(path, clock, "after")


class Disc:
    """The disc of `os.fsync`, watched: which thread had something kept and when; it can be made to wait or to fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.in_main_thread: list[bool] = []
        self.asked = asyncio.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.failure: OSError | None = None
        self._fsync = os.fsync
        self._loop = asyncio.get_running_loop()
        monkeypatch.setattr(os, "fsync", self._keep)

    def _keep(self, fd: int) -> None:
        self._loop.call_soon_threadsafe(self.asked.set)
        assert self.go_on.wait(10)
        if self.failure:
            raise self.failure
        self._fsync(fd)
        self.in_main_thread.append(threading.current_thread() is threading.main_thread())


@pytest.fixture
async def writer(path: Path, clock: CountingClock) -> AsyncIterator[JournalWriter]:
    """A writer that syncs regularly in the test's loop."""
    with JournalWriter(path, clock) as writer:
        writer.sync_regularly(asyncio.get_running_loop())
        yield writer


async def test_records_are_kept_in_the_background_within_the_interval(
    writer: JournalWriter, clock: CountingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = Disc(monkeypatch)
    begun = time.monotonic()
    for _ in range(50):
        writer.append(clock.now(), "", "frame", {})
    assert disc.in_main_thread == []
    await disc.asked.wait()
    assert time.monotonic() - begun >= SYNC_INTERVAL
    writer.sync()
    assert disc.in_main_thread == [False], "one sync for all records, and none when nothing was written since"
    writer.append(clock.now(), "", "frame", {})
    writer.sync()
    assert disc.in_main_thread == [False, True]


async def test_sync_waits_for_the_background(
    writer: JournalWriter, clock: CountingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = Disc(monkeypatch)
    disc.go_on.clear()
    writer.append(clock.now(), "", "frame", {})
    await disc.asked.wait()
    release = threading.Timer(0.05, disc.go_on.set)
    release.start()
    writer.sync()
    assert disc.in_main_thread == [False]
    release.join()


async def test_a_disc_that_fails_in_the_background_is_told_before_anything_leaves(
    path: Path, clock: CountingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(path, clock)
    writer.sync_regularly(asyncio.get_running_loop())
    with monkeypatch.context() as patched:
        disc = Disc(patched)
        disc.failure = OSError(5, "Input/output error")
        writer.append(clock.now(), "", "frame", {})
        await disc.asked.wait()
        for act in (writer.sync, lambda: writer.append(clock.now(), "", "frame", {}), writer.close):
            with pytest.raises(EnvironmentFault) as caught:
                act()
            assert caught.value.what == "the journal cannot be written: Input/output error"
    assert [record.seq for record in read_journal(path)] == [1]
    write(path, clock)  # the lock was given back


def test_a_closed_journal_takes_nothing_and_can_be_closed_again(path: Path, clock: CountingClock) -> None:
    writer = JournalWriter(path, clock)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match=r"^the journal is closed$"):
        writer.append(clock.now(), "", "frame", {})
