"""The window as an operator: its end of the channel to a bench, on the window's event loop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from labapp.domain.errors import LabappError

if TYPE_CHECKING:
    from labapp.bench.client import Attachment


class BenchOperator(QObject):
    """Attaches to the bench of a run, passes on what it tells, and says what the technician decides."""

    #: A message of the bench.
    told = Signal(object)
    #: The bench is reached.
    attached = Signal()
    #: The channel has closed: the bench has ended its run, or has gone.
    lost = Signal()
    #: More was told than the window took in: the bench goes on without it.
    let_go = Signal()
    #: There is no bench, or it cannot be reached: a LabappError.
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attachment: Attachment | None = None
        self._operating: asyncio.Task[None] | None = None
        self._saying: set[asyncio.Task[None]] = set()

    @property
    def is_attached(self) -> bool:
        """Whether a bench is reached."""
        return self._attachment is not None

    def attach(self, directory: Path) -> None:
        """Attach to the bench that runs a directory; an earlier attachment ends."""
        self.detach()
        self._operating = asyncio.get_event_loop().create_task(self._operate(directory))

    def detach(self) -> None:
        """Leave the bench, which goes on."""
        if self._operating is not None:
            self._operating.cancel()
        self._operating, self._attachment = None, None

    def say(self, kind: str, **content: Any) -> None:
        """Say something to the bench; to one that is not reached nothing is said."""
        if self._attachment is not None:
            task = asyncio.get_event_loop().create_task(self._attachment.say(kind, **content))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    async def close(self) -> None:
        """Leave the bench and wait until nothing is under way."""
        under_way = [*self._saying, *([self._operating] if self._operating is not None else [])]
        self.detach()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _operate(self, directory: Path) -> None:
        # The window is there before WebSockets are.
        from labapp.bench.client import LetGo, attach

        try:
            attachment = await attach(directory)
        except LabappError as fault:
            self.refused.emit(fault)
            return
        async with attachment:
            self._attachment = attachment
            self.attached.emit()
            await attachment.say("hello", frames=True)
            try:
                async for message in attachment.messages():
                    self.told.emit(message)
                ended = self.lost
            except LetGo:
                ended = self.let_go
            self._attachment = None
        ended.emit()
