"""The whole self-test: every mutant of every case, every setting, every defect, and the conformant runs over sockets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.cases.catalogue import ALL
from labapp.domain.errors import InputError
from labapp.selftest.report import SelfTest, join, table
from labapp.selftest.sockets import OVER_SOCKETS
from labapp.services.rejudging import rejudge_path
from labapp.services.selftesting import self_test

CASES = [case.id for case in ALL if case.kind == "case"]


@pytest.fixture(scope="module")
def whole() -> SelfTest:
    return self_test()


def test_every_mutant_gets_the_verdict_of_the_rules(whole: SelfTest) -> None:
    assert table(whole).splitlines()[-1].startswith(f"{len(whole.mutants)} of {len(whole.mutants)} mutants killed")
    assert [mutant["id"] for mutant in whole.alive] == []
    assert [mutant["id"] for mutant in whole.not_applied] == []
    assert whole.in_order


def test_no_case_is_left_out(whole: SelfTest) -> None:
    assert {mutant["case"] for mutant in whole.mutants} == set(CASES)
    assert len(whole.mutants) > 2500
    identifiers = [mutant["id"] for mutant in whole.mutants]
    assert len(set(identifiers)) == len(identifiers)


def test_every_conformant_run_passes_in_every_setting_and_over_sockets(whole: SelfTest) -> None:
    assert whole.broken == []
    assert [run["id"] for run in whole.conformant if run["variant"].endswith(OVER_SOCKETS)] == CASES
    variants = {run["variant"] for run in whole.conformant if run["id"] == "TC_013_CS"}
    assert {
        "standard",
        "two_connectors",
        "three_connectors_one_evse",
        "fixed_cable",
        "slow_reboot",
        "mode12",
    } <= variants


def test_every_defect_comes_to_what_it_must(whole: SelfTest) -> None:
    assert [run for run in whole.defects if not run["as_due"]] == []
    caught = {run["defect"] for run in whole.defects if run["verdict"] != "PASS"}
    assert len(caught) > 20
    assert "constant_data_transfer" not in caught


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
