"""`labapp run`, `attach`, `stop`, `amend` as people and scripts call them: real processes, sockets and a station of our own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from labapp.__main__ import main
from labapp.bench.channel import CHANNEL_SCHEMA
from labapp.bench.history import Choice
from labapp.bench.journal_entries import begin
from labapp.services.projects import open_project
from labapp.services.rejudging import rejudge_path
from labapp.services.run_directory import prepare
from tests.bench.harness import (
    Front,
    Station,
    arguments_of,
    bench_of,
    benches_below,
    files_with,
    gone,
    mode_of,
    names_in,
    result_of,
    verdicts_of,
    write_project,
)

CASE = "TC_003_CS"

SCHEMA = Draft202012Validator({**CHANNEL_SCHEMA, "oneOf": [{"$ref": "#/$defs/tool"}]})


@pytest.fixture
async def stations() -> AsyncIterator[list[Station]]:
    """Stations to be disconnected at the end."""
    made: list[Station] = []
    yield made
    for station in made:
        await station.close()


@pytest.fixture
async def fronts(tmp_path: Path) -> AsyncIterator[list[Front]]:
    """Processes to be ended, and the benches that they leave behind."""
    made: list[Front] = []
    yield made
    for front in made:
        if front.process.returncode is None:
            front.kill()
            await front.end()
    for pid in benches_below(tmp_path):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        await gone(pid)


async def start(fronts: list[Front], folder: Path, *args: str | Path, **env: str) -> Front:
    front = await Front.start(*args, cwd=folder, **env)
    fronts.append(front)
    return front


async def labapp(folder: Path, *args: str | Path, **env: str) -> tuple[int, str]:
    front = await Front.start(*args, cwd=folder, **env)
    await front.end_of_input()
    return await front.end()


async def test_the_simulated_station_passes_unattended(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    args = (
        "run",
        project,
        "--operator",
        "auto",
        "--case",
        CASE,
        "--out",
        "out",
        "--json",
        "r.json",
        "--junit",
        "r.xml",
    )
    status, errors = await labapp(tmp_path, *args)
    assert (status, errors.splitlines()[:2]) == (0, ["TC_003_CS: started", "TC_003_CS        PASS"])
    result = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    report = result.pop("report")
    assert sorted(report) == ["bundle", "pdf", "xlsx"]
    assert result == result_of(tmp_path / "out")
    assert (result["demonstration"], result["ocpp"], result["sut"], result["mode"]) == (
        True,
        "1.6",
        "cs",
        "preparation",
    )
    assert [each["verdict"] for each in result["resets"]] == ["PASS"]
    assert {
        "id",
        "attempt",
        "verdict",
        "tool_result",
        "review_result",
        "reason_code",
        "expected",
        "started",
        "ended",
    } <= set(result["cases"][0])
    assert '<property name="verdict" value="PASS" />' in (tmp_path / "r.xml").read_text(encoding="utf-8")
    files = names_in(tmp_path / "out")
    assert files >= {"project.toml", "journal.jsonl", "run.json", "files"}
    assert "bench.json" not in files


async def test_a_script_operates_and_every_message_fits_the_schema(
    tmp_path: Path, fronts: list[Front], stations: list[Station]
) -> None:
    project = write_project(tmp_path)
    front = await start(
        fronts, tmp_path, "run", project, "--operator", "jsonl", "--case", CASE, "--out", "out", "--json", "r.json"
    )
    hello = await front.next()
    assert (hello["type"], hello["protocol"], hello["cases"]) == ("hello", 1, [CASE])
    assert {
        "name": "power_off",
        "help": "take the power from the charging station",
        "sut": "cs",
        "arguments": [],
    } in hello["actions"]
    ready = await front.until("ready", identity="CS-1")
    await front.say("hello", frames=True)
    address = bench_of(tmp_path / "out")
    assert mode_of(tmp_path / "out" / "bench.json") == 0o600
    assert address["token"].encode() not in arguments_of(address["pid"])

    station = await Station.connected(ready)
    stations.append(station)
    await front.until("link", event="up")
    await front.until("frame", dir="in")
    await front.until("case", event="started", id=CASE)
    prompt = await front.until("prompt", action="plug_in")
    assert (prompt["kind"], prompt["args"], prompt["choices"], prompt["items"]) == ("action", {"connector": 1}, [], [])
    await station.status("Preparing")
    await front.until("prompt_closed", id=prompt["id"], by="wire")
    prompt = await front.until("prompt", action="present_id", args={"connector": 1, "id_tag": "LAB-VALID-1"})

    for line, text in (
        ("{", "the message is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "the message is no JSON object"),
        ('{"type": "praise"}', 'type "praise" is none of answer, command, hello, amend'),
        ('{"type": "answer", "id": "x"}', "answer lacks outcome"),
        ('{"type": "answer", "id": "x", "outcome": "done"}', "there is no prompt x"),
        ('{"type": "answer", "run": "r0", "id": "x", "outcome": "done"}', "run 'r0' is not attached"),
        (
            '{"type": "command", "name": "dance"}',
            'command "dance" is none of pause, resume, extend, skip, abort, repeat, stop',
        ),
    ):
        await front.say_text(line)
        assert (await front.until("error"))["text"] == text
    await front.say_bytes(b'{"type": "answer", "id": "\xff"}')
    assert (await front.until("error"))["text"] == "the message is not UTF-8"
    await front.say("answer", id=prompt["id"], outcome="maybe")
    assert (await front.until("error"))["text"] == "'maybe' is no answer to it: done, impossible, no, yes"
    await front.say("answer", id=prompt["id"], outcome="done")
    await front.until("prompt_closed", id=prompt["id"], by="operator")
    await front.say("answer", id=prompt["id"], outcome="done")
    await front.until("ignored", id=prompt["id"])

    await station.present()
    await front.until("case", event="ended", id=CASE, verdict="PASS")
    summary = await front.until("summary")
    status, errors = await front.end()
    assert (status, front.seen[-1]) == (0, summary), errors
    assert {**json.loads((tmp_path / "r.json").read_text(encoding="utf-8")), "type": "summary"} == summary
    assert summary["demonstration"] is False
    for message in front.seen:
        SCHEMA.validate(message)
    assert {message["run"] for message in front.seen} == {hello["run"]}


async def test_after_the_end_of_input_every_prompt_is_impossible(
    tmp_path: Path, fronts: list[Front], stations: list[Station]
) -> None:
    project = write_project(tmp_path)
    front = await start(
        fronts, tmp_path, "run", project, "--operator", "jsonl", "--case", CASE, "--case", "TC_032_2_CS", "--out", "out"
    )
    stations.append(await Station.connected(await front.until("ready")))
    await front.until("prompt", action="plug_in")
    await front.end_of_input()
    status, _ = await front.end()
    assert status == 1
    assert verdicts_of(tmp_path / "out") == [
        (CASE, 1, "INCONCLUSIVE", "operator"),
        ("TC_032_2_CS", 1, "INCONCLUSIVE", "operator"),
    ]


async def test_a_killed_bench_loses_nothing(tmp_path: Path, fronts: list[Front], stations: list[Station]) -> None:
    project, out = write_project(tmp_path), tmp_path / "out"
    args = ("--operator", "jsonl")
    front = await start(fronts, tmp_path, "run", project, *args, "--case", "TC_023_4_CS", "--case", CASE, "--out", out)
    station = await Station.connected(await front.until("ready"))
    await front.until("case", event="ended", id="TC_023_4_CS")
    await front.until("prompt", action="plug_in")
    await station.status("Preparing")
    await front.until("prompt", action="present_id")

    os.kill(bench_of(out)["pid"], signal.SIGKILL)
    status, errors = await front.end()
    assert status == 3
    assert errors == (
        f"labapp: {out}: the bench has gone in the midst of the run - "
        f"nothing is lost: go on with labapp run --resume {out}\n"
    )
    await station.close()

    front = await start(fronts, tmp_path, "run", "--resume", out, *args)
    station = await Station.connected(await front.until("ready"))
    stations.append(station)
    started = await front.until("case", event="started")
    assert (started["id"], started["attempt"]) == (CASE, 2)
    await front.until("prompt", action="plug_in")
    await station.status("Preparing")
    await front.until("prompt", action="present_id")
    await station.present()
    status, errors = await front.end()
    assert status == 1, errors
    assert verdicts_of(out) == [
        ("TC_023_4_CS", 1, "INCONCLUSIVE", "in_preparation"),
        (CASE, 1, "INCONCLUSIVE", "aborted"),
        (CASE, 2, "PASS", ""),
    ]
    kinds = [json.loads(line)["kind"] for line in (out / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert kinds.count("attempt_aborted") == kinds.count("run_resumed") == 1
    again = rejudge_path(out)
    assert [each["verdict"] for each in again.cases] == ["INCONCLUSIVE", "INCONCLUSIVE", "PASS"]
    assert again.same, again.differences


async def test_a_killed_operator_is_followed_by_others(
    tmp_path: Path, fronts: list[Front], stations: list[Station]
) -> None:
    project, out = write_project(tmp_path), tmp_path / "out"
    first = await start(fronts, tmp_path, "run", project, "--operator", "jsonl", "--case", CASE, "--out", out)
    station = await Station.connected(await first.until("ready"))
    stations.append(station)
    prompt = await first.until("prompt", action="plug_in")
    first.kill()
    await first.process.wait()

    left = await start(fronts, tmp_path, "attach", out, "--operator", "jsonl")
    right = await start(fronts, tmp_path, "attach", out, "--operator", "jsonl")
    for front in (left, right):
        await front.until("case", event="started", id=CASE)
        assert await front.until("prompt") == prompt
    await left.say("answer", id=prompt["id"], outcome="done")
    for front in (left, right):
        await front.until("prompt_closed", id=prompt["id"], by="operator")
    await right.say("answer", id=prompt["id"], outcome="impossible")
    await right.until("ignored", id=prompt["id"])
    assert not [message for message in left.seen if message["type"] == "ignored"]

    await station.status("Preparing")
    await left.until("prompt", action="present_id")
    await station.present()
    for front in (left, right):
        assert (await front.end())[0] == 0
        assert front.seen[-1]["type"] == "summary"


async def test_without_an_operator_the_run_pauses_and_then_stops(
    tmp_path: Path, fronts: list[Front], stations: list[Station]
) -> None:
    project, out = write_project(tmp_path, operator=4), tmp_path / "out"
    front = await start(
        fronts, tmp_path, "run", project, "--operator", "jsonl", "--case", CASE, "--case", "TC_001_CS", "--out", out
    )
    stations.append(await Station.connected(await front.until("ready")))
    await front.until("prompt", action="plug_in")
    pid = bench_of(out)["pid"]
    front.kill()
    await front.process.wait()
    await gone(pid)
    assert [(case, verdict) for case, _, verdict, _ in verdicts_of(out)] == [
        (CASE, "INCONCLUSIVE"),
        ("TC_001_CS", "NOT_RUN"),
    ]
    status, errors = await labapp(tmp_path, "attach", out)
    assert (status, errors) == (
        3,
        f"labapp: {out}: no bench runs this directory - go on with: labapp run --resume {out}\n",
    )


async def test_a_detached_bench_stays_until_it_is_stopped(tmp_path: Path, fronts: list[Front]) -> None:
    project, out = write_project(tmp_path), tmp_path / "out"
    status, errors = await labapp(tmp_path, "run", project, "--case", CASE, "--out", out, "--detach")
    assert (status, errors) == (0, f"the bench runs {out}: labapp attach {out}\n")
    status, errors = await labapp(tmp_path, "run", "--resume", out)
    assert (status, errors) == (
        3,
        f"labapp: {out / 'journal.jsonl'}: another process is writing this journal - "
        "attach to the bench that runs it, or stop that bench first\n",
    )
    pid = bench_of(out)["pid"]
    assert await labapp(tmp_path, "stop", out) == (0, "the bench has ended\n")
    await gone(pid)
    assert verdicts_of(out) == [(CASE, 1, "NOT_RUN", "operator")]
    assert await labapp(tmp_path, "stop", out) == (0, "no bench runs this directory\n")


@pytest.mark.parametrize("operator", ["jsonl", "console"])
async def test_who_attaches_to_a_detached_bench_ends_with_the_summary(
    tmp_path: Path, fronts: list[Front], stations: list[Station], operator: str
) -> None:
    project, out = write_project(tmp_path), tmp_path / "out"
    status, errors = await labapp(tmp_path, "run", project, "--case", CASE, "--out", out, "--detach")
    assert status == 0, errors
    pid = bench_of(out)["pid"]
    front = await start(fronts, tmp_path, "attach", out, "--operator", "jsonl", "--json", "first.json")
    stations.append(await Station.connected(await front.until("ready")))
    await front.until("prompt", action="plug_in")
    await front.say("command", name="skip")
    assert (await front.end())[0] == 1
    later = await start(fronts, tmp_path, "attach", out, "--operator", operator, "--json", "later.json")
    assert (await later.end())[0] == 1
    first, last = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("first.json", "later.json"))
    assert [(case["id"], case["verdict"]) for case in first["cases"]] == [(CASE, "NOT_RUN")]
    assert last == first
    assert bench_of(out)["pid"] == pid
    assert await labapp(tmp_path, "stop", out) == (0, "the bench has ended\n")


async def test_an_amended_failure_is_run_again(
    tmp_path: Path, fronts: list[Front], capsys: pytest.CaptureFixture[str]
) -> None:
    project, out = write_project(tmp_path), tmp_path / "out"
    args = ("run", project, "--operator", "jsonl", "--case", CASE, "--case", "TC_032_2_CS", "--out", out)
    front = await start(fronts, tmp_path, *args)
    station = await Station.connected(await front.until("ready"))
    await front.until("prompt", action="plug_in")
    await station.status("Preparing")
    await front.until("prompt", action="present_id")
    await station.call("StopTransaction", transactionId=1, meterStop=0, timestamp="2026-01-01T00:00:00Z")
    await front.until("case", event="ended", id=CASE, verdict="FAIL")

    amend = ["amend", str(out), "--case", CASE, "--cause", "lab", "--reason", "a cable was loose"]
    assert await asyncio.to_thread(main, amend) == 0
    assert capsys.readouterr().err == "amended: TC_003_CS, cause lab\n"
    await front.until("case", event="amended", id=CASE, attempt=1)
    refusal = "labapp: --case: attempt 1 of TC_003_CS is amended already - run the case again\n"
    assert await asyncio.to_thread(main, amend) == 2
    assert capsys.readouterr().err == refusal
    await front.say("command", name="stop")
    assert (await front.end())[0] == 1
    await station.close()
    assert await asyncio.to_thread(main, amend) == 2
    assert capsys.readouterr().err == refusal
    amended = result_of(out)["amendments"]
    assert [(each["case"], each["attempt"], each["cause"], each["reason"]) for each in amended] == [
        (CASE, 1, "lab", "a cable was loose")
    ]

    status, errors = await labapp(tmp_path, "run", "--resume", out, "--operator", "auto", "--case", CASE)
    assert status == 0, errors
    assert [(attempt, verdict) for case, attempt, verdict, _ in verdicts_of(out) if case == CASE] == [
        (1, "FAIL"),
        (2, "PASS"),
    ]
    assert result_of(out)["demonstration"] is True


async def test_stop_while_000_reset_waits_for_the_device(tmp_path: Path, fronts: list[Front]) -> None:
    project = write_project(tmp_path)
    front = await start(fronts, tmp_path, "run", project, "--operator", "jsonl", "--case", CASE, "--out", "out")
    await front.until("ready")
    await front.say("command", name="stop")
    status, _ = await front.end()
    assert (status, verdicts_of(tmp_path / "out")) == (1, [(CASE, 1, "NOT_RUN", "operator")])


async def test_a_central_system_that_cannot_be_reached_is_an_error_of_the_environment(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project = tmp_path / "PROJECT.toml"
    text = f'[project]\nsut = "csms"\n[connection]\nurl = "ws://127.0.0.1:{port}/ocpp"\nidentity = "CS-1"\n'
    project.write_text(text + '[values]\nvalid_id_tag = "LAB-VALID-1"\n', encoding="utf-8")
    args = ("run", project, "--operator", "jsonl", "--case", "TC_003_CSMS", "--out", "out")
    status, errors = await labapp(tmp_path, *args)
    assert status == 3
    assert verdicts_of(tmp_path / "out") == [("TC_003_CSMS", 1, "ERROR", "environment")]
    assert errors.startswith(
        "TC_003_CSMS      ERROR (environment)\n    the central system does not take the connection: connection refused\n"
    )


async def test_the_simulated_central_system_passes_and_no_secret_is_kept(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project = tmp_path / "PROJECT.toml"
    text = f'[project]\nsut = "csms"\n[connection]\nurl = "ws://127.0.0.1:{port}/ocpp"\nidentity = "CS-1"\n'
    text += 'security_profile = 1\npassword = "env:STATION_PASSWORD"\n[values]\nvalid_id_tag = "LAB-VALID-1"\n'
    project.write_text(text, encoding="utf-8")
    args = ("run", project, "--operator", "auto", "--case", "TC_003_CSMS", "--case", "TC_085_CSMS", "--out", "out")
    status, errors = await labapp(tmp_path, *args, STATION_PASSWORD="a-password-of-twenty")
    assert status == 0, errors
    assert files_with(tmp_path / "out", "a-password-of-twenty") == []


async def test_a_port_in_use_is_one_message_and_leaves_no_directory(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        project = write_project(tmp_path, port=port)
        status, errors = await labapp(tmp_path, "run", project, "--case", CASE, "--out", "out")
    assert status == 3
    assert errors.startswith(f"labapp: 127.0.0.1:{port}: ")
    assert errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


REFUSALS: list[tuple[tuple[str, ...], int, str]] = [
    (
        ("PROJECT.toml", "--case", CASE, "--out", "there"),
        2,
        "there: the directory exists already - choose another with --out, or go on with: labapp run --resume there",
    ),
    (
        ("PROJECT.toml", "--case", CASE, "--out", "file/out"),
        3,
        "file/out: the directory cannot be made: not a directory - choose another place with --out",
    ),
    (
        ("PROJECT.toml", "--case", "tc_003_cs"),
        2,
        "--case tc_003_cs: there is no such case - did you mean TC_003_CS?",
    ),
    (
        ("PROJECT.toml", "--case", "TC_003_CSMS"),
        2,
        '--case TC_003_CSMS: the case is for OCPP 1.6, sut = "csms" - this project is for OCPP 1.6, sut = "cs"',
    ),
    (
        ("PROJECT.toml", "--case", "TC_023_4_CS"),
        2,
        "PROJECT.toml [values] invalid_id_tag: is not stated, and a case needs it - give it, for TC_023_4_CS",
    ),
    ((), 2, "run: it is not clear what to run - give either PROJECT.toml or --resume DIR"),
    (("--resume", "there"), 2, "there: holds no project.toml - name the directory of a run"),
    (
        ("--resume", "there", "--out", "elsewhere"),
        2,
        "--out: a run stays in its directory - leave it out with --resume",
    ),
    (
        ("PROJECT.toml", "--detach", "--operator", "auto"),
        2,
        "--detach: the operator auto works in this process, and --detach leaves the run without one - "
        "leave out one of the two",
    ),
]


@pytest.mark.parametrize(("args", "status", "text"), REFUSALS)
def test_unusable_input_is_refused_before_anything_is_made(
    args: tuple[str, ...],
    status: int,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = write_project(tmp_path)
    text_of_project = project.read_text(encoding="utf-8")
    project.write_text(text_of_project.replace('invalid_id_tag = "LAB-INVALID"\n', ""), encoding="utf-8")
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    before = names_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["run", *args]) == status
    assert capsys.readouterr() == ("", f"labapp: {text}\n")
    assert names_in(tmp_path) == before


async def test_a_person_at_a_terminal(tmp_path: Path, fronts: list[Front], stations: list[Station]) -> None:
    project = write_project(tmp_path)
    front = await start(fronts, tmp_path, "run", project, "--case", CASE, "--out", "out")
    address = (await front.line_of_errors("ready: connect the device to ")).split()[5].rstrip(",")
    station = await Station.connected({"listen": address, "identity": "CS-1"})
    stations.append(station)
    await front.line_of_errors("  Enter: done   i: impossible")
    await front.say_text("what?")
    await front.line_of_errors("  Enter: done   i [reason]: impossible")
    await front.say_text("/dance")
    await front.line_of_errors("commands: /pause, /resume, /extend, /skip, /abort, /repeat, /stop")
    await front.say_text("")
    await station.status("Preparing")
    await front.line_of_errors("> Present")
    # Nothing in the case speaks of connector 0: that is for a person to judge.
    await station.status("Available", 0)
    await station.present()
    await front.line_of_errors(
        "  connector 0 Available was unexpected, rule D2.d2, advice: retest (Enter)",
    )
    await front.say_text("maybe")
    await front.line_of_errors("  a: accept   r: reject   t: retest")
    await front.say_text("a")
    await front.line_of_errors("  why not as advised?")
    await front.say_text("the vendor's firmware always reports it")
    status, errors = await front.end()
    assert status == 0, errors
    [review] = result_of(tmp_path / "out")["cases"][0]["reviews"]
    assert (review["decision"], review["by"]) == ("accept", "operator")
    assert review["reason"] == "Available: the vendor's firmware always reports it"


async def test_a_terminal_that_is_closed_leaves_the_run_waiting(tmp_path: Path, fronts: list[Front]) -> None:
    project = write_project(tmp_path)
    status, errors = await labapp(tmp_path, "run", project, "--case", CASE, "--out", "out")
    assert status == 3
    assert errors.splitlines()[-1] == (
        "labapp: out: the operator has left, and the run waits for another - "
        "attach again with: labapp attach out; or end it with: labapp stop out"
    )


async def test_one_bench_holds_several_runs(tmp_path: Path, fronts: list[Front], stations: list[Station]) -> None:
    project = write_project(tmp_path)
    opened = open_project(project).project
    for name in ("one", "two"):
        prepare(tmp_path / name, opened, None, ())
        begin(tmp_path / name, opened, [Choice(CASE)], "", demonstration=False)
    bench = await start(fronts, tmp_path, "bench", "one", "two")
    await bench.until("ready", runs=["one", "two"])
    assert len({bench_of(tmp_path / name)["pid"] for name in ("one", "two")}) == 1
    left = await start(fronts, tmp_path, "attach", "one", "--operator", "jsonl")
    right = await start(fronts, tmp_path, "attach", "two", "--operator", "jsonl")
    for front in (left, right):
        station = await Station.connected(await front.until("ready"))
        stations.append(station)
        await front.until("prompt", action="plug_in")
        await station.status("Preparing")
        await front.until("prompt", action="present_id")
        await station.present()
    for front in (left, right):
        assert (await front.end())[0] == 0
        assert {message["run"] for message in front.seen} == {front.seen[0]["run"]}
    assert left.seen[0]["run"] != right.seen[0]["run"]
    assert (await bench.end())[0] == 0
