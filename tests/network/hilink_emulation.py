"""The HTTP API of a HiLink stick, as far as the lab reads it, on a local port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import xmltodict
from aiohttp import web

from tests.network.background import in_background

SIGNAL = {
    "pci": "123",
    "cell_id": "1234567",
    "rsrq": "-11.0dB",
    "rsrp": "-96dBm",
    "rssi": "-65dBm",
    "sinr": "8dB",
    "rscp": None,
    "ecio": None,
    "mode": "7",
}
INFORMATION = {
    "DeviceName": "E3372",
    "SerialNumber": "G4PDW00000000001",
    "Imei": "001012345678909",
    "SoftwareVersion": "22.333.01.00.00",
    "workmode": "LTE",
}
PLMN = {"State": "0", "FullName": "Demonstration", "ShortName": "Demo", "Numeric": "00101", "Rat": "7"}
MODE = {"NetworkMode": "00", "NetworkBand": "3FFFFFFF", "LTEBand": "7FFFFFFFFFFFFFFF"}
REFUSED = {"code": "100002", "message": ""}
WANTS_LOGIN = {"code": "100003", "message": ""}


class HiLinkStick:
    """Answers `GET /api/…` from `answers`; a dict under "error:PATH" is answered as an error instead.

    posts: what was written to `net/net-mode`, in order. A mode that is written selects the network that serves.
    """

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {
            "webserver/SesTokInfo": {"SesInfo": "SessionID=demo", "TokInfo": "token-demo"},
            "device/signal": dict(SIGNAL),
            "device/information": dict(INFORMATION),
            "net/current-plmn": dict(PLMN),
            "net/net-mode": dict(MODE),
        }
        self.errors: dict[str, dict[str, Any]] = {"webserver/token": REFUSED}
        self.posts: list[dict[str, Any]] = []

    def _xml(self, path: str) -> web.Response:
        content = {"error": self.errors[path]} if path in self.errors else {"response": self.answers[path]}
        return web.Response(text=xmltodict.unparse(content), content_type="text/xml")

    async def _get(self, request: web.Request) -> web.Response:
        return self._xml(request.match_info["path"])

    async def _home(self, _: web.Request) -> web.Response:
        return web.Response(text="<html><head><title>stick</title></head></html>", content_type="text/html")

    async def _post(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if f"POST {path}" in self.errors:
            return web.Response(text=xmltodict.unparse({"error": self.errors[f"POST {path}"]}), content_type="text/xml")
        written = xmltodict.parse(await request.read())["request"]
        self.posts.append(written)
        self.answers["net/net-mode"] = written
        self.answers["net/current-plmn"]["Rat"] = {"01": "0", "02": "2"}.get(written["NetworkMode"], "7")
        return web.Response(text="<response>OK</response>", content_type="text/xml")

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [web.get("/", self._home), web.get("/api/{path:.*}", self._get), web.post("/api/{path:.*}", self._post)]
        )
        return app


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """Serve an application beside a client that blocks; gives its URL."""

    @asynccontextmanager
    async def server() -> AsyncIterator[str]:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    with in_background(server) as url:
        yield url
