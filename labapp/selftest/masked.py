"""The edge of an in-memory link: secrets are masked here, as a link over a network masks them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from labapp.engine.ports import FrameReceived, Link, LinkEvent, LinkSink
from labapp.ocpp.masking import Masker

#: Key of the digests; the self-test has no secret worth keeping.
_KEY = b"self-test"


class MaskedLink:
    """A link that masks the secrets in what comes in, and puts them into what goes out."""

    def __init__(self, link: Link, secrets: Mapping[str, str]) -> None:
        self._link = link
        self._masker = Masker(secrets, _KEY)
        self._sink: LinkSink = lambda event: None

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Open the link."""
        self._sink = sink
        return await self._link.open(self._take)

    def send(self, text: str) -> bool:
        """Send a frame with its secrets."""
        return self._link.send(self._masker.reveal(text))

    def cut(self, mode: str) -> None:
        """Cut the network."""
        self._link.cut(mode)

    def restore(self) -> None:
        """End a cut."""
        self._link.restore()

    def disconnect(self) -> None:
        """Close the connection."""
        self._link.disconnect()

    def connect(self, options: Mapping[str, Any]) -> None:
        """Open the connection."""
        self._link.connect(options)

    def use_password(self, password: str) -> None:
        """From the next connection on, use this password."""
        self._link.use_password(self._masker.reveal_value(password))

    async def close(self) -> None:
        """Close the link."""
        await self._link.close()

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, FrameReceived):
            text, masks = self._masker.mask_frame(event.text)
            event = dataclasses.replace(event, text=text, masks=masks)
        self._sink(event)
