"""Carrying out a FileOrder: the file is moved by the port that the bench gives, and what came of it is told as an event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from labapp.domain.stamps import utc_text
from labapp.engine.events import FileOrder, FileTransferred
from labapp.engine.ports import Clock, FileClient


async def move(order: FileOrder, client: FileClient, clock: Clock, take: Callable[[FileTransferred], None]) -> None:
    """Move the file that an order means. take: told of the outcome, on the same loop."""
    began, content, fault = clock.now(), order.content.encode(), ""
    try:
        if order.direction == "upload":
            await client.upload(order.url, content, order.name)
        else:
            content = await client.download(order.url)
    except OSError as error:
        content, fault = b"", str(error) or type(error).__name__
    ended = clock.now()
    facts = {
        "order": order.number,
        "direction": order.direction,
        "url": order.url,
        "name": order.name,
        "bytes": len(content),
        "sha256": "" if fault else hashlib.sha256(content).hexdigest(),
        "complete": not fault,
        "fault": fault,
        "began": utc_text(began.utc),
        "ended": utc_text(ended.utc),
    }
    take(FileTransferred(ended, facts))
