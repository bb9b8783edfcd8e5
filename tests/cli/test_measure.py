"""`labapp measure` as a person and a script call it: in its own process, against a far end in another."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from labapp.network.modem_port import SerialModem
from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem

LABAPP = (sys.executable, "-m", "labapp")


def labapp(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LABAPP, *args], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def far_end() -> Iterator[str]:
    server = subprocess.Popen(
        [*LABAPP, "measure", "serve", "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    ready = json.loads(server.stdout.readline())
    assert ready["type"] == "ready"
    yield f"http://{ready['listen']}"
    server.send_signal(signal.SIGTERM)
    _, errors = server.communicate(timeout=10)
    assert (server.returncode, errors) == (0, "the far end listens; end it with Ctrl-C\n")


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    simulated = SimulatedModem(ModemModel())
    yield simulated
    simulated.close()


def test_json_alone_is_on_standard_output(far_end: str, modem: SimulatedModem) -> None:
    done = labapp("measure", "--far-end", far_end, "--modem", modem.port, "--probes", "3", "--seconds", "0.2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["target"], found["verdict"], found["modem"]["model"]) == (far_end, "ok", "E3372")
    assert [one["name"] for one in found["measurements"]] == [
        "bandwidth_download",
        "bandwidth_upload",
        "latency_median",
        "latency_p95",
        "loss",
        "rssi",
        "csq",
    ]
    assert {one["verdict"] for one in found["measurements"]} == {"ok", "no limit"}


def test_a_person_gets_a_table(modem: SimulatedModem) -> None:
    modem.perform("set_csq", {"csq": 15})
    done = labapp("measure", "--modem", modem.port)
    assert (done.returncode, done.stdout) == (1, "")
    head, what, *table = done.stderr.splitlines()
    assert re.fullmatch(r"Network measurement of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", head)
    assert what == f"modem huawei E3372 at {modem.port}, operator Demonstration, mobile, network LTE"
    assert table == [
        "                        value  unit  limit         verdict",
        "Signal strength (RSSI)  -83    dBm   at least -81  not ok   LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB",
        "Signal quality (CSQ)    15           at least 16   not ok",
    ]


def test_an_unknown_signal_is_not_within_its_limit(modem: SimulatedModem) -> None:
    modem.perform("set_csq", {"csq": 99})
    done = labapp("measure", "--modem", modem.port, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"] == "unknown"
    assert "Signal quality (CSQ)    unknown        at least 16   unknown" in done.stderr


def test_no_modem_is_one_message_and_exit_3() -> None:
    done = labapp("measure", "--modem", "/dev/no-such-port", "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "labapp: /dev/no-such-port: no modem can be opened: there is no such port - "
        "plug the modem in, end other programs that use it, or name its port\n"
    )


def test_a_modem_that_hangs_up_is_one_message_and_exit_3() -> None:
    modem = SimulatedModem(ModemModel("stick", ["hangs_up"]))
    done = labapp("measure", "--modem", modem.port)
    modem.close()
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        f"labapp: {modem.port}: the modem hung up during AT+CSQ - plug the modem in again and check its cable and power\n"
    )


def test_no_far_end_is_one_message_and_exit_3() -> None:
    done = labapp("measure", "--far-end", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "labapp: http://127.0.0.1:1: the far end cannot be reached: Connection refused - "
        "run `labapp measure serve` there, check the address and the firewalls in between\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            (),
            "[network]: there is nothing to measure - name a far end, a modem, or both (far_end, modem; --far-end, --modem)",
        ),
        (("--far-end", "far"), "[network] far_end: 'far' is no URL of a far end - give it as http://HOST:PORT"),
        (("--listen", ":80"), "--listen: belongs to the far end - write labapp measure serve --listen"),
        (("serve", "--listen", "8077"), "--listen: '8077' is no HOST:PORT - give it as 0.0.0.0:8077"),
        (
            ("serve", "--listen", "127.0.0.1:99999"),
            "--listen: '127.0.0.1:99999' is no HOST:PORT - give it as 0.0.0.0:8077",
        ),
    ],
)
def test_unusable_input_is_one_message_and_exit_2(args: tuple[str, ...], message: str) -> None:
    done = labapp("measure", *args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"labapp: {message}\n")


def test_a_far_end_cannot_listen_on_a_foreign_address() -> None:
    done = labapp("measure", "serve", "--listen", "203.0.113.9:0")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("labapp: 203.0.113.9:0: cannot listen: ")


def test_a_measurement_that_is_ended_gives_the_technology_back(modem: SimulatedModem) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        far_end = f"http://127.0.0.1:{silent.getsockname()[1]}"
        measuring = subprocess.Popen(
            [*LABAPP, "measure", "--modem", modem.port, "--technology", "3G", "--far-end", far_end],
            stderr=subprocess.PIPE,
            text=True,
        )
        # The far end is asked only when the modem is registered.
        asked, _ = silent.accept()
        measuring.terminate()
        _, errors = measuring.communicate(timeout=10)
        asked.close()
    assert (measuring.returncode, errors) == (130, "labapp: interrupted\n")
    with closing(SerialModem(modem.port)) as serial:
        assert serial.ask("AT^SYSCFGEX?") == ('^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF',)


def project(folder: Path, network: str) -> Path:
    file = folder / "lab.toml"
    file.write_text(f'[project]\nocpp = "1.6"\nsut = "cs"\n[connection]\nidentity = "CS-1"\n[network]\n{network}')
    return file


def test_a_project_says_what_to_measure_and_options_go_first(tmp_path: Path, modem: SimulatedModem) -> None:
    file = project(tmp_path, f'modem = "{modem.port}"\nmin_rssi = -60\n')
    assert labapp("measure", file).returncode == 1
    other = SimulatedModem(ModemModel("weak"))
    done = labapp("measure", file, "--modem", other.port, "--json")
    other.close()
    assert json.loads(done.stdout)["modem"]["address"] == other.port


def test_a_fault_of_the_project_names_file_and_key(tmp_path: Path) -> None:
    done = labapp("measure", project(tmp_path, 'far_end = "nowhere"\nmax_latency = 2000\n'))
    assert done.returncode == 2
    assert done.stderr == (
        "labapp: lab.toml [network] far_end: 'nowhere' is no URL of a far end - give it as http://HOST:PORT\n"
        "lab.toml [network] max_latency: 2000 ms is laxer than the test procedure's limit of 1000 ms - "
        "give at most 1000, or leave the key out\n"
    )
