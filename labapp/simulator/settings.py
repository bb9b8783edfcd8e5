"""What a simulated charging station is: its build, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

#: The feature profiles of OCPP 1.6, as SupportedFeatureProfiles names them (edition 2, section 3.3).
FEATURE_PROFILES = (
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
)

_NO_KEYS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class StationConfig:
    """The build of a simulated OCPP 1.6 charging station. Times in seconds, energy and power in Wh and W.

    features: its feature profiles. evses: connector numbers, from 1, grouped by the EVSE that they share.
    password: for HTTP Basic authentication (security profile 1), None for none; it is the AuthorizationKey's value.
    settings: configuration keys that differ from the factory's; fixed: keys that can only be read; hidden: keys that are not
    there for the central system, while the station behaves as their value says.

    shared_reader: one reader for all connectors, at which the user also picks the connector; every foreign card is asked about.
    button_only: no reader; a start and a stop button identify the user by button_id_tag.
    resumes_transactions: goes on with its transactions after a loss of power, instead of ending them.
    boot_duration: until the first connection is tried after `run`; reboot_duration: the same after each later boot.
    unavailable_after_boot: how long its connectors are Unavailable once it was accepted. finish_duration: how long a connector
    is Finishing at least. order: which of queued statuses and queued transaction messages leave first.
    soft_reset_boots: a Soft reset ends in a boot. stops_after_boot: a Hard reset goes down at once, its transactions are ended by
    the next boot. boots_on_reconnect: registers again after every loss of connection.
    asks_again: asks about a card that is presented a second time. reports_unlock_failure: a lock that fails to open is a fault.
    suspends_by_evse: reports SuspendedEVSE when the vehicle's side is unplugged, otherwise SuspendedEV.
    call_errors: refuses with a CALLERROR where the specification has one for it.
    install_duration: of a firmware. firmware_needs_reset: a firmware is installed by the next Reset.req, not by itself.
    """

    identity: str = "CS-SIM"
    vendor: str = "labapp"
    model: str = "SimStation"
    serial_number: str = "SIM-0001"
    firmware_version: str = "1.0.0"
    features: tuple[str, ...] = FEATURE_PROFILES
    evses: tuple[tuple[int, ...], ...] = ((1,),)
    fixed_cable: bool = False
    backup_power: bool = False
    resumes_transactions: bool = False
    cache: bool = True
    local_list: bool = True
    reserves_station: bool = True
    local_start: bool = True
    shared_reader: bool = False
    start_button: bool = False
    button_only: bool = False
    mode12: bool = False
    boot_duration: float = 1.0
    reboot_duration: float = 3.0
    unavailable_before_reboot: bool = False
    unavailable_after_boot: float = 0.0
    finish_duration: float = 0.0
    order: Literal["as it comes", "status first", "transactions first"] = "as it comes"
    soft_reset_boots: bool = True
    stops_after_boot: bool = False
    boots_on_reconnect: bool = False
    asks_again: bool = False
    reports_unlock_failure: bool = False
    suspends_by_evse: bool = False
    status_timestamps: bool = True
    call_errors: bool = False
    data_transfer_interval: float = 0.0
    install_duration: float = 3.0
    unavailable_for_firmware: bool = False
    installed_before_boot: bool = False
    boots_after_failed_installation: bool = False
    firmware_needs_reset: bool = False
    response_timeout: float = 30.0
    power: int = 22080
    button_id_tag: str = "LAB-VALID-1"
    password: str | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    fixed: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    hidden: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    defects: frozenset[str] = frozenset()

    @property
    def connectors(self) -> tuple[int, ...]:
        """Every connector number, in order."""
        return tuple(sorted(number for evse in self.evses for number in evse))

    @property
    def feature_profiles(self) -> tuple[str, ...]:
        """The feature profiles that it has, in the order of the specification."""
        absent = () if self.local_list else ("LocalAuthListManagement",)
        return tuple(name for name in FEATURE_PROFILES if name in self.features and name not in absent)

    @property
    def has_reader(self) -> bool:
        """Whether a card can be presented to it."""
        return self.local_start and not self.button_only

    @property
    def has_buttons(self) -> bool:
        """Whether it has a start and a stop button."""
        return self.start_button or self.button_only

    def siblings(self, connector: int) -> tuple[int, ...]:
        """The other connectors of the connector's EVSE."""
        return tuple(n for evse in self.evses if connector in evse for n in evse if n != connector)
