"""Which files of a run directory become evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from labapp.domain.errors import InputError
from labapp.reports.run_directory import read_records, without_driver


def test_only_what_belongs_to_the_evidence_is_read(run_directory: Path) -> None:
    (run_directory / "journal.torn-1").write_bytes(b'{"seq":')
    (run_directory / "bench.log").write_text("noise")
    (run_directory / "files" / "deep").mkdir()
    (run_directory / "files" / "deep" / "log.txt").write_bytes(b"x")
    (run_directory / "files" / "link").symlink_to(run_directory / "bench.json")
    records = read_records(run_directory)
    assert sorted(records.named) == ["journal.jsonl", "pics.toml", "plan.json", "project.toml", "run.json"]
    assert sorted(records.files) == ["files/deep/log.txt", "files/diagnostics.log", "journal.torn-1"]


def test_declaration_and_plan_may_be_missing(run_directory: Path) -> None:
    (run_directory / "plan.json").unlink()
    (run_directory / "pics.toml").unlink()
    records = read_records(run_directory)
    assert (records.json_of("plan.json"), records.toml_of("pics.toml")) == (None, {})


def test_a_directory_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_records(tmp_path)
    assert str(refused.value) == f"{tmp_path}: holds no run.json - name the directory of a run that has ended"
    with pytest.raises(InputError) as refused:
        read_records(tmp_path / "none")
    assert (
        str(refused.value)
        == f"{tmp_path / 'none'}: there is no such directory - name the directory of a run that has ended"
    )


def test_a_run_without_its_journal_is_refused(run_directory: Path) -> None:
    (run_directory / "journal.jsonl").unlink()
    with pytest.raises(InputError) as refused:
        read_records(run_directory)
    assert str(refused.value) == (
        f"{run_directory / 'journal.jsonl'}: is missing - name the directory of a run that has ended, unchanged"
    )


DRIVER = """
[project]
sut = "cs"

[driver.plug_in]
url = "https://lab.example.com/plug?token=hush"
headers = { Authorization = "Bearer hush" }

[report]
number = "[driver.plug_in]"
"""


def test_credentials_of_the_driver_do_not_become_evidence(run_directory: Path) -> None:
    (run_directory / "project.toml").write_text(DRIVER, encoding="utf-8")
    records = read_records(run_directory)
    assert b"hush" not in records.named["project.toml"]
    assert records.toml_of("project.toml") == {"project": {"sut": "cs"}, "report": {"number": "[driver.plug_in]"}}


@pytest.mark.parametrize("inline", ['driver = { plug_in = { url = "x" } }', '[driver]\nx = """\n[y]\n"""'])
def test_a_driver_that_cannot_be_left_out_is_refused(inline: str) -> None:
    with pytest.raises(InputError) as refused:
        without_driver(inline.encode())
    assert str(refused.value).startswith("project.toml")


@pytest.mark.parametrize("text", ["a = 1\r\n[b]\r\nc = 2\r\n", "", "# nothing"])
def test_a_project_without_a_driver_is_left_as_it_is(text: str) -> None:
    assert without_driver(text.encode()) == text.encode()
