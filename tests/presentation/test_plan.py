"""The plan as the window shows it: what applies and why, what an edit changes, and what will be run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labapp.domain.draft import Draft
from labapp.domain.pics import plain
from labapp.presentation.intake import answered
from labapp.presentation.plan import Filter, Plan, PlanView, filtered, plan_view, shown_text
from labapp.presentation.plan_choice import of_plan, plan_status, selected, selection_text, with_chosen
from labapp.presentation.plan_lines import Applies, PlanLine, facts_of, requirements
from labapp.presentation.session import Decided
from labapp.presentation.stages import StageStatus, State
from labapp.services.intake import demonstration_pics
from labapp.services.planning import plan_for

EMPTY = Draft(1, "station")
FULL = Draft(1, "station", answers=plain(demonstration_pics().answers))
CERTIFICATION = FULL.with_value("project", "mode", "certification")


def view(draft: Draft = FULL, **verdicts: str) -> PlanView:
    return plan_view(draft, verdicts)


def line(of: PlanView, case: str) -> PlanLine:
    found = of.line(case)
    assert found is not None
    return found


def lines_like(of: PlanView, chosen: Filter) -> list[str]:
    return [line.id for group in filtered(of, chosen) for line in group.lines]


def test_every_row_of_the_plan_stands_in_its_block_in_the_order_of_appendix_c() -> None:
    rows = plan_for(demonstration_pics())
    blocks = list(dict.fromkeys(row.block for row in rows))
    assert [line.id for line in view().lines] == [row.id for block in blocks for row in rows if row.block == block]
    assert [group.title for group in view().groups] == [
        "Core",
        "Local Auth List Management",
        "Firmware Management",
        "Reservation",
        "Remote Trigger",
        "Smart Charging",
        "Security",
    ]


def test_counts_of_a_group_and_of_all_agree_with_the_rows() -> None:
    shown = view()
    core = shown.groups[0]
    applying = [each for each in core.lines if each.applies.in_plan]
    here = [each for each in applying if each.available]
    assert core.counts == f"{len(applying)} of {len(core.lines)} apply, {len(here)} can be run"
    rows = plan_for(demonstration_pics())
    yes, live = sum(row.applicable for row in rows), sum(bool(row.applicable and row.live) for row in rows)
    besides = sum(row.additional for row in rows)
    assert besides == 4
    assert shown.counts == (
        f"{yes} apply, of these {live} once the device's keys agree, {besides} fit besides the plan, "
        f"{len(rows) - yes - besides} do not"
    )


def test_a_case_says_why_in_the_words_of_the_forms() -> None:
    shown = line(view(TC_003_CS="FAIL"), "TC_003_CS")
    assert shown.reason == (
        "Conditional, and applicable to a charging station that starts transactions locally and stops transactions locally: "
        'Local start of a transaction = "Yes" and Local stop of a transaction = "Yes".'
    )
    assert facts_of(shown) == (
        ("Why", shown.reason),
        ("For a DUT that", "starts transactions locally and stops transactions locally"),
        ("Answers", 'Local start of a transaction = "Yes"; Local stop of a transaction = "Yes"'),
        ("Prerequisites", "transactions can be started at the station"),
    )
    assert (shown.verdict, shown.requirement, shown.available, shown.sign.word) == ("FAIL", "C", True, "applies")
    assert shown.spoken == "TC_003_CS, Regular Charging Session - Plugin First, conditional, applies"


def test_the_table_says_what_decides_without_many_words() -> None:
    shown = view(answered(FULL, "profiles.reservation", "No"))
    assert [line(shown, case).short_reason for case in ("TC_001_CS", "TC_003_CS", "TC_046_1_CS", "_006")] == [
        'DUT = "Charging Station".',
        'Local start of a transaction = "Yes" and Local stop of a transaction = "Yes".',
        'Reservation = "No".',
        "Edition 2025-11 of the case document has no such case.",
    ]
    assert line(view(EMPTY), "TC_001_CS").short_reason == "Nothing speaks against it."
    assert all(5 < len(each.short_reason) <= len(each.reason) for each in shown.lines)


def test_a_case_that_labapp_lacks_says_so() -> None:
    shown = line(view(), "_006")  # a row of Appendix C without a case
    assert (shown.available, shown.availability) == (False, "not in this labapp")
    assert facts_of(shown)[-1] == ("Run", "This labapp does not have the case; it cannot be run here.")


def test_a_case_that_waits_for_the_devices_keys_is_neither_in_nor_out() -> None:
    shown = line(view(), "TC_005_1_CS")
    assert (shown.applies, shown.sign.word, shown.sign.shape) == (Applies.LIVE, "device decides", "◐")


def test_a_case_that_must_fail_says_so() -> None:
    draft = answered(FULL, "supplementary.security_certificate", "Yes")
    assert ("Verdict in order", "FAIL: a DUT that passes it breaks the rule.") in facts_of(
        line(view(draft), "TC_044_1_CS")
    )


def test_an_edit_marks_the_cases_that_it_changes_with_what_they_were() -> None:
    plan = Plan()
    assert plan.show(FULL, {}).changed_text == ""
    without = answered(FULL, "profiles.reservation", "No")
    shown = plan.show(without, {})
    assert shown.changed_text == "The last answer changed 16 cases."
    assert line(shown, "TC_046_1_CS").was == "was: applies"
    assert line(shown, "TC_049_CS").was == "was: device decides"
    assert line(shown, "TC_048_4_CS").was == "was: does not apply"
    # What is not about the declaration leaves the marks; the next answer takes them away.
    assert plan.show(without.with_value("project", "lab", "here"), {"TC_001_CS": "PASS"}).changed_text == (
        "The last answer changed 16 cases."
    )
    assert plan.show(answered(without, "general.vendor_name", "Another"), {}).changed_text == ""


def test_what_fits_besides_the_plan_is_run_in_preparation_unless_the_project_says_otherwise() -> None:
    shown = line(view(), "TC_041_CS")
    assert (shown.applies, shown.sign.word, shown.requirement) == (Applies.BESIDES, "besides the plan", "")
    assert shown.short_reason.startswith("Appendix C of edition 1.1.4 does not ask this case of a charging station")
    here = {each.id for each in view().lines if each.applies is Applies.BESIDES and each.available}
    for draft, runs in (
        (FULL, True),
        (FULL.with_value("run", "additional", False), False),
        (CERTIFICATION, False),
        (CERTIFICATION.with_value("run", "additional", True), True),
    ):
        assert {case for case in of_plan(view(draft)) if case in here} == (here if runs else set())


def test_what_the_device_has_told_decides_what_it_was_left_to_decide() -> None:
    decided = {
        "TC_049_CS": Decided(False, "Not applicable: the case is for another, but the device reports no key."),
        "TC_050_2_CS": Decided(True, "Mandatory; confirmed."),
        "TC_041_CS": Decided(False, "Not applicable: not so."),
        "TC_048_4_CS": Decided(True, "It was excluded before."),
    }
    shown = Plan().show(FULL, {}, decided)
    assert [(line(shown, case).applies, line(shown, case).reason) for case in ("TC_049_CS", "TC_050_2_CS")] == [
        (Applies.NO, decided["TC_049_CS"].reason),
        (Applies.YES, "Mandatory; confirmed."),
    ]
    assert line(shown, "TC_049_CS").short_reason == "The device reports no key."
    assert line(shown, "TC_041_CS").applies is Applies.NO
    assert line(shown, "TC_048_4_CS").reason == line(view(), "TC_048_4_CS").reason


def test_the_changed_cases_can_be_shown_alone() -> None:
    plan = Plan()
    untouched = plan.show(FULL, {})
    assert len(lines_like(untouched, Filter(changed=True))) == len(untouched.lines)
    shown = plan.show(answered(FULL, "profiles.reservation", "No"), {})
    assert lines_like(shown, Filter(changed=True)) == [each.id for each in shown.changed]


def test_a_verdict_that_must_be_another_is_a_change() -> None:
    plan = Plan()
    plan.show(FULL, {})
    shown = plan.show(answered(FULL, "supplementary.security_certificate", "Yes"), {})
    assert line(shown, "TC_044_1_CS").was == "was: must pass"
    assert line(plan.show(FULL, {}), "TC_044_1_CS").was == "was: must fail"


def test_another_project_or_another_kind_of_device_is_no_change() -> None:
    plan = Plan()
    plan.show(FULL, {})
    assert plan.show(answered(FULL, "general.dut", "CSMS"), {}).changed == ()
    assert plan.show(Draft(2, "other", answers=FULL.answers), {}).changed == ()


def test_the_questions_beside_the_plan_are_those_that_it_depends_on() -> None:
    keys = [question.key for question in view().questions]
    assert {"profiles.reservation", "general.fixed_cable", "supplementary.local_start"} <= set(keys)
    assert not {"general.vendor_name", "limits.charging_schedule_max_periods", "supplementary.evses"} & set(keys)
    for row in view(answered(FULL, "profiles.reservation", "No")).lines:
        assert set(row.keys) <= set(keys), row.id
    # The list does not change while one answers.
    assert [question.key for question in view(answered(FULL, "general.rfid_readers", "none")).questions] == keys


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter("tc_003"), ["TC_003_CS"]),
        (Filter("reset hard"), ["TC_013_CS", "TC_015_CS"]),
        (Filter("rsv no such thing"), []),
        (Filter("one reader"), ["_006"]),
        (Filter("one reader", available=True), []),
        (Filter("power failure", applicable=True), ["TC_032_2_CS", "TC_034_CS"]),
        (Filter("trigger", requirement="M"), ["TC_054_CS", "TC_055_CS"]),
        (Filter("trigger", requirement="C"), []),
    ],
)
def test_the_filter(chosen: Filter, expected: list[str]) -> None:
    assert lines_like(view(), chosen) == expected


def test_the_filter_says_how_many_it_shows_and_leaves_out_empty_groups() -> None:
    groups = filtered(view(), Filter("hard reset"))
    assert [(group.title, group.counts) for group in groups] == [("Core", view().groups[0].counts)]
    assert shown_text(view(), groups) == f"{len(groups[0].lines)} of {len(view().lines)} cases shown"
    assert shown_text(view(), view().groups) == ""
    assert requirements()[:2] == (("", "any requirement"), ("M", "M  mandatory"))


def test_what_applies_and_is_there_is_run_unless_something_else_is_chosen() -> None:
    shown = view()
    whole = of_plan(shown)
    assert whole == tuple(row.id for row in shown.lines if row.available and row.applies is not Applies.NO)
    assert selected(shown, None) == whole
    assert selection_text(shown, None) == f"To run: the {len(whole)} cases that apply and can be run."
    fewer = with_chosen(shown, None, ["TC_001_CS"], run=False)
    assert fewer == whole[1:]
    assert selection_text(shown, fewer) == f"To run: {len(whole) - 1} chosen cases. The plan has {len(whole)}."
    assert with_chosen(shown, fewer, ["TC_001_CS"], run=True) is None
    assert with_chosen(shown, fewer, ["TC_004_1_CS"], run=True) == fewer  # labapp does not have it


def test_preparation_may_run_what_does_not_apply_and_certification_runs_the_plan() -> None:
    without = answered(FULL, "optional.authorization_cache", "No")
    assert "TC_061_1_CS" not in of_plan(view(without))
    assert "TC_061_1_CS" in (with_chosen(view(without), None, ["TC_061_1_CS"], run=True) or ())
    certified = view(CERTIFICATION)
    assert certified.fixed
    assert selected(certified, ("TC_001_CS",)) == of_plan(certified)
    assert with_chosen(certified, None, ["TC_001_CS"], run=False) is None
    assert selection_text(certified, None) == f"Certification runs the plan: {len(of_plan(certified))} cases."


def test_without_a_declaration_the_cases_that_fit_the_project_stand_there() -> None:
    shown = view(EMPTY)
    assert (shown.headline, shown.advice) == (
        "The cases that fit OCPP 1.6 and a charging station.",
        "Say on Intake what the DUT is: then the plan of Appendix C stands here.",
    )
    assert line(shown, "TC_001_CS").applies is Applies.YES
    core_only = view(EMPTY.with_value("dut", "features", ["Core"]))
    assert line(core_only, "TC_066_CS").reason == (
        "The case presupposes that the feature profile SmartCharging is supported, which is not so."
    )
    stated = EMPTY.with_value("dut", "features", ["Core", "SmartCharging"]).with_value("dut", "local_start", False)
    assert line(view(stated), "TC_066_CS").applies is Applies.YES
    assert line(view(stated), "TC_003_CS").applies is Applies.NO


@pytest.mark.parametrize("wrong", ["yes", 3, None, [], {"a": 1}])
def test_facts_that_cannot_be_read_do_not_stop_planning(wrong: Any) -> None:
    draft = EMPTY
    for table, key in (
        ("dut", "local_start"),
        ("dut", "features"),
        ("dut", "connectors"),
        ("connection", "security_profile"),
    ):
        draft = draft.with_value(table, key, wrong)
    assert line(view(draft), "TC_003_CS").applies is Applies.YES


def test_another_version_has_its_own_cases() -> None:
    draft = Draft(1, "csms").with_value("project", "ocpp", "2.0.1").with_value("project", "sut", "csms")
    shown = view(draft)
    assert [each.id for each in shown.lines] == [f"TC_B_{number}_CSMS" for number in (20, 21, 22, 25, 26, 27)]
    assert shown.advice == "There is no public certification plan for OCPP 2.0.1."
    assert shown.headline == "The cases of OCPP 2.0.1 Part 6 Test Cases, edition 2023-06-30, for a CSMS."
    assert [(each.title, each.counts) for each in shown.groups] == [("B. Provisioning", "0 of 6 apply, 0 can be run")]
    (immediate,) = (each for each in shown.lines if each.id == "TC_B_22_CSMS")
    assert (immediate.applies, immediate.requirement, immediate.cited) == (Applies.BESIDES, "", ())
    assert immediate.reason == (
        "Additional: no public certification plan says what is asked of a CSMS in OCPP 2.0.1; "
        "the case is one of OCPP 2.0.1 Part 6 Test Cases, edition 2023-06-30."
    )
    assert shown.questions == ()
    assert of_plan(shown) == tuple(each.id for each in shown.lines)
    assert plan_status(shown, None, usable=False) == StageStatus(State.DONE)


def test_how_far_planning_is() -> None:
    assert plan_status(None, None, usable=False) == StageStatus(State.TO_DO, ("open or make a project",))
    assert plan_status(view(EMPTY), None, usable=False) == StageStatus(State.TO_DO, ("say on Intake what the DUT is",))
    assert plan_status(view(), None, usable=True) == StageStatus(State.DONE)
    assert plan_status(view(), (), usable=True) == StageStatus(State.PROBLEM, ("no case is chosen",))
    assert plan_status(view(), None, usable=False) == StageStatus(State.IN_WORK, ("the declaration is not complete",))
    certified = view(CERTIFICATION)
    first, *others = certified.groups
    cut = replace(first, lines=(replace(first.lines[0], available=False), *first.lines[1:]))
    before = sum(not row.available and row.applies.in_plan for row in certified.lines)
    assert plan_status(replace(certified, groups=(cut, *others)), None, usable=True) == StageStatus(
        State.PROBLEM, (f"{before + 1} cases that apply are not in this labapp",)
    )
    undeclared = view(EMPTY.with_value("project", "mode", "certification"))
    assert plan_status(undeclared, None, usable=False) == StageStatus(
        State.PROBLEM, ("certification needs a declaration",)
    )


def test_a_plan_on_answers_of_which_some_are_wrong_says_so() -> None:
    draft = answered(FULL, "limits.charging_schedule_max_periods", "many")
    assert view(draft).advice == "The declaration is not complete; the plan rests on the answers that can be used."
    assert view().advice == ""
