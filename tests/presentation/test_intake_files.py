"""What a file offers to a declaration, what it is refused for, and what an export leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.pics import plain
from labapp.presentation.intake import answered, intake_view
from labapp.presentation.intake_files import (
    Change,
    FaultLine,
    Offer,
    dropped,
    export,
    export_name,
    offer_of,
    taken_text,
    with_import,
)
from labapp.services.intake import demonstration_pics, inspect_pics, new_pics, write_pics_toml, write_pics_workbook

FORM = "Import the form that the vendor has filled in, .xlsx or .toml; Export… writes one to be filled in."
EMPTY = Draft(1, "station")
FULL = Draft(1, "station", answers=plain(demonstration_pics().answers))


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intake") / "vendor.xlsx"
    write_pics_workbook(path, demonstration_pics())
    return path


def offered(draft: Draft, path: Path) -> Offer:
    return offer_of(draft, inspect_pics(path))


def toml_with(folder: Path, *changes: tuple[str, str]) -> Path:
    path = folder / "vendor.toml"
    write_pics_toml(path, demonstration_pics())
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_declaration_is_taken_at_once_where_nothing_stands_yet(workbook: Path) -> None:
    offer = offered(EMPTY, workbook)
    assert (offer.headline, offer.accept, offer.at_once) == (
        "vendor.xlsx: 53 answers, nothing wrong with them.",
        "Take the 53 answers",
        True,
    )
    taken = with_import(EMPTY, offer)
    assert taken.answers == FULL.answers
    assert taken_text(offer) == "53 answers taken from vendor.xlsx"
    assert intake_view(taken).usable


def test_an_import_that_replaces_answers_says_which(workbook: Path) -> None:
    draft = answered(answered(FULL, "general.vendor_name", "Another"), "limits.charging_schedule_max_periods", "many")
    draft = answered(draft, "limits.other_maximum_value", "63 A")
    offer = offered(draft, workbook)
    assert not offer.at_once
    assert offer.changes == (
        Change("Vendor name", "Another", "labapp demonstration"),
        Change("ChargingScheduleMaxPeriods", "many", "24"),
        Change("Other maximum value", "63 A", "not answered"),
    )
    assert offer.advice == "3 of the answers that stand here change. It can be undone (Ctrl+Z)."


def test_the_same_answers_again_change_nothing(workbook: Path) -> None:
    offer = offered(FULL, workbook)
    assert (offer.accept, offer.advice, offer.refused) == (
        "",
        "They are the answers that stand here already; nothing changes.",
        False,
    )


def test_the_declaration_of_a_csms_makes_the_project_one_for_a_csms(tmp_path: Path) -> None:
    new_pics(tmp_path / "csms.toml", "csms")
    offer = offered(EMPTY, tmp_path / "csms.toml")
    assert offer.advice == (
        "No answer that stands here is replaced. The project becomes one for a CSMS. It can be undone (Ctrl+Z)."
    )
    assert with_import(EMPTY, offer).sut == "csms"


def test_faults_of_a_workbook_are_listed_by_sheet_and_cell_and_the_rest_is_offered(
    tmp_path: Path, workbook: Path
) -> None:
    damaged = tmp_path / "damaged.xlsx"
    book = load_workbook(workbook)
    book["general"]["C11"] = "perhaps"
    book["limits"]["C9"] = "=1+1"
    book.save(damaged)
    offer = offered(EMPTY, damaged)
    assert offer.headline == "damaged.xlsx: 51 answers can be used, 2 things are wrong."
    assert (offer.accept, offer.at_once, offer.refused) == ("Take the 51 usable answers", False, False)
    assert offer.faults == (
        FaultLine("limits!C9", "Holds a formula.", "Type the answer itself."),
        FaultLine("general!C11", 'Fixed cable is "perhaps" where Yes or No is asked.', "Answer Yes or No."),
    )
    assert "general.fixed_cable" not in with_import(EMPTY, offer).answers


@pytest.mark.parametrize(
    ("name", "content", "headline", "advice"),
    [
        (
            "photo.png",
            b"\x89PNG\r\n",
            'photo.png: ends in ".png", and a PICS file is .xlsx or .toml.',
            FORM,
        ),
        (
            "letter.xlsx",
            b"PK but no package",
            "letter.xlsx: is no .xlsx workbook.",
            FORM,
        ),
        (
            "PROJECT.toml",
            b'[project]\nsut = "cs"\n',
            "PROJECT.toml is a project file, not a declaration.",
            "Open it as a project, or import the PICS file that it names.",
        ),
        (
            "other.toml",
            b"[colours]\nred = 1\n[shapes]\n",
            "other.toml holds no answer that can be used, and 10 things are wrong.",
            FORM,
        ),
    ],
)
def test_a_wrong_file_says_what_to_do(tmp_path: Path, name: str, content: bytes, headline: str, advice: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    offer = offered(FULL, path)
    assert (offer.headline, offer.advice) == (headline, advice)
    assert (offer.refused, offer.accept) == (True, "")


def test_a_folder_and_a_file_that_is_gone_are_refused(tmp_path: Path) -> None:
    assert offered(FULL, tmp_path).headline.endswith("is a directory.")
    assert offered(FULL, tmp_path / "gone.xlsx").headline == "gone.xlsx: there is no such file."


def test_an_empty_form_is_called_one(tmp_path: Path) -> None:
    new_pics(tmp_path / "empty.toml")
    offer = offered(EMPTY, tmp_path / "empty.toml")
    assert (offer.headline, offer.advice) == (
        "empty.toml is an empty form: it holds no answer.",
        "Import the form that the vendor has filled in.",
    )


def test_one_file_of_this_machine_can_be_dropped() -> None:
    assert dropped(["file:///lab/PICS%20of%20vendor.xlsx"]) == Path("/lab/PICS of vendor.xlsx")
    with pytest.raises(InputError) as refused:
        dropped(["file:///a.xlsx", "file:///b.xlsx"])
    assert str(refused.value) == (
        "2 things were dropped, and a declaration is one file - drop the vendor's workbook alone"
    )
    with pytest.raises(InputError) as refused:
        dropped(["https://vendor.example/pics.xlsx"])
    assert str(refused.value) == (
        "https://vendor.example/pics.xlsx: is no file of this machine - save it here first, then drop it"
    )


@pytest.mark.parametrize("ending", [".xlsx", ".toml", ""])
def test_what_is_exported_is_read_back(tmp_path: Path, ending: str) -> None:
    done = export(FULL, tmp_path / f"out{ending}")
    assert done.path == tmp_path / f"out{ending or '.xlsx'}"
    assert (done.headline, done.advice) == (f"Written: {done.path}", "")
    assert inspect_pics(done.path).declaration == demonstration_pics()


def test_an_export_names_the_answers_that_it_leaves_out(tmp_path: Path) -> None:
    draft = answered(answered(FULL, "limits.charging_schedule_max_periods", "many"), "general.fixed_cable", "perhaps")
    done = export(draft, tmp_path / "out.toml")
    assert done.advice == ("Left out, since the answers are not usable yet: Fixed cable, ChargingScheduleMaxPeriods.")


def test_an_export_never_replaces_a_file_and_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "out.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="the file exists already - choose another name"):
        export(FULL, tmp_path / "out.toml")
    with pytest.raises(InputError, match="there is no such directory"):
        export(FULL, tmp_path / "gone" / "out.toml")
    with pytest.raises(InputError, match=r"cannot be written \(file name too long\) - choose a folder"):
        export(FULL, tmp_path / f"{'a' * 250}.toml.toml")
    assert (tmp_path / "out.toml").read_text(encoding="utf-8") == "mine"
    assert export_name(Draft(1, "Wall box / AC 22")) == "Wall-box-AC-22-pics.xlsx"
    assert export_name(Draft(1, "…")) == "declaration-pics.xlsx"
