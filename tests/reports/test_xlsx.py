"""The workbook, read back."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from labapp.reports.content import DEMONSTRATION, Content, Declared, Report
from labapp.reports.identity import Identity
from labapp.reports.template import Template
from labapp.reports.xlsx import build_workbook
from tests.reports.conftest import issue_of
from tests.reports.sample import HOSTILE


def built(content: Content, identity: Identity, template: Template, *, demonstration: bool = False) -> Workbook:
    data = build_workbook(Report(content, issue_of(identity, demonstration=demonstration)), template)
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture(scope="module")
def workbook(content: Content, identity: Identity, template: Template) -> Workbook:
    return built(content, identity, template)


def column(workbook: Workbook, sheet: str, title: str) -> list[object]:
    """The cells below a title."""
    rows = list(workbook[sheet].iter_rows(values_only=True))
    place = rows[0].index(title)
    return [row[place] for row in rows[1:]]


def test_the_sheets_are_there(workbook: Workbook) -> None:
    wanted = ["Summary", "Cases", "Validations", "Findings", "Review", "Configuration", "Network", "Plan", "Evidence"]
    assert [name for name in workbook.sheetnames if name in wanted] == wanted


def test_no_cell_is_a_formula(workbook: Workbook) -> None:
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    hostile = [cell for cell in cells if cell.value == HOSTILE]
    assert hostile
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in hostile)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_text_that_looks_like_a_formula_stays_text(
    content: Content, identity: Identity, template: Template, text: str
) -> None:
    sheet = built(replace(content, pics=(Declared("general.vendor_name", text),)), identity, template)["Declaration"]
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].quotePrefix) == (text, "s", True)


def test_what_a_cell_cannot_hold_is_written_out(content: Content, identity: Identity, template: Template) -> None:
    pics = (Declared("a", "x\x00y\ud800"), Declared("b", "z" * 40000))
    sheet = built(replace(content, pics=pics), identity, template)["Declaration"]
    assert sheet["B2"].value == "x⟨U+0000⟩y⟨U+D800⟩"
    assert (len(sheet["B3"].value), sheet["B3"].value[-1]) == (32767, "…")


def test_every_validation_of_every_attempt_is_listed(content: Content, workbook: Workbook) -> None:
    listed = column(workbook, "Validations", "Validation")
    every = [one.id for case in content.cases for attempt in case.attempts for one in attempt.validations]
    assert listed == every
    assert set(column(workbook, "Validations", "Status")) == {"passed", "failed", "not_exercised"}


def test_cases_show_the_verdict_with_its_shape(content: Content, workbook: Workbook) -> None:
    verdicts = dict(zip(column(workbook, "Cases", "Case"), column(workbook, "Cases", "Verdict"), strict=True))
    assert len(verdicts) == len(content.cases)
    assert verdicts["TC_010_CS"] == "✗ FAIL"
    assert verdicts["TC_044_1_CS"] == "✗ FAIL (expected)"
    assert verdicts["TC_003_CS"] == "✓ PASS"


def test_numbers_are_numbers(workbook: Workbook) -> None:
    assert set(map(type, column(workbook, "Findings", "Frame"))) == {int, type(None)}
    assert workbook["Review"]["R2"].value == 31


def test_a_demonstration_is_marked_on_every_sheet(content: Content, identity: Identity, template: Template) -> None:
    workbook = built(content, identity, template, demonstration=True)
    for sheet in workbook:
        assert sheet["A1"].value == DEMONSTRATION
        assert sheet.oddHeader.center.text == DEMONSTRATION


def test_without_a_demonstration_nothing_is_marked(workbook: Workbook) -> None:
    assert not [sheet.title for sheet in workbook if sheet["A1"].value == DEMONSTRATION]
