"""Reservations of connectors and of the whole station (OCPP 1.6 edition 2, sections 5.1 and 5.13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from labapp.simulator.connector import Connector
from labapp.simulator.runtime import Runtime
from labapp.simulator.settings import StationConfig


@dataclass
class Reservation:
    """One reservation, kept through reboots. connector_id 0: of any connector."""

    id: int
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expiry: datetime
    timer: asyncio.Task[None] | None = None


class Reservations:
    """The station's reservations. changed: called after connectors may have become reserved or free."""

    def __init__(
        self,
        config: StationConfig,
        runtime: Runtime,
        connectors: Mapping[int, Connector],
        changed: Callable[[], None],
    ) -> None:
        self._config = config
        self._runtime = runtime
        self._connectors = connectors
        self._changed = changed
        self._reservations: dict[int, Reservation] = {}

    def reserve(self, reservation: Reservation) -> str:
        """Carry out a ReserveNow.req; the status of the answer. The same id replaces the earlier reservation."""
        earlier = self._reservations.get(reservation.id)
        if "Reservation" not in self._config.feature_profiles:
            return "Rejected"
        refusal = self._refusal(reservation, earlier)
        if refusal:
            return refusal
        if earlier is not None:
            self._forget(earlier)
        self._reservations[reservation.id] = reservation
        self._arm(reservation)
        self._apply()
        return "Accepted"

    def cancel(self, reservation_id: int) -> bool:
        """End a reservation; False when there is none with that id."""
        reservation = self._reservations.get(reservation_id)
        if reservation is None:
            return False
        self._forget(reservation)
        self._apply()
        return True

    def resume(self) -> None:
        """Wait for the expiries again after a boot."""
        for reservation in list(self._reservations.values()):
            self._arm(reservation)

    def refresh(self) -> None:
        """End the reservations of connectors that cannot be used any more, and see which connectors are held now."""
        for reservation in list(self._reservations.values()):
            connector = self._connectors.get(reservation.connector_id)
            if connector is None or connector.blocked or connector.withheld:
                continue
            if connector.status in ("Faulted", "Unavailable"):
                self._forget(reservation)
        self._apply()

    def holding(self, connector_id: int) -> Reservation | None:
        """The reservation that holds the connector: its own, or one of the station when no other connector is left."""
        for reservation in self._reservations.values():
            if reservation.connector_id == connector_id:
                return reservation
        connector = self._connectors[connector_id]
        return self._of_station() if connector.reserved else None

    def usable(self, connector_id: int, id_tag: str, parent_id_tag: str | None) -> Reservation | None:
        """The reservation that this user would use on the connector: the connector's, else one of the station."""
        for reservation in self._reservations.values():
            if reservation.connector_id in (connector_id, 0) and _is_for(reservation, id_tag, parent_id_tag):
                return reservation
        return None

    def _refusal(self, reservation: Reservation, earlier: Reservation | None) -> str:
        if reservation.connector_id == 0 and self._config.reserves_station:
            candidates = list(self._connectors.values())
        elif reservation.connector_id in self._connectors:
            candidates = [self._connectors[reservation.connector_id]]
        else:
            return "Rejected"
        if any(connector.status == "Available" for connector in candidates):
            return ""
        if earlier is not None and any(self.holding(connector.id) is earlier for connector in candidates):
            return ""
        if any(connector.status not in ("Faulted", "Unavailable") for connector in candidates):
            return "Occupied"
        return "Faulted" if all(connector.status == "Faulted" for connector in candidates) else "Unavailable"

    def _apply(self) -> None:
        for connector in self._connectors.values():
            connector.reserved = any(r.connector_id == connector.id for r in self._reservations.values())
            connector.blocked = False
        for connector in self._connectors.values():
            if connector.reserved:
                for sibling in self._config.siblings(connector.id):
                    self._connectors[sibling].blocked = not self._connectors[sibling].reserved
        free = [each for each in self._connectors.values() if each.status == "Available"]
        wanted = sum(reservation.connector_id == 0 for reservation in self._reservations.values())
        if wanted >= len(free):
            for connector in free:
                connector.reserved = wanted > 0
        self._changed()

    def _of_station(self) -> Reservation | None:
        return next((each for each in self._reservations.values() if each.connector_id == 0), None)

    def _arm(self, reservation: Reservation) -> None:
        seconds = (reservation.expiry - self._runtime.now()).total_seconds()
        reservation.timer = self._runtime.after(
            seconds, lambda: self._expire(reservation), f"reservation {reservation.id}"
        )

    def _expire(self, reservation: Reservation) -> None:
        kept = self._runtime.defect("reservation_does_not_expire")
        if self._reservations.get(reservation.id) is reservation and not kept:
            del self._reservations[reservation.id]
            self._apply()

    def _forget(self, reservation: Reservation) -> None:
        if reservation.timer is not None:
            reservation.timer.cancel()
        del self._reservations[reservation.id]


def _is_for(reservation: Reservation, id_tag: str, parent_id_tag: str | None) -> bool:
    if reservation.id_tag.lower() == id_tag.lower():
        return True
    parents = (reservation.parent_id_tag, parent_id_tag)
    return None not in parents and str(parents[0]).lower() == str(parents[1]).lower()


def moment_of(text: str) -> datetime:
    """The moment of a date in a request; without a zone it is read as UTC. Raises ValueError when it is no date."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
