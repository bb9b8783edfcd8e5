"""The simulated central systems, by version of OCPP."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from labapp.engine.ports import Clock
from labapp.simulator.csms import Csms16
from labapp.simulator.csms201 import Csms201
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import CsmsConfig

CENTRAL_SYSTEMS: Mapping[str, type[SimulatedCsms]] = MappingProxyType(
    {each.version: each for each in (Csms16, Csms201)}
)


def csms_for(config: CsmsConfig, clock: Clock) -> SimulatedCsms:
    """The simulated central system of the configuration's OCPP version."""
    return CENTRAL_SYSTEMS[config.version](config, clock)
