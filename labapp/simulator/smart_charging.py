"""Smart charging: which profiles are installed, and the schedule that they amount to together.

OCPP 1.6 edition 2, sections 3.13.2 to 3.13.4, 5.5, 5.7 and 5.16.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from labapp.domain.stamps import utc_text
from labapp.simulator.configuration import MAX_PERIODS, MAX_PROFILES, MAX_STACK_LEVEL
from labapp.simulator.connector import Connector, Transaction
from labapp.simulator.meter import VOLTAGE
from labapp.simulator.profiles import Limit, Profile
from labapp.simulator.runtime import Runtime


class SmartCharging:
    """The installed charging profiles, kept through reboots; those of a transaction end with it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._profiles: list[Profile] = []

    def install(self, wanted: Profile, transaction: Transaction | None) -> bool:
        """Install a profile, replacing the one with its id or with its purpose and stack level on its connector.

        transaction: the one that runs on the profile's connector. False when the profile is refused.
        """
        if not _is_valid(wanted):
            return False
        if wanted.purpose == "ChargePointMaxProfile" and wanted.connector_id != 0:
            return False
        if wanted.purpose == "TxProfile":
            if transaction is None or wanted.transaction_id not in (None, transaction.id):
                return False
            wanted = replace(wanted, transaction_id=transaction.id)
        kept = [each for each in self._profiles if not _replaces(wanted, each)]
        if len(kept) >= MAX_PROFILES:
            return False
        self._profiles = [*kept, wanted]
        return True

    def acceptable_for_start(self, wanted: Profile) -> bool:
        """Whether a RemoteStartTransaction.req may carry this profile: a TxProfile without a transactionId (section 5.11)."""
        return wanted.purpose == "TxProfile" and wanted.transaction_id is None and _is_valid(wanted)

    def clear(
        self, profile_id: int | None, connector_id: int | None, purpose: str | None, stack_level: int | None
    ) -> bool:
        """Remove every profile that fits all criteria given; False when there was none."""

        def fits(each: Profile) -> bool:
            if profile_id is not None:
                return each.id == profile_id
            return (
                connector_id in (None, each.connector_id)
                and purpose in (None, each.purpose)
                and stack_level in (None, each.stack_level)
            )

        kept = [each for each in self._profiles if not fits(each)]
        removed = len(kept) < len(self._profiles)
        self._profiles = kept
        return removed

    def transaction_ended(self, transaction: Transaction) -> None:
        """Remove the profiles of a transaction that is over."""
        self._profiles = [
            each
            for each in self._profiles
            if each.purpose != "TxProfile" or each.connector_id != transaction.connector_id
        ]

    def power_limit(self, connector: Connector) -> float:
        """The power in W that may flow through the connector now."""
        now = self._runtime.now()
        limit = self._limit(connector.id, connector.transaction, now, now)
        power = float(self._runtime.config.power)
        return min(power, limit.in_unit("W", VOLTAGE)) if limit else power

    def composite(
        self, connector_id: int, transaction: Transaction | None, duration: int, unit: str
    ) -> tuple[str, dict[str, Any]]:
        """Start and `chargingSchedule` of a GetCompositeSchedule.conf: what may flow during the next `duration` seconds."""
        now = self._runtime.now()
        begin = now.replace(microsecond=now.microsecond // 1000 * 1000)
        end = begin + timedelta(seconds=duration)
        session_start = transaction.started if transaction else begin
        moments = {begin}
        for each in self._profiles:
            moments.update(each.changes(begin, end, session_start))
        # Periods begin at whole seconds: of several changes within one, the last counts.
        limits = {
            round((moment - begin).total_seconds()): self._period(
                connector_id, transaction, moment, session_start, unit
            )
            for moment in sorted(moments)
        }
        periods: list[dict[str, Any]] = []
        previous: dict[str, Any] = {}
        for start, limit in limits.items():
            if limit != previous and start < duration:
                periods.append({"start_period": start, **limit})
            previous = limit
        schedule = {
            "duration": duration,
            "start_schedule": utc_text(begin),
            "charging_rate_unit": unit,
            "charging_schedule_period": periods,
        }
        return utc_text(begin), schedule

    def _period(
        self, connector_id: int, transaction: Transaction | None, moment: datetime, session_start: datetime, unit: str
    ) -> dict[str, Any]:
        limit = self._limit(connector_id, transaction, moment, session_start)
        if limit is None:
            limit = Limit(float(self._runtime.config.power), "W", None)
        period: dict[str, Any] = {"limit": limit.in_unit(unit, VOLTAGE)}
        return period | ({"number_phases": limit.phases} if limit.phases is not None else {})

    def _limit(
        self, connector_id: int, transaction: Transaction | None, moment: datetime, session_start: datetime
    ) -> Limit | None:
        def leading(purpose: str, connector: int) -> Limit | None:
            fitting = [each for each in self._profiles if each.purpose == purpose and each.connector_id == connector]
            return _first(
                each.limit_at(moment, session_start) for each in sorted(fitting, key=lambda each: -each.stack_level)
            )

        of_session = None
        if connector_id != 0:
            of_session = leading("TxProfile", connector_id) if transaction is not None else None
            of_session = of_session or leading("TxDefaultProfile", connector_id) or leading("TxDefaultProfile", 0)
        of_station = leading("ChargePointMaxProfile", 0)
        if self._runtime.defect("wrong_composite_schedule") and of_session is not None:
            of_station = None
        limits = [limit for limit in (of_session, of_station) if limit is not None]
        return min(limits, key=lambda limit: limit.in_unit("W", VOLTAGE), default=None)


def _first(limits: Iterable[Limit | None]) -> Limit | None:
    return next((limit for limit in limits if limit is not None), None)


def _is_valid(wanted: Profile) -> bool:
    starts = [period.start for period in wanted.periods]
    return (
        0 <= wanted.stack_level <= MAX_STACK_LEVEL
        and 0 < len(starts) <= MAX_PERIODS
        and starts[0] == 0
        and starts == sorted(set(starts))
        and (wanted.kind == "Recurring") == (wanted.recurrency is not None)
    )


def _replaces(wanted: Profile, installed: Profile) -> bool:
    place = (wanted.purpose, wanted.stack_level, wanted.connector_id)
    return installed.id == wanted.id or place == (installed.purpose, installed.stack_level, installed.connector_id)
