"""Every OCPP 1.6 case of a central system, block by block."""

from __future__ import annotations

from labapp.cases.v16.central_system import (
    boot,
    cache,
    configuration,
    faults,
    offline,
    power,
    refusals,
    remote,
    reset,
    security,
    smart_charging,
    start,
    stop,
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
    *smart_charging.CASES,
    *security.CASES,
)
