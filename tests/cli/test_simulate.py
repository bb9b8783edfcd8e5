"""`labapp simulate` as a process: its first line, its orders, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from labapp.__main__ import main
from labapp.simulator.csms_variants import CSMS_VARIANTS
from labapp.simulator.defects import CSMS_DEFECTS, STATION_DEFECTS
from labapp.simulator.variants import VARIANTS


class Simulator:
    """One running `labapp simulate`."""

    def __init__(self, *args: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "labapp", "simulate", *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.ready = self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        assert isinstance(answer, dict)
        return answer

    def say(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def say_bytes(self, line: bytes) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.buffer.write(line + b"\n")
        self.process.stdin.flush()
        return self.read()

    def order(self, action: str, **args: Any) -> dict[str, Any]:
        return self.say(json.dumps({"id": action, "action": action, "args": args}))

    def end(self) -> int:
        """Close its standard input; the exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(20)


@pytest.fixture
def simulators() -> Iterator[list[Simulator]]:
    running: list[Simulator] = []
    yield running
    for each in running:
        each.process.kill()
        each.process.wait()
        for pipe in (each.process.stdin, each.process.stdout):
            assert pipe is not None
            pipe.close()


def test_a_station_and_a_central_system_in_processes_of_their_own(simulators: list[Simulator]) -> None:
    secret = {"LAB_PASSWORD": "0123456789abcdef"}
    csms = Simulator("csms", "--identity", "CS-7", "--password", "env:LAB_PASSWORD", **secret)
    simulators.append(csms)
    assert csms.ready["type"] == "ready"
    url = f"ws://{csms.ready['listen']}/ocpp"
    options = ("--url", url, "--identity", "CS-7", "--password", "env:LAB_PASSWORD", "--variant", "two_connectors")
    station = Simulator("station", *options, "--setting", "AuthorizeRemoteTxRequests=false", **secret)
    simulators.append(station)
    assert station.ready == {"type": "ready", "url": f"{url}/CS-7", "identity": "CS-7"}
    assert station.order("plug_in", connector=2) == {"type": "done", "id": "plug_in", "reason": ""}
    assert station.order("plug_in", connector=3)["type"] == "impossible"
    assert station.say("{")["type"] == "error"
    assert station.say("[" * 100_000)["type"] == "error"
    assert station.say('{"id": "\\ud800", "action": "x"}')["id"] == "\ud800"
    assert station.say_bytes(b"\xff")["type"] == "error"
    assert station.say("[]") == {"type": "error", "text": 'no order: give {"id", "action", "args"}'}
    assert station.say('{"action":"unplug","args":1}') == {"type": "error", "text": "args is no object"}
    # The central system waits for the station a while; on a busy machine that may not be enough.
    while csms.order("csms_request", message="GetConfiguration")["type"] == "impossible":
        assert csms.process.poll() is None
    assert station.end() == 0
    assert csms.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_with_keep_it_goes_on_until_a_signal(simulators: list[Simulator], number: signal.Signals) -> None:
    csms = Simulator("csms", "--keep", "--ocpp", "2.0.1", "--tag", "MINE=Blocked/GROUP")
    simulators.append(csms)
    assert csms.process.stdin is not None
    csms.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        csms.process.wait(0.5)
    csms.process.send_signal(number)
    assert csms.process.wait(20) == 0


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["station", "--list-defects"], [*STATION_DEFECTS]),
        (["station", "--list-variants"], [*VARIANTS]),
        (["csms", "--list-defects"], [*CSMS_DEFECTS]),
        (["csms", "--list-variants"], [*CSMS_VARIANTS]),
    ],
)
def test_lists(args: list[str], names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *args]) == 0
    assert [line.partition("\t")[0] for line in capsys.readouterr().out.splitlines()] == names


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["station"], "--url: the station does not know whom to dial - give ws://HOST:PORT/PATH"),
        (["station", "--url", "x"], "'x' is no WebSocket address - give ws://HOST:PORT/PATH"),
        (["station", "--url", "ws://h", "--setting", "x"], "--setting: 'x' is no setting - write KEY=VALUE"),
        (
            ["station", "--url", "ws://h", "--setting", "x=1"],
            "this station has no configuration key 'x' - leave it out",
        ),
        (["csms", "--listen", "9000"], "--listen: '9000' is no address - write HOST:PORT, with port 0 for any"),
        (
            ["csms", "--password", "env:X"],
            "--password: a password belongs to a station - give its --identity as well",
        ),
        (
            ["csms", "--variant", "quick"],
            f"unknown variant 'quick' - use one of {', '.join(CSMS_VARIANTS)}",
        ),
        (
            ["csms", "--tag", "X=Good"],
            "--tag: 'X=Good' is no identifier - "
            "write ID=STATUS[/PARENT] with the status Accepted, Blocked, Expired or Invalid",
        ),
        (
            ["modem", "--variant", "gsm", "--variant", "wcdma"],
            "--variant: a modem is in one state only - give one variant",
        ),
    ],
)
def test_unusable_arguments(args: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *args]) == 2
    assert capsys.readouterr().err == f"labapp: {text}\n"
