"""The self-test in short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from labapp import __version__
from labapp.selftest.report import SelfTest
from labapp.selftest.summary import summary

BEGIN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def mutant(case: str, kind: str, killed: bool = True) -> dict[str, Any]:
    return {"id": f"{case}:{kind}:ROW#1", "case": case, "kind": kind, "killed": killed}


def test_each_case_has_its_runs_and_its_mutants_by_kind() -> None:
    test = SelfTest(
        conformant=[
            {"id": "TC_003_CS", "variant": "standard", "verdict": "PASS"},
            {"id": "TC_013_CS", "variant": "standard", "verdict": "PASS"},
            {"id": "TC_003_CS", "variant": "sockets", "verdict": "FAIL"},
        ],
        mutants=[
            mutant("TC_003_CS", "drop"),
            mutant("TC_003_CS", "drop", killed=False),
            mutant("TC_003_CS", "change"),
            mutant("TC_013_CS", "schema"),
        ],
        equivalent=[{"id": "TC_013_CS@fixed_cable:swap:ROW#1", "rule": "any order"}],
        not_applied=[mutant("TC_003_CS", "shift", killed=False)],
        defects=[],
    )
    assert summary(test, "d1", BEGIN, BEGIN + timedelta(seconds=61.6)) == {
        "judge": "d1",
        "version": __version__,
        "started": "2026-11-20T08:30:00Z",
        "seconds": 62,
        "cases": [
            {
                "id": "TC_003_CS",
                "conformant": {"standard": "PASS", "sockets": "FAIL"},
                "mutants": {"change": {"made": 1, "killed": 1}, "drop": {"made": 2, "killed": 1}},
                "not_applied": 1,
                "equivalent": 0,
            },
            {
                "id": "TC_013_CS",
                "conformant": {"standard": "PASS"},
                "mutants": {"schema": {"made": 1, "killed": 1}},
                "not_applied": 0,
                "equivalent": 1,
            },
        ],
    }
