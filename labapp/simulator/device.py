"""The charging station's inside: its parts put together, and what happens when a user or the central system wants something."""

from __future__ import annotations

from collections.abc import Callable

from labapp.simulator.authorization import Authorizer, IdTagInfo
from labapp.simulator.configuration import Configuration
from labapp.simulator.connector import NO_ERROR, Authorized, Connector, StatusReporter
from labapp.simulator.diagnostics import Diagnostics
from labapp.simulator.firmware import Firmware
from labapp.simulator.outbox import Outbox
from labapp.simulator.profiles import Profile
from labapp.simulator.reservations import Reservations
from labapp.simulator.runtime import Runtime
from labapp.simulator.smart_charging import SmartCharging
from labapp.simulator.transactions import Transactions
from labapp.simulator.transfers import Transfers

#: Seconds for which power flows when a plug goes into a mode 1 or 2 socket.
MODE12_FLOW = 15.0


class Device:
    """The parts of one station. What is kept through reboots lives here; the rest in the runtime's tasks.

    restart: goes down and boots, because a new firmware wants it.
    """

    def __init__(self, runtime: Runtime, transfers: Transfers, restart: Callable[[], None]) -> None:
        config = runtime.config
        self.runtime = runtime
        self.configuration = Configuration(config, self._setting_changed)
        lockable = not (config.fixed_cable or config.mode12)
        self.connectors = {
            number: Connector(number, config.fixed_cable, config.suspends_by_evse, lockable)
            for number in config.connectors
        }
        self.fault = NO_ERROR
        self.operative = True
        self.outbox = Outbox(runtime, self.configuration)
        self.authorizer = Authorizer(runtime, self.configuration)
        self.smart_charging = SmartCharging(runtime)
        self.reporter = StatusReporter(runtime, self.configuration, self.outbox.send)
        self.reservations = Reservations(config, runtime, self.connectors, self.publish)
        self.transactions = Transactions(
            runtime,
            self.configuration,
            self.outbox,
            self.authorizer,
            self.connectors,
            changed=self.changed,
            ended=self.smart_charging.transaction_ended,
            limit=self.smart_charging.power_limit,
        )
        self.firmware = Firmware(
            runtime, self.outbox, transfers, self.connectors, withhold=self.withhold, restart=restart
        )
        self.diagnostics = Diagnostics(runtime, self.outbox, self.configuration, transfers)
        self.setting_hooks = {
            "MeterValueSampleInterval": self.transactions.resume,
            "ClockAlignedDataInterval": self.transactions.resume,
        }

    def boot(self) -> None:
        """Take up work with what was kept: nobody is authorized, reservations go on."""
        starts_slowly = self.runtime.config.unavailable_after_boot > 0
        for connector in self.connectors.values():
            connector.authorized, connector.finishing, connector.withheld = None, False, starts_slowly
            if starts_slowly or self.runtime.defect("preparing_after_reset"):
                # From Unavailable the table of section 4.9 leads to Preparing, not to Finishing.
                connector.used = False
        self.reporter.forget()
        self.firmware.booted()
        self.diagnostics.booted()
        self.reservations.resume()
        self.transactions.resume()
        self.reservations.refresh()

    def publish(self) -> None:
        """Tell the reporter the present status of every connector and of the station."""
        status = "Faulted" if self.fault != NO_ERROR else "Available" if self.operative else "Unavailable"
        self.reporter.update(0, status, self.fault)
        for connector in self.connectors.values():
            self.reporter.update(connector.id, connector.status, connector.fault, connector.info)

    def registered(self) -> None:
        """The central system has accepted the station after a boot."""
        self.firmware.heard()
        pause = self.runtime.config.unavailable_after_boot
        if pause > 0:
            self.runtime.after(pause, lambda: self.withhold(False), "put into service")

    def withhold(self, out_of_use: bool) -> None:
        """Take every connector out of use for as long as the station itself needs it, or give them back (section 5.19)."""
        for connector in self.connectors.values():
            connector.withheld = out_of_use
            if out_of_use:
                self.release(connector)
        self.reservations.refresh()

    def changed(self, connector: Connector) -> None:
        """Draw the consequences of changed facts, and publish the statuses."""
        if connector.ends_operative and connector.transaction is None and connector.status != "Preparing":
            connector.operative, connector.ends_operative = False, False
        self.transactions.flow(connector)
        self.reservations.refresh()
        self.firmware.connectors_changed()

    def in_use(self, connector: Connector) -> bool:
        """Whether the connector, or one that shares its EVSE, is occupied by somebody."""
        shared = [self.connectors[number] for number in self.runtime.config.siblings(connector.id)]
        return any(each.transaction or each.authorized for each in (connector, *shared))

    def startable(self, connector: Connector) -> bool:
        """Whether somebody may start on the connector now, a holder of its reservation included."""
        if self.firmware.installing:
            return False
        return connector.startable and not self.in_use(connector) and not connector.blocked

    async def present(self, connector: Connector, id_tag: str) -> None:
        """A user presents an identification at the connector's reader."""
        if connector.transaction is not None:
            await self._present_during(connector, id_tag)
        elif connector.authorized is not None:
            if _same(connector.authorized.id_tag, id_tag):
                if self.runtime.config.asks_again and self.runtime.online:
                    await self.authorizer.ask(id_tag)
                self.release(connector)
        elif connector.used and connector.locked:
            connector.locked = False
        elif self.startable(connector):
            holding = self.reservations.holding(connector.id)
            strange = holding is not None and not _same(holding.id_tag, id_tag) and holding.parent_id_tag is None
            if strange and not self.runtime.defect("asks_about_unreserved_cards"):
                return
            info = await self.authorizer.authorize(id_tag)
            self._admit(connector, id_tag, info, None)

    async def remote_start(self, connector: Connector, id_tag: str, profile: Profile | None) -> None:
        """Carry out an accepted RemoteStartTransaction.req (section 5.11)."""
        known = self.authorizer.known(id_tag)
        holding = self.reservations.holding(connector.id)
        # Whether the user belongs to the group of a reservation, the central system alone may know (section 5.13).
        whose = holding is not None and not _same(holding.id_tag, id_tag) and not (known and known.parent_id_tag)
        if whose or self.configuration.boolean("AuthorizeRemoteTxRequests"):
            info = await self.authorizer.authorize(id_tag)
        else:
            info = IdTagInfo("Accepted", known.parent_id_tag if known else None)
        self._admit(connector, id_tag, info, profile)

    def release(self, connector: Connector) -> None:
        """The authorized user is gone: presented the identification again, or let ConnectionTimeOut pass."""
        if connector.authorized is None:
            return
        if connector.authorized.timeout is not None:
            connector.authorized.timeout.cancel()
        connector.authorized = None
        self.changed(connector)

    def begin_if_ready(self, connector: Connector) -> None:
        """Begin the transaction once a user is authorized and a vehicle connected."""
        user = connector.authorized
        if user is None or not connector.ready:
            return
        self.transactions.begin(connector)
        if user.profile is not None and connector.transaction is not None:
            self.smart_charging.install(user.profile, connector.transaction)
            self.transactions.flow(connector)

    def set_fault(self, connector: Connector, error_code: str) -> None:
        """The connector is faulted, or with NoError is not any more."""
        connector.fault = error_code
        if connector.authorized is not None and error_code != NO_ERROR:
            self.release(connector)
        self.changed(connector)
        self.begin_if_ready(connector)

    def stop_all(self, reason: str) -> None:
        """End every transaction for the reason."""
        for connector in self.connectors.values():
            self.transactions.stop(connector, reason)

    def _admit(self, connector: Connector, id_tag: str, info: IdTagInfo, profile: Profile | None) -> None:
        entitled = info.accepted or self.runtime.defect("starts_on_invalid_id")
        if not entitled or not self.startable(connector):
            return
        reservation = self.reservations.usable(connector.id, id_tag, info.parent_id_tag)
        if reservation is None and self.reservations.holding(connector.id) is not None:
            return
        timeout = self.configuration.integer("ConnectionTimeOut")
        connector.authorized = Authorized(
            id_tag=id_tag,
            parent_id_tag=info.parent_id_tag,
            reservation_id=reservation.id if reservation else None,
            profile=profile,
            timeout=self.runtime.after(timeout, lambda: self.release(connector), f"connection timeout {connector.id}")
            if timeout > 0
            else None,
        )
        connector.used = False
        if reservation is not None:
            # The transition table knows no way back from Preparing to Reserved: the reservation is used up here.
            self.reservations.cancel(reservation.id)
        self.changed(connector)
        self.begin_if_ready(connector)

    async def _present_during(self, connector: Connector, id_tag: str) -> None:
        transaction = connector.transaction
        assert transaction is not None
        if _same(transaction.id_tag, id_tag) or self.runtime.defect("foreign_card_stops"):
            self.transactions.stop(connector, "Local", id_tag=id_tag)
            return
        asks = transaction.parent_id_tag is not None or self.runtime.config.shared_reader
        if not asks or self.runtime.defect("silent_foreign_card"):
            return
        info = await self.authorizer.authorize(id_tag)
        parents = (info.parent_id_tag, transaction.parent_id_tag)
        same_group = None not in parents and _same(str(parents[0]), str(parents[1]))
        if info.accepted and same_group and connector.transaction is transaction:
            self.transactions.stop(connector, "Local", id_tag=id_tag)

    def _setting_changed(self, name: str) -> None:
        hook = self.setting_hooks.get(name)
        if hook is not None:
            hook()


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
