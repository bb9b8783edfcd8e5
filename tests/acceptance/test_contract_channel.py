"""The operator channel over `--operator jsonl`, a bench that is killed, and operators who attach."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.bench_of_csms import PASSWORD, write_project
from tests.acceptance.central_system import CentralSystem
from tests.acceptance.command import Operator, chain_of, labapp

ACTIONS = {
    "plug_in",
    "plug_in_halfway",
    "unplug",
    "unplug_ev_side",
    "present_id",
    "power_cycle",
    "power_off",
    "power_on",
    "cut_network",
    "restore_network",
    "set_fault",
    "clear_fault",
    "set_connector_lock_failure",
    "start_button",
    "stop_button",
    "ev_suspend",
    "fail_local_list",
    "csms_request",
    "inspect",
}

VALIDATION_STATES = ("passed", "failed", "not_exercised")


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    system = CentralSystem()
    async with system.open():
        yield system


@pytest.fixture
async def operators() -> AsyncIterator[list[Operator]]:
    """Operators to be ended after the test."""
    made: list[Operator] = []
    yield made
    for operator in made:
        await operator.kill()


@pytest.fixture
async def benches(tmp_path: Path) -> AsyncIterator[None]:
    """Ends every bench that the test leaves behind."""
    yield
    file = tmp_path / "run" / "bench.json"
    if file.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(json.loads(file.read_text())["pid"], signal.SIGKILL)


async def start(operators: list[Operator], folder: Path, *args: str | Path) -> Operator:
    operator = await Operator.start(*args, cwd=folder, ACC_PASSWORD=PASSWORD)
    operators.append(operator)
    return operator


async def begin(operators: list[Operator], folder: Path, system: CentralSystem, *cases: str) -> Operator:
    project = write_project(folder, system)
    words = [word for case in cases for word in ("--case", case)]
    return await start(
        operators, folder, "run", project, *words, "--operator", "jsonl", "--out", "run", "--json", "result.json"
    )


async def stop_charging(system: CentralSystem) -> None:
    await system.request("RemoteStopTransaction", {"transactionId": system.transaction})


def well_formed(row: dict[str, Any]) -> None:
    """A row of `run --json` as section 9 of the design writes it."""
    assert isinstance(row["id"], str)
    assert isinstance(row["attempt"], int)
    assert row["verdict"] in ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE", "NOT_RUN")
    assert row["tool_result"] in ("PASS", "FAIL", "NONE")
    assert row["review_result"] in ("ACCEPTED", "REJECTED", "RETEST", "NONE")
    assert isinstance(row["reason_code"], str)
    assert isinstance(row["expected"], bool)
    assert isinstance(row["started"], str)
    assert isinstance(row["ended"], str)
    for validation in row["validations"]:
        assert set(validation) >= {"id", "status"}
        assert validation["status"] in VALIDATION_STATES or validation["status"].startswith("waived: ")
    for finding in row["findings"]:
        assert set(finding) >= {"step", "message", "field", "expected", "received", "clause", "text", "frame"}
    assert isinstance(row["observations"], list)
    assert isinstance(row["reviews"], list)


async def test_a_run_from_hello_to_summary(system: CentralSystem, operators: list[Operator], tmp_path: Path) -> None:
    operator = await begin(operators, tmp_path, system, "TC_012_CSMS")
    hello = await operator.wait("hello")
    assert operator.messages[0] is hello
    assert hello["protocol"] == 1
    assert isinstance(hello["tool"], str)
    assert {action["name"] for action in hello["actions"]} >= ACTIONS
    await operator.say(type="hello", frames=True)
    ready = await operator.wait("ready")
    assert ready["url"].startswith(system.url)
    assert ready["identity"] == "CP-ACC"

    prompt = await operator.wait("prompt")
    assert (prompt["kind"], prompt["action"]) == ("action", "csms_request")
    assert prompt["args"]["message"] == "RemoteStopTransaction"
    assert isinstance(prompt["text"], str)
    await operator.write("this is no JSON")
    await operator.wait("error")
    await operator.write('{"type": "dance"}')
    await operator.wait("error", count=2)
    await operator.write("[1, 2]")
    await operator.wait("error", count=3)
    await operator.say(type="answer", id="no-such-prompt", outcome="done")
    await operator.wait("error", count=4)
    await operator.answer(prompt, "perhaps")
    await operator.wait("error", count=5)
    await operator.command("extend")
    await operator.command("pause")
    await operator.command("resume")
    await stop_charging(system)
    closed = await operator.wait("prompt_closed", id=prompt["id"])
    assert closed["by"] == "wire"
    await operator.answer(prompt, "done")
    assert await operator.end() == 0

    assert all(isinstance(message["run"], str) for message in operator.messages)
    assert len({message["run"] for message in operator.messages}) == 1
    cases = [(m["event"], m["id"], m["attempt"], m["verdict"]) for m in operator.all("case")]
    assert cases == [("started", "TC_012_CSMS", 1, ""), ("ended", "TC_012_CSMS", 1, "PASS")]
    assert {message["event"] for message in operator.all("link")} == {"up", "down"}
    assert operator.all("step")
    frames = operator.all("frame")
    assert {frame["dir"] for frame in frames} == {"in", "out"}
    assert all(isinstance(frame["seq"], int) and json.loads(frame["text"]) for frame in frames)
    summary = operator.messages[-1]
    assert summary["type"] == "summary"
    result = json.loads((tmp_path / "result.json").read_text())
    assert result == {name: value for name, value in summary.items() if name in result}
    assert result["cases"] == summary["cases"]
    (row,) = result["cases"]
    well_formed(row)
    sent = {frame["seq"] for frame in frames}
    journal = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").read_text().splitlines()]
    assert sent <= {line["seq"] for line in journal}


async def test_without_a_hello_there_are_no_frames_and_done_closes_a_prompt(
    system: CentralSystem, operators: list[Operator], tmp_path: Path
) -> None:
    operator = await begin(operators, tmp_path, system, "TC_012_CSMS")
    prompt = await operator.wait("prompt")
    await operator.answer(prompt, "done")
    assert (await operator.wait("prompt_closed", id=prompt["id"]))["by"] == "operator"
    assert await operator.end() == 1
    assert operator.all("frame") == []
    (row,) = operator.messages[-1]["cases"]
    well_formed(row)
    assert (row["verdict"], row["reason_code"]) == ("FAIL", "missing")


async def test_the_end_of_standard_input_makes_prompts_impossible(
    system: CentralSystem, operators: list[Operator], tmp_path: Path
) -> None:
    operator = await begin(operators, tmp_path, system, "TC_012_CSMS", "TC_056_CSMS", "TC_003_CSMS")
    await operator.wait("prompt")
    operator.end_of_input()
    assert await operator.end() == 1
    verdicts = [(row["id"], row["verdict"], row["reason_code"]) for row in operator.messages[-1]["cases"]]
    assert sorted(verdicts) == [
        ("TC_003_CSMS", "PASS", ""),
        ("TC_012_CSMS", "INCONCLUSIVE", "operator"),
        ("TC_056_CSMS", "INCONCLUSIVE", "operator"),
    ]


async def test_skip_repeat_abort_and_stop(system: CentralSystem, operators: list[Operator], tmp_path: Path) -> None:
    """skip: NOT_RUN; repeat: an aborted attempt and a new one; abort: aborted; stop: what is left is NOT_RUN."""
    operator = await begin(operators, tmp_path, system, "TC_056_CSMS", "TC_012_CSMS")
    prompt = await operator.wait("prompt")
    first = operator.all("case")[-1]["id"]
    await operator.command("repeat")
    again = await operator.wait("prompt", count=2)
    assert again["id"] != prompt["id"]
    assert operator.all("case", event="started")[-1]["attempt"] == 2
    await operator.command("skip")
    await operator.wait("case", event="started", count=3)
    await operator.wait("prompt", count=3)
    await operator.command("abort")
    assert await operator.end() == 1
    rows = operator.messages[-1]["cases"]
    mine = [(row["verdict"], row["reason_code"]) for row in rows if row["id"] == first]
    assert mine[0] == ("INCONCLUSIVE", "aborted")
    assert mine[1][0] == "NOT_RUN"
    other = next(row for row in rows if row["id"] != first)
    assert (other["verdict"], other["reason_code"]) == ("INCONCLUSIVE", "aborted")


@pytest.mark.usefixtures("benches")
async def test_two_operators_of_a_detached_bench(
    system: CentralSystem, operators: list[Operator], tmp_path: Path
) -> None:
    """The first valid answer wins, and both see the prompt closed."""
    project = write_project(tmp_path, system)
    started = await labapp(
        "run", project, "--case", "TC_012_CSMS", "--out", "run", "--detach", cwd=tmp_path, ACC_PASSWORD=PASSWORD
    )
    assert started.status == 0, started.err
    assert oct((tmp_path / "run" / "bench.json").stat().st_mode & 0o777) == "0o600"
    one = await start(operators, tmp_path, "attach", "run", "--operator", "jsonl")
    two = await start(operators, tmp_path, "attach", "run", "--operator", "jsonl")
    prompt = await one.wait("prompt")
    assert (await two.wait("prompt"))["id"] == prompt["id"]
    await two.answer(prompt, "impossible", reason="nobody has the key")
    assert (await one.wait("prompt_closed", id=prompt["id"]))["by"] == "operator"
    assert (await two.wait("prompt_closed", id=prompt["id"]))["by"] == "operator"
    await one.answer(prompt, "done")
    await one.wait("case", event="ended")
    stopped = await labapp("stop", "run", cwd=tmp_path)
    assert stopped.status == 0, stopped.err
    assert (await one.end(), await two.end()) == (1, 1)
    assert one.messages[-1] == two.messages[-1]
    (row,) = one.messages[-1]["cases"]
    assert (row["verdict"], row["reason_code"]) == ("INCONCLUSIVE", "operator")
    (await labapp("attach", "run", cwd=tmp_path)).refused(3, "run", "no bench", "labapp run --resume")


@pytest.mark.usefixtures("benches")
async def test_a_bench_killed_in_mid_case_is_resumed(
    system: CentralSystem, operators: list[Operator], tmp_path: Path
) -> None:
    operator = await begin(operators, tmp_path, system, "TC_003_CSMS", "TC_012_CSMS")
    await operator.wait("prompt")
    os.kill(json.loads((tmp_path / "run" / "bench.json").read_text())["pid"], signal.SIGKILL)
    assert await operator.end() == 3
    assert "Traceback" not in operator.err
    before = (tmp_path / "run" / "journal.jsonl").read_bytes()

    resumed = await start(operators, tmp_path, "run", "--resume", "run", "--operator", "jsonl", "--json", "again.json")
    await resumed.wait("prompt")
    await stop_charging(system)
    assert await resumed.end() == 0
    assert (tmp_path / "run" / "journal.jsonl").read_bytes().startswith(before.rpartition(b"\n")[0])
    assert chain_of(tmp_path / "run" / "journal.jsonl")
    rows = [(row["id"], row["attempt"], row["verdict"], row["reason_code"]) for row in resumed.messages[-1]["cases"]]
    assert rows == [
        ("TC_003_CSMS", 1, "PASS", ""),
        ("TC_012_CSMS", 1, "INCONCLUSIVE", "aborted"),
        ("TC_012_CSMS", 2, "PASS", ""),
    ]
    judged = await labapp("rejudge", "run", "--json", cwd=tmp_path)
    assert (judged.status, judged.json["same"], judged.json["differences"]) == (0, True, [])
    again = [(row["id"], row["attempt"], row["verdict"]) for row in judged.json["cases"]]
    assert again == [row[:3] for row in rows]
