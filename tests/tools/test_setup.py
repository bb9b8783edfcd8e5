"""On a machine that lacks something, the set-up scripts say exactly what, and change nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A PATH of a plain user: the tools that every Debian has, no Python, no installed packages."""
    for tool in ("sh", "cat", "dirname", "grep", "sha256sum"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    for tool, answer in {"id": "echo 1000", "dpkg-query": "exit 1"}.items():
        script = tmp_path / tool
        script.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        script.chmod(0o755)
    return tmp_path


def run(script: Path, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script), *arguments], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def test_a_plain_user_is_told_the_exact_line(bare_machine: Path) -> None:
    result = run(ROOT / "tools" / "install_packages.sh", "make", "xvfb", path=bare_machine)
    assert result.returncode == 3
    assert result.stderr == (
        "labapp: system packages are missing - run this as root, then try again:\n\n    apt-get install make xvfb\n\n"
    )


def test_nothing_is_said_when_nothing_is_missing(bare_machine: Path) -> None:
    (bare_machine / "dpkg-query").write_text("#!/bin/sh\necho installed\n", encoding="utf-8")
    result = run(ROOT / "tools" / "install_packages.sh", "make", path=bare_machine)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_machine_without_python_is_told_what_to_install(
    bare_machine: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    checkout = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "tools", checkout / "tools")
    result = run(checkout / "tools" / "setup_venv.sh", "runtime", path=bare_machine)
    assert result.returncode == 3
    assert "    apt-get install python3.11-venv\n" in result.stderr
    assert not (checkout / ".venv").exists()


def test_an_unknown_set_is_refused(bare_machine: Path) -> None:
    result = run(ROOT / "tools" / "setup_venv.sh", "everything", path=bare_machine)
    assert result.returncode == 2
    assert result.stderr.endswith("setup_venv.sh runtime|gui|dev\n")
