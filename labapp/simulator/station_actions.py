"""What hands do to the simulated station: plugs, cards, buttons, faults (the names of `labapp.domain.actions`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from labapp.domain.actions import DONE, Outcome, impossible
from labapp.simulator.connector import NO_ERROR, Connector
from labapp.simulator.device import MODE12_FLOW, Device

#: Seconds that a user waits for the reader to react.
PATIENCE = 2.0

#: The error codes of StatusNotification.req (OCPP 1.6 edition 2, section 7.6).
ERROR_CODES = frozenset(
    {
        "ConnectorLockFailure",
        "EVCommunicationError",
        "GroundFailure",
        "HighTemperature",
        "InternalError",
        "LocalListConflict",
        "OtherError",
        "OverCurrentFailure",
        "OverVoltage",
        "PowerMeterFailure",
        "PowerSwitchFailure",
        "ReaderFailure",
        "ResetFailure",
        "UnderVoltage",
        "WeakSignal",
    }
)


class Hands:
    """The physical actions on one station that has power."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._runtime = device.runtime
        at_connector: dict[str, Callable[[Connector, Mapping[str, Any]], Outcome]] = {
            "plug_in": self._plug_in,
            "plug_in_halfway": self._plug_in_halfway,
            "unplug": self._unplug,
            "unplug_ev_side": self._unplug_ev_side,
            "present_id": self._present_id,
            "set_connector_lock_failure": self._set_lock_failure,
            "start_button": self._start_button,
            "stop_button": self._stop_button,
            "ev_suspend": self._ev_suspend,
        }
        self._at_connector = at_connector
        self._deciding: asyncio.Task[None] | None = None

    async def see(self) -> None:
        """Wait, as a user does, until the station has decided about the identification that was presented; not for ever."""
        deciding, self._deciding = self._deciding, None
        if deciding is not None:
            await asyncio.wait({deciding}, timeout=PATIENCE)

    def act(self, action: str, args: Mapping[str, Any]) -> Outcome | None:
        """Perform an action; None when it is not one of those that hands do here."""
        if action in self._at_connector:
            connector = self._device.connectors.get(args["connector"]) if "connector" in args else self._in_hand()
            if connector is None:
                return impossible(f"there is no connector {args['connector']}")
            return self._at_connector[action](connector, args)
        if action == "set_fault":
            return self._set_fault(args["connector"], args.get("error_code", "OtherError"))
        if action == "clear_fault":
            return self._clear_fault(args.get("connector"))
        if action == "fail_local_list":
            self._device.authorizer.local_list.fails_next = True
            return DONE
        if action == "inspect":
            return self._inspect(args["subject"], args["expected"])
        return None

    def _in_hand(self) -> Connector:
        connectors = list(self._device.connectors.values())
        return next((each for each in connectors if each.plugged), connectors[0])

    def _plug_in(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if connector.plugged and connector.ev_connected:
            return impossible("the cable is plugged in already")
        connector.plugged = connector.ev_connected = True
        if connector.lock_failure:
            self._device.set_fault(connector, "ConnectorLockFailure")
        if self._runtime.config.mode12:
            connector.seen = True
            self._runtime.after(MODE12_FLOW, lambda: self._lose_sight(connector), f"power flow {connector.id}")
        if self._runtime.defect("connector_zero_preparing"):
            self._device.reporter.update(0, "Preparing", NO_ERROR)
        self._device.changed(connector)
        self._device.begin_if_ready(connector)
        return DONE

    def _lose_sight(self, connector: Connector) -> None:
        connector.seen = False
        self._device.changed(connector)

    def _plug_in_halfway(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if connector.fixed_cable:
            return impossible("the cable is fixed to the station")
        if connector.plugged:
            return impossible("the cable is plugged in already")
        connector.plugged = True
        self._device.set_fault(connector, "ConnectorLockFailure")
        return DONE

    def _unplug(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if not connector.plugged:
            return impossible("no cable is plugged in")
        if connector.ev_connected:
            self._unplug_ev_side(connector, {})
        if connector.locked:
            return impossible("the connector is locked")
        if not connector.fixed_cable:
            self._remove(connector)
        return DONE

    def _unplug_ev_side(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if not connector.ev_connected:
            return impossible("no vehicle is connected")
        connector.ev_connected = False
        configuration = self._device.configuration
        if connector.transaction is not None:
            if configuration.boolean("StopTransactionOnEVSideDisconnect"):
                if connector.fixed_cable:
                    connector.plugged = False
                unlock = configuration.boolean("UnlockConnectorOnEVSideDisconnect")
                self._device.transactions.stop(connector, "EVDisconnected", unlock=unlock)
        elif connector.fixed_cable:
            self._remove(connector)
        self._device.changed(connector)
        return DONE

    def _remove(self, connector: Connector) -> None:
        connector.plugged = connector.used = connector.ev_connected = False
        if connector.fault == "ConnectorLockFailure":
            connector.fault = NO_ERROR
        self._device.changed(connector)

    def _present_id(self, connector: Connector, args: Mapping[str, Any]) -> Outcome:
        config = self._runtime.config
        if config.button_only and args["id_tag"].lower() == config.button_id_tag.lower():
            # Where a button identifies the user, pressing it presents the identification.
            if connector.transaction is None:
                return self._start_button(connector, args)
            own = connector.transaction.id_tag.lower() == config.button_id_tag.lower()
            self._device.transactions.stop(connector, "Local", id_tag=config.button_id_tag if own else None)
            return DONE
        if not config.has_reader:
            return impossible("this station has no reader")
        return self._identify(connector, args["id_tag"], "card")

    def _start_button(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if not self._runtime.config.has_buttons:
            return impossible("this station has no start button")
        if connector.transaction is None:
            return self._identify(connector, self._runtime.config.button_id_tag, "start button")
        return DONE

    def _identify(self, connector: Connector, id_tag: str, by: str) -> Outcome:
        self._deciding = self._runtime.spawn(self._device.present(connector, id_tag), f"{by} at {connector.id}")
        return DONE

    def _stop_button(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if not self._runtime.config.has_buttons:
            return impossible("this station has no stop button")
        self._device.transactions.stop(connector, "Local")
        return DONE

    def _ev_suspend(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if connector.transaction is None:
            return impossible("the vehicle is not charging")
        connector.ev_suspended = True
        self._device.changed(connector)
        return DONE

    def _set_lock_failure(self, connector: Connector, _: Mapping[str, Any]) -> Outcome:
        if connector.fixed_cable:
            return impossible("the cable is fixed to the station")
        if not connector.lockable:
            return impossible("the connector has no lock")
        connector.lock_failure = True
        return DONE

    def _set_fault(self, number: int, error_code: str) -> Outcome:
        if error_code not in ERROR_CODES:
            return impossible(f"{error_code!r} is no error code")
        concerned = self._concerned(number)
        if concerned is None:
            return impossible(f"there is no connector {number}")
        if number == 0:
            self._device.fault = error_code
        for connector in concerned:
            self._device.set_fault(connector, error_code)
        return DONE

    def _clear_fault(self, number: int | None) -> Outcome:
        concerned = self._concerned(number or 0)
        if concerned is None:
            return impossible(f"there is no connector {number}")
        if not number:
            self._device.fault = NO_ERROR
        for connector in concerned:
            connector.lock_failure = False
            self._device.set_fault(connector, NO_ERROR)
        return DONE

    def _concerned(self, number: int) -> list[Connector] | None:
        if number == 0:
            return list(self._device.connectors.values())
        connector = self._device.connectors.get(number)
        return [connector] if connector is not None else None

    def _inspect(self, subject: str, expected: str) -> Outcome:
        subject_name, _, number = subject.partition(":")
        connector = self._device.connectors.get(int(number) if number.isdigit() else 1)
        if connector is None:
            return impossible(f"there is no connector {number}")
        facts = {
            "status": connector.status,
            "lock": "locked" if connector.locked else "unlocked",
            "cable": "plugged" if connector.plugged else "unplugged",
            "transaction": "running" if connector.transaction else "none",
        }
        if subject_name not in facts:
            return impossible(
                f"the simulator cannot look at {subject!r}; it knows {', '.join(facts)}, each with :CONNECTOR"
            )
        seen = facts[subject_name]
        return DONE if seen == expected else impossible(f"{subject} is {seen}")
