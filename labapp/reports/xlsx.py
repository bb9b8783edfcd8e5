"""The report as a workbook: every row that the paper has no room for. Nothing that came from outside becomes a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from labapp.reports.content import DEMONSTRATION, Report
from labapp.reports.tables import Cell, rows_of_table
from labapp.reports.template import Sheet, Template
from labapp.reports.verdicts import look

#: Most characters that a cell can hold.
_LONGEST = 32767
#: Characters that the file format does not have.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: First characters by which a spreadsheet takes typed text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: Height of a line and the greatest height of a row, in points.
_LINE, _HIGHEST = 13.0, 409.0

_HEAD_FONT = Font(name="Calibri", size=10, bold=True, color="1F3A5F")
_HEAD_FILL = PatternFill("solid", fgColor="EEF2F6")
_FONT = Font(name="Calibri", size=10)
_MONO = Font(name="Consolas", size=9)
_FAINT = Font(name="Calibri", size=10, italic=True, color="5B6773")
_TITLE = Font(name="Calibri", size=16, bold=True, color="1F3A5F")
_ALARM = Font(name="Calibri", size=11, bold=True, color="A61B1B")
_RULE = Border(bottom=Side("thin", color="C9D1D9"))
_WRAPPED = Alignment(vertical="top", wrap_text=True, horizontal="left")
_TOP = Alignment(vertical="top")


def build_workbook(report: Report, template: Template) -> bytes:
    """The workbook by a template."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    issued = datetime.fromisoformat(report.issue.issued).replace(tzinfo=None)
    properties = workbook.properties
    properties.creator, properties.created, properties.modified = "labapp", issued, issued
    properties.title = _writable(f"{template.title} {report.content.number}")
    for sheet in template.sheets:
        worksheet = workbook.create_sheet(sheet.title)
        _page(worksheet, report)
        if sheet.facts:
            _facts(worksheet, report, template, sheet)
        else:
            _table(worksheet, report, sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def put(
    worksheet: Worksheet, row: int, column: int, value: Cell, font: Font = _FONT, *, wrap: bool = True
) -> SheetCell:
    """Write a value as what it is: a number as a number, text as text, whatever character it begins with."""
    cell = worksheet.cell(row, column)
    assert isinstance(cell, SheetCell), "no cells are merged"
    if isinstance(value, str):
        value = _writable(value)
        cell.value = value
        cell.data_type = "s"
        if value.startswith(_FORMULA):
            # Keeps it text also when someone edits the cell.
            cell.quotePrefix = True
    else:
        cell.value = value
    cell.font = font
    cell.alignment = _WRAPPED if wrap else _TOP
    if wrap:
        _heighten(worksheet, cell)
    return cell


def _heighten(worksheet: Worksheet, cell: SheetCell) -> None:
    """Make the row high enough for the wrapped text; not every program does that itself when it opens a file."""
    text = cell.value if isinstance(cell.value, str) else ""
    width = worksheet.column_dimensions[cell.column_letter].width * 1.05
    lines = sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
    height = min(lines * _LINE + 3, _HIGHEST)
    row = worksheet.row_dimensions[cell.row]
    row.height = max(row.height or 0.0, height)


def _writable(text: str) -> str:
    """Text without characters that a workbook cannot hold; they are written as code points."""
    text = _UNWRITABLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _page(worksheet: Worksheet, report: Report) -> None:
    """How the sheet is printed: landscape, one page wide, with number, page and the mark of a demonstration."""
    content = report.content
    worksheet.sheet_view.showGridLines = False
    setup = worksheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    label = _writable(f"Report {content.number}, version {content.version}").replace("&", "&&")
    worksheet.oddFooter = HeaderFooterItem(left=_HeaderFooterPart(label), right=_HeaderFooterPart("Page &P of &N"))
    if report.issue.demonstration:
        worksheet.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(DEMONSTRATION))


def _banner(worksheet: Worksheet, report: Report) -> int:
    """The mark of a demonstration in the first row; returns the first free row."""
    if not report.issue.demonstration:
        return 1
    put(worksheet, 1, 1, DEMONSTRATION, _ALARM, wrap=False)
    return 2


def _facts(worksheet: Worksheet, report: Report, template: Template, sheet: Sheet) -> None:
    content = report.content
    worksheet.column_dimensions["A"].width = 32
    worksheet.column_dimensions["B"].width = 90
    row = _banner(worksheet, report)
    put(worksheet, row, 1, f"{template.title} {content.number}", _TITLE, wrap=False)
    worksheet.row_dimensions[row].height = 24
    row += 1
    for group, facts in _fact_rows(report, sheet):
        row += 1
        for column, text in enumerate((group, ""), start=1):
            put(worksheet, row, column, text, _HEAD_FONT, wrap=False).fill = _HEAD_FILL
        for title, value, stated in facts:
            row += 1
            put(worksheet, row, 1, title).border = _RULE
            put(worksheet, row, 2, value, _FONT if stated else _FAINT).border = _RULE
        row += 1


def _fact_rows(report: Report, sheet: Sheet) -> Iterator[tuple[str, list[tuple[str, Cell, bool]]]]:
    content, issue = report.content, report.issue
    yield (
        "Result",
        [
            ("Statement", report.statement, True),
            *((count.verdict, count.cases, True) for count in content.counts),
            ("Decision rule", content.decision_rule, True),
            ("Scope", content.scope_statement, True),
            ("Issued (UTC)", issue.issued, True),
            ("Signed by", issue.signer or "nobody", bool(issue.signer)),
        ],
    )
    if content.missing:
        yield "Not stated, though certification asks for it", [("", title, True) for title in content.missing]
    for name in sheet.facts:
        group = content.group(name)
        yield group.title, [(fact.title, fact.shown, fact.value is not None) for fact in group.facts]


def _table(worksheet: Worksheet, report: Report, sheet: Sheet) -> None:
    head = _banner(worksheet, report)
    rows = rows_of_table(report, sheet.table)
    for number, column in enumerate(sheet.columns, start=1):
        worksheet.column_dimensions[get_column_letter(number)].width = column.width
        cell = put(worksheet, head, number, column.title, _HEAD_FONT)
        cell.fill, cell.border = _HEAD_FILL, _RULE
        for index, row in enumerate(rows, start=head + 1):
            value = row.get(column.field)
            put(worksheet, index, number, value, _font(column.field, value)).border = _RULE
    last = get_column_letter(len(sheet.columns))
    worksheet.freeze_panes = f"B{head + 1}"
    worksheet.auto_filter.ref = f"A{head}:{last}{head + len(rows)}"
    worksheet.print_title_rows = f"{head}:{head}"


def _font(field: str, value: Cell) -> Font:
    if field == "sha256":
        return _MONO
    if field == "verdict" and isinstance(value, str):
        word = value.split(" ", 1)[-1].removesuffix(" (expected)")
        return Font(name="Calibri", size=10, bold=True, color=look(word).colour)
    return _FONT
