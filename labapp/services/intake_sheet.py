"""Where each question stands in a PICS workbook: shared by the one who writes the form and the one who reads it back."""

from __future__ import annotations

from dataclasses import dataclass

from labapp.domain.pics import Form, Question

KEY_COLUMN = 1
LABEL_COLUMN = 2
ANSWER_COLUMN = 3
ANSWER_LETTER = "C"
EXPECTED_COLUMN = 4
HELP_COLUMN = 5

TITLE_ROW = 1
NOTE_ROW = 2
HEADER_ROW = 4
FIRST_ROW = 5

#: The cell of every sheet that carries the edition of its form, after this word.
EDITION_ROW = 3
EDITION_WORD = "Edition"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: a question, or the heading of a section when `question` is None."""

    row: int
    heading: str
    question: Question | None


def sheet_rows(form: Form) -> tuple[SheetRow, ...]:
    """The rows of the form's sheet from FIRST_ROW on, with a heading before each section."""
    rows: list[SheetRow] = []
    section = ""
    for question in form.questions:
        if question.section != section:
            section = question.section
            rows.append(SheetRow(FIRST_ROW + len(rows), section, None))
        rows.append(SheetRow(FIRST_ROW + len(rows), "", question))
    return tuple(rows)


def answer_cell(form: Form, question: Question) -> str:
    """The address of the answer within its sheet (`C7`)."""
    row = next(each.row for each in sheet_rows(form) if each.question == question)
    return f"{ANSWER_LETTER}{row}"
