"""Core profile, charge point: meter values (OCTT 1.6, section 2.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from math import inf
from typing import Any

from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, GET_CONFIGURATION
from labapp.cases.values import CLOCK_ALIGNED_INTERVAL, METER_VALUE_INTERVAL
from labapp.domain.expectations import OMITTED, Symbol, one_of
from labapp.domain.notation import check, configuration, state
from labapp.domain.payloads import objects
from labapp.domain.testcase import CHARGE_POINT, Check, Series, TestCase, Verdict
from labapp.domain.tolerances import TOLERANCES
from labapp.domain.view import View
from labapp.ocpp.messages16 import MeterValues
from labapp.ocpp.timestamps import read_timestamp

#: What a station meters when the list of measurands is empty.
_REGISTER = "Energy.Active.Import.Register"


def _values(view: View) -> Iterator[Mapping[str, Any]]:
    for seen in view.seen(1):
        if seen.sender == "sut":
            yield from objects(seen.payload, "meterValue")


def _measurand(sample: Mapping[str, Any]) -> str:
    return str(sample.get("measurand", _REGISTER))


def _configured(view: View, key: str) -> list[str]:
    """The measurands that a key named when the state read it."""
    for seen in view.seen(2, GET_CONFIGURATION.id):
        for entry in objects(seen.payload, "configurationKey"):
            if str(entry.get("key", "")).lower() == key.lower():
                names = [name.strip() for name in str(entry.get("value", "")).split(",")]
                return [name for name in names if name] or [_REGISTER]
    return [_REGISTER]


def _has_measurands_of(key: str) -> Callable[[View], Verdict]:
    def judge(view: View) -> Verdict:
        wanted = _configured(view, key)
        for value in _values(view):
            samples = objects(value, "sampledValue")
            given = {_measurand(sample) for sample in samples}
            phased = {f"{_measurand(sample)}.{sample['phase']}" for sample in samples if "phase" in sample}
            missing = [name for name in wanted if name not in given | phased]
            if missing:
                return Verdict(False, "without " + ", ".join(missing))
        return Verdict(True, ", ".join(wanted))

    return judge


def _no_vehicle_location(view: View) -> Verdict:
    samples = [sample for value in _values(view) for sample in objects(value, "sampledValue")]
    wrong = [s for s in samples if s.get("location") == "EV" and _measurand(s) != "SoC"]
    return Verdict(not wrong, "EV for " + ", ".join(_measurand(s) for s in wrong) if wrong else "none")


def _series(context: str, interval: Symbol) -> Series:
    """Three messages, counted from StartTransaction."""
    return Series(
        1,
        MeterValues.req(
            ("meterValue[].sampledValue[].context", context),
            ("meterValue[].sampledValue[].format", one_of("Raw", OMITTED)),
        ),
        MeterValues.conf(),
        2,
        count=3,
        interval=interval,
        tolerance="sample_interval",
        clock="meter",
        since=9,
        state=CHARGING.id,
        reach_back=True,
    )


def _content_checks(key: str) -> tuple[Check, ...]:
    return (
        check(
            1,
            f"every measurand of {key} is there",
            _has_measurands_of(key),
            message="MeterValues.req",
            path="meterValue[].sampledValue[].measurand",
            expected=f"<{key[:1].lower()}{key[1:]}>",
        ),
        check(
            1,
            "no value but SoC is located in the vehicle",
            _no_vehicle_location,
            message="MeterValues.req",
            path="meterValue[].sampledValue[].location",
            expected="<not EV>",
        ),
    )


_DAY = timedelta(days=1)


def _off_the_clock(text: str, interval: float) -> float:
    """Seconds to the nearest whole number of intervals since midnight: UTC, or of the zone that the device writes."""
    moment, _ = read_timestamp(text)
    if moment is None:
        return inf
    elapsed = moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)
    # Not by way of the moment in UTC: of the first and the last day there is one that the calendar does not have.
    in_utc = (elapsed - (moment.utcoffset() or timedelta())) % _DAY
    return min(_off(elapsed, interval), _off(in_utc, interval))


def _off(elapsed: timedelta, interval: float) -> float:
    behind = elapsed.total_seconds() % interval
    return min(behind, interval - behind, (_DAY - elapsed).total_seconds())


def _aligned(view: View) -> Verdict:
    interval = float(view.values[CLOCK_ALIGNED_INTERVAL.key])
    texts = [str(value.get("timestamp", "<omitted>")) for value in _values(view)]
    for text in texts:
        if _off_the_clock(text, interval) > TOLERANCES["alignment"].around(interval):
            return Verdict(False, text)
    return Verdict(True, ", ".join(texts))


TC_070_CS = TestCase(
    id="TC_070_CS",
    title="Sampled Meter Values",
    source=octt16("Table 29", "validations printed for step 3 are those of step 1"),
    sut=CHARGE_POINT,
    before=(
        configuration("MeterValueSampleInterval", METER_VALUE_INTERVAL),
        configuration("ClockAlignedDataInterval", "0"),
        GET_CONFIGURATION.with_(configurationKey="MeterValuesSampledData"),
        state(CHARGING),
    ),
    steps=(_series("Sample.Periodic", METER_VALUE_INTERVAL), *_content_checks("MeterValuesSampledData")),
)

TC_071_CS = TestCase(
    id="TC_071_CS",
    title="Clock-aligned Meter Values",
    source=octt16("Table 30", "midnight is that of UTC, or of the zone that the station writes"),
    sut=CHARGE_POINT,
    before=(
        configuration("MeterValueSampleInterval", "0"),
        configuration("ClockAlignedDataInterval", CLOCK_ALIGNED_INTERVAL),
        GET_CONFIGURATION.with_(configurationKey="MeterValuesAlignedData"),
        state(CHARGING),
    ),
    steps=(
        _series("Sample.Clock", CLOCK_ALIGNED_INTERVAL),
        check(
            1,
            "every timestamp is a whole number of intervals from midnight, within the tolerance alignment",
            _aligned,
            message="MeterValues.req",
            path="meterValue[].timestamp",
            expected="<clockAligned>",
        ),
        *_content_checks("MeterValuesAlignedData"),
    ),
)

CASES = (TC_070_CS, TC_071_CS)
