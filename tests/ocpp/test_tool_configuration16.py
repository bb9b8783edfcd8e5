"""The configuration of the charge point that the tool plays."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.ocpp.configuration_keys import required_keys
from labapp.ocpp.tool_configuration16 import read, written
from tests.engine.driver import Driver

PROFILES = ("Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger")


def told(keys: object = None, **setup: Any) -> dict[str, Any]:
    return read(Driver("TC_003_CS", **setup).interpreter.attempt, keys)


def test_it_has_every_key_that_its_feature_profiles_require() -> None:
    entries = {entry["key"]: entry for entry in told()["configurationKey"]}
    assert sorted(entries["SupportedFeatureProfiles"]["value"].split(",")) == sorted(PROFILES)
    assert {key.name for key in required_keys(PROFILES)} <= entries.keys()
    assert len(entries) <= int(entries["GetConfigurationMaxKeys"]["value"])


@pytest.mark.parametrize(
    ("key", "setup", "value"),
    [
        ("ConnectionTimeOut", {"values": {"connection_timeout": 45}}, "45"),
        ("HeartbeatInterval", {"values": {"heartbeat_interval": 15}}, "15"),
        ("MeterValueSampleInterval", {"values": {"meter_value_interval": 7}}, "7"),
        ("NumberOfConnectors", {"dut": {"connectors": 3}}, "3"),
    ],
)
def test_what_the_project_configures_is_what_it_tells(key: str, setup: dict[str, Any], value: str) -> None:
    assert [entry["value"] for entry in told([key], **setup)["configurationKey"]] == [value]


def test_keys_are_known_whatever_their_case_and_unknown_ones_are_named_as_they_came() -> None:
    assert told(["HEARTBEATinterval", "Nonsense"]) == {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "60"}],
        "unknownKey": ["Nonsense"],
    }


@pytest.mark.parametrize("keys", [None, [], 7, "HeartbeatInterval", {"a": 1}])
def test_without_a_list_of_keys_it_tells_all(keys: object) -> None:
    assert told(keys) == told()


@pytest.mark.parametrize(
    ("key", "status"),
    [("heartbeatinterval", "Accepted"), ("NumberOfConnectors", "Rejected"), ("Nonsense", "NotSupported")],
)
def test_only_what_may_be_written_is_accepted(key: str, status: str) -> None:
    assert written(key) == status
