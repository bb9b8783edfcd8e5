"""One connector as facts, of which its OCPP status follows; and the reporting of statuses.

OCPP 1.6 edition 2, section 4.9, and configuration key MinimumStatusDuration (9.1.20).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ocpp.v16 import call

from labapp.domain.transitions import permitted
from labapp.simulator.configuration import Configuration
from labapp.simulator.profiles import Profile
from labapp.simulator.runtime import Runtime

NO_ERROR = "NoError"


@dataclass
class Authorized:
    """A user who was authorized and has not begun a transaction yet. timeout: waits for ConnectionTimeOut."""

    id_tag: str
    parent_id_tag: str | None
    reservation_id: int | None
    profile: Profile | None
    timeout: asyncio.Task[None] | None


@dataclass
class Transaction:
    """A transaction. id: None until the central system has given one. started: UTC; meter_start in Wh.

    refused: StartTransaction.conf did not accept its idTag.
    """

    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    reservation_id: int | None
    started: datetime
    meter_start: int
    id: int | None = None
    refused: bool = False
    data: list[dict[str, object]] = field(default_factory=list)
    sampling: asyncio.Task[None] | None = None


@dataclass
class Connector:
    """The facts of one connector.

    plugged: the cable is in the station's socket (a fixed cable: in the vehicle). ev_connected: it is in the vehicle.
    used: a transaction has ended and the cable has not been removed since. finishing: it ended so lately that nothing new begins.
    withheld: the station itself keeps the connector out of use, for a boot or a firmware update.
    suspends_by_evse: a vehicle that was unplugged counts as SuspendedEVSE. lockable: the cable can be locked in the socket.
    seen: a mode 1 or 2 socket notices the plug only while power flows; true elsewhere.
    """

    id: int
    fixed_cable: bool
    suspends_by_evse: bool = False
    lockable: bool = True
    plugged: bool = False
    ev_connected: bool = False
    locked: bool = False
    lock_failure: bool = False
    operative: bool = True
    ends_operative: bool = False
    fault: str = NO_ERROR
    reserved: bool = False
    authorized: Authorized | None = None
    transaction: Transaction | None = None
    used: bool = False
    finishing: bool = False
    withheld: bool = False
    seen: bool = True
    ev_suspended: bool = False
    evse_suspended: bool = False
    blocked: bool = False

    @property
    def status(self) -> str:
        """The ChargePointStatus that these facts amount to."""
        if self.fault != NO_ERROR:
            return "Faulted"
        if self.transaction is not None:
            if self.evse_suspended or (not self.ev_connected and self.suspends_by_evse):
                return "SuspendedEVSE"
            return "SuspendedEV" if self.ev_suspended or not self.ev_connected else "Charging"
        if not self.operative or self.withheld:
            return "Unavailable"
        if self.authorized is not None:
            return "Preparing"
        if (self.plugged and self.used) or self.finishing:
            return "Finishing"
        if self.reserved:
            return "Reserved"
        if self.plugged and self.seen:
            return "Preparing"
        return "Unavailable" if self.blocked else "Available"

    @property
    def info(self) -> str:
        """What StatusNotification.req says besides: why a transaction is suspended (section 9.1.23)."""
        unplugged = self.transaction is not None and not self.ev_connected and self.fault == NO_ERROR
        return "EV side disconnected" if unplugged else ""

    @property
    def startable(self) -> bool:
        """Whether a transaction may begin here, for whoever is entitled to."""
        if self.fault != NO_ERROR or not self.operative or self.withheld or self.finishing:
            return False
        return self.transaction is None and self.authorized is None

    @property
    def ready(self) -> bool:
        """Whether the user is authorized and the vehicle connected: a transaction begins."""
        return self.authorized is not None and self.plugged and self.ev_connected and self.fault == NO_ERROR


#: Status, error code and info of a StatusNotification.req.
_State = tuple[str, str, str]


@dataclass
class _Reported:
    current: _State
    reported: _State | None = None
    missed: list[_State] = field(default_factory=list)
    timer: asyncio.Task[None] | None = None


class StatusReporter:
    """Sends a StatusNotification.req for each lasting change of status, and what is owed after an absence.

    send: queues one request, and calls back when it was lost with the connection.
    """

    def __init__(
        self,
        runtime: Runtime,
        configuration: Configuration,
        send: Callable[[call.StatusNotification, Callable[[], None]], None],
    ) -> None:
        self._runtime = runtime
        self._configuration = configuration
        self._send = send
        self._connectors: dict[int, _Reported] = {}

    def update(self, connector_id: int, status: str, error_code: str, info: str = "") -> None:
        """Tell the present status of a connector; it is reported once it has lasted MinimumStatusDuration."""
        state = (status, error_code, info)
        entry = self._connectors.setdefault(connector_id, _Reported(state))
        if entry.current == state:
            return
        if connector_id != 0 and entry.current[0] != status and not permitted(entry.current[0], status):
            # The table of section 4.9 has no direct way, from Preparing to Unavailable for one: it leads through Available.
            self._enter(connector_id, entry, ("Available", NO_ERROR, ""))
        self._enter(connector_id, entry, state)

    def _enter(self, connector_id: int, entry: _Reported, state: _State) -> None:
        entry.current = state
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        duration = self._configuration.integer("MinimumStatusDuration")
        if duration > 0:
            entry.timer = self._runtime.after(duration, lambda: self._due(connector_id), f"status {connector_id}")
        else:
            self._due(connector_id)

    def report_all(self, *, changed_only: bool) -> None:
        """Report every connector, or those whose last report is not their present status."""
        for connector_id in sorted(self._connectors):
            entry = self._connectors[connector_id]
            missed, entry.missed = entry.missed[:-1], []
            for state in missed:
                self._tell(connector_id, entry, state)
            if not changed_only or entry.reported != entry.current:
                self.report(connector_id)

    def report(self, connector_id: int) -> None:
        """Report the present status of one connector now."""
        entry = self._connectors[connector_id]
        self._tell(connector_id, entry, entry.current)

    def _tell(self, connector_id: int, entry: _Reported, state: _State) -> None:
        entry.reported = state
        status, error_code, info = state

        def lost() -> None:
            entry.reported = None

        notification = call.StatusNotification(
            connector_id=connector_id,
            error_code=error_code,
            status=status,
            info=info or None,
            timestamp=self._runtime.timestamp() if self._runtime.config.status_timestamps else None,
        )
        for _ in range(2 if self._runtime.defect("duplicate_status") else 1):
            self._send(notification, lost)

    def forget(self) -> None:
        """Drop the timers and what was reported: the station goes down."""
        for entry in self._connectors.values():
            entry.timer, entry.reported = None, None
            entry.missed.clear()

    def _due(self, connector_id: int) -> None:
        entry = self._connectors[connector_id]
        entry.timer = None
        if self._runtime.online and entry.reported != entry.current:
            self.report(connector_id)
        elif not self._runtime.online and self._runtime.defect("burst_on_reconnect"):
            entry.missed.append(entry.current)
