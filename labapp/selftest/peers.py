"""Conformant peers for the arena: simulated devices at one end of an in-memory rendezvous, the tool's link at the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from labapp.domain.actions import Outcome
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.engine.campaign import Givens
from labapp.engine.ports import Clock, Link
from labapp.links.memory import Rendezvous
from labapp.links.memory_link import MemoryCentralSystemLink, MemoryChargePointLink
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.arena import Bout
from labapp.selftest.settings import STANDARD, Setting
from labapp.simulator.central_systems import csms_for
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig, Tag
from labapp.simulator.csms_variants import csms_config
from labapp.simulator.settings import FEATURE_PROFILES, StationConfig
from labapp.simulator.station import Station
from labapp.simulator.transfers import FIRMWARE_MAGIC, MemoryTransfers
from labapp.simulator.variants import station_config

IDENTITY = "SELFTEST"
PASSWORD = "selftest-password-1"

#: Values of the self-test. Intervals are short; on a virtual clock that only saves work.
VALUES: Mapping[str, Any] = {
    "connector_id": 1,
    "valid_id_tag": "LAB-VALID-1",
    "valid_id_tag_2": "LAB-VALID-2",
    "invalid_id_tag": "LAB-INVALID",
    "expired_id_tag": "LAB-EXPIRED",
    "blocked_id_tag": "LAB-BLOCKED",
    "parent_id_tag": "LAB-GROUP",
    "heartbeat_interval": 60,
    "meter_value_interval": 10,
    "clock_aligned_interval": 20,
    "connection_timeout": 60,
    "transaction_duration": 10,
    "reservation_offset": 60,
    "charging_rate_unit": "A",
    "number_phases": 3,
    "stack_level": 0,
    "schedule_duration": 300,
    "max_time_deviation": 5,
    "local_limit": 32,
    "vendor_name": "labapp",
    "model": "SimStation",
    "firmware_location": "http://files.selftest/firmware/station.bin",
    "invalid_firmware_location": "http://files.selftest/unsupported/station.bin",
    "log_location": "http://files.selftest/uploads",
    "invalid_log_location": "http://files.selftest/nowhere",
}
TIMEOUTS: Mapping[str, float] = {
    "connect": 60,
    "message": 30,
    "long_operation": 120,
    "reboot": 900,
    "reconnect": 120,
    "firmware": 1800,
}
OPTIONS: Mapping[str, Any] = {
    "review": "advice",
    "cut": "refuse",
    "quiet_window": 3,
    "reset": "ocpp",
    "operator_timeout": 300,
}


class CentralSystemPeer:
    """A simulated central system, whose work is done as connections come."""

    def __init__(self, system: SimulatedCsms) -> None:
        self._system = system
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped."""
        await self._over.wait()

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to it what an operator would."""
        return await self._system.act(action, args)

    def stop(self) -> None:
        """Take it away."""
        self._over.set()


def charge_point_bout(case: TestCase, clock: Clock, setting: Setting, defects: tuple[str, ...]) -> Bout:
    """A case of a charge point against a simulated station."""
    rendezvous = Rendezvous()
    config = station_of(setting, defects)
    link = MemoryCentralSystemLink(rendezvous, IDENTITY, VERSIONS[case.ocpp].subprotocol, clock)
    givens = station_givens(config, setting)
    return Bout(case, givens, link, Station(config, rendezvous, clock, file_servers(givens.values)), clock)


def central_system_bout(case: TestCase, clock: Clock, setting: Setting, defects: tuple[str, ...]) -> Bout:
    """A case of a central system against a simulated one."""
    rendezvous = Rendezvous()
    system = central_system(case, clock, setting, defects)
    rendezvous.listen(system.admit, system.accept)
    link: Link = MemoryChargePointLink(rendezvous, IDENTITY, VERSIONS[case.ocpp].subprotocol, clock, PASSWORD)
    givens = central_system_givens(setting)
    return Bout(case, givens, link, CentralSystemPeer(system), clock, files=file_servers(givens.values))


def bout(case: TestCase, clock: Clock, setting: Setting = STANDARD, *, defects: tuple[str, ...] = ()) -> Bout:
    """The case against the peer that its role asks for."""
    make = charge_point_bout if case.sut == CHARGE_POINT else central_system_bout
    return make(case, clock, setting, defects)


def station_of(setting: Setting, defects: tuple[str, ...] = ()) -> StationConfig:
    """The simulated station of a setting."""
    base = StationConfig(identity=IDENTITY, password=setting.password or None)
    return station_config(base, variants=setting.variants, defects=defects)


def central_system(
    case: TestCase,
    clock: Clock,
    setting: Setting = STANDARD,
    defects: tuple[str, ...] = (),
    values: Mapping[str, Any] = VALUES,
) -> SimulatedCsms:
    """The simulated central system that a case is for. values: of the project, without those of the setting."""
    given = {**values, **setting.values}
    base = CsmsConfig(
        version=case.ocpp,
        stations={IDENTITY: PASSWORD},
        tags=_tags(given),
        id_tag=given["valid_id_tag"],
        connector_id=given["connector_id"],
        heartbeat_interval=given["heartbeat_interval"],
        file_location=given["log_location"],
    )
    return csms_for(csms_config(base, setting.variants, defects), clock)


def _tags(values: Mapping[str, Any]) -> dict[str, Tag]:
    parent = values["parent_id_tag"]
    return {
        values["valid_id_tag"]: Tag(parent=parent),
        values["valid_id_tag_2"]: Tag(parent=parent),
        values["invalid_id_tag"]: Tag("Invalid"),
        values["expired_id_tag"]: Tag("Expired"),
        values["blocked_id_tag"]: Tag("Blocked"),
    }


def station_givens(config: StationConfig, setting: Setting) -> Givens:
    """What a run against a simulated station is given."""
    secrets = {"secrets": ("password",)} if setting.password else {}
    return Givens({**VALUES, **setting.values}, TIMEOUTS, station_facts(config), {**OPTIONS, **secrets})


def file_servers(values: Mapping[str, Any]) -> MemoryTransfers:
    """What the station reaches of the file servers that the values name: a firmware, a file that is none, a place for uploads."""
    files = {
        values["firmware_location"]: FIRMWARE_MAGIC + b"1.0.0",
        values["invalid_firmware_location"]: b"This is no firmware.",
    }
    return MemoryTransfers(files, (values["log_location"],))


def central_system_givens(setting: Setting) -> Givens:
    """What a run against a simulated central system is given."""
    dut = {"features": list(FEATURE_PROFILES), "security_profile": 1, "connectors": 2, "milliseconds": True}
    return Givens({**VALUES, **setting.values}, TIMEOUTS, dut, OPTIONS)


def station_facts(config: StationConfig) -> dict[str, Any]:
    """What the vendor of the simulated station would declare."""
    return {
        "connectors": len(config.connectors),
        "evses": [list(evse) for evse in config.evses],
        "cable": "fixed" if config.fixed_cable else "socket",
        "features": list(config.feature_profiles),
        "cache": config.cache,
        "local_list": "LocalAuthListManagement" in config.feature_profiles,
        "unknown_offline_authorization": True,
        "reserve_connector_zero": "Reservation" in config.feature_profiles and config.reserves_station,
        "local_start": config.local_start,
        "local_stop": config.local_start,
        "readers": "single" if config.shared_reader else "one per EVSE" if config.has_reader else "none",
        "shared_reader": config.shared_reader,
        "start_button": config.has_buttons,
        "backup_power": config.backup_power,
        "firmware_during_transaction": False,
        "mode_1_2_only": config.mode12,
        "milliseconds": True,
        "security_profile": 1 if config.password else 0,
    }
