"""What must hold between the keys of a project, each fault with its key and the way to mend it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from labapp.domain.driver_call import faults_of_call
from labapp.domain.project import FILE_PORTS, Dut, Project
from labapp.domain.project_values import Values

ACCEPTED_CARDS = ("valid_id_tag", "valid_id_tag_2")
REFUSED_CARDS = ("invalid_id_tag", "expired_id_tag", "blocked_id_tag")


class Fault(NamedTuple):
    """A fault of one key. table: as in brackets in the file."""

    table: str
    key: str
    what: str
    mend: str


def faults_of(project: Project) -> Iterator[Fault]:
    """Every fault of a project whose keys have the right types; what the declaration decides is judged once it is joined."""
    yield from _purpose(project)
    yield from _connection(project)
    yield from _topology(project.dut)
    declaration_to_come = project.pics is not None and not project.dut.declared
    if project.values.connector_id > project.dut.connectors and not declaration_to_come:
        yield Fault(
            "values",
            "connector_id",
            f"the device has no connector {project.values.connector_id}",
            f"use 1 to {project.dut.connectors}, or state [dut] connectors",
        )
    yield from _cards(project.values)
    location = project.values.log_location
    if location is not None and "://" not in location:
        mend = "write a URL, or leave it out: the tool then takes what the station uploads"
        yield Fault("values", "log_location", f'"{location}" is no URL', mend)
    authority = project.report.timestamp_authority
    if authority is not None and not authority.startswith(("http://", "https://")):
        yield Fault("report", "timestamp_authority", f'"{authority}" is no URL', "write it as http://HOST/PATH")
    if project.report.certificate_password is not None and project.report.certificate is None:
        mend = "name the file of the laboratory's certificate and key, or leave certificate_password out"
        yield Fault("report", "certificate", "is missing, though its password is named", mend)
    for action, call in project.driver.items():
        for fault in faults_of_call(action, call):
            yield Fault(f"driver.{action}", fault.key, fault.what, fault.mend)


def host_and_port(address: str) -> tuple[str, int] | None:
    """Host and port of "HOST:PORT" or "[IPV6]:PORT"; None when the text is neither."""
    try:
        parts = urlsplit(f"//{address}")
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.netloc != address or "@" in address or " " in address:
        return None
    return parts.hostname, port


def _is_host(text: str) -> bool:
    """Whether a text is a host name or an address, IPv6 without brackets; none is one too."""
    try:
        return not text or host_and_port(f"[{ipaddress.IPv6Address(text)}]:1") is not None
    except ValueError:
        return ":" not in text and host_and_port(f"{text}:1") is not None


def _purpose(project: Project) -> Iterator[Fault]:
    if "project.sut" not in project.stated:
        yield Fault(
            "project", "sut", "is missing", 'write sut = "cs" for a charging station, "csms" for a central system'
        )
    if project.mode == "certification":
        if project.pics is None:
            mend = "name the vendor's declaration: `labapp pics new` writes an empty one"
            yield Fault("project", "pics", "is missing, and certification needs it", mend)
        if project.run.reset == "off":
            mend = 'write "ocpp", "always" or "manual", or mode = "preparation"'
            yield Fault("run", "reset", '"off" is for preparation only', mend)


def _connection(project: Project) -> Iterator[Fault]:
    connection = project.connection
    if not connection.identity:
        yield Fault("connection", "identity", "is missing", "write the identity of the charge point")
    elif any(character in connection.identity for character in "/:?#% ") or not connection.identity.isascii():
        mend = "write letters, digits and signs that need no escape in a URL"
        yield Fault("connection", "identity", f'"{connection.identity}" cannot stand in the URL as it is', mend)
    if connection.security_profile in (2, 3):
        what = f"security profile {connection.security_profile} needs TLS, which this version of labapp does not offer"
        yield Fault("connection", "security_profile", what, "use 0 or 1")
    if connection.security_profile == 1 and connection.password is None:
        mend = 'write password = "env:NAME" or "keyring:SERVICE/USER"'
        yield Fault("connection", "password", "is missing, and security profile 1 needs it", mend)
    try:
        connection.ports_for_files()
    except ValueError:
        mend = f'write at least {FILE_PORTS} ports, as "9100-9109"'
        yield Fault("connection", "file_ports", f'"{connection.file_ports}" are no ports', mend)
    if not _is_host(connection.file_host):
        mend = "write a host name or an address alone, without a port"
        yield Fault("connection", "file_host", f'"{connection.file_host}" is no host', mend)
    if project.sut == "cs" and host_and_port(connection.listen) is None:
        yield Fault("connection", "listen", f'"{connection.listen}" is no address', 'write it as "127.0.0.1:9000"')
    if project.sut == "csms":
        yield from _url(connection.url)


def _url(url: str) -> Iterator[Fault]:
    if not url:
        yield Fault("connection", "url", "is missing", 'write it as "ws://HOST:PORT/PATH"')
        return
    try:
        parts = urlsplit(url)
        usable = (
            bool(parts.hostname) and parts.port != 0 and parts.username is None and not parts.query + parts.fragment
        )
    except ValueError:
        usable = False
    if not usable or " " in url or parts.scheme not in ("ws", "wss"):
        yield Fault("connection", "url", f'"{url}" is no WebSocket URL', 'write it as "ws://HOST:PORT/PATH"')
    elif parts.scheme == "wss":
        yield Fault("connection", "url", "wss needs TLS, which this version of labapp does not offer", "use ws://")


def _cards(values: Values) -> Iterator[Fault]:
    """A card that is accepted is not one that is refused too; an idTag is compared without case, as OCPP does."""
    stated = {key: getattr(values, key) for key in (*ACCEPTED_CARDS, *REFUSED_CARDS, "parent_id_tag")}
    for key in (key for key, card in stated.items() if card == ""):
        yield Fault("values", key, "is empty", "write the idTag, or leave the key out")
    for key in REFUSED_CARDS:
        for accepted in ACCEPTED_CARDS:
            if stated[key] and stated[accepted] and stated[key].lower() == stated[accepted].lower():
                what = f'"{stated[key]}" is the card of {accepted}, which is accepted'
                yield Fault("values", key, what, "name another card")


def _topology(dut: Dut) -> Iterator[Fault]:
    numbers = sorted(connector for evse in dut.evses for connector in evse)
    if numbers != list(range(1, dut.connectors + 1)) or not all(dut.evses):
        what = f"does not name each of the {dut.connectors} connectors once" if dut.connectors > 1 else "is not [[1]]"
        yield Fault("dut", "evses", what, "write a list for each EVSE, as [[1, 2], [3]]")
