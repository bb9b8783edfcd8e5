"""The judge: its digest, the digests of the cases, and judging a journal again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import labapp
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.domain.testcase import TestCase
from labapp.engine.journal import Record
from labapp.engine.rejudge import Catalogue, Rejudged, rejudge
from labapp.ocpp.json_text import json_text
from labapp.services.catalogue import case_as_json

#: The rooms whose code decides about a verdict.
JUDGE = ("domain", "ocpp", "engine", "cases")


@cache
def judge_digest() -> str:
    """SHA-256 over the code of the judge: relative path and content of every module, in the order of their paths."""
    root = Path(labapp.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for room in JUDGE for path in (root / room).rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def case_digest(case: TestCase) -> str:
    """SHA-256 of a case as it is listed."""
    return hashlib.sha256(json_text(case_as_json(case), sort_names=True).encode()).hexdigest()


@cache
def case_digests() -> Mapping[str, str]:
    """Digest of every case by its id."""
    return {identifier: case_digest(case) for identifier, case in CATALOGUE.items()}


def judge_again(records: Iterable[Record]) -> Rejudged:
    """Judge every attempt of a journal again with the cases of this version."""
    return rejudge(records, Catalogue(CATALOGUE.get, ready_state, case_digests()))
