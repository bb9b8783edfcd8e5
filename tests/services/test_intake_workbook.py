"""Workbooks as vendors send them: missing sheets, formulas, merged cells, no workbook at all, and bombs."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from labapp.domain.pics import Declaration
from labapp.services.intake import demonstration_pics, inspect_pics, read_pics, write_pics_workbook


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The demonstration's declaration as a vendor's workbook."""
    path = tmp_path / "pics.xlsx"
    write_pics_workbook(path, demonstration_pics())
    return path


def changed(path: Path, change: Callable[[Workbook], Any]) -> list[str]:
    """The faults of the workbook after a change to it."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    return [str(fault) for fault in inspect_pics(path).faults]


def set_cell(sheet: str, cell: str, value: Any) -> Callable[[Workbook], Any]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "message"),
    [
        ("general", "C11", "=1+1", "general!C11: holds a formula - type the answer itself"),
        (
            "general",
            "C5",
            '=HYPERLINK("http://example.invalid")',
            "general!C5: holds a formula - type the answer itself",
        ),
        ("general", "C11", "#REF!", "general!C11: holds the error #REF! - type the answer itself"),
        (
            "general",
            "C11",
            "maybe",
            'general!C11: general.fixed_cable is "maybe" where Yes or No is asked - answer Yes or No',
        ),
        (
            "general",
            "C11",
            datetime(2024, 1, 30),  # noqa: DTZ001  a workbook's dates have no zone
            "general!C11: general.fixed_cable is 2024-01-30 00:00:00 where Yes or No is asked - answer Yes or No",
        ),
        ("general", "C11", None, "general!C11: general.fixed_cable is not answered - answer with: Yes / No"),
        (
            "limits",
            "C5",
            "about 50",
            'limits!C5: limits.get_configuration_max_keys is "about 50" where a whole number is asked - '
            "write the digits alone, without a unit",
        ),
        (
            "general",
            "C8",
            "SOAP",
            'general!C8: general.communication is "SOAP", and labapp has no transport for SOAP, so that no case could be '
            "run - have the DUT tested over JSON, or by a laboratory whose tool speaks SOAP",
        ),
        (
            "limits",
            "C10",
            90000,
            "limits!C10: limits.minimum_heartbeat_interval_supported is 90000, above "
            "limits.maximum_heartbeat_interval_supported = 86400 - exchange or correct the two numbers",
        ),
        (
            "general",
            "A11",
            "general.fixed_cabel",
            "general!A11: no question has the key general.fixed_cabel - write general.fixed_cable, or remove it",
        ),
        (
            "general",
            "A11",
            "general.dut",
            "general!C11: answers general.dut a second time, after general!C6 - delete one of the rows",
        ),
        (
            "limits",
            "A2000",
            "x",
            "sheet limits: reaches down to row 2000, and a form ends above row 1000 - delete the rows below the form",
        ),
    ],
)
def test_a_fault_is_named_by_sheet_and_cell(workbook: Path, sheet: str, cell: str, value: Any, message: str) -> None:
    assert message in changed(workbook, set_cell(sheet, cell, value))


@pytest.mark.parametrize(("raw", "answer"), [("yes ", "Yes"), (1, "Yes"), (True, "Yes"), (0.0, "No"), ("N", "No")])
def test_vendors_cells_are_read_with_patience(workbook: Path, raw: Any, answer: str) -> None:
    assert changed(workbook, set_cell("optional", "C5", raw)) == []
    assert read_pics(workbook).answer("optional.authorization_cache") == answer


def test_a_missing_sheet_is_named_once(workbook: Path) -> None:
    found = changed(workbook, lambda book: book.remove(book["profiles"]))

    assert found == [
        "sheet profiles: the sheet is missing - restore it, or fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_a_missing_row_is_named(workbook: Path) -> None:
    found = changed(workbook, lambda book: book["profiles"].delete_rows(6))

    assert found == [
        "sheet profiles: the row of profiles.firmware_management is missing - "
        "restore it, or fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_a_row_may_be_inserted_and_sheets_added(workbook: Path) -> None:
    def change(book: Workbook) -> None:
        book["profiles"].insert_rows(6)
        book["profiles"]["B6"] = "our remark"
        book.create_sheet("our notes")["A1"] = "=1+1"

    assert changed(workbook, change) == []
    assert read_pics(workbook) == demonstration_pics()


def test_an_answer_in_merged_cells_is_refused(workbook: Path) -> None:
    found = changed(workbook, lambda book: book["profiles"].merge_cells("C5:C6"))

    assert found == ["profiles!C6: is part of merged cells - separate the cells and answer in this one"]


def test_an_unknown_edition_is_refused(workbook: Path) -> None:
    found = changed(workbook, set_cell("general", "A3", "Edition 9.9"))

    assert found == ['pics.xlsx: answers edition "9.9" of the forms, which is not known here - use one of: 1.1.4']


def test_a_form_that_lost_its_edition_is_read_as_the_current_one(workbook: Path) -> None:
    def change(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet["A3"] = None

    assert changed(workbook, change) == []
    assert read_pics(workbook).edition == "1.1.4"


def test_faults_of_a_read_name_the_file_too(workbook: Path) -> None:
    changed(workbook, set_cell("general", "C11", "=1+1"))

    with pytest.raises(Exception, match=r"^pics\.xlsx: general!C11: holds a formula - type the answer itself$"):
        read_pics(workbook)


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    answers = dict(demonstration_pics().answers) | {"general.vendor_name": "=cmd|'/c calc'!A0"}
    path = tmp_path / "pics.xlsx"
    write_pics_workbook(path, Declaration("1.1.4", answers))

    assert load_workbook(path)["general"]["C5"].data_type == "s"
    assert read_pics(path).answer("general.vendor_name") == "=cmd|'/c calc'!A0"


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pics.xlsx"
    path.write_bytes(content)

    assert [str(fault) for fault in inspect_pics(path).faults] == [
        "pics.xlsx: is no .xlsx workbook - fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_a_package_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pics.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("hello.txt", "hello")

    assert [str(fault) for fault in inspect_pics(path).faults] == [
        "pics.xlsx: is no workbook that can be read (KeyError) - fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "pics.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", bytes(20_000_001))

    assert path.stat().st_size < 100_000
    assert [str(fault) for fault in inspect_pics(path).faults] == [
        "pics.xlsx: unpacks to 1 parts of 20000001 bytes, and no form exceeds 300 parts of 20000000 - "
        "fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "pics.xlsx"
    with path.open("wb") as file:
        file.truncate(5_000_001)

    assert [str(fault) for fault in inspect_pics(path).faults] == [
        "pics.xlsx: is 5000001 bytes long, and no filled-in form exceeds 5000000 - "
        "fill in the form that `labapp pics new FILE.xlsx` writes"
    ]


def test_entities_are_not_expanded(workbook: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    entities = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12))
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(bomb, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = f'<!DOCTYPE worksheet [<!ENTITY a0 "lol">{entities}]><worksheet>&a11;</worksheet>'.encode()
            target.writestr(name, text)

    (fault,) = inspect_pics(bomb).faults
    assert "is no workbook that can be read" in fault.what


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 1), value=st.integers(0, 255))
def test_a_damaged_workbook_never_gives_a_traceback(
    workbook: Path, tmp_path: Path, position: float, value: int
) -> None:
    content = bytearray(workbook.read_bytes())
    content[int(position * (len(content) - 1))] = value
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(content)

    for fault in inspect_pics(damaged).faults:
        assert fault.where
        assert fault.mend
