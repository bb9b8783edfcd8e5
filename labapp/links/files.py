"""The tool's own file servers: a firmware to fetch, one that must be refused, and a place for uploads, over the protocols of OCPP.

They serve one run. The device is given URLs with a secret that is new in each run, and that no record holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from labapp.domain.errors import EnvironmentFault
from labapp.engine.ports import Clock
from labapp.links.file_transfer import (
    FIRMWARE,
    FOLDERS,
    UNSUPPORTED,
    USER,
    FileServer,
    Share,
    Transfer,
    unusable_certificate,
)
from labapp.links.file_uploads import MAX_UPLOAD, Uploads
from labapp.links.listener import split_address

#: Protocols in the order in which they are preferred: a device may not know who signed the certificate of the latter two.
PROTOCOLS = ("HTTP", "FTP", "HTTPS", "FTPS")

#: A firmware for the simulated station; a real one needs a file of its vendor.
DUMMY_FIRMWARE = b"labapp dummy firmware\n" + bytes(range(256)) * 64
DUMMY_NAME = "firmware.bin"
#: A file that is no firmware.
UNSUPPORTED_FILE = b"This is not a firmware. A charging station refuses to install it.\n"
UNSUPPORTED_NAME = "not-a-firmware.txt"

FactsSink = Callable[[Mapping[str, Any]], None]


class FileServers:
    """Servers of several protocols over one folder of files and one of uploads.

    host: address to listen on, None for all. uploads: folder for what comes. sink: takes the facts of each transfer, on the loop of
    `start`. secret: lets a device in. firmware, unsupported: files to serve, None for the tool's own. ports: where to listen, and
    for the data connections of FTP; none for any free ones. seen_as: host name or address of this machine for the device, ""
    to take that of the connection. certificate: key and certificate for TLS, PEM; None for one of the tool's own. limit: bytes of an
    upload.
    """

    def __init__(
        self,
        host: str | None,
        uploads: Path,
        sink: FactsSink,
        secret: str,
        clock: Clock,
        *,
        firmware: Path | None = None,
        unsupported: Path | None = None,
        ports: Sequence[int] = (),
        seen_as: str = "",
        certificate: Path | None = None,
        limit: int = MAX_UPLOAD,
    ) -> None:
        self._host = host
        self._uploads = uploads
        self._limit = limit
        self._sink = sink
        self._secret = secret
        self._clock = clock
        self._given = {FIRMWARE: (firmware, DUMMY_NAME), UNSUPPORTED: (unsupported, UNSUPPORTED_NAME)}
        self._names: dict[str, str] = {}
        self._ports = tuple(ports)
        self._seen_as = seen_as
        self._certificate = certificate
        self._own: Path
        self._held = contextlib.AsyncExitStack()
        #: Port of each protocol that is served.
        self.ports: dict[str, int] = {}

    async def start(self, protocols: Sequence[str]) -> None:
        """Serve these protocols, of PROTOCOLS.

        Raises: EnvironmentFault when a port is in use, the ports do not suffice, or a file cannot be read or written.
        """
        loop = asyncio.get_running_loop()
        try:
            share = self._prepared(lambda transfer: loop.call_soon_threadsafe(self._told, transfer))
            passive = self._ports[len(protocols) :]
            for number, protocol in enumerate(protocols):
                server = self._server(protocol, share, self._ports[number] if self._ports else 0, passive)
                self._held.push_async_callback(server.close)
                self.ports[protocol] = await server.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End every transfer and free the ports."""
        await self._held.aclose()
        # What a server told while it ended has its place before whatever follows.
        await asyncio.sleep(0)
        self.ports.clear()

    def url(self, protocol: str, folder: str, host: str, secret: str) -> str:
        """URL of the file of a folder, of UPLOADS of the folder. host: of this machine for the device; secret: as it is to stand there."""
        name = self._names.get(folder, "")
        place = f"[{host}]" if ":" in host else host
        scheme, port = protocol.lower(), self.ports[protocol]
        if protocol in ("FTP", "FTPS"):
            return f"{scheme}://{USER}:{secret}@{place}:{port}/{folder}/{name}"
        return f"{scheme}://{place}:{port}/{secret}/{folder}/{name}"

    def _told(self, transfer: Transfer) -> None:
        self._sink(transfer.facts())

    def _prepared(self, tell: Callable[[Transfer], Any]) -> Share:
        """The folder that is served, filled."""
        where = str(self._uploads)
        try:
            self._own = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="labapp-files-")))
            root = self._own / "served"
            root.mkdir()
            for folder in FOLDERS:
                (root / folder).mkdir()
            digests = {}
            for folder, (path, name) in self._given.items():
                where = str(path or root)
                self._names[folder] = path.name if path is not None else name
                served = root / folder / self._names[folder]
                if path is not None:
                    shutil.copyfile(path, served)
                else:
                    served.write_bytes(DUMMY_FIRMWARE if folder == FIRMWARE else UNSUPPORTED_FILE)
                with served.open("rb") as file:
                    digests[folder, served.name] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EnvironmentFault(
                f"a file to serve cannot be prepared: {error.strerror}",
                where=where,
                mend="grant access, or free the disc",
            ) from error
        return Share(root, Uploads(self._uploads, self._limit), self._secret, self._clock, tell, digests)

    def _server(self, protocol: str, share: Share, port: int, passive: Sequence[int]) -> FileServer:
        certificate = self._pem() if protocol in ("FTPS", "HTTPS") else None
        # The libraries take long to import, and few runs need them.
        if protocol in ("FTP", "FTPS"):
            from labapp.links.file_ftp import FtpFiles

            return FtpFiles(share, self._host, port, certificate, passive=passive, seen_as=_ipv4(self._seen_as))
        from labapp.links.file_http import HttpFiles

        return HttpFiles(share, self._host, port, _context(certificate) if certificate is not None else None)

    def _pem(self) -> Path:
        """Key and certificate for TLS."""
        if self._certificate is not None:
            return self._certificate
        path = self._own / "certificate.pem"
        if not path.exists():
            from labapp.links.file_certificate import write_certificate

            write_certificate(path, tuple(filter(None, (self._seen_as, self._host, socket.gethostname()))))
        return path


def address_towards(remote: str) -> str:
    """The address of this machine from which "HOST:PORT" is reached; nothing is sent. "" when it cannot be told."""
    host, _ = split_address(remote)
    if host is None:
        return ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            address: str = probe.getsockname()[0]
            return address
    except OSError:
        return ""


def _context(certificate: Path) -> ssl.SSLContext:
    """Raises EnvironmentFault when the file holds no usable key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        raise unusable_certificate(certificate) from error
    return context


def _ipv4(host: str) -> str:
    """The host if it is an IPv4 address, which FTP can tell a device; else ""."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        return ""
