"""Smart charging, central system (OCTT 1.6, section 3.19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labapp.cases.conditions import NOT_THREE_PHASES, THREE_PHASES, feature
from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import (
    ACCEPTED,
    CHARGING_RATE_UNIT,
    CONNECTOR_ID,
    NUMBER_PHASES,
    SCHEDULE_DURATION,
    STACK_LEVEL,
    VALID_ID_TAG,
)
from labapp.domain.expectations import (
    OMITTED,
    PRESENT,
    Computed,
    Condition,
    Expected,
    FromStep,
    Literal,
    Not,
    OneOf,
    When,
    one_of,
)
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, Exchange, TestCase
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import (
    Authorize,
    ClearChargingProfile,
    GetCompositeSchedule,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
    StatusNotification,
)

_PROFILE = feature("SmartCharging")
_TRANSACTION = FromStep(4, "transactionId", CHARGING.id)
_PERIOD = "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0]"


def _limit(view: View) -> float:
    return 6000.0 if view.values["charging_rate_unit"] == "W" else 6.0


def _end(view: View) -> str:
    return stamp(view, after=float(view.values["schedule_duration"]))


TC_056_CSMS = TestCase(
    id="TC_056_CSMS",
    title="Central Smart Charging - TxDefaultProfile",
    source=octt16(
        "Table 178",
        "fields are written as on the wire",
        "a period without numberPhases has three phases",
        "the configured startPeriod is 0",
    ),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            SetChargingProfile.req(
                (f"{_PERIOD}.startPeriod", 0),
                (f"{_PERIOD}.limit", one_of(6.0, 6000.0)),
                (f"{_PERIOD}.numberPhases", When(NOT_THREE_PHASES, NUMBER_PHASES)),
                (f"{_PERIOD}.numberPhases", When(THREE_PHASES, one_of(Literal(3), OMITTED))),
                connectorId=CONNECTOR_ID,
                csChargingProfiles={
                    "stackLevel": STACK_LEVEL,
                    "chargingProfilePurpose": "TxDefaultProfile",
                    "chargingProfileKind": "Absolute",
                    "validFrom": PRESENT,
                    "validTo": PRESENT,
                    "transactionId": OMITTED,
                    "recurrencyKind": OMITTED,
                    "chargingSchedule": {
                        "startSchedule": PRESENT,
                        "chargingRateUnit": CHARGING_RATE_UNIT,
                        "duration": SCHEDULE_DURATION,
                    },
                },
            ),
            SetChargingProfile.conf(status="Accepted"),
            enter=(
                (f"{_PERIOD}.limit", Computed("limit", _limit)),
                ("csChargingProfiles.validFrom", Computed("now", stamp)),
                ("csChargingProfiles.validTo", Computed("endOfSchedule", _end)),
                ("csChargingProfiles.chargingSchedule.startSchedule", Computed("now", stamp)),
            ),
        ),
    ),
)


def _as_far_as_known(view: View, path: str) -> str:
    """The kind of the profile that step 1 has brought; before that, the one that is proposed."""
    seen = view.seen(1)
    profile = seen[-1].payload.get(path) if seen else {"chargingProfileKind": "Absolute"}
    return str(profile.get("chargingProfileKind", "")) if isinstance(profile, Mapping) else ""


def _of_kind(kind: str, path: str) -> Condition:
    return Condition(
        f"step1{kind}",
        f"the profile of step 1 is of kind {kind}",
        lambda view: _as_far_as_known(view, path) == kind,
    )


def _by_kind(path: str) -> tuple[tuple[str, Expected], ...]:
    """What a profile of each kind must state, and must not."""
    absolute, relative = _of_kind("Absolute", path), _of_kind("Relative", path)
    return (
        (f"{path}.validFrom", When(absolute, PRESENT)),
        (f"{path}.validTo", When(absolute, PRESENT)),
        (f"{path}.chargingSchedule.startSchedule", When(absolute, PRESENT)),
        (f"{path}.chargingSchedule.duration", When(absolute, PRESENT)),
        (f"{path}.chargingSchedule.startSchedule", When(relative, OMITTED)),
    )


def _proposed(path: str, *, number: int = 1) -> tuple[tuple[str, Expected], ...]:
    """A whole profile of one limit from now on, for what a table leaves open. number: its id."""
    return (
        (f"{path}.chargingProfileId", Literal(number)),
        (f"{path}.stackLevel", STACK_LEVEL),
        (f"{path}.chargingProfileKind", Literal("Absolute")),
        (f"{path}.validFrom", Computed("now", stamp)),
        (f"{path}.validTo", Computed("endOfSchedule", _end)),
        (f"{path}.chargingSchedule.startSchedule", Computed("now", stamp)),
        (f"{path}.chargingSchedule.duration", SCHEDULE_DURATION),
        (f"{path}.chargingSchedule.chargingRateUnit", CHARGING_RATE_UNIT),
        (f"{path}.chargingSchedule.chargingSchedulePeriod[0].startPeriod", Literal(0)),
        (f"{path}.chargingSchedule.chargingSchedulePeriod[0].limit", Computed("limit", _limit)),
    )


TC_057_CSMS = TestCase(
    id="TC_057_CSMS",
    title="Central Smart Charging - TxProfile",
    source=octt16("Table 179"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    before=(state(CHARGING),),
    steps=(
        asked(
            1,
            SetChargingProfile.req(
                *_by_kind("csChargingProfiles"),
                connectorId=CONNECTOR_ID,
                csChargingProfiles={
                    "chargingProfilePurpose": "TxProfile",
                    "transactionId": _TRANSACTION,
                    "recurrencyKind": OMITTED,
                    "chargingProfileKind": one_of("Absolute", "Relative"),
                },
            ),
            SetChargingProfile.conf(status="Accepted"),
            enter=_proposed("csChargingProfiles"),
        ),
    ),
)


def _composite(view: View) -> dict[str, Any]:
    """What the tool gives for the composite schedule: two limits, half of the time each."""
    duration = int(view.values[SCHEDULE_DURATION.key])
    return {
        "startSchedule": stamp(view),
        "duration": duration,
        "chargingRateUnit": view.values[CHARGING_RATE_UNIT.key],
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": _limit(view)},
            {"startPeriod": max(1, duration // 2), "limit": 2 * _limit(view)},
        ],
    }


TC_066_CSMS = TestCase(
    id="TC_066_CSMS",
    title="Get Composite Schedule",
    source=octt16("Table 180"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            GetCompositeSchedule.req(
                connectorId=CONNECTOR_ID, duration=SCHEDULE_DURATION, chargingRateUnit=CHARGING_RATE_UNIT
            ),
            GetCompositeSchedule.conf(
                status="Accepted",
                chargingSchedule=Computed("hardCodedSchedule", _composite, (SCHEDULE_DURATION, CHARGING_RATE_UNIT)),
            ),
        ),
    ),
)

_PROFILE_ID = "csChargingProfiles.chargingProfileId"
_IDS = tuple(FromStep(1, _PROFILE_ID, occurrence=number) for number in (1, 2))


def _set(number: int, purpose: str, connector: Expected, transaction: Expected, profile_id: Expected) -> Exchange:
    """One of the three profiles; its id differs from those of the profiles before it."""
    return asked(
        1,
        SetChargingProfile.req(
            (_PROFILE_ID, profile_id),
            connectorId=connector,
            csChargingProfiles={
                "chargingProfilePurpose": purpose,
                "stackLevel": STACK_LEVEL,
                "transactionId": transaction,
            },
        ),
        SetChargingProfile.conf(status="Accepted"),
        occurrence=number,
        enter=_proposed("csChargingProfiles", number=number),
    )


TC_067_CSMS = TestCase(
    id="TC_067_CSMS",
    title="Clear Charging Profile",
    source=octt16("Table 181", "the profile of step 3 is the first, by its chargingProfileId"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    before=(state(CHARGING),),
    steps=(
        _set(1, "ChargePointMaxProfile", Literal(0), OMITTED, PRESENT),
        _set(2, "TxDefaultProfile", CONNECTOR_ID, OMITTED, Not(_IDS[0])),
        _set(3, "TxProfile", CONNECTOR_ID, _TRANSACTION, Not(OneOf(_IDS))),
        asked(
            3,
            ClearChargingProfile.req(
                id=_IDS[0], connectorId=OMITTED, chargingProfilePurpose=OMITTED, stackLevel=OMITTED
            ),
            ClearChargingProfile.conf(status="Accepted"),
        ),
        asked(
            5,
            ClearChargingProfile.req(
                id=OMITTED, connectorId=CONNECTOR_ID, chargingProfilePurpose="TxDefaultProfile", stackLevel=STACK_LEVEL
            ),
            ClearChargingProfile.conf(status="Accepted"),
        ),
        asked(
            7,
            ClearChargingProfile.req(
                id=OMITTED, connectorId=OMITTED, chargingProfilePurpose=OMITTED, stackLevel=OMITTED
            ),
            ClearChargingProfile.conf(status="Accepted"),
        ),
    ),
)

TC_059_CSMS = TestCase(
    id="TC_059_CSMS",
    title="Remote Start Transaction with Charging Profile",
    source=octt16("Table 182", "csChargingProfiles is chargingProfile", "the status of step 8 is that of idTagInfo"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            RemoteStartTransaction.req(
                ("chargingProfile.chargingSchedule.chargingSchedulePeriod[0].startPeriod", 0),
                *_by_kind("chargingProfile"),
                idTag=VALID_ID_TAG,
                connectorId=CONNECTOR_ID,
                chargingProfile={
                    "chargingProfilePurpose": "TxProfile",
                    "transactionId": OMITTED,
                    "recurrencyKind": OMITTED,
                    "chargingProfileKind": one_of("Absolute", "Relative"),
                },
            ),
            RemoteStartTransaction.conf(status="Accepted"),
            enter=_proposed("chargingProfile"),
        ),
        exchange(3, Authorize.req(idTag=FromStep(1, "idTag")), Authorize.conf(idTagInfo=ACCEPTED)),
        exchange(5, StatusNotification.req(status="Preparing", connectorId=FromStep(1, "connectorId"))),
        exchange(
            7,
            StartTransaction.req(idTag=FromStep(1, "idTag"), connectorId=FromStep(1, "connectorId")),
            StartTransaction.conf(idTagInfo=ACCEPTED),
        ),
        exchange(9, StatusNotification.req(status="Charging", connectorId=FromStep(1, "connectorId"))),
    ),
)

CASES = (TC_056_CSMS, TC_057_CSMS, TC_066_CSMS, TC_067_CSMS, TC_059_CSMS)
