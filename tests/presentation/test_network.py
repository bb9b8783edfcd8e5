"""The network page without its widgets: figures, bars, history, and the course of a measurement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labapp.domain.draft import Draft
from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import (
    BANDWIDTH_LIMIT,
    LATENCY_LIMIT,
    RSSI_LIMIT,
    Limit,
    Measurement,
    ModemFacts,
    NetworkMeasurement,
    measurement_to_json,
)
from labapp.domain.network_settings import network_settings
from labapp.presentation.network import Network, course, network_of, phases, readable
from labapp.presentation.network_figures import Scale, figure, number
from labapp.presentation.stages import State

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MODEM = ModemFacts("serial", "/dev/ttyUSB0", "Huawei", "E3372", operator="Telecom", network="LTE", serial_number="8612")


def measured(
    download: float = 800,
    latency: float = 60,
    rssi: float | None = -71,
    *,
    at: datetime = NOW,
    target: str = "http://h:1",
) -> NetworkMeasurement:
    values = (
        Measurement("bandwidth_download", download, "kB/s", BANDWIDTH_LIMIT),
        Measurement("bandwidth_upload", 300, "kB/s", BANDWIDTH_LIMIT),
        Measurement("latency_median", latency, "ms", LATENCY_LIMIT),
        Measurement("latency_p95", latency, "ms", LATENCY_LIMIT),
        Measurement("loss", 5, "%", None),
        Measurement("rssi", rssi, "dBm", RSSI_LIMIT),
    )
    return NetworkMeasurement(at, target, "", "4G", MODEM, values)


def view(*history: NetworkMeasurement, table: dict[str, Any] | None = None, **more: Any) -> Network:
    draft = Draft(1, "p", {"network": {"far_end": "http://h:1"} if table is None else table})
    return network_of(draft, history, now=NOW, **more)


def test_before_the_first_measurement_the_limits_are_shown() -> None:
    shown = view()
    assert (shown.status.state, shown.status.missing) == (State.TO_DO, ("not measured yet",))
    assert shown.headline == "Nothing has been measured yet"
    assert [[each.name for each in card.figures] for card in shown.cards] == [
        ["bandwidth_download", "bandwidth_upload"],
        ["latency_p95", "loss", "latency_median"],
        ["rssi", "csq"],
    ]
    download = shown.cards[0].figures[0]
    assert (download.value, download.limit, download.place) == ("", "at least 5 kB/s", None)
    assert download.spoken == "Download, not measured, at least 5 kB/s"
    assert shown.cards[2].figures[1].limit == "at least 16"
    assert (shown.ready, shown.verdict, shown.facts) == (True, None, ())


def test_a_value_within_its_limit_is_said_in_word_shape_and_colour() -> None:
    shown = view(measured())
    p95 = shown.cards[1].figures[0]
    assert (p95.value, p95.unit, p95.limit, p95.limit_low) == ("60", "ms", "at most 1 000 ms", False)
    assert (p95.look.word, p95.look.shape, p95.look.colour) == ("within the limit", "✓", "verdict_pass")
    assert p95.place is not None
    assert p95.limit_place is not None
    assert p95.place < p95.limit_place
    assert shown.cards[1].figures[1].look.word == "no limit"
    assert shown.cards[2].figures[1].look.word == "not measured"
    assert shown.status.state is State.DONE
    assert shown.headline == "Measured just now, to http://h:1"


def test_values_outside_their_limits_are_named() -> None:
    shown = view(measured(download=4.25, latency=1200))
    assert shown.cards[0].figures[0].look.word == "outside the limit"
    assert shown.status.state is State.PROBLEM
    assert shown.status.missing == (
        "Bandwidth, download is outside its limit",
        "Latency, median is outside its limit",
        "Latency, 95th percentile is outside its limit",
    )
    unknown = view(measured(rssi=None))
    assert (unknown.status.state, unknown.status.missing) == (State.PROBLEM, ("a value could not be told",))
    assert unknown.cards[2].figures[0].look.shape == "?"


def test_the_modem_is_described() -> None:
    assert view(measured()).facts == (
        ("Modem", "Huawei E3372"),
        ("Operator", "Telecom"),
        ("Served by", "LTE"),
        ("Held to", "4G"),
        ("Serial number", "8612"),
        ("Connected at", "/dev/ttyUSB0"),
    )


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "Measured just now"),
        (timedelta(minutes=59), "Measured 59 min ago"),
        (timedelta(hours=23), "Measured 23 h ago"),
    ],
)
def test_when_it_was_measured(ago: timedelta, words: str) -> None:
    assert view(measured(at=NOW - ago, target="")).headline == words


def test_days_later_the_moment_itself_is_said() -> None:
    at = NOW - timedelta(days=3)
    moment = at.astimezone().strftime("%Y-%m-%d %H:%M")
    assert view(measured(at=at, target="")).headline == f"Measured at {moment}"


def test_a_far_end_on_this_machine_says_nothing_of_a_network() -> None:
    shown = view(measured(target="http://127.0.0.1:8077"))
    assert shown.headline == "Measured just now, to a far end on this machine, which says nothing of a network"


def test_an_earlier_measurement_can_be_looked_at() -> None:
    old = measured(download=4, at=NOW - timedelta(days=1))
    shown = view(old, measured(), chosen=0)
    assert (shown.shown, shown.cards[0].figures[0].value) == (0, "4")
    # How far the stage is depends on the newest.
    assert shown.status.state is State.DONE
    assert [look.word for _, look in shown.lanes[0].places] == ["outside the limit", "within the limit"]
    assert [place is None for place, _ in view(measured(rssi=None)).lanes[2].places] == [True]
    assert view(old, measured(), chosen=7).shown == 1
    assert view(*[measured()] * 50).shown == 39


def test_settings_are_judged_in_place() -> None:
    shown = view(table={"far_end": "far away", "max_latency": 2000})
    assert [(field.key, field.problem.what) for field in shown.fields if field.problem] == [
        ("far_end", "'far away' is no URL of a far end")
    ]
    assert [field.problem.mend for field in shown.further if field.problem] == [
        "give at most 1000, or leave the key out"
    ]
    assert (shown.ready, shown.why_not) == (False, "Mend the settings first.")
    assert shown.status.missing == ("far_end: 'far away' is no URL of a far end",)
    assert view(table={}).why_not == "Name a far end, a modem, or both."
    assert view(table={"modem": "serial:/dev/ttyUSB0"}).ready


def test_a_stricter_limit_moves_the_line() -> None:
    strict = view(table={"far_end": "http://h", "min_bandwidth": 50}).cards[0].figures[0]
    assert strict.limit == "at least 50 kB/s"
    assert strict.limit_place is not None
    assert strict.limit_place > (view().cards[0].figures[0].limit_place or 0)


def test_a_failed_or_running_measurement_shows_on_the_rail() -> None:
    fault = EnvironmentFault("the far end cannot be reached: connection refused")
    assert view(measured(), fault=fault).status.missing == ("the far end cannot be reached: connection refused",)
    assert view(measured(), measuring=True, fault=fault).status.state is State.IN_WORK


def test_the_course_of_a_measurement() -> None:
    settings = network_settings({"far_end": "http://h", "modem": "serial:X", "probes": 10, "seconds": 4})
    parts = phases(settings)
    assert [part.key for part in parts] == ["modem", "latency", "download", "upload"]
    assert view(table={"far_end": "http://h", "seconds": 4, "probes": 10}).duration == "takes about 10 s"
    begin = course(parts, "", 0, 0)
    assert (begin.permille, begin.words) == (0, "1 of 4: asking the modem")
    download = course(parts, "download, 4 s", 2, 7.2)
    assert (download.words, download.left) == ("3 of 4: download, 4 s", "7 s")
    assert begin.permille < download.permille < 1000
    # What takes longer stays where it is, and what is not over is not at its end.
    assert course(parts, "download, 4 s", 99, 99).permille == course(parts, "upload, 4 s", 0, 99).permille
    assert course(parts, "upload, 4 s", 99, 99).permille == 999
    assert course((), "", 0, 0).words == ""


def test_what_cannot_be_read_any_more_is_left_out() -> None:
    content = measurement_to_json(measured())
    assert readable([content, {"at": "?"}]) == (measured(),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4.99, "4.99"), (5.0, "5"), (-81.0, "-81"), (1000.1, "1 000.1"), (123456.7, "123 456.7"), (0.05, "0.05")],
)
def test_a_number_is_never_rounded_over_its_limit(value: float, shown: str) -> None:
    assert number(value) == shown


def test_bars_hold_what_lies_beyond_them() -> None:
    scale = Scale(1, 10_000, True)
    assert [scale.place(value) for value in (0.1, 1, 100, 10_000, 1e9)] == [0, 0, 0.5, 1, 1]
    assert Scale(-113, -51).place(-82) == 0.5
    assert figure("rssi", None, Limit(RSSI_LIMIT.bound, -82)).limit_place == 0.5
