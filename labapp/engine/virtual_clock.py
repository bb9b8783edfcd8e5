"""An asyncio event loop whose time jumps to the next timer whenever nothing else is ready: no real waiting.

Everything that measures by `loop.time()`, `asyncio.sleep`, `asyncio.timeout` and the loop's clock agrees with every other;
hours pass in milliseconds, and the same program gives the same stamps each time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from labapp.domain.stamps import Stamp
from labapp.engine.ports import Clock

T = TypeVar("T")

#: Where virtual time begins unless told otherwise: a whole minute, so that clock-aligned values are easy to read.
START = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)


class Deadlock(RuntimeError):
    """Nothing is ready and nothing is scheduled: the program would wait forever."""


class _JumpingSelector(selectors.BaseSelector):
    """A selector that never waits: it looks at the real files, and when none is ready moves the time instead."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise Deadlock(_waiting_tasks())
        self.now += timeout
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


def _waiting_tasks() -> str:
    lines = []
    for task in sorted(asyncio.all_tasks(), key=lambda each: each.get_name()):
        frames = task.get_stack(limit=1)
        place = f"{frames[-1].f_code.co_qualname}, line {frames[-1].f_lineno}" if frames else "finished"
        lines.append(f"  {task.get_name()}: {place}")
    return "\n".join(["nothing is ready and no timer is set; these tasks wait for each other:", *lines])


class VirtualClock:
    """Both clocks of a virtual loop: utc is the start plus the loop's time, mono_ns the loop's time."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> Stamp:
        """The present virtual moment."""
        seconds = self._loop.time()
        return Stamp(self._start + timedelta(microseconds=round(seconds * 1e6)), round(seconds * 1e9))


class VirtualLoop(asyncio.SelectorEventLoop):
    """The event loop with virtual time. Threads and real sockets may be used, but no timer waits for them."""

    def __init__(self, start: datetime = START) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self.clock: Clock = VirtualClock(self, start)

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._jumping.now


def virtual_clock() -> Clock:
    """The clock of the virtual loop that is running.

    Raises RuntimeError when no virtual loop is running.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise RuntimeError("the running event loop has no virtual clock")
    return loop.clock


def run_virtual(coroutine: Coroutine[Any, Any, T], *, start: datetime = START) -> T:
    """Run the coroutine to its end in virtual time, cancel what it left behind, and return its result.

    Raises Deadlock, naming the waiting tasks, when nothing can ever happen again.
    """
    loop = VirtualLoop(start)
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(coroutine)
    finally:
        try:
            _cancel_leftovers(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _cancel_leftovers(loop: VirtualLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
