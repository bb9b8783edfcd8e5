"""The strip plots: one lane for each parameter on a common axis, a tick for each measurement."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labapp.gui import theme
from labapp.presentation.performance import Line, Parameter
from labapp.presentation.performance_plot import Axis, nearest

_LANE = 104
_LEAST_LANE = 88
_SIDE = 24
_TITLE = 20
_TICK, _HIGHEST = 22, 56
_FOOT = 28
#: How far from a tick a click still means it, in pixels.
_REACH = 8

_PENS: dict[str, Qt.PenStyle] = {
    "median": Qt.PenStyle.SolidLine,
    "declared": Qt.PenStyle.DashLine,
    "limit": Qt.PenStyle.DotLine,
}


class StripPlots(QWidget):
    """Draws the lanes; up and down choose one, left and right a measurement in it."""

    #: A parameter was chosen, by its place.
    parameter_chosen = Signal(int)
    #: A measurement of the chosen parameter was chosen, by its place among them.
    sample_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parameters: tuple[Parameter, ...] = ()
        self._axis = Axis()
        self._chosen = 0
        self._sample: int | None = None
        #: Of each lane, the columns of pixels in which a tick stands: thousands of measurements share few hundred.
        self._columns: tuple[tuple[int, ...], ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Strip plots of every measurement"))
        theme.announcer.changed.connect(self.update)

    def show_parameters(self, parameters: Sequence[Parameter], axis: Axis) -> None:
        """Show these; what is chosen stays chosen where it still is."""
        self._parameters, self._axis = tuple(parameters), axis
        self._chosen = min(self._chosen, max(0, len(parameters) - 1))
        self.setAccessibleDescription("; ".join(each.spoken for each in parameters))
        self._place_ticks()
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Ticks stand in other columns."""
        super().resizeEvent(event)
        self._place_ticks()

    def _place_ticks(self) -> None:
        # Qt is asked once: while a thread works, each question may wait for it.
        axis, room = self._axis, self.width() - 2 * _SIDE
        self._columns = tuple(
            tuple({round(_SIDE + axis.place(sample.seconds) * room) for sample in each.samples})
            for each in self._parameters
        )

    def choose(self, parameter: int, sample: int | None = None) -> None:
        """Mark a parameter and one of its measurements."""
        self._chosen, self._sample = parameter, sample
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As much as every lane needs."""
        return QSize(560, len(self._parameters) * _LANE + _FOOT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As little as every lane can do with."""
        return QSize(320, len(self._parameters) * _LEAST_LANE + _FOOT)

    # What one does ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and down: another parameter; left and right: the next shorter or longer measurement."""
        match event.key():
            case Qt.Key.Key_Up if self._chosen > 0:
                self.parameter_chosen.emit(self._chosen - 1)
            case Qt.Key.Key_Down if self._chosen < len(self._parameters) - 1:
                self.parameter_chosen.emit(self._chosen + 1)
            case Qt.Key.Key_Left:
                self._step(-1)
            case Qt.Key.Key_Right:
                self._step(1)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the lane, and the measurement next to the pointer."""
        lane, sample = self._at(event.position().toPoint())
        if lane is None:
            return
        self.parameter_chosen.emit(lane)
        if sample is not None:
            self.sample_chosen.emit(sample)

    def event(self, event: QEvent) -> bool:
        """The tick under the pointer says what it is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def words_at(self, point: QPoint) -> str:
        """What the measurement at a point is, "" for none."""
        lane, sample = self._at(point)
        if lane is None or sample is None:
            return ""
        row = self._parameters[lane].samples[sample]
        return "  ".join((row.value, row.message, row.case))

    def _step(self, direction: int) -> None:
        if not self._parameters:
            return
        samples = self._parameters[self._chosen].samples
        order = sorted(range(len(samples)), key=lambda each: samples[each].seconds)
        if not order:
            return
        now = order.index(self._sample) if self._sample in order else (-1 if direction > 0 else len(order))
        self.sample_chosen.emit(order[min(len(order) - 1, max(0, now + direction))])

    def _at(self, point: QPoint) -> tuple[int | None, int | None]:
        for index, parameter in enumerate(self._parameters):
            lane = self._lane(index)
            if lane.contains(point):
                width = max(1, lane.width() - 2 * _SIDE)
                place = (point.x() - lane.left() - _SIDE) / width
                return index, nearest(self._axis, [each.seconds for each in parameter.samples], place, _REACH / width)
        return None, None

    # Drawing ----------------------------------------------------------------------------------------------------------

    def _lane(self, index: int) -> QRect:
        height = max(1, (self.height() - _FOOT) // max(1, len(self._parameters)))
        return QRect(0, index * height, self.width(), height)

    def _x(self, seconds: float) -> float:
        return _SIDE + self._axis.place(seconds) * (self.width() - 2 * _SIDE)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Lanes, grid, axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("surface"))
        if not self._parameters:
            return
        foot = self._lane(len(self._parameters) - 1).bottom()
        chosen = self._lane(self._chosen)
        painter.fillRect(chosen, theme.colour("selected"))
        self._draw_grid(painter, foot)
        for index, parameter in enumerate(self._parameters):
            self._draw_lane(painter, self._lane(index), parameter, self._columns[index], chosen=index == self._chosen)
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _draw_grid(self, painter: QPainter, foot: int) -> None:
        painter.setFont(theme.font("small"))
        metrics = QFontMetrics(painter.font())
        faint = QColor(theme.colour("line"))
        faint.setAlphaF(0.6)
        for place, words in self._axis.decades:
            x = _SIDE + place * (self.width() - 2 * _SIDE)
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, foot + 4))
            painter.setPen(theme.colour("muted"))
            width = metrics.horizontalAdvance(words)
            left = min(max(4.0, x - width / 2), self.width() - width - 4.0)
            painter.drawText(QPointF(left, foot + 8 + metrics.ascent()), words)

    def _draw_lane(
        self, painter: QPainter, lane: QRect, parameter: Parameter, columns: Sequence[int], *, chosen: bool
    ) -> None:
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(lane.bottomLeft(), lane.bottomRight())
        painter.setFont(theme.font("small", bold=chosen))
        painter.setPen(theme.colour("text"))
        metrics = QFontMetrics(painter.font())
        title = f"{parameter.title}  ·  {parameter.count}"
        title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, lane.width() - 24)
        painter.drawText(QPointF(12, lane.top() + 5 + metrics.ascent()), title)
        middle = lane.top() + _TITLE + (lane.height() - _TITLE) / 2
        if not parameter.samples:
            painter.setPen(theme.colour("muted"))
            painter.setFont(theme.font("small"))
            words = metrics.elidedText(parameter.missing, Qt.TextElideMode.ElideRight, lane.width() - 24)
            painter.drawText(QPointF(12, lane.top() + 8 + metrics.height() + metrics.ascent()), words)
        tick = min(_HIGHEST, _TICK + max(0, lane.height() - _LANE) / 4)
        self._draw_ticks(painter, middle, tick, columns)
        if chosen and self._sample is not None and self._sample < len(parameter.samples):
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(QPointF(self._x(parameter.samples[self._sample].seconds), middle), 6, 6)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        self._draw_lines(painter, lane, middle, tick, parameter.lines)

    def _draw_ticks(self, painter: QPainter, middle: float, tick: float, columns: Sequence[int]) -> None:
        ink = QColor(theme.colour("accent"))
        ink.setAlphaF(0.7)
        top, height = round(middle - tick / 2), round(tick)
        for x in columns:
            painter.fillRect(QRect(x - 1, top, 2, height), ink)

    def _draw_lines(self, painter: QPainter, lane: QRect, middle: float, tick: float, lines: Sequence[Line]) -> None:
        """The labelled lines; the median's label above the ticks, the others below, moved apart where they would meet."""
        painter.setFont(theme.font("small"))
        metrics = QFontMetrics(painter.font())
        taken = -1.0
        for line in sorted(lines, key=lambda each: each.seconds):
            x = self._x(line.seconds)
            above = line.kind == "median"
            top = middle - tick / 2 - 6
            bottom = middle + tick / 2 + 6
            painter.setPen(QPen(theme.colour("text" if above else "muted"), 2 if above else 1.6, _PENS[line.kind]))
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
            width = metrics.horizontalAdvance(line.label)
            left = min(max(8.0, x - width / 2), lane.width() - width - 8.0)
            if above:
                baseline = top - 3.0
            else:
                left = min(max(left, taken), lane.width() - width - 8.0)
                taken = left + width + 12
                baseline = bottom + metrics.ascent()
            painter.setPen(theme.colour("text" if above else "muted"))
            painter.drawText(QPointF(left, baseline), line.label)
