"""The import law of `pyproject.toml` holds, and it notices when a room breaks it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "labapp"
DOMAIN = sorted((PACKAGE / "domain").rglob("*.py"))

#: The session class of the `ocpp` package hides malformed frames: only the simulator, which plays the other side, may use it.
SESSION_MODULES = ("ocpp.charge_point", "ocpp.routing", "ocpp.v16.ChargePoint", "ocpp.v201.ChargePoint")

#: What touches the machine without an import of its own. Paths may be named in the domain, as values; nothing may follow them.
TOUCHING = {
    "open",
    "print",
    "input",
    "stat",
    "exists",
    "is_file",
    "is_dir",
    "iterdir",
    "glob",
    "rglob",
    "mkdir",
    "unlink",
}
TOUCHING |= {
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "resolve",
    "expanduser",
    "absolute",
    "cwd",
    "home",
    "now",
}


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """Judge the package in `directory` by the contracts of its `pyproject.toml`."""
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as law; sys.exit(law())",
    ]
    return subprocess.run([*command, "--no-cache"], cwd=directory, capture_output=True, text=True, check=False)


def imports(file: Path) -> set[str]:
    """Every name that a module imports, the members of `from` imports included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_contract_is_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout
    assert ", 0 broken." in result.stdout


@pytest.mark.parametrize(
    ("room", "statement", "contract"),
    [
        ("links", "import labapp.services", "A room imports only rooms to its right"),
        ("links", "import labapp.reports", "A room imports only rooms to its right"),
        ("domain", "import labapp.locator", "A room imports only rooms to its right"),
        ("engine", "import labapp.cases", "The engine knows no cases"),
        (
            "simulator",
            "import labapp.cases",
            "The simulator knows no cases, so that a misread table cannot prove itself",
        ),
        ("domain", "import socket", "The domain does no input or output and never waits"),
        ("cases", "import asyncio", "Cases and ocpp never wait"),
        ("engine", "import websockets", "The engine and the rooms to its right open no sockets"),
        ("services", "import PySide6.QtCore", "Only the window imports Qt"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(tmp_path: Path, room: str, statement: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "labapp", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "labapp" / room / "intruder.py").write_text(f'"""Breaks the law."""\n\n{statement}\n', encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout
    assert f"labapp.{room}.intruder" in result.stdout


def test_an_unknown_room_breaks_the_law(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "labapp", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "labapp" / "annexe.py").write_text('"""A room that no contract names."""\n', encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "annexe" in result.stdout


@pytest.mark.parametrize("file", DOMAIN, ids=lambda file: file.name)
def test_the_domain_imports_the_standard_library_only(file: Path) -> None:
    names = imports(file)
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"labapp"}
    assert "urllib.request" not in names, "the law allows urllib for urllib.parse, which opens nothing"


@pytest.mark.parametrize("file", DOMAIN, ids=lambda file: file.name)
def test_the_domain_touches_no_file_and_no_clock(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    called = [ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert TOUCHING & set(called) == set()


def test_only_the_simulator_uses_the_session_class_of_the_ocpp_package() -> None:
    offenders = {
        str(file.relative_to(ROOT))
        for file in PACKAGE.rglob("*.py")
        if file.relative_to(PACKAGE).parts[0] != "simulator"
        and any(name.startswith(SESSION_MODULES) for name in imports(file))
    }
    assert offenders == set()
