"""Files over FTP and FTPS: RETR of what is served, STOR of what the device sends; passive and active, plain and TLS.

Each server has an I/O loop and a thread of its own. The device moves in a folder of this run alone, where it may do what clients do
around an upload (make folders, rename, delete, look at the size); what it uploads is kept elsewhere at the same time, and for good.
An FTPS client may begin with TLS at once (`ftps://`) or ask for it (AUTH TLS): both are served on one port.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

# First of its modules: it knows that the modules it rests on are deprecated, and says nothing of it.
import pyftpdlib.ioloop
from OpenSSL import SSL
from pyftpdlib.authorizers import AuthenticationFailed, DummyAuthorizer
from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

from labapp.links.file_transfer import ENDED_EARLY, NO_SUCH_FILE, UPLOADS, USER, Share, Transfer, unusable_certificate
from labapp.links.file_uploads import Kept, Upload
from labapp.links.listener import bound_socket

#: Seconds in which a client that begins with TLS has begun; after them it is greeted in plain text.
_TLS_FIRST = 0.5
_HANDSHAKE = b"\x16"

# Without a handler of its own, the library writes what it does to standard error.
logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())


class FtpFiles:
    """A server of FTP, or with certificate and key (a PEM file) of FTPS.

    host: address to listen on, None for all; port: 0 for a free one; passive: ports of data connections, none for any free ones;
    seen_as: IPv4 address under which the device sees this machine, "" for that of its connection.
    """

    def __init__(
        self,
        share: Share,
        host: str | None,
        port: int,
        certificate: Path | None = None,
        *,
        passive: Sequence[int] = (),
        seen_as: str = "",
    ) -> None:
        self._share = share
        self._host, self._port = host, port
        base = _Control if certificate is None else _TlsControl
        settings: dict[str, Any] = {
            "share": share,
            "authorizer": _Doorman(share),
            "abstracted_fs": _Sandbox,
            "banner": "labapp",
            "use_sendfile": False,
            "auth_failed_timeout": 0,
            "passive_ports": list(passive) or None,
            "masquerade_address": seen_as or None,
        }
        if certificate is not None:
            settings["ssl_context"] = _tls_context(certificate)
        self._handler = type(base.__name__, (base,), settings)
        self._waker: _Waker | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> int:
        """Listen; returns the port. Raises EnvironmentFault when it cannot."""
        listening = bound_socket(self._host, self._port)
        port: int = listening.getsockname()[1]
        loop = pyftpdlib.ioloop.IOLoop()
        self._waker = _Waker(loop)
        server = FTPServer(listening, self._handler, ioloop=loop)
        self._thread = threading.Thread(target=_serve, args=(server, loop, self._waker), name="files", daemon=True)
        self._thread.start()
        return port

    async def close(self) -> None:
        """End every transfer and free the port."""
        if self._thread is not None and self._waker is not None:
            self._waker.wake()
            await asyncio.to_thread(self._thread.join)
            self._thread = self._waker = None


def _serve(server: Any, loop: Any, waker: _Waker) -> None:
    soonest: float | None = None
    while not waker.woken:
        soonest = loop.loop(soonest, blocking=False)
    server.close_all()
    waker.close()


def _tls_context(certificate: Path) -> SSL.Context:
    """Raises EnvironmentFault when the file holds no usable key and certificate."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    try:
        context.use_certificate_chain_file(str(certificate))
        context.use_privatekey_file(str(certificate))
    except SSL.Error as error:
        raise unusable_certificate(certificate) from error
    return context


class _Waker(pyftpdlib.ioloop.AsyncChat):  # type: ignore[misc]
    """Ends the wait of an I/O loop from another thread."""

    def __init__(self, loop: Any) -> None:
        self._far, near = socket.socketpair()
        near.setblocking(False)
        self.woken = False
        super().__init__(near, ioloop=loop)

    def wake(self) -> None:
        """Let the loop go round once more."""
        self.woken = True
        self._far.send(b"!")

    def handle_read_event(self) -> None:
        self.recv(1)

    def close(self) -> None:
        super().close()
        self._far.close()


class _Doorman(DummyAuthorizer):  # type: ignore[misc]
    """Lets the device in, and says what it may do where. Nothing that is served can be changed."""

    def __init__(self, share: Share) -> None:
        super().__init__()
        self._share = share
        self.add_user(USER, "", str(share.root), perm="elr")

    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        given = f"{username}:{password}".encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"{USER}:{self._share.secret}".encode()):
            raise AuthenticationFailed("wrong user or password")

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        if perm in "elr":
            return True
        place = Path(path) if path is not None else self._share.root
        if perm == "w" and place.parent == self._share.root:
            # Some devices do not go where the URL says.
            return True
        return perm in "wdfm" and (self._share.root / UPLOADS) in (place, *place.parents)


class _Incoming:
    """A file that comes in: kept for good, and copied to where the device believes to have it."""

    def __init__(self, handler: Any, asked: str, upload: Upload, copy: IO[bytes] | None) -> None:
        self.name = asked
        self.closed = False
        self.fault = ""
        self._handler, self._upload, self._copy = handler, upload, copy
        self._began = handler.share.now()

    def write(self, data: bytes) -> None:
        try:
            self._upload.write(data)
        except OSError as error:
            self.fault = error.strerror or str(error)
            raise
        if self._copy is not None:
            self._copy.write(data)

    def finish(self, complete: bool) -> None:
        """Keep what came, and tell of it; nothing the second time."""
        if self.closed:
            return
        self.closed = True
        if self._copy is not None:
            self._copy.close()
        fault = self.fault or ("" if complete else ENDED_EARLY)
        try:
            kept = self._upload.end(not fault)
        except OSError as error:
            kept, fault = Kept("", self._upload.bytes, ""), error.strerror or str(error)
        name = os.path.basename(self.name)
        self._handler.told("upload", name, self._began, kept.file, kept.bytes, kept.sha256, fault)

    def close(self) -> None:
        """The device has not even opened a data connection, or lost it."""
        self.finish(False)


class _Sandbox(AbstractedFS):  # type: ignore[misc]
    """The folder of this run, as the device sees it."""

    def open(self, filename: str, mode: str) -> Any:
        if mode == "rb":
            return open(filename, mode)
        if mode != "wb":
            raise FilesystemError("an upload cannot be resumed")
        # A device that names only the folder of its upload is not refused for it.
        folder = os.path.isdir(filename)
        upload = self.cmd_channel.share.uploads.begin("" if folder else os.path.basename(filename))
        return _Incoming(self.cmd_channel, filename, upload, None if folder else open(filename, mode))

    def mkstemp(self, suffix: str = "", prefix: str = "", dir: str | None = None, mode: str = "wb") -> Any:
        upload = self.cmd_channel.share.uploads.begin(prefix.strip("."))
        return _Incoming(self.cmd_channel, os.path.join(dir or str(self.root), "upload"), upload, None)


class _ToldData:
    """A data connection that tells how its transfer ended, before the device hears of it."""

    told_of = False

    def close(self: Any) -> None:
        if not self.told_of and self.file_obj is not None:
            self.told_of = True
            complete = self.transfer_finished and self.cmd_channel.is_alive()
            if isinstance(self.file_obj, _Incoming):
                self.file_obj.finish(complete)
            else:
                self.cmd_channel.told_of_download(self.file_obj.name, self.tot_bytes_sent, complete)
        super().close()  # type: ignore[misc]


class _Data(_ToldData, DTPHandler):  # type: ignore[misc]
    pass


class _TlsData(_ToldData, TLS_DTPHandler):  # type: ignore[misc]
    pass


class _Told:
    """A control connection that tells of its transfers."""

    share: Share
    protocol = "FTP"

    def __init__(self: Any, connection: Any, server: Any, ioloop: Any = None) -> None:
        self._bare = connection
        self._download_began = ""
        self._offset = 0
        super().__init__(connection, server, ioloop)  # type: ignore[call-arg]

    def is_alive(self: Any) -> bool:
        """Whether the device still holds this connection: who dies in the midst of an upload leaves both."""
        try:
            return bool(self._bare.recv(1, socket.MSG_PEEK) != b"")
        except BlockingIOError:
            return True
        except OSError:
            return False

    def told(
        self: Any,
        direction: Any,
        name: str,
        began: str,
        file: str = "",
        bytes: int = 0,
        sha256: str = "",
        fault: str = "",
    ) -> None:
        """Tell of a transfer that has ended."""
        remote = f"{self.remote_ip}:{self.remote_port}"
        ended = self.share.now()
        self.share.tell(
            Transfer(direction, self.protocol, name, file, bytes, sha256, fault, remote, began or ended, ended)
        )

    def told_of_download(self: Any, path: str, sent: int, complete: bool) -> None:
        """Tell of a file that was sent."""
        served = Path(path)
        digest = self.share.digests.get((served.parent.name, served.name), "")
        # In ASCII mode more goes over than the file has.
        complete = complete and sent + self._offset >= served.stat().st_size
        fault = "" if complete else ENDED_EARLY
        self.told("download", served.name, self._download_began, "", sent, digest, fault)

    def ftp_RETR(self: Any, file: str) -> Any:  # noqa: N802
        self._offset = self._restart_position
        self._download_began = self.share.now()
        if not os.path.isfile(file):
            self.told("download", os.path.basename(file), self._download_began, fault=NO_SUCH_FILE)
        return super().ftp_RETR(file)  # type: ignore[misc]

    def on_login_failed(self: Any, username: str, password: str) -> None:
        self.told("login", "", self.share.now(), fault="wrong user or password")


class _Control(_Told, FTPHandler):  # type: ignore[misc]
    dtp_handler = _Data


class _TlsControl(_Told, TLS_FTPHandler):  # type: ignore[misc]
    protocol = "FTPS"
    dtp_handler = _TlsData
    tls_control_required = True

    def __init__(self, connection: Any, server: Any, ioloop: Any = None) -> None:
        self._waits: Any = None
        self._tls_at_once = False
        super().__init__(connection, server, ioloop)

    def handle(self) -> None:
        """Greet, unless the client begins with TLS."""
        self._waits = self.call_later(_TLS_FIRST, self._greet)

    def _greet(self) -> None:
        if self._waits is not None:
            if not self._waits.cancelled:
                self._waits.cancel()
            self._waits = None
            super().handle()

    def handle_read_event(self) -> None:
        if self._waits is not None:
            try:
                first = self._bare.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                return
            except OSError:
                first = b""
            if first == _HANDSHAKE:
                self._waits.cancel()
                self._waits = None
                self._tls_at_once = True
                self.secure_connection(self.ssl_context)
            else:
                self._greet()
        super().handle_read_event()

    def handle_ssl_established(self) -> None:
        if self._tls_at_once:
            self._pbsz = self._prot = True
            super().handle()

    def flush_account(self) -> None:
        super().flush_account()
        self._pbsz = self._prot = self._tls_at_once
