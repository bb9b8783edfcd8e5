"""The execution page: cases, what goes on now, frames; prompts and reviews are answered here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from labapp.domain.errors import LabappError
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.execution_bar import ActionBar
from labapp.gui.pages.execution_cases import CaseTree
from labapp.gui.pages.execution_frames import FramePanel
from labapp.gui.pages.execution_issue import Issue, record_issue
from labapp.gui.pages.execution_middle import Middle
from labapp.gui.prompts.card import KEYS, is_typing
from labapp.gui.prompts.review import ReviewOverlay
from labapp.gui.widgets.labels import EmptyState, button
from labapp.presentation.execution import (
    account_shown,
    before_session,
    commands,
    execution_status,
    headline,
    steps_ahead,
)
from labapp.presentation.prompts import PromptModel, Reply
from labapp.presentation.review import Review, Verdicts
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage, StageStatus

#: Milliseconds between two looks at what has come: state at once, frames by the batch, clocks twice a second.
STATE_AFTER, FRAMES_AFTER, CLOCK_EVERY = 10, 50, 500


class ExecutionPage(Page):
    """The heart of the window. It shows the desk's session, and says what the technician decides."""

    stage = Stage.EXECUTION

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._session: Session | None = None
        self._prompts: PromptModel | None = None
        self._selected = ""
        self._announced = ""
        self._sized = False
        self.tree = CaseTree()
        self.middle = Middle()
        self.frames = FramePanel()
        self.start = button(self.tr("Start session"), self._start, kind="primary")
        self._about = self.tr(
            "Here the session runs: the cases, what you are asked to do, and every message of the device."
        )
        self._empty = EmptyState(self.tr("Execution"), self._about, self.start)
        self.bar = ActionBar()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.review = ReviewOverlay(self)
        self._state_timer = self._timer(STATE_AFTER, self._refresh)
        self._frame_timer = self._timer(FRAMES_AFTER, self.frames.catch_up)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_EVERY)
        self._clock.timeout.connect(self._tick)
        self._connect()
        self._session_changed()

    def _timer(self, after: int, act: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(act)
        return timer

    def _lay_out(self) -> None:
        for widget in (self.tree, self.middle, self.frames):
            self._split.addWidget(widget)
        for at, stretch in enumerate((2, 6, 4)):
            self._split.setStretchFactor(at, stretch)
        self._split.setChildrenCollapsible(False)
        self.tree.setMinimumWidth(212)
        self.middle.setMinimumWidth(420)
        self.frames.setMinimumWidth(340)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self._split, 1)
        column.addWidget(self.bar)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self._empty)
        self._faces.addWidget(body)

    def _connect(self) -> None:
        desk, card, account = self.desk, self.middle.card, self.middle.account
        desk.session_changed.connect(self._session_changed)
        desk.told.connect(self._told)
        desk.bench_changed.connect(self._refresh)
        desk.draft_changed.connect(self._refresh)
        desk.failed.connect(self._desk_failed)
        card.pressed.connect(self._pressed)
        card.reason_given.connect(self._reason_given)
        self.review.answered.connect(self._reviewed)
        self.tree.chosen.connect(self._select)
        self.middle.back_wanted.connect(partial(self._select, ""))
        self.middle.account_wanted.connect(self._select)
        self.middle.primary.clicked.connect(self._primary)
        self.middle.another.clicked.connect(self._start)
        self.bar.commanded.connect(self._command)
        account.frame_wanted.connect(self._show_frame)
        account.run_again.connect(self._run_again)
        account.issue_recorded.connect(self._record_issue)
        for view in (self.tree.tree, self.middle.steps, self.frames.table):
            view.installEventFilter(self)

    # The page in the window -------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the session is."""
        return execution_status(self._session)

    def begin(self) -> None:
        """The prompt first; else the cases."""
        self._refresh()
        if self._session is None:
            self.start.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.review.isVisible():
            self.review.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.middle.card.isVisible() and self._session.prompt is not None:
            self.middle.card.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.middle.primary.isVisible():
            self.middle.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.tree.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Ctrl+F: the filter of the frames."""
        self.frames.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.frames.words.selectAll()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Clocks go while one looks."""
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            width = self.width()
            self._split.setSizes([width * 17 // 100, width * 47 // 100, width * 36 // 100])
        self._refresh()
        self.frames.catch_up()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: nothing ticks."""
        super().hideEvent(event)
        for timer in (self._clock, self._state_timer, self._frame_timer):
            timer.stop()

    # What comes -------------------------------------------------------------------------------------------------------

    def _session_changed(self) -> None:
        self._session = self.desk.session
        self._selected = self._announced = ""
        self.middle.failed.clear()
        self.middle.problem.clear()
        self._prompts = None
        if self._session is not None:
            simulated = bool(self.desk.draft is not None and self.desk.draft.simulated)
            self._prompts = PromptModel(self._session, simulated=simulated)
            self.frames.show_log(self._session.frames)
        self._refresh()

    def _told(self, message: Mapping[str, Any]) -> None:
        """The session has taken a message. A prompt is on the screen at once, frames come by the batch."""
        if message["type"] == "frame":
            if self.isVisible() and not self._frame_timer.isActive():
                self._frame_timer.start()
            return
        if message["type"] == "error":
            self._not_taken(str(message["text"]))
        if message["type"] == "case" and message["event"] == "ended" and message["verdict"] == "FAIL":
            self._announced = str(message["id"])
        if not self.isVisible():
            self.status_changed.emit()
        elif not self._state_timer.isActive():
            self._state_timer.start()

    def _not_taken(self, why: str) -> None:
        review = self.review.review
        if review is not None and review.sent:
            review.refused(why)
            self.review.refresh()
            return
        if self._prompts is not None:
            self._prompts.refused()
        self.middle.problem.say(
            self.tr("The bench has not taken that: {0}").format(why),
            tone="warning",
            button=self.tr("Close"),
            act=self.middle.problem.clear,
        )

    def _desk_failed(self, fault: LabappError) -> None:
        if self._prompts is not None:
            self._prompts.refused()
        self._refresh()

    def _tick(self) -> None:
        self._refresh(quiet=True)

    # What is shown ----------------------------------------------------------------------------------------------------

    def _refresh(self, *, quiet: bool = False) -> None:
        session = self._session
        if not quiet:
            self.status_changed.emit()
        self._faces.setCurrentIndex(0 if session is None else 1)
        if session is None:
            self._show_empty()
            return
        now = time.time()
        self._show_prompt(session, now)
        self._show_review(session)
        account = account_shown(session, self._selected)
        ahead = steps_ahead(session, self._selected) if account is None else ""
        self.middle.show_session(session, account, now, ahead)
        self.bar.show_commands(commands(session))
        shown = headline(session, now)
        self.middle.show_headline(shown)
        self.tree.show_session(session, now)
        self.tree.select(self._selected or (session.running.id if session.running is not None else ""))
        self._show_around(session)
        self._keep_time(session)

    def _show_empty(self) -> None:
        ready = self.desk.draft is not None and not self.desk.starting
        lines = before_session(self.desk.draft, self.desk.selected_cases)
        self._empty.text.setText("\n".join((self._about, "", *lines)))
        self.start.setEnabled(ready)
        self.start.setText(self.tr("The session is starting …") if self.desk.starting else self.tr("Start session"))
        self.review.show_review(None)
        self._clock.stop()

    def _show_prompt(self, session: Session, now: float) -> None:
        if self._prompts is None:
            return
        card, before = self.middle.card, self.middle.card.shown
        had_focus = card.hasFocus() or card.isAncestorOf(QApplication.focusWidget() or self)
        card.show_card(self._prompts.card(now))
        shown = card.shown
        is_new = shown is not None and (before is None or before.kind == "closed" or before.text != shown.text)
        if shown is None or shown.kind == "closed":
            if had_focus and not self.review.isVisible():
                # Else the next key would press whatever button comes next.
                self.middle.steps.setFocus(Qt.FocusReason.OtherFocusReason)
        elif is_new and self.isVisible() and not self.review.isVisible():
            if not is_typing(QApplication.focusWidget()) and not self.bar.asks:
                card.setFocus(Qt.FocusReason.OtherFocusReason)
        elif had_focus and shown.kind in ("action", "question", "answered") and not card.hasFocus():
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_review(self, session: Session) -> None:
        prompt, review = session.review, self.review.review
        if prompt is None:
            if review is not None:
                self.review.show_review(None)
                self.begin()
        elif review is None or review.prompt.id != prompt.id:
            running = session.running
            self.review.show_review(Review.of(prompt, review), running.id if running is not None else "")

    def _show_around(self, session: Session) -> None:
        """Notices, the one thing to do next, and the way back to the case that runs."""
        running, middle = session.running, self.middle
        away = bool(self._selected) and running is not None and self._selected != running.id
        middle.back.setVisible(away)
        looked_at = self._selected or (session.shown.id if running is None and session.shown is not None else "")
        if self._announced and (running is not None or session.over) and looked_at != self._announced:
            attempt = session.case(self._announced).standing
            if attempt is not None:
                middle.announce_failure(self._announced, attempt.reason)
        elif looked_at == self._announced:
            middle.failed.clear()
            # Between two cases the account is shown by itself, and the next case takes it away.
            if self._selected:
                self._announced = ""
        if session.over:
            middle.primary.setText(self.tr("Go to Report"))
        elif session.lost:
            middle.primary.setText(self.tr("Resume"))
        middle.primary.setEnabled(not self.desk.starting)
        offered = session.over or session.lost
        if (
            offered
            and not middle.primary.isVisible()
            and self.isVisible()
            and not is_typing(QApplication.focusWidget())
        ):
            middle.primary.show()
            middle.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        middle.primary.setVisible(offered)
        middle.another.setVisible(session.over)
        middle.another.setEnabled(self.desk.draft is not None and not self.desk.starting)

    def _keep_time(self, session: Session) -> None:
        goes = self.isVisible() and session.attached and not session.over
        closing = self.middle.card.isVisible()
        if (goes or closing) and self.isVisible():
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    # What the technician does -----------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.desk.start_session()
        self._refresh()

    def _primary(self) -> None:
        if self._session is None:
            return
        if self._session.over:
            self.desk.show_stage(Stage.REPORT)
        elif self._session.lost:
            self.desk.resume_session()

    def _pressed(self, key: str) -> None:
        if self._prompts is None or not self._prompts.takes_keys(time.time()):
            return
        self._reply(self._prompts.press(key))

    def _reason_given(self, reason: str) -> None:
        if self._prompts is not None:
            self._reply(self._prompts.give_reason(reason))

    def _reply(self, reply: Reply | None) -> None:
        if reply is not None:
            self.middle.problem.clear()
            self.desk.answer(reply.prompt.channel, reply.outcome, reason=reply.reason)
        self._refresh()

    def _reviewed(self, verdicts: Verdicts) -> None:
        review = self.review.review
        if review is not None:
            self.desk.answer(review.prompt.channel, "", items=verdicts.items, reason=verdicts.reason)

    def _select(self, case: str) -> None:
        running = self._session.running if self._session is not None else None
        self._selected = "" if running is not None and case == running.id else case
        self._refresh()

    def _command(self, name: str) -> None:
        if name:
            self.desk.command(name)
        elif self.middle.card.isVisible():
            # The question about a command is over: keys go to the prompt again.
            self.middle.card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_frame(self, seq: int) -> None:
        if self.frames.show_seq(seq):
            self.frames.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.middle.problem.say(
                self.tr("Frame {0} is not kept in the window.").format(seq),
                self.tr("It stands in the journal of the session, and in the evidence bundle."),
                button=self.tr("Close"),
                act=self.middle.problem.clear,
            )

    def _run_again(self, case: str) -> None:
        self._selected = ""
        self.desk.resume_session((case,))

    def _record_issue(self, case: str, cause: str, reason: str) -> None:
        if self._session is not None:
            record_issue(self.desk, self._session, Issue(case, cause, reason), self._refresh, self._not_recorded)

    def _not_recorded(self, fault: LabappError) -> None:
        self.middle.problem.show_fault(fault, self.tr("Close"), self.middle.problem.clear)

    # Keys -------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The keys of the prompt work in the lists too."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            key = KEYS.get(Qt.Key(event.key()))
            open_prompt = self._session is not None and self._session.prompt is not None
            if key not in (None, "Enter", "Esc") and open_prompt and not event.modifiers():
                self._pressed(str(key))
                return True
        return super().eventFilter(watched, event)
