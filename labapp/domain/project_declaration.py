"""A project together with the vendor's declaration: the declared facts of the device, and limits that bound the values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from labapp.domain.pics import Declaration
from labapp.domain.pics_facts import facts
from labapp.domain.project import Dut, Project
from labapp.domain.project_checks import Fault, faults_of
from labapp.domain.project_values import Values

#: Declared limits that bound a value: key under [values], question of the lowest and of the highest value.
BOUNDS = (
    (
        "heartbeat_interval",
        "limits.minimum_heartbeat_interval_supported",
        "limits.maximum_heartbeat_interval_supported",
    ),
    (
        "meter_value_interval",
        "limits.minimum_meter_value_sample_interval_supported",
        "limits.maximum_meter_value_sample_interval_supported",
    ),
    ("stack_level", "", "limits.charge_profile_max_stack_level"),
)

_RATE_UNITS = "limits.charging_schedule_allowed_charging_rate_unit"
_UNITS = {"Current": "A", "Power": "W"}
_YES_NO = {"Yes": True, "No": False}

#: Facts that a declaration may leave open, by the question: while it does, what the project states holds.
_MAY_BE_OPEN = {
    "local_start": "supplementary.local_start",
    "local_stop": "supplementary.local_stop",
    "start_button": "supplementary.start_button",
    "backup_power": "supplementary.backup_power",
    "firmware_during_transaction": "supplementary.firmware_update_during_transaction",
    "security_certificate": "supplementary.security_certificate",
    "evses": "supplementary.evses",
    "connectors": "supplementary.evses",
}


def with_declaration(project: Project, declaration: Declaration) -> tuple[Project, tuple[Fault, ...]]:
    """The project with the declared facts under [dut], and its default values moved into the declared limits.

    A fact that the file states holds only where the declaration leaves it open. The faults: a declaration of the other kind of
    device, a value that the file states outside a declared limit, and what `faults_of` finds of the whole.
    """
    faults: list[Fault] = []
    if declaration.sut != project.sut:
        mend = "name the declaration of this device, or correct sut"
        faults.append(Fault("project", "pics", f'the declaration is of sut = "{declaration.sut}"', mend))
    moved: dict[str, Any] = {}
    for key, value, limit in outside_limits(project.values, declaration):
        if f"values.{key}" in project.stated:
            stated = getattr(project.values, key)
            faults.append(Fault("values", key, f"{stated} is outside the declared limits", f"write {limit}"))
        else:
            moved[key] = value
    joined = replace(
        project,
        dut=dut_from_declaration(project.dut, declaration, project.stated),
        values=replace(project.values, **moved),
    )
    return joined, (*faults, *faults_of(joined))


def dut_from_declaration(dut: Dut, declaration: Declaration, stated: frozenset[str] = frozenset()) -> Dut:
    """The declared facts over those of the project. stated: keys that the project file gives, as "dut.local_start"."""
    declared = facts(declaration)
    if declared.pop("sut") == "csms":
        declared = {key: declared[key] for key in ("features", "milliseconds", "security_profiles", "limits")}
    else:
        declared["firmware_during_transaction"] = declared.pop("firmware_update_during_transaction")
    taken: dict[str, Any] = {
        **declared,
        "features": tuple(declared["features"]),
        "vendor": declaration.answer("general.vendor_name"),
        "model": declaration.answer("general.type_model"),
        "serial_number": declaration.answer("supplementary.serial_number"),
        "hardware_version": declaration.answer("supplementary.hardware_version"),
        "software_version": declaration.answer("general.ocpp_software_version"),
        "readers": declaration.answer("general.rfid_readers"),
        "minimum_status_duration": _YES_NO.get(str(declaration.answer("optional.minimum_status_duration"))),
    }
    if "evses" in taken:
        taken["evses"] = tuple(tuple(evse) for evse in taken["evses"])
    for key in _kept(declaration, stated):
        taken.pop(key, None)
    own = {item.name for item in fields(Dut)}
    known = {key: value for key, value in taken.items() if key in own and value is not None}
    further = {key: value for key, value in taken.items() if key not in own}
    return replace(dut, **known, declared=MappingProxyType(further))


def _kept(declaration: Declaration, stated: frozenset[str]) -> Iterator[str]:
    if stated & {"dut.evses", "dut.connectors"}:
        stated |= {"dut.evses", "dut.connectors"}  # either follows from the other
    for key, question in _MAY_BE_OPEN.items():
        if f"dut.{key}" in stated and declaration.answer(question) is None:
            yield key


def outside_limits(values: Values, declaration: Declaration) -> Iterator[tuple[str, Any, str]]:
    """Each value outside its declared limits: key, nearest value inside, and the limit in words."""
    for key, lowest, highest in BOUNDS:
        value = getattr(values, key)
        low, high = declaration.number(lowest), declaration.number(highest)
        if low is not None and value < low:
            yield key, math.ceil(low), f"at least {low:g}"
        elif high is not None and value > high:
            yield key, math.floor(high), f"at most {high:g}"
    units = declaration.answer(_RATE_UNITS)
    allowed = [_UNITS[unit] for unit in units if unit in _UNITS] if isinstance(units, tuple) else []
    if allowed and values.charging_rate_unit not in allowed:
        yield "charging_rate_unit", allowed[0], " or ".join(f'"{unit}"' for unit in allowed)
