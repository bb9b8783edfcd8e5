"""The device model: what the tool knows of the device from the frames it has seen, carried from case to case.

A snapshot opens the record of every attempt, so that an attempt can be judged from its own record alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that runs. id: None while the device's StartTransaction is not answered or its id is unknown."""

    id: int | str | None
    connector: int
    id_tag: str


#: Actions that leave a connector faulted or its lock blocked, and what ends that.
_ENDED_BY = {"set_fault": "clear_fault", "set_connector_lock_failure": "clear_fault", "plug_in_halfway": "unplug"}


@dataclass(slots=True)
class DeviceModel:
    """statuses: last status by connector. configuration: by lower-case key, (key as written, value or None, read-only or None).

    tampered: by connector, the action that ends a fault which an operator was asked to bring about. unpowered: the operator was
    asked to take the power and not yet to give it back. cabled: connectors at which the operator was asked to plug in, and that
    have not been shown to be free since. booting: something was done after which it boots, and its boot was not accepted yet.
    updating: its firmware, until it says how that has ended, or boots. owed: values of keys that are to be put back.
    """

    statuses: dict[int, str] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    configuration: dict[str, tuple[str, str | None, bool | None]] = field(default_factory=dict)
    reservations: list[int] = field(default_factory=list)
    profiles: int = 0
    list_version: int = 0
    list_entries: int = 0
    cached: bool = False
    inoperative: list[int] = field(default_factory=list)
    heartbeat_interval: int = 0
    boots: int = 0
    accepted: bool = False
    resumed: set[int] = field(default_factory=set)
    absent_keys: set[str] = field(default_factory=set)
    owed: dict[str, str] = field(default_factory=dict)
    tampered: dict[int, str] = field(default_factory=dict)
    unpowered: bool = False
    cabled: set[int] = field(default_factory=set)
    booting: bool = False
    updating: bool = False

    def manipulated(self, action: str, connector: int) -> None:
        """The operator was asked to do this to the device; what must be undone after the case is remembered."""
        if action in _ENDED_BY:
            self.tampered[connector] = _ENDED_BY[action]
        elif action == self.tampered.get(connector):
            del self.tampered[connector]
        elif action in ("power_off", "power_on", "power_cycle"):
            self.unpowered = action == "power_off"
        elif action == "plug_in":
            self.cabled.add(connector)
        elif action == "unplug":
            self.cabled.discard(connector)

    def owe(self, key: str, value: str | None) -> None:
        """The tool has changed a key that had this value, which is to be put back; the first value known is the one."""
        if value is not None:
            self.owed.setdefault(key, value)

    def note_absent(self, key: str) -> None:
        """The device does not know this configuration key."""
        self.absent_keys.add(key.lower())

    def known_absent(self, key: str) -> bool:
        """Whether the device is known not to know this configuration key."""
        return key.lower() in self.absent_keys

    @classmethod
    def unknown(cls, facts: Mapping[str, Any]) -> DeviceModel:
        """A charge point that has just come to the bench: what it may hold from before is taken to be there, so that it is cleared.

        facts: those of the device, None where nothing is declared.
        """
        features = facts.get("features")
        has_list = facts.get("local_list") is not False and (not features or "LocalAuthListManagement" in features)
        return cls(
            cached=facts.get("cache") is not False,
            list_entries=1 if has_list else 0,
            profiles=1 if not features or "SmartCharging" in features else 0,
        )

    def tidied(self) -> None:
        """All that can be taken back has been asked to be taken back; what was refused is not asked for again."""
        self.reservations.clear()
        self.inoperative.clear()
        self.profiles = self.list_entries = 0
        self.cached = False

    def booted(self) -> None:
        """The device says that it has started: what it reported before may no longer hold."""
        self.boots += 1
        self.unpowered = self.updating = False
        self.resumed.clear()

    def report(self, connector: int, status: str) -> None:
        """The device reports a status."""
        if status == "Available" and self.statuses.get(connector) not in (None, status):
            self.cabled.discard(connector)
        self.statuses[connector] = status
        if status == "Charging":
            self.resumed.add(connector)

    def configure(self, key: str, value: str | None, readonly: bool | None = None) -> None:
        """The value of a configuration key has become known; readonly None keeps what was known."""
        before = self.configuration.get(key.lower())
        self.configuration[key.lower()] = (key, value, before[2] if readonly is None and before else readonly)

    def value(self, key: str) -> str | None:
        """Last known value of a configuration key, without regard to case."""
        entry = self.configuration.get(key.lower())
        return entry[1] if entry else None

    def readonly(self, key: str) -> bool | None:
        """Whether the key is read-only; None when not known."""
        entry = self.configuration.get(key.lower())
        return entry[2] if entry else None

    def start(self, transaction: Transaction) -> None:
        """A transaction has begun; one that was known on that connector is replaced."""
        self.transactions = [known for known in self.transactions if known.connector != transaction.connector]
        self.transactions.append(transaction)

    def stop(self, transaction_id: int | str) -> None:
        """A transaction has ended; an id that is not known is that of the one whose id is not known."""
        left = [known for known in self.transactions if known.id != transaction_id]
        nameless = [known for known in left if known.id is None]
        if len(left) == len(self.transactions) and len(nameless) == 1:
            left.remove(nameless[0])
        self.transactions = left

    def on(self, connector: int) -> Transaction | None:
        """The transaction that runs on a connector."""
        return next((known for known in self.transactions if known.connector == connector), None)

    def snapshot(self) -> dict[str, Any]:
        """The model as JSON values."""
        return {
            "statuses": {str(connector): status for connector, status in sorted(self.statuses.items())},
            "transactions": [{"id": t.id, "connector": t.connector, "id_tag": t.id_tag} for t in self.transactions],
            "configuration": {key: list(entry) for key, entry in sorted(self.configuration.items())},
            "reservations": list(self.reservations),
            "profiles": self.profiles,
            "list_version": self.list_version,
            "list_entries": self.list_entries,
            "cached": self.cached,
            "inoperative": list(self.inoperative),
            "heartbeat_interval": self.heartbeat_interval,
            "boots": self.boots,
            "accepted": self.accepted,
            "resumed": sorted(self.resumed),
            "absent_keys": sorted(self.absent_keys),
            "owed": dict(sorted(self.owed.items())),
            "tampered": {str(connector): action for connector, action in sorted(self.tampered.items())},
            "unpowered": self.unpowered,
            "cabled": sorted(self.cabled),
            "booting": self.booting,
            "updating": self.updating,
        }

    @classmethod
    def from_snapshot(cls, content: Mapping[str, Any]) -> DeviceModel:
        """The model that `snapshot` gave."""
        return cls(
            statuses={int(connector): status for connector, status in content["statuses"].items()},
            transactions=[Transaction(t["id"], t["connector"], t["id_tag"]) for t in content["transactions"]],
            configuration={key: (entry[0], entry[1], entry[2]) for key, entry in content["configuration"].items()},
            reservations=list(content["reservations"]),
            profiles=content["profiles"],
            list_version=content["list_version"],
            list_entries=content["list_entries"],
            cached=content["cached"],
            inoperative=list(content["inoperative"]),
            heartbeat_interval=content["heartbeat_interval"],
            boots=content["boots"],
            accepted=content["accepted"],
            resumed=set(content["resumed"]),
            absent_keys=set(content["absent_keys"]),
            owed=dict(content["owed"]),
            tampered={int(connector): action for connector, action in content["tampered"].items()},
            unpowered=content["unpowered"],
            cabled=set(content["cabled"]),
            booting=content["booting"],
            updating=content["updating"],
        )
