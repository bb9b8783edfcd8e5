"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pathspec
import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 450

#: What no file of the project may contain, each with the reason; this file is the one exception.
FOREIGN = {
    r"(?<![\w.])/(work|root|home|tmp|opt)/": "a path of one machine",
    r"pypi\.org|pythonhosted|deb\.debian\.org": "a host of a package registry",
    r"uv\.lock": "a lock file that names registry hosts",
    r"--(extra-)?index-url|--find-links": "a place that packages come from",
    r"\b(TODO|FIXME)\b": "unfinished work",
    r"pytest\.(mark\.)?(skip|skipif|xfail)\b": "a test that does not judge",
}


def project_files() -> list[Path]:
    """Every file of the project: what `.gitignore` does not exclude, whether or not it is a git checkout."""
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = pathspec.GitIgnoreSpec.from_lines([*rules, ".git"])
    return [ROOT / name for name in sorted(ignored.match_tree_files(ROOT, negate=True))]


def text_of(file: Path) -> str | None:
    """The text of a file; None when it is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def foreign_words(text: str) -> list[str]:
    """What of FOREIGN stands in a text, with its line number and the reason."""
    return [
        f"{number}: {found.group()!r} is {reason}"
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern, reason in FOREIGN.items()
        if (found := re.search(pattern, line))
    ]


FILES = project_files()
MODULES = [file for file in FILES if file.suffix == ".py" and file.is_relative_to(ROOT / "labapp")]


def test_the_files_of_the_project_are_found() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in FILES}
    assert {"pyproject.toml", "labapp/__main__.py", "tests/test_house.py", ".ci/run", "LICENSE"} <= names
    assert not [name for name in names if name.startswith((".git/", ".venv/")) or "__pycache__" in name]


def test_no_file_speaks_of_a_machine_or_of_unfinished_work() -> None:
    faults = [
        f"{file.relative_to(ROOT)}:{fault}"
        for file in FILES
        if file != Path(__file__).resolve() and (text := text_of(file)) is not None
        for fault in foreign_words(text)
    ]
    assert faults == []


@pytest.mark.parametrize(
    "line",
    [
        "see /work/x",
        "open('/tmp/x')",
        "https://pypi.org/simple",
        "uv.lock",
        "--index-url x",
        "# TODO x",
        "@pytest.mark.skip",
    ],
)
def test_foreign_words_are_noticed(line: str) -> None:
    assert len(foreign_words(f"first\n{line}")) == 1


@pytest.mark.parametrize("line", ["resources/home/x", "https://example.com/work/x", "pytest.skipped", "TODOS"])
def test_harmless_words_are_left_alone(line: str) -> None:
    assert foreign_words(line) == []


def test_no_lock_file_of_a_registry_is_kept() -> None:
    assert [file for file in FILES if file.name == "uv.lock"] == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert [str(file.relative_to(ROOT)) for file in FILES if file.name in drawers] == []


def test_every_module_can_be_read_in_one_sitting() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in MODULES}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [file for file in MODULES if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))]
    assert [str(file.relative_to(ROOT)) for file in silent] == []
