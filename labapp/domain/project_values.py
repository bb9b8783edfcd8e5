"""The `[values]` of a project: what the case document calls configured values."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from labapp.domain.errors import InputError
from labapp.domain.settings import Secret, plain, setting

#: Locations that a file server of the tool has where a project states none.
LOCATIONS = frozenset({"firmware_location", "invalid_firmware_location", "log_location"})

_WHERE_NEEDED = "a case uses it"
_CARD = 20  # characters of an IdToken in OCPP 1.6


@dataclass(frozen=True, slots=True)
class Signatures:
    """What the secure firmware cases send with the firmware."""

    firmware: str | None = setting(
        None, "signature of the firmware, Base64, by the key of signing_certificate", required_when=_WHERE_NEEDED
    )
    invalid_firmware: str | None = setting(
        None, "signature that does not fit the firmware, Base64", required_when=_WHERE_NEEDED
    )
    signing_certificate: Path | None = setting(
        None, "certificate that verifies the signatures, PEM", required_when=_WHERE_NEEDED
    )


@dataclass(frozen=True, slots=True)
class Values:
    """The configured values. None: not stated; a case that uses the value then asks for it through `require`."""

    connector_id: int = setting(1, "connector that the cases use", at_least=1)
    valid_id_tag: str | None = setting(None, "card that is accepted", required_when=_WHERE_NEEDED, longest=_CARD)
    valid_id_tag_2: str | None = setting(
        None, "second card that is accepted, with the same parent", required_when=_WHERE_NEEDED, longest=_CARD
    )
    invalid_id_tag: str | None = setting(
        None, "card that is answered with Invalid", required_when=_WHERE_NEEDED, longest=_CARD
    )
    expired_id_tag: str | None = setting(
        None, "card that is answered with Expired", required_when=_WHERE_NEEDED, longest=_CARD
    )
    blocked_id_tag: str | None = setting(
        None, "card that is answered with Blocked", required_when=_WHERE_NEEDED, longest=_CARD
    )
    parent_id_tag: str | None = setting(None, "parent of the valid cards", required_when=_WHERE_NEEDED, longest=_CARD)
    heartbeat_interval: int = setting(10, "interval of heartbeats", unit="seconds", at_least=1)
    meter_value_interval: int = setting(10, "interval of sampled meter values", unit="seconds", at_least=1)
    clock_aligned_interval: int = setting(60, "interval of clock-aligned meter values", unit="seconds", at_least=1)
    connection_timeout: int = setting(
        30, "time between authorization and plugging in, ConnectionTimeOut", unit="seconds", at_least=1
    )
    transaction_duration: int = setting(
        10,
        "how long a transaction runs where a case lets it run, and how long an absence is watched",
        unit="seconds",
        at_least=1,
    )
    reservation_offset: int = setting(120, "time until a reservation expires", unit="seconds", at_least=1)
    charging_rate_unit: Literal["A", "W"] = setting("A", "unit of the limits in charging profiles")
    number_phases: int = setting(3, "numberPhases of charging profiles", at_least=1, at_most=3)
    stack_level: int = setting(0, "stackLevel of charging profiles", at_least=0)
    schedule_duration: int = setting(300, "duration of charging schedules", unit="seconds", at_least=1)
    max_time_deviation: int = setting(5, "tolerance on the start of composite schedules", unit="seconds", at_least=0)
    local_limit: float | None = setting(
        None, "limit of the station itself, in charging_rate_unit, that caps composite schedules", at_least=0
    )
    vendor_name: str = setting("labapp", "chargePointVendor, and CpoName in the security cases", longest=20)
    model: str = setting("labapp bench", "chargePointModel of the charge point that the tool plays", longest=20)
    serial_number: str | None = setting(None, "serial number of the charge point that the tool plays", longest=25)
    firmware_location: str | None = setting(
        None,
        "firmware that the station can install, or that a central system is to name: a URL, or a file that the tool serves; without "
        "it, the tool serves a dummy, which only a simulated station installs: a real one needs a file of its vendor",
        longest=512,
    )
    invalid_firmware_location: str | None = setting(
        None,
        "firmware that the station must refuse to install: a URL, or a file that the tool serves; without it, the tool serves a "
        "text file",
        longest=512,
    )
    log_location: str | None = setting(
        None,
        "URL to which the station uploads diagnostics and logs, or that a central system is to name; without it, the tool takes and "
        "keeps them itself",
        longest=512,
    )
    invalid_log_location: str | None = setting(
        None, "URL to which an upload fails", required_when=_WHERE_NEEDED, longest=512
    )
    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"] = setting("SHA256", "hash of certificateHashData")
    authorization_key: Secret | None = setting(
        None, "new password for the case that changes it", required_when=_WHERE_NEEDED
    )
    signatures: Signatures = field(default_factory=Signatures)

    def given(self) -> dict[str, Any]:
        """The values that are there, as JSON values by key; `signatures.firmware` and so on; a secret as its origin."""
        found: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Signatures):
                parts = {f"signatures.{part.name}": getattr(value, part.name) for part in fields(value)}
                found |= {key: plain(part) for key, part in parts.items() if part is not None}
            elif value is not None:
                found[item.name] = plain(value)
        return found

    def require(self, key: str) -> Any:
        """The JSON value of a key that a case needs. Raises InputError naming the key when the project does not state it."""
        found = self.given()
        if key not in found:
            raise InputError(
                "is not stated, and a case needs it",
                where=f"[values] {key}",
                mend=f"add {key} to [values] of the project",
            )
        return found[key]
