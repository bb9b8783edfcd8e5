"""The data folders are found in a checkout and in an installed wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labapp import __version__, locator
from labapp.domain.errors import EnvironmentFault
from labapp.locator import DATA_FOLDERS, data_path

ROOT = Path(__file__).resolve().parent.parent


def run(arguments: list[str], directory: Path, **environment: str) -> str:
    """Standard output of a Python command that must succeed."""
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def files_below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a wheel that was built from the checkout and installed outside it, both without a network."""
    wheels = tmp_path_factory.mktemp("wheels")
    target = tmp_path_factory.mktemp("installed")
    run(["-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(wheels), str(ROOT)], wheels)
    (wheel,) = wheels.glob("*.whl")
    run(["-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], wheels)
    return target


@pytest.mark.parametrize("name", DATA_FOLDERS)
def test_a_checkout_has_its_folders_beside_the_package(name: str) -> None:
    assert data_path(name) == ROOT / name


def test_the_installed_wheel_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert run(["-m", "labapp", "--version"], tmp_path, PYTHONPATH=str(installed)) == f"labapp {__version__}\n"


@pytest.mark.parametrize("name", DATA_FOLDERS)
def test_the_installed_wheel_has_every_data_file(installed: Path, tmp_path: Path, name: str) -> None:
    code = f"from labapp.locator import data_path; print(data_path({name!r}))"
    folder = Path(run(["-c", code], tmp_path, PYTHONPATH=str(installed)).strip())
    assert folder == installed / "labapp" / "_data" / name
    assert files_below(folder) == files_below(ROOT / name)


def test_an_unknown_folder_is_a_programming_error() -> None:
    with pytest.raises(
        ValueError, match=r"^no data folder 'recipes': labapp has resources, pics_templates, report_templates$"
    ):
        data_path("recipes")


def test_a_missing_folder_says_where_it_was_sought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locator, "_PACKAGE", tmp_path / "labapp")
    with pytest.raises(EnvironmentFault) as caught:
        data_path("resources")
    assert str(caught.value) == (
        f"{tmp_path}/labapp/_data/resources or {tmp_path}/resources: the data folder resources is missing"
        " - install labapp again, or complete the checkout"
    )
