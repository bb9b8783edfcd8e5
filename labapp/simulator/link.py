"""The station's connection to its central system: dialling, registration, heartbeats (OCPP 1.6 edition 2, 4.2, 4.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ocpp.v16 import call

from labapp.domain.handshake import Handshake, basic_authorization
from labapp.simulator.configuration import Configuration, key_bytes
from labapp.simulator.connection import Connection
from labapp.simulator.defects import spoiled
from labapp.simulator.dialing import Dialer
from labapp.simulator.runtime import Runtime
from labapp.simulator.session import LOG, RequestFailed, Route, Session

#: Seconds between two dials: the first pause, doubled up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 8.0

#: Seconds until BootNotification is sent again when the central system leaves the choice to the station.
OWN_BOOT_INTERVAL = 30

#: Seconds that a pong may take.
PONG_TIMEOUT = 10.0

#: Seconds that the answer to a request has before its consequence closes the connection.
ANSWER_TIME = 1.0

_IMPATIENCE = 3.0
_DRIFT = 1.2


class StationLink:
    """Keeps the station connected and registered while it has power.

    accepted: called when the central system has accepted the station after a boot.
    reconnected: called when a lost connection is back, without a boot in between. lost: called when one is lost.
    """

    def __init__(
        self,
        runtime: Runtime,
        configuration: Configuration,
        dialer: Dialer,
        routes: Mapping[str, Route],
        *,
        accepted: Callable[[], None],
        reconnected: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self._runtime = runtime
        self._configuration = configuration
        self._dialer = dialer
        self._routes = routes
        self._accepted = accepted
        self._reconnected = reconnected
        self._lost = lost
        self._network = asyncio.Event()
        self._network.set()
        self._boot_now = asyncio.Event()
        self._refused = False
        self._heartbeats: asyncio.Task[None] | None = None
        self._upkeep: list[asyncio.Task[None]] = []

    @property
    def network_up(self) -> bool:
        """Whether the station's side of the network is whole."""
        return self._network.is_set()

    def cut(self) -> None:
        """The network is gone: the connection ends without a close frame, and none can be made."""
        self._network.clear()
        if self._runtime.session is not None:
            self._runtime.session.connection.abort()

    def restore(self) -> None:
        """The network is back."""
        self._network.set()

    def key_changed(self) -> None:
        """Where the AuthorizationKey is in use, close the connection and dial again with the new one (whitepaper, A01)."""
        if self._configuration.integer("SecurityProfile") > 0:
            self._runtime.after(ANSWER_TIME, self._reconnect, "new authorization key")

    def boot_again(self) -> None:
        """Send a BootNotification.req now, because the central system asks for one."""
        if self._runtime.accepted:
            self._upkeep.append(self._runtime.spawn(self._announce_again(), "triggered boot notification"))
        else:
            self._boot_now.set()

    def restart_heartbeats(self) -> None:
        """Count the heartbeat interval anew."""
        if self._heartbeats is not None:
            self._heartbeats.cancel()
        self._heartbeats = self._runtime.spawn(self._beat(), "heartbeats")

    def send_heartbeat(self) -> None:
        """Send a Heartbeat.req now."""
        self._runtime.spawn(self._heartbeat(), "heartbeat")

    async def run(self) -> None:
        """Dial, serve the connection, and dial again when it is lost, for as long as the station has power."""
        pause = FIRST_PAUSE
        self._runtime.accepted = False
        while True:
            await self._network.wait()
            connection = await self._dial()
            if connection is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            await self._serve(connection)
            await asyncio.sleep(pause)

    def _reconnect(self) -> None:
        if self._runtime.session is not None:
            self._runtime.spawn(self._runtime.session.connection.close(), "close")

    async def _dial(self) -> Connection | None:
        in_use = self._configuration.integer("SecurityProfile") > 0
        key = self._configuration.text("AuthorizationKey") if in_use else ""
        identity = self._runtime.config.identity
        authorization = basic_authorization(identity, key_bytes(key) or key) if key else None
        try:
            connection = await self._dialer.dial(Handshake(identity, ("ocpp1.6",), authorization))
        except (ConnectionError, TimeoutError) as failure:
            LOG.info("no connection: %s", failure)
            return None
        if not self.network_up:
            connection.abort()
            return None
        return spoiled(connection, self._runtime.config.defects)

    async def _serve(self, connection: Connection) -> None:
        runtime = self._runtime
        self._refused = False
        session = Session(
            "1.6",
            runtime.config.identity,
            connection,
            self._routes,
            response_timeout=runtime.config.response_timeout,
            accepts_requests=lambda: not self._refused,
        )
        runtime.session = session
        self._upkeep = [runtime.spawn(self._open(), "registration"), runtime.spawn(self._watch(connection), "pings")]
        try:
            await session.run()
        finally:
            for task in self._upkeep:
                task.cancel()
            connection.abort()
            runtime.session = None
            self._lost()

    async def _open(self) -> None:
        if self._runtime.accepted and not self._runtime.config.boots_on_reconnect:
            self._reconnected()
            return
        self._runtime.accepted = False
        await self._register(await self._announce())

    async def _register(self, pause: float | None) -> None:
        while pause is not None:
            self._boot_now.clear()
            await _wait(self._boot_now, _IMPATIENCE if self._runtime.defect("ignores_boot_interval") else pause)
            pause = await self._announce()

    async def _announce(self) -> float | None:
        """Send a BootNotification.req; the seconds until the next, None when it was accepted."""
        config = self._runtime.config
        try:
            answer = await self._runtime.request(
                call.BootNotification(
                    charge_point_model=config.model,
                    charge_point_vendor=config.vendor,
                    charge_point_serial_number=config.serial_number,
                    firmware_version=config.firmware_version,
                )
            )
        except (RequestFailed, TimeoutError) as failure:
            LOG.info("not registered: %s", failure)
            return float(OWN_BOOT_INTERVAL)
        self._runtime.synchronise(answer.current_time)
        interval = int(answer.interval)
        # While Rejected a station stays silent, answers included; while Pending it answers (section 4.2.1).
        self._refused = answer.status == "Rejected"
        if answer.status != "Accepted":
            return float(interval if interval > 0 else OWN_BOOT_INTERVAL)
        if interval > 0:
            self._configuration.store("HeartbeatInterval", str(interval))
        self.restart_heartbeats()
        if not self._runtime.accepted:
            self._runtime.accepted = True
            self._accepted()
        return None

    async def _announce_again(self) -> None:
        pause = await self._announce()
        if pause is not None:
            # The central system has changed its mind: from here on this is a station that is not accepted (section 4.2.1).
            self._runtime.accepted = False
            await self._register(pause)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while (interval := self._configuration.integer("HeartbeatInterval")) > 0:
            due += interval * (_DRIFT if self._runtime.defect("heartbeat_drift") else 1)
            await asyncio.sleep(max(0.0, due - loop.time()))
            if self._runtime.online:
                await self._heartbeat()

    async def _heartbeat(self) -> None:
        session = self._runtime.session
        if session is None:
            return
        try:
            answer = await session.request(call.Heartbeat())
            self._runtime.synchronise(answer.current_time)
        except RequestFailed as failure:
            LOG.info("heartbeat: %s", failure)
        except ConnectionError:
            return
        except TimeoutError:
            # No answer for so long: the central system is not there, whatever TCP believes.
            session.connection.abort()

    async def _watch(self, connection: Connection) -> None:
        while (interval := self._configuration.integer("WebSocketPingInterval")) > 0:
            await asyncio.sleep(interval)
            try:
                async with asyncio.timeout(PONG_TIMEOUT):
                    await connection.ping()
            except TimeoutError:
                connection.abort()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, for at most that long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
