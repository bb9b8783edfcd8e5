"""Smart charging, charge point (OCTT 1.6, section 2.23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from labapp.cases.composite import composite_periods, normalised, seconds_between
from labapp.cases.conditions import at_least, feature
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, SET_CHARGING_PROFILE
from labapp.cases.values import CHARGING_RATE_UNIT, CONNECTOR_ID
from labapp.domain.expectations import Computed
from labapp.domain.testcase import CHARGE_POINT, Check, TestCase, Verdict, check, exchange, state
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import GetCompositeSchedule
from labapp.ocpp.timestamps import read_timestamp

#: (startPeriod, limit in A) of each profile's periods, as the table gives them.
_PERIODS_1 = ((0, 10),)
_PERIODS_2 = ((0, 6), (60, 10), (120, 8), (180, 15), (260, 8))
_PERIODS_3 = ((0, 8), (50, 11), (140, 16), (200, 6), (240, 12))


def _deviation(view: View) -> int:
    return int(view.values["max_time_deviation"])


def _factor(view: View) -> int:
    return 1000 if view.values["charging_rate_unit"] == "W" else 1


def _schedule(view: View, duration: int, periods: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    return {
        "duration": duration + _deviation(view),
        "startSchedule": stamp(view, after=-_deviation(view)),
        "chargingRateUnit": view.values["charging_rate_unit"],
        "chargingSchedulePeriod": [
            {
                "startPeriod": start,
                "limit": float(limit * _factor(view)),
                "numberPhases": int(view.values["number_phases"]),
            }
            for start, limit in periods
        ],
    }


def _profile_1(view: View) -> dict[str, Any]:
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": _schedule(view, 86400, _PERIODS_1),
    }


def _limited(view: View, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stackLevel": 0,
        "chargingProfileKind": "Absolute",
        "validFrom": stamp(view, after=-_deviation(view)),
        "validTo": stamp(view, after=_deviation(view) + 401),
        **content,
    }


def _profile_2(view: View) -> dict[str, Any]:
    return _limited(
        view,
        {
            "chargingProfileId": 2,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingSchedule": _schedule(view, 300, _PERIODS_2),
        },
    )


def _transaction(view: View) -> int:
    """Id that the tool gave to the transaction of Charging."""
    given = [seen.payload.get("transactionId") for seen in view.seen(10, CHARGING.id)]
    return next((number for number in reversed(given) if isinstance(number, int)), 0)


def _profile_3(view: View) -> dict[str, Any]:
    return _limited(
        view,
        {
            "chargingProfileId": 3,
            "transactionId": _transaction(view),
            "chargingProfilePurpose": "TxProfile",
            "chargingSchedule": _schedule(view, 260, _PERIODS_3),
        },
    )


def _answer(view: View) -> Mapping[str, Any]:
    answers = [seen for seen in view.seen(2) if seen.sender == "sut"]
    return answers[-1].payload if answers else {}


def _schedule_start(view: View) -> datetime | None:
    text = _answer(view).get("scheduleStart")
    return read_timestamp(text)[0] if isinstance(text, str) else None


def _start_near_request(view: View) -> Verdict:
    start = _schedule_start(view)
    asked = view.seen(1)[-1].at.utc
    if start is None:
        return Verdict(False, str(_answer(view).get("scheduleStart", "<omitted>")))
    return Verdict(abs((start - asked).total_seconds()) <= _deviation(view), _answer(view)["scheduleStart"])


def _elapsed(view: View, profile: int) -> float:
    """Seconds from the start of a profile's schedule to the start of the composite schedule: x and y of the table."""
    start = _schedule_start(view)
    sent = next(
        seen.payload["csChargingProfiles"]
        for seen in view.history("SetChargingProfile.req")
        if seen.payload["csChargingProfiles"]["chargingProfileId"] == profile
    )
    return seconds_between(sent["chargingSchedule"]["startSchedule"], start) if start else 0.0


def _due_periods(view: View) -> list[tuple[float, float]]:
    x, y, deviation, factor = _elapsed(view, 3), _elapsed(view, 2), _deviation(view), _factor(view)
    return [
        (0, 8 * factor),
        (50 - x, 10 * factor),
        (200 - x, 6 * factor),
        (240 - x, 10 * factor),
        (260 - x + deviation, 8 * factor),
        (300 - y + deviation, 10 * factor),
    ]


def _given_periods(view: View) -> list[tuple[float, float]]:
    schedule = _answer(view).get("chargingSchedule")
    return normalised(composite_periods(schedule)) if isinstance(schedule, Mapping) else []


def _start_of(index: int) -> Callable[[View], Verdict]:
    def judge(view: View) -> Verdict:
        given, due = _given_periods(view), _due_periods(view)
        if len(given) != len(due):
            return Verdict(False, f"{len(given)} periods: {_periods_text(given)}")
        start = _schedule_start(view)
        # Periods start in whole seconds, and the derived moment may be rounded either way; a scheduleStart in whole
        # seconds was rounded as well.
        rounding = 2 if start is not None and start.microsecond == 0 else 1
        return Verdict(abs(given[index][0] - due[index][0]) < rounding, f"{given[index][0]:g}")

    return judge


def _limit_of(index: int) -> Callable[[View], Verdict]:
    def judge(view: View) -> Verdict:
        given, due = _given_periods(view), _due_periods(view)
        if len(given) <= index:
            return Verdict(False, f"{len(given)} periods: {_periods_text(given)}")
        return Verdict(given[index][1] == due[index][1], f"{given[index][1]:g}")

    return judge


def _periods_text(periods: list[tuple[float, float]]) -> str:
    return ", ".join(f"{start:g}: {limit:g}" for start, limit in periods) or "none"


_DUE = (
    ("0", "8"),
    ("50 - x", "10"),
    ("200 - x", "6"),
    ("240 - x", "10"),
    ("260 - x + <maxTimeDeviation>", "8"),
    ("300 - y + <maxTimeDeviation>", "10"),
)


def _period_checks() -> tuple[Check, ...]:
    found: list[Check] = []
    for index, (start, limit) in enumerate(_DUE):
        place = f"chargingSchedule.chargingSchedulePeriod[{index}]"
        for path, expected, text, function in (
            (f"{place}.startPeriod", start, "starts when the profiles ask for it", _start_of(index)),
            (f"{place}.limit", limit, "has the limit of the profiles", _limit_of(index)),
        ):
            found.append(
                check(
                    2,
                    f"period {index + 1}, equal neighbours joined, {text}",
                    function,
                    message="GetCompositeSchedule.conf",
                    path=path,
                    expected=expected,
                )
            )
    return tuple(found)


TC_066_CS = TestCase(
    id="TC_066_CS",
    title="Get Composite Schedule",
    source=octt16(
        "Table 87",
        "ChargingStationMaxProfile is ChargePointMaxProfile",
        "x and y are elapsed offsets from the start of the profiles' schedules",
        "limits are multiplied by 1000 where the unit is W",
    ),
    sut=CHARGE_POINT,
    prerequisites=(
        feature("SmartCharging"),
        at_least("MaxChargingProfilesInstalled", 3),
        at_least("ChargingScheduleMaxPeriods", 5),
    ),
    before=(
        state(CHARGING),
        SET_CHARGING_PROFILE.with_(connectorId=0, chargingProfile=Computed("chargingProfile1", _profile_1)),
        SET_CHARGING_PROFILE.with_(chargingProfile=Computed("chargingProfile2", _profile_2)),
        SET_CHARGING_PROFILE.with_(chargingProfile=Computed("chargingProfile3", _profile_3)),
    ),
    steps=(
        exchange(
            1,
            GetCompositeSchedule.req(connectorId=CONNECTOR_ID, duration=400, chargingRateUnit=CHARGING_RATE_UNIT),
            GetCompositeSchedule.conf(
                status="Accepted",
                connectorId=CONNECTOR_ID,
                chargingSchedule={"duration": 400, "chargingRateUnit": CHARGING_RATE_UNIT},
            ),
            gate=True,
        ),
        check(
            2,
            "the schedule starts at the time of the request, within the configured deviation",
            _start_near_request,
            message="GetCompositeSchedule.conf",
            path="scheduleStart",
            expected="<requestTime> +/- <maxTimeDeviation>",
        ),
        *_period_checks(),
    ),
)

CASES = (TC_066_CS,)
