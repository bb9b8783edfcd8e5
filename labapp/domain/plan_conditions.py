"""The conditions of a certification plan by name: those that the declaration decides, and those that the device's keys decide.

Source: OCPP Certification Program Document 2, V1.1.4, Appendix C, column "Remark", with the prerequisites of the case document's
edition 2025-11 where a row was split into a local and a remote case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labapp.domain import pics_grounds as grounds
from labapp.domain.pics_grounds import Property


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that the declaration decides. text: what it asks of the DUT, as the end of "a DUT that …"."""

    text: str
    holds: Property


@dataclass(frozen=True, slots=True)
class KeyReading:
    """One configuration key as the device reported it. value: None when it reported the key without one."""

    value: str | None
    readonly: bool

    @property
    def is_true(self) -> bool:
        """Whether the value is the boolean true, in whatever case it is written."""
        return (self.value or "").strip().lower() == "true"

    @property
    def is_false(self) -> bool:
        """Whether the value is the boolean false, in whatever case it is written."""
        return (self.value or "").strip().lower() == "false"


@dataclass(frozen=True, slots=True)
class LiveCondition:
    """A condition that only the device's own keys decide. key: the key to read; text: as in Condition.

    holds: on the key's reading, None when the device does not know the key. settled: where the declaration already
    makes the row applicable whatever the key says.
    """

    key: str
    text: str
    holds: Callable[[KeyReading | None], bool]
    settled: Property = grounds.never


def _not_fixed_to_false(reading: KeyReading | None) -> bool:
    return reading is None or not (reading.readonly and reading.is_false)


def _settable(reading: KeyReading | None) -> bool:
    return reading is not None and not reading.readonly


def _true(reading: KeyReading | None) -> bool:
    return reading is not None and reading.is_true


_CHOICE_ON_DISCONNECT = "optional.choice_transaction_stopped_when_cable_disconnected_on_ev_side"
_WHOLE_STATION = "optional.support_reservations_of_entire_charging_station"

CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "LOCAL_START": Condition("starts transactions locally", grounds.LOCAL_START),
        "LOCAL_STOP": Condition("stops transactions locally", grounds.LOCAL_STOP),
        "CACHE": Condition("has an authorization cache", grounds.CACHE),
        "OFFLINE_AUTHORIZATION": Condition(
            "authorizes offline by local list, by cache, or by accepting unknown cards", grounds.OFFLINE_AUTHORIZATION
        ),
        "NO_FIXED_CABLE": Condition("has no fixed cable", grounds.NO_FIXED_CABLE),
        "FIXED_CABLE_OR_MODE_1_2": Condition(
            "has a fixed cable or household sockets only", grounds.any_of(grounds.MODE_1_2, grounds.FIXED_CABLE)
        ),
        "NOT_MODE_1_2": Condition("offers more than household sockets", grounds.opposite(grounds.MODE_1_2)),
        "BACKUP_POWER": Condition("has a back-up power source", grounds.BACKUP_POWER),
        "NO_BACKUP_POWER": Condition("has no back-up power source", grounds.opposite(grounds.BACKUP_POWER)),
        "STOP_ON_DISCONNECT_SELECTABLE": Condition(
            "leaves a choice whether a transaction stops on EV side disconnect",
            grounds.not_answered(_CHOICE_ON_DISCONNECT, "No"),
        ),
        "FIRMWARE_MANAGEMENT": Condition(
            "supports the Firmware Management profile", grounds.yes("profiles.firmware_management")
        ),
        "LOCAL_AUTH_LIST": Condition("supports the Local Auth List Management profile", grounds.LOCAL_LIST),
        "NO_LOCAL_AUTH_LIST": Condition(
            "does not support the Local Auth List Management profile", grounds.opposite(grounds.LOCAL_LIST)
        ),
        "RESERVATION": Condition("supports the Reservation profile", grounds.yes("profiles.reservation")),
        "NO_RESERVATION": Condition("does not support the Reservation profile", grounds.no("profiles.reservation")),
        "RESERVES_WHOLE_STATION": Condition("can be reserved as a whole", grounds.not_answered(_WHOLE_STATION, "No")),
        "OCCUPIED_AT_ONCE": Condition("can have all its connectors occupied at once", grounds.OCCUPIED_AT_ONCE),
        "REMOTE_TRIGGER": Condition("supports the Remote Trigger profile", grounds.yes("profiles.remote_trigger")),
        "SMART_CHARGING": Condition("supports the Smart Charging profile", grounds.yes("profiles.smart_charging")),
        "SECURITY_NOT_DECLINED": Condition(
            "does not decline the security certificate",
            grounds.not_answered("supplementary.security_certificate", "No"),
        ),
        "ANY_SECURITY_PROFILE": Condition("supports a security profile", grounds.ANY_SECURITY_PROFILE),
        "SECURITY_PROFILE_1_OR_2": Condition("supports security profile 1 or 2", grounds.BASIC_AUTHENTICATION),
        "SECURITY_PROFILE_2_OR_3": Condition("supports security profile 2 or 3", grounds.TLS),
        "SECURITY_PROFILE_2_AND_ANOTHER": Condition(
            "supports security profile 2 and another one", grounds.TLS_AND_ANOTHER
        ),
        "SECURITY_PROFILE_3": Condition("supports security profile 3", grounds.SECURITY_PROFILE[3]),
        "NO_SECURITY_CERTIFICATE": Condition(
            "does not go for the security certificate", grounds.opposite(grounds.SECURITY_CERTIFICATE)
        ),
    }
)

LIVE_CONDITIONS: Mapping[str, LiveCondition] = MappingProxyType(
    {
        "STOP_ON_DISCONNECT_POSSIBLE": LiveCondition(
            "StopTransactionOnEVSideDisconnect",
            "does not have StopTransactionOnEVSideDisconnect read-only with the value false",
            _not_fixed_to_false,
            settled=grounds.MODE_1_2,
        ),
        "STOP_ON_DISCONNECT_SETTABLE": LiveCondition(
            "StopTransactionOnEVSideDisconnect", "lets StopTransactionOnEVSideDisconnect be written", _settable
        ),
        "REMOTE_AUTHORIZATION_POSSIBLE": LiveCondition(
            "AuthorizeRemoteTxRequests",
            "does not have AuthorizeRemoteTxRequests read-only with the value false",
            _not_fixed_to_false,
        ),
        "RESERVES_CONNECTOR_ZERO": LiveCondition(
            "ReserveConnectorZeroSupported", "reports ReserveConnectorZeroSupported as true", _true
        ),
    }
)
