from __future__ import annotations

import pytest

from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT
from labapp.ocpp.initiators import INITIATORS, may_initiate
from labapp.ocpp.tolerated import TOLERATED, repeats, tolerance, tolerated_reason


def test_each_version_and_role_has_its_table() -> None:
    assert set(TOLERATED) == {(version, role) for version in INITIATORS for role in (CHARGE_POINT, CENTRAL_SYSTEM)}


@pytest.mark.parametrize("key", sorted(TOLERATED))
def test_each_row_speaks_of_an_action_that_the_role_may_initiate(key: tuple[str, str]) -> None:
    rows = TOLERATED[key]
    assert [row.action for row in rows if not may_initiate(*key, row.action)] == []
    assert len({row.action for row in rows}) == len(rows)


def test_the_table_of_a_charge_point_of_1_6() -> None:
    assert {row.action: row.when for row in TOLERATED["1.6", CHARGE_POINT]} == {
        "BootNotification": "after_link_loss",
        "DataTransfer": "always",
        "DiagnosticsStatusNotification": "always",
        "FirmwareStatusNotification": "always",
        "Heartbeat": "always",
        "LogStatusNotification": "always",
        "MeterValues": "always",
        "SecurityEventNotification": "always",
        "SignedFirmwareStatusNotification": "always",
        "StartTransaction": "repeat",
        "StatusNotification": "after_link_loss",
        "StopTransaction": "repeat",
    }


def test_what_nobody_waits_for_and_no_row_names_is_not_tolerated() -> None:
    assert tolerance("1.6", CHARGE_POINT, "BootNotification") is not None
    assert tolerance("1.6", CHARGE_POINT, "Authorize") is None


@pytest.mark.parametrize("version", sorted(INITIATORS))
def test_whatever_a_central_system_may_send_of_its_own_accord_is_tolerated(version: str) -> None:
    sendable = {action for action in INITIATORS[version] if may_initiate(version, CENTRAL_SYSTEM, action)}
    assert {row.action for row in TOLERATED[version, CENTRAL_SYSTEM] if row.when == "always"} == sendable


def test_the_reason_is_given_only_for_what_is_tolerated_always() -> None:
    assert tolerated_reason("1.6", CHARGE_POINT, "Heartbeat") == "a sign of life may come at any time"
    assert tolerated_reason("1.6", CHARGE_POINT, "StopTransaction") == ""
    assert tolerated_reason("1.6", CHARGE_POINT, "Authorize") == ""
    assert tolerated_reason("1.6", CENTRAL_SYSTEM, "Reset") == (
        "a central system may send requests of its own accord; they are answered"
    )


def test_only_transaction_messages_are_repeated() -> None:
    assert repeats("1.6", "charge_point", "StartTransaction")
    assert repeats("1.6", "charge_point", "StopTransaction")
    assert repeats("1.6", "charge_point", "MeterValues")
    assert repeats("2.0.1", "charge_point", "TransactionEvent")
    assert not repeats("1.6", "charge_point", "Heartbeat")
    assert not repeats("1.6", "charge_point", "Authorize")
