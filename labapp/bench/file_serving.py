"""The tool's own file servers on the bench: whether a run needs them, over which protocol, and what a device is told of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labapp.cases.needs import needs_files
from labapp.domain.device import DeviceModel
from labapp.domain.project import Project
from labapp.domain.project_values import LOCATIONS
from labapp.domain.run_files import FILES
from labapp.domain.testcase import TestCase
from labapp.engine.ports import Clock
from labapp.links.file_transfer import FIRMWARE, UNSUPPORTED, UPLOADS
from labapp.links.files import PROTOCOLS, FactsSink, FileServers, address_towards
from labapp.links.listener import split_address
from labapp.ocpp.masking import secret_placeholder

#: Name of the secret that lets a device in, in placeholders and masks.
FILE_SECRET = "files"
#: The key by which a station tells what it can do.
PROTOCOLS_KEY = "SupportedFileTransferProtocols"

_DECLARED = "supported_file_transfer_protocols"
_LOOPBACK = "127.0.0.1"
_EVERY_ADDRESS = ("", "0.0.0.0", "::")
_FOLDERS = {"firmware_location": FIRMWARE, "invalid_firmware_location": UNSUPPORTED, "log_location": UPLOADS}


class FileServing:
    """The file servers of one run. cases: those of the run; directory: of the run. Nothing is opened yet."""

    def __init__(self, project: Project, cases: Sequence[TestCase], directory: Path, clock: Clock) -> None:
        self._project = project
        self._folder = directory / FILES
        self._clock = clock
        self._servers: FileServers | None = None
        self.secret = secrets.token_urlsafe(18)
        given = project.values.given()
        own = {key for key in LOCATIONS if "://" not in given.get(key, "")}
        wanted = any(needs_files(case) for case in cases)
        #: The keys under [values] whose locations are the tool's own, none where no case needs them.
        self.served: tuple[str, ...] = tuple(sorted(own)) if wanted else ()

    @property
    def secrets(self) -> Mapping[str, str]:
        """What frames may not show, by name. At a central system somebody enters the whole location, so that it is no secret."""
        return {FILE_SECRET: self.secret} if self.served and self._serves_station else {}

    async def open(self, sink: FactsSink) -> None:
        """Serve, if the run needs it. sink: takes the facts of each transfer. Raises EnvironmentFault when it cannot be served."""
        if not self.served:
            return
        connection, given = self._project.connection, self._project.values.given()
        files = {key: Path(given[key]) for key in self.served if given.get(key)}
        servers = FileServers(
            self._listens_on(),
            self._folder,
            sink,
            self.secret,
            self._clock,
            firmware=files.get("firmware_location"),
            unsupported=files.get("invalid_firmware_location"),
            ports=connection.ports_for_files(),
            seen_as=connection.file_host,
            certificate=connection.file_certificate,
        )
        await servers.start(PROTOCOLS)
        self._servers = servers

    async def close(self) -> None:
        """End what is under way."""
        if self._servers is not None:
            await self._servers.close()
            self._servers = None

    def locations(self, device: Mapping[str, Any] | None, link: Mapping[str, Any] | None) -> dict[str, str]:
        """The values of the served keys. device: snapshot of its model; link: facts of the open connection."""
        if self._servers is None:
            return {}
        protocol, host = self._protocol(device), self._host(link or {})
        secret = secret_placeholder(FILE_SECRET) if self._serves_station else self.secret
        return {key: self._servers.url(protocol, _FOLDERS[key], host, secret) for key in self.served}

    def _protocol(self, device: Mapping[str, Any] | None) -> str:
        """One that the station reports, and that is declared, as far as the two agree; the station knows itself best."""
        declared = self._project.dut.facts()["limits"].get(_DECLARED) or ()
        told = DeviceModel.from_snapshot(device).value(PROTOCOLS_KEY) if device is not None else None
        for offered in (
            _named(declared) & _named((told or "").split(",")),
            _named((told or "").split(",")),
            _named(declared),
        ):
            for protocol in PROTOCOLS:
                if protocol in offered:
                    return protocol
        return PROTOCOLS[0]

    @property
    def _serves_station(self) -> bool:
        """Whether the device itself fetches and uploads; for a central system the tool does, from the location that it is given back."""
        return self._project.sut == "cs"

    def _listens_on(self) -> str | None:
        """For a central system only this machine needs to reach the servers, unless the project says how others see it."""
        if self._serves_station:
            return split_address(self._project.connection.listen)[0]
        return None if self._project.connection.file_host else _LOOPBACK

    def _host(self, link: Mapping[str, Any]) -> str:
        if not self._serves_station:
            return self._project.connection.file_host or _LOOPBACK
        listen = split_address(self._project.connection.listen)[0] or ""
        if self._project.connection.file_host:
            return self._project.connection.file_host
        if listen not in _EVERY_ADDRESS:
            return listen
        remote = str(link.get("remote", ""))
        return (address_towards(remote) if remote else "") or _LOOPBACK


def _named(protocols: Sequence[str]) -> set[str]:
    return {protocol.strip().upper() for protocol in protocols}
