"""Virtual time: it jumps, every clock agrees, and waiting for nothing is an error instead of a hang."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.engine.virtual_clock import START, Deadlock, run_virtual, virtual_clock


def test_hours_pass_in_no_time_and_every_clock_agrees() -> None:
    async def sleep() -> tuple[float, float]:
        clock = virtual_clock()
        before = clock.now()
        await asyncio.sleep(100_000)
        after = clock.now()
        return (after.utc - before.utc).total_seconds(), after.seconds_since(before)

    real = time.monotonic()
    assert run_virtual(sleep()) == (100_000, 100_000)
    assert time.monotonic() - real < 5


def test_time_begins_where_it_is_told_to() -> None:
    async def now() -> datetime:
        return virtual_clock().now().utc

    assert run_virtual(now()) == START
    other = datetime(2031, 2, 3, tzinfo=UTC)
    assert run_virtual(now(), start=other) == other


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_timers_fire_in_order_at_their_moment(delays: list[int]) -> None:
    async def run() -> list[tuple[int, timedelta]]:
        fired: list[tuple[int, timedelta]] = []

        async def one(delay: int) -> None:
            await asyncio.sleep(delay / 1000)
            fired.append((delay, virtual_clock().now().utc - START))

        await asyncio.gather(*(one(delay) for delay in delays))
        return fired

    fired = run_virtual(run())
    assert [delay for delay, _ in fired] == sorted(delays)
    assert all(moment == timedelta(milliseconds=delay) for delay, moment in fired)


def test_a_timeout_is_virtual_too() -> None:
    async def run() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_virtual(run()) == 3600


def test_waiting_for_what_cannot_happen_is_named() -> None:
    async def stuck() -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        task = asyncio.create_task(stuck(), name="the other")
        await task

    with pytest.raises(Deadlock) as caught:
        run_virtual(run())
    text = str(caught.value)
    assert text.startswith("nothing is ready and no timer is set; these tasks wait for each other:\n  main: ")
    assert "\n  the other: test_waiting_for_what_cannot_happen_is_named.<locals>.stuck, line " in text


def test_what_is_left_behind_is_cancelled() -> None:
    ended: list[str] = []

    async def leftover() -> None:
        try:
            await asyncio.sleep(1)
        finally:
            ended.append("cancelled")

    async def run() -> str:
        task = asyncio.create_task(leftover())
        await asyncio.sleep(0)
        return task.get_name()

    assert run_virtual(run())
    assert ended == ["cancelled"]


def test_an_error_comes_through() -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        run_virtual(fail())


def test_real_sockets_still_work() -> None:
    async def talk() -> bytes:
        left, right = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=left)
        _, other = await asyncio.open_connection(sock=right)
        other.write(b"hello\n")
        line = await reader.readline()
        for each in (writer, other):
            each.close()
            await each.wait_closed()
        return line

    assert run_virtual(talk()) == b"hello\n"


async def test_elsewhere_there_is_no_virtual_clock() -> None:
    with pytest.raises(RuntimeError, match="the running event loop has no virtual clock"):
        virtual_clock()
