from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.network.at_answers import (
    CellSignal,
    Operator,
    ServiceState,
    SignalQuality,
    decode_cops,
    decode_csq,
    decode_hcsq,
    decode_syscfgex,
    decode_sysinfoex,
    free_text,
    syscfgex_command,
)
from labapp.network.technology import TechnologySetting

DECODERS: dict[str, Callable[[Sequence[str]], object]] = {
    "+CSQ": decode_csq,
    "^HCSQ": decode_hcsq,
    "^SYSINFOEX": decode_sysinfoex,
    "+COPS": decode_cops,
    "^SYSCFGEX": decode_syscfgex,
}


@pytest.mark.parametrize(
    ("line", "csq", "rssi"),
    [
        ("+CSQ: 16,99", 16, -81),
        ("+CSQ:0,0", 0, -113),
        ("+CSQ: 31,7", 31, -51),
        ("+csq: 5", 5, -103),
        ("+CSQ: 99,99", None, None),
        ("+CSQ: 77,99", None, None),
    ],
)
def test_csq(line: str, csq: int | None, rssi: int | None) -> None:
    assert decode_csq([line]) == SignalQuality(csq)
    assert decode_csq([line]).rssi == rssi


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ('^HCSQ:"LTE",52,45,120,25', CellSignal("LTE", rssi=-69, rsrp=-96, sinr=3.8, rsrq=-7.5)),
        ("^HCSQ: LTE,52,45,120,25", CellSignal("LTE", rssi=-69, rsrp=-96, sinr=3.8, rsrq=-7.5)),
        ('^HCSQ:"LTE",255,45,255,25', CellSignal("LTE", rsrp=-96, rsrq=-7.5)),
        ('^HCSQ:"LTE",52', CellSignal("LTE", rssi=-69)),
        ('^HCSQ:"WCDMA",30,30,58', CellSignal("WCDMA", rssi=-91, rscp=-91, ecio=-3.5)),
        ('^HCSQ:"GSM",40', CellSignal("GSM", rssi=-81)),
        ('^HCSQ:"NOSERVICE"', CellSignal("NOSERVICE")),
        ('^HCSQ:"NOSERVICE",0,0,0,0', CellSignal("NOSERVICE")),
        ('^HCSQ:"EVDO",30,30', CellSignal("EVDO")),
    ],
)
def test_hcsq(line: str, cell: CellSignal) -> None:
    assert decode_hcsq([line]) == cell


@given(st.integers(0, 31))
def test_csq_and_hcsq_agree_on_the_signal(csq: int) -> None:
    rssi = decode_csq([f"+CSQ: {csq},99"]).rssi
    assert rssi is not None
    assert decode_hcsq([f'^HCSQ:"LTE",{rssi + 121},40,120,22']).rssi == rssi


def test_the_last_report_is_the_answer() -> None:
    assert decode_hcsq(['^HCSQ:"GSM",20', '^HCSQ:"GSM",40']).rssi == -81


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ('^SYSINFOEX:2,3,0,1,,6,"LTE",101,"LTE"', ServiceState(True, False, True, "LTE", "LTE")),
        ('^SYSINFOEX:2,3,1,1,,3,"WCDMA",46,"DC-HSPA+"', ServiceState(True, True, True, "WCDMA", "DC-HSPA+")),
        (
            '^SYSINFOEX:0,0,0,255,,0,"NO SERVICE",0,"NO SERVICE"',
            ServiceState(False, False, False, "NOSERVICE", "NO SERVICE"),
        ),
        ("^SYSINFOEX:1,0,0,1,,1,GSM", ServiceState(False, False, True, "GSM", "")),
    ],
)
def test_sysinfoex(line: str, state: ServiceState) -> None:
    assert decode_sysinfoex([line]) == state


@pytest.mark.parametrize(
    ("line", "operator"),
    [
        ('+COPS: 0,0,"Operator",7', Operator("Operator", "LTE")),
        ('+COPS: 0,0,"Name, with comma",2', Operator("Name, with comma", "WCDMA")),
        ('+COPS: 1,2,"20404",0', Operator("20404", "GSM")),
        ('+COPS: 0,0,"Operator"', Operator("Operator", "")),
        ('+COPS: 0,0,"Operator",12', Operator("Operator", "")),
        ("+COPS: 0", Operator("", "")),
    ],
)
def test_cops(line: str, operator: Operator) -> None:
    assert decode_cops([line]) == operator


def test_a_technology_setting_is_written_back_as_it_was_read() -> None:
    setting = decode_syscfgex(['^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF'])
    assert setting == TechnologySetting("00", "3FFFFFFF", "7FFFFFFFFFFFFFFF", roaming="1", domain="2")
    assert syscfgex_command(setting) == 'AT^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,'


@pytest.mark.parametrize(
    ("name", "lines", "reason"),
    [
        ("+CSQ", [], "no \\+CSQ line"),
        ("+CSQ", ["^HCSQ:1"], "no \\+CSQ line"),
        ("+CSQ", ["+CSQ: x,99"], "invalid literal"),
        ("^SYSINFOEX", ["^SYSINFOEX:2,3"], "with 2 fields"),
        ("^SYSCFGEX", ['^SYSCFGEX:"00",3FFFFFFF'], "with 2 fields"),
        ("^SYSCFGEX", ['^SYSCFGEX:"00",3FF FFF,1,2,7F'], "with fields"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, lines: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        DECODERS[name](lines)


@pytest.mark.parametrize("name", DECODERS)
@given(text=st.text(st.characters(codec="latin-1"), max_size=40))
def test_any_line_is_read_or_refused(name: str, text: str) -> None:
    with suppress(ValueError):
        DECODERS[name]([f"{name}:{text}"])


@pytest.mark.parametrize(
    ("lines", "text"),
    [(["E3372"], "E3372"), (["+CGMM: E3372"], "E3372"), (['"huawei"'], "huawei"), (["a", "b"], "a"), ([], "")],
)
def test_free_text(lines: list[str], text: str) -> None:
    assert free_text(lines) == text
