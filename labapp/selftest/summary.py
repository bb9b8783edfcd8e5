"""The self-test in short, case by case, as reports of this judge's verdicts carry it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from labapp import __version__
from labapp.domain.stamps import utc_text
from labapp.selftest.report import KINDS, SelfTest


def summary(test: SelfTest, judge: str, started: datetime, ended: datetime) -> dict[str, Any]:
    """The summary as JSON values. judge: its digest; started, ended: aware, by the wall clock.

    `judge`, `version` of labapp, `started` (UTC), `seconds`, and `cases`: `id`, `conformant` (verdict by variant), `mutants` (`made` and
    `killed` by kind), and how many are `not_applied` and `equivalent`.
    """
    made = Counter((mutant["case"], mutant["kind"]) for mutant in test.mutants)
    alive = Counter((mutant["case"], mutant["kind"]) for mutant in test.alive)
    not_applied = Counter(mutant["case"] for mutant in test.not_applied)
    equivalent = Counter(_case_of(entry["id"]) for entry in test.equivalent)
    return {
        "judge": judge,
        "version": __version__,
        "started": utc_text(started.astimezone(UTC), milliseconds=False),
        "seconds": round((ended - started).total_seconds()),
        "cases": [
            {
                "id": case,
                "conformant": verdicts,
                "mutants": {
                    kind: {"made": made[case, kind], "killed": made[case, kind] - alive[case, kind]}
                    for kind in KINDS
                    if made[case, kind]
                },
                "not_applied": not_applied[case],
                "equivalent": equivalent[case],
            }
            for case, verdicts in _conformant(test.conformant).items()
        ],
    }


def _conformant(runs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The verdicts by case and variant."""
    verdicts: dict[str, dict[str, str]] = {}
    for run in runs:
        verdicts.setdefault(run["id"], {})[run["variant"]] = run["verdict"]
    return verdicts


def _case_of(mutant: str) -> str:
    """The case of a mutant's id, CASE[@SETTING]:KIND:ROW#NUMBER."""
    return mutant.split(":", 1)[0].split("@", 1)[0]
