"""A project as it is run, and the file that says how it was."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputErrors
from labapp.domain.project_keys import as_tables
from labapp.services.intake import demonstration_pics, write_pics_toml
from labapp.services.projects import open_project, project_toml

PROJECT = """
[project]
sut = "cs"
pics = "pics.toml"
lab = "Lab \\u00fc \\"x\\" \\\\ \\u007e"
[connection]
identity = "CP1"
[driver.plug_in]
url = "http://127.0.0.1:1/{connector}"
headers = { "X.Y" = "1" }
[driver.default]
command = ["./mains.sh", "{action}"]
environment = { MAINS = "{args}" }
done = [0, 3]
reasons = { 4 = "no \\"vehicle\\"" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_pics_toml(tmp_path / "pics.toml", demonstration_pics())
    path = tmp_path / "PROJECT.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def test_a_project_takes_the_facts_of_its_declaration(path: Path) -> None:
    opened = open_project(path)
    assert opened.declaration == demonstration_pics()
    assert opened.project.dut.vendor == opened.declaration.answer("general.vendor_name")


def test_a_project_without_a_declaration_is_opened(path: Path) -> None:
    path.write_text(PROJECT.replace('pics = "pics.toml"\n', ""), encoding="utf-8")
    assert open_project(path).declaration is None


@pytest.mark.parametrize(("connector", "usable"), [(3, True), (4, False)])
def test_the_connectors_are_those_of_the_declaration(path: Path, connector: int, usable: bool) -> None:
    declaration = demonstration_pics()
    answers = {**declaration.answers, "general.socket_connector": "multiple", "supplementary.evses": "[[1,2,3]]"}
    write_pics_toml(path.parent / "three.toml", replace(declaration, answers=answers))
    text = PROJECT.replace("pics.toml", "three.toml")
    path.write_text(f"{text}\n[values]\nconnector_id = {connector}\n", encoding="utf-8")
    if usable:
        assert open_project(path).project.values.connector_id == connector
        return
    with pytest.raises(InputErrors) as caught:
        open_project(path)
    assert str(caught.value) == (
        "PROJECT.toml [values] connector_id: the device has no connector 4 - use 1 to 3, or state [dut] connectors"
    )


def test_a_declaration_that_does_not_fit_is_a_fault_of_the_project(path: Path) -> None:
    path.write_text(
        PROJECT.replace('sut = "cs"', 'sut = "csms"').replace("identity", 'url = "ws://a"\nidentity'), "utf-8"
    )
    with pytest.raises(InputErrors) as caught:
        open_project(path)
    assert str(caught.value) == (
        'PROJECT.toml [project] pics: the declaration is of sut = "cs" - name the declaration of this device, or correct sut'
    )


def test_the_project_as_used_is_the_same_project(path: Path, tmp_path: Path) -> None:
    used = open_project(path).project
    copy = tmp_path / "run" / "project.toml"
    copy.parent.mkdir()
    copy.write_text(project_toml(as_tables(used)), encoding="utf-8")
    again = open_project(copy).project
    assert as_tables(again) == as_tables(used)
    assert again.pics == tmp_path / "pics.toml"
    assert again.driver == used.driver
    assert again.lab == 'Lab ü "x" \\ ~'


texts = st.text(st.characters(codec="utf-8"))
values: Any = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex("[a-z_]+", fullmatch=True), values))
def test_what_is_written_is_read_again(keys: dict[str, Any]) -> None:
    assert tomllib.loads(project_toml({"table": keys})) == {"table": keys}
