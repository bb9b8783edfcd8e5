"""The workbook that a vendor gets: drop-downs, protection, and nothing that could be mistaken."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from labapp.domain.pics import FORMS
from labapp.services.intake import demonstration_pics, new_pics, write_pics_workbook


@pytest.fixture
def form(tmp_path: Path) -> Workbook:
    new_pics(tmp_path / "pics.xlsx", "cs")
    return load_workbook(tmp_path / "pics.xlsx")


def test_there_is_one_sheet_per_form(form: Workbook) -> None:
    assert tuple(form.sheetnames) == FORMS
    assert form["general"]["C6"].value == "Charging Station"


def test_only_the_answers_can_be_changed(form: Workbook) -> None:
    for sheet in form.worksheets:
        assert sheet.protection.sheet
        open_cells = {cell.coordinate[0] for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert open_cells == {"C"}


def test_choices_are_drop_downs_and_numbers_are_bounded(form: Workbook) -> None:
    general = {str(rule.sqref): rule.formula1 for rule in form["general"].data_validations.dataValidation}
    limits = {str(rule.sqref): (rule.type, rule.formula1) for rule in form["limits"].data_validations.dataValidation}

    assert general["C6"] == '"CSMS,Charging Station"'
    assert general["C11"] == '"Yes,No"'
    assert "C5" not in general
    assert limits["C5"] == ("whole", "1")
    assert all(
        len(rule) <= 257 for rule in general.values() if rule
    )  # a longer list is refused by spreadsheet programs


def test_texts_are_kept_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    write_pics_workbook(tmp_path / "pics.xlsx", demonstration_pics())
    book = load_workbook(tmp_path / "pics.xlsx")

    assert book["general"]["C12"].number_format == "@"
    assert book["general"]["C12"].value == "1.0"
    assert book["limits"]["C5"].value == 50
    assert book["limits"]["C5"].number_format == "General"


def test_every_sheet_prints_on_landscape_pages_of_full_width(form: Workbook) -> None:
    for sheet in form.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.freeze_panes == "A5"
