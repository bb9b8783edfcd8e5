"""The account of a verdict: the sentence, expected and received side by side, the clause, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from labapp.gui.widgets.labels import Scrolled, VerdictLabel, button, card, label
from labapp.presentation.execution import Account, FindingView


class _Issue(QWidget):
    """Puts a FAIL down to the lab or the tool: cause and reason, in place."""

    recorded = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cause = QComboBox()
        self.cause.setAccessibleName(self.tr("Cause"))
        self.cause.addItem(self.tr("the lab"), "lab")
        self.cause.addItem(self.tr("the tool"), "tool")
        self.reason = QLineEdit()
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("what went wrong; it stands in the report"))
        self.reason.returnPressed.connect(self._record)
        self._record_button = button(self.tr("Record"), self._record)
        self._record_button.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self._record_button.setEnabled(bool(text.strip())))
        leave = button(self.tr("Leave"), self.left.emit)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(label(self.tr("This FAIL comes from")))
        first.addWidget(self.cause)
        first.addWidget(label(self.tr("because")))
        first.addStretch(1)
        second.addWidget(self.reason, 1)
        second.addWidget(self._record_button)
        second.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)

    def begin(self) -> None:
        """Ask anew."""
        self.reason.clear()
        self.show()
        self.cause.setFocus(Qt.FocusReason.OtherFocusReason)

    def _record(self) -> None:
        if self.reason.text().strip():
            self.recorded.emit(str(self.cause.currentData()), self.reason.text().strip())


class AccountView(QWidget):
    """Shows an account. Each signal names the case that it is about."""

    #: A frame is to be shown: the number of its record.
    frame_wanted = Signal(int)
    run_again = Signal(str)
    #: case, cause, reason.
    issue_recorded = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._account: Account | None = None
        self.verdict = VerdictLabel()
        self._sentence = label("", look="title", wraps=True)
        self._facts = label("", look="muted", wraps=True)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(8)
        self._besides = label("", look="muted", wraps=True)
        self.again = button(self.tr("Run again"), self._run_again)
        self.record = button(self.tr("Record an issue"), self._begin_issue)
        self._issue = _Issue()
        self._issue.recorded.connect(self._recorded)
        self._issue.left.connect(self._leave_issue)
        self._issue.hide()
        self._lay_out()
        for keys, act in (("Ctrl+R", self.again.click), ("Ctrl+I", self.record.click), ("Ctrl+J", self._first_frame)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda act=act: act() if self.isVisible() else None)

    def _lay_out(self) -> None:
        inner = Scrolled()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(self.verdict)
        column.addWidget(self._sentence)
        column.addWidget(self._facts)
        column.addLayout(self._findings)
        column.addWidget(self._besides)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.again)
        buttons.addWidget(self.record)
        buttons.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(area, 1)
        outer.addWidget(self._issue)
        outer.addLayout(buttons)

    def show_account(self, account: Account) -> None:
        """Show an account; the same one again is left alone."""
        if account == self._account:
            return
        if self._account is None or account.case != self._account.case:
            self._issue.hide()
        self._account = account
        self.verdict.show_verdict(account.verdict)
        self._sentence.setText(account.sentence)
        self._facts.setText(account.facts)
        while (item := self._findings.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, finding in enumerate(account.findings):
            self._findings.addWidget(self._finding(finding, with_sentence=number > 0))
        self._besides.setText(
            self.tr("Seen besides, which may be the cause:\n") + "\n".join(f"· {each}" for each in account.besides)
        )
        self._besides.setVisible(bool(account.besides))
        self.again.setEnabled(not account.run_again)
        self.again.setText(self.tr("Run again  Ctrl+R"))
        self.again.setToolTip(account.run_again)
        self.record.setText(self.tr("Record an issue  Ctrl+I"))
        self.record.setEnabled(not account.record_issue)
        self.record.setToolTip(account.record_issue)

    def _finding(self, finding: FindingView, *, with_sentence: bool) -> QFrame:
        frame, column = card()
        if with_sentence:
            column.addWidget(label(finding.sentence, look="heading", wraps=True))
        column.addWidget(label(finding.place, look="muted", wraps=True))
        sides = QGridLayout()
        sides.setHorizontalSpacing(24)
        sides.setColumnStretch(0, 1)
        sides.setColumnStretch(1, 1)
        for at, (title, value) in enumerate(
            ((self.tr("expected"), finding.expected), (self.tr("received"), finding.received))
        ):
            sides.addWidget(label(title, look="small"), 0, at)
            sides.addWidget(label(value, look="mono", wraps=True), 1, at, Qt.AlignmentFlag.AlignTop)
        column.addLayout(sides)
        if finding.hint:
            column.addWidget(label(finding.hint, look="muted", wraps=True))
        foot = QHBoxLayout()
        foot.addWidget(label(finding.clause, look="small", wraps=True), 1)
        seq = finding.frame
        if seq is not None:
            shown = QPushButton(self.tr("Show frame {0}  Ctrl+J").format(seq))
            shown.setAccessibleName(self.tr("Show frame {0}").format(seq))
            shown.clicked.connect(lambda: self.frame_wanted.emit(seq))
            foot.addWidget(shown)
        column.addLayout(foot)
        return frame

    def _first_frame(self) -> None:
        frames = (
            [] if self._account is None else [each.frame for each in self._account.findings if each.frame is not None]
        )
        if frames:
            self.frame_wanted.emit(frames[0])

    def _run_again(self) -> None:
        if self._account is not None:
            self.run_again.emit(self._account.case)

    def _begin_issue(self) -> None:
        self._issue.begin()

    def _leave_issue(self) -> None:
        self._issue.hide()
        self.record.setFocus(Qt.FocusReason.OtherFocusReason)

    def _recorded(self, cause: str, reason: str) -> None:
        self._leave_issue()
        if self._account is not None:
            self.issue_recorded.emit(self._account.case, cause, reason)
