"""Files over a real network: HTTP, HTTPS, FTP and FTPS."""

from __future__ import annotations

import asyncio
import urllib.parse

from labapp.simulator import ftp_transfers


class NetworkTransfers:
    """Transfers of a station with a network; both methods raise OSError when they fail.

    An upload goes to URL/NAME. OCPP leaves open how a file is sent over HTTP: a server that has no such place is sent a form (multipart)
    at the URL itself, as browsers do.
    """

    async def download(self, url: str) -> bytes:
        """The content of the file at the URL."""
        parts = _parts(url)
        if parts.scheme in ("ftp", "ftps"):
            return await asyncio.to_thread(ftp_transfers.get, parts)
        # Its library takes long to load, and few stations and tools transfer anything.
        from labapp.simulator import http_transfers

        return await http_transfers.get(url)

    async def upload(self, url: str, content: bytes, name: str) -> None:
        """Put a file of that name into the place at the URL."""
        parts = _parts(url)
        if parts.scheme in ("ftp", "ftps"):
            await asyncio.to_thread(ftp_transfers.put, parts, content, name)
        else:
            from labapp.simulator import http_transfers

            await http_transfers.put(parts, content, name)


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        known = parts.scheme in ("ftp", "ftps", "http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as fault:
        raise OSError(f"{url!r} is no address: {fault}") from fault
    if not known:
        raise OSError(f"{url!r} is no address of a file server")
    return parts
