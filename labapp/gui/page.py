"""What every page has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from labapp.presentation.stages import Stage, StageStatus, State

if TYPE_CHECKING:
    from labapp.gui.desk import Desk


class Page(QWidget):
    """One stage. It draws what its model says, and passes on what the technician does."""

    stage: ClassVar[Stage]

    #: The rail asks for `status` anew.
    status_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setProperty("kind", "page")

    def status(self) -> StageStatus:
        """How far the stage is, and what it lacks."""
        return StageStatus(State.TO_DO)

    def begin(self) -> None:
        """The page is shown: put the focus where work begins."""

    def search(self) -> None:
        """Ctrl+F: put the focus where one searches."""
