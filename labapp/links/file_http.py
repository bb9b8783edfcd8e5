"""Files over HTTP and HTTPS: GET of what is served, PUT and POST (multipart too) of what the device sends.

The secret is the first part of the path. Not every device passes on a user and a password that stand in a URL; all pass on the path.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

from aiohttp import BodyPartReader, ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from labapp.links.file_transfer import ENDED_EARLY, FOLDERS, NO_SUCH_FILE, UPLOADS, Share, Transfer
from labapp.links.listener import BACKLOG, address_text, bound_socket

_PIECE = 64 * 1024
#: Seconds that open connections have when the server ends.
_FAREWELL = 1.0
_FILE_NAME = re.compile(r"filename\s*=\s*(?:\"([^\"]+)\"|([^\s;]+))", re.IGNORECASE)
_REMOTE = web.RequestKey("remote", str)
#: What reading a body fails with that never comes whole.
_BROKEN = (OSError, ClientError, HttpProcessingError, ValueError, EOFError)


class HttpFiles:
    """A server of HTTP, or with a context of HTTPS. host: address to listen on, None for all; port: 0 for a free one."""

    def __init__(self, share: Share, host: str | None, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._share = share
        self._host, self._port, self._tls = host, port, tls
        self._protocol = "HTTPS" if tls is not None else "HTTP"
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen; returns the port. Raises EnvironmentFault when it cannot."""
        app = web.Application()
        # Whatever the method and the path: an answer is given here, so that every try is told of.
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_FAREWELL)
        await self._runner.setup()
        try:
            listening = bound_socket(self._host, self._port)
            await web.SockSite(self._runner, listening, ssl_context=self._tls, backlog=BACKLOG).start()
        except BaseException:
            await self.close()
            raise
        port: int = listening.getsockname()[1]
        return port

    async def close(self) -> None:
        """End every transfer and free the port."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        request[_REMOTE] = address_text(peer) if peer else ""
        secret, _, path = request.match_info["path"].partition("/")
        folder, _, name = path.partition("/")
        if not hmac.compare_digest(secret.encode("utf-8", "replace"), self._share.secret.encode()):
            self._tell(request, "login", "", self._share.now(), fault="the URL is none of this run")
            return web.Response(status=404)
        if folder not in FOLDERS:
            self._tell(request, "download", path, self._share.now(), fault=NO_SUCH_FILE)
            return web.Response(status=404)
        if request.method in ("GET", "HEAD") and folder != UPLOADS:
            return await self._download(request, folder, name)
        if request.method in ("PUT", "POST") and folder == UPLOADS:
            return await self._upload(request, name)
        return web.Response(status=405, headers={"Allow": "PUT, POST" if folder == UPLOADS else "GET, HEAD"})

    # Downloads --------------------------------------------------------------------------------------------------------

    async def _download(self, request: web.Request, folder: str, name: str) -> web.StreamResponse:
        began = self._share.now()
        digest = self._share.digests.get((folder, name))
        if digest is None:
            self._tell(request, "download", name, began, fault=NO_SUCH_FILE)
            return web.Response(status=404)
        path = self._share.root / folder / name
        size = path.stat().st_size
        first, end = _asked_range(request, size)
        if first >= end and size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = web.StreamResponse(status=206 if (first, end) != (0, size) else 200)
        response.content_type = "application/octet-stream"
        response.content_length = end - first
        response.headers["Accept-Ranges"] = "bytes"
        if response.status == 206:
            response.headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        sent = 0
        try:
            async for piece in _pieces(path, first, end):
                await response.write(piece)
                sent += len(piece)
        except BaseException as error:
            self._tell(request, "download", name, began, bytes=sent, sha256=digest, fault=ENDED_EARLY)
            if isinstance(error, ConnectionError):
                return response
            raise
        self._tell(request, "download", name, began, bytes=sent, sha256=digest)
        await response.write_eof()
        return response

    # Uploads ----------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request, name: str) -> web.Response:
        if request.content_length is not None and not self._share.uploads.room_for(request.content_length):
            self._tell(request, "upload", name, self._share.now(), fault=f"{request.content_length} bytes are too many")
            return web.Response(status=413)
        if not request.content_type.startswith("multipart/"):
            named = _FILE_NAME.search(request.headers.get("Content-Disposition", ""))
            return await self._keep(
                request, name or (named and (named[1] or named[2])) or "", request.content.iter_any()
            )
        answer = web.Response(status=400, text="no file is in it\n")
        try:
            reader = await request.multipart()
            while (part := await reader.next()) is not None:
                # Fields of a form stand beside the file; what is no file is let go.
                if isinstance(part, BodyPartReader) and part.filename:
                    answer = await self._keep(request, part.filename, _part(part))
                    if answer.status != 201:
                        return answer
        except _BROKEN as error:
            fault = "the form cannot be read" if isinstance(error, ValueError) else _why(error)
            self._tell(request, "upload", name, self._share.now(), fault=fault)
            return web.Response(status=400)
        return answer

    async def _keep(self, request: web.Request, name: str, body: AsyncIterator[bytes]) -> web.Response:
        began = self._share.now()
        try:
            upload = self._share.uploads.begin(name)
        except OSError as error:
            self._tell(request, "upload", name, began, fault=_why(error))
            return web.Response(status=507)
        fault, status = ENDED_EARLY, 400
        try:
            async for piece in body:
                upload.write(piece)
            fault, status = "", 201
        except _BROKEN as error:
            fault = _why(error)
            status = 413 if isinstance(error, OSError) and not isinstance(error, ConnectionError) else 400
        finally:
            kept = upload.end(not fault)
            facts = {"file": kept.file, "bytes": kept.bytes, "sha256": kept.sha256, "fault": fault}
            self._tell(request, "upload", name, began, **facts)
        return web.Response(status=status)

    def _tell(
        self,
        request: web.Request,
        direction: Literal["upload", "download", "login"],
        name: str,
        began: str,
        **facts: Any,
    ) -> None:
        remote, ended = request[_REMOTE], self._share.now()
        self._share.tell(Transfer(direction, self._protocol, name, remote=remote, began=began, ended=ended, **facts))


def _asked_range(request: web.Request, size: int) -> tuple[int, int]:
    """First byte, and the one after the last, that are asked for; the whole file where no range is asked for, or no usable one."""
    try:
        asked = request.http_range
    except ValueError:
        return 0, size
    first, end, _ = slice(asked.start, asked.stop).indices(size)
    return first, end


async def _pieces(path: Path, first: int, end: int) -> AsyncIterator[bytes]:
    """A part of a file, read in a thread piece by piece."""
    with path.open("rb") as file:
        file.seek(first)
        left = end - first
        while left > 0 and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece


async def _part(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(_PIECE):
        yield bytes(part.decode(piece))


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and not isinstance(error, ConnectionError) and error.strerror:
        return error.strerror
    return ENDED_EARLY
