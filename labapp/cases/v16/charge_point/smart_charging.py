"""Smart charging, charge point (OCTT 1.6, section 2.23)."""

from __future__ import annotations

from typing import Any

from labapp.cases.charging_profiles import ProfileForm, single_limit
from labapp.cases.composite import Composite, starts_at_request, starts_now
from labapp.cases.conditions import at_least, feature
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, SET_CHARGING_PROFILE
from labapp.cases.values import ACCEPTED, CHARGING_RATE_UNIT, CONNECTOR_ID, SCHEDULE_DURATION
from labapp.domain.expectations import OMITTED, Computed, FromStep
from labapp.domain.notation import exchange, state
from labapp.domain.testcase import CHARGE_POINT, Item, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    ClearChargingProfile,
    GetCompositeSchedule,
    RemoteStartTransaction,
    SetChargingProfile,
)

_SMART_CHARGING = feature("SmartCharging")
_REFUSAL = ("PropertyConstraintViolation",)

_LOCAL_LIMITS = "local limits may cap the schedule, as OCPP 1.6 section 5.7 says, and need not"
_ACCORDINGLY = (
    '"calculated accordingly" is read as 6 A or 6000 W while the profile lasts; what follows is the station\'s own'
)
_OFFSETS = "x and y are elapsed offsets from the start of the profiles' schedules"
_TIMES_1000 = "limits are multiplied by 1000 where the unit is W"


def _transaction(view: View) -> int:
    """Id that the tool gave to the transaction of Charging."""
    given = [seen.payload.get("transactionId") for seen in view.seen(10, CHARGING.id)]
    return next((number for number in reversed(given) if isinstance(number, int)), 0)


_RUNNING = FromStep(10, "transactionId", CHARGING.id)
_OTHER_TRANSACTION = Computed("not the transactionId of Charging step 10", lambda view: _transaction(view) + 1)


def _composite(form: Composite, *, exact: bool = True) -> tuple[Item, ...]:
    """A GetCompositeSchedule with all that its table says of the answer. exact: it speaks of the time of the request."""
    duration: Any = SCHEDULE_DURATION if form.duration is None else form.duration
    return (
        exchange(
            form.step,
            GetCompositeSchedule.req(connectorId=CONNECTOR_ID, duration=duration, chargingRateUnit=CHARGING_RATE_UNIT),
            GetCompositeSchedule.conf(
                **ACCEPTED,
                connectorId=CONNECTOR_ID,
                chargingSchedule={"duration": duration, "chargingRateUnit": CHARGING_RATE_UNIT},
            ),
            gate=True,
        ),
        starts_at_request(form.step) if exact else starts_now(form.step),
        *form.checks(),
    )


def _single(step: int) -> tuple[Item, ...]:
    """The composite schedule of the one profile of `single_limit`."""
    return _composite(Composite(step, None, (1,), (("0", 6),)), exact=False)


def _set_profile(purpose: str, **fields: Any) -> Item:
    return exchange(
        1,
        SetChargingProfile.req(connectorId=CONNECTOR_ID, csChargingProfiles=single_limit(purpose, **fields)),
        SetChargingProfile.conf(**ACCEPTED),
        gate=True,
    )


TC_056_CS = TestCase(
    id="TC_056_CS",
    title="Central Smart Charging - TxDefaultProfile",
    source=octt16("Table 82", _ACCORDINGLY, _LOCAL_LIMITS),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    steps=(_set_profile("TxDefaultProfile"), *_single(3)),
)

TC_057_CS = TestCase(
    id="TC_057_CS",
    title="Central Smart Charging - TxProfile",
    source=octt16(
        "Table 83",
        "the lost beginning of step 1 is that of Tables 82 and 86, for a TxProfile of the running transaction",
        _ACCORDINGLY,
        _LOCAL_LIMITS,
    ),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    before=(state(CHARGING),),
    steps=(_set_profile("TxProfile", transactionId=_RUNNING), *_single(3)),
)

TC_058_1_CS = TestCase(
    id="TC_058_1_CS",
    title="Central Smart Charging - No ongoing transaction",
    source=octt16("Table 84", "no transaction runs, so any transactionId is one of none"),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    steps=(
        exchange(
            1,
            SetChargingProfile.req(
                connectorId=CONNECTOR_ID, csChargingProfiles={"chargingProfilePurpose": "TxProfile", "transactionId": 1}
            ),
            SetChargingProfile.conf(status="Rejected"),
            errors=_REFUSAL,
        ),
    ),
)

TC_058_2_CS = TestCase(
    id="TC_058_2_CS",
    title="Central Smart Charging - Wrong transactionId",
    source=octt16(
        "Table 85",
        "a transaction runs: the state Charging holds, not the prerequisite",
        "steps 5 and 6 are steps 9 and 10 of Charging",
    ),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    before=(state(CHARGING),),
    steps=(
        exchange(
            1,
            SetChargingProfile.req(
                connectorId=FromStep(9, "connectorId", CHARGING.id),
                csChargingProfiles={"chargingProfilePurpose": "TxProfile", "transactionId": _OTHER_TRANSACTION},
            ),
            SetChargingProfile.conf(status="Rejected"),
        ),
    ),
)

TC_082_CS = TestCase(
    id="TC_082_CS",
    title="Central Smart Charging - TxDefaultProfile - with ongoing transaction",
    source=octt16("Table 86", _ACCORDINGLY, _LOCAL_LIMITS),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    before=(state(CHARGING),),
    steps=(_set_profile("TxDefaultProfile"), *_single(3)),
)

TC_066_CS = TestCase(
    id="TC_066_CS",
    title="Get Composite Schedule",
    source=octt16(
        "Table 87", "ChargingStationMaxProfile is ChargePointMaxProfile", _OFFSETS, _TIMES_1000, _LOCAL_LIMITS
    ),
    sut=CHARGE_POINT,
    prerequisites=(
        _SMART_CHARGING,
        at_least("MaxChargingProfilesInstalled", 3),
        at_least("ChargingScheduleMaxPeriods", 5),
    ),
    before=(
        state(CHARGING),
        SET_CHARGING_PROFILE.with_(
            connectorId=0,
            chargingProfile=ProfileForm(1, "ChargePointMaxProfile", 86400, ((0, 10),), valid=False).computed(),
        ),
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(
                2, "TxDefaultProfile", 300, ((0, 6), (60, 10), (120, 8), (180, 15), (260, 8))
            ).computed()
        ),
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(
                3,
                "TxProfile",
                260,
                ((0, 8), (50, 11), (140, 16), (200, 6), (240, 12)),
                transaction=Computed("transactionId", _transaction),
            ).computed()
        ),
    ),
    steps=_composite(
        Composite(
            1,
            400,
            (1, 2, 3),
            (
                ("0", 8),
                ("50 - x", 10),
                ("200 - x", 6),
                ("240 - x", 10),
                ("260 - x + <maxTimeDeviation>", 8),
                ("300 - y + <maxTimeDeviation>", 10),
            ),
        )
    ),
)

TC_067_CS = TestCase(
    id="TC_067_CS",
    title="Clear Charging Profile",
    source=octt16(
        "Table 88",
        _OFFSETS,
        _TIMES_1000,
        _LOCAL_LIMITS,
        "the requests of steps 3, 7 and 11 follow from what their answers must hold",
    ),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    before=(
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(
                1, "TxDefaultProfile", 400, ((0, 6), (60, 8), (200, 10)), stack_level=1, valid=False
            ).computed()
        ),
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(2, "TxDefaultProfile", 400, ((0, 7), (100, 9))).computed()
        ),
        SET_CHARGING_PROFILE.with_(
            connectorId=0,
            chargingProfile=ProfileForm(3, "ChargePointMaxProfile", 86400, ((0, 11), (200, 12))).computed(),
        ),
    ),
    steps=(
        exchange(
            1,
            ClearChargingProfile.req(id=1, connectorId=OMITTED, chargingProfilePurpose=OMITTED, stackLevel=OMITTED),
            ClearChargingProfile.conf(**ACCEPTED),
        ),
        *_composite(Composite(3, 350, (2, 3), (("0", 7), ("100 - x", 9)))),
        exchange(
            5,
            ClearChargingProfile.req(
                id=OMITTED, connectorId=OMITTED, chargingProfilePurpose="TxDefaultProfile", stackLevel=0
            ),
            ClearChargingProfile.conf(**ACCEPTED),
        ),
        *_composite(Composite(7, 350, (3,), (("0", 11), ("200 - y", 12)))),
        exchange(
            9,
            ClearChargingProfile.req(
                id=OMITTED, connectorId=OMITTED, chargingProfilePurpose=OMITTED, stackLevel=OMITTED
            ),
            ClearChargingProfile.conf(**ACCEPTED),
        ),
        *_composite(Composite(11, 350, (), (("0", None),))),
    ),
)

TC_072_CS = TestCase(
    id="TC_072_CS",
    title="Stacking Charging Profiles",
    source=octt16(
        "Table 89",
        "validFrom, validTo and startSchedule of profile 2 are those of profile 1",
        _OFFSETS,
        _TIMES_1000,
        _LOCAL_LIMITS,
    ),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    before=(
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(1, "TxDefaultProfile", 400, ((0, 6), (100, 8), (200, 10))).computed()
        ),
        SET_CHARGING_PROFILE.with_(
            chargingProfile=ProfileForm(2, "TxDefaultProfile", 150, ((0, 7), (100, 9)), stack_level=1).computed()
        ),
    ),
    steps=_composite(
        Composite(
            1,
            350,
            (1, 2),
            (("0", 7), ("100 - x", 9), ("150 - x + <maxTimeDeviation>", 8), ("200 - y", 10)),
        )
    ),
)

TC_059_CS = TestCase(
    id="TC_059_CS",
    title="Remote Start Transaction with Charging Profile",
    source=octt16(
        "Table 90",
        "the profile is that of Table 83 without a transactionId, and lasts a day",
        _ACCORDINGLY,
        _LOCAL_LIMITS,
    ),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    steps=(
        CHARGING.with_(
            step=1,
            chargingProfile=ProfileForm(
                1, "TxProfile", 86400, ((0, 6),), stack_level=None, valid=False, name="txProfile"
            ).computed(),
        ),
        *_single(2),
    ),
)

TC_060_CS = TestCase(
    id="TC_060_CS",
    title="Remote Start Transaction with Charging Profile - Rejected",
    source=octt16("Table 91"),
    sut=CHARGE_POINT,
    prerequisites=(_SMART_CHARGING,),
    steps=(
        exchange(
            1,
            RemoteStartTransaction.req(chargingProfile={"chargingProfilePurpose": "TxDefaultProfile"}),
            RemoteStartTransaction.conf(status="Rejected"),
            errors=_REFUSAL,
        ),
    ),
)

CASES = (
    TC_056_CS,
    TC_057_CS,
    TC_058_1_CS,
    TC_058_2_CS,
    TC_082_CS,
    TC_066_CS,
    TC_067_CS,
    TC_072_CS,
    TC_059_CS,
    TC_060_CS,
)
