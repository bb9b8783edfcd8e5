"""The pages of a PDF as images, drawn by PDFium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2 as pdfium
from PySide6.QtGui import QImage

from labapp.domain.errors import InputError

#: PDFium does one thing at a time, whichever thread asks.
_LOCK = threading.Lock()


class PdfPages:
    """A PDF whose pages can be drawn from any thread. sizes: width and height of each, in points.

    It is opened for every page anew, which takes milliseconds: so nothing of PDFium outlives a call.
    """

    def __init__(self, data: bytes) -> None:
        """data: of the file. Raises InputError when PDFium cannot read it."""
        self._data = data
        with _opened(data) as document:
            pages = range(len(document))
            self.sizes = tuple((float(width), float(height)) for width, height in map(document.get_page_size, pages))

    def image(self, page: int, width: int) -> QImage:
        """A page so many pixels wide. Call it outside the window's thread. Raises InputError when it cannot be drawn."""
        with _opened(self._data) as document:
            sheet = document[page]
            bitmap = sheet.render(scale=width / self.sizes[page][0], prefer_bgrx=True)
            try:
                size = bitmap.width, bitmap.height, bitmap.stride
                # The image must not outlive the memory of the bitmap.
                return QImage(bitmap.buffer, *size, QImage.Format.Format_RGB32).copy()
            finally:
                bitmap.close()
                sheet.close()


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    with _LOCK:
        try:
            document = pdfium.PdfDocument(data)
            try:
                # Signatures are form fields; without this their stamps would not be drawn.
                document.init_forms()
                yield document
            finally:
                document.close()
        except pdfium.PdfiumError as error:
            raise InputError(
                f"its pages cannot be drawn: {error}",
                where="the PDF",
                mend="get the file again, or make the report anew",
            ) from error
