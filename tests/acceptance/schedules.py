"""The composite schedule of a set of charging profiles, second by second (OCPP 1.6 edition 2, sections 3.13 and 5.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def limit(profile: dict[str, Any], moment: datetime) -> float | None:
    """What an absolute profile allows at a moment; None where it says nothing."""
    valid_from, valid_to = profile.get("validFrom"), profile.get("validTo")
    if valid_from and moment < datetime.fromisoformat(valid_from):
        return None
    if valid_to and moment >= datetime.fromisoformat(valid_to):
        return None
    schedule = profile["chargingSchedule"]
    elapsed = (moment - datetime.fromisoformat(schedule["startSchedule"])).total_seconds()
    if not 0 <= elapsed < schedule.get("duration", float("inf")):
        return None
    past = [each for each in schedule["chargingSchedulePeriod"] if each["startPeriod"] <= elapsed]
    return float(past[-1]["limit"])


def composite(
    profiles: list[tuple[int, dict[str, Any]]], connector: int, charging: bool, start: datetime, duration: int
) -> list[dict[str, Any]]:
    """The periods that follow from profiles, each with its connector. charging: a transaction runs; duration: in seconds."""
    periods: list[dict[str, Any]] = []
    for second in range(duration):
        moment = start + timedelta(seconds=second)

        def of(purpose: str, connectors: tuple[int, ...], at: datetime = moment) -> float | None:
            fitting = [
                profile
                for where, profile in profiles
                if profile["chargingProfilePurpose"] == purpose and where in connectors
            ]
            for profile in sorted(fitting, key=lambda each: -each["stackLevel"]):
                if (value := limit(profile, at)) is not None:
                    return value
            return None

        own = of("TxProfile", (connector,)) if charging else None
        if own is None:
            own = of("TxDefaultProfile", (connector, 0))
        values = [value for value in (own, of("ChargePointMaxProfile", (0,))) if value is not None]
        if values and (not periods or periods[-1]["limit"] != min(values)):
            periods.append({"startPeriod": second, "limit": min(values)})
    return periods
