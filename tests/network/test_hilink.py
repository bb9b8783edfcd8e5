"""The HiLink modem against the HTTP API of a stick on a local port."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import ModemFacts
from labapp.network.hilink import HiLinkModem, decibels
from labapp.network.modem import CommandRefused, Signal
from tests.network.hilink_emulation import MODE, REFUSED, WANTS_LOGIN, HiLinkStick, served


@pytest.fixture
def stick() -> HiLinkStick:
    return HiLinkStick()


@pytest.fixture
def url(stick: HiLinkStick) -> Iterator[str]:
    with served(stick.application()) as address:
        yield address


@pytest.fixture
def modem(url: str) -> Iterator[HiLinkModem]:
    modem = HiLinkModem(url, timeout=5, registration=0.1)
    yield modem
    modem.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-65dBm", -65),
        (">=-51dBm", -51),
        ("<-113 dBm", -113),
        ("-11.0dB", -11),
        ("8dB", 8),
        ("-70", -70),
        (" -65dBm ", -65),
        ("", None),
        (None, None),
        ("dBm", None),
        ("-65dBm-66dBm", None),
        ("nan", None),
    ],
)
def test_decibels(text: str | None, value: float | None) -> None:
    assert decibels(text) == value


@given(st.text(max_size=10) | st.none() | st.integers())
def test_any_value_is_decibels_or_nothing(value: object) -> None:
    found = decibels(value)
    assert found is None or isinstance(found, float)


def test_signal(modem: HiLinkModem) -> None:
    assert modem.signal() == Signal(-65, 24, "RSRP -96dBm, RSRQ -11.0dB, SINR 8dB", "computed from RSSI")


def test_a_signal_at_the_end_of_the_scale(modem: HiLinkModem, stick: HiLinkStick) -> None:
    stick.answers["device/signal"]["rssi"] = ">=-51dBm"
    assert (modem.signal().rssi, modem.signal().csq) == (-51, 31)


@pytest.mark.parametrize("rssi", [None, "", "unknown"])
def test_an_unknown_signal(modem: HiLinkModem, stick: HiLinkStick, rssi: str | None) -> None:
    stick.answers["device/signal"] = {"rssi": rssi}
    assert modem.signal() == Signal(None, None)


def test_facts(modem: HiLinkModem, url: str) -> None:
    assert modem.facts() == ModemFacts(
        kind="hilink",
        address=url,
        manufacturer="Huawei",
        model="E3372",
        revision="22.333.01.00.00",
        serial_number="001012345678909",
        operator="Demonstration",
        network="LTE",
    )


def test_facts_that_want_a_login_stay_empty(modem: HiLinkModem, stick: HiLinkStick, url: str) -> None:
    stick.errors |= {"device/information": WANTS_LOGIN, "net/current-plmn": WANTS_LOGIN}
    assert modem.facts() == ModemFacts(kind="hilink", address=url, manufacturer="Huawei")


def test_a_signal_that_wants_a_login_is_a_fault(stick: HiLinkStick, url: str) -> None:
    stick.errors["device/signal"] = WANTS_LOGIN
    with pytest.raises(EnvironmentFault) as fault:
        HiLinkModem(url)
    assert str(fault.value) == (
        f"{url}: the HiLink stick wants a login for device/signal - switch its login off on its own page"
    )


def test_nothing_there_is_no_stick() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(EnvironmentFault) as fault:
            HiLinkModem(url)
    assert str(fault.value) == f"{url}: no HiLink stick answers session - plug the stick in and check its address"


def test_a_silent_stick_has_a_deadline() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(EnvironmentFault, match="no HiLink stick answers"),
    ):
        HiLinkModem(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)


def test_another_web_server_is_no_stick() -> None:
    async def home(_: web.Request) -> web.Response:
        return web.Response(text="hello", content_type="text/plain")

    other = web.Application()
    other.add_routes([web.get("/{path:.*}", home)])
    with served(other) as url, pytest.raises(EnvironmentFault) as fault:
        HiLinkModem(url)
    assert fault.value.what.startswith("the answer to session is not that of a HiLink stick: ")


def test_an_answer_without_a_signal_is_no_sticks(stick: HiLinkStick, url: str) -> None:
    stick.answers["device/signal"] = {"level": "5"}
    with pytest.raises(
        EnvironmentFault, match="the answer to device/signal is not that of a HiLink stick: it holds no rssi"
    ):
        HiLinkModem(url)


def test_a_technology_is_held_and_given_back(modem: HiLinkModem, stick: HiLinkStick) -> None:
    with modem.held_to("3G"):
        assert modem.facts().network == "WCDMA"
    assert stick.posts == [MODE | {"NetworkMode": "02"}, MODE]


def test_the_technology_is_given_back_after_an_error(modem: HiLinkModem, stick: HiLinkStick) -> None:
    with pytest.raises(RuntimeError, match="in between"), modem.held_to("2G"):
        raise RuntimeError("in between")
    assert stick.answers["net/net-mode"] == MODE


def test_the_technology_is_given_back_when_the_network_is_not_there(modem: HiLinkModem, stick: HiLinkStick) -> None:
    stick.errors["net/current-plmn"] = REFUSED
    with pytest.raises(EnvironmentFault) as fault, modem.held_to("4G"):
        pass
    assert fault.value.what == "the modem did not register on 4G within 0.1 s, it is served by no network"
    assert stick.answers["net/net-mode"] == MODE


def test_a_refused_technology_is_told(modem: HiLinkModem, stick: HiLinkStick) -> None:
    stick.errors["POST net/net-mode"] = REFUSED
    with pytest.raises(CommandRefused) as fault, modem.held_to("4G"):
        pass
    assert fault.value.what == "the HiLink stick refused net/net-mode: 100002: No support"


def test_a_stick_without_modes_cannot_be_held(modem: HiLinkModem, stick: HiLinkStick) -> None:
    stick.answers["net/net-mode"] = {"NetworkMode": None}
    with (
        pytest.raises(EnvironmentFault, match="net/net-mode is not that of a HiLink stick: it names no mode"),
        modem.held_to("4G"),
    ):
        pass


def test_a_stick_that_vanishes_says_so() -> None:
    with served(HiLinkStick().application()) as url:
        modem = HiLinkModem(url, timeout=1)
    with pytest.raises(EnvironmentFault, match="the HiLink stick answers no more"):
        modem.facts()
    modem.close()
