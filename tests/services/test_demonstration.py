"""Where a demonstration may write: into an empty place, or over an earlier demonstration, never over anything else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.services import demonstration
from labapp.services.demonstration import MARK
from labapp.services.demonstration_project import demonstration_project
from labapp.services.measuring import far_end_here


def test_an_empty_place_is_taken_and_marked(tmp_path: Path) -> None:
    demonstration._make_room(tmp_path / "demo")
    assert [path.name for path in (tmp_path / "demo").iterdir()] == [MARK]


def test_an_earlier_demonstration_is_replaced(tmp_path: Path) -> None:
    demonstration._make_room(tmp_path)
    (tmp_path / "pics.xlsx").write_text("old")
    demonstration._make_room(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError) as raised:
        demonstration._make_room(tmp_path)
    assert str(raised.value) == f"{tmp_path}: it holds something that is not a demonstration - name another directory"
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as raised:
        demonstration._make_room(tmp_path / "file" / "demo")
    assert str(raised.value) == (
        f"{tmp_path}/file/demo: it cannot be written: Not a directory - name another directory with --out"
    )


@pytest.mark.parametrize("form", ["quick", "full"])
def test_its_project_is_well_formed(form: str) -> None:
    project = tomllib.loads(demonstration_project(form, "http://127.0.0.1:1", ""))
    assert project["values"]["heartbeat_interval"] == {"quick": 2, "full": 10}[form]
    assert project["network"]["far_end"] == "http://127.0.0.1:1"


def test_its_far_end_and_modem_come_and_go() -> None:
    with far_end_here() as far_end, demonstration._modem() as modem:
        assert far_end.startswith("http://127.0.0.1:")
        assert modem.startswith("serial:/dev/")
