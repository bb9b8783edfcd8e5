"""The tool as charging station of 2.0.1 answers each request of a CSMS by its schema, and as asked."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.ocpp.initiators import INITIATORS
from labapp.ocpp.responses201 import response201
from labapp.ocpp.schemas import check

PLACE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}


@pytest.mark.parametrize("action", sorted(a for a, who in INITIATORS["2.0.1"].items() if who != "charge_point"))
@pytest.mark.parametrize("request_", [{}, {"getVariableData": 5, "setVariableData": ["x"], "id": ["x"]}])
def test_every_answer_keeps_the_schema(action: str, request_: dict[str, Any]) -> None:
    assert check("2.0.1", action, "conf", response201(action, request_)) == ()


def test_variables_are_answered_one_by_one() -> None:
    request = {"getVariableData": [PLACE, {**PLACE, "attributeType": "Target"}]}
    assert response201("GetVariables", request) == {
        "getVariableResult": [
            {"attributeStatus": "UnknownComponent", **PLACE},
            {"attributeStatus": "UnknownComponent", "attributeType": "Target", **PLACE},
        ]
    }
    assert len(response201("SetVariables", {"setVariableData": [PLACE] * 3})["setVariableResult"]) == 3


def test_monitors_are_answered_one_by_one() -> None:
    asked = {"setMonitoringData": [{**PLACE, "type": "Periodic", "severity": 4, "value": 3}]}
    assert response201("SetVariableMonitoring", asked) == {
        "setMonitoringResult": [{"status": "UnknownComponent", "type": "Periodic", "severity": 4, **PLACE}]
    }
    assert response201("ClearVariableMonitoring", {"id": [3, 4]}) == {
        "clearMonitoringResult": [{"status": "NotFound", "id": 3}, {"status": "NotFound", "id": 4}]
    }


def test_what_asks_the_tool_to_act_is_refused() -> None:
    assert response201("RequestStartTransaction", {}) == {"status": "Rejected"}
