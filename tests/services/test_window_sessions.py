"""Sessions of the window, on real benches."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from labapp.bench.address import BENCH, Address, read_address, write_address
from labapp.bench.client import attach
from labapp.bench.journal_entries import read_history
from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.domain.run_files import PROJECT
from labapp.services import sessions, window_sessions
from labapp.services.bench_launch import BenchRefused
from labapp.services.projects import open_project
from labapp.services.window_sessions import bench_lives, resume_session, runs_folder, start_session
from tests.bench.harness import DEADLINE, write_project

CASE = "TC_003_CS"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """labapp's folder for the test; benches that are left in it are ended."""
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    for address in (tmp_path / "home" / "runs").glob(f"*/{BENCH}"):
        sessions.stop(address.parent)


def project_without_patience(folder: Path, *, port: int = 0, more: str = "") -> Path:
    """A project that does not state how long the operator may take."""
    path = write_project(folder, port=port, more=more)
    path.write_text(path.read_text().replace("operator = 60\n", ""), encoding="utf-8")
    return path


def wait_for_all() -> None:
    """Wait until every bench that was launched here has ended."""
    for process in list(window_sessions._launched):
        process.wait(DEADLINE)


def test_a_session_outlives_a_killed_bench(tmp_path: Path) -> None:
    measured = {"at": "2026-01-01T00:00:00.000Z", "measurements": []}
    path = project_without_patience(tmp_path)
    directory = start_session(path, [CASE], None, demonstration=False, measurement=measured)
    assert directory.parent == runs_folder()
    assert directory.name.startswith("PROJECT-")
    assert bench_lives(directory)
    # A technician may take as long as it takes, and is asked.
    used = open_project(directory / PROJECT).project
    assert (used.timeouts.operator, used.run.review) == (0, "ask")
    history = read_history(directory)
    assert ([choice.id for choice in history.choices], history.network) == ([CASE], [measured])
    assert history.demonstration is False
    with pytest.raises(EnvironmentFault, match="another process is writing this journal"):
        resume_session(directory, [], demonstration=False)

    address = read_address(directory)
    assert address is not None
    os.kill(address.pid, signal.SIGKILL)
    wait_for_all()
    assert not bench_lives(directory)
    with pytest.raises(InputError) as fault:
        resume_session(directory, ["TC_001_CS"], demonstration=False)
    assert str(fault.value) == f"--case TC_001_CS: the case is not part of this run - the run is for {CASE}"
    assert resume_session(directory, [CASE], demonstration=True) == directory
    assert bench_lives(directory)
    assert read_history(directory).demonstration is True
    assert sessions.stop(directory)
    wait_for_all()
    assert not bench_lives(directory)
    assert window_sessions._launched == set()


def test_asking_whether_a_bench_lives_attaches_nobody(tmp_path: Path) -> None:
    directory = start_session(project_without_patience(tmp_path), [CASE], None, demonstration=True, measurement=None)

    async def name_of_next() -> str:
        async with await attach(directory) as attachment:
            await attachment.say("command", name="pause")
            async for message in attachment.messages():
                if message["type"] == "command":
                    return str(message["by"])
        return ""

    assert all(bench_lives(directory) for _ in range(3))
    # The bench counts those who attach.
    assert asyncio.run(name_of_next()) == "operator 1"
    used = open_project(directory / PROJECT).project
    assert (used.dut.cache, used.dut.backup_power, read_history(directory).demonstration) == (True, False, True)


def test_a_start_that_is_refused_leaves_no_directory(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path = project_without_patience(tmp_path, port=port)
        with pytest.raises(BenchRefused) as refused:
            start_session(path, [CASE], tmp_path / "run", demonstration=False, measurement=None)
    assert refused.value.exit_status == 3
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputErrors) as fault:
        start_session(path, ["TC_999"], tmp_path / "run", demonstration=False, measurement=None)
    assert "there is no such case" in str(fault.value)
    assert not (tmp_path / "run").exists()


def test_a_directory_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    path = project_without_patience(tmp_path)
    with pytest.raises(InputError, match="the directory exists already"):
        start_session(path, [CASE], tmp_path / "run", demonstration=False, measurement=None)
    assert [each.name for each in (tmp_path / "run").iterdir()] == ["notes.txt"]


def test_what_is_left_of_a_bench_is_no_life(tmp_path: Path) -> None:
    assert not bench_lives(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    write_address(tmp_path, Address(f"ws://127.0.0.1:{port}/r1", "token", 1, "r1"))
    assert not bench_lives(tmp_path)


def test_another_bench_at_the_same_place_is_no_life(tmp_path: Path) -> None:
    directory = start_session(project_without_patience(tmp_path), [CASE], None, demonstration=False, measurement=None)
    told = json.loads((directory / BENCH).read_text())
    write_address(tmp_path, Address(told["url"], "another token", told["pid"], told["run"]))
    assert not bench_lives(tmp_path)
    assert bench_lives(directory)


def test_a_bench_that_is_busy_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_sessions, "_LIFE_SIGN", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as busy:
        url = f"ws://127.0.0.1:{busy.getsockname()[1]}/r1"
        write_address(tmp_path, Address(url, "token", os.getpid(), "r1"))
        assert bench_lives(tmp_path)
