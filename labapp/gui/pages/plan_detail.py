"""All that is said about the case that one looks at, below the table of the plan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import VerdictLabel, label
from labapp.presentation.plan_lines import PlanLine, facts_of, requirement_text

HEIGHT = 132
_FACTS = 6
_LEAST = 560


class PlanDetail(QFrame):
    """One case: whole title, whole reason, the answers it rests on, its prerequisites."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setFixedHeight(HEIGHT)
        self.case = label("", look="mono")
        self.title = label("", look="heading", wraps=True)
        self.requirement = label("", look="muted")
        self.applies = label("")
        self.was = label("", look="warning")
        self.verdict = VerdictLabel()
        self._line: PlanLine | None = None
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.case, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        for shown in (self.was, self.requirement, self.applies, self.verdict):
            head.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = [(label("", look="small"), label("", wraps=True)) for _ in range(_FACTS)]
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (heading, text) in enumerate(self._facts):
            heading.setContentsMargins(0, 2, 0, 0)
            # Without it the height is reckoned for the narrowest column that words can be broken into.
            text.setMinimumWidth(_LEAST)
            grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        grid.setRowStretch(_FACTS, 1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("About the case"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        theme.announcer.changed.connect(self._colour)

    def show_line(self, line: PlanLine | None) -> None:
        """Show a case, or nothing."""
        self._line = line
        self.case.setText(line.id if line else "")
        self.title.setText(line.title if line else self.tr("Choose a case to read why it applies or not."))
        self.requirement.setText(requirement_text(line.requirement) if line else "")
        self.applies.setText(f"{line.sign.shape} {line.sign.word}" if line else "")
        self.was.setText(line.was if line else "")
        self.was.setVisible(bool(line and line.was))
        self.verdict.show_verdict(line.verdict if line else "")
        self.verdict.setVisible(bool(line and line.verdict))
        facts = facts_of(line) if line else ()
        for at, (heading, text) in enumerate(self._facts):
            heading.setText(facts[at][0] if at < len(facts) else "")
            text.setText(facts[at][1] if at < len(facts) else "")
            heading.setVisible(at < len(facts))
            text.setVisible(at < len(facts))
        self._colour()

    def _colour(self) -> None:
        if self._line is not None:
            self.applies.setStyleSheet(f"color: {getattr(theme.current(), self._line.sign.colour)};")
