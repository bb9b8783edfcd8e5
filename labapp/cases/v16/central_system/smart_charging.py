"""Smart charging, central system (OCTT 1.6, section 3.19)."""

from __future__ import annotations

from labapp.cases.conditions import NOT_THREE_PHASES, THREE_PHASES, feature
from labapp.cases.source import octt16
from labapp.cases.values import CHARGING_RATE_UNIT, CONNECTOR_ID, NUMBER_PHASES, SCHEDULE_DURATION, STACK_LEVEL
from labapp.domain.expectations import OMITTED, PRESENT, Computed, Literal, When, one_of
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase, asked
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import SetChargingProfile

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
    prerequisites=(feature("SmartCharging"),),
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

CASES = (TC_056_CSMS,)
