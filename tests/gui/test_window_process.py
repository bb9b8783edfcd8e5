"""The window as a process of its own: ended by a signal it closes in order, killed it takes nothing with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from labapp.bench.client import attach
from labapp.services.sessions import stop
from labapp.services.window_sessions import bench_lives, start_session

DEADLINE = 60.0

PROJECT = """
[project]
sut = "cs"
[connection]
listen = "127.0.0.1:0"
identity = "CP-1"
[values]
valid_id_tag = "LAB-VALID"
[timeouts]
connect = 3600
"""


@asynccontextmanager
async def window(home: Path, *args: str | Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A window without a screen that is shown; killed at the end where it has not ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "labapp", *map(str, args)),
        env={**os.environ, "LABAPP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(DEADLINE):
            # Qt's platform without a screen says so when a window is shown.
            while b"propagateSizeHints" not in await process.stderr.readline():
                assert not process.stderr.at_eof()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_closes_the_window_in_order(tmp_path: Path, number: signal.Signals) -> None:
    async with window(tmp_path) as process:
        process.send_signal(number)
        async with asyncio.timeout(DEADLINE):
            _, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")


async def test_a_killed_window_leaves_the_bench_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    project = tmp_path / "PROJECT.toml"
    project.write_text(PROJECT, encoding="utf-8")

    def begin() -> Path:
        return start_session(project, ["TC_003_CS"], None, demonstration=False, measurement=None)

    directory = await asyncio.to_thread(begin)
    try:
        before = await _greeting(directory)
        async with window(tmp_path / "home", "window", directory) as process:
            process.kill()
            await process.wait()
        assert await asyncio.to_thread(bench_lives, directory)
        assert await _greeting(directory) == before
    finally:
        await asyncio.to_thread(stop, directory)


async def _greeting(directory: Path) -> list[dict[str, Any]]:
    """What the bench tells whoever attaches, up to where it waits for the device."""
    told: list[dict[str, Any]] = []
    async with asyncio.timeout(DEADLINE), await attach(directory) as operator:
        async for message in operator.messages():
            told.append(message)
            if message["type"] == "ready":
                return told
    raise AssertionError(told)
