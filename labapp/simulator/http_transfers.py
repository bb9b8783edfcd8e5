"""Files over HTTP and HTTPS: what is fetched, and what is put or sent as a form."""

from __future__ import annotations

import urllib.parse

import aiohttp

from labapp.simulator.transfer_connections import TIMEOUT, trusting_context

#: Answers of an HTTP server that takes no file under the name it was put at.
_NO_SUCH_PLACE = (404, 405)


class _Refused(OSError):
    """An HTTP server answered with a status that is no success."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(f"{url}: HTTP status {status}")
        self.status = status


async def get(url: str) -> bytes:
    """The content of the file at the URL. Raises OSError when it cannot be had."""
    return await _over_http("GET", url)


async def put(parts: urllib.parse.SplitResult, content: bytes, name: str) -> None:
    """Send a file of that name to a URL: to URL/NAME, or as a form where a server has no such place. Raises OSError."""
    try:
        await _over_http("PUT", _below(parts, name), content)
    except _Refused as refusal:
        if refusal.status not in _NO_SUCH_PLACE:
            raise
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", content, filename=name, content_type="text/plain")
        try:
            await _over_http("POST", parts.geturl(), form)
        except OSError:
            raise refusal from None


def _below(parts: urllib.parse.SplitResult, name: str) -> str:
    path = f"{parts.path.rstrip('/')}/{urllib.parse.quote(name, safe='')}"
    return urllib.parse.urlunsplit(parts._replace(path=path))


async def _over_http(method: str, url: str, content: bytes | aiohttp.FormData | None = None) -> bytes:
    timeout = aiohttp.ClientTimeout(total=None, connect=TIMEOUT, sock_connect=TIMEOUT, sock_read=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=content, ssl=trusting_context()) as response,
        ):
            if response.status >= 300:
                raise _Refused(url, response.status)
            return await response.read()
    except (aiohttp.ClientError, ValueError) as fault:
        raise OSError(f"{url}: {fault}") from fault
