"""Unusable input and a broken environment: one message that says what, where and how to mend it; exit status 2 or 3."""

from __future__ import annotations

import asyncio
import os
import socket
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.acceptance.command import labapp

PROJECT = """
[project]
sut = "csms"
[connection]
url = "ws://127.0.0.1:{port}/ocpp"
identity = "CP-ACC"
[values]
valid_id_tag = "T"
[timeouts]
connect = 1
"""


def write(folder: Path, *extra: str, port: int = 9) -> Path:
    file = folder / "PROJECT.toml"
    file.write_text(PROJECT.format(port=port) + "\n".join(extra) + "\n")
    return file


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("colour = 3", ("PROJECT.toml", "[timeouts] colour", "there is no such key")),
        ('message = "long"', ("PROJECT.toml", "[timeouts] message", "long")),
        ('[run]\nreset = "sometimes"', ("[run] reset", "sometimes", "ocpp")),
        ("[dut]\nconnectors = 0", ("[dut] connectors", "0")),
        ("[paint]\nx = 1", ("paint",)),
        ("[[", ("PROJECT.toml", "TOML")),
    ],
    ids=["unknown key", "wrong type", "wrong choice", "no connector", "unknown table", "no TOML"],
)
async def test_a_project_file(tmp_path: Path, extra: str, words: tuple[str, ...]) -> None:
    found = await labapp("run", write(tmp_path, extra), "--out", "run", cwd=tmp_path)
    found.refused(2, *words)
    assert not (tmp_path / "run").exists()


async def test_every_fault_of_a_project_is_named_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, "colour = 3", "[run]", "quiet_window = true")
    (await labapp("run", file, "--out", "run", cwd=tmp_path)).refused(2, "colour", "quiet_window")


async def test_a_secret_that_is_missing_and_one_that_is_written_down(tmp_path: Path) -> None:
    lines = PROJECT.format(port=9).replace('identity = "CP-ACC"', 'identity = "X"\nsecurity_profile = 1\nSECRET')
    for secret, words in (
        ('password = "env:NOT_SET_ANYWHERE"', ("NOT_SET_ANYWHERE",)),
        ("", ("password", "env:NAME")),
        ('password = "0123456789abcdef"', ("password", "env:NAME")),
    ):
        (tmp_path / "PROJECT.toml").write_text(lines.replace("SECRET", secret))
        message = (await labapp("run", "PROJECT.toml", "--out", "run", cwd=tmp_path)).refused(2, *words)
        assert "0123456789abcdef" not in message


async def test_a_case_and_a_file_that_do_not_exist(tmp_path: Path) -> None:
    write(tmp_path)
    case, file = await asyncio.gather(
        labapp("run", "PROJECT.toml", "--case", "TC_999_CSMS", cwd=tmp_path), labapp("run", "none.toml", cwd=tmp_path)
    )
    case.refused(2, "TC_999_CSMS")
    file.refused(2, "none.toml")


async def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "PROJECT.toml").write_text(
            f'[project]\nsut = "cs"\n[connection]\nlisten = "127.0.0.1:{port}"\nidentity = "CS"\n'
            '[values]\nvalid_id_tag = "T"\n'
        )
        found = await labapp("run", "PROJECT.toml", "--case", "TC_001_CS", "--out", "run", cwd=tmp_path)
    found.refused(3, str(port), "in use")


async def test_a_central_system_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        write(tmp_path, port=unused.getsockname()[1])
        words = ("run", "PROJECT.toml", "--case", "TC_003_CSMS", "--out", "run", "--operator", "jsonl")
        found = await labapp(*words, cwd=tmp_path)
    assert found.status == 3
    assert "Traceback" not in found.err
    assert "TC_003_CSMS      ERROR (environment)" in found.err
    assert "the central system does not take the connection: connection refused" in found.err


@pytest.mark.parametrize("place", ["PROJECT.toml/run", "/proc/nowhere/run"])
async def test_an_output_directory_that_cannot_be_made(tmp_path: Path, place: str) -> None:
    write(tmp_path)
    found = await labapp("run", "PROJECT.toml", "--case", "TC_003_CSMS", "--out", place, cwd=tmp_path)
    found.refused(3, place, "--out")


async def test_a_directory_that_exists_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "run").mkdir()
    (await labapp("run", "PROJECT.toml", "--out", "run", cwd=tmp_path)).refused(2, "run", "exists", "--resume")


async def test_no_modem(tmp_path: Path) -> None:
    found = await labapp("measure", "--modem", "serial:/dev/ttyNONE", "--json", cwd=tmp_path)
    found.refused(3, "/dev/ttyNONE", "modem")


async def test_a_modem_that_hangs_up_in_the_middle_of_a_command(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    tty.setraw(ours)
    loop = asyncio.get_running_loop()

    def hang_up() -> None:
        loop.remove_reader(ours)
        os.close(ours)

    os.set_blocking(ours, False)
    loop.add_reader(ours, hang_up)
    name = os.ttyname(theirs)
    os.close(theirs)
    try:
        found = await labapp("measure", "--modem", f"serial:{name}", "--json", cwd=tmp_path)
    finally:
        loop.remove_reader(ours)
    found.refused(3, name)


# Workbooks

FILLED: dict[str, Any] = {
    "general": {"vendor_name": "A", "dut": "Charging Station", "communication": "JSON", "fixed_cable": "No"},
    "optional": {"authorization_cache": "Yes", "unknown_offline_authorization": "No"},
    "profiles": dict.fromkeys(
        (
            "core",
            "firmware_management",
            "smart_charging",
            "reservation",
            "local_auth_list_management",
            "remote_trigger",
        ),
        "Yes",
    ),
    "supplementary": {"local_start": "Yes", "local_stop": "Yes", "backup_power": "No"},
}


async def workbook(folder: Path) -> dict[str, tuple[str, str]]:
    """A filled-in form.xlsx; sheet and cell of each key."""
    made, keys = await asyncio.gather(
        labapp("pics", "new", "form.xlsx", cwd=folder), labapp("pics", "keys", "--json", cwd=folder)
    )
    assert made.status == 0, made.err
    places = {row["key"]: (row["sheet"], row["cell"]) for row in keys.json}
    book = load_workbook(folder / "form.xlsx")
    for table, answers in FILLED.items():
        for name, answer in answers.items():
            sheet, cell = places[f"{table}.{name}"]
            book[sheet][cell] = answer
    required = [row["key"] for row in keys.json if "cs" in row["required"]]
    for key in required:
        sheet, cell = places[key]
        if book[sheet][cell].value is None:
            book[sheet][cell] = "No"
    book.save(folder / "form.xlsx")
    return places


def without_a_sheet(book: Workbook, _: dict[str, tuple[str, str]]) -> None:
    del book["profiles"]


def with_(key: str, value: str) -> Callable[[Workbook, dict[str, tuple[str, str]]], None]:
    def change(book: Workbook, places: dict[str, tuple[str, str]]) -> None:
        sheet, cell = places[key]
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_a_sheet, ("form.xlsx", "profiles")),
        (with_("limits.get_configuration_max_keys", "many"), ("limits", "C5", "many")),
        (with_("general.fixed_cable", "perhaps"), ("general", "C11", "perhaps", "Yes")),
        (with_("profiles.core", '=IF(TRUE,"Yes","No")'), ("profiles", "C5", "formula")),
        (with_("profiles.core", "No"), ("profiles.core",)),
    ],
    ids=["missing sheet", "wrong type", "wrong choice", "formula", "contradiction"],
)
async def test_a_workbook(
    tmp_path: Path, change: Callable[[Workbook, dict[str, tuple[str, str]]], None], words: tuple[str, ...]
) -> None:
    places = await workbook(tmp_path)
    assert (await labapp("pics", "check", "form.xlsx", cwd=tmp_path)).status == 0
    book = load_workbook(tmp_path / "form.xlsx")
    change(book, places)
    book.save(tmp_path / "form.xlsx")
    (await labapp("plan", "form.xlsx", "--json", cwd=tmp_path)).refused(2, *words)


async def test_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_text("no workbook")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    text, empty = await asyncio.gather(
        labapp("pics", "check", "form.xlsx", cwd=tmp_path), labapp("pics", "check", "empty.xlsx", cwd=tmp_path)
    )
    text.refused(2, "form.xlsx", "workbook", "labapp pics new")
    empty.refused(2, "empty.xlsx")
