"""The declaration as the window shows it: which questions, how each is answered, what is wrong, what is missing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from labapp.domain.draft import Draft
from labapp.domain.pics import plain
from labapp.presentation.intake import (
    answered,
    edit_text,
    find,
    intake_status,
    intake_view,
    without_foreign,
)
from labapp.presentation.intake_questions import Field, QuestionView, Standing
from labapp.presentation.stages import StageStatus, State
from labapp.services.intake import demonstration_pics

EMPTY = Draft(1, "station")


def demonstration(**changes: Any) -> Draft:
    draft = Draft(1, "station", answers=plain(demonstration_pics().answers))
    for key, value in changes.items():
        draft = answered(draft, key.replace("__", "."), value)
    return draft


def question(draft: Draft, key: str) -> QuestionView:
    return intake_view(draft).questions[key]


def test_forms_stand_in_the_order_in_which_they_are_filled_in_and_count_their_answers() -> None:
    view = intake_view(demonstration())
    assert [(form.title, form.progress, form.remark) for form in view.forms] == [
        ("General", "11 of 11", ""),
        ("Optional features", "7 of 7", ""),
        ("Settings and limits", "12 of 19", ""),
        ("Feature profiles", "6 of 6", ""),
        ("Security", "3 of 5", ""),
        ("Performance", "4 of 4", ""),
        ("Supplementary facts", "10 of 11", ""),
    ]
    assert view.usable


def test_required_answers_that_are_missing_come_before_everything_else() -> None:
    view = intake_view(EMPTY)
    assert [form.remark for form in view.forms] == ["3 required", "2 required", "", "6 required", "", "", ""]
    assert view.questions["general.dut"].mark.word == "required"
    assert view.questions["general.vendor_name"].mark.word == "optional"
    assert not view.usable


def test_one_goes_from_what_is_wrong_to_what_is_missing_and_round_again() -> None:
    empty = intake_view(EMPTY)
    assert empty.next_open() == "general.dut"
    assert empty.next_open("general.dut") == "general.communication"
    assert empty.next_open("profiles.remote_trigger") == "general.dut"
    draft = answered(EMPTY, "profiles.core", "perhaps")
    assert intake_view(draft).next_open("general.dut") == "profiles.core"
    assert intake_view(demonstration()).next_open() == ""
    assert empty.form_of("profiles.core") == "profiles"


def test_the_headline_says_how_it_stands() -> None:
    assert intake_view(EMPTY).headline == (
        "No answer yet. Import the form that the vendor has filled in, drop it here, or answer the questions."
    )
    assert intake_view(demonstration()).headline == (
        "53 of 63 questions answered, the declaration is complete. Edition 1.1.4 of the forms."
    )
    draft = demonstration(profiles__core="", profiles__smart_charging="perhaps")
    assert intake_view(draft).headline == (
        "52 of 63 questions answered, 1 to mend, 1 required missing. Edition 1.1.4 of the forms."
    )


@pytest.mark.parametrize(
    ("key", "field", "choices", "unit", "example"),
    [
        ("general.fixed_cable", Field.SEGMENTS, ("Yes", "No"), "", ""),
        ("general.rfid_readers", Field.SEGMENTS, ("none", "single", "one per EVSE"), "", ""),
        ("general.product_subtype", Field.CHOICES, ("N.A.", "Mode 1/2-only Charging Station"), "", ""),
        ("general.communication_technology", Field.CHECKS, ("WiFi", "ethernet", "mobile network"), "", ""),
        ("limits.minimum_heartbeat_interval_supported", Field.NUMBER, (), "s", "0 or more"),
        ("general.vendor_name", Field.TEXT, (), "", ""),
        ("supplementary.evses", Field.TOPOLOGY, (), "", "[[1],[2]]"),
    ],
)
def test_each_kind_of_question_has_its_field(
    key: str, field: Field, choices: tuple[str, ...], unit: str, example: str
) -> None:
    shown = question(EMPTY, key)
    assert (shown.field, shown.choices, shown.unit, shown.example) == (field, choices, unit, example)
    assert shown.help


def test_only_questions_put_to_this_sut_stand_there_and_the_dut_decides() -> None:
    station = intake_view(EMPTY)
    assert "general.rfid_readers" in station.questions
    assert "performance.response_time_authorize" not in station.questions
    draft = answered(EMPTY, "general.dut", "CSMS")
    csms = intake_view(draft)
    assert draft.sut == "csms"
    assert "general.rfid_readers" not in csms.questions
    assert "performance.response_time_authorize" in csms.questions
    assert csms.sut == "csms"


def test_a_label_does_not_say_for_whom_the_question_is() -> None:
    assert question(EMPTY, "general.fixed_cable").label == "Fixed cable"
    sections = [section.heading for form in intake_view(EMPTY).forms for section in form.sections]
    assert "Supported cipher suites" in sections


def test_what_cannot_be_read_stays_and_says_how_to_mend_it() -> None:
    draft = demonstration(limits__maximum_heartbeat_interval_supported="one day ")
    shown = question(draft, "limits.maximum_heartbeat_interval_supported")
    assert draft.answers["limits.maximum_heartbeat_interval_supported"] == "one day "
    assert (shown.value, shown.standing) == ("one day ", Standing.FAULT)
    assert shown.fault == 'Is "one day" where a whole number of s is asked.'
    assert shown.mend == "Write the digits alone, without a unit."
    assert (shown.mark.word, shown.mark.shape) == ("to mend", "▲")


def test_an_answer_that_is_cleared_is_none() -> None:
    assert "general.vendor_name" not in demonstration(general__vendor_name="").answers
    assert "general.communication_technology" not in demonstration(general__communication_technology=()).answers


def test_items_of_a_list_are_checked() -> None:
    draft = demonstration(general__communication_technology=("WiFi", "mobile network"))
    shown = question(draft, "general.communication_technology")
    assert (shown.checked, shown.standing) == (("WiFi", "mobile network"), Standing.ANSWERED)


def test_an_answer_in_another_spelling_is_the_choice() -> None:
    draft = EMPTY.with_answer("general.fixed_cable", True).with_answer("general.dut", "charge point")
    assert question(draft, "general.fixed_cable").value == "Yes"
    assert question(draft, "general.dut").value == "Charging Station"


def test_a_contradiction_stands_at_both_questions() -> None:
    draft = demonstration(profiles__reservation="No")
    whole, profile, scope = (
        question(draft, key)
        for key in (
            "optional.support_reservations_of_entire_charging_station",
            "profiles.reservation",
            "supplementary.certificate_scope",
        )
    )
    assert (whole.fault, whole.mend) == ('Is "Yes", but Reservation = "No".', "Correct one of the two answers.")
    assert profile.fault == 'Is "No", but Certificate scope = "Full" needs every feature profile.'
    assert profile.hint == "The answer to “Support reservations of entire Charging Station” contradicts this one."
    assert (scope.standing, scope.hint) == (
        Standing.ANSWERED,
        "The answer to “Reservation” contradicts this one.",
    )


def test_answers_of_the_other_kind_of_device_are_shown_and_cleared_together() -> None:
    draft = demonstration(general__dut="CSMS")
    view = intake_view(draft)
    assert view.foreign_note == "10 answers belong to the other kind of device."
    assert view.questions["general.rfid_readers"].mend == "Clear the answer, or correct DUT."
    assert view.questions["general.dut"].hint == ""
    cleared = intake_view(without_foreign(draft))
    assert cleared.foreign_note == ""
    assert "general.rfid_readers" not in cleared.questions
    assert cleared.usable


def test_an_answer_that_no_question_asks_for_is_named() -> None:
    view = intake_view(demonstration().with_answer("general.qqq", "green"))
    assert view.stray == (
        "general.qqq: No question has the key general.qqq. Remove it; `labapp pics keys` lists every key.",
    )
    assert not view.usable


def test_the_rail_lists_the_faults_first_then_what_is_required() -> None:
    assert intake_status(None) == StageStatus(State.TO_DO, ("open or make a project",))
    assert intake_status(EMPTY) == StageStatus(State.TO_DO, ("import the vendor's PICS, or answer the forms",))
    assert intake_status(demonstration()) == StageStatus(State.DONE)
    assert intake_status(demonstration(profiles__core="", profiles__smart_charging="perhaps")) == StageStatus(
        State.PROBLEM,
        ('Smart Charging: is "perhaps" where Yes or No is asked', "Core: required"),
    )
    begun = answered(EMPTY, "general.dut", "CSMS")
    assert intake_status(begun) == StageStatus(
        State.IN_WORK,
        (
            "Communication: required",
            "Core: required",
            "Firmware Management: required",
            "Smart Charging: required",
            "and 3 more",
        ),
    )
    assert intake_status(demonstration(general__dut="CSMS")).missing == (
        "10 answers belong to the other kind of device.",
    )


def test_questions_are_found_by_label_key_and_explanation() -> None:
    view = intake_view(EMPTY)
    assert [hit.label for hit in find(view, "heartbeat")] == [
        "Minimum HeartbeatInterval supported",
        "Maximum HeartbeatInterval supported",
    ]
    assert [(hit.form, hit.label) for hit in find(view, "cards present")] == [("General", "RFID readers")]
    assert find(view, "  ") == ()
    assert edit_text(view, "general.rfid_readers") == "answer to RFID readers"


def test_each_draft_is_judged_for_itself() -> None:
    one, other = demonstration(), demonstration(profiles__core="No")
    assert intake_view(one) is intake_view(one)
    assert [intake_view(each).usable for each in (one, other, one)] == [True, False, True]


def test_a_key_that_is_pressed_is_judged_at_once() -> None:
    draft = demonstration()
    intake_view(draft)
    times = []
    for number in range(20):
        before = time.perf_counter()
        intake_view(answered(draft, "limits.maximum_heartbeat_interval_supported", str(number)))
        times.append(time.perf_counter() - before)
    assert min(times) < 0.01
