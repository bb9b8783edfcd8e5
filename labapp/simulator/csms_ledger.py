"""What a simulated OCPP 1.6 central system remembers: transactions, reservations, the local list and the ids it has given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Ledger:
    """The books of one central system.

    running: connectorId by transactionId; listed: the identifiers of the local list, in lower case; reservation: the id of the
    latest one. The ids of transactions count from `last_transaction`.
    """

    last_transaction: int = 0
    running: dict[int, int] = field(default_factory=dict)
    list_version: int = 0
    listed: set[str] = field(default_factory=set)
    reservation: int = 0
    profile: int = 0

    def start(self, connector_id: int) -> int:
        """Open a transaction; its id."""
        self.last_transaction += 1
        self.running[self.last_transaction] = connector_id
        return self.last_transaction

    def stop(self, transaction_id: int) -> None:
        """Close a transaction; one that is unknown, or closed already, is none of our books."""
        self.running.pop(transaction_id, None)

    @property
    def transaction(self) -> int | None:
        """The latest transaction that runs, None when none does."""
        return max(self.running, default=None)

    def sent(self, action: str, payload: Mapping[str, Any]) -> None:
        """Note what a request that goes out has used up: no id is given twice."""
        if action == "ReserveNow":
            self.reservation = int(payload["reservationId"])
        profile = payload.get("csChargingProfiles") or payload.get("chargingProfile")
        if profile:
            self.profile = max(self.profile, int(profile["chargingProfileId"]))

    def answered(self, action: str, payload: Mapping[str, Any], answer: Any) -> None:
        """Note what the station's answer makes true: a local list counts once it is accepted."""
        if action == "SendLocalList" and getattr(answer, "status", "") == "Accepted":
            self._take_list(payload)
        if action == "GetLocalListVersion":
            self.list_version = max(self.list_version, int(answer.list_version))

    def _take_list(self, payload: Mapping[str, Any]) -> None:
        entries: Iterable[Mapping[str, Any]] = payload.get("localAuthorizationList") or ()
        self.list_version = int(payload["listVersion"])
        if payload["updateType"] == "Full":
            self.listed = set()
        for entry in entries:
            name = str(entry["idTag"]).lower()
            self.listed = self.listed | {name} if "idTagInfo" in entry else self.listed - {name}
