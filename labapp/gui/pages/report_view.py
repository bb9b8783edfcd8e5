"""The pages of a report, one below the other, as wide as there is room; drawn in a thread when they come into sight."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from labapp.gui import theme
from labapp.gui.pages.report_rendering import PdfPages
from labapp.gui.tasks import Tasks

_GAP = 12
_EDGE = 12
#: Pages that are kept as images.
_KEPT = 12
_WIDEST = 1000


class ReportPages(QAbstractScrollArea):
    """Shows a document, or the words that say why there is none."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._document: PdfPages | None = None
        self._words = ""
        self._images: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._asked: set[tuple[int, int]] = set()
        #: Where each page stands in the whole document, and its top alone. Asking Qt is slow while a thread works, so it is asked once.
        self._places: list[QRect] = []
        self._tops: list[int] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Pages of the report"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        theme.announcer.changed.connect(self.viewport().update)

    @property
    def page_count(self) -> int:
        """Pages of the document, 0 for none."""
        return len(self._document.sizes) if self._document is not None else 0

    @property
    def current_page(self) -> int:
        """Which page is at the top, from 1."""
        top = self.verticalScrollBar().value() + self.viewport().height() // 3
        return bisect_right(self._tops, top) or 1

    @property
    def drawn(self) -> frozenset[int]:
        """The pages that are kept as images at the present width."""
        width = self._pixels()
        return frozenset(page for page, wide in self._images if wide == width)

    def show_document(self, document: PdfPages | None, words: str = "") -> None:
        """Show another document from its first page. words: shown when there is none."""
        self._document = document
        self._words = words
        self._images.clear()
        self._asked.clear()
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if document is None else Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )
        self.setAccessibleDescription(self.tr("{0} pages").format(self.page_count) if document is not None else words)
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Home and End; the rest is the scroll bar's."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The frame shows where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The frame shows where the keyboard is no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A page in a readable size."""
        return QSize(640, 720)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Pages are as wide as there is room; the place in the document stays."""
        bar = self.verticalScrollBar()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.0
        super().resizeEvent(event)
        self._lay_out()
        bar.setValue(round(share * bar.maximum()))

    # Where pages are --------------------------------------------------------------------------------------------------

    def _width(self) -> int:
        return max(80, min(_WIDEST, self.viewport().width() - 2 * _EDGE))

    def _pixels(self) -> int:
        return round(self._width() * self.devicePixelRatioF())

    def _lay_out(self) -> None:
        width, room = self._width(), self.viewport().rect()
        left, top = (room.width() - width) // 2, _EDGE
        self._places, self._tops = [], []
        for across, down in self._document.sizes if self._document is not None else ():
            height = round(width * down / across)
            self._places.append(QRect(left, top, width, height))
            self._tops.append(top)
            top += height + _GAP
        whole = top - _GAP + _EDGE
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, whole - room.height()) if self._places else 0)
        bar.setPageStep(max(1, room.height() - 40))
        bar.setSingleStep(48)

    # Drawing ----------------------------------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """The pages in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.viewport().rect()
        painter.fillRect(room, theme.colour("raised"))
        if self._document is None:
            painter.setPen(theme.colour("muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(room.adjusted(32, 32, -32, -32), flags, self._words)
        offset = self.verticalScrollBar().value()
        pixels = self._pixels()
        first = max(0, bisect_right(self._tops, offset) - 1)
        for page in range(first, bisect_right(self._tops, offset + room.height())):
            self._draw(painter, page, self._places[page].translated(0, -offset), pixels)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRect(room.adjusted(1, 1, -1, -1))

    def _draw(self, painter: QPainter, page: int, place: QRect, pixels: int) -> None:
        image = self._images.get((page, pixels))
        if image is None:
            self._ask(page, pixels)
            # Until it is drawn in the new width, the old one will do.
            image = next((kept for (number, _), kept in self._images.items() if number == page), None)
        if image is not None and not image.isNull():
            painter.drawImage(place, image)
        else:
            painter.fillRect(place, Qt.GlobalColor.white)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(place)

    def _ask(self, page: int, pixels: int) -> None:
        document, key = self._document, (page, pixels)
        if document is None or key in self._asked:
            return
        self._asked.add(key)
        self._tasks.run(document.image, *key, done=lambda image: self._take(document, key, image))

    def _take(self, document: PdfPages, key: tuple[int, int], image: QImage) -> None:
        if document is not self._document:
            return
        self._asked.discard(key)
        for old in [each for each in self._images if each[0] == key[0]]:
            del self._images[old]
        self._images[key] = image
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.viewport().update()
