"""The stage Plan, as the technician uses it: reading why, filtering, choosing, and changing an answer beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from labapp.gui import theme
from labapp.gui.desk import Desk
from labapp.gui.pages.intake_fields import Segments
from labapp.gui.pages.plan import PlanPage
from labapp.gui.pages.plan_table import APPLIES, CASE, REQUIREMENT, RUN, TITLE, VERDICT, WHY, PlanModel
from labapp.presentation.plan import plan_view
from labapp.presentation.plan_choice import of_plan
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage, State
from labapp.services.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
DISPLAY = Qt.ItemDataRole.DisplayRole


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One database for all: each test begins a project of its own."""
    return Workspace(f"sqlite:///{tmp_path_factory.mktemp('database')}/labapp.sqlite")


@pytest.fixture
def desk(workspace: Workspace) -> Iterator[Desk]:
    desk = Desk(workspace)
    yield desk
    desk.flush()
    desk.tasks.close()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> PlanPage:
    page = PlanPage(desk)
    qtbot.addWidget(page)
    page.resize(1166, 680)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    return page


@pytest.fixture
def full(page: PlanPage, desk: Desk) -> PlanPage:
    """The demonstration's project."""
    desk.open(desk.workspace.demonstration())
    page.begin()
    return page


def cell(page: PlanPage, case: str, column: int, role: int = DISPLAY) -> object:
    place = page.table.plan.place(case)
    return page.table.plan.data(place.siblingAtColumn(column), role)


def shown(page: PlanPage) -> list[str]:
    model = page.table.plan
    groups = [model.index(at, 0) for at in range(model.rowCount())]
    return [str(model.index(row, CASE, group).data()) for group in groups for row in range(model.rowCount(group))]


def look_at(page: PlanPage, case: str) -> None:
    page.table.setCurrentIndex(page.table.plan.place(case))


def answer_beside(page: PlanPage, key: str, choice: str) -> None:
    field = page.answers.fields[key]
    assert isinstance(field, Segments)
    QTest.mouseClick(next(each for each in field.segments if each.choice == choice), LEFT)


def facts(page: PlanPage) -> list[str]:
    return [text.text() for heading, text in page.detail._facts if not heading.isHidden()]


def test_without_a_project_the_page_says_what_to_do_first(page: PlanPage) -> None:
    assert page.empty.isVisible()
    assert page.empty.text.text().startswith("Here stands which test cases the device has to run, and why.")
    assert page.status().missing == ("open or make a project",)


def test_every_case_stands_in_its_group(full: PlanPage, desk: Desk) -> None:
    assert desk.draft is not None
    view = plan_view(desk.draft, {})
    assert shown(full) == [line.id for line in view.lines]
    model = full.table.plan
    assert [model.index(at, 0).data() for at in range(model.rowCount())] == [
        f"{group.title}   {group.counts}" for group in view.groups
    ]
    assert [cell(full, "TC_003_CS", column) for column in (CASE, TITLE, REQUIREMENT, APPLIES, WHY, VERDICT)] == [
        "TC_003_CS",
        "Regular Charging Session - Plugin First",
        "C",
        "● applies",
        'Local start of a transaction = "Yes" and Local stop of a transaction = "Yes".',
        "",
    ]
    assert cell(full, "_006", VERDICT) == "not in this labapp"
    assert full.status().state is State.DONE


def test_the_model_of_the_table_is_sound(full: PlanPage) -> None:
    """Qt's own tester watches while the table changes; what it finds it warns of, and a warning fails the test."""
    tester = QAbstractItemModelTester(full.table.plan, QAbstractItemModelTester.FailureReportingMode.Warning)
    answer_beside(full, "profiles.reservation", "No")
    full.words.setText("reset")
    full.words.clear()
    assert tester.model() is full.table.plan


def test_the_case_that_one_looks_at_is_told_whole(full: PlanPage) -> None:
    look_at(full, "TC_003_CS")
    assert full.detail.case.text() == "TC_003_CS"
    assert facts(full)[0].startswith("Conditional, and applicable to a charging station that starts transactions")
    assert facts(full)[3] == "transactions can be started at the station"
    assert [shown.text() for shown in full.answers._labels.values() if shown.text().startswith("▸")] == [
        "▸ Local start of a transaction",
        "▸ Local stop of a transaction",
    ]


def test_an_answer_beside_the_plan_marks_what_it_changes(full: PlanPage, desk: Desk) -> None:
    look_at(full, "TC_049_CS")
    before = [full.table.plan.place("TC_049_CS").row(), full.table.verticalScrollBar().value()]
    answer_beside(full, "profiles.reservation", "No")
    assert desk.draft is not None
    assert desk.draft.answers["profiles.reservation"] == "No"
    assert full.changed_text.text() == "◆ The last answer changed 16 cases."
    assert cell(full, "TC_046_1_CS", APPLIES) == "– does not apply"
    assert cell(full, "TC_046_1_CS", WHY) == 'was: applies · Reservation = "No".'
    assert cell(full, "TC_046_1_CS", APPLIES, Qt.ItemDataRole.BackgroundRole) == QColor(theme.current().marked)
    assert cell(full, "TC_001_CS", APPLIES, Qt.ItemDataRole.BackgroundRole) is None
    # One still looks at the same case in the same place.
    assert (full.table.case, full.detail.was.text()) == ("TC_049_CS", "was: device decides")
    assert [full.table.plan.place("TC_049_CS").row(), full.table.verticalScrollBar().value()] == before
    QTest.mouseClick(full.changed, LEFT, pos=QPoint(10, 10))
    assert len(shown(full)) == 16
    answer_beside(full, "profiles.reservation", "Yes")
    assert full.changed_text.text() == "◆ The last answer changed 16 cases."
    answer_beside(full, "general.rfid_readers", "one per EVSE")
    assert (full.changes.isVisible(), full.changed.isChecked()) == (False, False)
    assert len(shown(full)) > 100


def test_answers_beside_the_plan_are_given_by_keyboard(full: PlanPage, desk: Desk) -> None:
    field = full.answers.fields["profiles.reservation"]
    field.focus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_N)
    assert desk.draft is not None
    assert desk.draft.answers["profiles.reservation"] == "No"
    assert QApplication.focusWidget() is field.focusProxy()


def test_tab_goes_from_the_table_to_the_answers(full: PlanPage) -> None:
    full.answers_button.click()
    assert QApplication.focusWidget() is full.table
    QTest.keyClick(full.table, Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is full.answers.fields["general.dut"].focusProxy()


def test_the_answers_stand_beside_the_table_where_there_is_room_or_when_asked_for(full: PlanPage) -> None:
    assert (full.answers.isVisible(), full.answers_button.isChecked()) == (False, False)
    full.resize(1720, 1000)
    assert (full.answers.isVisible(), full.answers_button.isChecked()) == (True, True)
    full.answers_button.click()
    assert not full.answers.isVisible()
    full.answers_button.click()
    full.resize(1166, 680)
    assert (full.answers.isVisible(), full.answers_button.isChecked()) == (True, True)


def test_the_filter_works_while_one_types(full: PlanPage) -> None:
    full.search()
    assert QApplication.focusWidget() is full.words
    QTest.keyClicks(full.words, "hard reset")
    assert shown(full) == ["TC_013_CS", "TC_015_CS"]
    assert full.counts.text() == "2 of 109 cases shown"
    QTest.keyClicks(full.words, " nothing like it")
    assert shown(full) == []
    assert full.detail.title.text() == "Choose a case to read why it applies or not."
    QTest.keyClick(full.words, Qt.Key.Key_Escape)
    assert (len(shown(full)), full.counts.isVisible()) == (109, False)
    QTest.mouseClick(full.available, LEFT, pos=QPoint(10, 10))
    assert "_006" not in shown(full)
    assert all(cell(full, case, VERDICT) != "not in this labapp" for case in shown(full))
    QTest.mouseClick(full.available, LEFT, pos=QPoint(10, 10))
    QTest.mouseClick(full.applicable, LEFT, pos=QPoint(10, 10))
    full.requirement.setCurrentIndex(full.requirement.findData("O"))
    assert all(cell(full, case, REQUIREMENT) == "O" for case in shown(full))
    assert all(cell(full, case, APPLIES) != "– does not apply" for case in shown(full))


def test_a_group_that_is_folded_stays_so(full: PlanPage) -> None:
    core = full.table.plan.index(0, 0)
    full.table.collapse(core)
    full.words.setText("reset")
    full.words.clear()
    assert not full.table.isExpanded(full.table.plan.index(0, 0))
    assert full.table.isExpanded(full.table.plan.index(1, 0))


def test_space_takes_a_case_out_and_in_again(full: PlanPage, desk: Desk) -> None:
    check = Qt.ItemDataRole.CheckStateRole
    look_at(full, "TC_001_CS")
    assert desk.draft is not None
    count = len(of_plan(plan_view(desk.draft, {})))
    assert cell(full, "TC_001_CS", RUN, check) is CHECKED
    assert cell(full, "_006", RUN, check) is None
    assert full.selection.text() == f"To run: the {count} cases that apply and can be run."
    QTest.keyClick(full.table, Qt.Key.Key_Space)
    assert desk.selected_cases is not None
    assert "TC_001_CS" not in desk.selected_cases
    assert cell(full, "TC_001_CS", RUN, check) is UNCHECKED
    assert full.selection.text() == f"To run: {count - 1} chosen cases. The plan has {count}."
    QTest.keyClick(full.table, Qt.Key.Key_Space)
    assert (desk.selected_cases, full.reset_button.isVisible()) == (None, False)


def test_all_cases_are_taken_out_to_choose_a_few(full: PlanPage, desk: Desk) -> None:
    QTest.mouseClick(full.none_button, LEFT)
    assert (desk.selected_cases, full.none_button.isVisible(), full.table.hasFocus()) == ((), False, True)
    assert full.status().state == State.PROBLEM
    QTest.mouseClick(full.reset_button, LEFT)
    assert (desk.selected_cases, full.none_button.isVisible()) == (None, True)


def test_several_cases_are_taken_out_at_once_and_put_back_as_planned(full: PlanPage, desk: Desk) -> None:
    full.table.selectAll()
    look_at_without_selecting(full, "TC_001_CS")
    QTest.keyClick(full.table, Qt.Key.Key_Space)
    assert desk.selected_cases == ()
    assert (full.status().state, full.status().missing) == (State.PROBLEM, ("no case is chosen",))
    QTest.mouseClick(full.reset_button, LEFT)
    assert (desk.selected_cases, full.status().state) == (None, State.DONE)


def look_at_without_selecting(page: PlanPage, case: str) -> None:
    selection = page.table.selectionModel()
    selection.setCurrentIndex(page.table.plan.place(case), selection.SelectionFlag.NoUpdate)


def test_a_box_is_ticked_with_the_mouse(full: PlanPage, desk: Desk) -> None:
    place = full.table.plan.place("TC_001_CS").siblingAtColumn(RUN)
    area = full.table.visualRect(place)
    QTest.mouseClick(full.table.viewport(), LEFT, pos=QPoint(area.left() + 12, area.center().y()))
    assert desk.selected_cases is not None
    assert "TC_001_CS" not in desk.selected_cases


def test_certification_runs_the_plan_and_nothing_else(full: PlanPage, desk: Desk) -> None:
    QTest.keyClick(full.table, Qt.Key.Key_Space)
    assert desk.draft is not None
    desk.edit(desk.draft.with_value("project", "mode", "certification"), "mode")
    assert desk.selected_cases is None
    place = full.table.plan.place("TC_001_CS").siblingAtColumn(RUN)
    assert not full.table.plan.flags(place) & Qt.ItemFlag.ItemIsUserCheckable
    look_at(full, "TC_001_CS")
    QTest.keyClick(full.table, Qt.Key.Key_Space)
    assert desk.selected_cases is None
    view = plan_view(desk.draft, {})
    assert full.selection.text() == f"Certification runs the plan: {len(of_plan(view))} cases."
    lacking = sum(line.applies.in_plan and not line.available for line in view.lines)
    missing = (f"{lacking} cases that apply are not in this labapp",) if lacking else ()
    assert full.status().missing == missing


def test_the_last_verdict_of_the_session_stands_beside_each_case(full: PlanPage, desk: Desk) -> None:
    desk.session = session = Session()
    run_started = {"type": "case", "run": "r", "id": "TC_001_CS", "attempt": 1}
    for message in (
        {**run_started, "event": "started", "verdict": ""},
        {**run_started, "event": "ended", "verdict": "FAIL"},
    ):
        session.take(message, 1.0)
        desk.told.emit(message)
    assert cell(full, "TC_001_CS", VERDICT) == "✗ FAIL"
    assert cell(full, "TC_001_CS", VERDICT, Qt.ItemDataRole.ForegroundRole) == theme.colour("verdict_fail")
    desk.session = None
    desk.session_changed.emit()
    assert cell(full, "TC_001_CS", VERDICT) == ""


def test_without_a_declaration_the_way_to_intake_stands_there(qtbot: QtBot, page: PlanPage, desk: Desk) -> None:
    desk.open(desk.workspace.create("Wallbox"))
    assert page.notice.text == "Say on Intake what the DUT is: then the plan of Appendix C stands here."
    assert "TC_001_CS" in shown(page)
    assert page.status().state is State.TO_DO
    with qtbot.waitSignal(desk.stage_asked) as asked:
        QTest.mouseClick(page.notice.button, LEFT)
    assert asked.args == [Stage.INTAKE]


def test_another_version_has_no_answers_beside_it(page: PlanPage, desk: Desk) -> None:
    draft = desk.workspace.create("Backend", "csms")
    desk.open(draft.with_value("project", "ocpp", "2.0.1"))
    assert shown(page) == [f"TC_B_{number}_CSMS" for number in (20, 21, 22, 25, 26, 27)]
    assert not page.answers.isVisible()
    assert not page.notice.isVisible()


def test_everything_has_a_name_and_fits_into_the_smallest_window(full: PlanPage) -> None:
    answer_beside(full, "profiles.reservation", "No")
    assert full.minimumSizeHint().width() <= 1166
    assert full.minimumSizeHint().height() <= 680
    for each in full.findChildren(QWidget):
        if isinstance(each, QAbstractButton | QLineEdit | QComboBox) and each.isVisible():
            named = each.accessibleName() or (each.text() if isinstance(each, QAbstractButton) else "")
            assert named or isinstance(each.parent(), QLineEdit | QComboBox | PlanModel), type(each).__name__
    assert cell(full, "TC_046_1_CS", CASE, Qt.ItemDataRole.AccessibleTextRole) == (
        "TC_046_1_CS, Reservation of a Connector - Local start transaction, conditional, does not apply, was: applies"
    )
    assert full.table.plan.data(QModelIndex()) is None
