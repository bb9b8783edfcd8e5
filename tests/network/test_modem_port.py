"""The serial modem against the simulated one, over a real pseudo terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import ModemFacts
from labapp.network.modem import CommandRefused, Signal
from labapp.network.modem_port import SerialModem
from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem

Modems = Callable[..., tuple[SimulatedModem, SerialModem]]


@pytest.fixture
def modems() -> Iterator[Modems]:
    """Makes a simulated modem and the serial modem that is open on its port; both go when the test ends."""
    made: list[tuple[SimulatedModem, SerialModem | None]] = []

    def make(
        variant: str = "stick", *defects: str, timeout: float = 2.0, registration: float = 5.0
    ) -> tuple[SimulatedModem, SerialModem]:
        simulated = SimulatedModem(ModemModel(variant, defects))
        made.append((simulated, None))
        modem = SerialModem(simulated.port, timeout=timeout, registration=registration)
        made[-1] = (simulated, modem)
        return simulated, modem

    yield make
    for simulated, modem in made:
        if modem:
            modem.close()
        simulated.close()


def technology(modem: SerialModem) -> str:
    (line,) = modem.ask("AT^SYSCFGEX?")
    return line


AUTOMATIC = '^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF'
ONLY_3G = '^SYSCFGEX:"02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF'


def test_facts(modems: Modems) -> None:
    simulated, modem = modems()
    assert modem.facts() == ModemFacts(
        kind="serial",
        address=simulated.port,
        manufacturer="huawei",
        model="E3372",
        revision="21.200.07.00.00",
        serial_number="001012345678909",
        operator="Demonstration, mobile",
        network="LTE",
    )


def test_facts_without_service(modems: Modems) -> None:
    _, modem = modems("no_service")
    facts = modem.facts()
    assert (facts.operator, facts.network) == ("", "NOSERVICE")


@pytest.mark.parametrize(
    ("variant", "signal"),
    [
        ("stick", Signal(-69, 22, "LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB")),
        ("unquoted", Signal(-69, 22, "LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB")),
        ("echo_off", Signal(-69, 22, "LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB")),
        ("wcdma", Signal(-69, 22, "WCDMA, RSCP -69 dBm, Ec/Io -7.5 dB")),
        ("gsm", Signal(-69, 22, "GSM")),
        ("at_limit", Signal(-81, 16, "LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB")),
        ("csq_unknown", Signal(None, None, "LTE, RSRP -101 dBm, RSRQ -9 dB, SINR 3.8 dB")),
        ("no_service", Signal(None, None, "NOSERVICE")),
    ],
)
def test_signal(modems: Modems, variant: str, signal: Signal) -> None:
    _, modem = modems(variant)
    assert modem.signal() == signal


@pytest.mark.parametrize("defect", ["noise", "bursts"])
def test_noise_and_unsolicited_reports_change_nothing(modems: Modems, defect: str) -> None:
    _, modem = modems("stick", defect)
    assert (modem.signal().rssi, modem.signal().csq) == (-69, 22)
    facts = modem.facts()
    assert (facts.manufacturer, facts.model, facts.operator) == ("huawei", "E3372", "Demonstration, mobile")


def test_a_signal_that_changes_is_read_anew(modems: Modems) -> None:
    simulated, modem = modems()
    assert simulated.perform("set_csq", {"csq": 10}) == ""
    assert (modem.signal().rssi, modem.signal().csq) == (-93, 10)


def test_a_missing_port_is_named() -> None:
    with pytest.raises(EnvironmentFault) as fault:
        SerialModem("/dev/no-such-port")
    assert str(fault.value) == (
        "/dev/no-such-port: no modem can be opened: there is no such port - "
        "plug the modem in, end other programs that use it, or name its port"
    )


@pytest.mark.parametrize(
    ("port", "reason"),
    [("/dev/null", "this is no serial port"), ("/dev", "Is a directory"), ("a\0b", "embedded null byte")],
)
def test_what_is_no_serial_port_is_no_modem(port: str, reason: str) -> None:
    with pytest.raises(EnvironmentFault, match=f"no modem can be opened: .*{reason}"):
        SerialModem(port)


def test_a_port_in_use_is_no_modem(modems: Modems) -> None:
    simulated, _ = modems()
    with pytest.raises(EnvironmentFault, match="no modem can be opened: another program uses the port"):
        SerialModem(simulated.port)


@pytest.mark.parametrize("defect", ["silent", "garbage"])
def test_a_modem_that_does_not_speak(modems: Modems, defect: str) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        modems("stick", defect, timeout=0.2)
    assert fault.value.what == "the modem did not answer AT within 0.2 s"
    assert fault.value.where.startswith("/dev/")


def test_a_modem_that_falls_silent(modems: Modems) -> None:
    simulated, modem = modems(timeout=0.2)
    simulated.perform("fall_silent", {})
    with pytest.raises(EnvironmentFault, match=r"the modem did not answer AT\+CSQ within 0\.2 s"):
        modem.signal()


def test_a_modem_that_hangs_up_within_its_answer(modems: Modems) -> None:
    simulated, modem = modems("stick", "hangs_up")
    with pytest.raises(EnvironmentFault) as fault:
        modem.signal()
    assert str(fault.value) == (
        f"{simulated.port}: the modem hung up during AT+CSQ - plug the modem in again and check its cable and power"
    )


def test_a_modem_that_vanished_between_commands(modems: Modems) -> None:
    simulated, modem = modems()
    simulated.perform("hang_up", {})
    simulated.wait_gone()
    with pytest.raises(EnvironmentFault, match="the modem hung up during AT"):
        modem.facts()


def test_endless_reports_do_not_put_off_the_deadline() -> None:
    """The deadline is that of the command, not that of one read."""
    with (
        chattering(b"\r\n^RSSI:15\r\n") as port,
        pytest.raises(EnvironmentFault, match=r"did not answer AT within 0\.3 s"),
    ):
        SerialModem(port, timeout=0.3)


def test_a_refused_command_is_told(modems: Modems) -> None:
    _, modem = modems()
    with pytest.raises(CommandRefused) as fault:
        modem.ask("AT+NONSENSE")
    assert fault.value.what == "the modem refused AT+NONSENSE: COMMAND NOT SUPPORT"


def test_an_answer_that_cannot_be_read_is_shown() -> None:
    with (
        answering({b"AT": b"OK", b"AT+CSQ": b"+CSQ: many\r\nOK"}) as port,
        closing(SerialModem(port)) as modem,
        pytest.raises(EnvironmentFault) as fault,
    ):
        modem.signal()
    assert fault.value.what == "the modem's answer to AT+CSQ cannot be read: +CSQ: many"


def test_a_modem_that_knows_only_csq() -> None:
    with answering({b"AT": b"OK", b"AT+CSQ": b"+CSQ: 17,99\r\nOK"}) as port, closing(SerialModem(port)) as modem:
        assert modem.signal() == Signal(-79, 17, "computed from AT+CSQ")
        assert modem.facts() == ModemFacts(kind="serial", address=port)


def test_a_modem_that_knows_only_hcsq() -> None:
    answers = {b"AT": b"OK", b"AT+CSQ": b"+CSQ: 99,99\r\nOK", b"AT^HCSQ?": b'^HCSQ:"LTE",40,30,90,15\r\nOK'}
    with answering(answers) as port, closing(SerialModem(port)) as modem:
        signal = modem.signal()
    assert (signal.rssi, signal.csq, signal.csq_note) == (-81, 16, "computed from AT^HCSQ?, AT+CSQ is unknown")


def test_a_technology_is_held_and_given_back(modems: Modems) -> None:
    _, modem = modems()
    with modem.held_to("3G"):
        assert technology(modem) == ONLY_3G
        assert modem.facts().network == "WCDMA"
    assert technology(modem) == AUTOMATIC


def test_the_technology_that_holds_already_is_not_touched(modems: Modems) -> None:
    _, modem = modems("stick", "refuses_change")
    with modem.held_to("auto"):
        assert technology(modem) == AUTOMATIC


def test_the_technology_is_given_back_after_an_error(modems: Modems) -> None:
    _, modem = modems()
    with pytest.raises(RuntimeError, match="in between"), modem.held_to("2G"):
        raise RuntimeError("in between")
    assert technology(modem) == AUTOMATIC


def test_the_technology_is_given_back_when_the_network_is_not_there(modems: Modems) -> None:
    _, modem = modems("gsm", registration=0.1)
    with pytest.raises(EnvironmentFault) as fault, modem.held_to("4G"):
        pass
    assert fault.value.what == "the modem did not register on 4G within 0.1 s, it is served by no network"
    assert technology(modem) == AUTOMATIC


def test_a_refused_technology_needs_no_restoring(modems: Modems) -> None:
    _, modem = modems("stick", "refuses_change")
    with pytest.raises(CommandRefused) as fault, modem.held_to("3G"):
        pass
    assert fault.value.what == 'the modem refused AT^SYSCFGEX="02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,: ERROR'


def test_a_technology_that_is_not_given_back_is_told(modems: Modems) -> None:
    simulated, modem = modems("stick", "keeps_technology")
    with pytest.raises(EnvironmentFault) as fault, modem.held_to("3G"):
        pass
    assert str(fault.value) == (
        f"{simulated.port}: the modem's technology setting was not restored - set it back to 00 by hand"
    )


def test_a_modem_that_vanishes_while_held_says_both(modems: Modems) -> None:
    simulated, modem = modems()

    def vanish_and_ask() -> None:
        simulated.perform("hang_up", {})
        simulated.wait_gone()
        modem.signal()

    with pytest.raises(EnvironmentFault) as fault, modem.held_to("3G"):
        vanish_and_ask()
    assert fault.value.what == ("the modem hung up during AT+CSQ; the modem's technology setting was not restored")


def test_the_serial_modem_can_be_imported_without_pseudo_terminals() -> None:
    """As on Windows, where `pty`, `tty` and `os.openpty` are missing."""
    program = (
        "import os, sys; sys.modules['pty'] = sys.modules['tty'] = None; del os.openpty\n"
        "import labapp.simulator.modem_port, labapp.services.modem_simulation, labapp.cli.measure"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@contextmanager
def answering(answers: dict[bytes, bytes]) -> Iterator[str]:
    """A modem of a few fixed answers, ERROR to all else; gives its port."""

    def serve(master: int, _: threading.Event) -> None:
        received = b""
        # Reading fails as soon as nobody holds the other end.
        with suppress(OSError):
            while True:
                *commands, received = (received + os.read(master, 1000)).split(b"\r")
                for command in commands:
                    os.write(master, b"\r\n" + answers.get(command, b"ERROR") + b"\r\n")

    with _terminal(serve) as port:
        yield port


@contextmanager
def chattering(report: bytes) -> Iterator[str]:
    """A modem that sends its report again and again, whatever it is asked; gives its port."""

    def serve(master: int, ended: threading.Event) -> None:
        os.set_blocking(master, False)
        while not ended.wait(0.001):
            with suppress(BlockingIOError):
                os.write(master, report)

    with _terminal(serve) as port:
        yield port


@contextmanager
def _terminal(serve: Callable[[int, threading.Event], None]) -> Iterator[str]:
    master, slave = os.openpty()
    tty.setraw(slave)
    ended = threading.Event()
    thread = threading.Thread(target=serve, args=(master, ended))
    thread.start()
    yield os.ttyname(slave)
    ended.set()
    os.close(slave)
    thread.join(5)
    os.close(master)
    assert not thread.is_alive()
