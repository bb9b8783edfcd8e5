from __future__ import annotations

import json
import math
import statistics
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.domain.measurement import (
    BANDWIDTH_LIMIT,
    LATENCY_LIMIT,
    RSSI_LIMIT,
    TITLES,
    Bound,
    Limit,
    LimitVerdict,
    Measurement,
    ModemFacts,
    NetworkMeasurement,
    csq_of_rssi,
    loss_percent,
    measurement_from_json,
    measurement_to_json,
    median,
    percentile,
    rssi_of_csq,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VALUES = st.floats(allow_nan=False, allow_infinity=False, width=32)
LIMITS = st.builds(Limit, st.sampled_from(Bound), VALUES)
MEASUREMENTS = st.builds(
    Measurement,
    name=st.sampled_from(sorted(TITLES)),
    value=st.none() | VALUES,
    unit=st.sampled_from(["kB/s", "ms", "%", "dBm", ""]),
    limit=st.none() | LIMITS,
    note=st.text(max_size=20),
)
SETS = st.builds(
    NetworkMeasurement,
    # The text of a moment has three decimals of a second.
    at=st.integers(0, 4_000_000_000_000).map(lambda milliseconds: EPOCH + timedelta(milliseconds=milliseconds)),
    target=st.text(max_size=20),
    interface=st.text(max_size=8),
    technology=st.sampled_from(["", "auto", "4G"]),
    modem=st.none() | st.builds(ModemFacts, kind=st.sampled_from(["serial", "hilink"]), address=st.text(max_size=20)),
    measurements=st.lists(MEASUREMENTS, max_size=4).map(tuple),
    latencies=st.lists(st.none() | VALUES, max_size=4).map(tuple),
)


def one(value: float | None, limit: Limit | None = RSSI_LIMIT) -> Measurement:
    return Measurement("rssi", value, "dBm", limit)


def a_set(*measurements: Measurement) -> NetworkMeasurement:
    return NetworkMeasurement(datetime(2026, 3, 1, tzinfo=UTC), "", "", "", None, measurements)


@pytest.mark.parametrize(
    ("limit", "value", "verdict"),
    [
        (BANDWIDTH_LIMIT, 5.0, LimitVerdict.OK),
        (BANDWIDTH_LIMIT, 4.99, LimitVerdict.NOT_OK),
        (LATENCY_LIMIT, 1000.0, LimitVerdict.OK),
        (LATENCY_LIMIT, 1000.1, LimitVerdict.NOT_OK),
        (RSSI_LIMIT, -81.0, LimitVerdict.OK),
        (RSSI_LIMIT, -83.0, LimitVerdict.NOT_OK),
        (RSSI_LIMIT, None, LimitVerdict.UNKNOWN),
        (None, 3.0, LimitVerdict.NO_LIMIT),
        (None, None, LimitVerdict.NO_LIMIT),
    ],
)
def test_the_limit_itself_is_still_within(limit: Limit | None, value: float | None, verdict: LimitVerdict) -> None:
    assert one(value, limit).verdict is verdict


@pytest.mark.parametrize(
    ("measurements", "verdict"),
    [
        ([], LimitVerdict.NO_LIMIT),
        ([one(0, None)], LimitVerdict.NO_LIMIT),
        ([one(-60), one(0, None)], LimitVerdict.OK),
        ([one(-60), one(None)], LimitVerdict.UNKNOWN),
        ([one(-60), one(None), one(-90)], LimitVerdict.NOT_OK),
    ],
)
def test_the_worst_verdict_is_that_of_the_whole(measurements: list[Measurement], verdict: LimitVerdict) -> None:
    assert a_set(*measurements).verdict is verdict


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_value(value: float) -> None:
    with pytest.raises(ValueError, match="which is no measured value"):
        one(value)


def test_only_the_named_measurements_exist() -> None:
    with pytest.raises(ValueError, match="no measurement 'jitter'"):
        Measurement("jitter", 1.0, "ms", None)


def test_titles_and_limits_read_as_words() -> None:
    assert one(-60).title == "Signal strength (RSSI)"
    assert str(RSSI_LIMIT) == "at least -81"
    assert str(LATENCY_LIMIT) == "at most 1000"


@given(st.lists(VALUES, min_size=1))
def test_median_is_that_of_the_standard_library(values: list[float]) -> None:
    assert median(values) == statistics.median(values)


@given(st.lists(VALUES, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert 100 * sum(value < found for value in values) < percent * len(values)


def test_p95_of_twenty_is_the_second_highest() -> None:
    assert percentile([float(value) for value in range(1, 21)], 95) == 19
    assert percentile([7.0], 95) == 7


@given(st.lists(st.none() | VALUES, min_size=1))
def test_loss_and_its_complement_make_the_whole(probes: list[float | None]) -> None:
    answered = 100 * sum(probe is not None for probe in probes) / len(probes)
    assert loss_percent(probes) + answered == pytest.approx(100)
    assert (loss_percent(probes) == 0) == (None not in probes)


def test_statistics_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="the median of no values"):
        median([])
    with pytest.raises(ValueError, match="the 95th percentile of 0 values"):
        percentile([], 95)
    with pytest.raises(ValueError, match="the 0th percentile of 1 values"):
        percentile([1.0], 0)
    with pytest.raises(ValueError, match="the loss of no probes"):
        loss_percent([])


def test_csq_16_is_minus_81_dbm() -> None:
    assert rssi_of_csq(16) == -81
    assert csq_of_rssi(-81) == 16
    assert csq_of_rssi(-81.5) == 15
    assert (rssi_of_csq(0), rssi_of_csq(31)) == (-113, -51)
    assert (rssi_of_csq(32), rssi_of_csq(99), rssi_of_csq(-1)) == (None, None, None)
    assert (csq_of_rssi(-130), csq_of_rssi(-20)) == (0, 31)


@given(st.integers(0, 31))
def test_csq_and_rssi_are_each_others_inverse(csq: int) -> None:
    rssi = rssi_of_csq(csq)
    assert rssi is not None
    assert csq_of_rssi(rssi) == csq


@given(SETS)
def test_a_set_survives_json(found: NetworkMeasurement) -> None:
    assert measurement_from_json(json.loads(json.dumps(measurement_to_json(found)))) == found


def test_json_names_the_moment_in_utc() -> None:
    moment = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=2)))
    found = NetworkMeasurement(moment, "", "", "", None, ())
    assert measurement_to_json(found)["at"] == "2026-03-01T11:00:00.000Z"


def test_a_verdict_that_is_not_that_of_its_value_is_refused() -> None:
    written = measurement_to_json(a_set(one(-90)))
    written["measurements"][0]["verdict"] = "ok"
    with pytest.raises(InputError) as refused:
        measurement_from_json(written, where="run.json network")
    assert str(refused.value) == (
        "run.json network: cannot be read: rssi is written as 'ok' and judged as 'not ok' - measure again"
    )


def test_an_overall_verdict_that_is_not_the_worst_is_refused() -> None:
    written = measurement_to_json(a_set(one(-90))) | {"verdict": "ok"}
    with pytest.raises(InputError, match="the whole is written as 'ok' and judged as 'not ok'"):
        measurement_from_json(written)


def test_a_missing_field_is_named() -> None:
    written = measurement_to_json(a_set(one(-60)))
    del written["measurements"][0]["limit"]
    with pytest.raises(InputError) as refused:
        measurement_from_json(written)
    assert str(refused.value) == "network measurement: cannot be read: 'limit' is missing - measure again"


@given(st.dictionaries(st.sampled_from(["at", "modem", "measurements", "latencies", "verdict"]), st.none() | st.text()))
def test_whatever_is_no_measurement_is_an_input_error(value: dict[str, object]) -> None:
    with pytest.raises(InputError):
        measurement_from_json(value)
