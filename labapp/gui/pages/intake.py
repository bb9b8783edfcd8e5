"""Intake: the vendor's declaration, answered in its forms or taken from his file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError, LabappError
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.intake_forms import FormPage
from labapp.gui.pages.intake_import import ImportPanel
from labapp.gui.pages.intake_list import FormList
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import EmptyState, button, label
from labapp.gui.widgets.notice import Notice, Tone
from labapp.presentation.intake import (
    IntakeView,
    answered,
    edit_text,
    find,
    intake_status,
    intake_view,
    without_foreign,
)
from labapp.presentation.intake_files import (
    Exported,
    Offer,
    dropped,
    export,
    export_name,
    offer_of,
    taken_text,
    with_import,
)
from labapp.presentation.stages import Stage, StageStatus
from labapp.services.intake import Inspection, inspect_pics

_LIST = 236


def choose_declaration(parent: QWidget) -> Path | None:
    """Ask for a PICS file; None when nothing is chosen."""
    kinds = parent.tr("Declarations (*.xlsx *.toml);;All files (*)")
    name, _ = QFileDialog.getOpenFileName(parent, parent.tr("Import a declaration"), "", kinds)
    return Path(name) if name else None


def choose_target(parent: QWidget, name: str) -> Path | None:
    """Ask where an export goes; None when nothing is chosen. A file that exists is refused later, in the window."""
    kinds = parent.tr("Workbook (*.xlsx);;TOML (*.toml)")
    chosen, kind = QFileDialog.getSaveFileName(
        parent,
        parent.tr("Export the declaration"),
        name,
        kinds,
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    if not chosen:
        return None
    path = Path(chosen)
    return path.with_suffix(".toml") if "*.toml" in kind and path.suffix == ".xlsx" else path


class IntakePage(Page):
    """The forms of the PICS, judged while one types; a file may be dropped anywhere."""

    stage: ClassVar[Stage] = Stage.INTAKE

    def __init__(
        self,
        desk: Desk,
        choose: Callable[[QWidget], Path | None] = choose_declaration,
        choose_where: Callable[[QWidget, str], Path | None] = choose_target,
    ) -> None:
        super().__init__(desk)
        self._choose, self._choose_where = choose, choose_where
        self._draft: Draft | None = None
        self._view: IntakeView | None = None
        self._offer: Offer | None = None
        self._reading: tuple[int, Path] | None = None
        self._pages: dict[str, FormPage] = {}
        self._at = ""
        self.setAcceptDrops(True)
        self.forms = FormList()
        self.forms.setFixedWidth(_LIST)
        self.forms.chosen.connect(self._show_form)
        self.forms.searched.connect(lambda words: self.forms.show_hits(find(self._view, words) if self._view else ()))
        self.forms.found.connect(self.go_to)
        self.notice = Notice()
        self.foreign = Notice()
        self.panel = ImportPanel()
        self.panel.taken.connect(self._take)
        self.panel.closed.connect(self._leave)
        self._stack = QStackedWidget()
        self._lay_out()
        self._target = label(self.tr("Drop the vendor's declaration here\n(.xlsx or .toml)"), look="prompt")
        self._target.setParent(self)
        self._target.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._target.setWordWrap(True)
        self._target.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._target.setProperty("kind", "drop")
        self._target.hide()
        desk.draft_changed.connect(self._refresh)
        self._refresh()

    def _lay_out(self) -> None:
        self.headline = label("", look="muted", wraps=True)
        self.next_button = button(self.tr("Next to answer"), self._next, key="F8")
        self.import_button = button(self.tr("Import…"), self._import)
        self.export_button = button(self.tr("Export…"), self._export)
        head = page_head(self.stage, self.headline, self.next_button, self.import_button, self.export_button)
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(16)
        below.addWidget(self.forms)
        below.addWidget(self._stack, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(*PAGE_MARGINS)
        column.setSpacing(PAGE_SPACING)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.foreign)
        column.addWidget(self.panel, 1)
        column.addWidget(self._below, 1)
        self.empty = EmptyState(
            self.tr("No project is open"),
            self.tr(
                "Here stands what the vendor declares about the device under test. Open a project or begin one first; "
                "then import the vendor's workbook, or answer the forms."
            ),
        )
        self._whole = QStackedLayout(self)
        self._whole.addWidget(self.empty)
        self._whole.addWidget(whole)

    # What the window asks ---------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the declaration is."""
        return intake_status(self.desk.draft, self._judged())

    def begin(self) -> None:
        """The keyboard goes to what is missing, or to the file that would bring it."""
        view = self._judged()
        if view is None:
            return
        if self.desk.draft is not None and not self.desk.draft.answers:
            self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key := view.next_open():
            self.go_to(key)
        else:
            self.forms.forms.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Find a question."""
        self.forms.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.forms.search.selectAll()

    # What is shown ----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What has changed in the meantime is drawn now."""
        super().showEvent(event)
        self._refresh()

    def _judged(self) -> IntakeView | None:
        """The declaration as it stands; judged once for each draft."""
        draft = self.desk.draft
        if draft is None:
            self._draft = self._view = None
        elif draft is not self._draft or self._view is None:
            if self._draft is None or self._draft.id != draft.id:
                self._forget()
            self._draft, self._view = draft, intake_view(draft)
        return self._view

    def _forget(self) -> None:
        """Another project: nothing of the last one stays on the page."""
        self._reading = None
        self.notice.clear()
        self._leave()
        self.forms.search.clear()

    def _refresh(self) -> None:
        view = self._judged()
        self.status_changed.emit()
        self._whole.setCurrentIndex(0 if view is None else 1)
        if view is None or not self.isVisible():
            return
        self.headline.setText(view.headline)
        self._call_to_action(view)
        if view.foreign:
            self.foreign.say(
                view.foreign_note,
                self.tr("They stand in the way of the plan. Clear them, or correct what the DUT is."),
                "problem",
                self.tr("Clear them"),
                self._clear_foreign,
            )
        elif view.stray:
            self.foreign.say("\n".join(view.stray), "", "problem")
        else:
            self.foreign.clear()
        self.forms.show_forms(view.forms)
        self._show_form(self.forms.current)

    def _call_to_action(self, view: IntakeView) -> None:
        """One button is the thing to do next."""
        answers = bool(self._draft and self._draft.answers)
        self.next_button.setVisible(answers and bool(view.next_open()) and not self.panel.isVisible())
        for shown, primary in ((self.import_button, not answers), (self.next_button, True)):
            kind = "primary" if primary else ""
            if shown.property("kind") != kind:
                shown.setProperty("kind", kind)
                shown.style().unpolish(shown)
                shown.style().polish(shown)

    def _show_form(self, name: str) -> None:
        form = next((form for form in self._view.forms if form.name == name), None) if self._view else None
        if form is None:
            return
        page = self._pages.get(name)
        if page is None:
            page = FormPage(form)
            page.entered.connect(self._enter)
            self._pages[name] = page
            self._stack.addWidget(page)
        else:
            page.show_form(form)
        self._stack.setCurrentWidget(page)

    def go_to(self, key: str) -> None:
        """Put the keyboard into the field of a question, on whichever form it stands."""
        if self._view is not None and key in self._view.questions:
            self._at = key
            name = self._view.form_of(key)
            self.forms.choose(name)
            self._show_form(name)
            self._pages[name].go_to(key)

    # What is done here ------------------------------------------------------------------------------------------------

    def _enter(self, key: str, entered: object) -> None:
        if self.desk.draft is not None and self._view is not None:
            self._at = key
            value = tuple(entered) if isinstance(entered, tuple | list) else str(entered or "")
            self.desk.edit(answered(self.desk.draft, key, value), edit_text(self._view, key))

    def _next(self) -> None:
        if self._view is not None:
            self.go_to(self._view.next_open(self._at))

    def _clear_foreign(self) -> None:
        if self.desk.draft is not None:
            self.desk.edit(without_foreign(self.desk.draft), self.tr("answers of the other kind of device cleared"))

    def _import(self) -> None:
        path = self._choose(self)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a file and show what it offers; nothing changes yet."""
        if self.desk.draft is None:
            return
        self._leave()
        self._reading = reading = (self.desk.draft.id, path)
        self.notice.say(self.tr("Reading {0} …").format(path.name))
        self.desk.tasks.run(
            inspect_pics, path, done=lambda inspection: self._read(reading, inspection), failed=self._fail
        )

    def _read(self, reading: tuple[int, Path], inspection: Inspection) -> None:
        """A file has been read; it concerns nobody any more when another was named or another project opened meanwhile."""
        draft = self.desk.draft
        if draft is None or reading is not self._reading:
            return
        self._reading = None
        self.notice.clear()
        self._offer = offer = offer_of(draft, inspection)
        if offer.at_once:
            self._take()
        elif offer.refused and len(offer.faults) == 1:
            self.notice.say(offer.headline, offer.advice, "problem", self.tr("Close"), self.notice.clear)
            self.notice.button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._show_offer(offer)

    def _take(self) -> None:
        draft, offer = self.desk.draft, self._offer
        if draft is None or offer is None:
            return
        # A revision of its own, so that undoing takes back the import alone.
        self.desk.flush()
        self.desk.edit(with_import(draft, offer), taken_text(offer))
        if offer.faults:
            self._show_offer(offer, taken_text(offer))
        else:
            self._leave()
            self.notice.say(
                taken_text(offer), self.tr("Ctrl+Z takes it back."), "good", self.tr("Close"), self.notice.clear
            )
            self.forms.forms.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_offer(self, offer: Offer, settled: str = "") -> None:
        """One decision at a time: the forms come back when it is made."""
        self._below.hide()
        self.next_button.hide()
        self.panel.show_offer(offer, settled=settled)

    def _leave(self) -> None:
        """The declaration again."""
        had = self.panel.isAncestorOf(self.window().focusWidget() or self)
        self._offer = None
        self.panel.hide()
        self._below.show()
        if self._view is not None:
            self._call_to_action(self._view)
        if had:
            self.forms.forms.setFocus(Qt.FocusReason.OtherFocusReason)

    def _export(self) -> None:
        draft = self.desk.draft
        path = self._choose_where(self, export_name(draft)) if draft is not None else None
        if draft is not None and path is not None:
            self.desk.tasks.run(export, draft, path, done=self._exported, failed=self._fail)

    def _exported(self, written: Exported) -> None:
        tone: Tone = "warning" if written.left_out else "good"
        self.notice.say(written.headline, written.advice, tone, self.tr("Close"), self.notice.clear)

    def _fail(self, fault: LabappError) -> None:
        self.notice.show_fault(fault, self.tr("Close"), self.notice.clear)

    # Dropping ---------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A file is carried over the page."""
        if event.mimeData().hasUrls() and self.desk.draft is not None:
            event.acceptProposedAction()
            self._target.setGeometry(self.rect())
            self._target.raise_()
            self._target.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """It is carried away again."""
        self._target.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A file is dropped."""
        self._target.hide()
        event.acceptProposedAction()
        try:
            path = dropped([url.toString() for url in event.mimeData().urls()])
        except InputError as fault:
            self._fail(fault)
        else:
            self.read(path)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The place to drop at covers the page."""
        super().resizeEvent(event)
        self._target.setGeometry(self.rect())
