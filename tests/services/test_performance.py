"""Single measurements from a journal that grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labapp.domain.errors import InputError
from labapp.engine.journal_file import read_journal
from labapp.engine.performance import measured as judge
from labapp.ocpp.timed import AUTHORIZE, REMOTE_START, RESPONSE, TRIGGERED
from labapp.services.performance import PerformanceReader, measuring_cases, parameters
from tests.services.measured_run import MeasuredRun


@pytest.fixture
def run(tmp_path: Path) -> Iterator[MeasuredRun]:
    run = MeasuredRun(tmp_path / "run")
    yield run
    run.journal.close()


def test_each_measurement_says_where_it_was_taken(run: MeasuredRun) -> None:
    run.attempt("000_RESET")
    run.call("ClearCache", 0.25)
    run.attempt("TC_013_CS", 2)
    run.call("RemoteStartTransaction", 0.5)
    run.told("StartTransaction", {"connectorId": 1}, 0.75)
    run.end()
    found = PerformanceReader(run.folder).read()
    assert {
        name: [(s.seconds, s.case, s.attempt, s.action, s.frame) for s in samples]
        for name, samples in found.samples.items()
    } == {
        TRIGGERED: [(0.75, "TC_013_CS", 2, "StartTransaction", 8)],
        RESPONSE: [
            (0.25, "000_RESET", 1, "ClearCache", 4),
            (0.5, "TC_013_CS", 2, "RemoteStartTransaction", 7),
        ],
        REMOTE_START: [(0.5, "TC_013_CS", 2, "RemoteStartTransaction", 7)],
    }
    assert (found.sut, found.ended, found.wait) == ("cs", True, 20.0)
    assert found.cases == ("TC_003_CS", "TC_013_CS")
    assert found.declared[RESPONSE] == 0.2


def test_the_figures_are_those_of_the_judge(run: MeasuredRun) -> None:
    run.attempt("TC_013_CS")
    for seconds in (0.5, 0.125, 0.25):
        run.call("RemoteStartTransaction", seconds)
    run.end()
    found = PerformanceReader(run.folder).read()
    rows = judge(read_journal(run.folder / "journal.jsonl"), "cs")
    assert {row["name"]: row["samples"] for row in rows} == {
        name: len(samples) for name, samples in found.samples.items() if samples
    }
    assert {row["name"]: row["value"] for row in rows} == {RESPONSE: 0.5, REMOTE_START: 0.25}


def test_what_is_added_later_is_read_on_from_there(run: MeasuredRun) -> None:
    reader = PerformanceReader(run.folder)
    assert reader.read().samples == {}
    run.attempt("TC_013_CS")
    run.call("GetConfiguration", 0.25)
    assert [sample.seconds for sample in reader.read().samples[RESPONSE]] == [0.25]
    path = run.folder / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"seq":')
    assert [sample.seconds for sample in reader.read().samples[RESPONSE]] == [0.25]
    path.write_bytes(whole)
    run.call("GetConfiguration", 0.5)
    run.end()
    found = reader.read()
    assert [sample.seconds for sample in found.samples[RESPONSE]] == [0.25, 0.5]
    assert found.ended


def test_a_directory_without_a_journal_or_with_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        PerformanceReader(tmp_path).read()
    assert str(refused.value) == f"{tmp_path}: holds no journal - choose the directory of a run"
    (tmp_path / "journal.jsonl").write_text("hello\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        PerformanceReader(tmp_path).read()
    assert str(refused.value).startswith(f"{tmp_path / 'journal.jsonl'}: a line is no record: ")


def test_the_cases_that_measure_a_parameter_come_from_their_tables() -> None:
    found = measuring_cases("cs", "1.6")
    assert tuple(found) == parameters("cs", "1.6") == (TRIGGERED, RESPONSE, REMOTE_START)
    assert "TC_003_CS" in found[TRIGGERED]
    assert "TC_003_CS" not in found[REMOTE_START]
    assert {"TC_070_CS", "TC_032_2_CS", "TC_037_1_CS", "TC_066_CS"} <= set(found[REMOTE_START])
    assert set(found[REMOTE_START]) <= set(found[RESPONSE])
    assert "TC_003_CSMS" in measuring_cases("csms", "1.6")[AUTHORIZE]


def test_another_version_has_its_own_parameters() -> None:
    found = measuring_cases("csms", "2.0.1")
    assert tuple(found) == (RESPONSE, AUTHORIZE)
    assert "TC_B_20_CSMS" in found[RESPONSE]
    assert "TC_B_22_CSMS" in found[AUTHORIZE]
    assert "TC_B_20_CSMS" not in found[AUTHORIZE]
