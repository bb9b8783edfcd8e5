"""The configuration keys of OCPP 1.6 and its security extension."""

from __future__ import annotations

from collections import Counter

import pytest
from ocpp.v16.enums import ConfigurationKey as LibraryKey

from labapp.ocpp.configuration_keys import CONFIGURATION_KEYS, configuration_key, required_keys


def test_the_table_holds_the_keys_of_every_profile() -> None:
    assert Counter(key.profile for key in CONFIGURATION_KEYS.values()) == {
        "Core": 36,
        "LocalAuthListManagement": 3,
        "FirmwareManagement": 1,
        "Reservation": 1,
        "SmartCharging": 5,
        "Security": 6,
    }


def test_an_independent_list_knows_no_key_that_the_table_lacks() -> None:
    # What is left in the ocpp package belongs to the application note on plug and charge.
    assert {key.value for key in LibraryKey if configuration_key(key.value) is None} == {
        "CentralContractValidationAllowed",
        "CertSigningRepeatTimes",
        "CertSigningWaitMinimum",
        "ContractValidationOffline",
        "ISO15118PnCEnabled",
    }


def test_a_key_is_found_without_regard_to_case() -> None:
    assert configuration_key("connectiontimeout") is CONFIGURATION_KEYS["ConnectionTimeOut"]
    assert configuration_key("NoSuchKey") is None


def test_the_core_profile_requires_20_keys() -> None:
    core = [key.name for key in required_keys({"Core"})]
    assert len(core) == 20
    assert "StopTransactionOnEVSideDisconnect" not in core  # optional since errata 4.0
    assert [key.name for key in required_keys({"LocalAuthListManagement"})] == [
        "LocalAuthListEnabled",
        "LocalAuthListMaxLength",
        "SendLocalListMaxLength",
    ]
    assert required_keys({"Reservation"}) == ()
    assert required_keys(()) == ()


@pytest.mark.parametrize(
    ("name", "read_only", "read_write"),
    [
        ("NumberOfConnectors", True, False),
        ("HeartbeatInterval", False, True),
        ("UnlockConnectorOnEVSideDisconnect", True, True),
        ("AuthorizationKey", False, True),
    ],
)
def test_accessibility_bounds_what_a_device_may_report(name: str, read_only: bool, read_write: bool) -> None:
    key = CONFIGURATION_KEYS[name]
    assert (key.allows_readonly(True), key.allows_readonly(False)) == (read_only, read_write)


def test_every_meaning_is_a_clause_that_a_report_can_print() -> None:
    for key in CONFIGURATION_KEYS.values():
        assert key.meaning, key.name
        assert not key.meaning.endswith("."), key.name
