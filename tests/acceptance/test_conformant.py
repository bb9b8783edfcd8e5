"""A conformant charging station passes, the evidence is accepted, and judging it again gives the same."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.acceptance.bench import labapp, run
from tests.acceptance.station import Station

PLAIN = [
    ("TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_019_CS"),
    ("TC_023_4_CS", "TC_032_2_CS", "TC_037_1_CS"),
    ("TC_061_1_CS", "TC_066_CS", "TC_070_CS"),
]


def stations(kind: str) -> list[tuple[str, Station, tuple[str, ...]]]:
    """Conformant stations, plain or of several other kinds, each with cases in which the kind matters."""
    if kind == "plain":
        return [(f"plain-{cases[0]}", Station(), cases) for cases in PLAIN]
    return [
        ("two connectors", Station(connectors=2), ("TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_032_2_CS")),
        ("read-only", Station(authorizes_remote="R"), ("TC_032_2_CS", "TC_066_CS", "TC_070_CS")),
        ("asks nobody", Station(authorizes_remote="no"), ("TC_013_CS", "TC_019_CS", "TC_037_1_CS")),
        ("slow statuses", Station(minimum_status_duration=True), ("TC_023_4_CS",)),
    ]


@pytest.mark.parametrize("kind", ["plain", "other"])
async def test_a_conformant_station_passes(kind: str, tmp_path: Path) -> None:
    # Each waits most of its time, as the cases prescribe: they wait together.
    chosen = stations(kind)
    ended = await asyncio.gather(*(passes(tmp_path / each[0], *each[1:]) for each in chosen), return_exceptions=True)
    faults = [f"{each[0]}: {type(fault).__name__}: {fault}" for each, fault in zip(chosen, ended, strict=True) if fault]
    assert not faults, "\n\n".join(faults)


async def passes(folder: Path, station: Station, cases: tuple[str, ...]) -> None:
    slow = station.minimum_status_duration
    outcome = await run(folder, station, *cases, message=15 if slow else 3)
    verdicts = {case["id"]: (case["verdict"], case["findings"], case["reviews"]) for case in outcome.result["cases"]}
    assert verdicts == dict.fromkeys(cases, ("PASS", [], [])), outcome.log
    assert outcome.status == 0, outcome.errors
    assert outcome.told[-1]["cases"] == outcome.result["cases"]
    assert not [each for each in outcome.told if each["type"] == "error"]

    (bundle,) = (folder / "out").glob("*.labevidence")
    status, text = await labapp("verify", bundle, "--json")
    verified = json.loads(text)
    assert (status, verified["intact"], [each for each in verified["checks"] if not each["ok"]]) == (0, True, [])
    status, text = await labapp("rejudge", bundle, "--json")
    again = json.loads(text)
    assert (status, again["same"], again["differences"]) == (0, True, [])
    assert again["cases"] == outcome.result["cases"]
