"""The stage Report, driven as a person does, on a real run directory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from labapp.domain.errors import InputError
from labapp.gui.desk import Desk
from labapp.gui.pages.report import ReportPage
from labapp.gui.pages.report_rendering import PdfPages
from labapp.presentation.report import Act, Standing
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage, State
from labapp.services.report_documents import report_files
from labapp.services.reporting import make_report
from labapp.services.workspace import Workspace
from tests.reports.sample import make_run_directory
from tests.services.measured_run import MeasuredRun

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a report that a demonstration identity has made."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABAPP_HOME", str(folder / "home"))
        make_report(make_run_directory(folder / "run", compact=True))
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the same home."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    return tmp_path / "run"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(Workspace(f"sqlite:///{tmp_path}/labapp.sqlite"))
    yield desk
    desk.tasks.close()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> ReportPage:
    page = ReportPage(desk)
    qtbot.addWidget(page)
    page.resize(1176, 680)
    page.show()
    return page


@pytest.fixture
def shown(qtbot: QtBot, desk: Desk, page: ReportPage, run: Path) -> ReportPage:
    """The page with the session of the run."""
    desk.run_directory = run
    desk.session_changed.emit()
    qtbot.waitUntil(lambda: page.pages.page_count > 0)
    return page


def idle(page: ReportPage, qtbot: QtBot) -> None:
    """Wait until nothing is under way any more."""
    qtbot.waitUntil(lambda: not page.desk.tasks._waiting)


def test_pages_and_state_of_a_made_report(qtbot: QtBot, shown: ReportPage) -> None:
    assert shown.standing.headline.text() == "✓  The report is made"
    assert shown.status().state is State.IN_WORK
    qtbot.waitUntil(lambda: 0 in shown.pages.drawn)
    assert shown.pages.page_count > 3
    qtbot.keyClick(shown.pages, Qt.Key.Key_End)
    last = shown.pages.page_count - 1
    qtbot.waitUntil(lambda: last in shown.pages.drawn)
    assert shown.pages.current_page == shown.pages.page_count
    qtbot.keyClick(shown.pages, Qt.Key.Key_Home)
    assert shown.pages.current_page == 1
    shown.resize(1400, 680)
    qtbot.waitUntil(lambda: 0 in shown.pages.drawn)


def test_it_is_signed_verified_and_replaced(qtbot: QtBot, shown: ReportPage, run: Path) -> None:
    shown.begin()
    first = shown.signatures.buttons["tested"]
    assert first.hasFocus()
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert shown.signatures.form_heading.text() == "Sign as tested"
    qtbot.mouseClick(shown.signatures.sign_button, LEFT)
    assert shown.signatures.notice.text == (
        "Choose the file with certificate and key, or sign with the laboratory's own."
    )
    shown.signatures.own.click()
    assert not shown.signatures.person.isVisible()
    qtbot.mouseClick(shown.signatures.sign_button, LEFT)
    assert not shown.standing.buttons[Act.VERIFY].isEnabled()
    qtbot.waitUntil(lambda: shown.standing.headline.text() == "✓  The report is signed")
    assert not shown.signatures.form.isVisible()
    assert list(shown.signatures.buttons) == ["checked", "authorised"]
    qtbot.mouseClick(shown.standing.buttons[Act.VERIFY], LEFT)
    qtbot.waitUntil(lambda: shown._examined is not None)
    idle(shown, qtbot)
    # The sample's attempts were never judged, so judging them again cannot give the same.
    assert shown.checks.heading.text() == "Checks of the evidence bundle"
    found = ["Not intact", "Judged again"]
    qtbot.waitUntil(lambda: [line for line in texts(shown.checks) if line in found] == found)
    (run / "files" / "late.txt").write_text("x", encoding="utf-8")
    shown.desk.told.emit({"type": "case", "event": "amended", "id": "TC_010_CS"})
    qtbot.waitUntil(lambda: shown._view.standing is Standing.OUTDATED)
    assert shown.status().state is State.PROBLEM
    make = shown.standing.buttons[Act.MAKE]
    assert make.text() == "Make version 3"
    qtbot.mouseClick(make, LEFT)
    qtbot.waitUntil(lambda: shown._view.standing is Standing.MADE)
    idle(shown, qtbot)
    assert (run / "report" / "report-ETH-2026-0042-v3.pdf").is_file()
    assert shown.checks.words.text() == "Not verified since it was made or signed last."


def texts(card: QWidget) -> list[str]:
    return [each.text() for each in card.findChildren(QLabel) if each.isVisibleTo(card)]


def test_what_signing_refuses_stands_in_the_form(qtbot: QtBot, shown: ReportPage, run: Path) -> None:
    shown.choose_file = lambda title, kinds: run / "run.json"
    qtbot.mouseClick(shown.signatures.buttons["checked"], LEFT)
    qtbot.mouseClick(shown.signatures.browse, LEFT)
    assert shown.signatures.certificate.text() == str(run / "run.json")
    shown.signatures.password.setText("secret")
    qtbot.keyClick(shown.signatures.password, Qt.Key.Key_Return)
    assert shown.signatures.notice.text.startswith("Name where the password is, never the password itself")
    shown.signatures.password.clear()
    qtbot.keyClick(shown.signatures.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "run.json" in shown.signatures.notice.text)
    assert shown.signatures.form.isVisible()
    qtbot.mouseClick(shown.signatures.cancel_button, LEFT)
    assert not shown.signatures.form.isVisible()
    assert shown.signatures.buttons["checked"].hasFocus()


def test_files_are_opened_where_something_opens_them(qtbot: QtBot, shown: ReportPage, run: Path) -> None:
    opened: list[Path] = []
    shown.opener = lambda path: opened.append(path) or True
    for act in (Act.OPEN_PDF, Act.OPEN_WORKBOOK, Act.OPEN_FOLDER):
        qtbot.mouseClick(shown.standing.buttons[act], LEFT)
    paths = report_files(run).paths
    assert opened == [paths.pdf, paths.xlsx, run]
    shown.opener = lambda path: False
    qtbot.mouseClick(shown.standing.buttons[Act.OPEN_PDF], LEFT)
    assert shown.notice.text == f"Nothing on this machine opens {paths.pdf}"


def test_what_is_missing_leads_to_its_stage(qtbot: QtBot, shown: ReportPage, desk: Desk) -> None:
    assert shown.lacks.heading.text() == "◆  Missing for certification: 7"
    assert shown.lacks.titles.text().startswith("Failed  ·  Ended with ERROR  ·  Not run")
    qtbot.mouseClick(shown.lacks.toggle, LEFT)
    assert shown.lacks.details.isVisible()
    link = shown.lacks._grid.itemAtPosition(0, 1).widget()
    assert link.accessibleName() == "Failed: go to Execution"
    with qtbot.waitSignal(desk.stage_asked) as asked:
        qtbot.mouseClick(link, LEFT)
    assert asked.args == [Stage.EXECUTION]


def drop(page: ReportPage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))


def test_a_dropped_file_is_verified_and_its_pages_are_shown(qtbot: QtBot, page: ReportPage, run: Path) -> None:
    bundle = report_files(run).paths.bundle
    drop(page, bundle)
    qtbot.waitUntil(lambda: page.pages.page_count > 0)
    assert page.checks.heading.text() == bundle.name
    qtbot.waitUntil(lambda: "For the laboratory" in texts(page.checks))
    drop(page, run / "run.json")
    qtbot.waitUntil(
        lambda: (
            page.notice.text
            == f"{run / 'run.json'}: is no evidence bundle\nName an evidence bundle (.labevidence) or a report (.pdf)"
        )
    )
    # What was shown before is still there.
    assert page.checks.heading.text() == bundle.name
    qtbot.mouseClick(page.back_button, LEFT)
    assert page.pages.page_count == 0
    assert page.standing.headline.text() == "○  No session yet"


def test_a_file_that_was_chosen_is_verified(qtbot: QtBot, shown: ReportPage, run: Path) -> None:
    pdf = report_files(run).paths.pdf
    shown.choose_file = lambda title, kinds: pdf
    qtbot.mouseClick(shown.verify_button, LEFT)
    shown.verify_file(run / "none.pdf")
    assert shown.notice.text == "Wait: the file is being verified."
    qtbot.waitUntil(lambda: shown.checks.heading.text() == pdf.name)
    assert not shown.standing.isVisible()
    idle(shown, qtbot)


def test_a_running_session_has_no_report_yet(qtbot: QtBot, page: ReportPage, desk: Desk, run: Path) -> None:
    shutil.rmtree(run / "report")
    desk.run_directory, desk.session = run, Session()
    desk.session_changed.emit()
    qtbot.waitUntil(lambda: page.standing.headline.text() == "●  The session is running")
    qtbot.waitUntil(lambda: page._files is not None)
    assert not page.standing.buttons[Act.MAKE].isEnabled()
    assert page.standing.buttons[Act.MAKE].toolTip() == "the session is running"
    assert not page.signatures.isVisible()
    page.hide()
    desk.told.emit({"type": "case", "event": "ended", "id": "TC_010_CS"})
    assert page._stale
    page.show()
    assert not page._stale
    idle(page, qtbot)


def test_what_is_no_run_is_said_in_place(qtbot: QtBot, page: ReportPage, desk: Desk, tmp_path: Path) -> None:
    desk.run_directory = tmp_path
    desk.session_changed.emit()
    qtbot.waitUntil(lambda: not page.notice.isHidden())
    assert page.notice.text == f"{tmp_path}: holds no run\nChoose the directory of a run"


def test_why_the_bench_made_no_report_stands_on_the_page(qtbot: QtBot, shown: ReportPage) -> None:
    shown.desk.told.emit({"type": "summary", "report": {"fault": {"text": "the disc is full", "exit_status": 3}}})
    assert shown.notice.text == "The report could not be made at the end of the session\nthe disc is full"
    idle(shown, qtbot)


def test_past_sessions_can_be_chosen(
    qtbot: QtBot, page: ReportPage, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draft = desk.workspace.create("x")
    runs = []
    for name in ("one", "two"):
        measured = MeasuredRun(tmp_path / name)
        measured.end()
        desk.workspace.note_session(measured.folder, desk.draft.id)
        runs.append(measured.folder)
    asked: list[Path] = []
    monkeypatch.setattr(desk, "show_run", asked.append)
    desk.draft_changed.emit()
    qtbot.waitUntil(lambda: page.sessions.count() == 2)
    assert page.sessions.itemText(0) == "2026-11-20 08:30 UTC   ended   no verdicts"
    assert page.sessions.currentIndex() == -1
    page.sessions.setFocus()
    qtbot.keyClick(page.sessions, Qt.Key.Key_Down)
    assert asked == [page.sessions.itemData(0)]
    assert asked[0] in runs


def test_pages_are_drawn_as_wide_as_asked(run: Path) -> None:
    pages = PdfPages(report_files(run).paths.pdf.read_bytes())
    image = pages.image(0, 300)
    assert (image.width(), image.format()) == (300, QImage.Format.Format_RGB32)
    assert image.height() == pytest.approx(300 * 842 / 595, abs=2)
    assert len({image.pixel(x, y) for x in range(0, 300, 3) for y in range(0, 400, 3)}) > 10


def test_what_is_no_pdf_has_no_pages() -> None:
    with pytest.raises(InputError) as refused:
        PdfPages(b"%PDF-1.7 and nothing else")
    assert str(refused.value).startswith("the PDF: its pages cannot be drawn: ")
