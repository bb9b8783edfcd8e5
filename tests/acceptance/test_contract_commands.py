"""Every command of the contract: machine output on standard output only, its members and types, its exit status."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.acceptance.bench_of_csms import TAG, Bench, write_project
from tests.acceptance.central_system import CentralSystem
from tests.acceptance.command import Operator, chain_of, labapp

KINDS = {"change", "drop", "swap", "insert", "duplicate", "shift", "callerror", "schema"}
MODES = {"mandatory", "optional", "conditional", "absent", "timing"}


async def test_version(tmp_path: Path) -> None:
    found = await labapp("version", "--json", cwd=tmp_path)
    assert (found.status, found.err) == (0, "")
    assert len(found.json["judge"]) == 64


async def test_the_listing_of_cases(tmp_path: Path) -> None:
    found = await labapp("cases", "--ocpp", "1.6", "--sut", "csms", "--json", cwd=tmp_path)
    assert (found.status, found.err) == (0, "")
    cases = {case["id"]: case for case in found.json}
    assert len(cases) == len(found.json)
    assert set(cases) >= {"TC_003_CSMS", "TC_012_CSMS", "TC_056_CSMS", "TC_085_CSMS", "Charging_CSMS", "Booted_CSMS"}
    ids: list[str] = []
    for case in cases.values():
        assert case["kind"] in ("case", "state", "utility")
        assert case["ocpp"] == "1.6"
        assert case["title"]
        assert case["source"]
        assert isinstance(case["prerequisites"], list)
        assert isinstance(case["before"], list)
        for row in case["validations"]:
            ids.append(row["id"])
            assert row["id"].startswith(
                f"{case['id']}/{row['step']}/{row['message']}/{row['occurrence']}/{row['field']}"
            )
            assert row["sender"] in ("sut", "tool")
            assert row["mode"] in MODES
            assert isinstance(row["expected"], str)
            assert isinstance(row["condition"], str)
    assert len(ids) == len(set(ids))


async def test_the_rows_of_a_2_0_1_case_on_the_side_of_the_sut(tmp_path: Path) -> None:
    found = await labapp("cases", "--ocpp", "2.0.1", "--json", cwd=tmp_path)
    (case,) = [case for case in found.json if case["id"] == "TC_B_22_CSMS"]
    judged = [row for row in case["validations"] if row["sender"] == "sut" and row["field"]]
    assert [(row["step"], row["message"], row["field"], row["expected"]) for row in judged] == [
        (1, "ResetRequest", "type", "Immediate"),
        (6, "BootNotificationResponse", "status", "Accepted"),
    ]


async def test_the_keys_of_projects_and_declarations(tmp_path: Path) -> None:
    project, pics = await asyncio.gather(
        labapp("project", "keys", "--json", cwd=tmp_path), labapp("pics", "keys", "--json", cwd=tmp_path)
    )
    assert (project.status, project.err, pics.status, pics.err) == (0, "", 0, "")
    keys = {f"{row['table']}.{row['key']}": row for row in project.json}
    assert {"project.sut", "connection.password", "values.valid_id_tag", "timeouts.reboot", "run.reset"} <= set(keys)
    assert keys["timeouts.reboot"]["unit"] == "seconds"
    assert keys["run.reset"]["default"] == "ocpp"
    questions = {row["key"]: row for row in pics.json}
    assert {"general.fixed_cable", "profiles.reservation", "limits.get_configuration_max_keys"} <= set(questions)
    assert questions["general.fixed_cable"]["choices"] == ["Yes", "No"]


async def test_a_new_form_is_checked_fault_by_fault(tmp_path: Path) -> None:
    made = await labapp("pics", "new", "--sut", "csms", "form.xlsx", cwd=tmp_path)
    assert (made.status, made.out) == (0, "")
    checked = await labapp("pics", "check", "form.xlsx", "--json", cwd=tmp_path)
    assert checked.status == 2
    assert "Traceback" not in checked.err
    assert "profiles.core" in checked.out + checked.err


async def test_the_self_test_of_a_case(tmp_path: Path) -> None:
    found = await labapp("selftest", "--case", "TC_003_CS", "--json", cwd=tmp_path)
    assert found.status == 0, found.err
    report = found.json
    assert report["not_applied"] == []
    assert {(run["id"], run["verdict"]) for run in report["conformant"]} == {("TC_003_CS", "PASS")}
    assert all(run["variant"] for run in report["conformant"])
    for mutant in report["mutants"]:
        assert set(mutant) >= {"id", "case", "kind", "validation", "expected_verdict", "verdict", "at_step", "killed"}
        assert mutant["kind"] in KINDS
        assert mutant["killed"] is True
        assert mutant["verdict"] == mutant["expected_verdict"], mutant
    assert {mutant["kind"] for mutant in report["mutants"]} >= {"change", "drop", "schema"}
    assert all(row["id"] and row["rule"] for row in report["equivalent"])


@pytest.mark.parametrize("device", ["station", "csms", "modem"])
async def test_a_simulator_lists_its_defects(tmp_path: Path, device: str) -> None:
    found = await labapp("simulate", device, "--list-defects", cwd=tmp_path)
    assert (found.status, found.err) == (0, "")
    assert len(found.out.splitlines()) >= 3


async def test_a_simulated_central_system_is_judged(tmp_path: Path) -> None:
    """Its ready line, an action done, one that is impossible, a malformed line, and a run against it."""
    simulator = await Operator.start(
        "simulate", "csms", "--listen", "127.0.0.1:0", "--tag", f"{TAG}=Accepted", cwd=tmp_path
    )
    try:
        ready = await simulator.wait("ready")
        assert simulator.messages[0] is ready
        await simulator.say(id="a", action="csms_request", args={"message": "ClearCache", "fields": {}})
        assert (await simulator.wait("impossible", id="a"))["reason"]
        await simulator.say(id="b", action="dance", args={})
        assert (await simulator.wait("impossible", id="b"))["reason"]
        await simulator.write("{")
        await simulator.wait("error")
        system = CentralSystem()
        system.port = int(str(ready.get("url") or ready["listen"]).rstrip("/").rpartition(":")[2].split("/")[0])
        project = write_project(tmp_path, system, connection={"url": f'"ws://127.0.0.1:{system.port}"'})
        words = ("run", project, "--case", "TC_012_CSMS", "--operator", "jsonl", "--out", "run")
        operator = await Operator.start(*words, cwd=tmp_path)
        prompt = await operator.wait("prompt")
        await simulator.say(id="c", action=prompt["action"], args=prompt["args"])
        await simulator.wait("done", id="c")
        assert await operator.end() == 0
        simulator.end_of_input()
        assert await simulator.end() == 0
    finally:
        await simulator.kill()


async def test_a_simulated_modem_is_measured(tmp_path: Path) -> None:
    modem = await Operator.start("simulate", "modem", cwd=tmp_path)
    try:
        port = (await modem.wait("ready"))["port"]
        found = await labapp("measure", "--modem", f"serial:{port}", "--json", cwd=tmp_path)
        assert found.status == 0, found.err
        assert isinstance(found.json, dict)
    finally:
        await modem.kill()


async def test_the_far_end_says_where_it_listens(tmp_path: Path) -> None:
    far_end = await Operator.start("measure", "serve", "--listen", "127.0.0.1:0", cwd=tmp_path)
    try:
        listen = (await far_end.wait("ready"))["listen"]
        words = ("--probes", "3", "--seconds", "0.2", "--json")
        found = await labapp("measure", "--far-end", f"ws://{listen}", *words, cwd=tmp_path)
        if found.status == 2:
            found = await labapp("measure", "--far-end", f"http://{listen}", *words, cwd=tmp_path)
        assert found.status == 0, found.err
        assert isinstance(found.json, dict)
    finally:
        await far_end.kill()


async def test_from_a_fail_to_a_signed_and_verified_bundle(tmp_path: Path) -> None:
    """run, rejudge, amend, run --resume, report, sign, verify; the statuses change with the standing attempt."""
    system = CentralSystem()
    async with system.open():
        right = system.answers["Authorize"]
        system.answers["Authorize"] = lambda _: {"idTagInfo": {"status": "Invalid"}}
        bench = Bench(tmp_path, system)
        assert (await bench.run("TC_003_CSMS"))["status"] == 1
        system.answers["Authorize"] = right
        cause = ("--cause", "lab", "--reason", "the card was not registered")
        refused = await labapp("amend", "run", "--case", "TC_012_CSMS", *cause, cwd=tmp_path)
        refused.refused(2, "TC_012_CSMS")
        amended = await labapp("amend", "run", "--case", "TC_003_CSMS", *cause, cwd=tmp_path)
        assert (amended.status, amended.out) == (0, ""), amended.err
        again = await labapp("run", "--resume", "run", "--operator", "jsonl", "--json", "result.json", cwd=tmp_path)
        assert again.status == 0, again.err
    rows = json.loads((tmp_path / "result.json").read_text())["cases"]
    assert [(row["attempt"], row["verdict"]) for row in rows] == [(1, "FAIL"), (2, "PASS")]
    assert chain_of(tmp_path / "run" / "journal.jsonl")
    judged = await labapp("rejudge", "run", "--json", cwd=tmp_path)
    assert (judged.status, judged.json["same"]) == (0, True)
    reported = await labapp("report", "run", "--json", cwd=tmp_path)
    assert reported.status == 0, reported.err
    signed = await labapp("sign", "run", "--role", "tested", cwd=tmp_path)
    assert (signed.status, signed.out) == (0, ""), signed.err
    bundle = tmp_path / reported.json["bundle"]
    verified, from_bundle = await asyncio.gather(
        labapp("verify", bundle, "--json", cwd=tmp_path), labapp("rejudge", bundle, "--json", cwd=tmp_path)
    )
    assert verified.status == 0, verified.out
    found = verified.json
    assert (found["intact"], found["trusted"]) == (True, False)
    assert isinstance(found["signer"], str)
    assert isinstance(found["demonstration"], bool)
    assert all(
        isinstance(check["name"], str) and check["ok"] is True and "detail" in check for check in found["checks"]
    )
    assert (from_bundle.status, from_bundle.json["same"]) == (0, True)

    whole = bundle.read_bytes()
    (tmp_path / "cut.labevidence").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "changed.labevidence").write_bytes(whole.replace(b'"PASS"', b'"FAIL"', 1))
    cut, changed = await asyncio.gather(
        labapp("verify", "cut.labevidence", "--json", cwd=tmp_path),
        labapp("verify", "changed.labevidence", "--json", cwd=tmp_path),
    )
    cut.refused(2, "cut.labevidence")
    assert (changed.status, changed.json["intact"]) == (1, False)
