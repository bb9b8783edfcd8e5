"""`labapp plan`: declarations of the tests' own against rows of Appendix C that were read by hand."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import labapp

Declaration = dict[str, dict[str, Any]]

PROFILES = (
    "firmware_management",
    "smart_charging",
    "reservation",
    "local_auth_list_management",
    "remote_trigger",
)

FULL: Declaration = {
    "general": {
        "vendor_name": "Acceptance Ltd",
        "dut": "Charging Station",
        "product_subtype": "N.A.",
        "communication": "JSON",
        "type_model": "AC-2",
        "socket_connector": "multiple",
        "fixed_cable": "No",
        "ocpp_software_version": "3.1",
        "support_for_milliseconds_in_ocpp_messages": "Yes",
        "rfid_readers": "single",
    },
    "optional": {
        "authorization_cache": "Yes",
        "unknown_offline_authorization": "Yes",
        "minimum_status_duration": "Yes",
        "support_reservations_of_entire_charging_station": "Yes",
        "choice_transaction_stopped_when_cable_disconnected_on_ev_side": "Yes",
    },
    "limits": {"get_configuration_max_keys": 50, "charge_profile_max_stack_level": 4},
    "profiles": {"core": "Yes", **dict.fromkeys(PROFILES, "Yes")},
    "security": {"security_profile_1": "Yes", "security_profile_2": "Yes", "security_profile_3": "Yes"},
    "supplementary": {"local_start": "Yes", "local_stop": "Yes", "backup_power": "Yes"},
}

CORE_ONLY: Declaration = {
    **FULL,
    "optional": {"authorization_cache": "No", "unknown_offline_authorization": "No"},
    "limits": {},
    "profiles": {"core": "Yes", **dict.fromkeys(PROFILES, "No")},
    "security": dict.fromkeys(("security_profile_1", "security_profile_2", "security_profile_3"), "No"),
    "supplementary": {"local_start": "No", "local_stop": "No", "backup_power": "No"},
}

CENTRAL: Declaration = {
    "general": {"dut": "CSMS", "communication": "JSON"},
    "profiles": {"core": "Yes", **dict.fromkeys(PROFILES, "Yes")},
    "security": {"security_profile_1": "Yes", "security_profile_2": "Yes", "security_profile_3": "Yes"},
}


def changed(declaration: Declaration, **tables: dict[str, Any]) -> Declaration:
    whole = copy.deepcopy(declaration)
    for table, answers in tables.items():
        whole.setdefault(table, {}).update(answers)
    return whole


def written(folder: Path, declaration: Declaration) -> Path:
    lines = []
    for table, answers in declaration.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {answer if isinstance(answer, int) else repr(answer)}" for key, answer in answers.items()]
    file = folder / "pics.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


Plan = dict[str, dict[str, Any]]


async def plan_of(folder: Path, declaration: Declaration) -> Plan:
    found = await labapp("plan", written(folder, declaration), "--json", cwd=folder)
    assert found.status == 0, found.err
    rows = found.json
    for row in rows:
        assert isinstance(row["id"], str)
        assert row["requirement"] in ("M", "O", "C", "")
        assert isinstance(row["applicable"], bool)
        assert row["reason"]
        assert isinstance(row["condition"], str)
        assert row["answers"]
        assert all(isinstance(key, str) and "." in key for key in row["answers"]), row
    plan = {row["id"]: row for row in rows}
    assert len(plan) == len(rows)
    return plan


def check(plan: Plan, expected: str) -> None:
    """Each word is CASE:REQUIREMENT, with a minus behind it when the case is not applicable."""
    wrong = []
    for word in expected.split():
        case, letter = word.split(":")
        row = plan[case]
        seen = f"{case}:{row['requirement']}{'' if row['applicable'] else '-'}"
        if seen != f"{case}:{letter}":
            wrong.append((word, seen, row["reason"]))
    assert wrong == []


STATION = {
    "full": (
        FULL,
        """TC_001_CS:M TC_002_CS:M TC_003_CS:C TC_004_1_CS:C TC_004_2_CS:C TC_068_CS:C TC_069_CS:C TC_005_1_CS:C
        TC_005_2_CS:C TC_005_3_CS:C _006:O- TC_007_1_CS:C TC_007_2_CS:C TC_061_1_CS:C TC_010_CS:M TC_012_CS:M TC_015_CS:M
        TC_017_1_CS:C TC_017_2_CS:C- TC_018_1_CS:C TC_018_2_CS:C- TC_019_CS:M TC_023_4_CS:M TC_024_CS:O TC_043_1_CS:C-
        TC_042_1_CS:C- TC_030_CS:O TC_032_1_CS:C TC_032_2_CS:C- TC_037_1_CS:C TC_038_CS:C TC_062_CS:M _064:O-
        TC_043_CS:M TC_008_1_CS:M TC_046_1_CS:C TC_049_CS:M TC_053_1_CS:M TC_054_CS:M TC_066_CS:M TC_073_CS:C
        TC_074_CS:C TC_075_1_CS:C TC_077_CS:C TC_079_CS:M TC_080_CS:M TC_081_CS:M TC_027_CS:- TC_085_CS:-""",
    ),
    "core only": (
        CORE_ONLY,
        """TC_001_CS:M TC_003_CS:C- TC_004_1_CS:C- TC_004_2_CS:C- TC_068_CS:C- TC_069_CS:C- TC_007_1_CS:C-
        TC_007_2_CS:C- TC_061_1_CS:C- TC_061_2_CS:C- TC_010_CS:M TC_011_1_CS:M TC_013_CS:M TC_019_CS:M TC_021_CS:M
        TC_070_CS:M TC_043_1_CS:C TC_042_1_CS:C TC_026_CS:M TC_032_1_CS:C- TC_032_2_CS:C TC_034_CS:M TC_036_CS:M
        TC_037_1_CS:C- TC_037_2_CS:C- TC_038_CS:C- TC_039_CS:C- TC_040_1_CS:M TC_062_CS:M TC_042_2_CS:M- TC_043_CS:M-
        TC_044_1_CS:M- TC_045_1_CS:M- TC_046_1_CS:C- TC_046_2_CS:M- TC_051_CS:M- TC_054_CS:M- TC_056_CS:M-
        TC_059_CS:M- TC_073_CS:C- TC_074_CS:C- TC_079_CS:M- TC_081_CS:M-""",
    ),
    "fixed cable": (
        changed(FULL, general={"fixed_cable": "Yes"}),
        """TC_005_1_CS:C- TC_005_2_CS:C TC_005_3_CS:C TC_017_1_CS:C- TC_017_2_CS:C TC_018_1_CS:C- TC_018_2_CS:C
        TC_024_CS:O- TC_003_CS:C TC_010_CS:M TC_015_CS:M TC_016_CS:M TC_031_CS:M TC_034_CS:M TC_036_CS:M TC_056_CS:M
        TC_066_CS:M TC_047_CS:M TC_055_CS:M TC_040_2_CS:M TC_028_CS:M""",
    ),
    "household sockets": (
        changed(
            FULL,
            general={"product_subtype": "Mode 1/2-only Charging Station"},
            profiles={"smart_charging": "No"},
            limits={"charge_profile_max_stack_level": 0},
        ),
        """TC_005_1_CS:C- TC_005_2_CS:C TC_005_3_CS:C- TC_017_1_CS:C- TC_017_2_CS:C TC_018_1_CS:C- TC_018_2_CS:C
        TC_056_CS:M- TC_057_CS:M- TC_058_1_CS:M- TC_058_2_CS:M- TC_082_CS:M- TC_066_CS:M- TC_067_CS:M- TC_072_CS:M-
        TC_059_CS:M- TC_060_CS:M- TC_037_2_CS:C TC_003_CS:C TC_010_CS:M TC_054_CS:M TC_051_CS:M""",
    ),
}

CSMS = {
    "with every option": (
        changed(CENTRAL, supplementary={"security_certificate": "No"}, security={}),
        """_002:O- _062:O- _058_1:O- _058_2:O- _060:O- TC_001_CSMS:M TC_003_CSMS:M TC_004_2_CSMS:M TC_005_1_CSMS:M
        TC_007_CSMS:M TC_061_CSMS:M TC_012_CSMS:M TC_017_2_CSMS:M TC_023_3_CSMS:M TC_024_CSMS:M TC_028_CSMS:O
        TC_030_CSMS:M TC_031_CSMS:O TC_037_1_CSMS:M TC_040_1_CSMS:O TC_064_CSMS:M TC_042_2_CSMS:M TC_043_5_CSMS:M
        TC_044_1_CSMS:M TC_044_2_CSMS:O TC_044_3_CSMS:O TC_045_1_CSMS:M TC_046_CSMS:M TC_048_4_CSMS:M TC_052_CSMS:O
        TC_053_CSMS:O TC_055_CSMS:O TC_056_CSMS:M TC_066_CSMS:M TC_059_CSMS:M TC_085_CSMS:- TC_088_CSMS:-""",
    ),
    "with security": (
        changed(CENTRAL, supplementary={"security_certificate": "Yes"}),
        """TC_044_2_CSMS:O- TC_044_3_CSMS:O- TC_073_CSMS:C TC_074_CSMS:C TC_075_1_CSMS:C TC_075_2_CSMS:C TC_076_CSMS:C
        TC_077_CSMS:C TC_078_CSMS:C TC_079_CSMS:M TC_080_CSMS:M TC_081_CSMS:O TC_083_CSMS:- TC_086_CSMS:-""",
    ),
    "without options": (
        changed(
            CENTRAL,
            profiles=dict.fromkeys(PROFILES, "No"),
            security=dict.fromkeys(("security_profile_1", "security_profile_2", "security_profile_3"), "No"),
        ),
        """TC_001_CSMS:M TC_003_CSMS:M TC_010_CSMS:M TC_013_CSMS:M TC_019_1_CSMS:M TC_026_CSMS:M TC_032_1_CSMS:M
        TC_039_CSMS:M TC_064_CSMS:M TC_040_2_CSMS:O TC_042_2_CSMS:M- TC_043_4_CSMS:M- TC_044_1_CSMS:M- TC_045_2_CSMS:O-
        TC_046_CSMS:M- TC_051_CSMS:M- TC_054_CSMS:M- TC_056_CSMS:M- TC_059_CSMS:M- TC_073_CSMS:C- TC_079_CSMS:M-""",
    ),
}


@pytest.mark.parametrize(("declaration", "expected"), STATION.values(), ids=STATION)
async def test_the_plan_of_a_charging_station(tmp_path: Path, declaration: Declaration, expected: str) -> None:
    plan = await plan_of(tmp_path, declaration)
    check(plan, expected)
    asked = Counter(row["requirement"] for case, row in plan.items() if case.startswith("TC_"))
    assert (asked["M"], asked["C"], asked["O"]) == (60, 33, 4)
    assert {case for case in plan if not case.startswith("TC_")} == {"_006", "_064"}


@pytest.mark.parametrize(("declaration", "expected"), CSMS.values(), ids=CSMS)
async def test_the_plan_of_a_central_system(tmp_path: Path, declaration: Declaration, expected: str) -> None:
    plan = await plan_of(tmp_path, declaration)
    check(plan, expected)
    asked = Counter(row["requirement"] for case, row in plan.items() if case.startswith("TC_"))
    assert (asked["M"], asked["C"], asked["O"]) == (48, 7, 15)
    assert {case for case in plan if not case.startswith("TC_")} == {"_002", "_062", "_058_1", "_058_2", "_060"}


async def test_a_station_that_goes_for_security(tmp_path: Path) -> None:
    """Its TC_044_1 must FAIL, and the other firmware failures are not tested."""
    plan = await plan_of(tmp_path, changed(FULL, supplementary={"security_certificate": "Yes"}))
    check(plan, "TC_044_1_CS:M TC_044_2_CS:M- TC_044_3_CS:M- TC_073_CS:C TC_080_CS:M")


async def test_security_profile_one_alone(tmp_path: Path) -> None:
    only_one = {"security_profile_2": "No", "security_profile_3": "No"}
    plan = await plan_of(tmp_path, changed(FULL, security=only_one))
    check(plan, "TC_073_CS:C TC_074_CS:C- TC_075_1_CS:C- TC_076_CS:C- TC_077_CS:C- TC_078_CS:C- TC_079_CS:M")


async def test_soap_is_refused_by_name(tmp_path: Path) -> None:
    file = written(tmp_path, changed(FULL, general={"communication": "SOAP"}))
    found = await labapp("plan", file, "--json", cwd=tmp_path)
    found.refused(2, "general.communication", "SOAP", "JSON")
