"""Firmware updates (OCPP 1.6 edition 2, sections 4.5 and 5.19): download, installation, and what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ocpp.v16 import call

from labapp.simulator.connector import Connector
from labapp.simulator.outbox import Outbox
from labapp.simulator.runtime import Runtime
from labapp.simulator.session import LOG
from labapp.simulator.transfers import FIRMWARE_MAGIC, Transfers

#: Tries after the first, and seconds between two, when the central system leaves both to the station.
OWN_RETRIES, OWN_RETRY_INTERVAL = 2, 10

#: What an update that was cut off by a loss of power has come to, by the status it had reached.
_CUT_OFF = {"Downloading": "DownloadFailed", "Downloaded": "InstallationFailed", "Installing": "InstallationFailed"}


@dataclass(frozen=True)
class UpdateOrder:
    """An UpdateFirmware.req. retrieve: not before that moment; retries: after the first try; retry_interval in seconds."""

    location: str
    retrieve: datetime
    retries: int
    retry_interval: int


class Firmware:
    """The station's firmware updates, one at a time; what an update came to is kept through the boot that it needs.

    withhold: takes all connectors out of use, or gives them back. restart: goes down and boots.
    """

    def __init__(
        self,
        runtime: Runtime,
        outbox: Outbox,
        transfers: Transfers,
        connectors: Mapping[int, Connector],
        *,
        withhold: Callable[[bool], None],
        restart: Callable[[], None],
    ) -> None:
        self._runtime = runtime
        self._outbox = outbox
        self._transfers = transfers
        self._connectors = connectors
        self._withhold = withhold
        self._restart = restart
        self._status = "Idle"
        self._untold: str | None = None
        self._after_boot: str | None = None
        self._update: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    @property
    def installing(self) -> bool:
        """Whether an installation is under way, so that nobody can begin to charge."""
        return self._status == "Installing"

    @property
    def status(self) -> str:
        """What a triggered FirmwareStatusNotification.req tells: Idle when no update is under way."""
        return self._status

    def order(self, order: UpdateOrder) -> None:
        """Begin an update; one that has not come to its installation gives way to it."""
        if self.installing:
            return
        if self._update is not None:
            self._update.cancel()
        self._update = self._runtime.spawn(self._carry_out(order), "firmware update")

    def connectors_changed(self) -> None:
        """A connector may have come to rest, for which an installation waits."""
        if not self._in_transaction():
            self._idle.set()

    def booted(self) -> None:
        """Take up work after a boot: a firmware that was being installed runs, an update that was cut off has failed."""
        if self._after_boot is None and self._status in _CUT_OFF:
            self._after_boot = _CUT_OFF[self._status]
        if self._after_boot is not None:
            self._untold = None
        self._status, self._update = "Idle", None

    def heard(self) -> None:
        """The central system hears the station again: tell what it has not been told yet."""
        untold, self._untold = self._untold, None
        if untold is not None:
            self._tell(untold)
        if self._after_boot is not None:
            done, self._after_boot = self._after_boot, None
            if not (done == "Installed" and self._runtime.defect("no_installed")):
                self._tell(done)

    async def _carry_out(self, order: UpdateOrder) -> None:
        config = self._runtime.config
        await asyncio.sleep(max(0.0, (order.retrieve - self._runtime.now()).total_seconds()))
        if config.unavailable_for_firmware:
            self._withhold(True)
        self._enter("Downloading")
        content = await self._download(order)
        genuine = content is not None and content.startswith(FIRMWARE_MAGIC)
        if content is None or (not genuine and self._runtime.defect("download_failed_for_invalid_firmware")):
            self._end("DownloadFailed")
            return
        self._enter("Downloaded")
        # Section 5.19 recommends to wait for the sessions, since a boot would end them.
        while self._in_transaction():
            self._idle.clear()
            await self._idle.wait()
        self._enter("Installing")
        await asyncio.sleep(config.install_duration)
        if not genuine and not config.boots_after_failed_installation:
            self._end("InstallationFailed")
            return
        self._after_boot = "Installed" if genuine else "InstallationFailed"
        if genuine and config.installed_before_boot:
            self._tell("Installed")
            self._status, self._after_boot = "Idle", None
        if genuine and config.firmware_needs_reset:
            return
        self._restart()

    async def _download(self, order: UpdateOrder) -> bytes | None:
        for attempt in range(order.retries + 1):
            if attempt > 0:
                await asyncio.sleep(order.retry_interval)
            try:
                return await self._transfers.download(order.location)
            except OSError as failure:
                LOG.info("firmware not downloaded: %s", failure)
        return None

    def _enter(self, status: str) -> None:
        self._status = status
        self._tell(status)

    def _end(self, status: str) -> None:
        self._status = "Idle"
        self._tell(status)
        self._withhold(False)

    def _tell(self, status: str) -> None:
        """Send the status, or keep the latest for the time when the central system hears (section 4.2: none while Pending)."""
        if not self._runtime.online:
            self._untold = status
            return

        def lost() -> None:
            self._untold = status

        self._outbox.send(call.FirmwareStatusNotification(status=status), lost)

    def _in_transaction(self) -> bool:
        return any(connector.transaction is not None for connector in self._connectors.values())
