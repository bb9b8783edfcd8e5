"""Charging profiles as the tables of the smart charging cases give them.

Every schedule starts one max time deviation before it is sent, so that it has begun for a station whose clock is that much behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labapp.cases.composite import factor
from labapp.cases.values import CHARGING_RATE_UNIT, MAX_TIME_DEVIATION, NUMBER_PHASES, SCHEDULE_DURATION, STACK_LEVEL
from labapp.domain.expectations import Computed
from labapp.domain.view import View
from labapp.ocpp.completion import stamp

#: Seconds from validFrom to validTo, besides twice the max time deviation.
_VALID = 401


def _deviation(view: View) -> int:
    return int(view.values[MAX_TIME_DEVIATION.key])


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """An Absolute profile of a memory state. periods: (startPeriod, limit in A), duration in seconds without the max time deviation.

    stack_level: None for the configured one. valid: whether it has validFrom and validTo. transaction: id of the one that a TxProfile
    is for. name: as in the listing.
    """

    number: int
    purpose: str
    duration: int
    periods: tuple[tuple[int, int], ...]
    stack_level: int | None = 0
    valid: bool = True
    transaction: Computed | None = None
    name: str = ""

    def computed(self) -> Computed:
        """The profile as it is sent, at the moment when it is sent."""
        return Computed(self.name or f"chargingProfile{self.number}", self._payload)

    def _payload(self, view: View) -> dict[str, Any]:
        deviation = _deviation(view)
        return {
            "chargingProfileId": self.number,
            "stackLevel": int(view.values[STACK_LEVEL.key]) if self.stack_level is None else self.stack_level,
            "chargingProfilePurpose": self.purpose,
            "chargingProfileKind": "Absolute",
            **({"transactionId": self.transaction.function(view)} if self.transaction else {}),
            **(
                {"validFrom": stamp(view, after=-deviation), "validTo": stamp(view, after=deviation + _VALID)}
                if self.valid
                else {}
            ),
            "chargingSchedule": {
                "duration": self.duration + deviation,
                "startSchedule": stamp(view, after=-deviation),
                "chargingRateUnit": view.values[CHARGING_RATE_UNIT.key],
                "chargingSchedulePeriod": [
                    {
                        "startPeriod": start,
                        "limit": float(limit * factor(view)),
                        "numberPhases": int(view.values[NUMBER_PHASES.key]),
                    }
                    for start, limit in self.periods
                ],
            },
        }


def single_limit(purpose: str, **fields: Any) -> dict[str, Any]:
    """A profile of one period, as the cases that send a single one state it: 6 A, or 6000 W. fields: further ones."""
    return {
        "stackLevel": STACK_LEVEL,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        **fields,
        "chargingSchedule": {
            "duration": Computed(
                "scheduleDuration + maxTimeDeviation",
                lambda view: int(view.values[SCHEDULE_DURATION.key]) + _deviation(view),
            ),
            "chargingRateUnit": CHARGING_RATE_UNIT,
            "chargingSchedulePeriod": [
                {
                    "startPeriod": 0,
                    "limit": Computed("6 A or 6000 W", lambda view: 6.0 * factor(view)),
                    "numberPhases": NUMBER_PHASES,
                }
            ],
        },
    }
