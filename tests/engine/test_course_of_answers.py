"""TC_066 and TC_019, run by hand: composite schedules and configurations as stations work them out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from labapp.cases.v16.charge_point.configuration import REQUIRED_KEYS
from labapp.domain.expectations import Literal
from tests.engine.driver import VALUES, Driver, charging

# TC_066 ---------------------------------------------------------------------------------------------------------------

Periods = list[tuple[float, float]]


def composite(**setup: Any) -> Driver:
    """TC_066 up to the request for the composite schedule."""
    driver = Driver("TC_066_CS", **setup)
    transaction = charging(driver)
    for number in (1, 2, 3):
        driver.passes(1.5)
        action, payload = driver.asked
        profile = payload["csChargingProfiles"]
        assert (action, profile["chargingProfileId"]) == ("SetChargingProfile", number)
        assert payload["connectorId"] == (0 if number == 1 else 1)
        if number == 3:
            assert profile["transactionId"] == transaction
        driver.answers("Accepted")
    driver.passes(0.25)
    assert driver.asked == [
        "GetCompositeSchedule",
        {
            "connectorId": 1,
            "duration": 400,
            "chargingRateUnit": driver.interpreter.attempt.values["charging_rate_unit"],
        },
    ]
    return driver


def due_periods(driver: Driver, start: datetime, factor: int = 1) -> Periods:
    """What a station works out that reads the profiles as they were sent."""
    sent = {f[3]["csChargingProfiles"]["chargingProfileId"]: f[3] for f in driver.sent if f[2] == "SetChargingProfile"}

    def offset(profile: int) -> float:
        text = sent[profile]["csChargingProfiles"]["chargingSchedule"]["startSchedule"]
        return (start - datetime.fromisoformat(text)).total_seconds()

    x, y, deviation = offset(3), offset(2), VALUES["max_time_deviation"]
    return [
        (0, 8 * factor),
        (50 - x, 10 * factor),
        (200 - x, 6 * factor),
        (240 - x, 10 * factor),
        (260 - x + deviation, 8 * factor),
        (300 - y + deviation, 10 * factor),
    ]


def schedule(driver: Driver, periods: Periods, start: str | None, unit: str = "A", **fields: Any) -> None:
    content: dict[str, Any] = {
        "status": "Accepted",
        "connectorId": 1,
        "chargingSchedule": {
            "duration": 400,
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": int(s), "limit": limit} for s, limit in periods],
        },
        **fields,
    }
    if start is not None:
        content["scheduleStart"] = start
    driver.answers(content)


def rounded(periods: Periods, up: bool) -> Periods:
    return [(int(start) + (1 if up and start != int(start) else 0), limit) for start, limit in periods]


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_the_composite_schedule_passes_however_its_starts_are_rounded(up: bool, whole: bool) -> None:
    driver = composite()
    now = driver.now.utc
    periods = rounded(due_periods(driver, now), up)
    schedule(driver, periods, driver.time() if not whole else driver.time()[:19] + "Z")
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_limits_in_watt_are_a_thousandfold() -> None:
    driver = composite(values={"charging_rate_unit": "W"})
    schedule(driver, due_periods(driver, driver.now.utc, 1000), driver.time(), "W")
    assert driver.verdict == "PASS"
    driver = composite(values={"charging_rate_unit": "W"})
    schedule(driver, due_periods(driver, driver.now.utc), driver.time(), "W")
    assert driver.verdict == "FAIL"


def test_equal_neighbours_need_not_be_joined() -> None:
    driver = composite()
    periods = due_periods(driver, driver.now.utc)
    periods.insert(2, (90, 10))
    schedule(driver, periods, driver.time())
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("off", [-4.0, 4.0])
def test_the_start_may_deviate_as_configured(off: float) -> None:
    driver = composite()
    start = driver.now.utc + timedelta(seconds=off)
    schedule(driver, due_periods(driver, start), driver.time(off))
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("off", [-6.0, 6.0, None])
def test_a_start_that_is_far_off_or_missing_fails(off: float | None) -> None:
    driver = composite()
    start = driver.now.utc + timedelta(seconds=off or 0)
    schedule(driver, due_periods(driver, start), None if off is None else driver.time(off))
    assert (driver.verdict, driver.row("2/GetCompositeSchedule.conf/1/scheduleStart")) == ("FAIL", "failed")


def test_fewer_periods_a_wrong_start_and_a_wrong_limit_fail() -> None:
    path = "2/GetCompositeSchedule.conf/1/chargingSchedule.chargingSchedulePeriod"
    driver = composite()
    schedule(driver, due_periods(driver, driver.now.utc)[:5], driver.time())
    assert (driver.verdict, driver.row(f"{path}[5].limit")) == ("FAIL", "failed")
    driver = composite()
    periods = due_periods(driver, driver.now.utc)
    periods[2] = (periods[2][0] + 3, periods[2][1])
    schedule(driver, periods, driver.time())
    assert (driver.verdict, driver.row(f"{path}[2].startPeriod")) == ("FAIL", "failed")
    driver = composite()
    periods = due_periods(driver, driver.now.utc)
    periods[3] = (periods[3][0], 12)
    schedule(driver, periods, driver.time())
    assert (driver.verdict, driver.row(f"{path}[3].limit")) == ("FAIL", "failed")


def test_a_schedule_that_is_refused_ends_the_case() -> None:
    driver = composite()
    driver.answers("Rejected")
    assert (driver.verdict, driver.result["findings"][0]["field"]) == ("FAIL", "status")


def test_a_profile_that_is_refused_fails_in_preparation() -> None:
    driver = Driver("TC_066_CS")
    charging(driver)
    driver.answers("Rejected", to="SetChargingProfile")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")


# TC_019 ---------------------------------------------------------------------------------------------------------------

ALL_PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"


def keys(*profiles: str) -> list[dict[str, Any]]:
    found = []
    for profile in profiles:
        for key, readonly in REQUIRED_KEYS[profile].items():
            found.append(
                {"key": key, "readonly": readonly.value if isinstance(readonly, Literal) else True, "value": "1"}
            )
    return found


def read(
    driver: Driver,
    given: list[dict[str, Any]],
    profiles: str = ALL_PROFILES,
    limit: str = "100",
    last: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda asked: asked,
    masks: Any = (),
) -> Driver:
    driver.configured("SupportedFeatureProfiles", profiles, readonly=True)
    assert driver.asked == ["GetConfiguration", {}]
    driver.answers({"configurationKey": given}, masks=masks)
    driver.configured("GetConfigurationMaxKeys", limit, readonly=True)
    names = driver.asked[1]["key"]
    assert names == [entry["key"] for entry in given][: int(limit)]
    driver.answers({"configurationKey": last([entry for entry in given if entry["key"] in names])})
    return driver


def test_all_required_keys_pass() -> None:
    driver = read(Driver("TC_019_CS"), keys("Core", "LocalAuthListManagement", "SmartCharging"))
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_keys_of_profiles_that_are_not_supported_are_not_asked_for() -> None:
    driver = read(Driver("TC_019_CS"), keys("Core"), profiles="core, RemoteTrigger")
    assert driver.verdict == "PASS"
    row = "4/GetConfiguration.conf/1/configurationKey[key=LocalAuthListEnabled].readonly/returnsLocalAuthListManagement"
    assert driver.row(row) == "not_exercised"


@pytest.mark.parametrize("key", ["HeartbeatInterval", "LocalAuthListEnabled", "MaxChargingProfilesInstalled"])
def test_a_required_key_that_is_missing_fails(key: str) -> None:
    given = [entry for entry in keys("Core", "LocalAuthListManagement", "SmartCharging") if entry["key"] != key]
    driver = read(Driver("TC_019_CS"), given)
    assert driver.verdict == "FAIL"
    assert driver.result["findings"][0]["received"] == "<omitted>"


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("HeartbeatInterval", "FAIL"),
        ("NumberOfConnectors", "FAIL"),
        ("AuthorizeRemoteTxRequests", "PASS"),
        ("UnlockConnectorOnEVSideDisconnect", "PASS"),
    ],
)
def test_accessibility_is_that_of_the_table(key: str, verdict: str) -> None:
    given = [{**e, "readonly": not e["readonly"]} if e["key"] == key else e for e in keys("Core")]
    assert read(Driver("TC_019_CS"), given, profiles="Core").verdict == verdict


def test_keys_compare_without_case() -> None:
    given = [{**e, "key": e["key"].upper()} for e in keys("Core")]
    assert read(Driver("TC_019_CS"), given, profiles="Core").verdict == "PASS"


@pytest.mark.parametrize("profiles", ["SmartCharging", "Core,Charging", ""])
def test_profiles_hold_core_and_known_ones(profiles: str) -> None:
    assert read(Driver("TC_019_CS"), keys("Core", "SmartCharging"), profiles=profiles).verdict == "FAIL"


def test_as_many_keys_are_asked_for_as_are_allowed_and_all_are_answered() -> None:
    assert read(Driver("TC_019_CS"), keys("Core"), profiles="Core", limit="5").verdict == "PASS"
    driver = read(Driver("TC_019_CS"), keys("Core"), profiles="Core", limit="5", last=lambda asked: asked[:-1])
    assert driver.verdict == "FAIL"
    assert driver.result["findings"][0]["step"] == 8


def test_the_password_may_be_there_as_long_as_it_is_not_the_configured_one() -> None:
    given = [*keys("Core"), {"key": "AuthorizationKey", "readonly": False, "value": "*" * 16}]
    mask = {"path": f"configurationKey[{len(given) - 1}].value", "form": "hex", "name": "password", "length": 16}
    driver = read(Driver("TC_019_CS"), given, profiles="Core", masks=(mask,))
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 4: AuthorizationKey, if present, does not give the configured value away - not so: "
        "the configured key (hex)."
    ]
    other = {**mask, "name": ""}
    assert read(Driver("TC_019_CS"), given, profiles="Core", masks=(other,)).verdict == "PASS"
    for value in ({"value": ""}, {}):
        given[-1] = {"key": "AuthorizationKey", "readonly": False, **value}
        assert read(Driver("TC_019_CS"), given, profiles="Core").verdict == "PASS"


def test_the_password_is_set_first_and_never_put_back() -> None:
    driver = Driver("TC_019_CS", options={"secrets": ["password"]})
    assert driver.asked == ["GetConfiguration", {"key": ["AuthorizationKey"]}]
    driver.answers({"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": "********"}]})
    action, payload = driver.asked
    assert (action, payload["key"]) == ("ChangeConfiguration", "AuthorizationKey")
    driver.answers("Accepted")
    driver.link_down("device")
    driver.passes(2)
    driver.link_up()
    driver.passes(5)
    read(driver, keys("Core"), profiles="Core")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert [frame[3]["key"] for frame in driver.sent if frame[2] == "ChangeConfiguration"] == ["AuthorizationKey"]


def test_the_password_under_another_key_is_not_what_the_table_speaks_of() -> None:
    given = [*keys("Core"), {"key": "VendorKey", "readonly": False, "value": "*" * 16}]
    mask = {"path": f"configurationKey[{len(given) - 1}].value", "form": "plain", "name": "password", "length": 16}
    assert read(Driver("TC_019_CS"), given, profiles="Core", masks=(mask,)).verdict == "PASS"
