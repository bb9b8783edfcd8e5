"""In what surroundings the cases are run: variants of the simulated devices, and values of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.simulator.csms_variants import CSMS_VARIANTS
from labapp.simulator.variants import VARIANTS


@dataclass(frozen=True, slots=True)
class Setting:
    """variants: of the simulated device; values: of the project that differ; password: of a station that has one.

    thorough: every mutant is made here too, not only those of rows that no setting before it has reached.
    """

    name: str
    variants: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    password: str = ""
    thorough: bool = False


STANDARD = Setting("standard", thorough=True)

_VALUES = (
    Setting("single_phase", values={"number_phases": 1}),
    Setting("watts", values={"charging_rate_unit": "W", "local_limit": 22080}),
)
_STATIONS = (
    Setting("password", password="selftest-password-1"),
    *(Setting(name, (name,), thorough=name == "two_connectors") for name in VARIANTS),
)
_CENTRAL_SYSTEMS = tuple(Setting(name, (name,)) for name in CSMS_VARIANTS)


def settings(case: TestCase) -> Iterator[Setting]:
    """The settings that a case may be run in, the standard one first; its prerequisites say which of them fit."""
    yield STANDARD
    yield from _STATIONS if case.sut == CHARGE_POINT else _CENTRAL_SYSTEMS
    yield from _VALUES
