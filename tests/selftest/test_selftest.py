"""The whole self-test, case by case: every mutant, every setting, every defect, and the conformant runs over sockets."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.domain.errors import InputError
from labapp.selftest.defects import CENTRAL_SYSTEM, STATION
from labapp.selftest.report import join, part_of, table
from labapp.selftest.runner import fits, run_case
from labapp.selftest.settings import settings
from labapp.selftest.sockets import all_over_sockets
from labapp.services.rejudging import rejudge_path
from labapp.services.selftesting import self_test
from labapp.simulator.defects import CSMS_DEFECTS, STATION_DEFECTS
from tests.selftest.courses import states_of

CASES = [case.id for case in ALL if case.kind == "case"]


#: Defects that no table and no rule asks about: no case may hold them against a device.
HARMLESS = {
    "burst_on_reconnect",
    "constant_data_transfer",
    "floods",
    "local_time_timestamps",
    "microsecond_timestamps",
    "no_unavailable_before_reboot",
    "no_zone_timestamps",
    "preparing_after_reset",
    "requests_twice",
    "trigger_refused_before_boot",
    "wrong_transaction_id",
}


@cache
def broken_before(name: str) -> frozenset[str]:
    """The states of the cases ahead of one. Each is broken in the first case that uses it; `labapp selftest` breaks it in all."""
    ahead = (CATALOGUE[other] for other in CASES[: CASES.index(name)])
    return frozenset(state.id for case in ahead for state in states_of(case))


@pytest.mark.parametrize("name", CASES)
def test_every_mutant_and_every_defect_of_a_case_comes_to_what_it_must(name: str) -> None:
    test = join([part_of(run_case(CATALOGUE[name], spared=broken_before(name)))])
    assert test.broken == []
    assert [mutant["id"] for mutant in test.alive] == []
    assert [mutant["id"] for mutant in test.not_applied] == []
    assert [run for run in test.defects if not run["as_due"]] == []
    assert test.in_order
    assert table(test).splitlines()[-1].startswith(f"{len(test.mutants)} of {len(test.mutants)} mutants killed")
    identifiers = [mutant["id"] for mutant in test.mutants]
    assert identifiers
    assert len(set(identifiers)) == len(identifiers)


def test_a_case_is_run_in_every_setting_that_fits_it() -> None:
    fitting = {setting.name for setting in settings(CATALOGUE["TC_013_CS"]) if fits(CATALOGUE["TC_013_CS"], setting)}
    assert {
        "standard",
        "two_connectors",
        "three_connectors_one_evse",
        "fixed_cable",
        "slow_reboot",
        "mode12",
        "watts",
    } <= fitting


def test_every_conformant_run_passes_over_sockets() -> None:
    results = [result for _, result in all_over_sockets([CATALOGUE[name] for name in CASES])]
    assert [(result["id"], result["verdict"], result["reason"]) for result in results] == [
        (name, "PASS", "") for name in CASES
    ]


def test_every_defect_is_caught_by_a_case_or_known_to_be_harmless() -> None:
    caught = {defect for table in (STATION, CENTRAL_SYSTEM) for defect, cases in table.items() if cases}
    assert (STATION_DEFECTS.keys() | CSMS_DEFECTS.keys()) - caught == HARMLESS


def test_the_directory_holds_what_an_outsider_needs(tmp_path: Path) -> None:
    test = self_test(["TC_003_CSMS"], tmp_path / "out", sockets=False)
    folder = tmp_path / "out" / "TC_003_CSMS"
    written = json.loads((folder / "mutants.json").read_text("utf-8"))
    assert [entry["id"] for entry in written] == [mutant["id"] for mutant in test.mutants]
    changed = next(entry for entry in written if entry["kind"] == "change")
    assert changed["applied"]
    assert '"Accepted"' in changed["before"][0]
    assert changed["before"] != changed["after"]
    journal = [json.loads(line) for line in (folder / changed["journal"]).read_text("utf-8").splitlines()]
    assert changed["after"][0] in [record["content"].get("text") for record in journal]
    for name in ("conformant-standard.jsonl", changed["journal"]):
        again = rejudge_path(folder / name)
        assert again.same
        assert again.cases[-1]["id"] == "TC_003_CSMS"
    assert json.loads((tmp_path / "out" / "selftest.json").read_text("utf-8")) == json.loads(json.dumps(test.as_json()))
    with pytest.raises(InputError, match="holds something already"):
        self_test(["TC_003_CSMS"], tmp_path / "out", sockets=False)


def test_an_unknown_case_is_named() -> None:
    with pytest.raises(InputError, match="'TC_999_CS' is no case"):
        self_test(["TC_999_CS"])


def test_nothing_at_all_is_not_in_order() -> None:
    assert not join([]).in_order
