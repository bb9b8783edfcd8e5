"""What a simulated central system knows: the stations that may connect, and the identifiers that may charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from labapp.domain.errors import InputError
from labapp.domain.handshake import Admission, Handshake, basic_credentials
from labapp.ocpp.versions import VERSIONS
from labapp.simulator.defects import CSMS_DEFECTS


@dataclass(frozen=True)
class Tag:
    """One identifier. status: an AuthorizationStatus of OCPP 1.6."""

    status: str = "Accepted"
    parent: str | None = None


#: The identifiers that a simulated central system knows unless it is told others.
STANDARD_TAGS: Mapping[str, Tag] = MappingProxyType(
    {
        "LAB-VALID-1": Tag(parent="LAB-PARENT"),
        "LAB-VALID-2": Tag(parent="LAB-PARENT"),
        "LAB-INVALID": Tag("Invalid"),
        "LAB-EXPIRED": Tag("Expired"),
        "LAB-BLOCKED": Tag("Blocked"),
    }
)


@dataclass(frozen=True)
class CsmsConfig:
    """A simulated central system. Times in seconds.

    stations: the identities that may connect, each with the password of its HTTP Basic authentication or None for
    none; an empty table admits every station without authentication.
    connector_id: the connector that requests are for unless they say another. file_location: where firmware lies and
    diagnostics go. after_boot: what it asks for on its own once it has accepted a boot, each a name of `csms_habits`;
    vendor_data_every: the time between vendor messages of its own, None for none; stops_after: how long it lets a transaction run.
    The other fields say how its requests and answers look; `csms_variants` tells.
    """

    version: str = "1.6"
    stations: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, Tag] = field(default_factory=lambda: STANDARD_TAGS)
    id_tag: str = "LAB-VALID-1"
    connector_id: int = 1
    heartbeat_interval: int = 300
    response_timeout: float = 30.0
    file_location: str = "ftp://127.0.0.1/labapp/"
    data_transfer_status: str = "UnknownVendorId"
    first_transaction: int = 1
    tells_parents: bool = True
    tells_expiry: bool = False
    tells_on_stop: bool = True
    after_boot: tuple[str, ...] = ()
    pipelines: bool = False
    vendor_data_every: float | None = None
    stops_after: float | None = None
    answer_delay: float = 0.0
    request_delay: float = 0.0
    relative_profiles: bool = False
    omits_three_phases: bool = False
    names_connector: bool = True
    fills_optional_fields: bool = False
    empty_key_list: bool = False
    lower_case_tags: bool = False
    roomy_json: bool = False
    milliseconds: bool = True
    defects: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in sorted(self.defects - CSMS_DEFECTS.keys()):
            raise InputError(f"unknown defect {name!r}", mend=f"use one of {', '.join(CSMS_DEFECTS)}")
        if self.version not in VERSIONS:
            raise InputError(f"unknown OCPP version {self.version!r}", mend=f"use one of {', '.join(VERSIONS)}")

    def tag(self, id_tag: str) -> Tag:
        """What is known of the identifier, without case; Invalid when it is unknown."""
        if "authorizes_unknown" in self.defects:
            return Tag()
        if "refuses_valid" in self.defects:
            return Tag("Invalid")
        if "one_refusal_for_all" in self.defects and self._known(id_tag).status != "Accepted":
            return Tag("Invalid")
        return self._known(id_tag)

    def _known(self, id_tag: str) -> Tag:
        known = {name.lower(): tag for name, tag in self.tags.items()}
        return known.get(id_tag.lower(), Tag("Invalid"))


def admission(config: CsmsConfig, handshake: Handshake) -> Admission:
    """Whether a station may connect: identity, credentials and subprotocol (OCPP-J 1.6, section 3)."""
    if config.stations and handshake.identity not in config.stations:
        return Admission(404, reason="identity")
    password = config.stations.get(handshake.identity)
    if password is not None and not (
        _proves(handshake, password)
        or (handshake.authorization is None and "accepts_without_authorization" in config.defects)
    ):
        return Admission(401, reason="authorization")
    subprotocol = VERSIONS[config.version].subprotocol
    if subprotocol not in handshake.subprotocols:
        if "closes_after_upgrade" in config.defects:
            return Admission()
        if "accepts_any_subprotocol" not in config.defects or not handshake.subprotocols:
            return Admission(400, reason="subprotocol")
        return Admission(subprotocol=handshake.subprotocols[0])
    if "takes_first_subprotocol" in config.defects:
        return Admission(subprotocol=handshake.subprotocols[0])
    return Admission(subprotocol="" if "names_no_subprotocol" in config.defects else subprotocol)


def _proves(handshake: Handshake, password: str) -> bool:
    credentials = basic_credentials(handshake.authorization)
    return credentials is not None and credentials == (handshake.identity, password_bytes(password))


def password_bytes(password: str) -> bytes:
    """The bytes of a password that is given as 32 to 40 hex digits or as text (security whitepaper, section 7.2)."""
    if 32 <= len(password) <= 40:
        try:
            return bytes.fromhex(password)
        except ValueError:
            return password.encode()
    return password.encode()
