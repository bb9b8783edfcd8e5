"""The set-up page: a checklist with a light and a button for each thing, and the fields of the project beside it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError, LabappError
from labapp.gui.desk import Desk
from labapp.gui.page import Page
from labapp.gui.pages.setup_fields import Chooser, Rows, SectionView
from labapp.gui.pages.setup_rows import Checklist
from labapp.gui.widgets.head import PAGE_MARGINS, PAGE_SPACING, page_head
from labapp.gui.widgets.labels import EmptyState, label
from labapp.presentation.setup import Setup, place_of, secrets_named, setup_of, with_driver, within_limits
from labapp.presentation.setup_fields import Field, with_choice, with_entry
from labapp.presentation.setup_model import Act, Findings
from labapp.presentation.stages import Stage, StageStatus, State
from labapp.services.device_probe import DeviceProbe, DeviceSeen, Place, probe_place
from labapp.services.secrets import resolve_secret

#: Milliseconds after the last key until the place of the connection is looked at again.
LOOK_AFTER = 500
#: Widths in pixels: of a page with room for everything, and of the checklist there and elsewhere.
_WIDE, _CHECKLIST, _NARROW_CHECKLIST = 1040, 380, 280


class SetupPage(Page):
    """Draws what `labapp.presentation.setup` says of the open project, and changes the project."""

    stage = Stage.SETUP

    #: A DeviceSeen, from the thread that waits for the device.
    device_seen = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.findings = Findings()
        self.setup: Setup | None = None
        self.probe = DeviceProbe()
        self._looking_up: set[str] = set()
        self._looked_at = ""
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.timeout.connect(self.look)
        self.rows = Rows(self)
        self._sections: dict[str, SectionView] = {}
        self._build()
        self.device_seen.connect(self._take_device)
        desk.draft_changed.connect(self._draft_changed)
        desk.session_changed.connect(self._session_changed)
        desk.told.connect(self._told)
        self._draft_changed()

    def _build(self) -> None:
        self.empty = EmptyState(
            self.tr("Set-up"),
            self.tr("How tool and device find each other, and the values of the cases. Open a project first."),
        )
        self.checklist = Checklist()
        self.checklist.acted.connect(self.do)
        self.finder = QLineEdit()
        self.finder.setPlaceholderText(self.tr("Find a setting: key, name or what it does (Ctrl+F)"))
        self.finder.setAccessibleName(self.tr("Find a setting"))
        self.finder.setClearButtonEnabled(True)
        self.finder.textChanged.connect(lambda _: self._show_sections())
        self.finder.returnPressed.connect(self._go_to_found)
        self._not_found = label(self.tr("No setting matches."), look="muted")
        self.real = QRadioButton(self.tr("Real device"))
        self.simulated = QRadioButton(self.tr("Simulator of this machine"))
        self._kind = QButtonGroup(self)
        for choice in (self.real, self.simulated):
            self._kind.addButton(choice)
            choice.clicked.connect(self._take_kind)
        self.driver = Chooser()
        self.driver.setAccessibleName(self.tr("Add a driver call for an action"))
        self.driver.activated.connect(self._add_driver)
        self._fields = QWidget()
        self._fields.setProperty("kind", "scrolled")
        self._column = QVBoxLayout(self._fields)
        self._column.setContentsMargins(16, 12, 16, 16)
        self._column.setSpacing(4)
        kinds = QHBoxLayout()
        kinds.setSpacing(24)
        kinds.addWidget(self.real)
        kinds.addWidget(self.simulated)
        kinds.addStretch(1)
        self._kinds = QWidget()
        self._kinds.setLayout(kinds)
        kinds.setContentsMargins(0, 0, 0, 8)
        drivers = QHBoxLayout()
        drivers.setContentsMargins(0, 0, 0, 0)
        drivers.setSpacing(12)
        drivers.addWidget(label(self.tr("Actions without hands:"), look="muted"))
        drivers.addWidget(self.driver)
        drivers.addStretch(1)
        self._drivers = QWidget()
        self._drivers.setLayout(drivers)
        self._column.addWidget(self._kinds)
        self._column.addWidget(self._not_found)
        self._column.addWidget(self._drivers)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._fields)
        self._scroll = scroll
        card = QFrame()
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(scroll)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.finder)
        right.addWidget(card, 1)
        left_scroll = QScrollArea()
        left_scroll.setWidgetResizable(True)
        left_scroll.setFrameShape(QFrame.Shape.NoFrame)
        left_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left_scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left_scroll.setWidget(self.checklist)
        self._left = left_scroll
        self._make_room(wide=True)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(*PAGE_MARGINS)
        column.setSpacing(PAGE_SPACING)
        lead = label(self.tr("How tool and device find each other, and the values of the cases."), look="muted")
        column.addLayout(page_head(self.stage, lead))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(left_scroll)
        row.addLayout(right, 1)
        column.addLayout(row, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.empty)
        page.addWidget(self._content)

    def _make_room(self, *, wide: bool) -> None:
        width = _CHECKLIST if wide else _NARROW_CHECKLIST
        self.checklist.setFixedWidth(width)
        # Beside the list lies its scroll bar, where it does not fit.
        self._left.setFixedWidth(width + 14)

    # What the window asks ---------------------------------------------------------------------------------------------

    def status(self) -> StageStatus:
        """How far the set-up is."""
        return self.setup.status if self.setup is not None else StageStatus(State.TO_DO)

    def begin(self) -> None:
        """To the first thing that is to be done."""
        if self.setup is None:
            return
        if self.setup.next in self.checklist.rows:
            self.checklist.rows[self.setup.next].button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.finder.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Find a key."""
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look at the place of the connection."""
        super().showEvent(event)
        # What held nothing may hold something by now.
        there = {origin: fault for origin, fault in self.findings.secrets.items() if fault is None}
        self.findings = replace(self.findings, secrets=there)
        self._looked_at = ""
        if self.desk.draft is not None:
            self._look_up(self.desk.draft)
        self._show()
        self.look()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The checklist gives way where the page is narrow, as beside the manual."""
        super().resizeEvent(event)
        self._make_room(wide=event.size().width() >= _WIDE)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Wait for the device no longer: a session needs its port. What may be a secret does not stay in a field."""
        super().hideEvent(event)
        self._look_timer.stop()
        self.leave()
        for row in self.rows.made.values():
            row.forget_refused()

    # What the technician does -----------------------------------------------------------------------------------------

    def do(self, act: Act) -> None:
        """Do what a button of the checklist says."""
        draft = self.desk.draft
        if draft is None:
            return
        match act.kind:
            case "edit":
                self.go_to(act.value)
            case "listen":
                self._change(draft.with_value("connection", "listen", act.value), self.tr("another port"))
            case "identity":
                self._change(draft.with_value("connection", "identity", act.value), self.tr("identity of the device"))
                self.wait_for_device()
            case "limits":
                self._change(within_limits(draft), self.tr("values within the declared limits"))
            case "stage":
                self.desk.show_stage(Stage(act.value))
            case "wait":
                self.wait_for_device()
            case "leave":
                self.leave()
            case "look":
                self._looked_at = ""
                self.findings = replace(self.findings, place=None)
                self._show()
                self.look()

    def go_to(self, name: str) -> None:
        """To a field, wherever it stands."""
        if self.setup is None:
            return
        self.finder.clear()
        for section in self.setup.sections:
            if name in [field.name for field in section.fields]:
                self._sections[section.key].unfold()
        row = self.rows.made.get(name)
        if row is not None:
            # The place of a row that has just been shown is known after the layout only.
            self._column.activate()
            self._fields.resize(self._fields.width(), self._column.totalHeightForWidth(self._fields.width()))
            self._scroll.ensureWidgetVisible(row, 0, 48)
            row.entry.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(row.entry, QLineEdit):
                row.entry.selectAll()

    def take_typed(self, field: Field, typed: str) -> None:
        """A text was typed into a field."""
        if self.desk.draft is None:
            return
        row = self.rows.row(field)
        try:
            draft = with_entry(self.desk.draft, field.table, field.key, typed)
        except InputError as fault:
            row.refuse(fault)
            return
        row.refuse(None)
        self._change(draft, field.label)

    def take_chosen(self, field: Field, value: Any) -> None:
        """A value was chosen from a list."""
        if self.desk.draft is not None:
            self._change(with_choice(self.desk.draft, field.table, field.key, value), field.label)

    def _take_kind(self) -> None:
        draft = self.desk.draft
        if draft is not None and draft.simulated != self.simulated.isChecked():
            self.leave()
            self._looked_at = ""
            self._change(replace(draft, simulated=self.simulated.isChecked()), self.tr("kind of device"))

    def _add_driver(self, at: int) -> None:
        draft, action = self.desk.draft, self.driver.itemData(at)
        if draft is not None and action:
            self._change(with_driver(draft, action), self.tr("driver of {0}").format(action))
            self.go_to(f"driver.{action}.command")

    def _change(self, draft: Draft, what: str) -> None:
        if draft is not self.desk.draft:
            self.desk.edit(draft, self.tr("set-up: {0}").format(what))

    def _go_to_found(self) -> None:
        if self.setup is not None and (found := self.setup.found(self.finder.text())):
            row = self.rows.made.get(found[0])
            if row is not None:
                row.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # The device and its place -----------------------------------------------------------------------------------------

    def wait_for_device(self) -> None:
        """Wait for the project's device, and show who comes."""
        draft = self.desk.draft
        if draft is None or draft.simulated or self.findings.bench_place:
            return
        self.findings = replace(self.findings, device=DeviceSeen("waiting", place=place_of(draft)))
        self.probe.wait_for(draft.tables, self._tell)
        self._show()

    def leave(self) -> None:
        """Wait no longer."""
        self.probe.leave()
        if self.findings.device is not None:
            self.findings = replace(self.findings, device=None)
            self._show()

    def look(self) -> None:
        """Look whether the place of the connection can be had."""
        draft = self.desk.draft
        if draft is None or not self.isVisible() or self.findings.bench_place or self.findings.device is not None:
            return
        address = place_of(draft)
        if not address or address == self._looked_at:
            return
        self._looked_at = address
        self.desk.tasks.run(probe_place, address, simulated=draft.simulated, done=self._take_place)

    def _take_place(self, place: Place) -> None:
        if self.desk.draft is not None and place.address == place_of(self.desk.draft):
            self.findings = replace(self.findings, place=place)
            self._show()

    def _tell(self, seen: DeviceSeen) -> None:
        # Called in the thread that waits; the page may have gone in the meantime.
        with contextlib.suppress(RuntimeError):
            self.device_seen.emit(seen)

    def _take_device(self, seen: DeviceSeen) -> None:
        if self.findings.device is not None:
            self.findings = replace(self.findings, device=seen)
            self._show()

    def _look_up(self, draft: Draft) -> None:
        for origin in secrets_named(draft):
            if origin not in self.findings.secrets and origin not in self._looking_up:
                self._looking_up.add(origin)
                self.desk.tasks.run(_looked_up, origin, done=self._take_secret)

    def _take_secret(self, found: tuple[str, LabappError | None]) -> None:
        origin, fault = found
        self._looking_up.discard(origin)
        self.findings = replace(self.findings, secrets={**self.findings.secrets, origin: fault})
        self._show()

    # What is shown ----------------------------------------------------------------------------------------------------

    def _draft_changed(self) -> None:
        draft = self.desk.draft
        if draft is not None:
            self._look_up(draft)
            if self.isVisible():
                self._look_timer.start(LOOK_AFTER)
        self._show()

    def _session_changed(self) -> None:
        self._take_bench()
        self._show()

    def _told(self, message: dict[str, Any]) -> None:
        if message["type"] in ("ready", "link", "summary"):
            self._session_changed()
        if message["type"] == "summary":
            # The bench gives the place back.
            self._looked_at = ""
            self._look_timer.start(LOOK_AFTER)

    def _take_bench(self) -> None:
        session = self.desk.session
        found = replace(self.findings, bench_place="", bench_event="", bench_came="", bench_detail="")
        if session is not None and session.ready is not None and not session.over and not session.lost:
            found = replace(
                found,
                bench_place=session.ready.listen or session.ready.url,
                bench_event=session.link.event,
                bench_came=session.link.came,
                bench_detail=session.link.detail,
                device=None,
            )
            # The bench is there for the device now, at the same place.
            self.probe.leave()
        self.findings = found

    def _show(self) -> None:
        """Show the project as it is now; while the page is hidden, only its state is worked out."""
        draft = self.desk.draft
        before = self.status()
        self.setup = setup_of(draft, self.findings, self.desk.selected_cases) if draft is not None else None
        self.empty.setVisible(self.setup is None)
        self._content.setVisible(self.setup is not None)
        if self.status() != before:
            self.status_changed.emit()
        if self.setup is None or draft is None or not self.isVisible():
            return
        self.checklist.show_checks(self.setup.checks, self.setup.next)
        (self.simulated if draft.simulated else self.real).setChecked(True)
        actions = ["", *self.setup.further_actions]
        if [self.driver.itemData(at) for at in range(self.driver.count())] != actions:
            self.driver.clear()
            for action in actions:
                self.driver.addItem(action or self.tr("add a call for an action"), action)
        self._show_sections()

    def _show_sections(self) -> None:
        if self.setup is None:
            return
        sought = self.finder.text().strip()
        only = frozenset(self.setup.found(sought)) if sought else None
        self._kinds.setVisible(only is None)
        self._drivers.setVisible(only is None)
        self._not_found.setVisible(only == frozenset())
        for at, section in enumerate(self.setup.sections):
            view = self._sections.get(section.key)
            if view is None:
                view = self._sections[section.key] = SectionView(section, self.rows)
            if self._column.indexOf(view) != at + 1:
                self._column.insertWidget(at + 1, view)
            view.show_section(section, only)
        known = {section.key for section in self.setup.sections}
        for key, view in self._sections.items():
            if key not in known:
                view.hide()


def _looked_up(origin: str) -> tuple[str, LabappError | None]:
    try:
        resolve_secret(origin)
    except LabappError as fault:
        return origin, fault
    return origin, None
