"""Every case, state and utility, by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from labapp.cases.utilities import IDLE, UTILITIES
from labapp.cases.v16.central_system import every as every_csms
from labapp.cases.v16.central_system import states as states_csms
from labapp.cases.v16.charge_point import (
    boot,
    cache,
    configuration,
    data_transfer,
    faults,
    firmware,
    local_list,
    meter_values,
    offline,
    power,
    refusals,
    remote,
    reservations,
    reset,
    smart_charging,
    start,
    stop,
    triggers,
    unlock,
)
from labapp.cases.v16.charge_point import states as states_cs
from labapp.cases.v201.central_system import every as every_csms_201
from labapp.cases.v201.central_system import states as states_csms_201
from labapp.domain.testcase import CENTRAL_SYSTEM, LinkOrder, TestCase, UseState

ALL: tuple[TestCase, ...] = (
    *UTILITIES,
    *states_cs.STATES,
    *boot.CASES,
    *start.CASES,
    *stop.CASES,
    *cache.CASES,
    *remote.CASES,
    *reset.CASES,
    *unlock.CASES,
    *configuration.CASES,
    *meter_values.CASES,
    *refusals.CASES,
    *faults.CASES,
    *power.CASES,
    *offline.CASES,
    *local_list.CASES,
    *firmware.CASES,
    *triggers.CASES,
    *smart_charging.CASES,
    *reservations.CASES,
    *data_transfer.CASES,
    *states_csms.STATES,
    *every_csms.CASES,
    *every_csms_201.STATES,
    *every_csms_201.CASES,
)

#: By id; ids are unique within a version and role, and so far across all of them.
CATALOGUE: Mapping[str, TestCase] = MappingProxyType({case.id: case for case in (*ALL, IDLE)})

#: The state that a central system's cases begin in.
READY: Mapping[str, UseState] = MappingProxyType(
    {"1.6": UseState(states_csms.BOOTED), "2.0.1": UseState(states_csms_201.BOOTED)}
)


def ready_state(case: TestCase) -> UseState | None:
    """What must hold before the case begins: a central system has accepted the boot.

    None of a charge point, and of a case that begins without a connection: it brings connection and boot about itself.
    """
    unconnected = case.before[:1] == (LinkOrder("disconnect"),)
    return READY[case.ocpp] if case.sut == CENTRAL_SYSTEM and case.kind == "case" and not unconnected else None
