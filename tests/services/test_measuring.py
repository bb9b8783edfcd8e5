"""The whole measurement: a simulated modem on a pseudo terminal and a far end on this machine, through shaped links."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.measurement import LimitVerdict, NetworkMeasurement, measurement_from_json, measurement_to_json
from labapp.domain.network_settings import network_settings
from labapp.network.far_end import serving
from labapp.network.modem_port import SerialModem
from labapp.network.probe import LinkFigures, Transfer
from labapp.services.measuring import Stop, Stopped, far_end_here, link_measurements, measure
from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem
from tests.network.background import in_background
from tests.network.hilink_emulation import HiLinkStick, served
from tests.network.shaped_link import shaped_link


@contextmanager
def a_far_end(**shape: Any) -> Iterator[str]:
    """A far end behind a link of this shape; gives its URL."""

    @asynccontextmanager
    async def reachable() -> AsyncIterator[str]:
        async with serving("127.0.0.1", 0) as port, shaped_link(port, **shape) as shaped:
            yield f"http://127.0.0.1:{shaped}"

    with in_background(reachable) as url:
        yield url


@contextmanager
def a_modem(variant: str = "stick", *defects: str) -> Iterator[SimulatedModem]:
    modem = SimulatedModem(ModemModel(variant, defects))
    yield modem
    modem.close()


def measured(**table: Any) -> NetworkMeasurement:
    return measure(network_settings({"probes": 3, "seconds": 0.5, **table}))


def verdicts(found: NetworkMeasurement) -> dict[str, str]:
    return {one.name: one.verdict.value for one in found.measurements}


def test_far_end_and_modem_within_their_limits() -> None:
    with a_far_end() as url, a_modem() as modem:
        found = measured(far_end=url, modem=f"serial:{modem.port}", interface="lo")
    assert verdicts(found) == {
        "bandwidth_download": "ok",
        "bandwidth_upload": "ok",
        "latency_median": "ok",
        "latency_p95": "ok",
        "loss": "no limit",
        "rssi": "ok",
        "csq": "ok",
    }
    assert found.verdict is LimitVerdict.OK
    assert (found.target, found.interface, found.technology) == (url, "lo", "")
    assert found.modem
    assert found.modem.model == "E3372"
    assert len(found.latencies) == 3
    assert measurement_from_json(measurement_to_json(found)).measurements == found.measurements


@pytest.mark.parametrize(
    ("shape", "table", "outside"),
    [
        ({"down": 4000}, {}, {"bandwidth_download"}),
        ({"up": 4000}, {}, {"bandwidth_upload"}),
        ({"delay": 0.15}, {"max_latency": 150}, {"latency_median", "latency_p95"}),
    ],
)
def test_each_value_fails_its_own_limit(shape: dict[str, float], table: dict[str, float], outside: set[str]) -> None:
    with a_far_end(**shape) as url:
        found = measured(far_end=url, seconds=1.5, **table)
    assert {name for name, verdict in verdicts(found).items() if verdict == "not ok"} == outside
    assert found.verdict is LimitVerdict.NOT_OK


def test_stricter_limits_are_those_that_judge() -> None:
    with a_far_end(delay=0.05, down=50_000, up=50_000) as url, a_modem() as modem:
        found = measured(
            far_end=url, modem=modem.port, min_bandwidth=200, max_latency=10, max_loss=0, min_rssi=-60, seconds=0.5
        )
    assert verdicts(found) == {
        "bandwidth_download": "not ok",
        "bandwidth_upload": "not ok",
        "latency_median": "not ok",
        "latency_p95": "not ok",
        "loss": "ok",
        "rssi": "not ok",
        "csq": "not ok",
    }


@pytest.mark.parametrize(
    ("variant", "verdict"),
    [
        ("at_limit", LimitVerdict.OK),
        ("weak", LimitVerdict.NOT_OK),
        ("csq_unknown", LimitVerdict.UNKNOWN),
        ("no_service", LimitVerdict.UNKNOWN),
    ],
)
def test_the_modem_alone(variant: str, verdict: LimitVerdict) -> None:
    with a_modem(variant) as modem:
        found = measured(modem=modem.port)
    assert list(verdicts(found)) == ["rssi", "csq"]
    assert found.verdict is verdict
    assert (found.target, found.latencies) == ("", ())


def test_a_hilink_stick() -> None:
    with served(HiLinkStick().application()) as url:
        found = measured(modem=f"hilink:{url}")
    assert [(one.name, one.value, one.verdict.value) for one in found.measurements] == [
        ("rssi", -65, "ok"),
        ("csq", 24, "ok"),
    ]


def test_the_technology_is_held_while_measuring_and_given_back() -> None:
    with a_far_end() as url, a_modem() as modem:
        found = measured(far_end=url, modem=modem.port, technology="3G")
        serial = SerialModem(modem.port)
        after = serial.ask("AT^SYSCFGEX?")
        serial.close()
    assert found.technology == "3G"
    assert found.modem
    assert found.modem.network == "WCDMA"
    assert after == ('^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF',)


def test_the_technology_is_given_back_when_the_far_end_is_not_there() -> None:
    with a_modem() as modem:
        with pytest.raises(EnvironmentFault, match="the far end cannot be reached"):
            measured(far_end="http://127.0.0.1:1", modem=modem.port, technology="3G")
        serial = SerialModem(modem.port)
        after = serial.ask("AT^SYSCFGEX?")
        serial.close()
    assert after == ('^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF',)


def test_a_modem_that_hangs_up_lets_go_of_its_port() -> None:
    with a_modem("stick", "hangs_up") as modem, pytest.raises(EnvironmentFault, match=r"hung up during AT\+CSQ"):
        measured(modem=modem.port)


def values(figures: LinkFigures, **table: Any) -> dict[str, tuple[float | None, str]]:
    return {one.name: (one.value, one.verdict.value) for one in link_measurements(figures, network_settings(table))}


def test_rounding_moves_no_value_into_its_limit() -> None:
    found = values(LinkFigures((1000.01,), Transfer(49_999, 10.0), Transfer(50_000, 10.0)))
    assert found["bandwidth_download"] == (4.99, "not ok")
    assert found["bandwidth_upload"] == (5.0, "ok")
    assert found["latency_median"] == found["latency_p95"] == (1000.1, "not ok")


def test_a_lost_probe_counts_as_late() -> None:
    quick = Transfer(1_000_000, 1.0)
    found = values(LinkFigures((20.0, 20.0, 20.0, None), quick, quick), max_loss=20)
    assert found["latency_median"] == (20.0, "ok")
    assert found["latency_p95"] == (5000.0, "not ok")
    assert found["loss"] == (25.0, "not ok")


def test_what_was_counted_stands_in_the_notes() -> None:
    figures = LinkFigures((20.0, None), Transfer(1_000_000, 2.0), Transfer(1_000_000, 2.0))
    notes = {one.name: one.note for one in link_measurements(figures, network_settings({}))}
    assert notes["bandwidth_download"] == "1000000 bytes in 2.00 s, 1 kB = 1000 bytes"
    assert notes["latency_median"] == "2 probes, 1 lost counted as 5000 ms"
    assert notes["loss"] == "1 of 2 probes without an answer within 5 s"


def test_nothing_to_measure() -> None:
    with pytest.raises(InputError) as refused:
        measured()
    assert str(refused.value) == (
        "[network]: there is nothing to measure - name a far end, a modem, or both (far_end, modem; --far-end, --modem)"
    )


def test_a_measurement_is_stopped_in_its_midst() -> None:
    stop = Stop()
    told: list[str] = []

    def progress(step: str) -> None:
        told.append(step)
        if step.startswith("download"):
            stop.order()

    with a_far_end() as url, pytest.raises(Stopped) as stopped:
        measure(network_settings({"far_end": url, "probes": 1, "seconds": 60}), progress=progress, stop=stop)
    assert told == ["latency, 1 probes", "download, 60 s"]
    assert str(stopped.value) == "the measurement was stopped - nothing is kept of it; measure again"


def test_a_measurement_that_was_stopped_before_it_began_asks_nobody() -> None:
    stop = Stop()
    stop.order()
    with pytest.raises(Stopped):
        measure(network_settings({"far_end": "http://192.0.2.1:1"}), stop=stop)
    with a_modem() as modem, pytest.raises(Stopped):
        measure(network_settings({"modem": f"serial:{modem.port}"}), stop=stop)


def test_a_far_end_on_this_machine_lives_as_long_as_it_is_needed() -> None:
    with far_end_here() as url:
        assert measured(far_end=url, seconds=0.1).target == url
    with pytest.raises(EnvironmentFault):
        measured(far_end=url)
    assert "far end" not in [thread.name for thread in threading.enumerate()]
