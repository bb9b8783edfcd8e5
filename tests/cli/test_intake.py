"""`labapp pics` and `labapp plan` as a person and a script call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.__main__ import main
from labapp.services.intake import demonstration_pics, write_pics_toml, write_pics_workbook


@pytest.fixture
def pics(tmp_path: Path) -> Path:
    write_pics_toml(tmp_path / "pics.toml", demonstration_pics())
    return tmp_path / "pics.toml"


def test_new_writes_a_form_and_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pics.xlsx"

    assert main(["pics", "new", str(path), "--sut", "csms"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"{path}: an empty form; fill it in and run `labapp pics check {path}`\n"
    assert main(["pics", "new", str(path)]) == 2
    assert capsys.readouterr().err == f"labapp: {path}: the file exists already - choose another name\n"


def test_check_of_a_sound_file_prints_its_answers(pics: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "check", str(pics), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["sut"] == "cs"
    assert found["faults"] == []
    assert found["answers"]["general.fixed_cable"] == "No"
    assert err.splitlines()[0] == f"{pics}: {len(found['answers'])} answers, no fault"
    assert err.splitlines()[1].startswith("left open: limits.meter_values_aligned_data_max_length, ")
    assert found["unanswered"][0] == "limits.meter_values_aligned_data_max_length"


def test_check_of_an_unusable_file_prints_every_fault_and_exits_2(
    pics: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = pics.read_text(encoding="utf-8")
    pics.write_text(text.replace('fixed_cable = "No"', "fixed_cable = 7"), encoding="utf-8")

    assert main(["pics", "check", str(pics), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["faults"] == [
        {"where": "general.fixed_cable", "what": "is 7 where Yes or No is asked", "mend": "answer Yes or No"}
    ]
    assert err == "labapp: general.fixed_cable: is 7 where Yes or No is asked - answer Yes or No\n"
    assert main(["pics", "check", str(pics)]) == 2
    assert capsys.readouterr().out == ""


def test_keys_are_listed_for_scripts_and_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "keys", "--json"]) == 0
    keys = {key["key"]: key for key in json.loads(capsys.readouterr().out)}
    assert keys["limits.web_socket_ping_interval"]["unit"] == "s"
    assert keys["general.dut"]["choices"] == ["CSMS", "Charging Station"]

    assert main(["pics", "keys"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(keys)
    assert (
        lines[0]
        == "general.vendor_name: text, general!C5: The company that asks for the certificate, as it shall be printed."
    )
    assert "limits.web_socket_ping_interval: integer (s), limits!C15: " in "\n".join(lines)


@pytest.mark.parametrize("ending", ["xlsx", "toml"])
def test_the_plan_follows_from_either_kind_of_file(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"vendor.{ending}"
    (write_pics_workbook if ending == "xlsx" else write_pics_toml)(path, demonstration_pics())

    assert main(["plan", str(path), "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == 109
    assert rows["TC_017_2_CS"] | {"number": "", "title": ""} == {
        "id": "TC_017_2_CS",
        "requirement": "C",
        "applicable": False,
        "reason": (
            "Not applicable: the case is for a charging station that has a fixed cable or household sockets only, but "
            'general.product_subtype = "N.A." and general.fixed_cable = "No".'
        ),
        "condition": "has a fixed cable or household sockets only",
        "answers": ["general.product_subtype", "general.fixed_cable"],
        "number": "",
        "appendix_id": "_017_2",
        "title": "",
        "block": "Core",
        "live": [],
        "live_keys": [],
        "expected": "",
        "additional": False,
        "planned": "",
        "decided": [],
    }


def test_the_plan_of_a_project_reads_the_pics_that_it_names(pics: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = pics.with_name("PROJECT.toml")
    project.write_text('[project]\nsut = "cs"\npics = "pics.toml"\n', encoding="utf-8")

    assert main(["plan", str(project)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == 'TC_001_CS      M  run   Mandatory for every charging station: general.dut = "Charging Station".'
    assert lines[-1] == "81 of 109 rows are applicable; 4 further cases fit besides the plan"
    assert [line.split()[0] for line in lines if line.split()[2] == "more"] == [
        "TC_027_CS",
        "TC_041_CS",
        "TC_048_1_CS",
        "TC_050_1_CS",
    ]


def test_soap_has_no_plan(pics: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = pics.read_text(encoding="utf-8")
    pics.write_text(text.replace('communication = "JSON"', 'communication = "SOAP"'), encoding="utf-8")

    assert main(["plan", str(pics), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        'labapp: pics.toml: general.communication: is "SOAP", and labapp has no transport for SOAP, so that no case could '
        "be run - have the DUT tested over JSON, or by a laboratory whose tool speaks SOAP\n"
    )
