"""An operator's end of the channel."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from labapp.bench.address import read_address
from labapp.bench.channel import LET_GO, Message
from labapp.domain.errors import EnvironmentFault


class NoBench(EnvironmentFault):
    """No bench runs the directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            "no bench runs this directory", where=str(directory), mend=f"go on with: labapp run --resume {directory}"
        )


class LetGo(EnvironmentFault):
    """The bench has more to tell than this operator reads, and goes on without him."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            "the run has more to tell than was read, and goes on without this operator",
            where=str(directory),
            mend=f"nothing is lost: attach again with labapp attach {directory}, or end it with labapp stop {directory}",
        )


class OperatorLeft(Exception):
    """The operator is gone before the run has ended: his terminal or his script has closed."""


class Attachment:
    """An open connection to the bench of a run."""

    def __init__(self, connection: ClientConnection, run: str, directory: Path) -> None:
        self._connection = connection
        self._directory = directory
        self.run = run

    async def lines(self) -> AsyncIterator[str]:
        """The messages of the bench as texts, until it closes. Raises LetGo when they were too many."""
        with contextlib.suppress(ConnectionClosed):
            async for text in self._connection:
                yield str(text)
        if self._connection.close_code == LET_GO:
            raise LetGo(self._directory)

    async def messages(self) -> AsyncIterator[Message]:
        """The messages of the bench, until it closes. Raises as `lines`."""
        async for text in self.lines():
            yield json.loads(text)

    async def say(self, kind: str, **content: Any) -> None:
        """Send a message; to a bench that has gone nothing is said."""
        await self.say_text(json.dumps({"type": kind, "run": self.run, **content}))

    async def say_text(self, text: str) -> None:
        """Send a text as it is."""
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(text)

    async def __aenter__(self) -> Attachment:
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Detach."""
        await self._connection.close()


async def attach(directory: Path) -> Attachment:
    """Attach to the bench that runs the directory. Raises NoBench when none does."""
    address = read_address(directory)
    if address is None:
        raise NoBench(directory)
    try:
        connection = await connect(
            address.url,
            additional_headers={"Authorization": f"Bearer {address.token}"},
            compression=None,
            proxy=None,
            ping_interval=None,
            max_size=None,
        )
    except (OSError, InvalidHandshake):
        raise NoBench(directory) from None
    return Attachment(connection, address.run, directory)
