"""What the network page draws: figures with a bar each, and the strip of what was measured before."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from labapp.gui import theme
from labapp.gui.widgets.labels import card, label
from labapp.presentation.network import Lane, Network
from labapp.presentation.network_figures import Card, Figure, VerdictLook


class VerdictWords(QLabel):
    """How a value stands to its limit: shape, word and colour."""

    def __init__(self) -> None:
        super().__init__()
        self._look: VerdictLook | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        theme.announcer.changed.connect(self._colour)

    def show_look(self, look: VerdictLook | None) -> None:
        """Show another."""
        self._look = look
        self.setText(f"{look.shape} {look.word}" if look is not None else "")
        self._colour()

    def _colour(self) -> None:
        if self._look is not None:
            self.setStyleSheet(f"color: {getattr(theme.current(), self._look.colour)};")


class LimitBar(QWidget):
    """A bar up to the value, with the limit as a line across it and the range at its ends."""

    _BAR = 10

    def __init__(self) -> None:
        super().__init__()
        self._figure: Figure | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.announcer.changed.connect(self.update)

    def show_figure(self, figure: Figure) -> None:
        """Show another value."""
        self._figure = figure
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Bar, and a line of text below it."""
        return QSize(200, 34)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the bar."""
        figure = self._figure
        if figure is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, top = self.width() - 2.0, 4.0
        bar = QRectF(1, top, width, self._BAR)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(bar, 3, 3)
        if figure.place is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(figure.look.colour))
            painter.drawRoundedRect(QRectF(1, top, max(4.0, width * figure.place), self._BAR), 3, 3)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetricsF(painter.font())
        line = metrics.height()
        foot = QRectF(0, self.height() - line, self.width(), line)
        low_end = metrics.horizontalAdvance(figure.low)
        high_begin = self.width() - metrics.horizontalAdvance(figure.high)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, figure.low)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, figure.high)
        if figure.limit_place is not None:
            at = 1 + width * figure.limit_place
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.drawLine(QPointF(at, 0), QPointF(at, top + self._BAR + 4))
            advance = metrics.horizontalAdvance(figure.limit)
            # The words of the limit stand below its line, and give way to the ends of the range.
            begin = min(max(at - advance / 2, low_end + 8), high_begin - advance - 8)
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(begin, self.height() - metrics.descent()), figure.limit)
        painter.end()


class FigureView(QWidget):
    """One figure: title, large value with its unit, verdict, bar."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", look="muted")
        self._value = label("", look="figure")
        self._unit = label("", look="muted")
        self._verdict = VerdictWords()
        self._bar = LimitBar()
        self._line = label("")
        row = QHBoxLayout()
        row.addWidget(self._line, 0, Qt.AlignmentFlag.AlignBottom)
        row.setSpacing(8)
        row.addWidget(self._value)
        row.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addWidget(self._bar)

    def show_figure(self, figure: Figure) -> None:
        """Show another value."""
        self._title.setText(figure.title)
        self._value.setText(figure.value or "–")
        self._unit.setText(figure.unit)
        self._line.setText(f"{figure.title}  {figure.value or '–'} {figure.unit}")
        for each in (self._title, self._value, self._unit, self._bar):
            each.setVisible(not figure.minor)
        self._line.setVisible(figure.minor)
        # The small texts stand on the line on which the large figure stands.
        for small in (self._unit, self._verdict):
            small.setContentsMargins(0, 0, 0, 0 if figure.minor else 7)
        self._verdict.show_look(figure.look)
        self._bar.show_figure(figure)
        self.setToolTip(figure.note)
        self.setAccessibleName(figure.spoken)
        self._value.setAccessibleName(figure.spoken)


class FigureCard(QFrame):
    """Figures that are read together, under their title."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title = label("", look="heading")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 8)
        self._column.setSpacing(4)
        self._column.addWidget(self._title)
        self._column.addStretch(1)
        self.views: list[FigureView] = []

    def show_card(self, shown: Card) -> None:
        """Show other figures."""
        self._title.setText(shown.title)
        while len(self.views) < len(shown.figures):
            view = FigureView()
            self.views.append(view)
            self._column.insertWidget(self._column.count() - 1, view)
        for view, figure in zip(self.views, shown.figures, strict=False):
            view.show_figure(figure)


class HistoryStrip(QWidget):
    """A lane for each figure, a mark for each measurement, the limit as a line; the arrows choose a measurement."""

    #: The number of a measurement.
    chosen = Signal(int)

    _TITLE, _LANE, _STEP = 104, 34, 22

    def __init__(self) -> None:
        super().__init__()
        self._lanes: tuple[Lane, ...] = ()
        self._moments: tuple[str, ...] = ()
        self._shown = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("History of measurements"))
        theme.announcer.changed.connect(self.update)

    def show_history(self, network: Network) -> None:
        """Show other measurements."""
        self._lanes, self._moments, self._shown = network.lanes, network.moments, network.shown
        said = self._moments[self._shown] if self._moments else self.tr("none yet")
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """All lanes and the moment of the chosen measurement."""
        return QSize(400, self._LANE * max(len(self._lanes), 1) + 26)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left: earlier; right: later; End: the newest."""
        target = {
            Qt.Key.Key_Left: self._shown - 1,
            Qt.Key.Key_Right: self._shown + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._moments) - 1,
        }.get(Qt.Key(event.key()))
        if target is None or not 0 <= target < len(self._moments):
            super().keyPressEvent(event)
        else:
            self.chosen.emit(target)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The measurement at that place."""
        number = round((event.position().x() - self._TITLE - self._step() / 2) / self._step())
        if 0 <= number < len(self._moments) and event.position().x() > self._TITLE:
            self.chosen.emit(number)

    def _step(self) -> float:
        room = (self.width() - self._TITLE - 12) / max(len(self._moments), 1)
        return min(float(self._STEP), room)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the lanes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        step = self._step()
        if self._moments and self._shown >= 0:
            column = QRectF(self._TITLE + self._shown * step, 0, step, self._LANE * len(self._lanes))
            painter.fillRect(column, theme.colour("selected"))
        for number, lane in enumerate(self._lanes):
            self._draw_lane(painter, lane, number * self._LANE, step)
        if self._moments and self._shown >= 0:
            painter.setPen(theme.colour("text"))
            foot = QRectF(self._TITLE, self._LANE * len(self._lanes) + 4, self.width() - self._TITLE, 20)
            painter.drawText(
                foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._moments[self._shown]
            )
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _draw_lane(self, painter: QPainter, lane: Lane, top: float, step: float) -> None:
        height = self._LANE - 8.0
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(4, top, self._TITLE - 12, self._LANE), Qt.AlignmentFlag.AlignVCenter, lane.title)
        limit = top + 4 + height * (1 - lane.limit)
        painter.setPen(QPen(theme.colour("edge"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(self._TITLE, limit), QPointF(self.width() - 12, limit))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(self._TITLE, top + self._LANE), QPointF(self.width() - 12, top + self._LANE))
        for number, (place, look) in enumerate(lane.places):
            if place is None:
                continue
            at = QPointF(self._TITLE + (number + 0.5) * step, top + 4 + height * (1 - place))
            painter.setPen(QPen(theme.colour(look.colour), 2))
            painter.setBrush(theme.colour(look.colour))
            if look.colour == "verdict_fail":
                # Outside is a cross, inside a dot: the shape alone tells.
                painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4))
                painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4))
            else:
                painter.drawEllipse(at, 3, 3)


def facts_card(title: str) -> tuple[QFrame, QVBoxLayout]:
    """A card with a heading."""
    frame, column = card()
    column.addWidget(label(title, look="heading"))
    return frame, column
