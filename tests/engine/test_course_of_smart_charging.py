"""The smart charging cases run by hand, but for TC_066: profiles refused and accepted, and composite schedules of slow stations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.engine.driver import Driver, charging

Periods = list[tuple[float, float]]


def schedule(driver: Driver, periods: Periods, *, start: str | None = None, inner: str | None = None) -> None:
    """The station answers GetCompositeSchedule for what it was asked. start: its scheduleStart; inner: startSchedule."""
    action, asked = driver.asked
    assert action == "GetCompositeSchedule"
    content: dict[str, Any] = {
        "duration": asked["duration"],
        "chargingRateUnit": asked["chargingRateUnit"],
        "chargingSchedulePeriod": [{"startPeriod": int(s), "limit": limit} for s, limit in periods],
    }
    if inner is not None:
        content["startSchedule"] = inner
    driver.answers("Accepted", connectorId=1, scheduleStart=start or driver.time(), chargingSchedule=content)


def sent(driver: Driver, number: int) -> dict[str, Any]:
    """The profile with this number, as the tool has sent it."""
    profiles = [f[3]["csChargingProfiles"] for f in driver.sent if f[0] == 2 and f[2] == "SetChargingProfile"]
    return next(dict(p) for p in profiles if p["chargingProfileId"] == number)


def offset(driver: Driver, number: int) -> float:
    """Seconds from the start of a profile's schedule until now: x and y of the tables."""
    start = datetime.fromisoformat(sent(driver, number)["chargingSchedule"]["startSchedule"])
    return (driver.now.utc - start).total_seconds()


# One profile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "purpose"),
    [("TC_056_CS", "TxDefaultProfile"), ("TC_057_CS", "TxProfile"), ("TC_082_CS", "TxDefaultProfile")],
)
@pytest.mark.parametrize(("unit", "limit"), [("A", 6), ("W", 6000)])
def test_a_single_profile_is_sent_and_asked_for_again(case: str, purpose: str, unit: str, limit: int) -> None:
    driver = Driver(case, values={"charging_rate_unit": unit, "stack_level": 2, "number_phases": 1})
    transaction = charging(driver) if case != "TC_056_CS" else None
    assert driver.asked == [
        "SetChargingProfile",
        {
            "connectorId": 1,
            "csChargingProfiles": {
                "chargingProfileId": 1,
                "stackLevel": 2,
                "chargingProfilePurpose": purpose,
                "chargingProfileKind": "Absolute",
                **({"transactionId": transaction} if case == "TC_057_CS" else {}),
                "chargingSchedule": {
                    "duration": 305,
                    "startSchedule": driver.time(-5),
                    "chargingRateUnit": unit,
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": float(limit), "numberPhases": 1}],
                },
            },
        },
    ]
    driver.answers("Accepted")
    assert driver.asked[1] == {"connectorId": 1, "duration": 300, "chargingRateUnit": unit}
    schedule(driver, [(0, limit)])
    assert (driver.verdict, driver.texts) == ("PASS", [])


def single(**setup: Any) -> Driver:
    """TC_056 up to the request for the composite schedule, two seconds after the profile."""
    driver = Driver("TC_056_CS", **setup)
    driver.passes(2)
    driver.answers("Accepted", to="SetChargingProfile")
    return driver


def test_behind_the_end_of_the_profile_the_station_may_say_what_it_likes() -> None:
    driver = single()
    schedule(driver, [(0, 6), (298, 32)])
    assert (driver.verdict, driver.texts) == ("PASS", [])
    driver = single()
    schedule(driver, [(0, 6), (297, 32)])
    assert driver.verdict == "PASS"
    driver = single()
    schedule(driver, [(0, 6), (290, 32)])
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 4: period 1, equal neighbours joined, has the limit of the profiles - not so: 32 from 290 s on (6 was due)."
    ]


def test_a_limit_that_is_not_the_profiles_fails() -> None:
    driver = single()
    schedule(driver, [(0, 32)])
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 4: period 1, equal neighbours joined, has the limit of the profiles - not so: 32 from 0 s on (6 was due)."
    ]


def test_a_local_limit_may_cap_the_schedule_and_need_not() -> None:
    for limit, verdict in ((4, "PASS"), (6, "PASS"), (5, "FAIL")):
        driver = single(values={"local_limit": 4})
        schedule(driver, [(0, limit)])
        assert driver.verdict == verdict


def test_a_schedule_without_periods_fails() -> None:
    driver = single()
    schedule(driver, [])
    assert driver.verdict == "FAIL"
    assert driver.texts[-1] == (
        "Step 4: period 1, equal neighbours joined, starts when the profiles ask for it - not so: no period."
    )


@pytest.mark.parametrize(("behind", "verdict"), [(-8, "FAIL"), (-6, "PASS"), (0, "PASS"), (4, "PASS"), (6, "FAIL")])
def test_the_schedule_starts_at_the_current_time(behind: float, verdict: str) -> None:
    # The answer comes a second behind the request.
    driver = single()
    driver.passes(1)
    schedule(driver, [(0, 6)], start=driver.time(behind))
    assert driver.verdict == verdict
    driver = single()
    driver.passes(1)
    schedule(driver, [(0, 6)], inner=driver.time(behind))
    assert driver.verdict == verdict
    if verdict == "FAIL":
        assert driver.row("4/GetCompositeSchedule.conf/1/chargingSchedule.startSchedule") == "failed"


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_a_station_that_does_not_know_the_date_fails(start: str) -> None:
    driver = single()
    schedule(driver, [(0, 6)], start=start)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "validation")
    assert driver.row("4/GetCompositeSchedule.conf/1/chargingSchedule.startSchedule") == "failed"


# Refused profiles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["TC_058_1_CS", "TC_060_CS"])
def test_a_profile_that_cannot_be_is_refused_in_one_of_two_ways(case: str) -> None:
    driver = Driver(case)
    action, payload = driver.asked
    if case == "TC_058_1_CS":
        profile = payload["csChargingProfiles"]
        assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxProfile", True)
    else:
        profile = payload["chargingProfile"]
        assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxDefaultProfile", False)
    driver.answers("Rejected")
    assert driver.verdict == "PASS"
    driver = Driver(case)
    driver.refuses("PropertyConstraintViolation")
    assert driver.verdict == "PASS"
    driver = Driver(case)
    driver.refuses("FormationViolation")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        f"Step 2: {action}.req was answered with CALLERROR FormationViolation, {action}.conf or CALLERROR "
        "PropertyConstraintViolation was due."
    ]
    driver = Driver(case)
    driver.answers("Accepted")
    assert (driver.verdict, driver.texts) == (
        "FAIL",
        [f"Step 2: {action}.conf had status Accepted, Rejected was due."],
    )


def test_a_profile_of_another_transaction_is_refused_without_a_callerror() -> None:
    driver = Driver("TC_058_2_CS")
    transaction = charging(driver)
    profile = driver.asked[1]["csChargingProfiles"]
    assert driver.asked[1]["connectorId"] == 1
    assert profile["transactionId"] != transaction
    driver.answers("Rejected")
    assert driver.verdict == "PASS"
    driver = Driver("TC_058_2_CS")
    charging(driver)
    driver.refuses("PropertyConstraintViolation")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 2: SetChargingProfile.req was answered with CALLERROR PropertyConstraintViolation, "
        "SetChargingProfile.conf was due."
    ]


def test_a_transaction_is_started_with_a_profile_that_outlasts_the_operator() -> None:
    driver = Driver("TC_059_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    profile = driver.asked[1]["chargingProfile"]
    assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxProfile", False)
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.status("Preparing")
    driver.passes(55)
    driver.confirms("plug_in")
    driver.starts()
    driver.status("Charging")
    schedule(driver, [(0, 6)])
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_the_state_charging_has_no_profile_elsewhere() -> None:
    driver = Driver("TC_057_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    assert "chargingProfile" not in driver.asked[1]


# TC_067 and TC_072 ----------------------------------------------------------------------------------------------------


def cleared(slowness: float = 0.5, **setup: Any) -> Driver:
    """TC_067 up to the first request for the composite schedule. slowness: seconds for each answer."""
    driver = Driver("TC_067_CS", **setup)
    for number, connector in ((1, 1), (2, 1), (3, 0)):
        assert (driver.asked[0], driver.asked[1]["connectorId"]) == ("SetChargingProfile", connector)
        assert driver.asked[1]["csChargingProfiles"]["chargingProfileId"] == number
        driver.passes(slowness)
        driver.answers("Accepted")
    assert driver.asked == ["ClearChargingProfile", {"id": 1}]
    driver.passes(slowness)
    driver.answers("Accepted")
    return driver


def test_profiles_are_cleared_one_after_another() -> None:
    driver = cleared()
    schedule(driver, [(0, 7), (100 - offset(driver, 2), 9)])
    assert driver.asked == [
        "ClearChargingProfile",
        {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0},
    ]
    driver.answers("Accepted")
    schedule(driver, [(0, 11), (200 - offset(driver, 3), 12)])
    assert driver.asked == ["ClearChargingProfile", {}]
    driver.answers("Accepted")
    schedule(driver, [(0, 32)])
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_profile_that_is_still_there_shows() -> None:
    driver = cleared()
    schedule(driver, [(0, 6), (60 - offset(driver, 1), 8), (200 - offset(driver, 1), 10)])
    driver.answers("Accepted")
    schedule(driver, [(0, 11), (200 - offset(driver, 3), 12)])
    driver.answers("Accepted")
    schedule(driver, [(0, 12)])
    assert driver.verdict == "FAIL"
    assert [text.split(" - not so: ")[0] for text in driver.texts] == [
        "Step 4: period 1, equal neighbours joined, has the limit of the profiles",
        "Step 4: period 2, equal neighbours joined, has the limit of the profiles",
        "Step 12: period 1, equal neighbours joined, has the limit of the profiles",
    ]
    assert driver.texts[-1].endswith("12 from 0 s on (32 was due).")


def test_a_slow_station_is_judged_by_what_is_left_of_the_profiles() -> None:
    # Profile 2 ends within the schedule, and what profile 3 says then is left.
    driver = cleared(28)
    x = offset(driver, 2)
    assert x == 89
    schedule(driver, [(0, 7), (100 - x, 9), (405 - x, 12)])
    assert driver.texts_so_far == []
    # Profile 3 ceases to be valid within the schedule; then nothing is said.
    driver.passes(28)
    driver.answers("Accepted", to="ClearChargingProfile")
    y = offset(driver, 3)
    assert y == 89
    schedule(driver, [(0, 11), (200 - y, 12), (411 - y, 32)])
    assert driver.texts_so_far == []


def test_a_period_that_is_over_is_none_of_the_schedule() -> None:
    driver = Driver("TC_072_CS", values={"max_time_deviation": 45})
    for _ in range(2):
        driver.passes(29)
        driver.answers("Accepted", to="SetChargingProfile")
    driver.passes(29)
    # The second profile started 74 s ago; its second period begins in 26 s, and it ends behind the third of the first one.
    x, y = offset(driver, 2), offset(driver, 1)
    assert (x, y) == (103, 132)
    schedule(driver, [(0, 9), (150 - x + 45, 10)])
    assert (driver.verdict, driver.texts) == ("PASS", [])


def stacked() -> Driver:
    driver = Driver("TC_072_CS")
    for _ in range(2):
        driver.passes(0.5)
        driver.answers("Accepted", to="SetChargingProfile")
    return driver


def test_the_higher_stack_level_leads_until_it_ends() -> None:
    driver = stacked()
    x, y = offset(driver, 2), offset(driver, 1)
    schedule(driver, [(0, 7), (100 - x, 9), (155 - x, 8), (200 - y, 10)])
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_station_that_takes_the_lower_stack_level_fails() -> None:
    driver = stacked()
    y = offset(driver, 1)
    schedule(driver, [(0, 6), (100 - y, 8), (200 - y, 10)])
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 2: period 1, equal neighbours joined, has the limit of the profiles - not so: 6 from 0 s on (7 was due).",
        "Step 2: period 2, equal neighbours joined, has the limit of the profiles - not so: 8 from 94.5 s on (9 was due).",
    ]


def test_a_period_that_begins_late_is_a_finding_of_its_start_alone() -> None:
    driver = stacked()
    schedule(driver, [(0, 7), (104, 9), (149, 8), (194, 10)])
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 2: period 2, equal neighbours joined, starts when the profiles ask for it - not so: 104 (94.5 was due)."
    ]
    driver = stacked()
    schedule(driver, [(0, 7), (90, 9), (149, 8), (194, 10)])
    assert driver.texts_so_far == [
        "Step 2: period 2, equal neighbours joined, starts when the profiles ask for it - not so: 90 (94.5 was due)."
    ]


#: (case, chargingProfileId) -> connector, purpose, stackLevel, whether it is valid for a time only, duration, periods.
MEMORY: dict[tuple[str, int], tuple[int, str, int, bool, int, list[tuple[int, int]]]] = {
    ("TC_066_CS", 1): (0, "ChargePointMaxProfile", 0, False, 86400, [(0, 10)]),
    ("TC_066_CS", 2): (1, "TxDefaultProfile", 0, True, 300, [(0, 6), (60, 10), (120, 8), (180, 15), (260, 8)]),
    ("TC_066_CS", 3): (1, "TxProfile", 0, True, 260, [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)]),
    ("TC_067_CS", 1): (1, "TxDefaultProfile", 1, False, 400, [(0, 6), (60, 8), (200, 10)]),
    ("TC_067_CS", 2): (1, "TxDefaultProfile", 0, True, 400, [(0, 7), (100, 9)]),
    ("TC_067_CS", 3): (0, "ChargePointMaxProfile", 0, True, 86400, [(0, 11), (200, 12)]),
    ("TC_072_CS", 1): (1, "TxDefaultProfile", 0, True, 400, [(0, 6), (100, 8), (200, 10)]),
    ("TC_072_CS", 2): (1, "TxDefaultProfile", 1, True, 150, [(0, 7), (100, 9)]),
}


@pytest.mark.parametrize("case", ["TC_066_CS", "TC_067_CS", "TC_072_CS"])
@pytest.mark.parametrize(("unit", "factor"), [("A", 1), ("W", 1000)])
def test_the_profiles_of_the_preparation_are_those_of_the_table(case: str, unit: str, factor: int) -> None:
    driver = Driver(case, values={"charging_rate_unit": unit, "max_time_deviation": 7})
    transaction = charging(driver) if case == "TC_066_CS" else None
    for number in (number for name, number in MEMORY if name == case):
        connector, purpose, stack, valid, duration, periods = MEMORY[case, number]
        assert driver.asked == [
            "SetChargingProfile",
            {
                "connectorId": connector,
                "csChargingProfiles": {
                    "chargingProfileId": number,
                    "stackLevel": stack,
                    "chargingProfilePurpose": purpose,
                    "chargingProfileKind": "Absolute",
                    **({"transactionId": transaction} if purpose == "TxProfile" else {}),
                    **({"validFrom": driver.time(-7), "validTo": driver.time(408)} if valid else {}),
                    "chargingSchedule": {
                        "duration": duration + 7,
                        "startSchedule": driver.time(-7),
                        "chargingRateUnit": unit,
                        "chargingSchedulePeriod": [
                            {"startPeriod": start, "limit": limit * factor, "numberPhases": 3}
                            for start, limit in periods
                        ],
                    },
                },
            },
        ]
        driver.passes(1)
        driver.answers("Accepted")
