"""The lanes of a review: a line for each connector on a time axis, drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from labapp.gui import theme
from labapp.presentation.review import Lane, Mark, spread

_LEFT, _RIGHT, _LANE, _AXIS = 108, 72, 56, 28
_RADIUS = 8.0


class LaneView(QWidget):
    """Expected notifications are hollow, received ones filled, missing ones dashed. chosen: the item whose mark is emphasised."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: tuple[Lane, ...] = ()
        self._chosen = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Status notifications on a time axis"))
        theme.announcer.changed.connect(self.update)

    def show_lanes(self, lanes: Sequence[Lane]) -> None:
        """Show these lanes."""
        self._lanes = tuple(lanes)
        spoken = [
            self.tr("connector {0}: {1}").format(lane.connector, ", ".join(f"{m.status} {m.state}" for m in lane.marks))
            for lane in lanes
        ]
        self.setAccessibleDescription("; ".join(spoken))
        self.setMinimumWidth(round(self._needed()))
        self.updateGeometry()
        self.update()

    def choose(self, item: str) -> None:
        """Emphasise the mark of an item."""
        self._chosen = item
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its lanes."""
        return QSize(600, len(self._lanes) * _LANE + _AXIS)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As its hint."""
        return QSize(300, self.sizeHint().height())

    def _gap(self) -> float:
        """The widest label, and some room."""
        metrics = QFontMetrics(theme.font("small"))
        widths = [metrics.horizontalAdvance(mark.status) for lane in self._lanes for mark in lane.marks]
        return float(max(widths, default=0) + 12)

    def _needed(self) -> float:
        places = spread(self._lanes, 0.0, self._gap())
        return max((row[-1] for row in places if row), default=0.0) + _LEFT + _RIGHT

    # ------------------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the lanes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = spread(self._lanes, self.width() - _LEFT - _RIGHT, self._gap())
        for number, (lane, row) in enumerate(zip(self._lanes, places, strict=True)):
            self._lane(painter, lane, row, number * _LANE + _LANE / 2 - 4)
        self._axis(painter, places)
        painter.end()

    def _lane(self, painter: QPainter, lane: Lane, row: Sequence[float], middle: float) -> None:
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(theme.colour("text"))
        name = self.tr("connector {0}").format(lane.connector) if lane.connector else self.tr("station (0)")
        painter.drawText(
            QRectF(0, middle - 12, _LEFT - 12, 24), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name
        )
        painter.setPen(QPen(theme.colour("line"), 2))
        painter.drawLine(QPointF(_LEFT - 8, middle), QPointF(self.width() - 8, middle))
        for mark, place in zip(lane.marks, row, strict=True):
            self._mark(painter, mark, QPointF(_LEFT + place + 4, middle))

    def _mark(self, painter: QPainter, mark: Mark, at: QPointF) -> None:
        colour = self._colour(mark)
        if mark.item and mark.item == self._chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("marked"))
            painter.drawRoundedRect(QRectF(at.x() - 18, at.y() - 18, 36, 46), 6, 6)
        painter.setBrush(theme.colour("surface"))
        if mark.expected:
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine if mark.received else Qt.PenStyle.DashLine))
            painter.drawEllipse(at, _RADIUS + 3, _RADIUS + 3)
        if mark.received:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(at, _RADIUS - 2, _RADIUS - 2)
        painter.setFont(theme.font("small", bold=bool(mark.item)))
        painter.setPen(colour if mark.item else theme.colour("text"))
        width = self._gap() + 20
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(at.x() - width / 2, at.y() + 13, width, 18), flags, mark.status)

    def _colour(self, mark: Mark) -> QColor:
        if mark.state in ("missing", "unexpected", "duplicate"):
            return theme.colour("verdict_inconclusive")
        return theme.colour("muted" if mark.state == "tolerated" else "verdict_pass")

    def _axis(self, painter: QPainter, places: Sequence[Sequence[float]]) -> None:
        """Seconds under the marks, as far as they do not run into each other."""
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("muted"))
        top = len(self._lanes) * _LANE + 2
        marks = sorted(
            (place, mark.at)
            for lane, row in zip(self._lanes, places, strict=True)
            for mark, place in zip(lane.marks, row, strict=True)
        )
        free = -100.0
        for place, seconds in marks:
            if place - free >= 64:
                text = self.tr("+{0} s").format(f"{seconds:.1f}")
                painter.drawText(QRectF(_LEFT + place - 28, top, 64, 20), Qt.AlignmentFlag.AlignHCenter, text)
                free = place
