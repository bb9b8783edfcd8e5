from __future__ import annotations

import os

import pytest

from labapp.domain.errors import InputError
from labapp.simulator.modem import MODEM_DEFECTS, MODEM_VARIANTS, ModemModel
from labapp.simulator.modem_port import MODEM_ACTIONS, SimulatedModem


def lines(model: ModemModel, command: str) -> list[str]:
    return [line for line in model.receive(command.encode() + b"\r").decode("latin-1").split("\r\n") if line]


def test_an_answer_with_its_echo() -> None:
    assert ModemModel().receive(b"AT+CSQ\r") == b"AT+CSQ\r\r\n+CSQ: 22,99\r\n\r\nOK\r\n"


def test_echo_can_be_switched() -> None:
    model = ModemModel()
    model.receive(b"ATE0\r")
    assert model.receive(b"AT\r") == b"\r\nOK\r\n"
    model.receive(b"ATE1\r")
    assert model.receive(b"AT\r") == b"AT\r\r\nOK\r\n"


def test_commands_arrive_in_pieces_and_several_at_once() -> None:
    model = ModemModel("echo_off")
    assert model.receive(b"AT+C") == b""
    assert model.receive(b"SQ\r\nAT\r") == b"\r\n+CSQ: 22,99\r\n\r\nOK\r\n\r\nOK\r\n"


@pytest.mark.parametrize(
    ("variant", "command", "answer"),
    [
        ("stick", "AT^HCSQ?", '^HCSQ:"LTE",52,40,120,22'),
        ("unquoted", "AT^HCSQ?", "^HCSQ:LTE,52,40,120,22"),
        ("wcdma", "AT^HCSQ?", '^HCSQ:"WCDMA",52,52,50'),
        ("gsm", "AT^HCSQ?", '^HCSQ:"GSM",52'),
        ("no_service", "AT^HCSQ?", '^HCSQ:"NOSERVICE"'),
        ("csq_unknown", "AT^HCSQ?", '^HCSQ:"LTE",255,40,120,22'),
        ("csq_unknown", "AT+CSQ", "+CSQ: 99,99"),
        ("at_limit", "AT+CSQ", "+CSQ: 16,99"),
        ("weak", "AT+CSQ", "+CSQ: 15,99"),
        ("stick", "AT^SYSINFOEX", '^SYSINFOEX:2,3,0,1,,6,"LTE",6,"LTE"'),
        ("no_service", "AT^SYSINFOEX", '^SYSINFOEX:0,0,0,1,,0,"NO SERVICE",0,"NO SERVICE"'),
        ("stick", "AT+COPS?", '+COPS: 0,0,"Demonstration, mobile",7'),
        ("no_service", "AT+COPS?", "+COPS: 0"),
        ("stick", "AT^SYSCFGEX?", '^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF'),
    ],
)
def test_reports(variant: str, command: str, answer: str) -> None:
    assert lines(ModemModel(variant), command)[-2:] == [answer, "OK"]


def test_unknown_commands_are_refused() -> None:
    assert lines(ModemModel("echo_off"), "AT+NONSENSE") == ["COMMAND NOT SUPPORT"]
    assert lines(ModemModel("echo_off"), 'AT^SYSCFGEX="09",3FFFFFFF,1,2,7F,,') == ["ERROR"]


def test_a_change_of_technology_takes_a_moment() -> None:
    model = ModemModel("echo_off")
    assert lines(model, 'AT^SYSCFGEX="02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,') == ["OK"]
    assert lines(model, "AT^SYSINFOEX")[0].startswith("^SYSINFOEX:0")
    assert lines(model, "AT^SYSINFOEX")[0].startswith('^SYSINFOEX:2,3,0,1,,3,"WCDMA"')


def test_a_modem_that_never_registers() -> None:
    model = ModemModel("echo_off", ["never_registers"])
    lines(model, 'AT^SYSCFGEX="02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,')
    assert {lines(model, "AT^SYSINFOEX")[0][:12] for _ in range(5)} == {"^SYSINFOEX:0"}


def test_a_technology_the_place_lacks_gives_no_service() -> None:
    model = ModemModel("gsm")
    lines(model, 'AT^SYSCFGEX="03",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,')
    assert [lines(model, "AT^SYSINFOEX")[1][:12] for _ in range(3)] == ["^SYSINFOEX:0"] * 3


def test_every_variant_and_defect_has_a_description() -> None:
    assert all(variant.description for variant in MODEM_VARIANTS.values())
    assert all(MODEM_DEFECTS.values())
    for variant in MODEM_VARIANTS:
        assert b"OK" in ModemModel(variant).receive(b"AT\r")
    for defect in MODEM_DEFECTS:
        ModemModel("stick", [defect])


def test_unknown_variants_and_defects_are_named() -> None:
    with pytest.raises(InputError) as refused:
        ModemModel("router")
    assert str(refused.value) == f"no modem variant 'router' - give one of {', '.join(MODEM_VARIANTS)}"
    with pytest.raises(InputError) as refused:
        ModemModel("stick", ["slow", "silent"])
    assert str(refused.value) == f"no modem defect 'slow' - give one of {', '.join(MODEM_DEFECTS)}"


def test_actions_change_the_model_behind_the_port() -> None:
    modem = SimulatedModem(ModemModel("echo_off"))
    port = os.open(modem.port, os.O_RDWR | os.O_NOCTTY)
    assert modem.perform("set_csq", {"csq": 99}) == ""
    assert modem.perform("set_network", {"network": "GSM"}) == ""
    os.write(port, b"AT^HCSQ?\r")
    assert os.read(port, 100).startswith(b'\r\n^HCSQ:"GSM",255\r\n')
    assert modem.perform("send_unsolicited", {}) == ""
    assert os.read(port, 1000).startswith(b"\r\n^RSSI:99\r\n")
    os.close(port)
    modem.close()


@pytest.mark.parametrize(
    ("action", "args", "reason"),
    [
        ("dance", {}, f"no action 'dance'; the actions are {', '.join(MODEM_ACTIONS)}"),
        ("set_csq", {}, "set_csq needs the argument csq"),
        ("set_csq", {"csq": 40}, "csq is 40, but it is 0 to 31, or 99 for unknown"),
        ("set_network", {"network": "5G"}, "network is '5G', but it is one of GSM, WCDMA, LTE, NOSERVICE"),
    ],
)
def test_impossible_actions_say_why(action: str, args: dict[str, object], reason: str) -> None:
    modem = SimulatedModem(ModemModel())
    assert modem.perform(action, args) == reason
    modem.close()


def test_a_vanished_modem_does_nothing_more() -> None:
    modem = SimulatedModem(ModemModel())
    port = os.open(modem.port, os.O_RDWR | os.O_NOCTTY)
    assert modem.perform("hang_up", {}) == ""
    modem.wait_gone()
    assert modem.perform("set_csq", {"csq": 3}) == "the modem has vanished"
    with pytest.raises(OSError, match="Input/output error"):
        os.write(port, b"AT\r")
    os.close(port)
    modem.close()


def test_what_nobody_reads_is_lost_and_blocks_nothing() -> None:
    modem = SimulatedModem(ModemModel())
    for _ in range(2000):
        assert modem.perform("send_unsolicited", {}) == ""
    modem.close()
