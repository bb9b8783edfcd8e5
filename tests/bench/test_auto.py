"""The simulated station that fits a project, for runs without an operator."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.bench.auto import station_of
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.project_values import Values
from labapp.simulator.settings import StationConfig


def _project(dut: Dut, **values: Any) -> Project:
    return Project(sut="cs", connection=Connection(identity="CP1"), dut=dut, values=Values(**values))


def test_what_a_project_leaves_open_is_as_the_standard_station_has_it() -> None:
    assert station_of(_project(Dut())) == StationConfig(identity="CP1")


@pytest.mark.parametrize(
    ("dut", "expected"),
    [
        ({"features": ("Core", "Reservation")}, {"features": ("Core", "Reservation")}),
        ({"reserve_connector_zero": False}, {"reserves_station": False}),
        ({"mode_1_2_only": True}, {"mode12": True}),
        (
            {"readers": "single", "connectors": 2, "evses": ((1,), (2,))},
            {"shared_reader": True, "evses": ((1,), (2,))},
        ),
        ({"readers": "none", "start_button": True}, {"start_button": True, "button_only": True}),
        ({"cable": "fixed", "cache": False, "local_list": False}, {"fixed_cable": True, "cache": False, "local_list": False}),
        ({"backup_power": True, "local_start": False}, {"backup_power": True, "local_start": False}),
    ],
)  # fmt: skip
def test_it_is_built_as_the_project_says(dut: dict[str, Any], expected: dict[str, Any]) -> None:
    assert station_of(_project(Dut(**dut))) == StationConfig(identity="CP1", **expected)


def test_its_button_is_the_valid_card() -> None:
    assert station_of(_project(Dut(), valid_id_tag="MINE")).button_id_tag == "MINE"
