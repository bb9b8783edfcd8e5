"""The stage Report: make it, have it signed, check it, hand it over; also those of past sessions, and files from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.errors import LabappError
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.report_panels import ChecksCard, LacksCard, SignaturesCard, StandingCard
from labapp.gui.pages.report_rendering import PdfPages
from labapp.gui.pages.report_view import ReportPages
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import button, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.report import Act, Choice, Standing, choices_of, pages_text, report_fault, report_view
from labapp.presentation.report_checks import check_lines, signature_lines
from labapp.presentation.report_signing import SignForm
from labapp.presentation.stages import Stage, StageStatus
from labapp.services.report_documents import Examined, ReportFiles, examine, pdf_in, report_files
from labapp.services.report_launch import make_next_version_apart, make_report_apart
from labapp.services.signing import sign
from labapp.storage.entries import SessionEntry

_SIDE = 440


def _open(path: Path) -> bool:
    """Have the desktop open a file or folder."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class ReportPage(Page):
    """Pages of the PDF at the left; at the right how the report stands, what is missing, signatures and checks."""

    stage: ClassVar[Stage] = Stage.REPORT

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        #: Opens a file or folder; says whether anything did.
        self.opener: Callable[[Path], bool] = _open
        #: Asks for a file: title and filter; None for none.
        self.choose_file: Callable[[str, str], Path | None] = self._dialog
        self._files: ReportFiles | None = None
        self._examined: Examined | None = None
        self._foreign: Examined | None = None
        self._busy = ""
        self._project: int | None = None
        self._choices: tuple[Choice, ...] = ()
        self._stale = False
        self._view = report_view(None)
        self._build()
        self.setAcceptDrops(True)
        desk.session_changed.connect(self._session_changed)
        desk.draft_changed.connect(self._draft_changed)
        desk.told.connect(self._told)
        self._session_changed()

    def _build(self) -> None:
        self.sessions = QComboBox()
        self.sessions.setAccessibleName(self.tr("Session"))
        self.sessions.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sessions.setMinimumContentsLength(24)
        self.sessions.activated.connect(self._session_chosen)
        self.verify_button = button(self.tr("Verify a file…"), self._ask_for_file)
        self.back_button = button(self.tr("Back to the session"), self._back)
        self.notice = Notice()
        self.pages = ReportPages(self.desk.tasks)
        self.standing = StandingCard()
        self.standing.chosen.connect(self.act)
        self.lacks = LacksCard(self.desk.show_stage)
        self.signatures = SignaturesCard(self._ask_for_certificate)
        self.signatures.signed.connect(self.sign_as)
        # How high the form is, is known once it is laid out.
        self.signatures.form_changed.connect(lambda: QTimer.singleShot(0, self, self._bring_form_into_sight))
        self.checks = ChecksCard()
        self.session_label = label(self.tr("Session"), look="muted")
        self.session_label.setBuddy(self.sessions)
        lead = label(self.tr("What is handed over, and whether it holds."), look="muted")
        head = page_head(
            self.stage,
            lead,
            self.session_label,
            self.sessions,
            self.back_button,
            self.verify_button,
            wide=self.sessions,
        )
        cards = QWidget()
        cards.setProperty("kind", "scrolled")
        column = QVBoxLayout(cards)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for each in (self.standing, self.lacks, self.signatures, self.checks):
            column.addWidget(each)
        column.addStretch(1)
        self.side = QScrollArea()
        self.side.setFrameShape(QFrame.Shape.NoFrame)
        self.side.setProperty("kind", "reader")
        self.side.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.side.setWidgetResizable(True)
        self.side.setFixedWidth(_SIDE)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side.setAccessibleName(self.tr("State of the report and its checks"))
        self.side.setWidget(cards)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*PAGE_MARGINS)
        whole.setSpacing(PAGE_SPACING)
        whole.addLayout(head)
        whole.addWidget(self.notice)
        whole.addLayout(middle, 1)

    def _bring_form_into_sight(self) -> None:
        if self.signatures.form.isVisible():
            self.side.ensureWidgetVisible(self.signatures.form, 0, 16)

    # The stage --------------------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the stage is, and what it lacks."""
        return self._view.status

    def begin(self) -> None:
        """The keyboard stands on what is to be done next."""
        if self._stale:
            self._load()
        for act, offer in self._view.offers.items():
            shown = self.standing.buttons.get(act) or self.signatures.buttons.get(act.value)
            if offer.next and offer.possible and shown is not None:
                shown.setFocus()
                return
        (self.verify_button if self._files is None else self.pages).setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What has changed while the page was hidden is read when it is shown."""
        super().showEvent(event)
        if self._stale:
            self._load()

    # The session ------------------------------------------------------------------------------------------------------

    def _session_changed(self) -> None:
        self._files = self._examined = self._foreign = None
        self.notice.clear()
        self.signatures.close_form()
        self.pages.show_document(None, pages_text(self._view))
        self._show()
        self._load()
        self._load_sessions()

    def _draft_changed(self) -> None:
        project = self.desk.draft.id if self.desk.draft is not None else None
        if project != self._project:
            self._load_sessions()

    def _told(self, message: dict[str, Any]) -> None:
        kind, event = message["type"], message.get("event")
        if kind == "summary" or (kind == "case" and event == "amended"):
            self._load()
            if kind == "summary":
                self._load_sessions()
                self._show_report_fault(message)
        elif kind == "case" and event == "ended":
            # Reading a long journal after every case is worth it only for who looks at it.
            if self.isVisible():
                self._load()
            else:
                self._stale = True

    def _show_report_fault(self, summary: Mapping[str, Any]) -> None:
        """The bench makes the report when the session ends; why it could not stands here."""
        fault = report_fault(summary)
        if fault:
            self.notice.say(self.tr("The report could not be made at the end of the session"), fault, "problem")

    @property
    def _running(self) -> bool:
        session = self.desk.session
        return session is not None and not session.over and not session.lost

    def _load(self) -> None:
        """Read how the report of the session stands."""
        self._stale = False
        directory = self.desk.run_directory
        if directory is None:
            return
        self.desk.tasks.run(
            report_files,
            directory,
            done=lambda files: self._loaded(directory, files),
            failed=lambda fault: self._not_loaded(directory, fault),
        )

    def _loaded(self, directory: Path, files: ReportFiles) -> None:
        if directory != self.desk.run_directory:
            return
        before, self._files = self._files, files
        changed = before is None or (before.paths, before.signatures, before.issued) != (
            files.paths, files.signatures, files.issued,
        )  # fmt: skip
        if changed or not files.current:
            self._examined = None
            self.side.verticalScrollBar().setValue(0)
        self._show()
        if self._foreign is None and (changed or not files.made):
            self._load_pages(files)

    def _not_loaded(self, directory: Path, fault: LabappError) -> None:
        # A session that has just begun has not written everything yet.
        if directory == self.desk.run_directory and not self._running:
            self.notice.show_fault(fault, self.tr("Try again"), self._load)

    def _load_pages(self, files: ReportFiles) -> None:
        if not files.made:
            self.pages.show_document(None, pages_text(self._view))
            return
        self.desk.tasks.run(
            lambda: PdfPages(pdf_in(files.paths.pdf)),
            done=lambda pages: self._show_pages(files.directory, pages),
            failed=lambda fault: self.pages.show_document(None, str(fault)),
        )

    def _show_pages(self, directory: Path, pages: PdfPages) -> None:
        if directory == self.desk.run_directory and self._foreign is None:
            self.pages.show_document(pages)

    # Past sessions ----------------------------------------------------------------------------------------------------

    def _load_sessions(self) -> None:
        self._project = self.desk.draft.id if self.desk.draft is not None else None
        if self._project is None:
            self._list_sessions(())
            return
        project = self._project
        self.desk.tasks.run(
            self.desk.workspace.sessions,
            project,
            done=lambda found: self._list_sessions(found) if project == self._project else None,
            failed=self.notice.show_fault,
        )

    def _list_sessions(self, entries: tuple[SessionEntry, ...]) -> None:
        self._choices = choices_of(entries)
        self.sessions.clear()
        for choice in self._choices:
            self.sessions.addItem(choice.label, choice.directory)
        shown = [each.directory for each in self._choices]
        current = self.desk.run_directory
        self.sessions.setCurrentIndex(shown.index(current) if current in shown else -1)
        self.sessions.setVisible(bool(self._choices))
        self.session_label.setVisible(bool(self._choices))

    def _session_chosen(self, index: int) -> None:
        directory = self._choices[index].directory
        if directory != self.desk.run_directory:
            self.desk.show_run(directory)
        elif self._foreign is not None:
            self._back()

    # What is done -----------------------------------------------------------------------------------------------------

    def act(self, act: Act) -> None:
        """Do what a button says."""
        files = self._files
        if files is None or not self._view.offers[act].possible:
            return
        match act:
            case Act.MAKE:
                make = make_next_version_apart if self._view.renew else make_report_apart
                self._work(self.tr("the report is being made"), make, files.directory, done=self._made)
            case Act.VERIFY:
                self._work(self.tr("the report is being verified"), examine, files.paths.bundle, done=self._verified)
            case Act.OPEN_PDF:
                self._open(files.paths.pdf)
            case Act.OPEN_WORKBOOK:
                self._open(files.paths.xlsx)
            case Act.OPEN_FOLDER:
                self._open(files.directory)
            case _:
                self.signatures.open_form(act.value)

    def sign_as(self, form: SignForm) -> None:
        """Sign in the field of a role."""
        if self._files is not None and not self._busy:
            certificate, password = form.given
            self._work(
                self.tr("the report is being signed"),
                sign, self._files.directory, form.role, certificate, password,
                done=self._made,
                notice=self.signatures.notice,
            )  # fmt: skip

    def verify_file(self, path: Path) -> None:
        """Check a bundle or a report from anywhere, and show its pages."""
        if self._busy:
            self.notice.say(self.tr("Wait: {0}.").format(self._busy))
            return
        self._work(self.tr("the file is being verified"), examine, path, done=self._show_foreign)

    def _work(
        self,
        words: str,
        function: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None],
        notice: Notice | None = None,
    ) -> None:
        """Do something that takes a while; nothing else can be begun meanwhile."""
        place = notice or self.notice
        self._busy = words
        self.notice.say(words[:1].upper() + words[1:] + " …")
        self._show()

        def ended(result: Any) -> None:
            self._busy = ""
            self.notice.clear()
            done(result)
            self._show()

        def failed(fault: LabappError) -> None:
            self._busy = ""
            self.notice.clear()
            place.show_fault(fault)
            self._show()

        self.desk.tasks.run(function, *args, done=ended, failed=failed)

    def _made(self, _: Any) -> None:
        self._examined = None
        self.signatures.close_form()
        self._load()

    def _verified(self, examined: Examined) -> None:
        if self._files is not None and examined.path == self._files.paths.bundle:
            self._examined = examined

    def _open(self, path: Path) -> None:
        if not self.opener(path):
            self.notice.say(self.tr("Nothing on this machine opens {0}").format(path), tone="warning")

    # Files from elsewhere ---------------------------------------------------------------------------------------------

    def _show_foreign(self, examined: Examined) -> None:
        self._foreign = examined
        if not examined.pdf:
            self.pages.show_document(None, self.tr("No report can be taken out of this file."))
            return
        self.desk.tasks.run(
            PdfPages,
            examined.pdf,
            done=self.pages.show_document,
            failed=lambda fault: self.pages.show_document(None, str(fault)),
        )

    def _back(self) -> None:
        self._foreign = None
        self.pages.show_document(None, pages_text(self._view))
        self._show()
        if self._files is not None:
            self._load_pages(self._files)

    def _ask_for_file(self) -> None:
        found = self.choose_file(self.tr("Verify a file"), self.tr("Evidence and reports (*.labevidence *.pdf)"))
        if found is not None:
            self.verify_file(found)

    def _ask_for_certificate(self) -> Path | None:
        return self.choose_file(
            self.tr("Certificate and key"), self.tr("Certificates (*.p12 *.pfx *.pem);;All files (*)")
        )

    def _dialog(self, title: str, kinds: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self, title, "", kinds)
        return Path(name) if name else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A file from this machine can be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """What is dropped is verified; what cannot be is refused in place."""
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            event.acceptProposedAction()
            self.verify_file(dropped[0])

    # What is shown ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        verified = self._examined is not None and self._examined.result.intact
        self._view = report_view(self._files, running=self._running, verified=verified, busy=self._busy)
        own = self._foreign is None
        self.standing.show_view(self._view)
        self.lacks.show_lacks(self._view.lacks)
        self.signatures.show_roles(self._view.roles)
        self.standing.setVisible(own)
        self.lacks.setVisible(own and self._files is not None)
        self.signatures.setVisible(own and self._view.standing in (Standing.MADE, Standing.SIGNED))
        self.back_button.setVisible(not own)
        self.verify_button.setEnabled(not self._busy)
        self._show_checks()
        self.status_changed.emit()

    def _show_checks(self) -> None:
        if self._foreign is not None:
            foreign = self._foreign
            lines = (*check_lines(foreign), *signature_lines(foreign.signatures))
            self.checks.show_checks(foreign.path.name, str(foreign.path.parent), lines)
        elif self._examined is not None:
            self.checks.show_checks(self.tr("Checks of the evidence bundle"), "", check_lines(self._examined))
        else:
            words = self.tr("Not verified since it was made or signed last.")
            self.checks.show_checks(self.tr("Checks of the evidence bundle"), words, ())
        made = self._files is not None and self._files.made
        self.checks.setVisible(self._foreign is not None or made)
