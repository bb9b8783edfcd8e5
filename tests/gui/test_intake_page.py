"""The stage Intake, as the technician uses it: typing, choosing, searching, importing, dropping, exporting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from labapp.gui.desk import Desk
from labapp.gui.pages.intake import IntakePage
from labapp.gui.pages.intake_fields import Checks, Choices, Line, Segments
from labapp.gui.pages.intake_forms import QuestionRow
from labapp.presentation.intake import answered
from labapp.presentation.stages import State
from labapp.services.intake import demonstration_pics, inspect_pics, write_pics_workbook
from labapp.services.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
HEARTBEAT = "limits.maximum_heartbeat_interval_supported"


class Chooser:
    """Stands for the file dialogs."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.proposed = ""

    def to_import(self, _: QWidget) -> Path | None:
        return self.path

    def to_export(self, _: QWidget, name: str) -> Path | None:
        self.proposed = name
        return self.path


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intake") / "vendor.xlsx"
    write_pics_workbook(path, demonstration_pics())
    return path


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
def chooser() -> Chooser:
    return Chooser()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, chooser: Chooser) -> IntakePage:
    page = IntakePage(desk, chooser.to_import, chooser.to_export)
    qtbot.addWidget(page)
    page.resize(1166, 680)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    return page


@pytest.fixture
def new(page: IntakePage, desk: Desk) -> IntakePage:
    """A project without an answer."""
    desk.open(desk.workspace.create("Wallbox"))
    return page


@pytest.fixture
def full(page: IntakePage, desk: Desk) -> IntakePage:
    """The demonstration's project."""
    desk.open(desk.workspace.demonstration())
    return page


def idle(page: IntakePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.desk.tasks.under_way)


def row(page: IntakePage, key: str) -> QuestionRow:
    page.go_to(key)
    return page._pages[key.partition(".")[0]].rows[key]


def line(page: IntakePage, key: str) -> QLineEdit:
    field = row(page, key).field
    assert isinstance(field, Line)
    return field.line


def segments(page: IntakePage, key: str) -> Segments:
    field = row(page, key).field
    assert isinstance(field, Segments)
    return field


def answer(page: IntakePage, key: str) -> object:
    assert page.desk.draft is not None
    return page.desk.draft.answers.get(key)


def drop(page: IntakePage, *urls: QUrl) -> None:
    mime = QMimeData()
    mime.setUrls(list(urls))
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(20, 20), copy, mime, LEFT, NONE)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    assert page._target.isVisible()
    QApplication.sendEvent(page, QDropEvent(QPointF(20, 20), copy, mime, LEFT, NONE))
    assert not page._target.isVisible()


# Answering ------------------------------------------------------------------------------------------------------------


def test_without_a_project_the_page_says_what_to_do_first(page: IntakePage) -> None:
    assert page.empty.isVisible()
    assert page.empty.text.text().startswith("Here stands what the vendor declares about the device under test.")
    assert page.status().missing == ("open or make a project",)
    page.begin()
    page.search()


def test_what_is_typed_is_judged_at_once_and_the_cursor_stays(full: IntakePage) -> None:
    field = line(full, HEARTBEAT)
    assert (field.text(), QApplication.focusWidget()) == ("86400", field)
    field.setCursorPosition(2)
    QTest.keyClicks(field, "x")
    shown = row(full, HEARTBEAT)
    assert (field.text(), field.cursorPosition()) == ("86x400", 3)
    assert line(full, HEARTBEAT) is field
    assert shown.fault.text() == '▲ Is "86x400" where a whole number of s is asked.'
    assert shown.mend.text() == "Write the digits alone, without a unit."
    assert answer(full, HEARTBEAT) == "86x400"
    assert full.status().state is State.PROBLEM
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert not shown.fault.isVisible()
    assert full.status().state is State.DONE


def test_questions_are_answered_by_keyboard_alone(new: IntakePage) -> None:
    dut = segments(new, "general.dut")
    assert QApplication.focusWidget() is dut.segments[0]
    QTest.keyClick(dut.segments[0], Qt.Key.Key_Right)
    QTest.keyClick(dut.segments[1], Qt.Key.Key_Space)
    assert answer(new, "general.dut") == "Charging Station"
    cable = segments(new, "general.fixed_cable")
    QTest.keyClick(cable.segments[0], Qt.Key.Key_N)
    assert answer(new, "general.fixed_cable") == "No"
    assert QApplication.focusWidget() is cable.segments[1]
    # Tab passes the other choices and comes to the next question, and back.
    QTest.keyClick(cable.segments[1], Qt.Key.Key_Tab)
    version = line(new, "general.ocpp_software_version")
    assert QApplication.focusWidget() is version
    QTest.keyClick(version, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is cable.segments[1]
    QTest.keyClick(cable.segments[1], Qt.Key.Key_Delete)
    assert answer(new, "general.fixed_cable") is None
    assert row(new, "general.fixed_cable").mark.text() == "○ required"


def test_the_chosen_one_is_taken_back_by_pressing_it_again(full: IntakePage) -> None:
    core = segments(full, "profiles.core")
    assert [each.isChecked() for each in core.segments] == [True, False]
    QTest.mouseClick(core.segments[0], LEFT)
    assert answer(full, "profiles.core") is None
    assert [each.isChecked() for each in core.segments] == [False, False]
    QTest.mouseClick(core.segments[1], LEFT)
    assert answer(full, "profiles.core") == "No"
    assert row(full, "profiles.core").fault.text() == '▲ Is "No", but every certificate needs the Core profile.'


def test_lists_and_long_choices(full: IntakePage) -> None:
    checks = row(full, "general.communication_technology").field
    assert isinstance(checks, Checks)
    QTest.mouseClick(checks.boxes[0], LEFT, pos=QPoint(10, 10))
    assert answer(full, "general.communication_technology") == ["WiFi", "ethernet"]
    subtype = row(full, "general.product_subtype").field
    assert isinstance(subtype, Choices)
    subtype.list.setFocus()
    QTest.keyClick(subtype.list, Qt.Key.Key_Down)
    QTest.keyClick(subtype.list, Qt.Key.Key_Up)
    QTest.keyClick(subtype.list, Qt.Key.Key_Up)
    assert answer(full, "general.product_subtype") is None
    assert subtype.list.currentText() == "not answered"


def test_scrolling_over_a_field_changes_no_answer(full: IntakePage) -> None:
    subtype = row(full, "general.product_subtype").field
    assert isinstance(subtype, Choices)
    where = QPointF(5, 5)
    wheel = QWheelEvent(
        where,
        subtype.list.mapToGlobal(where),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(subtype.list, wheel)
    assert answer(full, "general.product_subtype") == "N.A."


def test_another_kind_of_device_puts_other_questions_and_says_what_does_not_belong(full: IntakePage) -> None:
    QTest.keyClick(segments(full, "general.dut").segments[1], Qt.Key.Key_C)
    assert answer(full, "general.dut") == "CSMS"
    assert full.foreign.text == (
        "10 answers belong to the other kind of device.\n"
        "They stand in the way of the plan. Clear them, or correct what the DUT is."
    )
    assert QApplication.focusWidget() is segments(full, "general.dut").segments[0]
    QTest.mouseClick(full.foreign.button, LEFT)
    assert not full.foreign.isVisible()
    assert "general.rfid_readers" not in full._pages["general"].rows
    assert full.desk.draft is not None
    assert (full.desk.draft.sut, full.status().state) == ("csms", State.DONE)


def test_what_changes_elsewhere_is_shown_in_the_same_fields(full: IntakePage, desk: Desk) -> None:
    field = line(full, "general.vendor_name")
    assert desk.draft is not None
    desk.edit(answered(desk.draft, "general.vendor_name", "Another"), "elsewhere")
    assert (field.text(), line(full, "general.vendor_name")) == ("Another", field)


def test_f8_goes_from_one_missing_answer_to_the_next(qtbot: QtBot, new: IntakePage) -> None:
    QTest.keyClicks(line(new, "general.vendor_name"), "Vendor")
    with qtbot.waitSignal(new.next_button.clicked):
        QTest.keyClick(line(new, "general.vendor_name"), Qt.Key.Key_F8)
    assert new._at == "general.dut"
    with qtbot.waitSignal(new.next_button.clicked):
        QTest.keyClick(segments(new, "general.dut").segments[0], Qt.Key.Key_F8)
    assert new._at == "general.communication"
    assert QApplication.focusWidget() is segments(new, "general.communication").segments[0]


def test_a_question_is_found_and_gone_to(full: IntakePage) -> None:
    full.search()
    search = full.forms.search
    assert QApplication.focusWidget() is search
    QTest.keyClicks(search, "rfid")
    assert full.forms.hits.item(0).text() == "RFID readers\nGeneral"
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert full._at == "general.rfid_readers"
    assert full.forms.forms.isVisible()
    full.search()
    QTest.keyClicks(search, "no such words")
    assert full.forms.hits.item(0).text() == "No question has these words."
    QTest.keyClick(search, Qt.Key.Key_Return)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert (search.text(), full.forms.forms.isVisible()) == ("", True)


def test_tab_goes_from_the_list_of_forms_into_the_form(full: IntakePage) -> None:
    full.begin()
    assert QApplication.focusWidget() is full.forms.forms
    QTest.keyClick(full.forms.forms, Qt.Key.Key_Down)
    QTest.keyClick(full.forms.forms, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is segments_of(full, "optional.authorization_cache")[0]


def segments_of(page: IntakePage, key: str) -> list[QWidget]:
    """The segments of a question on a form that is shown, without going there."""
    field = page._pages[key.partition(".")[0]].rows[key].field
    assert isinstance(field, Segments)
    return list(field.segments)


def test_the_keyboard_is_put_where_work_begins(new: IntakePage, desk: Desk) -> None:
    new.begin()
    assert QApplication.focusWidget() is new.import_button
    assert desk.draft is not None
    desk.edit(answered(desk.draft, "general.vendor_name", "Vendor"), "x")
    new.begin()
    assert QApplication.focusWidget() is segments(new, "general.dut").segments[0]


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_workbook_is_taken_at_once_into_an_empty_declaration_and_can_be_undone(
    qtbot: QtBot, new: IntakePage, desk: Desk, chooser: Chooser, workbook: Path
) -> None:
    chooser.path = workbook
    QTest.mouseClick(new.import_button, LEFT)
    assert new.notice.text == "Reading vendor.xlsx …"
    qtbot.waitUntil(lambda: new.notice.text.startswith("53 answers"))
    assert new.notice.text == "53 answers taken from vendor.xlsx\nCtrl+Z takes it back."
    assert line(new, "general.vendor_name").text() == "labapp demonstration"
    assert new.status().state is State.DONE
    with qtbot.waitSignal(desk.draft_changed):
        desk.undo()
    assert line(new, "general.vendor_name").text() == ""
    assert desk.draft is not None
    assert desk.draft.answers == {}


def test_an_import_is_shown_before_it_replaces_anything(
    qtbot: QtBot, full: IntakePage, desk: Desk, workbook: Path
) -> None:
    assert desk.draft is not None
    desk.edit(answered(desk.draft, "general.vendor_name", "Another"), "x")
    before = desk.draft
    drop(full, QUrl.fromLocalFile(str(workbook)))
    qtbot.waitUntil(full.panel.isVisible)
    assert full.panel.advice.text() == "1 of the answers that stand here change. It can be undone (Ctrl+Z)."
    changes = full.panel.changes
    assert [changes.item(0, column).text() for column in range(3)] == [
        "Vendor name",
        "Another",
        "labapp demonstration",
    ]
    assert desk.draft is before
    assert QApplication.focusWidget() is full.panel.take_button
    QTest.mouseClick(full.panel.close_button, LEFT)
    assert (desk.draft, full.panel.isVisible(), full.forms.isVisible()) == (before, False, True)
    full.read(workbook)
    qtbot.waitUntil(full.panel.isVisible)
    QTest.keyClick(full.panel.take_button, Qt.Key.Key_Space)
    assert answer(full, "general.vendor_name") == "labapp demonstration"
    assert not full.panel.isVisible()


def test_a_damaged_workbook_offers_what_can_be_used_and_lists_the_rest(
    qtbot: QtBot, new: IntakePage, workbook: Path, tmp_path: Path
) -> None:
    book = load_workbook(workbook)
    book["general"]["C11"] = "perhaps"
    book.save(tmp_path / "damaged.xlsx")
    drop(new, QUrl.fromLocalFile(str(tmp_path / "damaged.xlsx")))
    qtbot.waitUntil(new.panel.isVisible)
    assert new.panel.headline.text() == "damaged.xlsx: 52 answers can be used, one thing is wrong."
    assert [new.panel.faults.item(0, column).text() for column in range(3)] == [
        "general!C11",
        'Fixed cable is "perhaps" where Yes or No is asked.',
        "Answer Yes or No.",
    ]
    assert answer(new, "general.vendor_name") is None
    QTest.mouseClick(new.panel.take_button, LEFT)
    assert answer(new, "general.vendor_name") == "labapp demonstration"
    assert new.panel.headline.text() == "52 answers taken from damaged.xlsx"
    assert (new.panel.faults.isVisible(), new.panel.changes.isVisible(), new.panel.take_button.isVisible()) == (
        True,
        False,
        False,
    )
    QTest.mouseClick(new.panel.close_button, LEFT)
    assert new.next_button.isVisible()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "photo.png",
            b"\x89PNG",
            'photo.png: ends in ".png", and a PICS file is .xlsx or .toml.\n'
            "Import the form that the vendor has filled in, .xlsx or .toml; Export… writes one to be filled in.",
        ),
        (
            "letter.xlsx",
            b"PK\x03\x04",
            "letter.xlsx: is no .xlsx workbook.\n"
            "Import the form that the vendor has filled in, .xlsx or .toml; Export… writes one to be filled in.",
        ),
        ("folder.xlsx", None, "folder.xlsx: is a directory.\nName the file in it."),
    ],
)
def test_a_wrong_file_that_is_dropped_changes_nothing_and_says_what_to_do(
    qtbot: QtBot, full: IntakePage, desk: Desk, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    before = desk.draft
    drop(full, QUrl.fromLocalFile(str(path)))
    qtbot.waitUntil(lambda: full.notice.text == said)
    assert desk.draft is before
    QTest.mouseClick(full.notice.button, LEFT)
    assert not full.notice.isVisible()


def test_what_is_no_file_of_this_machine_is_refused_where_it_is_dropped(full: IntakePage) -> None:
    drop(full, QUrl("https://vendor.example/pics.xlsx"))
    assert full.notice.text == (
        "https://vendor.example/pics.xlsx: is no file of this machine\nSave it here first, then drop it"
    )
    drop(full, QUrl("file:///a.xlsx"), QUrl("file:///b.xlsx"))
    assert full.notice.text == (
        "2 things were dropped, and a declaration is one file\nDrop the vendor's workbook alone"
    )


def test_an_offer_goes_with_its_project(qtbot: QtBot, full: IntakePage, desk: Desk, workbook: Path) -> None:
    assert desk.draft is not None
    desk.edit(answered(desk.draft, "general.vendor_name", "Another"), "x")
    full.read(workbook)
    qtbot.waitUntil(full.panel.isVisible)
    desk.open(desk.workspace.create("Second"))
    assert (full.panel.isVisible(), full.forms.isVisible(), full._offer) == (False, True, None)
    idle(full, qtbot)


def test_a_file_is_never_taken_into_a_project_that_was_opened_meanwhile(
    qtbot: QtBot, new: IntakePage, desk: Desk, workbook: Path
) -> None:
    new.read(workbook)
    desk.open(desk.workspace.create("Second"))
    idle(new, qtbot)
    assert desk.draft is not None
    assert (desk.draft.answers, new.notice.isVisible()) == ({}, False)


def test_an_export_names_what_it_leaves_out_and_never_replaces_a_file(
    qtbot: QtBot, full: IntakePage, desk: Desk, chooser: Chooser, tmp_path: Path
) -> None:
    assert desk.draft is not None
    desk.edit(answered(desk.draft, HEARTBEAT, "one day"), "x")
    chooser.path = tmp_path / "out.xlsx"
    QTest.mouseClick(full.export_button, LEFT)
    qtbot.waitUntil(full.notice.isVisible)
    assert chooser.proposed.endswith("-pics.xlsx")
    assert full.notice.text == (
        f"Written: {tmp_path / 'out.xlsx'}\n"
        "Left out, since the answers are not usable yet: Maximum HeartbeatInterval supported."
    )
    assert inspect_pics(tmp_path / "out.xlsx").faults == ()
    full.notice.clear()
    QTest.mouseClick(full.export_button, LEFT)
    qtbot.waitUntil(full.notice.isVisible)
    assert full.notice.text == f"{tmp_path / 'out.xlsx'}: the file exists already\nChoose another name"


def test_a_chooser_that_is_left_does_nothing(qtbot: QtBot, full: IntakePage, desk: Desk) -> None:
    idle(full, qtbot)
    before = desk.draft
    QTest.mouseClick(full.import_button, LEFT)
    QTest.mouseClick(full.export_button, LEFT)
    assert (desk.draft, full.notice.isVisible(), desk.tasks.under_way) == (before, False, 0)


# The page as a whole --------------------------------------------------------------------------------------------------


def test_everything_has_a_name_and_fits_into_the_smallest_window(full: IntakePage) -> None:
    assert full.minimumSizeHint().width() <= 1166
    assert full.minimumSizeHint().height() <= 680
    for key in (
        "general.dut",
        "limits.get_configuration_max_keys",
        "supplementary.evses",
        "security.security_profile_1",
    ):
        row(full, key)
    for each in full.findChildren(QWidget):
        if isinstance(each, QAbstractButton | QLineEdit | QComboBox | QAbstractItemView) and each.isVisible():
            named = each.accessibleName() or (each.text() if isinstance(each, QAbstractButton) else "")
            inner = isinstance(each.parent(), QLineEdit | QComboBox | QAbstractItemView)
            assert named or inner, type(each).__name__
    for shown in full._pages.values():
        for each in shown.rows.values():
            assert (each.field.focusProxy() or each.field).accessibleDescription()
