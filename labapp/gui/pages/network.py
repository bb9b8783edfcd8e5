"""The network page: a measurement of the way to a far end and of the modem, its figures, and what was measured before."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.errors import LabappError
from labapp.domain.measurement import NetworkMeasurement, measurement_to_json
from labapp.domain.network_settings import NetworkSettings
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.network_widgets import FigureCard, HistoryStrip, VerdictWords, facts_card
from labapp.gui.pages.setup_fields import Chooser, Rows, SectionView
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import EmptyState, button, label
from labapp.gui.widgets.notice import Notice
from labapp.presentation.network import Network, Phase, course, network_of, phases, readable
from labapp.presentation.setup import Section
from labapp.presentation.setup_fields import Field, with_choice, with_entry
from labapp.presentation.stages import Stage, StageStatus, State
from labapp.services.measuring import Stop, Stopped, far_end_here, measure, serial_ports
from labapp.services.workspace import Workspace

#: Milliseconds between two looks at the clock while a measurement runs.
_TICK = 100


class NetworkPage(Page):
    """Draws what `labapp.presentation.network` says, and measures."""

    stage = Stage.NETWORK

    #: What is measured next, from the thread that measures.
    progressed = Signal(str)
    #: A measurement has ended: kept, failed or stopped.
    ended = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.network: Network | None = None
        self.history: tuple[NetworkMeasurement, ...] = ()
        self._project = 0
        self._chosen: int | None = None
        self._fault: LabappError | None = None
        self._stop: Stop | None = None
        self._here = False
        self._parts: tuple[Phase, ...] = ()
        self._step, self._begun, self._since = "", 0.0, 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK)
        self._clock.timeout.connect(self._tick)
        self.rows = Rows(self)
        self._sections: dict[str, SectionView] = {}
        self._build()
        self.progressed.connect(self._progressed)
        desk.draft_changed.connect(self._draft_changed)
        self._draft_changed()

    def _build(self) -> None:
        self.empty = EmptyState(
            self.tr("Network"),
            self.tr(
                "Bandwidth, latency and signal of the place of the tests, against the limits. Open a project first."
            ),
        )
        self.measure_button = button(self.tr("Measure"), self.measure, kind="primary")
        self.try_button = button(self.tr("Try on this machine"), self.try_here)
        self.try_button.setAccessibleDescription(
            self.tr("Measures to a far end on this machine, which shows how it works and says nothing of a network.")
        )
        self.stop_button = button(self.tr("Stop"), self.stop)
        self.duration = label("", look="muted")
        self.headline = label("", look="muted", wraps=True)
        self.verdict = VerdictWords()
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(240)
        self.progress.setAccessibleName(self.tr("Progress of the measurement"))
        self.course = label("")
        self.notice = Notice()
        found = QWidget()
        words = QHBoxLayout(found)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(12)
        words.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.headline, 1)
        doing = (self.duration, self.course, self.progress)
        head = page_head(self.stage, found, *doing, self.stop_button, self.try_button, self.measure_button)
        self.figure_cards = [FigureCard(), FigureCard(), FigureCard()]
        figures = QHBoxLayout()
        figures.setSpacing(16)
        for one in self.figure_cards:
            figures.addWidget(one, 1)
        self.strip = HistoryStrip()
        self.strip.chosen.connect(self._choose)
        history, inside = facts_card(self.tr("History"))
        self.no_history = label(
            self.tr("Each measurement is kept here, and goes into the record of the next session."), look="muted"
        )
        inside.addWidget(self.no_history)
        inside.addWidget(self.strip)
        inside.addStretch(1)
        facts, self._facts_column = facts_card(self.tr("Modem"))
        self._no_facts = label(self.tr("No modem was asked."), look="muted", wraps=True)
        self._facts_column.addWidget(self._no_facts)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._facts_column.addLayout(self._facts)
        self._facts_column.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(history, 2)
        below.addWidget(facts, 1)
        settings, self._settings_column = facts_card(self.tr("Settings"))
        self.ports = Chooser()
        self.ports.setAccessibleName(self.tr("Take a serial port that was found"))
        self.ports.activated.connect(self._take_port)
        self._settings_column.addWidget(self.ports, 0, Qt.AlignmentFlag.AlignLeft)
        content = QWidget()
        content.setProperty("kind", "scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(*PAGE_MARGINS)
        column.setSpacing(PAGE_SPACING)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addLayout(figures)
        column.addLayout(below)
        column.addWidget(settings)
        column.addStretch(1)
        self._content = QScrollArea()
        self._content.setWidgetResizable(True)
        self._content.setFrameShape(QFrame.Shape.NoFrame)
        self._content.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content.setWidget(content)
        for each in (self.measure_button, self.try_button, self.stop_button):
            each.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.empty)
        page.addWidget(self._content)

    # What the window asks ---------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the network is measured."""
        return self.network.status if self.network is not None else StageStatus(State.TO_DO)

    def begin(self) -> None:
        """To what is to be done: measure, or name what to measure."""
        if self.network is None:
            return
        first = self.rows.made.get("network.far_end")
        target = self.measure_button if self.network.ready or first is None else first.entry
        (self.stop_button if self.measuring else target).setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """To the settings, which are what one would search here."""
        first = self.rows.made.get("network.far_end")
        if first is not None:
            first.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Show how long ago it was, and which ports there are."""
        super().showEvent(event)
        self.desk.tasks.run(serial_ports, done=self._take_ports)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """A measurement goes on behind another page, and ends with the window."""
        super().hideEvent(event)
        if not self.window().isVisible():
            self.stop()

    @property
    def measuring(self) -> bool:
        """Whether a measurement runs."""
        return self._stop is not None

    # What the technician does -----------------------------------------------------------------------------------------

    def measure(self) -> None:
        """Measure what the settings name."""
        if self.network is not None and self.network.settings is not None and self.network.ready:
            self._measure(self.network.settings, here=False)

    def try_here(self) -> None:
        """Measure to a far end on this machine."""
        settings = self.network.settings if self.network is not None else None
        self._measure(settings or NetworkSettings(), here=True)

    def stop(self) -> None:
        """End the measurement early."""
        if self._stop is not None:
            self._stop.order()
            self.stop_button.setEnabled(False)

    def take_typed(self, field: Field, typed: str) -> None:
        """A text was typed into a setting."""
        if self.desk.draft is not None:
            self._change(with_entry(self.desk.draft, field.table, field.key, typed), field.label)

    def take_chosen(self, field: Field, value: Any) -> None:
        """A value was chosen from a list."""
        if self.desk.draft is not None:
            self._change(with_choice(self.desk.draft, field.table, field.key, value), field.label)

    def _take_port(self, at: int) -> None:
        port = self.ports.itemData(at)
        if self.desk.draft is not None and port:
            self._change(with_entry(self.desk.draft, "network", "modem", f"serial:{port}"), self.tr("modem"))

    def _change(self, draft: Any, what: str) -> None:
        if draft is not self.desk.draft:
            # What went wrong, went wrong with other settings.
            self._fault = None
            self.notice.clear()
            self.desk.edit(draft, self.tr("network: {0}").format(what))

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._show()

    # The measurement --------------------------------------------------------------------------------------------------

    def _measure(self, settings: NetworkSettings, *, here: bool) -> None:
        draft = self.desk.draft
        if draft is None or self.measuring:
            return
        if here:
            settings = replace(settings, far_end="http://127.0.0.1", interface="", modem=None, technology="")
        self._stop, self._fault, self._chosen, self._here = Stop(), None, None, here
        self._parts, self._step = phases(settings), ""
        self._begun = self._since = time.monotonic()
        self._clock.start()
        self.notice.clear()
        self.desk.tasks.run(
            _measured,
            self.desk.workspace,
            draft.id,
            settings,
            here,
            self._tell,
            self._stop,
            done=lambda found: self._finish(draft.id, found, None),
            failed=lambda fault: self._finish(draft.id, None, fault),
        )
        self._show()
        self.stop_button.setEnabled(True)
        self.stop_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, step: str) -> None:
        # Called in the thread that measures; the page may have gone in the meantime.
        with contextlib.suppress(RuntimeError):
            self.progressed.emit(step)

    def _progressed(self, step: str) -> None:
        self._step, self._since = step, time.monotonic()
        self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        found = course(self._parts, self._step, now - self._since, now - self._begun)
        self.progress.setValue(found.permille)
        self.course.setText(f"{found.words} · {found.left}")

    def _finish(self, project: int, found: NetworkMeasurement | None, fault: LabappError | None) -> None:
        self._clock.stop()
        self._stop = None
        had_focus = self.stop_button.hasFocus()
        if self._project == project:
            if found is not None:
                self.history = (*self.history, found)
            if isinstance(fault, Stopped):
                self.notice.say(self.tr("The measurement was stopped; nothing is kept of it."))
            elif fault is not None:
                self._fault = fault
                again = self.try_here if self._here else self.measure
                self.notice.show_fault(fault, self.tr("Measure again"), again)
        self._show()
        if had_focus:
            ready = self.network is not None and self.network.ready
            next_button = self.measure_button if ready else self.try_button
            next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ended.emit()

    # What is shown ----------------------------------------------------------------------------------------------------

    def _draft_changed(self) -> None:
        draft = self.desk.draft
        if draft is not None and draft.id != self._project:
            self._project, self.history, self._chosen, self._fault = draft.id, (), None, None
            self.notice.clear()
            self.desk.tasks.run(
                _kept, self.desk.workspace, draft.id, done=self._take_history, failed=self.notice.show_fault
            )
        self._show()

    def _take_history(self, found: tuple[int, tuple[NetworkMeasurement, ...]]) -> None:
        project, history = found
        if project == self._project:
            self.history = history
            self._show()

    def _take_ports(self, found: Sequence[tuple[str, str]]) -> None:
        self.ports.clear()
        self.ports.addItem(self.tr("take a serial port that was found"), "")
        for name, description in found:
            self.ports.addItem(f"{name}  {description}" if description not in ("", "n/a", name) else name, name)
        self.ports.setVisible(bool(found))

    def _show(self) -> None:
        """Show the project as it is now; while the page is hidden, only its state is worked out."""
        draft = self.desk.draft
        before = self.status()
        self.network = None
        if draft is not None:
            self.network = network_of(
                draft,
                self.history,
                chosen=self._chosen,
                measuring=self.measuring,
                fault=self._fault,
                now=datetime.now(UTC),
            )
        self.empty.setVisible(self.network is None)
        self._content.setVisible(self.network is not None)
        if self.status() != before:
            self.status_changed.emit()
        if self.network is not None and self.isVisible():
            self._show_head(self.network)
            for view, shown in zip(self.figure_cards, self.network.cards, strict=True):
                view.show_card(shown)
            self.strip.show_history(self.network)
            self.strip.setVisible(bool(self.network.moments))
            self.no_history.setVisible(not self.network.moments)
            self._show_facts(self.network.facts)
            self._show_settings(self.network)

    def _show_head(self, network: Network) -> None:
        running = self.measuring
        before: tuple[QWidget, ...] = (self.measure_button, self.try_button, self.duration)
        meanwhile: tuple[QWidget, ...] = (self.stop_button, self.progress, self.course)
        for each in (*before, *meanwhile):
            each.setVisible(running == (each in meanwhile))
        self.measure_button.setEnabled(network.ready)
        self.duration.setText(network.duration if network.ready else network.why_not)
        self.measure_button.setAccessibleDescription(self.duration.text())
        self.headline.setText(network.headline)
        self.verdict.show_look(network.verdict)
        self.verdict.setVisible(bool(self.verdict.text().strip()))

    def _show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        self._no_facts.setVisible(not facts)
        while self._facts.count():
            item = self._facts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for at, (name, value) in enumerate(facts):
            self._facts.addWidget(label(name, look="muted"), at, 0)
            self._facts.addWidget(label(value, wraps=True), at, 1)

    def _show_settings(self, network: Network) -> None:
        sections = (
            Section("first", "", "", network.fields),
            Section("further", self.tr("Limits, and how much is measured"), "", network.further, folded=True),
        )
        for section in sections:
            view = self._sections.get(section.key)
            if view is None:
                view = self._sections[section.key] = SectionView(section, self.rows)
                self._settings_column.addWidget(view)
            view.show_section(section)


def _measured(
    workspace: Workspace, project: int, settings: NetworkSettings, here: bool, progress: Any, stop: Stop
) -> NetworkMeasurement:
    """Measure, and keep what was found."""
    with contextlib.ExitStack() as stack:
        if here:
            settings = replace(settings, far_end=stack.enter_context(far_end_here()))
        found = measure(settings, progress=progress, stop=stop)
    workspace.keep_measurement(project, measurement_to_json(found))
    return found


def _kept(workspace: Workspace, project: int) -> tuple[int, tuple[NetworkMeasurement, ...]]:
    contents: list[Mapping[str, Any]] = [each.content for each in workspace.measurements(project)]
    return project, readable(contents)
