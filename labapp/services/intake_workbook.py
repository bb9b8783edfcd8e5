"""PICS workbooks as vendors send them back: one sheet per form, the key beside each answer.

A workbook comes from outside: its size is bounded before it is unpacked, and formulas, links and macros are not evaluated.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from labapp.domain.errors import InputError
from labapp.domain.pics import Form, Questionnaire
from labapp.services.intake_raw import RawAnswers, unknown_key
from labapp.services.intake_sheet import ANSWER_COLUMN, ANSWER_LETTER, EDITION_ROW, EDITION_WORD, KEY_COLUMN

#: Bounds far above any form: bytes of the file, bytes unpacked, parts in the package, rows of a sheet.
_LARGEST_FILE = 5_000_000
_LARGEST_UNPACKED = 20_000_000
_MOST_PARTS = 300
_MOST_ROWS = 1000

_START_OVER = "fill in the form that `labapp pics new FILE.xlsx` writes"


def open_workbook(path: Path) -> Workbook:
    """The workbook, formulas unevaluated.

    Raises: InputError when the file is no workbook, or one of absurd size.
    """
    _refuse_absurd(path)
    content = io.BytesIO(path.read_bytes())  # the reader leaves a file open when it fails
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns about extensions of other programs; the answers do not need them
            return load_workbook(content, data_only=False, keep_links=False)
    except Exception as error:  # a damaged package fails in the reader in many ways, all of them the file's fault
        raise InputError(
            f"is no workbook that can be read ({type(error).__name__})", where=path.name, mend=_START_OVER
        ) from error


def edition_of(workbook: Workbook) -> str | None:
    """The edition of the forms that the workbook was made of, None when it does not say."""
    for sheet in workbook.worksheets:
        words = str(sheet.cell(EDITION_ROW, KEY_COLUMN).value).split()
        if len(words) == 2 and words[0] == EDITION_WORD:
            return words[1]
    return None


def raw_answers(workbook: Workbook, questions: Questionnaire) -> RawAnswers:
    """The values as they stand in the answer cells, by key, and the faults of sheets, rows and cells."""
    raw = RawAnswers()
    sheets = {sheet.title.strip().lower(): sheet for sheet in workbook.worksheets}
    for form in questions.forms:
        sheet = sheets.get(form.name)
        if sheet is None:
            raw.faults.append(
                InputError("the sheet is missing", where=f"sheet {form.name}", mend=f"restore it, or {_START_OVER}")
            )
        elif sheet.max_row > _MOST_ROWS:
            raw.faults.append(
                InputError(
                    f"reaches down to row {sheet.max_row}, and a form ends above row {_MOST_ROWS}",
                    where=f"sheet {sheet.title}",
                    mend="delete the rows below the form",
                )
            )
        else:
            _sheet_answers(raw, sheet, form)
    return raw


def _sheet_answers(raw: RawAnswers, sheet: Worksheet, form: Form) -> None:
    known = [question.key for question in form.questions]
    found: dict[str, str] = {}
    for row, key in _keys(sheet):
        place = f"{sheet.title}!{ANSWER_LETTER}{row}"
        if key not in known:
            raw.faults.append(unknown_key(key, f"{sheet.title}!A{row}", known))
        elif key in found:
            raw.faults.append(
                InputError(
                    f"answers {key} a second time, after {found[key]}", where=place, mend="delete one of the rows"
                )
            )
        else:
            found[key] = place
            _cell_answer(raw, sheet.cell(row, ANSWER_COLUMN), key, place)
    raw.faults += [
        InputError(f"the row of {key} is missing", where=f"sheet {sheet.title}", mend=f"restore it, or {_START_OVER}")
        for key in known
        if key not in found
    ]


def _keys(sheet: Worksheet) -> Iterator[tuple[int, str]]:
    """Row and key of each row that is a question: those whose first cell looks like a key."""
    for row in range(1, sheet.max_row + 1):
        value = sheet.cell(row, KEY_COLUMN).value
        if isinstance(value, str) and "." in value and " " not in value.strip():
            yield row, value.strip()


def _cell_answer(raw: RawAnswers, cell: Cell | MergedCell, key: str, place: str) -> None:
    if isinstance(cell, MergedCell):
        raw.faults.append(
            InputError("is part of merged cells", where=place, mend="separate the cells and answer in this one")
        )
    elif cell.data_type == "f":
        raw.faults.append(InputError("holds a formula", where=place, mend="type the answer itself"))
    elif cell.data_type == "e":
        raw.faults.append(InputError(f"holds the error {cell.value}", where=place, mend="type the answer itself"))
    else:
        raw.places[key] = place
        raw.values[key] = cell.value


def _refuse_absurd(path: Path) -> None:
    size = path.stat().st_size
    if size > _LARGEST_FILE:
        raise InputError(
            f"is {size} bytes long, and no filled-in form exceeds {_LARGEST_FILE}", where=path.name, mend=_START_OVER
        )
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError("is no .xlsx workbook", where=path.name, mend=_START_OVER) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _LARGEST_UNPACKED:
        raise InputError(
            f"unpacks to {len(parts)} parts of {unpacked} bytes, and no form exceeds {_MOST_PARTS} parts of "
            f"{_LARGEST_UNPACKED}",
            where=path.name,
            mend=_START_OVER,
        )
