"""The middle of the execution page: what goes on, the prompt, and below it the steps or the account of a verdict."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from labapp.gui.pages.execution_account import AccountView
from labapp.gui.pages.execution_steps import StepList
from labapp.gui.prompts.card import PromptCard
from labapp.gui.widgets.labels import button, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.execution import Account, Headline, caption
from labapp.presentation.execution_steps import expected_rows, step_rows
from labapp.presentation.session import Session


class Middle(QWidget):
    """Shows what the models say. back_wanted: to the case that runs."""

    back_wanted = Signal()
    account_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._big = label("", look="title", wraps=True)
        self._small = label("", look="muted", wraps=True)
        self.primary = button("", kind="primary")
        self.primary.hide()
        self.another = button(self.tr("Start another session"))
        self.another.hide()
        self.back = button(self.tr("Back to the case that runs"), self.back_wanted.emit, kind="link")
        self.back.hide()
        self.failed = Notice()
        self.problem = Notice()
        self.card = PromptCard()
        self.steps = StepList()
        self.account = AccountView()
        self._caption = label("", look="heading")
        self._lower = QWidget()
        self._below = QStackedLayout(self._lower)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addWidget(self.steps)
        self._below.addWidget(self.account)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._big)
        texts.addWidget(self._small)
        head.addLayout(texts, 1)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        after = QHBoxLayout()
        after.setSpacing(8)
        after.addStretch(1)
        after.addWidget(self.another)
        after.addWidget(self.primary)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(after)
        column.addWidget(self.problem)
        column.addWidget(self.failed)
        column.addWidget(self.card)
        column.addWidget(self._caption)
        column.addWidget(self._lower, 1)

    @property
    def shows_account(self) -> bool:
        """Whether the account of a verdict is shown, and not the steps."""
        return self._below.currentWidget() is self.account

    def show_headline(self, headline: Headline) -> None:
        """What goes on."""
        if self._big.text() != headline.big:
            self._big.setText(headline.big)
        if self._small.text() != headline.small:
            self._small.setText(headline.small)

    def show_session(self, session: Session, account: Account | None, now: float, ahead: str = "") -> None:
        """The steps of the case shown, or an account. ahead: a case that has not run, whose steps are looked at."""
        if account is not None:
            self.account.show_account(account)
            self._below.setCurrentWidget(self.account)
        else:
            self._below.setCurrentWidget(self.steps)
        above = caption(session, ahead) if account is None else ""
        self._caption.setText(above)
        self._caption.setVisible(bool(above))
        self.steps.show_rows(expected_rows(ahead) if ahead else step_rows(session, now))

    def announce_failure(self, case: str, sentence: str) -> None:
        """A case has failed and the next one is under way."""
        self.failed.say(
            self.tr("FAIL {0}: {1}").format(case, sentence),
            tone="problem",
            button=self.tr("Show"),
            act=lambda: self.account_wanted.emit(case),
        )
