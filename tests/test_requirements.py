"""The locked requirements are those of `pyproject.toml`, complete with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = [each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra]
ASKED = {
    "runtime": PROJECT["project"]["dependencies"],
    "gui": PROJECT["project"]["dependencies"] + EXTRAS,
    "build": PROJECT["dependency-groups"]["build"] + PROJECT["build-system"]["requires"],
    "dev": PROJECT["project"]["dependencies"]
    + EXTRAS
    + PROJECT["dependency-groups"]["dev"]
    + PROJECT["dependency-groups"]["build"],
}


def locked(name: str) -> dict[str, str]:
    """Package names and exact versions of one file. Raises: AssertionError where an entry lacks version or hash."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    versions: dict[str, str] = {}
    for entry in entries:
        pin = re.fullmatch(r"(\S+)==([^\s;]+)( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+", entry.rstrip())
        assert pin, f"not an exact version with hashes: {entry[:80]}"
        versions[canonicalize_name(pin[1])] = pin[2]
    return versions


@pytest.mark.parametrize("name", sorted(ASKED))
def test_every_requirement_is_locked_within_its_bounds(name: str) -> None:
    versions = locked(name)
    for requirement in map(Requirement, ASKED[name]):
        version = versions.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in requirements/{name}.txt: run make lock"
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}: run make lock"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_every_requirement_has_a_lower_and_an_upper_bound(name: str) -> None:
    for requirement in map(Requirement, ASKED[name]):
        operators = {bound.operator for bound in requirement.specifier}
        assert operators == {">=", "<"}, requirement


def test_the_development_set_includes_the_others_at_the_same_versions() -> None:
    assert (locked("gui") | locked("build")).items() >= locked("runtime").items()
    assert (locked("gui") | locked("build")).items() <= locked("dev").items()
