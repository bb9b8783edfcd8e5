"""A conformant charging station passes, the evidence is accepted, and judging it again gives the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.bench import labapp, run
from tests.acceptance.station import Station

GROUPS = [
    ("TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_019_CS"),
    ("TC_023_4_CS", "TC_032_2_CS", "TC_037_1_CS"),
    ("TC_061_1_CS", "TC_066_CS", "TC_070_CS"),
]


def stations() -> list[tuple[str, Station, tuple[str, ...]]]:
    """Conformant stations of several kinds, each with cases in which the kind matters."""
    return [
        *((f"plain-{cases[0]}", Station(), cases) for cases in GROUPS),
        ("two connectors", Station(connectors=2), ("TC_001_CS", "TC_003_CS", "TC_013_CS", "TC_032_2_CS")),
        ("read-only", Station(authorizes_remote="R"), ("TC_032_2_CS", "TC_066_CS", "TC_070_CS")),
        ("asks nobody", Station(authorizes_remote="no"), ("TC_013_CS", "TC_019_CS", "TC_037_1_CS")),
        ("slow statuses", Station(minimum_status_duration=True), ("TC_023_4_CS",)),
    ]


@pytest.mark.parametrize(("station", "cases"), [pytest.param(*each[1:], id=each[0]) for each in stations()])
async def test_a_conformant_station_passes(station: Station, cases: tuple[str, ...], tmp_path: Path) -> None:
    slow = station.minimum_status_duration
    outcome = await run(tmp_path, station, *cases, message=15 if slow else 3)
    verdicts = {case["id"]: (case["verdict"], case["findings"], case["reviews"]) for case in outcome.result["cases"]}
    assert verdicts == dict.fromkeys(cases, ("PASS", [], [])), outcome.log
    assert outcome.status == 0, outcome.errors
    assert outcome.told[-1]["cases"] == outcome.result["cases"]
    assert not [each for each in outcome.told if each["type"] == "error"]

    (bundle,) = (tmp_path / "out").glob("*.labevidence")
    status, text = await labapp("verify", bundle, "--json")
    verified = json.loads(text)
    assert (status, verified["intact"], [each for each in verified["checks"] if not each["ok"]]) == (0, True, [])
    status, text = await labapp("rejudge", bundle, "--json")
    again = json.loads(text)
    assert (status, again["same"], again["differences"]) == (0, True, [])
    assert again["cases"] == outcome.result["cases"]
