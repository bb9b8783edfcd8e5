"""The plan of edition 1.1.4 on the case document 2025-11: every row, the counts, and the conditions that decide."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.domain.pics import Answer, Declaration
from labapp.domain.plan import PlanRow, after_keys_read
from labapp.domain.plan_conditions import KeyReading
from labapp.locator import data_path
from labapp.services.intake import demonstration_pics
from labapp.services.planning import (
    CURRENT_PLAN,
    current_plan,
    declaration_of,
    plan_as_json,
    plan_edition,
    plan_for,
    plan_of,
)

CSMS_ANSWERS: dict[str, Answer] = {
    "general.vendor_name": "ACME",
    "general.dut": "CSMS",
    "general.communication": "JSON",
    "general.ocpp_software_version": "2",
    "profiles.core": "Yes",
    "profiles.firmware_management": "Yes",
    "profiles.smart_charging": "Yes",
    "profiles.reservation": "Yes",
    "profiles.local_auth_list_management": "Yes",
    "profiles.remote_trigger": "Yes",
}


def station(**changes: Answer | None) -> dict[str, PlanRow]:
    """The plan of the demonstration station with other answers, by id; None clears one, `__` stands for the dot."""
    return _plan(dict(demonstration_pics().answers), changes)


def csms(**changes: Answer | None) -> dict[str, PlanRow]:
    """The plan of a CSMS with every profile, by id."""
    return _plan(dict(CSMS_ANSWERS), changes)


def _plan(answers: dict[str, Answer], changes: Mapping[str, Answer | None]) -> dict[str, PlanRow]:
    for key, answer in changes.items():
        answers.pop(key.replace("__", ".", 1), None)
        if answer is not None:
            answers[key.replace("__", ".", 1)] = answer
    rows = plan_for(Declaration("1.1.4", answers))
    by_id = {row.id: row for row in rows}
    assert len(by_id) == len(rows)
    return by_id


def omitted(plan: dict[str, PlanRow]) -> set[str]:
    return {row.id for row in plan.values() if row.requirement and not row.applicable}


def cases(text: str, suffix: str = "CS") -> set[str]:
    return {f"TC_{number}_{suffix}" for number in text.split()}


SMART_CHARGING = cases("056 057 058_1 058_2 082 066 067 072 059 060")
RESERVATION = cases("046_1 046_2 047 048_2 048_3 049 050_2 050_3 051 052 053_1 053_2")
SECURITY = cases("073 074 075_1 075_2 076 077 078 079 080 081")
#: What the demonstration's plan leaves out: fixed cable, no local list, back-up power, no reservation, security, gone cases.
DEMONSTRATION_OMITS = cases("017_2 018_2 043_1 042_1 032_1 048_4") | SECURITY | {"_006", "_064"}


def test_the_counts_of_appendix_c_hold() -> None:
    edition = plan_edition()
    counted = Counter((entry.sut, entry.requirement) for entry in edition.entries if entry.case and entry.requirement)

    assert counted == {
        ("cs", "M"): 60,
        ("cs", "C"): 33,
        ("cs", "O"): 4,
        ("csms", "M"): 48,
        ("csms", "C"): 7,
        ("csms", "O"): 15,
    }


def test_rows_without_a_case_carry_the_id_of_appendix_c() -> None:
    gone = {(entry.sut, entry.id) for entry in plan_edition().entries if not entry.case}

    assert gone == {
        ("cs", "_006"),
        ("cs", "_064"),
        ("csms", "_002"),
        ("csms", "_062"),
        ("csms", "_058_1"),
        ("csms", "_058_2"),
        ("csms", "_060"),
    }
    assert all(entry.requirement == "O" for entry in plan_edition().entries if not entry.case)


def test_cases_that_appendix_c_lacks_are_further_rows() -> None:
    further = {entry.id for entry in plan_edition().entries if not entry.requirement}

    assert further == cases("027 041 048_1 050_1 050_4 083 084 085 086 087") | cases(
        "018_1 048_1 083 085 086 087 088", "CSMS"
    )


def test_no_number_of_appendix_c_is_forgotten() -> None:
    path = data_path("resources") / "plans" / f"{CURRENT_PLAN}.toml"
    unused = tomllib.loads(path.read_text(encoding="utf-8"))["unused_numbers"]
    numbered = {entry.number for entry in plan_edition().entries if entry.number}

    assert {*numbered, *unused} == {str(number) for number in range(1, 108)}
    assert unused == ["15", "47"]


def test_all_cases_of_the_edition_stand_in_the_plan_once() -> None:
    ids = [entry.case for entry in plan_edition().entries if entry.case]

    assert len(ids) == len(set(ids)) == 184
    assert sum(identifier.endswith("_CS") for identifier in ids) == 107


def test_the_demonstration_runs_all_but_these() -> None:
    assert omitted(station()) == DEMONSTRATION_OMITS


@pytest.mark.parametrize(
    ("changes", "more", "fewer"),
    [
        ({"general__fixed_cable": "Yes"}, "005_1 017_1 018_1 024 030", "017_2 018_2"),
        ({"optional__authorization_cache": "No"}, "007_1 007_2 061_1 061_2", ""),
        ({"profiles__remote_trigger": "No"}, "054 055", ""),
        ({"profiles__firmware_management": "No"}, "044_1 044_2 044_3 045_1 045_2", ""),
        ({"profiles__local_auth_list_management": "No"}, "042_2 043 043_2 043_3 008_1 008_2", "042_1 043_1"),
        ({"optional__support_reservations_of_entire_charging_station": "No"}, "049 050_2 050_3", ""),
        ({"supplementary__backup_power": "Yes"}, "032_2", "032_1"),
        ({"supplementary__backup_power": None}, "", ""),
        (
            {"supplementary__local_start": "No"},
            "003 004_1 004_2 068 069 007_1 061_1 023_4 037_1 037_2 037_3 039 008_1 046_1 053_1",
            "",
        ),
        ({"supplementary__local_stop": "No"}, "003 004_1 068 069 061_1 037_1 037_2 037_3 038 039", ""),
        (
            {
                "optional__authorization_cache": "No",
                "optional__unknown_offline_authorization": "No",
                "profiles__local_auth_list_management": "No",
            },
            "007_1 007_2 061_1 061_2 037_1 037_2 037_3 039 042_2 043 043_2 043_3 008_1 008_2",
            "042_1 043_1",
        ),
        ({"optional__choice_transaction_stopped_when_cable_disconnected_on_ev_side": "No"}, "005_3", ""),
    ],
)
def test_an_answer_changes_exactly_the_rows_that_rest_on_it(
    changes: dict[str, Answer | None], more: str, fewer: str
) -> None:
    assert omitted(station(**changes)) == (DEMONSTRATION_OMITS | cases(more)) - cases(fewer)


def test_a_profile_that_is_not_declared_takes_its_block_with_it() -> None:
    plan = station(profiles__smart_charging="No")
    assert omitted(plan) == DEMONSTRATION_OMITS | SMART_CHARGING
    assert plan["TC_056_CS"].answers == ("profiles.smart_charging",)

    reserved = station(profiles__reservation="No", optional__support_reservations_of_entire_charging_station="No")
    assert omitted(reserved) == (DEMONSTRATION_OMITS | RESERVATION) - cases("048_4")


def test_a_mode_1_2_only_station_runs_the_variants_without_a_lock() -> None:
    plan = station(general__product_subtype="Mode 1/2-only Charging Station")

    changed = DEMONSTRATION_OMITS | SMART_CHARGING | cases("005_1 005_3 017_1 018_1 030")
    assert omitted(plan) == changed - cases("017_2 018_2")
    assert plan["TC_005_2_CS"].live == ()


@pytest.mark.parametrize(
    ("profiles", "runs"),
    [
        ((1,), "073 079 080 081"),
        ((2,), "073 075_1 075_2 076 078 079 080 081"),
        ((3,), "074 075_1 075_2 076 077 078 079 080 081"),
        ((1, 2, 3), "073 074 075_1 075_2 076 077 078 079 080 081"),
    ],
)
@pytest.mark.parametrize("sut", ["cs", "csms"])
def test_the_security_block_follows_the_security_profiles(profiles: tuple[int, ...], runs: str, sut: str) -> None:
    declared: dict[str, Answer | None] = {f"security__security_profile_{number}": "Yes" for number in profiles}
    declared["supplementary__security_certificate"] = None
    plan = station(**declared) if sut == "cs" else csms(**declared)

    applicable = {row.id for row in plan.values() if row.block == "Security" and row.applicable}
    assert applicable == cases(runs, sut.upper())


def test_a_station_that_goes_for_security_must_fail_the_unsigned_update() -> None:
    plan = station(security__security_profile_2="Yes", supplementary__security_certificate="Yes")

    assert plan["TC_044_1_CS"].applicable
    assert plan["TC_044_1_CS"].expected == "FAIL"
    assert not plan["TC_044_2_CS"].applicable
    assert not plan["TC_044_3_CS"].applicable
    assert [row.id for row in plan.values() if row.expected] == ["TC_044_1_CS"]
    assert csms(security__security_profile_2="Yes")["TC_044_1_CSMS"].expected == ""


def test_a_vendor_who_declines_the_security_certificate_is_not_tested_for_it() -> None:
    plan = station(security__security_profile_2="Yes", supplementary__security_certificate="No")

    assert omitted(plan) == DEMONSTRATION_OMITS
    assert plan["TC_079_CS"].reason == (
        "Not applicable: the case is for a charging station that does not decline the security certificate, "
        'but supplementary.security_certificate = "No".'
    )


def test_secure_firmware_update_needs_firmware_management() -> None:
    plan = station(
        security__security_profile_3="Yes",
        supplementary__security_certificate="Yes",
        profiles__firmware_management="No",
    )

    assert not plan["TC_080_CS"].applicable
    assert plan["TC_080_CS"].answers == ("profiles.firmware_management",)


#: What a station lacks or has: the answers, the cases that leave the plan, and the one reason for it.
VARIANTS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"general__fixed_cable": "Yes"},
        "005_1 017_1 018_1 024 030",
        'has no fixed cable, but general.fixed_cable = "Yes"',
    ),
    (
        {"general__product_subtype": "Mode 1/2-only Charging Station"},
        "005_1 005_3 017_1 018_1 030 056 057 058_1 058_2 059 060 066 067 072 082",
        'offers more than household sockets, but general.product_subtype = "Mode 1/2-only Charging Station"',
    ),
    (
        {"optional__authorization_cache": "No"},
        "007_1 007_2 061_1 061_2",
        'has an authorization cache, but optional.authorization_cache = "No"',
    ),
    (
        {"profiles__local_auth_list_management": "No"},
        "008_1 008_2 042_2 043 043_2 043_3",
        'supports the Local Auth List Management profile, but profiles.local_auth_list_management = "No"',
    ),
    (
        {"supplementary__backup_power": "Yes"},
        "032_2",
        'has no back-up power source, but supplementary.backup_power = "Yes"',
    ),
    (
        {"profiles__reservation": "No"},
        "046_1 046_2 047 048_1 048_2 048_3 049 050_1 050_2 050_3 051 052 053_1 053_2",
        'supports the Reservation profile, but profiles.reservation = "No"',
    ),
    (
        {"optional__support_reservations_of_entire_charging_station": "No"},
        "049 050_1 050_2 050_3",
        'can be reserved as a whole, but optional.support_reservations_of_entire_charging_station = "No"',
    ),
    (
        {"supplementary__evses": "[[1,2],[3]]"},
        "050_2",
        'can have all its connectors occupied at once, but supplementary.evses = "[[1,2],[3]]"',
    ),
    (
        {"profiles__firmware_management": "No"},
        "044_1 044_2 044_3 045_1 045_2",
        'supports the Firmware Management profile, but profiles.firmware_management = "No"',
    ),
    (
        {"profiles__remote_trigger": "No"},
        "054 055",
        'supports the Remote Trigger profile, but profiles.remote_trigger = "No"',
    ),
    (
        {"profiles__smart_charging": "No"},
        "056 057 058_1 058_2 059 060 066 067 072 082",
        'supports the Smart Charging profile, but profiles.smart_charging = "No"',
    ),
    (
        {"optional__choice_transaction_stopped_when_cable_disconnected_on_ev_side": "No"},
        "005_3",
        "leaves a choice whether a transaction stops on EV side disconnect, but "
        'optional.choice_transaction_stopped_when_cable_disconnected_on_ev_side = "No"',
    ),
]


@pytest.mark.parametrize(("changes", "leave", "because"), VARIANTS)
def test_what_a_variant_of_the_station_excludes_says_why(changes: dict[str, Any], leave: str, because: str) -> None:
    plan, before = station(**changes), station()
    left = {name for name, row in plan.items() if _fits(before[name]) and not _fits(row)}
    assert left == cases(leave)
    assert {plan[name].reason for name in left} == {
        f"Not applicable: the case is for a charging station that {because}."
    }


def _fits(row: PlanRow) -> bool:
    return row.applicable or row.additional


#: What the keys say of a station, the cases that they take out of its plan, and the one reason for it.
KEYS: list[tuple[str, KeyReading | None, str, str]] = [
    (
        "AuthorizeRemoteTxRequests",
        KeyReading("false", readonly=True),
        "007_2 008_2 023_5 053_2 061_2",
        "does not have AuthorizeRemoteTxRequests read-only with the value false, but the device reports "
        'AuthorizeRemoteTxRequests = "false" (read-only)',
    ),
    (
        "ReserveConnectorZeroSupported",
        KeyReading("false", readonly=True),
        "049 050_1 050_2 050_3",
        "reports ReserveConnectorZeroSupported as true, but the device reports "
        'ReserveConnectorZeroSupported = "false" (read-only)',
    ),
    (
        "ReserveConnectorZeroSupported",
        None,
        "049 050_1 050_2 050_3",
        "reports ReserveConnectorZeroSupported as true, but the device reports no key ReserveConnectorZeroSupported",
    ),
    (
        "StopTransactionOnEVSideDisconnect",
        KeyReading("true", readonly=True),
        "005_3",
        "lets StopTransactionOnEVSideDisconnect be written, but the device reports "
        'StopTransactionOnEVSideDisconnect = "true" (read-only)',
    ),
]


@pytest.mark.parametrize(("key", "reading", "leave", "because"), KEYS)
def test_what_the_keys_exclude_says_why(key: str, reading: KeyReading | None, leave: str, because: str) -> None:
    readings = {
        "AuthorizeRemoteTxRequests": KeyReading("true", readonly=False),
        "ReserveConnectorZeroSupported": KeyReading("true", readonly=True),
        "StopTransactionOnEVSideDisconnect": KeyReading("true", readonly=False),
    }
    told = {name: each for name, each in {**readings, key: reading}.items() if each is not None}
    planned = tuple(station().values())
    left = [
        after
        for before, after in zip(planned, after_keys_read(planned, told), strict=True)
        if _fits(before) and not _fits(after)
    ]
    assert {row.id for row in left} == cases(leave)
    assert {row.reason for row in left} == {f"Not applicable: the case is for a charging station that {because}."}
    assert {row.id for row in after_keys_read(planned, readings) if row.live} == set()


def test_a_station_that_never_stops_on_disconnect_runs_none_of_its_cases() -> None:
    fixed = {"StopTransactionOnEVSideDisconnect": KeyReading("false", readonly=True)}
    rows = {row.id: row for row in after_keys_read(tuple(station().values()), fixed)}
    assert [rows[name].applicable for name in sorted(cases("005_1 005_2 005_3"))] == [False, False, False]
    assert rows["TC_005_2_CS"].reason == (
        "Not applicable: the case is for a charging station that does not have StopTransactionOnEVSideDisconnect read-only with "
        'the value false, but the device reports StopTransactionOnEVSideDisconnect = "false" (read-only).'
    )


def test_rows_that_the_keys_decide_wait_for_the_second_stage() -> None:
    waiting = {row.id: row.live_keys for row in station().values() if row.live}

    assert waiting == {
        "TC_005_1_CS": ("StopTransactionOnEVSideDisconnect",),
        "TC_005_2_CS": ("StopTransactionOnEVSideDisconnect",),
        "TC_005_3_CS": ("StopTransactionOnEVSideDisconnect",),
        "TC_007_2_CS": ("AuthorizeRemoteTxRequests",),
        "TC_061_2_CS": ("AuthorizeRemoteTxRequests",),
        "TC_023_5_CS": ("AuthorizeRemoteTxRequests",),
        "TC_008_2_CS": ("AuthorizeRemoteTxRequests",),
        "TC_053_2_CS": ("AuthorizeRemoteTxRequests",),
        "TC_049_CS": ("ReserveConnectorZeroSupported",),
        "TC_050_2_CS": ("ReserveConnectorZeroSupported",),
        "TC_050_3_CS": ("ReserveConnectorZeroSupported",),
        "TC_050_1_CS": ("ReserveConnectorZeroSupported",),
    }


def test_what_fits_besides_the_plan_is_additional() -> None:
    def additional(**answers: object) -> set[str]:
        return {row.id for row in station(**answers).values() if row.additional}  # type: ignore[arg-type]

    assert additional() == cases("027 041 048_1 050_1")
    assert additional(profiles__reservation="No") == cases("027 041 050_4")
    assert additional(security__security_profile_1="Yes") == cases("027 041 048_1 050_1 083 085")
    assert additional(security__security_profile_3="Yes") >= cases("084 086 087")


@pytest.mark.parametrize(
    ("profiles", "fit"),
    [
        ((), ""),
        ((1,), "085"),
        ((2,), "085 086"),
        ((3,), "086 087"),
        ((1, 3), "085 086 087"),
        ((2, 3), "083 085 086 087"),
    ],
)
def test_what_fits_a_csms_besides_the_plan_follows_its_security_profiles(profiles: tuple[int, ...], fit: str) -> None:
    declared: dict[str, Answer | None] = {f"security__security_profile_{number}": "Yes" for number in profiles}

    additional = {row.id for row in csms(**declared).values() if row.additional}

    assert additional == cases(f"018_1 048_1 088 {fit}", "CSMS")


def test_limits_too_small_for_a_mandatory_case_are_said() -> None:
    plan = station(
        limits__local_auth_list_max_length=4,
        limits__charging_schedule_max_periods=4,
        limits__charge_profile_max_stack_level=0,
    )

    warned = {row.id for row in plan.values() if "so it cannot pass" in row.reason}
    assert warned == cases("043 066 072")
    assert omitted(plan) == DEMONSTRATION_OMITS


def test_a_csms_runs_every_row_but_the_security_block_and_the_gone_cases() -> None:
    gone = {"_002", "_062", "_058_1", "_058_2", "_060"}

    assert omitted(csms()) == cases("073 074 075_1 075_2 076 077 078 079 080 081", "CSMS") | gone
    without_list = csms(profiles__local_auth_list_management="No")
    assert omitted(without_list) - omitted(csms()) == cases("042_1 043_1 042_2 043_3 043_4 043_5", "CSMS")


@pytest.mark.parametrize(
    "plan", [station(), csms(), station(profiles__smart_charging="No"), csms(profiles__reservation="No")]
)
def test_every_reason_is_one_sentence_that_cites_every_answer_it_names(plan: dict[str, PlanRow]) -> None:
    for row in plan.values():
        assert row.reason.endswith(".")
        assert row.reason.count(". ") == 0
        assert row.answers, row.id
        for key in row.answers:
            assert key in row.reason, row.id


def test_the_json_form_has_the_contract_s_keys() -> None:
    first = plan_as_json(plan_for(demonstration_pics()))[0]

    assert list(first)[:6] == ["id", "requirement", "applicable", "reason", "condition", "answers"]
    assert first["id"] == "TC_001_CS"


def test_an_unknown_edition_of_the_plan_is_a_fault_of_the_installation() -> None:
    with pytest.raises(EnvironmentFault, match="the plan is missing"):
        plan_edition("ocpp16-plan-0")


def test_a_project_names_its_pics_file_relative_to_itself(tmp_path: Path) -> None:
    source = data_path("resources") / "demo" / "pics.toml"
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "pics.toml").write_bytes(source.read_bytes())
    project = tmp_path / "PROJECT.toml"
    project.write_text('[project]\npics = "vendor/pics.toml"\n', encoding="utf-8")

    assert declaration_of(project) == demonstration_pics()
    assert declaration_of(source) == demonstration_pics()


@pytest.mark.parametrize("text", ["[project]\n", '[project]\npics = ""\n', "[project]\npics = 5\n", "project = 5\n"])
def test_a_project_without_pics_has_no_plan(tmp_path: Path, text: str) -> None:
    project = tmp_path / "PROJECT.toml"
    project.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as caught:
        declaration_of(project)
    assert str(caught.value) == (
        "PROJECT.toml: project.pics: the project names no PICS file, and without one there is no plan - "
        'add pics = "FILE.xlsx" or "FILE.toml" to [project]'
    )


def test_a_project_whose_pics_file_is_gone_says_which(tmp_path: Path) -> None:
    project = tmp_path / "PROJECT.toml"
    project.write_text('[project]\npics = "gone.xlsx"\n', encoding="utf-8")

    with pytest.raises(InputErrors) as caught:
        declaration_of(project)
    assert str(caught.value) == f"{tmp_path / 'gone.xlsx'}: there is no such file - correct the name"


# OCPP 2.0.1 -----------------------------------------------------------------------------------------------------------

PROJECT_201 = '[project]\nsut = "csms"\nocpp = "2.0.1"\n'


def test_each_version_has_the_edition_that_its_projects_are_planned_by() -> None:
    assert (current_plan("1.6"), current_plan("2.0.1"), current_plan("2.1")) == (
        CURRENT_PLAN,
        "ocpp201-cases-2023-06-30",
        "",
    )


def test_a_version_without_a_public_plan_has_its_cases_and_no_requirement(tmp_path: Path) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(PROJECT_201, encoding="utf-8")
    rows = plan_of(path)
    assert [row.id for row in rows] == [f"TC_B_{number}_CSMS" for number in (20, 21, 22, 25, 26, 27)]
    assert {(row.requirement, row.applicable, row.additional, row.answers, row.block) for row in rows} == {
        ("", False, True, (), "B. Provisioning")
    }
    assert rows[2].reason == (
        "Additional: no public certification plan says what is asked of a CSMS in OCPP 2.0.1; "
        "the case is one of OCPP 2.0.1 Part 6 Test Cases, edition 2023-06-30."
    )


def test_the_rows_of_that_edition_are_the_cases_and_their_titles() -> None:
    entries = plan_edition(current_plan("2.0.1")).entries
    assert {entry.id: entry.title for entry in entries} == {
        case.id: case.title for case in CATALOGUE.values() if case.ocpp == "2.0.1" and case.kind == "case"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[project]\nsut = "csms"\nocpp = "3"\n',
            'PROJECT.toml: project.ocpp: there is no such version of OCPP - write "1.6" or "2.0.1"',
        ),
        (
            '[project]\nocpp = "2.0.1"\n',
            'PROJECT.toml: project.sut: does not say what is tested - write sut = "cs" for a charging station, "csms" for a '
            "central system",
        ),
    ],
)
def test_a_project_that_cannot_be_planned_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        plan_of(path)
    assert str(refused.value) == message
