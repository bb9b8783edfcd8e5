"""Which cases apply to a device that has told its keys, and within which limits."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.cases.catalogue import ALL
from labapp.cases.conditions import OCCUPIED_AT_ONCE, at_least, feature, not_fixed_to_false
from labapp.domain.applicability import BetweenCases, Candidate, bounds, exclusions, needed_keys, readings_of, unmet
from labapp.domain.device import DeviceModel
from labapp.domain.expectations import Condition
from labapp.domain.plan_conditions import KeyReading
from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT, Source, TestCase

CASES = [case for case in ALL if case.kind == "case" and case.sut == CHARGE_POINT]


def case(*prerequisites: Condition, sut: Any = CHARGE_POINT) -> TestCase:
    return TestCase("TC_900_CS", "A case", Source("document", "Table 1"), sut, steps=(), prerequisites=prerequisites)


def told(*absent: str, **keys: tuple[str | None, bool | None]) -> BetweenCases:
    """A device that has told these keys, and that it does not know the absent ones."""
    model = DeviceModel()
    for key, (value, readonly) in keys.items():
        model.configure(key, value, readonly)
    for key in absent:
        model.note_absent(key)
    return BetweenCases({}, {}, model)


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.id)
def test_while_nothing_is_known_every_case_applies(each: TestCase) -> None:
    assert unmet(each, BetweenCases({}, {})) == ""


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (told(), ""),
        (told("StopTransactionOnEVSideDisconnect"), ""),
        (told(StopTransactionOnEVSideDisconnect=("false", False)), ""),
        (told(StopTransactionOnEVSideDisconnect=("false", None)), ""),
        (told(StopTransactionOnEVSideDisconnect=("true", True)), ""),
        (
            told(stoptransactiononevsidedisconnect=("False", True)),
            "the case presupposes that StopTransactionOnEVSideDisconnect is not read-only with the value false, which is not so, "
            "since the device reports "
            'stoptransactiononevsidedisconnect = "False" (read-only)',
        ),
    ],
)
def test_a_key_that_is_fixed_excludes_a_case(view: BetweenCases, reason: str) -> None:
    assert unmet(case(not_fixed_to_false("StopTransactionOnEVSideDisconnect")), view) == reason


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (told(), ""),
        (told(SupportedFeatureProfiles=("Core, reservation", True)), ""),
        (
            told(SupportedFeatureProfiles=("Core", None)),
            "the case presupposes that the feature profile Reservation is supported, which is not so, "
            'since the device reports SupportedFeatureProfiles = "Core"',
        ),
        (
            told("SupportedFeatureProfiles"),
            "the case presupposes that the feature profile Reservation is supported, which is not so, "
            "since the device reports no key SupportedFeatureProfiles",
        ),
    ],
)
def test_what_nobody_declares_the_keys_say(view: BetweenCases, reason: str) -> None:
    assert unmet(case(feature("Reservation")), view) == reason


def test_what_is_declared_comes_before_what_the_keys_say() -> None:
    view = told(SupportedFeatureProfiles=("Core", True))
    declared = BetweenCases({}, {"features": ["Core", "Reservation"]}, view.model)
    assert unmet(case(feature("Reservation")), declared) == ""
    undeclared = BetweenCases({}, {"features": ["Core"]})
    assert (
        unmet(case(feature("Reservation")), undeclared)
        == "the case presupposes that the feature profile Reservation is supported, which is not so"
    )


def test_no_device_decides_for_a_central_system() -> None:
    assert unmet(case(feature("SmartCharging"), sut=CENTRAL_SYSTEM), BetweenCases({}, {})) == (
        "the case presupposes that the feature profile SmartCharging is supported, which is not so"
    )


@pytest.mark.parametrize(
    ("evses", "apply"), [(None, True), ([[1]], True), ([[1], [2]], True), ([[1, 2]], False), ([[1], [2, 3]], False)]
)
def test_connectors_of_one_evse_cannot_all_be_occupied_at_once(evses: Any, apply: bool) -> None:
    reason = unmet(case(OCCUPIED_AT_ONCE), BetweenCases({}, {"evses": evses}))
    assert reason == (
        "" if apply else "the case presupposes that all connectors can be occupied at once, which is not so"
    )


def test_every_prerequisite_that_does_not_hold_is_named() -> None:
    view = told(A=("2", True), B=("1", False))
    reason = unmet(case(at_least("A", 3), at_least("B", 1), at_least("B", 2)), view)
    assert reason == (
        'the case presupposes that A is at least 3, which is not so, since the device reports A = "2" (read-only); '
        'the case presupposes that B is at least 2, which is not so, since the device reports B = "1" (read-write)'
    )


def test_a_live_condition_of_the_plan_comes_before_the_prerequisites() -> None:
    view = told("ReserveConnectorZeroSupported", A=("1", True))
    reserving = Candidate(case(at_least("A", 2)), ("RESERVES_CONNECTOR_ZERO",))
    assert exclusions([reserving], view) == {
        "TC_900_CS": "Not applicable: the case is for a charging station that reports ReserveConnectorZeroSupported as true, but "
        "the device reports no key ReserveConnectorZeroSupported."
    }
    assert exclusions([Candidate(case(), ("RESERVES_CONNECTOR_ZERO",))], told()) == {}


def test_readings_tell_known_keys_from_those_that_were_not_read() -> None:
    live = ("RESERVES_CONNECTOR_ZERO", "STOP_ON_DISCONNECT_SETTABLE", "REMOTE_AUTHORIZATION_POSSIBLE")
    view = told("ReserveConnectorZeroSupported", STOPTransactionOnEVSideDisconnect=("true", None))
    assert readings_of(view.model, live) == (
        {"StopTransactionOnEVSideDisconnect": KeyReading("true", readonly=False)},
        frozenset({"AuthorizeRemoteTxRequests"}),
    )


def test_the_keys_that_are_needed_are_those_that_the_cases_look_at() -> None:
    candidates = [
        Candidate(case(at_least("A", 1), feature("Reservation"))),
        Candidate(case(), ("RESERVES_CONNECTOR_ZERO",)),
    ]
    bounding = {"ChargeProfileMaxStackLevel", "ChargingScheduleAllowedChargingRateUnit"}
    assert set(needed_keys(candidates, BetweenCases({}, {}))) == bounding | {
        "A",
        "ReserveConnectorZeroSupported",
        "SupportedFeatureProfiles",
    }
    declared = BetweenCases({}, {"features": ["Core"]})
    assert "SupportedFeatureProfiles" not in needed_keys(candidates, declared)


@pytest.mark.parametrize(
    ("values", "keys", "inside"),
    [
        ({"stack_level": 3}, {"ChargeProfileMaxStackLevel": "3"}, {}),
        ({"stack_level": 4}, {"ChargeProfileMaxStackLevel": " 3 "}, {"stack_level": 3}),
        ({"stack_level": 4}, {"ChargeProfileMaxStackLevel": "many"}, {}),
        ({"charging_rate_unit": "A"}, {"ChargingScheduleAllowedChargingRateUnit": "Power, Current"}, {}),
        (
            {"charging_rate_unit": "W"},
            {"ChargingScheduleAllowedChargingRateUnit": "Current"},
            {"charging_rate_unit": "A"},
        ),
        ({"charging_rate_unit": "W"}, {"ChargingScheduleAllowedChargingRateUnit": ""}, {}),
        ({"charging_rate_unit": "W", "stack_level": 9}, {}, {}),
    ],
)
def test_values_are_bounded_by_what_the_device_reports(
    values: dict[str, Any], keys: dict[str, str], inside: dict[str, Any]
) -> None:
    view = told(**{key: (value, True) for key, value in keys.items()})
    assert {bound.key: bound.value for bound in bounds(values, view.model)} == inside
