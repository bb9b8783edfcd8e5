"""`labapp simulate modem` in its own process, spoken to over its pseudo terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from labapp.network.modem_port import SerialModem


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_can_be_opened_steered_and_ended(ending: signal.Signals) -> None:
    simulator = subprocess.Popen(
        [sys.executable, "-m", "labapp", "simulate", "modem", "--variant", "weak"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert simulator.stdin
    assert simulator.stdout
    ready = json.loads(simulator.stdout.readline())
    assert ready["type"] == "ready"
    with closing(SerialModem(ready["port"])) as modem:
        assert modem.signal().csq == 15
        simulator.stdin.write('{"id": "1", "action": "set_csq", "args": {"csq": 20}}\n')
        simulator.stdin.flush()
        assert json.loads(simulator.stdout.readline()) == {"type": "done", "id": "1", "reason": ""}
        assert modem.signal().csq == 20
    simulator.stdin.close()
    assert simulator.poll() is None, "the modem stays after the last order"
    simulator.send_signal(ending)
    assert simulator.wait(10) == 0
    assert simulator.stderr
    assert simulator.stderr.read() == ""
    simulator.stdout.close()
    simulator.stderr.close()
