"""Charging profiles of the simulated station: which are accepted, and what they amount to (OCPP 1.6, section 3.13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.stamps import Stamp, utc_text
from labapp.simulator.connector import Transaction
from labapp.simulator.profiles import Period, Profile
from labapp.simulator.runtime import Runtime
from labapp.simulator.settings import StationConfig
from labapp.simulator.smart_charging import SmartCharging
from tests.simulator.scripted import Bench, on_bench

NOW = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)


def _profile(purpose: str, *periods: tuple[int, float], number: int = 1, **fields: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": fields.pop("unit", "A"),
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in periods],
    }
    for name in ("duration", "startSchedule"):
        if name in fields:
            schedule[name] = fields.pop(name)
    return {
        "chargingProfileId": number,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    } | fields


async def _install(bench: Bench, connector: int, profile: dict[str, Any]) -> str:
    answer = await bench.central.call("SetChargingProfile", {"connectorId": connector, "csChargingProfiles": profile})
    return str(answer.get("status") or answer)


async def _composite(bench: Bench, duration: int = 400, connector: int = 1, unit: str = "A") -> list[tuple[int, float]]:
    request = {"connectorId": connector, "duration": duration, "chargingRateUnit": unit}
    answer = await bench.central.call("GetCompositeSchedule", request)
    assert answer["chargingSchedule"]["duration"] == duration
    return [(each["startPeriod"], each["limit"]) for each in answer["chargingSchedule"]["chargingSchedulePeriod"]]


def test_three_purposes_amount_to_one_schedule() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        start = bench.central.now()
        day = _profile("ChargePointMaxProfile", (0, 10), duration=86400, startSchedule=start)
        default = _profile(
            "TxDefaultProfile", (0, 6), (60, 10), (120, 8), (180, 15), (260, 8),
            number=2, duration=300, startSchedule=start,
        )  # fmt: skip
        session = _profile(
            "TxProfile", (0, 8), (50, 11), (140, 16), (200, 6), (240, 12),
            number=3, duration=260, startSchedule=start, transactionId=1,
        )  # fmt: skip
        assert await _install(bench, 0, day) == "Accepted"
        assert await _install(bench, 1, default) == "Accepted"
        assert await _install(bench, 1, session) == "Accepted"
        assert await _composite(bench) == [(0, 8), (50, 10), (200, 6), (240, 10), (260, 8), (300, 10)]
        await bench.settle(10)
        assert (await _composite(bench))[:3] == [(0, 8), (40, 10), (190, 6)]
        assert await _composite(bench, connector=0) == [(0, 10)]
        assert await _composite(bench, duration=10, unit="W") == [(0, 5520)]
        unknown = await bench.central.call("GetCompositeSchedule", {"connectorId": 9, "duration": 10})
        assert unknown == {"status": "Rejected"}

    on_bench(scenario)


def test_the_profile_of_a_transaction_ends_with_it() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await _install(bench, 1, _profile("TxProfile", (0, 7))) == "Accepted"
        assert await _composite(bench) == [(0, 7)]
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert await _composite(bench) == [(0, 32)]

    on_bench(scenario)


@pytest.mark.parametrize(
    ("connector", "profile"),
    [
        (1, _profile("ChargePointMaxProfile", (0, 10))),
        (1, _profile("TxProfile", (0, 10), transactionId=99)),
        (0, _profile("TxProfile", (0, 10))),
        (9, _profile("TxDefaultProfile", (0, 10))),
        (1, _profile("TxDefaultProfile", (5, 10))),
        (1, _profile("TxDefaultProfile", (0, 10), (0, 9))),
        (1, _profile("TxDefaultProfile", (0, 10), stackLevel=11)),
        (1, _profile("TxDefaultProfile", (0, 10), chargingProfileKind="Recurring")),
        (1, _profile("TxDefaultProfile", *[(n, 10) for n in range(25)])),
    ],
)
def test_profiles_that_are_refused(connector: int, profile: dict[str, Any]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await _install(bench, connector, profile) == "Rejected"

    on_bench(scenario)


def test_without_a_transaction_there_is_no_profile_for_it() -> None:
    async def scenario(bench: Bench) -> None:
        assert await _install(bench, 1, _profile("TxProfile", (0, 10))) == "Rejected"
        unreadable = _profile("TxDefaultProfile", (0, 10), validFrom="tomorrow")
        assert "PropertyConstraintViolation" in await _install(bench, 1, unreadable)

    on_bench(scenario)


def test_no_more_profiles_than_the_station_says() -> None:
    async def scenario(bench: Bench) -> None:
        for level in range(10):
            profile = _profile("TxDefaultProfile", (0, 10), number=level + 1, stackLevel=level)
            assert await _install(bench, 1, profile) == "Accepted"
        extra = _profile("TxDefaultProfile", (0, 10), number=99, stackLevel=10)
        assert await _install(bench, 1, extra) == "Rejected"
        assert await _install(bench, 1, extra | {"chargingProfileId": 10}) == "Accepted"

    on_bench(scenario)


def test_the_higher_stack_level_leads_while_it_says_something() -> None:
    async def scenario(bench: Bench) -> None:
        start = bench.central.now()
        low = _profile("TxDefaultProfile", (0, 16), startSchedule=start)
        high = _profile("TxDefaultProfile", (0, 8), number=2, stackLevel=3, startSchedule=start, duration=100)
        assert await _install(bench, 0, low) == "Accepted"
        assert await _install(bench, 0, high) == "Accepted"
        assert await _composite(bench) == [(0, 8), (100, 16)]
        of_connector = _profile("TxDefaultProfile", (0, 9), number=3, startSchedule=start, duration=50)
        assert await _install(bench, 1, of_connector) == "Accepted"
        assert await _composite(bench) == [(0, 9), (50, 8), (100, 16)]

    on_bench(scenario)


def test_clearing_by_id_and_by_criteria() -> None:
    async def scenario(bench: Bench) -> None:
        async def clear(**criteria: Any) -> str:
            return str((await bench.central.call("ClearChargingProfile", criteria))["status"])

        assert await clear() == "Unknown"
        for number, connector in ((1, 0), (2, 1), (3, 1)):
            profile = _profile("TxDefaultProfile", (0, 10 + number), number=number, stackLevel=number)
            assert await _install(bench, connector, profile) == "Accepted"
        assert await clear(id=9) == "Unknown"
        assert await clear(id=3) == "Accepted"
        assert await clear(connectorId=1, stackLevel=1) == "Unknown"
        assert await clear(connectorId=1, stackLevel=2, chargingProfilePurpose="TxDefaultProfile") == "Accepted"
        assert await _composite(bench) == [(0, 11)]
        assert await clear() == "Accepted"
        assert await _composite(bench) == [(0, 32)]

    on_bench(scenario)


def test_remote_start_brings_its_profile() -> None:
    async def scenario(bench: Bench) -> None:
        start = {"idTag": "TAG", "connectorId": 1}
        for wrong in (_profile("TxDefaultProfile", (0, 7)), _profile("TxProfile", (0, 7), transactionId=1)):
            answer = await bench.central.call("RemoteStartTransaction", start | {"chargingProfile": wrong})
            assert answer == {"status": "Rejected"}
        right = _profile("TxProfile", (0, 7), chargingProfileKind="Relative")
        answer = await bench.central.call("RemoteStartTransaction", start | {"chargingProfile": right})
        assert answer == {"status": "Accepted"}
        await bench.act("plug_in", connector=1)
        await bench.central.expect("StatusNotification", status="Charging")
        assert await _composite(bench) == [(0, 7)]

    on_bench(scenario)


def test_the_meter_counts_what_the_profiles_let_through() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await _install(bench, 1, _profile("TxProfile", (0, 6900), unit="W")) == "Accepted"
        await bench.settle(3600)
        await bench.act("present_id", connector=1, id_tag="TAG")
        stop = await bench.central.expect("StopTransaction")
        assert stop.payload["meterStop"] == pytest.approx(1000 + 6900, abs=20)

    on_bench(scenario)


class _Standing:
    """A clock that stands still."""

    def now(self) -> Stamp:
        return Stamp(NOW, 0)


_OFFSETS = st.integers(-200, 200)


@st.composite
def _profiles(draw: st.DrawFn) -> list[Profile]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        starts = [0, *sorted(draw(st.sets(st.integers(1, 150), max_size=3)))]
        kind = draw(st.sampled_from(["Absolute", "Relative", "Recurring"]))
        purpose = draw(st.sampled_from(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]))
        made.append(
            Profile(
                id=number,
                connector_id=0 if purpose == "ChargePointMaxProfile" else 1,
                stack_level=number,
                purpose=purpose,
                kind=kind,
                recurrency="Daily" if kind == "Recurring" else None,
                valid_from=draw(st.none() | _OFFSETS.map(lambda s: NOW + timedelta(seconds=s))),
                valid_to=draw(st.none() | _OFFSETS.map(lambda s: NOW + timedelta(seconds=s))),
                transaction_id=None,
                unit="A",
                start=None if kind == "Relative" else NOW + timedelta(seconds=draw(_OFFSETS)),
                duration=draw(st.none() | st.integers(1, 300)),
                periods=tuple(Period(start, float(draw(st.integers(6, 32))), None) for start in starts),
            )
        )
    return made


@given(_profiles(), st.booleans())
def test_the_composite_schedule_says_at_each_second_what_the_profiles_say(
    profiles: list[Profile], charging: bool
) -> None:
    smart = SmartCharging(Runtime(StationConfig(), _Standing()))
    transaction = Transaction(1, "TAG", None, None, NOW - timedelta(seconds=50), 0) if charging else None
    installed = [each for each in profiles if smart.install(each, transaction)]
    begin, schedule = smart.composite(1, transaction, 200, "A")
    assert begin == utc_text(NOW)
    periods = schedule["charging_schedule_period"]
    assert [period["start_period"] for period in periods] == sorted({period["start_period"] for period in periods})
    for second in range(200):
        stated = [period["limit"] for period in periods if period["start_period"] <= second][-1]
        moment = NOW + timedelta(seconds=second)
        session = transaction.started if transaction else NOW
        assert stated == _limit_by_hand(installed, moment, session, charging), second


def _limit_by_hand(profiles: list[Profile], moment: datetime, session: datetime, charging: bool) -> float:
    """The limit at one moment, by the rules of section 3.13.2 read one after the other."""

    def by(purpose: str) -> float | None:
        says = [(p.stack_level, p.limit_at(moment, session)) for p in profiles if p.purpose == purpose]
        return max(((level, limit.value) for level, limit in says if limit is not None), default=(0, None))[1]

    limits = [by("TxProfile") if charging else None]
    limits = [limits[0] if limits[0] is not None else by("TxDefaultProfile"), by("ChargePointMaxProfile")]
    return min((limit for limit in limits if limit is not None), default=32.0)
