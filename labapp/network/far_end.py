"""The far end of a measurement: an HTTP server that answers at once, sends as long as it is read, and counts what it gets.

`GET /` says what it is, `GET /latency` answers with nothing, `GET /download` streams noise until the client has had enough,
`POST /upload?seconds=S` reads for at most S seconds and answers how many bytes came in how many seconds.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from labapp.domain.errors import EnvironmentFault

#: What the far end calls itself in its answer to `GET /`; the client measures against nothing else.
IDENTITY = {"far_end": "labapp", "protocol": 1}

#: The most that one transfer may ask for, since the far end stands open to the network: seconds, and bytes.
SECONDS_MAX = 60.0
VOLUME_MAX = 200_000_000

#: Random, so that no link in between compresses it.
_NOISE = os.urandom(16_384)


async def _identity(_: web.Request) -> web.Response:
    return web.json_response(IDENTITY)


async def _latency(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _download(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream", "Cache-Control": "no-store"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        async with asyncio.timeout(SECONDS_MAX):
            for _ in range(VOLUME_MAX // len(_NOISE)):
                await response.write(_NOISE)
            await response.write_eof()
    except (TimeoutError, ConnectionError):
        # The client has had enough and closed the connection, which is how every download ends.
        request.protocol.force_close()
    return response


async def _upload(request: web.Request) -> web.Response:
    try:
        seconds = float(request.query.get("seconds", "nan"))
    except ValueError:
        seconds = 0
    if not 0 < seconds <= SECONDS_MAX:
        return web.json_response({"error": f"seconds must be above 0 and at most {SECONDS_MAX:g}"}, status=400)
    received = 0
    begin = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            async for data in request.content.iter_any():
                received += len(data)
                if received > VOLUME_MAX:
                    break
    except TimeoutError:
        pass
    return web.json_response({"bytes": received, "seconds": time.monotonic() - begin})


def application() -> web.Application:
    """The far end's routes."""
    app = web.Application()
    app.add_routes(
        [
            web.get("/", _identity),
            web.get("/latency", _latency),
            web.get("/download", _download, allow_head=False),
            web.post("/upload", _upload),
        ]
    )
    return app


@asynccontextmanager
async def serving(host: str, port: int) -> AsyncIterator[int]:
    """Serve the far end on `host`:`port` (0 for any free one) inside the block; gives the port.

    Raises EnvironmentFault when the address is in use or not this machine's.
    """
    runner = web.AppRunner(application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise EnvironmentFault(
                f"cannot listen: {error.strerror or error}",
                where=f"{host}:{port}",
                mend="give a free port and an address of this machine",
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
