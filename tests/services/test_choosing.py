"""Which cases a run is for, and what they need."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.cases.needs import needed_values
from labapp.domain.errors import InputErrors
from labapp.domain.project import FEATURE_PROFILES, Connection, Dut, Project, RunOptions
from labapp.domain.project_declaration import with_declaration
from labapp.domain.project_values import Values
from labapp.domain.settings import Secret
from labapp.domain.testcase import CHARGE_POINT
from labapp.services.choosing import choose
from labapp.services.intake import demonstration_pics
from labapp.services.planning import plan_for
from labapp.services.projects import open_project
from labapp.services.run_directory import prepare
from labapp.services.session_start import as_used
from tests.services.test_planning import VARIANTS

CASE = "TC_003_CS"

#: Every value is given, whatever further cases may need.
EVERY_VALUE = {
    item.name: "LAB-1" for item in fields(Values) if getattr(Values(), item.name) is None and item.name != "local_limit"
} | {"authorization_key": Secret("env:KEY", "0123456789abcdef"), "local_limit": 16.0}


def project(**changes: Any) -> Project:
    values = replace(Values(), **EVERY_VALUE)  # type: ignore[arg-type]
    return replace(Project(sut="cs", values=values, dut=Dut(features=FEATURE_PROFILES)), **changes)


def ids(chosen: Any) -> list[str]:
    return [case.id for case in chosen.cases]


def reason(of: Project, case: str) -> str:
    return next(each.excluded for each in choose(of, None, ()).cases if each.id == case)


def test_what_is_asked_for_is_run_in_preparation() -> None:
    without_reader = project(dut=Dut(local_start=False))
    chosen = choose(without_reader, None, [CASE, "TC_001_CS", CASE])
    assert [(case.id, case.excluded) for case in chosen.cases] == [(CASE, ""), ("TC_001_CS", "")]


def test_without_a_declaration_prerequisites_decide() -> None:
    chosen = choose(project(), None, ())
    assert ids(chosen) == [c.id for c in CATALOGUE.values() if c.kind == "case" and c.sut == CHARGE_POINT]
    assert chosen.plan == ()
    assert reason(project(), CASE) == ""
    without_reader = project(dut=Dut(local_start=False))
    assert (
        reason(without_reader, CASE)
        == "the case presupposes that transactions can be started at the station, which is not so"
    )
    core_only = project(dut=Dut(features=("Core",)))
    assert (
        reason(core_only, "TC_066_CS")
        == "the case presupposes that the feature profile SmartCharging is supported, which is not so"
    )


def test_what_nobody_declares_is_left_to_the_device() -> None:
    assert reason(project(dut=Dut()), "TC_066_CS") == ""
    assert reason(project(dut=Dut()), "TC_061_1_CS") == ""
    csms = project(sut="csms", dut=Dut())
    assert (
        reason(csms, "TC_056_CSMS")
        == "the case presupposes that the feature profile SmartCharging is supported, which is not so"
    )


def test_the_connection_is_a_fact_too() -> None:
    csms = project(sut="csms")
    assert reason(csms, "TC_085_CSMS") == "the case presupposes that security profile 1 or 2 is in use, which is not so"
    assert reason(replace(csms, connection=Connection(security_profile=1)), "TC_085_CSMS") == ""


def test_a_declaration_gives_the_plan_in_its_order() -> None:
    declaration = demonstration_pics()
    chosen = choose(project(), declaration, ())
    fitting = [row.id for row in plan_for(declaration) if row.applicable or row.additional]
    assert ids(chosen) == [name for name in fitting if name in CATALOGUE]
    assert chosen.plan == plan_for(declaration)
    live = {row.id: row.live for row in chosen.plan if row.live}
    assert {case.id: case.live for case in chosen.cases if case.live} == {
        name: names for name, names in live.items() if name in CATALOGUE
    }


@pytest.mark.parametrize(
    ("mode", "stated", "run"),
    [
        ("preparation", None, True),
        ("preparation", False, False),
        ("certification", None, False),
        ("certification", True, True),
    ],
)
def test_cases_besides_the_plan_are_run_in_preparation_or_as_the_project_says(
    mode: Any, stated: bool | None, run: bool
) -> None:
    asked = project(mode=mode, run=RunOptions(additional=stated))
    chosen = {case.id: case for case in choose(asked, demonstration_pics(), ()).cases}
    assert ("TC_041_CS" in chosen) is run
    assert {name for name, case in chosen.items() if case.additional} <= {
        row.id for row in plan_for(demonstration_pics()) if row.additional
    }
    assert all(case.excluded == "" for case in chosen.values() if case.additional)


def test_a_case_besides_the_plan_that_certification_is_asked_for_is_left_out() -> None:
    (case,) = choose(project(mode="certification"), demonstration_pics(), ["TC_041_CS"]).cases
    assert case.excluded == (
        "Additional: Appendix C of edition 1.1.4 does not ask this case of a charging station "
        '(general.dut = "Charging Station"); it is outside the certification plan; [run] additional = true has it run.'
    )
    (insisted,) = choose(project(), demonstration_pics(), ["TC_041_CS"]).cases
    assert (insisted.excluded, insisted.insisted, insisted.additional) == ("", True, True)


@pytest.mark.parametrize("changes", [{}, *(changes for changes, _, _ in VARIANTS)])
def test_what_the_plan_asks_for_no_prerequisite_denies(changes: dict[str, Any]) -> None:
    """A case and its row of the plan state the same conditions, one on the device's facts, the other on the declaration."""
    answers = {**demonstration_pics().answers, **{key.replace("__", ".", 1): each for key, each in changes.items()}}
    declaration = replace(demonstration_pics(), answers=answers)
    joined, _ = with_declaration(project(dut=Dut()), declaration)
    chosen = choose(joined, declaration, ())
    assert {case.id: case.excluded for case in chosen.cases if case.excluded} == {}
    asked = {row.id for row in plan_for(declaration) if row.applicable and row.id in CATALOGUE}
    assert asked <= set(ids(chosen))


def test_a_prerequisite_that_the_declared_facts_deny_excludes_a_case_of_the_plan() -> None:
    """The declaration says nothing of local starts, so that the plan has the case; the project knows better."""
    without_reader = project(dut=Dut(local_start=False, features=FEATURE_PROFILES))
    chosen = choose(without_reader, demonstration_pics(), ())
    assert next(case.excluded for case in chosen.cases if case.id == CASE) == (
        "the case presupposes that transactions can be started at the station, which is not so"
    )
    row = next(row for row in chosen.plan if row.id == CASE)
    assert (row.applicable, row.reason) == (
        False,
        "Not applicable: the case presupposes that transactions can be started at the station, which is not so.",
    )


def test_a_reservation_of_the_whole_station_that_nobody_declares_is_left_to_the_device() -> None:
    declaration = demonstration_pics()
    whole = "optional.support_reservations_of_entire_charging_station"
    answers = {key: answer for key, answer in declaration.answers.items() if key != whole}
    declared, _ = with_declaration(project(mode="certification"), replace(declaration, answers=answers))
    chosen = choose(declared, replace(declaration, answers=answers), ["TC_049_CS"])
    assert [(case.id, case.excluded, case.live) for case in chosen.cases] == [
        ("TC_049_CS", "", ("RESERVES_CONNECTOR_ZERO",))
    ]


def test_the_plan_holds_against_what_is_asked_for_in_certification_only() -> None:
    declaration = demonstration_pics()
    answers = {**declaration.answers, "supplementary.backup_power": "Yes"}
    with_backup = replace(declaration, answers=answers)
    row = next(row for row in plan_for(with_backup) if row.id == "TC_032_2_CS")
    assert not row.applicable
    certification = choose(project(mode="certification"), with_backup, ["TC_032_2_CS", CASE])
    assert [(case.id, case.excluded) for case in certification.cases] == [("TC_032_2_CS", row.reason), (CASE, "")]
    assert [case.excluded for case in choose(project(), with_backup, ["TC_032_2_CS"]).cases] == [""]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("tc_003cs", "--case tc_003cs: there is no such case - did you mean TC_003_CS?"),
        ("nonsense", "--case nonsense: there is no such case - `labapp cases` lists them"),
        ("000_RESET", "--case 000_RESET: there is no such case - `labapp cases` lists them"),
        (
            "TC_B_22_CSMS",
            '--case TC_B_22_CSMS: the case is for OCPP 2.0.1, sut = "csms" - this project is for OCPP 1.6, sut = "cs"',
        ),
    ],
)
def test_what_is_no_case_of_this_project(asked: str, text: str) -> None:
    with pytest.raises(InputErrors) as fault:
        choose(project(), None, [asked])
    assert str(fault.value) == text


def test_every_missing_value_is_named_at_once() -> None:
    with pytest.raises(InputErrors) as fault:
        choose(project(values=Values()), None, [CASE, "TC_023_4_CS"])
    assert str(fault.value).splitlines() == [
        "PROJECT.toml [values] valid_id_tag: is not stated, and a case needs it - give it, for TC_003_CS",
        "PROJECT.toml [values] invalid_id_tag: is not stated, and a case needs it - give it, for TC_023_4_CS",
    ]


def test_in_preparation_a_case_that_nobody_named_and_that_lacks_a_value_is_not_run() -> None:
    chosen = {choice.id: choice for choice in choose(project(values=Values(valid_id_tag="CARD-1")), None, []).cases}
    assert chosen[CASE].lacking == ""
    assert chosen["TC_023_4_CS"].lacking == (
        "PROJECT.toml [values] does not state invalid_id_tag, which the case needs"
    )
    with pytest.raises(InputErrors):
        choose(project(values=Values(valid_id_tag="CARD-1"), mode="certification"), None, [])


def test_a_case_needs_what_its_states_need_and_no_parameters() -> None:
    assert needed_values(CATALOGUE[CASE]) == {"connector_id", "valid_id_tag"}
    assert "local_limit" in needed_values(CATALOGUE["TC_067_CS"])
    assert "firmware_location" in needed_values(CATALOGUE["TC_044_2_CS"])
    assert "valid_id_tag" in needed_values(CATALOGUE["TC_032_2_CS"])
    assert "valid_id_tag" in needed_values(CATALOGUE["TC_003_CSMS"])
    assert "valid_id_tag" not in needed_values(CATALOGUE["TC_085_CSMS"])
    for case in CATALOGUE.values():
        assert needed_values(case) <= set(replace(Values(), **EVERY_VALUE).given())  # type: ignore[arg-type]


def test_the_project_as_used_is_the_same_project_again(tmp_path: Path) -> None:
    (tmp_path / "pics.toml").write_bytes(Path("resources/demo/pics.toml").read_bytes())
    path = tmp_path / "PROJECT.toml"
    path.write_text(
        '[project]\nsut = "cs"\npics = "pics.toml"\n[connection]\nidentity = "CS-1"\n[timeouts]\nmessage = 3\n',
        encoding="utf-8",
    )
    opened = open_project(path)
    used = as_used(opened.project, "auto")
    assert (used.timeouts.operator, used.run.review) == (300.0, "advice")
    prepare(tmp_path / "run", used, opened.declaration, plan_for(demonstration_pics()))
    again = open_project(tmp_path / "run" / "project.toml")
    assert again.declaration == opened.declaration
    for name in ("connection", "dut", "values", "timeouts", "run", "report", "network"):
        assert getattr(again.project, name) == getattr(used, name), name
    assert sorted(each.name for each in (tmp_path / "run").iterdir()) == [
        "files",
        "pics.toml",
        "plan.json",
        "project.toml",
    ]


@pytest.mark.parametrize("mode", ["preparation", "certification"])
def test_the_cases_of_a_version_without_a_public_plan_are_run_in_any_mode(mode: Any) -> None:
    project = Project(sut="csms", ocpp="2.0.1", mode=mode, values=Values(valid_id_tag="CARD"))
    chosen = choose(project, None, (), complete=False)
    assert [case.id for case in chosen.cases] == [f"TC_B_{number}_CSMS" for number in (20, 21, 22, 25, 26, 27)]
    assert all(case.additional and not case.excluded for case in chosen.cases)
    declined = choose(replace(project, run=RunOptions(additional=False)), None, (), complete=False)
    assert declined.cases == ()
