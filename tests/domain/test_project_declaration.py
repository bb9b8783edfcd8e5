"""A project together with the vendor's declaration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labapp.domain.pics import Answer, Declaration
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.project_declaration import with_declaration
from labapp.domain.project_values import Values

STATION: dict[str, Answer] = {
    "general.vendor_name": "Vendor",
    "general.dut": "Charging Station",
    "general.type_model": "Post 2",
    "general.fixed_cable": "Yes",
    "general.ocpp_software_version": "4.2",
    "general.support_for_milliseconds_in_ocpp_messages": "Yes",
    "general.rfid_readers": "single",
    "optional.authorization_cache": "Yes",
    "profiles.core": "Yes",
    "profiles.reservation": "Yes",
}


def declared(**answers: Answer) -> Declaration:
    return Declaration("1.1.4", STATION | {key.replace("__", "."): answer for key, answer in answers.items()})


def project(*stated: str, dut: Dut | None = None, **values: Any) -> Project:
    names = {"project.sut", "connection.identity", *stated, *(f"values.{key}" for key in values)}
    return Project(
        sut="cs",
        connection=Connection(identity="CP1"),
        dut=dut or Dut(),
        values=Values(**values),
        stated=frozenset(names),
    )


def test_the_declaration_states_the_facts() -> None:
    joined, faults = with_declaration(
        project(dut=Dut(cable="socket", cache=False)),
        declared(
            supplementary__evses="[[1,2]]", optional__minimum_status_duration="No", supplementary__serial_number="S1"
        ),
    )
    dut = joined.dut
    assert faults == ()
    assert (dut.cable, dut.cache, dut.milliseconds, dut.readers) == ("fixed", True, True, "single")
    assert (dut.connectors, dut.evses, dut.features) == (2, ((1, 2),), ("Core", "Reservation"))
    assert (dut.vendor, dut.model, dut.software_version, dut.serial_number) == ("Vendor", "Post 2", "4.2", "S1")
    assert dut.minimum_status_duration is False
    assert dut.hardware_version is None
    assert dut.local_start is True  # the station has a reader, and nothing says otherwise
    assert dut.shared_reader is True
    assert (dut.mode_1_2_only, dut.firmware_during_transaction) == (False, False)
    assert {"limits", "security_profiles", "certificate_scope"} <= set(dut.declared)
    assert "sut" not in dut.facts()


def test_what_the_declaration_leaves_open_the_project_states() -> None:
    stated = ("dut.backup_power", "dut.evses", "dut.cache", "dut.firmware_during_transaction", "dut.hardware_version")
    dut = Dut(
        connectors=2,
        evses=((1, 2),),
        backup_power=True,
        cache=False,
        firmware_during_transaction=True,
        hardware_version="H1",
    )
    joined, _ = with_declaration(project(*stated, dut=dut), declared())
    assert (joined.dut.evses, joined.dut.connectors, joined.dut.backup_power) == (((1, 2),), 2, True)
    assert (joined.dut.firmware_during_transaction, joined.dut.hardware_version) == (True, "H1")
    assert joined.dut.cache is True  # the declaration answers this one
    several, _ = with_declaration(project(), declared(general__socket_connector="multiple"))
    assert (several.dut.evses, several.dut.connectors) == (((1,), (2,)), 2)
    answered, _ = with_declaration(
        project(*stated, dut=dut), declared(supplementary__evses="[[1],[2],[3]]", supplementary__backup_power="No")
    )
    assert (answered.dut.evses, answered.dut.connectors) == (((1,), (2,), (3,)), 3)
    assert answered.dut.backup_power is False


def test_a_default_outside_the_declared_limits_moves_to_them() -> None:
    limits = declared(
        limits__minimum_heartbeat_interval_supported=30,
        limits__maximum_meter_value_sample_interval_supported=5,
        limits__charge_profile_max_stack_level=2,
        limits__charging_schedule_allowed_charging_rate_unit=("Power",),
    )
    joined, faults = with_declaration(project(), limits)
    assert faults == ()
    values = joined.values
    assert (values.heartbeat_interval, values.meter_value_interval) == (30, 5)
    assert (values.stack_level, values.charging_rate_unit) == (0, "W")


@pytest.mark.parametrize(
    ("values", "limit", "fault"),
    [
        (
            {"heartbeat_interval": 10}, {"limits__minimum_heartbeat_interval_supported": 30},
            ("values", "heartbeat_interval", "10 is outside the declared limits", "write at least 30"),
        ),
        (
            {"stack_level": 3}, {"limits__charge_profile_max_stack_level": 2},
            ("values", "stack_level", "3 is outside the declared limits", "write at most 2"),
        ),
        (
            {"charging_rate_unit": "W"}, {"limits__charging_schedule_allowed_charging_rate_unit": ("Current",)},
            ("values", "charging_rate_unit", "W is outside the declared limits", 'write "A"'),
        ),
        (
            {"connector_id": 2}, {},
            ("values", "connector_id", "the device has no connector 2", "use 1 to 1, or state [dut] connectors"),
        ),
    ],
)  # fmt: skip
def test_a_stated_value_outside_the_declared_limits_is_a_fault(
    values: dict[str, Any], limit: dict[str, Answer], fault: tuple[str, str, str, str]
) -> None:
    _, faults = with_declaration(project(**values), declared(**limit))
    assert faults == (fault,)


@pytest.mark.parametrize(
    "limit",
    [
        {},
        {"limits__minimum_heartbeat_interval_supported": 10},
        {"limits__maximum_heartbeat_interval_supported": 10},
        {"limits__charging_schedule_allowed_charging_rate_unit": ("Current", "Power")},
    ],
)
def test_a_stated_value_inside_the_declared_limits_stays(limit: dict[str, Answer]) -> None:
    joined, faults = with_declaration(project(heartbeat_interval=10, charging_rate_unit="A"), declared(**limit))
    assert (joined.values.heartbeat_interval, faults) == (10, ())


def test_a_declaration_of_the_other_kind_of_device_is_a_fault() -> None:
    csms = Declaration("1.1.4", {"general.dut": "CSMS", "general.vendor_name": "Vendor", "profiles.core": "Yes"})
    joined, faults = with_declaration(project(), csms)
    mend = "name the declaration of this device, or correct sut"
    assert faults == (("project", "pics", 'the declaration is of sut = "csms"', mend),)
    assert joined.dut.connectors == 1
    of_csms = replace(project(), sut="csms", connection=Connection(identity="CP1", url="ws://127.0.0.1"))
    joined, faults = with_declaration(of_csms, csms)
    assert faults == ()
    assert (joined.dut.features, joined.dut.vendor) == (("Core",), "Vendor")
