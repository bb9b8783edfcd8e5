"""The PICS form as a workbook for vendors: drop-downs, explanations beside each answer, everything else protected."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from labapp.domain.pics import Answer, Form, Kind, Question, Questionnaire
from labapp.services import intake_sheet as layout
from labapp.services.intake_toml import asked_as

#: Heading, width in characters of the body font, and characters that one line really holds (the keys are printed small).
_COLUMNS = (("Key", 36, 47), ("Question", 42, 44), ("Answer", 30, 31), ("Expected", 32, 34), ("Explanation", 62, 74))
_LAST_LETTER = "E"
#: Heights in points.
_LINE_HEIGHT = 13.5
_PADDING = 7.0

_TITLE = Font(name="Calibri", size=14, bold=True, color="FF1F3864")
_NOTE = Font(name="Calibri", size=10, italic=True, color="FF595959")
_HEAD = Font(name="Calibri", size=10, bold=True, color="FFFFFFFF")
_SECTION = Font(name="Calibri", size=10, bold=True, color="FF1F3864")
_BODY = Font(name="Calibri", size=10)
_GREY = Font(name="Calibri", size=8, color="FF7F7F7F")
_HEAD_FILL = PatternFill("solid", fgColor="FF1F3864")
_SECTION_FILL = PatternFill("solid", fgColor="FFDDE5F2")
_ANSWER_FILL = PatternFill("solid", fgColor="FFFFF8DC")
_THIN = Side(style="thin", color="FFBFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(wrap_text=True, vertical="center", horizontal="left")
_INDENTED = Alignment(wrap_text=True, vertical="center", horizontal="left", indent=1)
_TEXT_FORMAT = "@"


def form_workbook(questions: Questionnaire, answers: Mapping[str, Answer]) -> Workbook:
    """The workbook of all forms with the given answers filled in; the addresses of its cells are those of `intake_sheet`."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title = f"PICS OCPP 1.6, edition {questions.edition}"
    workbook.properties.creator = "labapp"
    for form in questions.forms:
        _sheet(workbook.create_sheet(form.name), form, answers)
    return workbook


def _sheet(sheet: Worksheet, form: Form, answers: Mapping[str, Answer]) -> None:
    for number, (_, width, _) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[chr(64 + number)].width = width
    _headings(sheet, form)
    for row in layout.sheet_rows(form):
        if row.question is None:
            _section(sheet, row.row, row.heading)
        else:
            _question(sheet, row.row, row.question, answers.get(row.question.key))
    sheet.freeze_panes = f"A{layout.FIRST_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, header=0.25, footer=0.3)
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{layout.HEADER_ROW}:{layout.HEADER_ROW}"
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(f"PICS {form.name}, edition {form.edition}"), right=_HeaderFooterPart("Page &P of &N")
    )


def _headings(sheet: Worksheet, form: Form) -> None:
    title = sheet.cell(layout.TITLE_ROW, 1, form.title)
    title.font = _TITLE
    note = sheet.cell(layout.NOTE_ROW, 1, f"{form.note} ({form.source})".strip())
    note.font = _NOTE
    for row, height in ((layout.TITLE_ROW, 24.0), (layout.NOTE_ROW, 30.0)):
        sheet.merge_cells(f"A{row}:{_LAST_LETTER}{row}")
        sheet.row_dimensions[row].height = height
        sheet.cell(row, 1).alignment = _WRAPPED
    edition = sheet.cell(layout.EDITION_ROW, layout.KEY_COLUMN, f"{layout.EDITION_WORD} {form.edition}")
    edition.font = _GREY
    for number, (name, _, _) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(layout.HEADER_ROW, number, name)
        cell.font, cell.fill, cell.border, cell.alignment = _HEAD, _HEAD_FILL, _BOX, _INDENTED
    sheet.row_dimensions[layout.HEADER_ROW].height = 20.0


def _section(sheet: Worksheet, row: int, heading: str) -> None:
    sheet.cell(row, 1, heading)
    for number in range(1, len(_COLUMNS) + 1):
        cell = sheet.cell(row, number)
        cell.font, cell.fill, cell.border, cell.alignment = _SECTION, _SECTION_FILL, _BOX, _INDENTED
    sheet.merge_cells(f"A{row}:{_LAST_LETTER}{row}")
    sheet.row_dimensions[row].height = 18.0


def _question(sheet: Worksheet, row: int, question: Question, answer: Answer | None) -> None:
    texts = {
        layout.KEY_COLUMN: question.key,
        layout.LABEL_COLUMN: question.label,
        layout.EXPECTED_COLUMN: asked_as(question),
        layout.HELP_COLUMN: question.help,
    }
    lines = 1
    for number, text in texts.items():
        cell = sheet.cell(row, number, text)
        cell.font = _GREY if number == layout.KEY_COLUMN else _BODY
        cell.border, cell.alignment = _BOX, _INDENTED
        lines = max(lines, len(textwrap.wrap(text, _COLUMNS[number - 1][2])))
    sheet.row_dimensions[row].height = _LINE_HEIGHT * lines + _PADDING
    _answer(sheet, row, question, answer)
    validation = _validation(question)
    if validation is not None:
        sheet.add_data_validation(validation)
        validation.add(f"{layout.ANSWER_LETTER}{row}")


def _answer(sheet: Worksheet, row: int, question: Question, answer: Answer | None) -> None:
    cell = sheet.cell(row, layout.ANSWER_COLUMN)
    cell.font, cell.fill, cell.border, cell.alignment = _BODY, _ANSWER_FILL, _BOX, _INDENTED
    cell.protection = Protection(locked=False)
    if question.kind not in (Kind.INTEGER, Kind.NUMBER):
        cell.number_format = _TEXT_FORMAT
    if answer is None:
        return
    cell.value = ", ".join(answer) if isinstance(answer, tuple) else answer
    if isinstance(cell.value, str):
        cell.data_type = "s"  # a vendor's text that begins with "=" stays a text


def _validation(question: Question) -> DataValidation | None:
    if question.kind in (Kind.YES_NO, Kind.CHOICE):
        choices = ("Yes", "No") if question.kind is Kind.YES_NO else question.choices
        validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        validation.error = f"Answer with one of: {', '.join(choices)}"
    elif question.kind in (Kind.INTEGER, Kind.NUMBER):
        least = str(question.minimum or 0)
        validation = DataValidation(
            type="whole" if question.kind is Kind.INTEGER else "decimal",
            operator="greaterThanOrEqual",
            formula1=least,
            allow_blank=True,
        )
        validation.error = f"Write the digits alone, {least} or more"
    else:
        return None
    validation.errorTitle = "PICS"
    validation.showErrorMessage = True
    return validation
