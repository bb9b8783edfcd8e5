"""The variants in which a simulated charging station can be had: all of them keep to the specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from labapp.domain.errors import InputError
from labapp.simulator.defects import STATION_DEFECTS
from labapp.simulator.settings import StationConfig
from labapp.simulator.variant import Variant, in_variants

Change = Callable[[StationConfig], StationConfig]


def _with(**fields: Any) -> Change:
    return lambda config: replace(config, **fields)


def _setting(key: str, value: str) -> Change:
    return lambda config: replace(config, settings=MappingProxyType({**config.settings, key: value}))


def _fixed(key: str, value: str) -> Change:
    return lambda config: replace(config, fixed=MappingProxyType({**config.fixed, key: value}))


def _hidden(key: str, value: str) -> Change:
    return lambda config: replace(config, hidden=MappingProxyType({**config.hidden, key: value}))


def _without(profile: str) -> Change:
    return lambda config: replace(config, features=tuple(name for name in config.features if name != profile))


_ALL_MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"


def _many_measurands(config: StationConfig) -> StationConfig:
    for key in ("MeterValuesSampledData", "MeterValuesAlignedData"):
        config = _setting(key, _ALL_MEASURANDS)(config)
    return config


_BUILD = {
    "fixed_cable": Variant("the cable is fixed to the station; unlocking is not supported", _with(fixed_cable=True)),
    "backup_power": Variant(
        "a back-up power source lets it stop transactions before it goes down", _with(backup_power=True)
    ),
    "resumes_transactions": Variant(
        "goes on with its transactions after a loss of power", _with(resumes_transactions=True)
    ),
    "no_cache": Variant("no authorization cache", _with(cache=False)),
    "no_local_list": Variant("no local authorization list", _with(local_list=False)),
    "two_connectors": Variant("two connectors, each on its own EVSE", _with(evses=((1,), (2,)))),
    "three_connectors_one_evse": Variant(
        "three connectors on one EVSE, of which one can be used at a time", _with(evses=((1, 2, 3),))
    ),
    "no_local_start": Variant("no reader and no button: transactions start remotely only", _with(local_start=False)),
    "start_button": Variant(
        "a start and a stop button, which identify the user by a built-in idTag", _with(start_button=True)
    ),
    "button_only": Variant(
        "no reader: the start and the stop button alone identify the user, by a built-in idTag", _with(button_only=True)
    ),
    "shared_reader": Variant(
        "one reader for two connectors, at which the user picks the connector; it asks about every card",
        _with(evses=((1,), (2,)), shared_reader=True),
    ),
    "mode12": Variant(
        "charging mode 1 and 2 only: a plug is seen only while power flows, and no lock holds it", _with(mode12=True)
    ),
    "no_reservation": Variant("no Reservation profile: every reservation is refused", _without("Reservation")),
    "no_station_reservation": Variant(
        "the station as a whole cannot be reserved (ReserveConnectorZeroSupported is false)",
        _with(reserves_station=False),
    ),
    "no_smart_charging": Variant("no SmartCharging profile", _without("SmartCharging")),
    "no_remote_trigger": Variant("no RemoteTrigger profile", _without("RemoteTrigger")),
    "no_firmware_management": Variant(
        "no FirmwareManagement profile: neither firmware updates nor diagnostics", _without("FirmwareManagement")
    ),
}

_KEYS = {
    "authorize_remote_true": Variant(
        "AuthorizeRemoteTxRequests is true from the factory", _setting("AuthorizeRemoteTxRequests", "true")
    ),
    "authorize_remote_false": Variant(
        "AuthorizeRemoteTxRequests is false from the factory", _setting("AuthorizeRemoteTxRequests", "false")
    ),
    "authorize_remote_fixed_true": Variant(
        "AuthorizeRemoteTxRequests is true and can only be read", _fixed("AuthorizeRemoteTxRequests", "true")
    ),
    "authorize_remote_fixed_false": Variant(
        "AuthorizeRemoteTxRequests is false and can only be read", _fixed("AuthorizeRemoteTxRequests", "false")
    ),
    "ev_disconnect_fixed_true": Variant(
        "StopTransactionOnEVSideDisconnect is true and can only be read",
        _fixed("StopTransactionOnEVSideDisconnect", "true"),
    ),
    "ev_disconnect_fixed_false": Variant(
        "StopTransactionOnEVSideDisconnect is false and can only be read",
        _fixed("StopTransactionOnEVSideDisconnect", "false"),
    ),
    "ev_disconnect_absent": Variant(
        "no key StopTransactionOnEVSideDisconnect: such a disconnection always ends the transaction",
        _hidden("StopTransactionOnEVSideDisconnect", "true"),
    ),
    "no_status_delay": Variant(
        "no key MinimumStatusDuration: every status is reported at once", _hidden("MinimumStatusDuration", "0")
    ),
    "local_pre_authorize": Variant(
        "LocalPreAuthorize is true from the factory: known cards are not asked about",
        _setting("LocalPreAuthorize", "true"),
    ),
    "many_measurands": Variant("meters every measurand that it has from the factory", _many_measurands),
}

_CONDUCT = {
    "status_first": Variant(
        "StatusNotification goes before StartTransaction and StopTransaction", _with(order="status first")
    ),
    "transactions_first": Variant(
        "StatusNotification waits until no transaction message is queued, also after it was offline",
        _with(order="transactions first"),
    ),
    "soft_reset_without_boot": Variant(
        "a Soft reset ends its transactions and starts nothing anew: no BootNotification", _with(soft_reset_boots=False)
    ),
    "stops_after_boot": Variant(
        "goes down at once on a Hard reset and sends StopTransaction after the boot", _with(stops_after_boot=True)
    ),
    "boots_on_reconnect": Variant(
        "sends BootNotification after each loss of connection", _with(boots_on_reconnect=True)
    ),
    "unavailable_before_reboot": Variant(
        "reports Unavailable before it goes down for a reset", _with(unavailable_before_reboot=True)
    ),
    "unavailable_after_boot": Variant(
        "its connectors are Unavailable for eight seconds after a boot; a cable in them makes them Preparing then",
        _with(unavailable_after_boot=8.0),
    ),
    "slow_finish": Variant(
        "a connector is Finishing for 30 s after a transaction, with or without a cable",
        _with(finish_duration=30.0),
    ),
    "slow_reboot": Variant("a reboot takes three minutes", _with(reboot_duration=180.0)),
    "ten_minute_reboot": Variant("a reboot takes ten minutes", _with(reboot_duration=600.0)),
    "vendor_data_transfer": Variant(
        "sends a DataTransfer of its vendor every 20 s", _with(data_transfer_interval=20.0)
    ),
    "asks_again": Variant(
        "asks about a card that is presented again before the transaction has begun", _with(asks_again=True)
    ),
    "reports_unlock_failure": Variant(
        "a connector that could not be unlocked is Faulted, with ConnectorLockFailure",
        _with(reports_unlock_failure=True),
    ),
    "suspends_by_evse": Variant(
        "is SuspendedEVSE, not SuspendedEV, when the vehicle's side is unplugged", _with(suspends_by_evse=True)
    ),
    "no_status_timestamps": Variant("StatusNotification has no timestamp", _with(status_timestamps=False)),
    "call_errors": Variant(
        "refuses with a CALLERROR where the specification has one for it: NotSupported for a local list that is off or missing, "
        "PropertyConstraintViolation for values and profiles that cannot be",
        _with(call_errors=True),
    ),
}

_FIRMWARE = {
    "unavailable_for_firmware": Variant(
        "its connectors are Unavailable during a firmware update", _with(unavailable_for_firmware=True)
    ),
    "installed_before_boot": Variant(
        "reports a firmware as Installed before it boots with it", _with(installed_before_boot=True)
    ),
    "boots_after_failed_installation": Variant(
        "boots with the old firmware after a failed installation", _with(boots_after_failed_installation=True)
    ),
    "firmware_needs_reset": Variant(
        "stays in Installing until a Reset.req lets it boot with the new firmware", _with(firmware_needs_reset=True)
    ),
}

#: Every variant by name. The standard station has one connector with a socket, and every feature profile.
VARIANTS: Mapping[str, Variant[StationConfig]] = MappingProxyType({**_BUILD, **_KEYS, **_CONDUCT, **_FIRMWARE})


def station_config(base: StationConfig, *, variants: Iterable[str] = (), defects: Iterable[str] = ()) -> StationConfig:
    """The base station in the named variants, applied in order, with the named defects.

    Raises InputError for a name that does not exist.
    """
    config = in_variants(base, variants, VARIANTS)
    wanted = frozenset(defects)
    for name in sorted(wanted - STATION_DEFECTS.keys()):
        raise InputError(f"unknown defect {name!r}", mend=f"use one of {', '.join(STATION_DEFECTS)}")
    return replace(config, defects=config.defects | wanted)
