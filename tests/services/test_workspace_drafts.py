"""Projects on their way in and out of the workspace: what is stated stays, secrets stay references, and faults are named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from openpyxl import load_workbook

from labapp.domain.draft import Draft
from labapp.domain.entered import as_json, is_json
from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.domain.project_keys import as_tables
from labapp.services.intake import demonstration_pics, read_pics, write_pics_workbook
from labapp.services.projects import open_project
from labapp.services.workspace import Workspace
from labapp.services.workspace_drafts import read_draft, write_draft

PROJECT = """
[project]
name = "Wallbox"
sut = "cs"
pics = "pics.xlsx"

[connection]
identity = "CP1"
security_profile = 1
password = "env:NOT_SET_ON_THIS_MACHINE"

[values]
heartbeat_interval = "soon"

[values.signatures]
signing_certificate = "keys/firmware.pem"

[driver.plug_in]
command = ["robot", "plug", "{connector}"]

[network]
far_end = "http://far.example:8000"

[report]
received = 2026-03-01
certificate = "/etc/labapp/lab.p12"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_pics_workbook(tmp_path / "pics.xlsx", demonstration_pics())
    path = tmp_path / "PROJECT.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def test_an_imported_project_is_kept_as_it_is_stated(project: Path, database_url: str) -> None:
    workspace = Workspace(database_url)
    draft = workspace.import_project(project)
    assert workspace.open(draft.id) == draft
    folder = project.parent
    assert (draft.name, draft.sut, draft.simulated, draft.edition) == ("Wallbox", "cs", False, "1.1.4")
    assert draft.tables == {
        "project": {"sut": "cs"},
        "connection": {"identity": "CP1", "security_profile": 1, "password": "env:NOT_SET_ON_THIS_MACHINE"},
        # What cannot be used is mended in the window.
        "values": {"heartbeat_interval": "soon"},
        "values.signatures": {"signing_certificate": str(folder / "keys" / "firmware.pem")},
        "driver.plug_in": {"command": ["robot", "plug", "{connector}"]},
        "network": {"far_end": "http://far.example:8000"},
        "report": {"received": "2026-03-01", "certificate": "/etc/labapp/lab.p12"},
    }
    assert draft.answers["general.vendor_name"] == "labapp demonstration"
    assert [each.what for each in workspace.revisions(draft.id)] == ["imported from PROJECT.toml"]
    assert len(workspace.plan(draft.id) or ()) > 50


def test_a_project_without_a_name_is_called_after_its_place(tmp_path: Path) -> None:
    (tmp_path / "wallbox").mkdir()
    for path, name in (
        (tmp_path / "wallbox" / "PROJECT.toml", "wallbox"),
        (tmp_path / "wallbox" / "second.toml", "second"),
    ):
        path.write_text('[project]\nsut = "cs"\n', encoding="utf-8")
        assert read_draft(path) == Draft(0, name, {"project": {"sut": "cs"}})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '[connection]\npassword = "hunter2"\n',
            "PROJECT.toml [connection] password: names no secret, and a secret itself never stands in the file - "
            'write "env:NAME" or "keyring:SERVICE/USER"',
        ),
        (
            "[connection]\npassword = 4711\n",
            'PROJECT.toml [connection] password: the value is no secret - write "env:NAME" or "keyring:SERVICE/USER"',
        ),
        (
            '[connection]\nidentty = "CP1"\n',
            "PROJECT.toml [connection] identty: there is no such key - did you mean identity?",
        ),
        (
            '[conection]\nidentity = "CP1"\n',
            "PROJECT.toml [conection]: there is no such table - did you mean [connection]?",
        ),
        (
            'identity = "CP1"\n',
            "PROJECT.toml identity: stands in no table - write it below [connection]",
        ),
        ("run = 1\n", "PROJECT.toml run: is no table - write [run] and its keys below it"),
        (
            "[values]\nsignatures = 1\n",
            "PROJECT.toml [values] signatures: is no table - write [values.signatures] and its keys below it",
        ),
        (
            "[driver.plug_inn]\nurl = 'http://robot'\n",
            "PROJECT.toml [driver.plug_inn]: there is no such action - did you mean [driver.plug_in]?",
        ),
        (
            "[network]\nfarend = 'x'\n",
            "PROJECT.toml [network] farend: no such key - the keys are far_end, interface, modem, technology, probes, "
            "seconds, min_bandwidth, max_latency, max_loss, min_rssi",
        ),
        (
            "[dut]\nmodel = 2026-01-01\n",
            "PROJECT.toml [dut] model: 2026-01-01 is no string - write text in quotes",
        ),
        (
            "[run]\nquiet_window = inf\n",
            "PROJECT.toml [run] quiet_window: inf is no number - write a number",
        ),
    ],
)
def test_what_a_project_does_not_hold_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputErrors) as raised:
        read_draft(path)
    assert str(raised.value) == fault


def test_a_refused_import_leaves_no_project(tmp_path: Path, database_url: str) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text('[connection]\nidentty = "CP1"\npassword = "hunter2"\n', encoding="utf-8")
    workspace = Workspace(database_url)
    with pytest.raises(InputErrors) as raised:
        workspace.import_project(path)
    assert len(raised.value.faults) == 2
    assert workspace.projects() == ()


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("photo.toml", b"\xff\xd8\xff\xe0", "photo.toml: is not UTF-8 text (byte 0) - save it as UTF-8"),
        ("folder", None, "folder: is a directory - name the file in it"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, name: str, content: bytes | None, fault: str) -> None:
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_draft(path)
    assert str(raised.value).removeprefix(f"{tmp_path}/") == fault


def test_answers_come_as_they_were_entered(project: Path) -> None:
    book = load_workbook(project.parent / "pics.xlsx")
    sheet = book["general"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "general.dut")
    sheet.cell(row, 3).value = "a toaster"
    book.save(project.parent / "pics.xlsx")
    assert read_draft(project).answers["general.dut"] == "a toaster"


def test_a_declaration_that_is_no_form_is_refused(project: Path) -> None:
    book = load_workbook(project.parent / "pics.xlsx")
    del book["limits"]
    book.save(project.parent / "pics.xlsx")
    with pytest.raises(InputErrors) as raised:
        read_draft(project)
    assert str(raised.value) == (
        "pics.xlsx: sheet limits: the sheet is missing - restore it, or "
        "fill in the form that `labapp pics new FILE.xlsx` writes"
    )


def test_a_day_is_no_answer(project: Path) -> None:
    pics = project.parent / "pics.toml"
    pics.write_text("[general]\ntype_model = 2026-01-02\n", encoding="utf-8")
    project.write_text(PROJECT.replace("pics.xlsx", "pics.toml"), encoding="utf-8")
    with pytest.raises(InputErrors) as raised:
        read_draft(project)
    assert str(raised.value) == (
        "pics.toml: general.type_model: is 2026-01-02 where a text is asked - answer with a text"
    )


# Out ------------------------------------------------------------------------------------------------------------------


def test_an_exported_project_can_be_run_and_imported_again(tmp_path: Path, database_url: str) -> None:
    workspace = Workspace(database_url)
    draft = workspace.demonstration()
    path = workspace.export_project(draft, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "PROJECT.toml"
    opened = open_project(path)
    assert opened.declaration == demonstration_pics()
    assert as_tables(opened.project)["connection"]["identity"] == "DEMO-1"
    again = workspace.import_project(path)
    assert (again.name, again.tables, again.answers) == (draft.name, draft.tables, draft.answers)
    # What stands there is replaced.
    workspace.export_project(draft.with_value("connection", "identity", "CP2"), path.parent)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["connection"] == {
        "listen": "127.0.0.1:0",
        "identity": "CP2",
    }


def test_a_project_with_no_answers_names_no_declaration(tmp_path: Path) -> None:
    draft = Draft(3, "P", {"connection": {"identity": "CP1"}, "project": {"sut": "cs", "pics": "old"}, "run": {}})
    path = write_draft(draft.with_value("values", "id_tag", None), tmp_path)
    assert path.read_text(encoding="utf-8") == '[project]\nname = "P"\nsut = "cs"\n\n[connection]\nidentity = "CP1"\n'
    assert [each.name for each in tmp_path.iterdir()] == ["PROJECT.toml"]


def test_an_answer_that_is_none_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    answers = {"general.dut": "a toaster", "general.vendor_name": "Volta", "general.nothing": "x", "limits.x": ""}
    with pytest.raises(InputErrors) as raised:
        write_draft(Draft(1, "P", answers=answers), tmp_path)
    lines = str(raised.value).splitlines()
    assert lines[0] == (
        'general.dut: is "a toaster", which is none of the choices - answer with one of: CSMS, Charging Station'
    )
    assert [line.split(" - ")[0] for line in lines[1:]] == [
        "general.nothing: no question has the key general.nothing",
        "limits.x: no question has the key limits.x",
    ]
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_declaration_can_be_written(tmp_path: Path) -> None:
    answers = {"general.dut": "charging station", "general.vendor_name": "", "optional.authorization_cache": True}
    path = write_draft(Draft(1, "P", answers=answers), tmp_path)
    pics = tomllib.loads((path.parent / "pics.toml").read_text(encoding="utf-8"))
    assert (pics["general"]["dut"], pics["general"]["vendor_name"]) == ("Charging Station", "")
    with pytest.raises(InputErrors):
        read_pics(path.parent / "pics.toml")


def test_an_edition_that_is_not_known_here_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputErrors) as raised:
        write_draft(Draft(1, "P", answers={"general.dut": "CSMS"}, edition="0.1"), tmp_path)
    assert 'answers edition "0.1" of the forms, which is not known here' in str(raised.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as fault:
        write_draft(Draft(1, "P"), tmp_path / "file")
    assert str(fault.value) == f"{tmp_path}/file: cannot be written: file exists - choose another folder"


# Values ---------------------------------------------------------------------------------------------------------------


def test_what_json_does_not_have_is_told_apart() -> None:
    assert as_json({"a": (1, [True, None]), "b": 1.5}) == {"a": [1, [True, None]], "b": 1.5}
    for value in (float("inf"), {1: 2}, b"", object()):
        assert not is_json(value)
        with pytest.raises(ValueError, match="is no JSON value"):
            as_json(value)
    assert is_json((1, "a"))
    assert is_json([{"a": 1}])
