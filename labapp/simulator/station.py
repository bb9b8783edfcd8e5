"""A simulated OCPP 1.6 charging station: a model of the specification, with its power, its reboots and its actions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ocpp.v16 import call

from labapp.domain.actions import DONE, Outcome, checked_arguments, impossible
from labapp.domain.errors import InputError
from labapp.engine.ports import Clock
from labapp.simulator.device import Device
from labapp.simulator.dialing import Dialer
from labapp.simulator.link import StationLink
from labapp.simulator.requests import StationRequests
from labapp.simulator.runtime import Runtime
from labapp.simulator.settings import StationConfig
from labapp.simulator.station_actions import Hands
from labapp.simulator.transfers import MemoryTransfers, Transfers

#: Seconds that a station which goes down gives its last messages.
FAREWELL = 20.0

_CHATTER_INTERVAL = 5.0


class Station:
    """One charging station. `run` gives it power until `stop`; `act` does to it what an operator would.

    Everything it does runs in the event loop of `run` and is timed by that loop; the clock only tells the date.
    transfers: its way to file servers; without one every transfer fails.
    """

    def __init__(self, config: StationConfig, dialer: Dialer, clock: Clock, transfers: Transfers | None = None) -> None:
        self.config = config
        self._runtime = Runtime(config, clock)
        self._device = Device(
            self._runtime, transfers or MemoryTransfers(), restart=lambda: self._reboot("Reboot", "firmware")
        )
        self._hands = Hands(self._device)
        requests = StationRequests(
            self._device,
            restart=self._restart,
            announce=lambda: self._link.boot_again(),
            beat=lambda: self._link.send_heartbeat(),
        )
        self._link = StationLink(
            self._runtime,
            self._device.configuration,
            dialer,
            requests.routes(),
            accepted=self._accepted,
            reconnected=self._reconnected,
            lost=self._device.outbox.disconnected,
        )
        self._device.setting_hooks |= {
            "AuthorizationKey": self._link.key_changed,
            "HeartbeatInterval": self._link.restart_heartbeats,
        }
        self._power = asyncio.Event()
        self._power.set()
        self._stopped = False
        self._life_over: asyncio.Future[None] | None = None
        self._extra_reboot = False
        self._chat: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work until `stop`: boot, serve, and boot again after each reset and loss of power.

        Raises whatever went wrong in the model itself, which is a bug.
        """
        boot_duration = self.config.boot_duration
        while True:
            await self._power.wait()
            if self._stopped:
                return
            self._life_over = self._runtime.fault = asyncio.get_running_loop().create_future()
            try:
                self._runtime.spawn(self._boot(boot_duration), "boot")
                await self._life_over
            finally:
                self._life_over = None
                await self._runtime.end_tasks()
                self._device.outbox.disconnected()
            boot_duration = self.config.reboot_duration

    def stop(self) -> None:
        """Take the power for good: `run` returns."""
        self._stopped = True
        self._power.set()
        self._end_life()

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to the station what an operator would; done when the hand has moved and the reader has reacted, whatever comes of it."""
        try:
            checked_arguments(action, args)
        except InputError as error:
            return impossible(str(error))
        if action == "power_on":
            return self._power_on()
        if action == "cut_network":
            self._link.cut()
            return DONE
        if action == "restore_network":
            self._link.restore()
            return DONE
        if not self._power.is_set():
            return impossible("the station has no power")
        if action == "power_off":
            self._power_off()
            return DONE
        if action == "power_cycle":
            self._power_off()
            return self._power_on()
        outcome = self._hands.act(action, args)
        await self._hands.see()
        return outcome if outcome is not None else impossible(f"{action} is not done to a charging station")

    async def _boot(self, duration: float) -> None:
        await asyncio.sleep(duration)
        self._device.boot()
        self._runtime.spawn(self._device.outbox.deliver_kept(), "transaction messages")
        self._runtime.spawn(self._device.outbox.deliver_passing(), "other messages")
        self._runtime.spawn(self._link.run(), "link")

    def _accepted(self) -> None:
        if self._extra_reboot:
            self._extra_reboot = False
            self._end_life()
            return
        if not self._runtime.defect("no_status_after_boot"):
            self._device.reporter.report_all(changed_only=False)
        self._device.outbox.connected()
        self._device.registered()
        interval = (
            _CHATTER_INTERVAL if self._runtime.defect("constant_data_transfer") else self.config.data_transfer_interval
        )
        if self._chat is not None:
            self._chat.cancel()
        if interval > 0:
            self._chat = self._runtime.spawn(self._chatter(interval), "data transfer")

    def _reconnected(self) -> None:
        self._device.reporter.report_all(changed_only=True)
        self._device.outbox.connected()
        self._device.firmware.heard()

    def _restart(self, kind: str) -> None:
        self._extra_reboot = kind == "Hard" and self._runtime.defect("double_reboot")
        reason = f"{kind}Reset"
        if kind == "Soft" and not self.config.soft_reset_boots and not self._device.firmware.installing:
            self._device.stop_all(reason)
        elif kind == "Hard" and self.config.stops_after_boot:
            self._fall(reason)
        else:
            self._reboot(reason, "reset")

    def _reboot(self, reason: str, name: str) -> None:
        self._runtime.spawn(self._go_down(reason), name)

    def _power_on(self) -> Outcome:
        if self._power.is_set():
            return impossible("the station has power")
        self._power.set()
        return DONE

    def _power_off(self) -> None:
        self._power.clear()
        if self._life_over is None:
            return
        if self.config.backup_power:
            self._runtime.spawn(self._go_down("PowerLoss"), "shutdown on back-up power")
        else:
            self._fall(None if self.config.resumes_transactions else "PowerLoss")

    def _fall(self, reason: str | None) -> None:
        """Go down at once; the memory tells at the next boot which transactions that has ended, if it has ended them."""
        if self._runtime.session is not None:
            self._runtime.session.connection.abort()
            self._runtime.session = None
        if reason is not None:
            self._device.stop_all(reason)
        self._end_life()

    async def _go_down(self, reason: str) -> None:
        self._device.stop_all(reason)
        if self.config.unavailable_before_reboot and not self._runtime.defect("no_unavailable_before_reboot"):
            self._device.withhold(True)
        await self._device.outbox.drained(FAREWELL)
        if self._runtime.session is not None:
            await self._runtime.session.connection.close()
        self._end_life()

    def _end_life(self) -> None:
        if self._life_over is not None and not self._life_over.done():
            self._life_over.set_result(None)

    async def _chatter(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            if self._runtime.online:
                self._device.outbox.send(call.DataTransfer(vendor_id=self.config.vendor, message_id="Diagnostics"))
