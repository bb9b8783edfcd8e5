"""Diagnostics (OCPP 1.6 edition 2, sections 4.4 and 5.9): a file made on request, uploaded, and what is told of it."""

from __future__ import annotations

import asyncio

from ocpp.v16 import call

from labapp.simulator.configuration import Configuration
from labapp.simulator.outbox import Outbox
from labapp.simulator.runtime import Runtime
from labapp.simulator.session import LOG
from labapp.simulator.transfers import Transfers


class Diagnostics:
    """The station's uploads of diagnostics, one at a time."""

    def __init__(self, runtime: Runtime, outbox: Outbox, configuration: Configuration, transfers: Transfers) -> None:
        self._runtime = runtime
        self._outbox = outbox
        self._configuration = configuration
        self._transfers = transfers
        self._status = "Idle"
        self._work: asyncio.Task[None] | None = None

    @property
    def status(self) -> str:
        """What a triggered DiagnosticsStatusNotification.req tells: Idle when nothing is uploaded."""
        return self._status

    def file_name(self) -> str:
        """The name of a file that is made now."""
        return f"diagnostics-{self._runtime.now():%Y%m%dT%H%M%S}.txt"

    def order(self, location: str, name: str, retries: int, retry_interval: int) -> None:
        """Upload the file to the location; an upload that is under way gives way to it. retries: after the first try."""
        if self._work is not None:
            self._work.cancel()
        self._work = self._runtime.spawn(self._upload(location, name, retries, retry_interval), "diagnostics")

    def booted(self) -> None:
        """An upload does not survive a boot."""
        self._status, self._work = "Idle", None

    async def _upload(self, location: str, name: str, retries: int, retry_interval: int) -> None:
        self._status = "Uploading"
        self._tell("Uploading")
        done = "UploadFailed"
        for attempt in range(retries + 1):
            if attempt > 0:
                await asyncio.sleep(retry_interval)
            try:
                await self._transfers.upload(location, self._content(), name)
            except OSError as failure:
                LOG.info("diagnostics not uploaded: %s", failure)
            else:
                done = "Uploaded"
                break
        self._status = "Idle"
        self._tell(done)

    def _tell(self, status: str) -> None:
        if self._runtime.online:
            self._outbox.send(call.DiagnosticsStatusNotification(status=status))

    def _content(self) -> bytes:
        config = self._runtime.config
        known, _ = self._configuration.read(None)
        lines = [
            f"{config.vendor} {config.model} {config.serial_number}, firmware {config.firmware_version}",
            f"{config.identity} at {self._runtime.timestamp()}",
            # A password has no place in a file that goes to a server of somebody's.
            *(f"{key['key']} = {key.get('value', '')}" for key in known if key["key"] != "AuthorizationKey"),
        ]
        return "\n".join(lines).encode() + b"\n"
