"""How a simulated station moves files: a port, and the transfers of a world without a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

#: What a file begins with that the simulated station installs as its firmware; anything else is no firmware for it. The tool's own
#: file servers serve a file that begins like this.
FIRMWARE_MAGIC = b"labapp dummy firmware\n"


class Transfers(Protocol):
    """Moves files between a station and the places that URLs name. Both methods raise OSError when they fail."""

    async def download(self, url: str) -> bytes:
        """The content of the file at the URL."""

    async def upload(self, url: str, content: bytes, name: str) -> None:
        """Put a file of that name into the place at the URL."""


class MemoryTransfers:
    """Files by URL, and places that take uploads: every URL below one of them. Everything else fails.

    failures: for a URL how many times a transfer fails before it works. uploaded: what came, by URL of the place and name.
    """

    def __init__(
        self,
        files: Mapping[str, bytes] | None = None,
        places: Iterable[str] = (),
        failures: Mapping[str, int] | None = None,
    ) -> None:
        self._files = dict(files or {})
        self._places = tuple(places)
        self._failures = Counter(failures or {})
        self.uploaded: dict[tuple[str, str], bytes] = {}

    async def download(self, url: str) -> bytes:
        """The content of the file at the URL."""
        self._fail(url)
        if url not in self._files:
            raise FileNotFoundError(url)
        return self._files[url]

    async def upload(self, url: str, content: bytes, name: str) -> None:
        """Keep the file under the URL and its name."""
        self._fail(url)
        if not any(url.startswith(place) for place in self._places):
            raise FileNotFoundError(url)
        self.uploaded[url, name] = content

    def _fail(self, url: str) -> None:
        if self._failures[url] > 0:
            self._failures[url] -= 1
            raise ConnectionResetError(url)
