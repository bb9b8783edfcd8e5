"""Every OCPP 1.6 case of a central system, block by block."""

from __future__ import annotations

from labapp.cases.v16.central_system import (
    boot,
    cache,
    configuration,
    data_transfer,
    faults,
    firmware,
    local_list,
    offline,
    power,
    refusals,
    remote,
    reservations,
    reset,
    security,
    smart_charging,
    start,
    stop,
    triggers,
    unlock,
)
from labapp.domain.testcase import TestCase

CASES: tuple[TestCase, ...] = (
    *boot.CASES,
    *start.CASES,
    *stop.CASES,
    *cache.CASES,
    *remote.CASES,
    *reset.CASES,
    *unlock.CASES,
    *configuration.CASES,
    *refusals.CASES,
    *faults.CASES,
    *power.CASES,
    *offline.CASES,
    *local_list.CASES,
    *firmware.CASES,
    *reservations.CASES,
    *triggers.CASES,
    *smart_charging.CASES,
    *data_transfer.CASES,
    *security.CASES,
)
