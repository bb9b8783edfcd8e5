"""The commands that show what is judged and by which judge."""

from __future__ import annotations

import json

import pytest

from labapp.__main__ import main
from labapp.cases.catalogue import ALL

ROW = {"id", "step", "occurrence", "sender", "message", "field", "expected", "mode", "condition"}
ENTRY = {"id", "kind", "ocpp", "sut", "title", "source", "prerequisites", "before", "steps", "validations"}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_cases_as_json_have_the_contract_s_members(capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(printed(capsys, "cases", "--json"))
    assert [entry["id"] for entry in entries] == [case.id for case in ALL]
    assert all(set(entry) == ENTRY for entry in entries)
    assert all(set(row) == ROW for entry in entries for row in entry["validations"])
    assert {entry["kind"] for entry in entries} == {"case", "state", "utility"}


def test_cases_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(printed(capsys, "cases", "--json", "--ocpp", "2.0.1", "--sut", "csms"))
    assert [entry["id"] for entry in entries if entry["kind"] == "case"] == [
        f"TC_B_{number}_CSMS" for number in (20, 21, 22, 25, 26, 27)
    ]


def test_the_two_validations_of_the_2_0_1_case(capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(printed(capsys, "cases", "--json", "--ocpp", "2.0.1"))
    case = next(entry for entry in entries if entry["id"] == "TC_B_22_CSMS")
    judged = [row for row in case["validations"] if row["sender"] == "sut" and row["field"]]
    assert [(row["step"], row["message"], row["field"], row["expected"]) for row in judged] == [
        (1, "ResetRequest", "type", "Immediate"),
        (6, "BootNotificationResponse", "status", "Accepted"),
    ]


def test_version_names_the_judge(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(printed(capsys, "version", "--json"))
    assert set(shown) == {"version", "judge"}
    assert shown["judge"] in printed(capsys, "version")
