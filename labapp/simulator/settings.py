"""What a simulated charging station is: its build, and the variants in which it can be had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from labapp.domain.errors import InputError
from labapp.simulator.defects import STATION_DEFECTS


@dataclass(frozen=True)
class StationConfig:
    """The build of a simulated OCPP 1.6 charging station. Times in seconds, energy and power in Wh and W.

    boot_duration: until the first connection is tried after `run`; reboot_duration: the same after each later boot.
    resumes_transactions: goes on with its transactions after a loss of power, instead of ending them.
    evses: connector numbers, from 1, grouped by the EVSE that they share.
    password: for HTTP Basic authentication (security profile 1), None for none; it is the AuthorizationKey's value.
    settings: configuration keys that differ from the factory's.
    """

    identity: str = "CS-SIM"
    vendor: str = "labapp"
    model: str = "SimStation"
    serial_number: str = "SIM-0001"
    firmware_version: str = "1.0.0"
    evses: tuple[tuple[int, ...], ...] = ((1,),)
    fixed_cable: bool = False
    backup_power: bool = False
    resumes_transactions: bool = False
    cache: bool = True
    local_list: bool = True
    local_start: bool = True
    start_button: bool = False
    mode12: bool = False
    boot_duration: float = 1.0
    reboot_duration: float = 3.0
    response_timeout: float = 30.0
    power: int = 22080
    button_id_tag: str = "LAB-VALID-1"
    password: str | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    defects: frozenset[str] = frozenset()

    @property
    def connectors(self) -> tuple[int, ...]:
        """Every connector number, in order."""
        return tuple(sorted(number for evse in self.evses for number in evse))

    def siblings(self, connector: int) -> tuple[int, ...]:
        """The other connectors of the connector's EVSE."""
        return tuple(n for evse in self.evses if connector in evse for n in evse if n != connector)


@dataclass(frozen=True)
class Variant:
    """A named difference from the standard station, with what it means."""

    help: str
    apply: Callable[[StationConfig], StationConfig]


def _setting(key: str, value: str) -> Callable[[StationConfig], StationConfig]:
    return lambda config: replace(config, settings=MappingProxyType({**config.settings, key: value}))


#: Every variant by name. The standard station has one connector with a socket, and every feature profile but firmware.
VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "fixed_cable": Variant(
            "the cable is fixed to the station; unlocking is not supported", lambda c: replace(c, fixed_cable=True)
        ),
        "backup_power": Variant(
            "a back-up power source lets it stop transactions before it goes down",
            lambda c: replace(c, backup_power=True),
        ),
        "resumes_transactions": Variant(
            "goes on with its transactions after a loss of power", lambda c: replace(c, resumes_transactions=True)
        ),
        "no_cache": Variant("no authorization cache", lambda c: replace(c, cache=False)),
        "no_local_list": Variant("no local authorization list", lambda c: replace(c, local_list=False)),
        "two_connectors": Variant("two connectors, each on its own EVSE", lambda c: replace(c, evses=((1,), (2,)))),
        "three_connectors_one_evse": Variant(
            "three connectors on one EVSE, of which one can be used at a time", lambda c: replace(c, evses=((1, 2, 3),))
        ),
        "no_local_start": Variant(
            "no reader and no button: transactions start remotely only", lambda c: replace(c, local_start=False)
        ),
        "start_button": Variant(
            "a start and a stop button, which identify the user by a built-in idTag",
            lambda c: replace(c, start_button=True),
        ),
        "authorize_remote_true": Variant(
            "AuthorizeRemoteTxRequests is true from the factory", _setting("AuthorizeRemoteTxRequests", "true")
        ),
        "authorize_remote_false": Variant(
            "AuthorizeRemoteTxRequests is false from the factory", _setting("AuthorizeRemoteTxRequests", "false")
        ),
        "mode12": Variant(
            "charging mode 1 and 2 only: a plug is seen only while power flows", lambda c: replace(c, mode12=True)
        ),
        "slow_reboot": Variant("a reboot takes three minutes", lambda c: replace(c, reboot_duration=180.0)),
    }
)


def station_config(base: StationConfig, *, variants: Iterable[str] = (), defects: Iterable[str] = ()) -> StationConfig:
    """The base station in the named variants, applied in order, with the named defects.

    Raises InputError for a name that does not exist.
    """
    config = base
    for name in variants:
        if name not in VARIANTS:
            raise InputError(f"unknown variant {name!r}", mend=f"use one of {', '.join(VARIANTS)}")
        config = VARIANTS[name].apply(config)
    wanted = frozenset(defects)
    for name in sorted(wanted - STATION_DEFECTS.keys()):
        raise InputError(f"unknown defect {name!r}", mend=f"use one of {', '.join(STATION_DEFECTS)}")
    return replace(config, defects=config.defects | wanted)
