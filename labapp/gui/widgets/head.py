"""The head that every page has: the name of its stage, one line under it, and at the right what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labapp.gui.widgets.labels import label
from labapp.presentation.stages import Stage, title_of

#: Pixels round a page: left, top, right, bottom.
PAGE_MARGINS = (16, 12, 16, 16)
#: Pixels between the areas of a page.
PAGE_SPACING = 12
#: Pixels that a button is high.
_ROW = 30


def page_head(stage: Stage, lead: QWidget, *actions: QWidget, wide: QWidget | None = None) -> QHBoxLayout:
    """The head of a page. lead: the line under the title; actions: the one to do next last; wide: the action that takes room."""
    titles = QVBoxLayout()
    titles.setSpacing(4)
    titles.addWidget(label(title_of(stage), look="title"))
    titles.addWidget(lead)
    titles.addStretch(1)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addLayout(titles, 0 if wide is not None else 1)
    row.addSpacing(8)
    for each in actions:
        # Beside buttons and choices, words stand as high as theirs.
        each.setMinimumHeight(max(each.minimumHeight(), _ROW))
        row.addWidget(each, int(each is wide), Qt.AlignmentFlag.AlignTop)
    return row
