"""What every part of a simulated station needs of the whole: time, background work, its defects, and the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from labapp.domain.stamps import utc_text
from labapp.engine.ports import Clock
from labapp.simulator.session import Session
from labapp.simulator.settings import StationConfig

#: Seconds by which the station's clock may be off before it follows the central system's.
CLOCK_TOLERANCE = 1.0


class Runtime:
    """The running side of one station: what it does at the moment, all of which ends with its power."""

    def __init__(self, config: StationConfig, clock: Clock) -> None:
        self.config = config
        self._clock = clock
        self._offset = timedelta(0)
        self._tasks: set[asyncio.Task[None]] = set()
        self.fault: asyncio.Future[None] | None = None
        self.session: Session | None = None
        self.accepted = False

    def defect(self, name: str) -> bool:
        """Whether this station has the named defect."""
        return name in self.config.defects

    def now(self) -> datetime:
        """The station's own idea of the time, in UTC."""
        return self._clock.now().utc + self._offset

    def timestamp(self) -> str:
        """The present moment as it is written into messages."""
        return utc_text(self.now())

    def synchronise(self, current_time: str) -> None:
        """Follow the central system's clock when the own one is off (OCPP 1.6, 4.2 and 4.6)."""
        try:
            theirs = datetime.fromisoformat(current_time)
        except ValueError:
            return
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        if abs((theirs - self.now()).total_seconds()) > CLOCK_TOLERANCE:
            self._offset += theirs - self.now()

    @property
    def online(self) -> bool:
        """Whether there is a connection and the central system has accepted this station."""
        return self.session is not None and self.accepted

    async def request(self, payload: Any) -> Any:
        """Send a request and return its answer; errors as `Session.request` says."""
        if self.session is None:
            raise ConnectionResetError("offline")
        return await self.session.request(payload)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Do something in the background until it is done, its connection is lost or the power goes."""
        task = asyncio.get_running_loop().create_task(work, name=f"{self.config.identity} {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def after(self, seconds: float, act: Callable[[], None], name: str) -> asyncio.Task[None]:
        """Do something once, in `seconds` from now; cancel the task to call it off."""

        async def wait() -> None:
            await asyncio.sleep(max(0.0, seconds))
            act()

        return self.spawn(wait(), name)

    async def end_tasks(self) -> None:
        """Cancel all background work and wait until it has ended."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ConnectionError):
            return
        if error is not None and self.fault is not None and not self.fault.done():
            self.fault.set_exception(error)
