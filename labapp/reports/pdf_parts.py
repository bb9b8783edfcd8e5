"""Parts of the PDF: tables, lists of facts, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, Spacer, Table, TableStyle

from labapp.reports.content import FactGroup
from labapp.reports.tables import Cell, Row
from labapp.reports.template import Column
from labapp.reports.typography import ACCENT, MONO, RULE, SHADE, markup, printable, style, verdict_markup

#: Width of the text on the page, in points.
TEXT_WIDTH = 174 * mm

#: Fields whose cells have a look of their own.
_VERDICTS = frozenset({"verdict"})
_DIGESTS = frozenset({"sha256"})
_NUMBERS = frozenset({"attempts", "equivalent", "killed", "made", "not_applied", "samples", "seconds", "share", "size"})

_PADDING = 3
#: Where a long word may be broken: after punctuation, and between the parts of a camelCase name.
_BREAK = re.compile(r"(?<=[.,:;=/_\-\])])(?=[^.,:;=/_\-\])])|(?<=[a-z0-9])(?=[A-Z])")

_GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
        ("LINEBELOW", (0, 0), (-1, -1), 0.35, RULE),
    ]
)
_HEADED = TableStyle(
    [("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT)], parent=_GRID
)
BARE = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
)


class Heading(Paragraph):
    """A heading that stands in the contents and in the outline. level: 0 for a section, 1 below it."""

    def __init__(self, text: str, level: int, name: str) -> None:
        super().__init__(markup(text), style("section" if level == 0 else name))
        self.level = level
        self.plain = text


def section_heading(text: str) -> list[Flowable]:
    """A section's heading; it never stands at the foot of a page."""
    return [CondPageBreak(45 * mm), Heading(text, 0, "section")]


def table(rows: Sequence[Row], columns: Sequence[Column]) -> Table:
    """A table with a head that is repeated on each page. columns: widths in mm; rows may be longer than a page."""
    cells = [
        [
            Paragraph(markup(column.title), style("head number" if column.field in _NUMBERS else "head"))
            for column in columns
        ]
    ]
    cells += [[_cell(column, row.get(column.field)) for column in columns] for row in rows]
    return LongTable(
        cells, colWidths=[column.width * mm for column in columns], repeatRows=1, splitInRow=1, style=_HEADED
    )


def _cell(column: Column, value: Cell) -> Paragraph:
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if column.field in _VERDICTS:
        return Paragraph(verdict_markup(text) if text else "", style("cell"))
    if column.field in _DIGESTS:
        return Paragraph(markup(text, MONO), style("digest"))
    look = style("number" if column.field in _NUMBERS else "cell")
    return Paragraph(breakable(text, column.width * mm - 2 * _PADDING, look), look)


def breakable(text: str, width: float, look: ParagraphStyle) -> str:
    """Markup of a text whose words that are wider than `width` (points) are broken where a reader expects it."""
    return " ".join(_broken(word, width, look) for word in printable(text).split(" "))


def _broken(word: str, width: float, look: ParagraphStyle) -> str:
    if stringWidth(word, look.fontName, look.fontSize) <= width:
        return escape(word)
    lines = [""]
    for piece in _BREAK.split(word):
        if lines[-1] and stringWidth(lines[-1] + piece, look.fontName, look.fontSize) > width:
            lines.append("")
        lines[-1] += piece
    return "<br/>".join(map(escape, lines))


def fact_table(group: FactGroup, width: float = TEXT_WIDTH, title_width: float = 46 * mm) -> list[Flowable]:
    """A group of facts below its title; what was not given is said to be so."""
    cells = [
        [
            Paragraph(markup(fact.title), style("head")),
            Paragraph(markup(fact.shown), style("small" if fact.value is None else "cell")),
        ]
        for fact in group.facts
    ]
    body = Table(cells, colWidths=[title_width, width - title_width], style=_GRID, hAlign="LEFT", splitInRow=1)
    return [Paragraph(markup(group.title), style("group")), body]


def side_by_side(left: list[Flowable], right: list[Flowable]) -> Table:
    """Two columns of equal width, which must fit on one page."""
    width = column_width()
    return Table([[left, "", right]], colWidths=[width, TEXT_WIDTH - 2 * width, width], style=BARE)


def column_width() -> float:
    """Width of one of two columns, in points."""
    return (TEXT_WIDTH - 6 * mm) / 2


def boxed(inner: list[Flowable]) -> Table:
    """Paragraphs in a shaded box over the whole width."""
    return Table(
        [[inner]],
        colWidths=[TEXT_WIDTH],
        style=TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SHADE),
                ("LINEBEFORE", (0, 0), (0, -1), 3, ACCENT),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        ),
    )


def gap(height: float) -> Spacer:
    """An empty space, in mm."""
    return Spacer(1, height * mm)
