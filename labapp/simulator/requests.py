"""What the station does with each request of the central system (OCPP 1.6 edition 2, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp.exceptions import NotSupportedError, OccurenceConstraintViolationError, PropertyConstraintViolationError
from ocpp.v16 import call_result

from labapp.simulator.configuration import MAX_KEYS
from labapp.simulator.connector import Connector
from labapp.simulator.device import Device
from labapp.simulator.file_requests import FileRequests
from labapp.simulator.profiles import Profile, profile
from labapp.simulator.reservations import Reservation, moment_of
from labapp.simulator.session import Route
from labapp.simulator.triggers import Triggers

#: What the defect exceeds_max_keys can answer at once.
_FEW_KEYS = 20


class StationRequests:
    """The routes of a station; an action of a feature profile that it has not and that could not refuse has none.

    restart: carries out a Reset.req of the type given. announce, beat: send a BootNotification.req, a Heartbeat.req.
    """

    def __init__(
        self,
        device: Device,
        *,
        restart: Callable[[str], None],
        announce: Callable[[], None],
        beat: Callable[[], None],
    ) -> None:
        self._device = device
        self._runtime = device.runtime
        self._config = device.runtime.config
        self._restart = restart
        self._triggers = Triggers(device, announce=announce, beat=beat)
        self._files = FileRequests(device)

    def routes(self) -> Mapping[str, Route]:
        """What the station does with each action that it knows."""
        profiles = self._config.feature_profiles
        return {
            **(self._triggers.routes() if "RemoteTrigger" in profiles else {}),
            **(self._files.routes() if "FirmwareManagement" in profiles else {}),
            "CancelReservation": Route(self._cancel_reservation),
            "ChangeAvailability": Route(self._change_availability, self._after_change_availability),
            "ChangeConfiguration": Route(self._change_configuration),
            "ClearCache": Route(self._clear_cache),
            "ClearChargingProfile": Route(self._clear_charging_profile, self._reflow),
            "DataTransfer": Route(self._data_transfer),
            "GetCompositeSchedule": Route(self._get_composite_schedule),
            "GetConfiguration": Route(self._get_configuration),
            "GetLocalListVersion": Route(self._get_local_list_version),
            "RemoteStartTransaction": Route(self._remote_start, self._after_remote_start),
            "RemoteStopTransaction": Route(self._remote_stop, self._after_remote_stop),
            "ReserveNow": Route(self._reserve_now),
            "Reset": Route(self._reset, self._after_reset),
            "SendLocalList": Route(self._send_local_list),
            "SetChargingProfile": Route(self._set_charging_profile, self._reflow),
            "UnlockConnector": Route(self._unlock, self._after_unlock),
        }

    # 5.1, 5.13

    def _cancel_reservation(self, reservation_id: int, **_: Any) -> call_result.CancelReservation:
        cancelled = self._device.reservations.cancel(reservation_id) or self._runtime.defect("cancels_any_reservation")
        return call_result.CancelReservation(status="Accepted" if cancelled else "Rejected")

    def _reserve_now(
        self, connector_id: int, expiry_date: str, id_tag: str, reservation_id: int, **fields: Any
    ) -> call_result.ReserveNow:
        expiry = moment_of(expiry_date)
        if expiry <= self._runtime.now():
            return call_result.ReserveNow(status="Rejected")
        status = self._device.reservations.reserve(
            Reservation(reservation_id, connector_id, id_tag, fields.get("parent_id_tag"), expiry)
        )
        return call_result.ReserveNow(status=status)

    # 5.2

    def _change_availability(self, connector_id: int, type: str, **_: Any) -> call_result.ChangeAvailability:
        concerned = self._concerned(connector_id)
        if not concerned:
            return call_result.ChangeAvailability(status="Rejected")
        busy = any(each.transaction or each.status == "Preparing" for each in concerned)
        return call_result.ChangeAvailability(status="Scheduled" if busy and type == "Inoperative" else "Accepted")

    def _after_change_availability(self, connector_id: int, type: str, **_: Any) -> None:
        operative = type == "Operative"
        if connector_id == 0:
            self._device.operative = operative
        for connector in self._concerned(connector_id):
            connector.ends_operative = not operative
            if operative:
                connector.operative = True
            self._device.changed(connector)

    # 5.3, 5.8

    def _change_configuration(self, key: str, value: str, **_: Any) -> call_result.ChangeConfiguration:
        status = self._device.configuration.change(key, value)
        if status == "Rejected" and self._config.call_errors and not self._device.configuration.fits(key, value):
            raise PropertyConstraintViolationError(details={"cause": f"{value!r} is no value of {key}"})
        return call_result.ChangeConfiguration(status=status)

    def _get_configuration(self, key: list[str] | None = None, **_: Any) -> call_result.GetConfiguration:
        limit = _FEW_KEYS if self._runtime.defect("exceeds_max_keys") else MAX_KEYS
        if key and len(key) > limit:
            raise OccurenceConstraintViolationError(details={"cause": f"at most {limit} keys"})
        known, unknown = self._device.configuration.read(key)
        return call_result.GetConfiguration(configuration_key=known or None, unknown_key=unknown or None)

    # 5.4, 5.10, 5.15

    def _clear_cache(self, **_: Any) -> call_result.ClearCache:
        return call_result.ClearCache(status="Accepted" if self._device.authorizer.clear_cache() else "Rejected")

    def _get_local_list_version(self, **_: Any) -> call_result.GetLocalListVersion:
        authorizer = self._device.authorizer
        self._need_local_list()
        version = authorizer.local_list.version if authorizer.list_enabled else -1
        return call_result.GetLocalListVersion(list_version=version)

    def _send_local_list(
        self,
        list_version: int,
        update_type: str,
        local_authorization_list: list[Mapping[str, Any]] | None = None,
        **_: Any,
    ) -> call_result.SendLocalList:
        authorizer = self._device.authorizer
        self._need_local_list()
        if not authorizer.list_enabled:
            return call_result.SendLocalList(status="NotSupported")
        status = authorizer.local_list.update(list_version, update_type, local_authorization_list or [])
        return call_result.SendLocalList(status=status)

    def _need_local_list(self) -> None:
        if self._config.call_errors and not self._device.authorizer.list_enabled:
            raise NotSupportedError(details={"cause": "there is no local authorization list in use"})

    # 5.5, 5.7, 5.16

    @property
    def _charges_smartly(self) -> bool:
        return "SmartCharging" in self._config.feature_profiles

    def _clear_charging_profile(self, **fields: Any) -> call_result.ClearChargingProfile:
        cleared = self._device.smart_charging.clear(
            fields.get("id"),
            fields.get("connector_id"),
            fields.get("charging_profile_purpose"),
            fields.get("stack_level"),
        )
        return call_result.ClearChargingProfile(status="Accepted" if cleared else "Unknown")

    def _get_composite_schedule(
        self, connector_id: int, duration: int, charging_rate_unit: str = "A", **_: Any
    ) -> call_result.GetCompositeSchedule:
        connector = self._device.connectors.get(connector_id)
        if (connector is None and connector_id != 0) or not self._charges_smartly:
            return call_result.GetCompositeSchedule(status="Rejected")
        transaction = connector.transaction if connector else None
        start, schedule = self._device.smart_charging.composite(connector_id, transaction, duration, charging_rate_unit)
        return call_result.GetCompositeSchedule(
            status="Accepted", connector_id=connector_id, schedule_start=start, charging_schedule=schedule
        )

    def _set_charging_profile(
        self, connector_id: int, cs_charging_profiles: Mapping[str, Any], **_: Any
    ) -> call_result.SetChargingProfile:
        if not self._charges_smartly:
            return call_result.SetChargingProfile(status="NotSupported")
        connector = self._device.connectors.get(connector_id)
        known = connector is not None or connector_id == 0
        transaction = connector.transaction if connector else None
        of_transaction = cs_charging_profiles["charging_profile_purpose"] == "TxProfile"
        if self._config.call_errors and of_transaction and transaction is None:
            raise PropertyConstraintViolationError(
                details={"cause": "no transaction runs that a TxProfile could be for"}
            )
        installed = known and self._device.smart_charging.install(
            profile(cs_charging_profiles, connector_id), transaction
        )
        return call_result.SetChargingProfile(status="Accepted" if installed else "Rejected")

    def _reflow(self, **_: Any) -> None:
        for connector in self._device.connectors.values():
            self._device.transactions.flow(connector)

    # 5.6

    def _data_transfer(self, vendor_id: str, message_id: str | None = None, **_: Any) -> call_result.DataTransfer:
        if vendor_id != self._runtime.config.vendor:
            return call_result.DataTransfer(status="UnknownVendorId")
        return call_result.DataTransfer(status="UnknownMessageId" if message_id else "Rejected")

    # 5.11, 5.12

    def _remote_start(self, id_tag: str, **fields: Any) -> call_result.RemoteStartTransaction:
        connector = self._to_start_on(fields.get("connector_id"), id_tag)
        wanted = self._start_profile(fields)
        if self._config.call_errors and fields.get("connector_id") == 0:
            raise PropertyConstraintViolationError(details={"cause": "connectorId is greater than 0 (section 6.33)"})
        if self._config.call_errors and wanted is not None and wanted.purpose != "TxProfile":
            raise PropertyConstraintViolationError(details={"cause": "the profile of a start is a TxProfile"})
        profile_fits = wanted is None or self._device.smart_charging.acceptable_for_start(wanted)
        accepted = connector is not None and profile_fits and self._runtime.online
        return call_result.RemoteStartTransaction(status="Accepted" if accepted else "Rejected")

    def _after_remote_start(self, id_tag: str, **fields: Any) -> None:
        connector = self._to_start_on(fields.get("connector_id"), id_tag)
        wanted = self._start_profile(fields)
        if connector is None or (wanted is not None and not self._device.smart_charging.acceptable_for_start(wanted)):
            return
        self._runtime.spawn(self._device.remote_start(connector, id_tag, wanted), f"remote start {connector.id}")

    def _to_start_on(self, connector_id: int | None, id_tag: str) -> Connector | None:
        device = self._device
        if connector_id == 0 and self._runtime.defect("accepts_connector_zero"):
            connector_id = 1
        candidates = [n for n in device.connectors if connector_id in (None, n)]
        for connector in (device.connectors[number] for number in candidates):
            if self._runtime.defect("accepts_remote_start_busy"):
                return connector
            if not device.startable(connector):
                continue
            holding = device.reservations.holding(connector.id)
            # With a parentIdTag it takes the Authorize.conf to know whether the user belongs to the group.
            if holding is None or holding.parent_id_tag is not None or holding.id_tag.lower() == id_tag.lower():
                return connector
        return None

    def _start_profile(self, fields: Mapping[str, Any]) -> Profile | None:
        # Without SmartCharging the profile is not looked at (section 5.11).
        given = fields.get("charging_profile") if self._charges_smartly else None
        return profile(given, fields.get("connector_id") or 0) if given else None

    def _remote_stop(self, transaction_id: int, **_: Any) -> call_result.RemoteStopTransaction:
        found = self._device.transactions.find(transaction_id)
        return call_result.RemoteStopTransaction(status="Accepted" if found else "Rejected")

    def _after_remote_stop(self, transaction_id: int, **_: Any) -> None:
        connector = self._device.transactions.find(transaction_id)
        if connector is not None:
            self._device.transactions.stop(connector, "Remote")

    # 5.14, 5.18

    def _reset(self, **_: Any) -> call_result.Reset:
        return call_result.Reset(status="Accepted")

    def _after_reset(self, type: str, **_: Any) -> None:
        self._restart(type)

    def _unlock(self, connector_id: int, **_: Any) -> call_result.UnlockConnector:
        connector = self._device.connectors.get(connector_id)
        if connector is None or not connector.lockable:
            return call_result.UnlockConnector(status="NotSupported")
        return call_result.UnlockConnector(status="UnlockFailed" if connector.lock_failure else "Unlocked")

    def _after_unlock(self, connector_id: int, **_: Any) -> None:
        connector = self._device.connectors.get(connector_id)
        if connector is None or not connector.lockable:
            return
        if connector.lock_failure:
            if self._config.reports_unlock_failure:
                self._device.set_fault(connector, "ConnectorLockFailure")
            return
        self._device.transactions.stop(connector, "UnlockCommand")
        connector.locked = False

    def _concerned(self, connector_id: int) -> list[Connector]:
        if connector_id == 0:
            return list(self._device.connectors.values())
        connector = self._device.connectors.get(connector_id)
        return [connector] if connector is not None else []
