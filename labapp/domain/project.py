"""A project: what is tested, how it is reached, and how the run is to be conducted; as PROJECT.toml states it.

Each key stands at its field; `labapp.domain.project_keys` collects them into the one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from labapp.domain.driver_call import DriverCall
from labapp.domain.network_settings import NetworkSettings
from labapp.domain.project_values import Values
from labapp.domain.settings import Secret, plain, setting

FEATURE_PROFILES = (
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_CS = 'sut = "cs"'
#: The ports that file servers of all protocols need: four of their own, and data connections of FTP.
FILE_PORTS = 6


@dataclass(frozen=True, slots=True)
class Connection:
    """How tool and device find each other. The tool listens for a charge point, and connects to a central system."""

    listen: str = setting(
        "127.0.0.1:9000", 'HOST:PORT on which the tool listens where sut = "cs"; port 0: any free one'
    )
    url: str = setting("", "WebSocket URL of the central system, without the identity", required_when='sut = "csms"')
    identity: str = setting("", "identity of the charge point in the URL", required_when="always", longest=48)
    security_profile: Literal[0, 1, 2, 3] = setting(0, "security profile of the connection; 2 and 3 need TLS")
    password: Secret | None = setting(
        None, "password of HTTP Basic authentication, named, never written here", required_when="security_profile = 1"
    )
    file_host: str = setting(
        "",
        "host name or address of the tool's file servers as the device sees it; without it, the one that the tool listens on, or the "
        "one to which the device has connected",
    )
    file_ports: str = setting(
        "", 'first and last port of the file servers, at least six, as "9100-9109"; without it, any free ones'
    )
    file_certificate: Path | None = setting(
        None,
        "certificate and key, PEM, of the file servers over HTTPS and FTPS; without it, one that the tool makes, which most devices "
        "do not trust",
    )

    def ports_for_files(self) -> range:
        """The ports of the file servers, none for any free ones. Raises ValueError when the key says no usable ports."""
        if not self.file_ports:
            return range(0)
        first, dash, last = self.file_ports.partition("-")
        if not (dash and first.strip().isdecimal() and last.strip().isdecimal()):
            raise ValueError("no two numbers")
        ports = range(int(first), int(last) + 1)
        if ports.start < 1 or ports.stop > 65536 or len(ports) < FILE_PORTS:
            raise ValueError("no such ports, or too few")
        return ports


@dataclass(frozen=True, slots=True)
class Dut:
    """Facts of the device, where no declaration states them. None: not stated.

    declared: what only a declaration states: `limits` by the key of its form, `security_profiles`, `certificate_scope`.
    """

    connectors: int = setting(1, "number of connectors", at_least=1, at_most=100)
    evses: tuple[tuple[int, ...], ...] = setting(
        ((1,),), "connectors of each EVSE; without it, one EVSE for each connector"
    )
    cable: Literal["socket", "fixed"] = setting("socket", "socket for a loose cable, or a cable fixed to the station")
    features: tuple[str, ...] | None = setting(None, "feature profiles of OCPP 1.6", choices=FEATURE_PROFILES)
    mode_1_2_only: bool = setting(False, "product subtype for charging modes 1 and 2 only")
    cache: bool | None = setting(None, "has an authorization cache")
    local_list: bool | None = setting(None, "has a local authorization list; without it, as features say")
    unknown_offline_authorization: bool | None = setting(None, "can start transactions for unknown cards while offline")
    reserve_connector_zero: bool | None = setting(None, "the station as a whole can be reserved")
    local_start: bool | None = setting(None, "transactions can be started at the station")
    local_stop: bool | None = setting(None, "transactions can be stopped at the station")
    start_button: bool | None = setting(None, "has a start or stop button")
    backup_power: bool | None = setting(None, "has back-up power to end transactions when the mains fails")
    firmware_during_transaction: bool | None = setting(None, "updates its firmware while transactions run")
    minimum_status_duration: bool | None = setting(None, "supports MinimumStatusDuration, delivered with 0")
    milliseconds: bool = setting(False, "understands time stamps with milliseconds")
    readers: Literal["none", "single", "one per EVSE"] | None = setting(None, "card readers")
    shared_reader: bool | None = setting(None, "one card reader serves several connectors; without it, as readers say")
    security_certificate: bool = setting(False, "goes for the Security certificate")
    vendor: str | None = setting(None, "vendor, for the report")
    model: str | None = setting(None, "model, for the report")
    serial_number: str | None = setting(None, "serial number, for the report")
    hardware_version: str | None = setting(None, "hardware version, for the report")
    software_version: str | None = setting(None, "version of the OCPP software, for the report")
    declared: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def facts(self) -> dict[str, Any]:
        """The facts as JSON values by key, None where not stated."""
        own = {item.name: plain(getattr(self, item.name)) for item in fields(self) if item.name != "declared"}
        if self.shared_reader is None and self.readers is not None:
            own["shared_reader"] = self.readers == "single" and self.connectors > 1
        return {**own, "limits": {}, **self.declared}

    def siblings(self, connector: int) -> frozenset[int]:
        """The other connectors of the same EVSE."""
        return frozenset(other for evse in self.evses if connector in evse for other in evse) - {connector}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long the tool waits, in seconds."""

    connect: float = setting(120.0, "for the first connection of the device", unit="seconds", at_least=0.1)
    message: float = setting(30.0, "for a message that is due", unit="seconds", at_least=0.1)
    long_operation: float = setting(120.0, "for a message after long work in the device", unit="seconds", at_least=0.1)
    reboot: float = setting(900.0, "for a boot after a reset or a power cycle", unit="seconds", at_least=0.1)
    firmware: float = setting(1800.0, "for each step of a firmware update", unit="seconds", at_least=0.1)
    reconnect: float = setting(120.0, "for the device to connect again", unit="seconds", at_least=0.1)
    operator: float | None = setting(
        None,
        "for an answer of the operator; 0: none; without it, 0, and 300 for jsonl and auto",
        unit="seconds",
        at_least=0,
    )

    def operator_of(self, kind: str) -> float:
        """Seconds that an operator of this kind ("console", "jsonl", "auto", "window") has for an answer, 0 for no limit."""
        if self.operator is not None:
            return self.operator
        return 300.0 if kind in ("jsonl", "auto") else 0.0

    def seconds(self) -> dict[str, float]:
        """The timeouts of the device by name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "operator"}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How the run is conducted."""

    reset: Literal["ocpp", "always", "manual", "off"] = setting(
        "ocpp",
        "how the idle state is reached before a case: shown over OCPP, else Reset; always Reset; by hand; not at all",
    )
    review: Literal["ask", "advice", "strict"] = setting(
        "ask", "ambiguous StatusNotifications: ask the technician, take the advice, or reject them"
    )
    quiet_window: float = setting(3.0, "silence that proves the idle state", unit="seconds", at_least=0)
    cut: Literal["refuse", "silent", "prompt"] = setting(
        "refuse", "how the network is cut: close and refuse connections, stay silent, or ask the operator"
    )
    additional: bool | None = setting(
        None,
        "also run cases that fit the device and that the certification plan lacks; without it, in preparation, and where no plan asks "
        "for any",
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What the report says that the run cannot know."""

    laboratory: str | None = setting(None, "name and address of the laboratory; without it, [project] lab")
    place: str | None = setting(None, "place of the tests")
    accreditation: str | None = setting(None, "accreditation of the laboratory")
    customer: str | None = setting(None, "customer, with address")
    number: str | None = setting(None, "number of the report")
    version: int = setting(1, "version of the report", at_least=1)
    replaces: str | None = setting(None, "number of the report that this one replaces")
    template: str | None = setting(None, "layout of the report")
    condition: str | None = setting(None, "condition of the device when it was received")
    received: date | None = setting(None, "day on which the device was received")
    pre_test: str | None = setting(None, "result of the pre-test on receipt")
    equipment: tuple[str, ...] = setting((), "equipment used, each with its identification")
    deviations: tuple[str, ...] = setting((), "deviations from the procedure, each with its reason")
    incidents: tuple[str, ...] = setting((), "incidents during the tests")
    tested_by: str | None = setting(None, "who tested; without it, [project] tester")
    checked_by: str | None = setting(None, "who checked")
    authorised_by: str | None = setting(None, "who authorises")
    certificate: Path | None = setting(
        None, "certificate and key of the laboratory, PKCS#12 or PEM; without it, the report is a demonstration"
    )
    certificate_password: Secret | None = setting(None, "password of the key, named, never written here")
    timestamp_authority: str | None = setting(None, "URL of a time stamp authority for the signatures")


@dataclass(frozen=True, slots=True)
class Project:
    """A whole project file, checked. folder: of the file; network_table: `[network]` with defaults; driver: by action, or "default".

    stated: keys that the file itself gives, as "values.heartbeat_interval".
    """

    sut: Literal["cs", "csms"] = setting(
        "cs", "what is tested: a charging station or a central system", required_when="always"
    )
    ocpp: Literal["1.6", "2.0.1"] = setting("1.6", "version of OCPP")
    mode: Literal["preparation", "certification"] = setting(
        "preparation", "preparation at the vendor's, or certification"
    )
    name: str = setting("", "name of the project; without it, that of the file")
    pics: Path | None = setting(
        None, "declaration of the vendor, .xlsx or .toml", required_when='mode = "certification"'
    )
    lab: str | None = setting(None, "laboratory")
    tester: str | None = setting(None, "who conducts the tests")
    folder: Path = Path()
    connection: Connection = field(default_factory=Connection)
    dut: Dut = field(default_factory=Dut)
    values: Values = field(default_factory=Values)
    timeouts: Timeouts = field(default_factory=Timeouts)
    run: RunOptions = field(default_factory=RunOptions)
    report: Report = field(default_factory=Report)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    network_table: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    driver: Mapping[str, DriverCall] = field(default_factory=lambda: _NOTHING)
    stated: frozenset[str] = frozenset()
