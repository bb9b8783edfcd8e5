from __future__ import annotations

import pytest

from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT
from labapp.ocpp.initiators import BOTH, INITIATORS, may_initiate
from labapp.ocpp.schemas import actions


@pytest.mark.parametrize("version", sorted(INITIATORS))
def test_every_action_with_a_schema_has_an_initiator(version: str) -> None:
    assert set(INITIATORS[version]) == actions(version)


@pytest.mark.parametrize(
    ("version", "charge_point", "central_system"),
    [("1.6", 9 + 4, 18 + 7), ("2.0.1", 24, 39)],
)
def test_how_many_actions_each_role_initiates(version: str, charge_point: int, central_system: int) -> None:
    initiators = list(INITIATORS[version].values())
    assert initiators.count(CHARGE_POINT) == charge_point
    assert initiators.count(CENTRAL_SYSTEM) == central_system
    assert initiators.count(BOTH) == 1


def test_who_may_initiate() -> None:
    assert may_initiate("1.6", CHARGE_POINT, "BootNotification")
    assert not may_initiate("1.6", CENTRAL_SYSTEM, "BootNotification")
    assert may_initiate("1.6", CENTRAL_SYSTEM, "GetLog")
    assert may_initiate("1.6", CHARGE_POINT, "DataTransfer")
    assert may_initiate("1.6", CENTRAL_SYSTEM, "DataTransfer")
    assert may_initiate("2.0.1", CHARGE_POINT, "TransactionEvent")
    assert not may_initiate("1.6", CHARGE_POINT, "TransactionEvent")
