from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputErrors
from labapp.domain.measurement import NETWORK_KEYS, Bound, Limit
from labapp.domain.network_settings import ModemAddress, NetworkSettings, is_own_address, network_settings

TOML_VALUES = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.integers(), max_size=2)
)


def faults(**table: Any) -> list[str]:
    with pytest.raises(InputErrors) as refused:
        network_settings(table)
    return [str(fault) for fault in refused.value.faults]


def test_an_empty_table_has_the_limits_of_the_test_procedure() -> None:
    settings = network_settings({})
    assert settings == NetworkSettings()
    assert (settings.bandwidth.value, settings.latency.value, settings.rssi.value, settings.csq.value) == (
        5,
        1000,
        -81,
        16,
    )
    assert settings.loss is None


def test_the_defaults_of_the_keys_are_those_of_the_settings() -> None:
    stated = {entry.key: entry.default for entry in NETWORK_KEYS if entry.default is not None}
    assert network_settings(stated) == NetworkSettings()


def test_a_whole_table() -> None:
    settings = network_settings(
        {
            "far_end": "http://far.example:8077/",
            "interface": "wwan0",
            "modem": "serial:/dev/ttyUSB0",
            "technology": "4G",
            "probes": 50,
            "seconds": 2,
            "min_bandwidth": 10,
            "max_latency": 800,
            "max_loss": 2.5,
            "min_rssi": -80,
        }
    )
    assert settings == NetworkSettings(
        far_end="http://far.example:8077",
        interface="wwan0",
        modem=ModemAddress("serial", "/dev/ttyUSB0"),
        technology="4G",
        probes=50,
        seconds=2.0,
        bandwidth=Limit(Bound.AT_LEAST, 10.0),
        latency=Limit(Bound.AT_MOST, 800.0),
        loss=Limit(Bound.AT_MOST, 2.5),
        rssi=Limit(Bound.AT_LEAST, -80.0),
    )
    assert settings.csq.value == 17, "CSQ 16 is -81 dBm, below -80 dBm"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("serial:/dev/ttyUSB0", ModemAddress("serial", "/dev/ttyUSB0")),
        ("serial:COM3", ModemAddress("serial", "COM3")),
        ("/dev/serial/by-id/usb-HUAWEI:if00", ModemAddress("serial", "/dev/serial/by-id/usb-HUAWEI:if00")),
        ("COM3", ModemAddress("serial", "COM3")),
        ("hilink:http://192.168.8.1/", ModemAddress("hilink", "http://192.168.8.1")),
        ("http://192.168.8.1", ModemAddress("hilink", "http://192.168.8.1")),
    ],
)
def test_modems_are_named_by_port_or_url(text: str, address: ModemAddress) -> None:
    assert network_settings({"modem": text}).modem == address
    assert network_settings({"modem": str(address)}).modem == address


def test_all_faults_are_told_at_once() -> None:
    assert faults(far_end="far.example", modem="hilink:192.168.8.1", technology="5G", probes=0.5, speed=1) == [
        "[network] speed: no such key - the keys are far_end, interface, modem, technology, probes, seconds, "
        "min_bandwidth, max_latency, max_loss, min_rssi",
        "[network] far_end: 'far.example' is no URL of a far end - give it as http://HOST:PORT",
        "[network] modem: 'hilink:192.168.8.1' names no modem - give serial:PORT or hilink:http://ADDRESS",
        "[network] technology: '5G' is no technology - give one of auto, 2G, 3G, 4G, or leave the key out",
        "[network] probes: 0.5 is no number - give a whole number from 1 to 1000",
    ]


def test_limits_can_only_be_made_stricter() -> None:
    assert faults(min_bandwidth=4, max_latency=1500, min_rssi=-90) == [
        "[network] min_bandwidth: 4 kB/s is laxer than the test procedure's limit of 5 kB/s - give at least 5, or leave the key out",
        "[network] max_latency: 1500 ms is laxer than the test procedure's limit of 1000 ms - give at most 1000, or leave the key out",
        "[network] min_rssi: -90 dBm is laxer than the test procedure's limit of -81 dBm - give at least -81, or leave the key out",
    ]


def test_a_technology_needs_a_modem() -> None:
    assert faults(technology="4G") == [
        "[network] technology: only a modem can be held to a technology - name the modem, or leave the key out"
    ]


@pytest.mark.parametrize("key", ["far_end", "interface", "modem", "technology"])
def test_texts_are_texts(key: str) -> None:
    assert faults(**{key: 5}) == [f"[network] {key}: 5 is no text - write it in quotes, without control characters"]
    assert faults(**{key: "a\nb"})[0].endswith("is no text - write it in quotes, without control characters")


@pytest.mark.parametrize("url", ["http://", "ftp://host", "http://host:99999", "http://[::1", "http://a b"])
def test_what_is_no_web_address_is_no_far_end(url: str) -> None:
    assert faults(far_end=url) == [f"[network] far_end: {url!r} is no URL of a far end - give it as http://HOST:PORT"]


def test_true_is_no_number() -> None:
    assert faults(seconds=True) == ["[network] seconds: True is no number - give a number from 0.1 to 60"]


def test_the_place_is_that_of_the_file() -> None:
    with pytest.raises(InputErrors) as refused:
        network_settings({"seconds": 99}, where="lab.toml [network]")
    assert str(refused.value) == "lab.toml [network] seconds: 99 is out of range - give a number from 0.1 to 60"


@given(st.dictionaries(st.sampled_from([entry.key for entry in NETWORK_KEYS]) | st.text(max_size=5), TOML_VALUES))
def test_any_table_is_settings_or_faults(table: dict[str, Any]) -> None:
    try:
        settings = network_settings(table)
    except InputErrors:
        return
    assert settings.bandwidth.value >= 5
    assert settings.latency.value <= 1000
    assert settings.rssi.value >= -81
    assert 16 <= settings.csq.value <= 31


@pytest.mark.parametrize(("text", "own"), [("wwan0", False), ("192.168.8.100", True), ("fe80::1", True), ("", False)])
def test_an_interface_is_a_name_or_an_address(text: str, own: bool) -> None:
    assert is_own_address(text) is own
