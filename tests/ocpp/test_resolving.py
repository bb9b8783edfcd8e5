"""What the wire shows of a manual action."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.actions import ACTIONS
from labapp.ocpp.resolving import SHOWN_BY, resolves


@pytest.mark.parametrize(
    ("name", "arguments", "message", "payload", "shows"),
    [
        ("plug_in", {"connector": 1}, "StatusNotification.req", {"connectorId": 1}, True),
        ("plug_in", {"connector": 1}, "StatusNotification.req", {"connectorId": 2}, False),
        ("plug_in", {"connector": 1}, "StatusNotification.req", {"connectorId": 0}, False),
        ("plug_in", {"connector": 1}, "Authorize.req", {"idTag": "A"}, False),
        ("present_id", {"connector": 1}, "Authorize.req", {"idTag": "A"}, True),
        ("present_id", {"connector": 1}, "StopTransaction.req", {"transactionId": 4}, True),
        ("present_id", {"connector": 1}, "StartTransaction.req", {"connectorId": 2}, False),
        ("present_id", {"connector": 1}, "BootNotification.req", {}, False),
        ("power_cycle", {}, "BootNotification.req", {}, True),
        ("power_cycle", {}, "StatusNotification.req", {"connectorId": 1}, False),
        ("inspect", {}, "StatusNotification.req", {"connectorId": 1}, False),
        ("unheard_of", {}, "StatusNotification.req", {"connectorId": 1}, False),
    ],
)
def test_an_action_is_shown_by_its_own_requests(
    name: str, arguments: dict[str, Any], message: str, payload: dict[str, Any], shows: bool
) -> None:
    assert resolves(name, arguments, message, payload) is shows


def test_only_actions_that_there_are_can_be_shown() -> None:
    assert set(SHOWN_BY) <= set(ACTIONS)
