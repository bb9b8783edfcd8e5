"""The page that is shown while no project is open: choose one, begin one, or try the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from labapp.domain.draft import Draft
from labapp.domain.errors import LabappError
from labapp.gui import theme
from labapp.gui.desk import Desk
from labapp.gui.widgets.labels import button, card, label, set_kind
from labapp.gui.widgets.notice import Notice
from labapp.presentation.stages import Stage, purpose_of, title_of
from labapp.presentation.start import Listed, ProjectLine, free_name, project_lines

if TYPE_CHECKING:
    from labapp.services.workspace import Workspace

_COLUMN = 460


def choose_project_file(parent: QWidget) -> Path | None:
    """Ask for a PROJECT.toml; None when nothing is chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, parent.tr("Open a project"), "", parent.tr("Projects (*.toml)"))
    return Path(name) if name else None


class StartPage(QWidget):
    """Opens a project on the desk."""

    opened = Signal()
    #: The projects are listed, or cannot be.
    settled = Signal()

    def __init__(self, desk: Desk, choose: Callable[[QWidget], Path | None] = choose_project_file) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAcceptDrops(True)
        self._desk = desk
        self._choose = choose
        self._lines: tuple[ProjectLine, ...] = ()
        self._names: list[str] = []
        self.notice = Notice()
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addStretch(1)
        row.addWidget(self._begin_card())
        row.addWidget(self._projects_card())
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 40, 32, 32)
        column.setSpacing(24)
        column.addWidget(
            label(self.tr("OCPP certification test laboratory"), look="title"), 0, Qt.AlignmentFlag.AlignHCenter
        )
        column.addWidget(
            label(
                self.tr("From the vendor's declaration to a signed report, with evidence that anyone can check."),
                look="muted",
            ),
            0,
            Qt.AlignmentFlag.AlignHCenter,
        )
        column.addWidget(self.notice)
        column.addLayout(row)
        column.addStretch(1)

    def _begin_card(self) -> QWidget:
        frame, column = card()
        frame.setFixedWidth(_COLUMN)
        column.addWidget(label(self.tr("Begin a project"), look="heading"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name, for example the device and the order number"))
        self.name.setAccessibleName(self.tr("Name of the new project"))
        self.name.textChanged.connect(self._show_usable)
        self.name.returnPressed.connect(self._create)
        column.addWidget(self.name)
        self._roles = QButtonGroup(self)
        self.station = QRadioButton(self.tr("Charging station"))
        self.csms = QRadioButton(self.tr("Central system (CSMS)"))
        self.station.setChecked(True)
        roles = QHBoxLayout()
        for role in (self.station, self.csms):
            self._roles.addButton(role)
            roles.addWidget(role)
        roles.addStretch(1)
        column.addLayout(roles)
        self.create_button = button(self.tr("Create"), self._create)
        column.addWidget(self.create_button)
        column.addSpacing(16)
        column.addWidget(label(self.tr("Try it without a device"), look="heading"))
        text = self.tr(
            "The demonstration brings a declaration and a simulated charging station: go through the seven stages, "
            "from the declaration to the signed report. Nothing in it is valid for certification."
        )
        column.addWidget(label(text, look="muted", wraps=True))
        self.demonstration_button = button(self.tr("Open the demonstration"), self._demonstrate, kind="primary")
        column.addWidget(self.demonstration_button)
        column.addSpacing(16)
        column.addWidget(label(self.tr("Bring a project from a file"), look="heading"))
        column.addWidget(label(self.tr("A PROJECT.toml with the declaration that it names."), look="muted", wraps=True))
        self.import_button = button(self.tr("Open PROJECT.toml…"), self._import)
        column.addWidget(self.import_button)
        column.addStretch(1)
        self._show_usable()
        return frame

    def _projects_card(self) -> QWidget:
        frame, column = card()
        frame.setFixedWidth(_COLUMN)
        column.addWidget(label(self.tr("Go on with a project"), look="heading"))
        self.projects = QListWidget()
        self.projects.setAccessibleName(self.tr("Projects"))
        self.projects.setFont(theme.font("body"))
        self.projects.setSpacing(4)
        self.projects.setMinimumHeight(200)
        self.projects.setWordWrap(True)
        self.projects.itemActivated.connect(self._open)
        column.addWidget(self.projects, 20)
        self.none = self._way()
        column.addWidget(self.none)
        self.open_button = button(self.tr("Open"), lambda: self._open(self.projects.currentItem()))
        column.addWidget(self.open_button)
        column.addStretch(1)
        # Which of the two is shown is known once the projects are listed.
        self.projects.hide()
        self.none.hide()
        return frame

    def _way(self) -> QWidget:
        """What stands where there is no project yet: the seven stages."""
        way = QWidget()
        column = QVBoxLayout(way)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        text = self.tr("There is no project yet. Begin one, or open the demonstration; then go through seven stages:")
        column.addWidget(label(text, look="muted", wraps=True))
        for number, stage in enumerate(Stage, start=1):
            column.addSpacing(4)
            column.addWidget(label(f"{number}  {title_of(stage)}", look="heading"))
            column.addWidget(label(purpose_of(stage), look="muted"))
        return way

    def begin(self) -> None:
        """Shown: list the projects, and put the focus on what is next."""
        self.notice.clear()
        if known := self._lines or project_lines(self._desk.recent_projects):
            self._show(known)
        # The picture first: to open the database is much work for a thread beside it.
        QTimer.singleShot(0, self._ask)

    def _ask(self) -> None:
        self._desk.tasks.run(self._desk.list_projects, done=self._list, failed=self._fail)

    def _list(self, projects: Sequence[Listed]) -> None:
        """The database is open. Who has begun to choose among what was listed last is not disturbed when it is the same."""
        lines = project_lines(projects)
        if not lines or lines != self._lines:
            self._show(lines)
        self.settled.emit()

    def _show(self, lines: Sequence[ProjectLine]) -> None:
        chosen = self.projects.currentItem()
        before = chosen.data(Qt.ItemDataRole.UserRole) if chosen is not None else None
        self._lines = tuple(lines)
        self._names = [each.name for each in lines]
        self.projects.clear()
        for line in lines:
            item = QListWidgetItem(f"{line.name}\n{line.detail}")
            item.setData(Qt.ItemDataRole.UserRole, line.id)
            self.projects.addItem(item)
        self.projects.setVisible(bool(lines))
        self.none.setVisible(not lines)
        self.open_button.setVisible(bool(lines))
        set_kind(self.open_button, "primary" if lines else "")
        set_kind(self.demonstration_button, "" if lines else "primary")
        if lines:
            self.projects.setCurrentRow(next((at for at, line in enumerate(lines) if line.id == before), 0))
            if not self.name.text():
                self.projects.setFocus()
        else:
            self.demonstration_button.setFocus()

    # What is done here ------------------------------------------------------------------------------------------------

    def _open(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            project = int(item.data(Qt.ItemDataRole.UserRole))
            self._run(lambda workspace: workspace.open(project))

    def _create(self) -> None:
        name = self.name.text().strip()
        if name:
            sut = "csms" if self.csms.isChecked() else "cs"
            free = free_name(name, self._names)
            self._run(lambda workspace: workspace.create(free, sut))

    def _demonstrate(self) -> None:
        self._run(lambda workspace: workspace.demonstration())

    def _import(self) -> None:
        path = self._choose(self)
        if path is not None:
            self._run(lambda workspace: workspace.import_project(path))

    def _run(self, act: Callable[[Workspace], Draft]) -> None:
        self.notice.clear()
        self._desk.tasks.run(lambda: act(self._desk.workspace), done=self._opened, failed=self._fail)

    def _opened(self, draft: Draft) -> None:
        self.name.clear()
        self._desk.open(draft)
        self.opened.emit()

    def _fail(self, fault: LabappError) -> None:
        self.notice.show_fault(fault, self.tr("Try again"), self.begin)
        self.settled.emit()

    def _show_usable(self) -> None:
        if hasattr(self, "create_button"):
            self.create_button.setEnabled(bool(self.name.text().strip()))

    def dragEnterEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        """A file is carried over the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        """A file is dropped: it should be a project."""
        urls = event.mimeData().urls()
        if urls:
            path = Path(urls[0].toLocalFile())
            self._run(lambda workspace: workspace.import_project(path))
