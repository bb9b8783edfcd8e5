"""Files over a real network: HTTP and HTTPS with aiohttp, FTP and FTPS (explicit TLS) with ftplib in a thread."""

from __future__ import annotations

import asyncio
import ftplib
import io
import posixpath
import ssl
import urllib.parse
from collections.abc import Callable
from typing import TypeVar

import aiohttp

#: Seconds that a connection may take, or say nothing.
TIMEOUT = 20.0

_FTP_PORT = 21

_T = TypeVar("_T")


def trusting_context() -> ssl.SSLContext:
    """A TLS client context that takes every certificate.

    A laboratory's file server has a certificate of its own making, and a simulated station has no installed roots to check
    it with; what it downloads is judged by its content.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


#: Answers of an HTTP server that takes no file under the name it was put at.
_NO_SUCH_PLACE = (404, 405)


class _Refused(OSError):
    """An HTTP server answered with a status that is no success."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(f"{url}: HTTP status {status}")
        self.status = status


class NetworkTransfers:
    """Transfers of a station with a network; both methods raise OSError when they fail.

    An upload goes to URL/NAME. OCPP leaves open how a file is sent over HTTP: a server that has no such place is sent a form (multipart)
    at the URL itself, as browsers do.
    """

    async def download(self, url: str) -> bytes:
        """The content of the file at the URL."""
        parts = _parts(url)
        if parts.scheme in ("ftp", "ftps"):
            return await asyncio.to_thread(_over_ftp, parts, _retrieve)
        return await _over_http("GET", url)

    async def upload(self, url: str, content: bytes, name: str) -> None:
        """Put a file of that name into the place at the URL."""
        parts = _parts(url)
        if parts.scheme in ("ftp", "ftps"):
            await asyncio.to_thread(_over_ftp, parts, lambda ftp, path: _store(ftp, path, name, content))
        else:
            await _put(parts, content, name)


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        known = parts.scheme in ("ftp", "ftps", "http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as fault:
        raise OSError(f"{url!r} is no address: {fault}") from fault
    if not known:
        raise OSError(f"{url!r} is no address of a file server")
    return parts


async def _put(parts: urllib.parse.SplitResult, content: bytes, name: str) -> None:
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


def _over_ftp(parts: urllib.parse.SplitResult, transfer: Callable[[ftplib.FTP, str], _T]) -> _T:
    url = parts.geturl()
    try:
        with ftplib.FTP_TLS(context=trusting_context()) if parts.scheme == "ftps" else ftplib.FTP() as ftp:
            ftp.connect(parts.hostname or "", parts.port or _FTP_PORT, TIMEOUT)
            ftp.login(urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or ""))
            if isinstance(ftp, ftplib.FTP_TLS):
                ftp.prot_p()
            return transfer(ftp, urllib.parse.unquote(parts.path).lstrip("/"))
    except (ftplib.Error, EOFError, ValueError) as fault:
        raise OSError(f"{url}: {fault}") from fault


def _retrieve(ftp: ftplib.FTP, path: str) -> bytes:
    content = io.BytesIO()
    ftp.retrbinary(f"RETR {path}", content.write)
    return content.getvalue()


def _store(ftp: ftplib.FTP, path: str, name: str, content: bytes) -> None:
    ftp.storbinary(f"STOR {posixpath.join(path, name)}", io.BytesIO(content))
