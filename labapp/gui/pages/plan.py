"""Plan: which cases apply to the device and why, and which of them will be run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.draft import Draft
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.plan_answers import AnswersPanel
from labapp.gui.pages.plan_detail import PlanDetail
from labapp.gui.pages.plan_table import PlanTable
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import EmptyState, button, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.intake import answered, edit_text, intake_view
from labapp.presentation.plan import Filter, Plan, PlanView, filtered, shown_text
from labapp.presentation.plan_choice import plan_status, selected, selection_text, with_chosen
from labapp.presentation.plan_lines import requirements
from labapp.presentation.session import Decided
from labapp.presentation.stages import Stage, StageStatus

#: Pixels of a page from which on table and answers stand beside each other without being asked to.
_BOTH = 1400


class _Search(QLineEdit):
    """Words to filter by; Escape takes them away."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class PlanPage(Page):
    """The plan of Appendix C for the declared device, live with its answers."""

    stage: ClassVar[Stage] = Stage.PLAN

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._plan = Plan()
        self._draft: Draft | None = None
        self._verdicts: Mapping[str, str] = {}
        self._decided: Mapping[str, Decided] = {}
        self._view: PlanView | None = None
        self._usable = False
        self._folded: bool | None = None  # None: as there is room
        self.table = PlanTable()
        self.table.looked_at.connect(self._look_at)
        self.table.ticked.connect(self._tick)
        self.detail = PlanDetail()
        self.answers = AnswersPanel()
        self.answers.entered.connect(self._enter)
        self.notice = Notice()
        self._lay_out()
        desk.draft_changed.connect(self._refresh)
        desk.session_changed.connect(self._refresh)
        desk.told.connect(self._told)
        self._refresh()

    def _lay_out(self) -> None:
        self.headline = label("", look="muted", wraps=True)
        self.selection = label("")
        self.selection.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.none_button = button(self.tr("Choose none"), self._choose_none)
        self.reset_button = button(self.tr("Choose as planned"), self._choose_as_planned)
        self.answers_button = QPushButton(self.tr("Answers"))
        self.answers_button.setCheckable(True)
        self.answers_button.setMinimumWidth(100)  # the word is bold while they are shown
        self.answers_button.setAccessibleDescription(
            self.tr("Shows the answers of the declaration on which the plan depends, to be changed beside it.")
        )
        self.answers_button.clicked.connect(self._fold)
        head = page_head(
            self.stage, self.headline, self.selection, self.none_button, self.reset_button, self.answers_button
        )
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(*PAGE_MARGINS)
        column.setSpacing(PAGE_SPACING)
        column.addLayout(head)
        column.addWidget(self.notice)
        below = QHBoxLayout()
        below.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self._filters())
        left.addWidget(self._changes())
        left.addWidget(self.table, 1)
        left.addWidget(self.detail)
        below.addLayout(left, 1)
        below.addWidget(self.answers)
        column.addLayout(below, 1)
        self.empty = EmptyState(
            self.tr("No project is open"),
            self.tr(
                "Here stands which test cases the device has to run, and why. Open a project or begin one first; "
                "its declaration decides the plan."
            ),
        )
        self._whole = QStackedLayout(self)
        self._whole.addWidget(self.empty)
        self._whole.addWidget(whole)

    def _filters(self) -> QHBoxLayout:
        self.words = _Search()
        self.words.setPlaceholderText(self.tr("Filter  Ctrl+F"))
        self.words.setAccessibleName(self.tr("Filter the cases"))
        self.words.setClearButtonEnabled(True)
        self.words.setMinimumWidth(120)
        self.words.textChanged.connect(self._draw)
        self.applicable = QCheckBox(self.tr("Only what applies"))
        self.applicable.toggled.connect(self._draw)
        self.available = QCheckBox(self.tr("Only what can be run"))
        self.available.toggled.connect(self._draw)
        self.requirement = QComboBox()
        self.requirement.setAccessibleName(self.tr("Requirement"))
        for letter, word in requirements():
            self.requirement.addItem(word, letter)
        self.requirement.currentIndexChanged.connect(self._draw)
        self.counts = label("", look="muted")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        for each in (self.applicable, self.available, self.requirement, self.counts):
            row.addWidget(each)
        return row

    def _changes(self) -> QWidget:
        self.changed_text = label("", look="warning")
        self.changed = QCheckBox(self.tr("Show only what changed"))
        self.changed.toggled.connect(self._draw)
        self.changes = QWidget()
        row = QHBoxLayout(self.changes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.changed_text)
        row.addWidget(self.changed)
        row.addStretch(1)
        return self.changes

    # What the window asks ---------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far planning is."""
        return plan_status(self._planned(), self.desk.selected_cases, usable=self._usable)

    def begin(self) -> None:
        """The keyboard goes to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Filter the cases."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    # What is shown ----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What has changed in the meantime is drawn now."""
        super().showEvent(event)
        self._refresh()

    def _planned(self) -> PlanView | None:
        """The plan as it stands; made once for each draft and each set of verdicts."""
        draft = self.desk.draft
        if draft is None:
            self._draft = self._view = None
            return None
        session = self.desk.session
        verdicts = {case.id: case.verdict for case in session.cases if case.verdict} if session is not None else {}
        decided = session.decided if session is not None else {}
        if draft is not self._draft or (verdicts, decided) != (self._verdicts, self._decided) or self._view is None:
            self._draft, self._verdicts, self._decided = draft, verdicts, decided
            self._view = self._plan.show(draft, verdicts, decided)
            self._usable = intake_view(draft).usable
        return self._view

    def _told(self, message: Mapping[str, Any]) -> None:
        if message["type"] in ("case", "plan", "summary"):
            self._refresh()

    def _refresh(self) -> None:
        view = self._planned()
        if view is not None and view.fixed and self.desk.selected_cases is not None:
            self.desk.selected_cases = None  # certification runs the plan
        self.status_changed.emit()
        self._whole.setCurrentIndex(0 if view is None else 1)
        if view is None or not self.isVisible():
            return
        self.headline.setText(f"{view.headline} {view.counts[:1].upper()}{view.counts[1:]}.")
        if view.advice and view.plannable:
            self.notice.say(
                view.advice, "", "warning", self.tr("To Intake"), lambda: self.desk.show_stage(Stage.INTAKE)
            )
        else:
            self.notice.clear()
        self.answers.show_questions(view.questions)
        self._show_answers()
        self.changes.setVisible(bool(view.changed))
        self.changed_text.setText(f"◆ {view.changed_text}")
        if not view.changed:
            self.changed.setChecked(False)
        self._draw()

    def _draw(self) -> None:
        """The table as the filter and the choice have it."""
        view, chosen = self._view, self.desk.selected_cases
        if view is None:
            return
        groups = filtered(
            view,
            Filter(
                self.words.text(),
                self.applicable.isChecked(),
                str(self.requirement.currentData() or ""),
                self.changed.isChecked(),
                self.available.isChecked(),
            ),
        )
        self.table.show_plan(groups, selected(view, chosen), fixed=view.fixed)
        self.counts.setText(shown_text(view, groups))
        self.counts.setVisible(bool(self.counts.text()))
        self.selection.setText(selection_text(view, chosen))
        self.none_button.setVisible(not view.fixed and bool(selected(view, chosen)))
        self.reset_button.setVisible(chosen is not None)
        self._look_at(self.table.case)

    def _look_at(self, case: str) -> None:
        line = self._view.line(case) if self._view is not None else None
        self.detail.show_line(line)
        self.answers.show_deciding(line.keys if line is not None else ())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The answers give way to the table where there is no room for both, unless they are asked for."""
        super().resizeEvent(event)
        self._show_answers()

    def _show_answers(self) -> None:
        """The answers beside the table, or the table alone."""
        there = self._view is not None and bool(self._view.questions)
        shown = self.width() >= _BOTH if self._folded is None else not self._folded
        self.answers.setVisible(there and shown)
        self.answers_button.setVisible(there)
        self.answers_button.setChecked(shown)

    def _fold(self, shown: bool) -> None:
        self._folded = not shown
        self._show_answers()

    # What is done here ------------------------------------------------------------------------------------------------

    def _enter(self, key: str, entered: object) -> None:
        draft = self.desk.draft
        if draft is not None:
            value = tuple(entered) if isinstance(entered, tuple | list) else str(entered or "")
            self.desk.edit(answered(draft, key, value), edit_text(intake_view(draft), key))

    def _tick(self, cases: tuple[str, ...], run: bool) -> None:
        if self._view is not None:
            self._choose(with_chosen(self._view, self.desk.selected_cases, cases, run=run))

    def _choose_as_planned(self) -> None:
        self._choose(None)
        self.begin()

    def _choose_none(self) -> None:
        self._choose(())
        self.table.setFocus()

    def _choose(self, chosen: tuple[str, ...] | None) -> None:
        self.desk.selected_cases = chosen
        self._draw()
        self.status_changed.emit()
