"""The listening socket of the central-system role: accepts, refuses or keeps silent, on one port all the while."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable

from labapp.domain.errors import EnvironmentFault, InputError

BACKLOG = 128

# Out of file descriptors or memory, accepting again at once would only spin.
PAUSE_AFTER_FAULT = 1.0

_NO_CONNECTION = (BlockingIOError, InterruptedError, ConnectionAbortedError)


def split_address(listen: str) -> tuple[str | None, int]:
    """ "HOST:PORT" as host (None for every address of this machine) and port (0 for a free one); IPv6 in brackets.

    Raises InputError when it is no such address.
    """
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or (":" in host and host[0] != "["):
        raise InputError(
            "not an address to listen on", where=listen, mend='write it as "HOST:PORT", for example "127.0.0.1:9000"'
        )
    return host.strip("[]") or None, int(port)


def address_text(name: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """A socket's name as "HOST:PORT", IPv6 in brackets."""
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Listener:
    """One port. accepted: gets each accepted socket, non-blocking, and the peer's "HOST:PORT". failed: hears why accepting paused."""

    def __init__(
        self, listen: str, accepted: Callable[[socket.socket, str], None], failed: Callable[[OSError], None]
    ) -> None:
        self._listen = listen
        self._host, self._port = split_address(listen)
        self._accepted = accepted
        self._failed = failed
        self._family: int
        self._name: tuple[str, int] | tuple[str, int, int, int]
        self._listening: socket.socket | None = None
        self._pause: asyncio.TimerHandle | None = None

    async def open(self) -> str:
        """Listen; returns the address with the port that was given.

        Raises EnvironmentFault when the port is in use or the address is not this machine's.
        """
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
        except socket.gaierror as exc:
            raise EnvironmentFault(
                f"the address cannot be found ({exc.strerror})",
                where=self._listen,
                mend="listen on an address of this machine",
            ) from None
        # "localhost" and "every address" may give both families; devices mostly speak the older.
        self._family, _, _, _, self._name = min(found, key=lambda each: each[0] != socket.AF_INET)  # type: ignore[assignment]
        self._listening = self._bound()
        self._name = self._listening.getsockname()
        self._start(self._listening)
        return address_text(self._name)

    def refuse(self) -> None:
        """Let every connection be refused by the kernel (ECONNREFUSED), and keep the port.

        A socket that is bound and does not listen refuses and keeps others from the port; a listening one cannot be put
        back into that state everywhere, so a new one takes its place.
        """
        self.close()
        self._listening = self._bound()

    def silence(self) -> None:
        """Let the kernel complete connections and accept none of them: the device is connected and hears nothing."""
        self._stop()

    def resume(self) -> None:
        """Listen again. Who connected during a silence is reset: it may long have given up, and would be a ghost."""
        self.close()
        self._listening = self._bound()
        self._start(self._listening)

    def close(self) -> None:
        """Free the port; waiting connections are reset by the kernel. Does nothing when no port is held."""
        self._stop()
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _bound(self) -> socket.socket:
        bound = socket.socket(self._family, socket.SOCK_STREAM)
        # On Windows this option would let another program take the port over.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        bound.setblocking(False)
        try:
            bound.bind(self._name)
        except OSError as exc:
            bound.close()
            raise listening_fault(exc, self._listen) from None
        return bound

    def _start(self, listening: socket.socket) -> None:
        listening.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(listening, self._ready, listening)

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)

    def _ready(self, listening: socket.socket) -> None:
        try:
            connection, name = listening.accept()
        except _NO_CONNECTION:
            return
        except OSError as exc:
            self._stop()
            self._pause = asyncio.get_running_loop().call_later(PAUSE_AFTER_FAULT, self._start, listening)
            self._failed(exc)
            return
        connection.setblocking(False)
        self._accepted(connection, address_text(name))


def bound_socket(host: str | None, port: int) -> socket.socket:
    """A socket bound to an address of this machine. Raises EnvironmentFault when the port is in use, or the address another's."""
    where = f"{host or '0.0.0.0'}:{port}"
    family = socket.AF_INET6 if host is not None and ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # On Windows this option would let another program take the port over.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        bound.setblocking(False)
        bound.bind((host or "0.0.0.0", port))
    except OSError as error:
        bound.close()
        raise listening_fault(error, where) from None
    return bound


def listening_fault(exc: OSError, listen: str) -> EnvironmentFault:
    """Why a port cannot be listened on, as a person needs to hear it."""
    match exc.errno:
        case errno.EADDRINUSE:
            return EnvironmentFault(
                "the port is in use", where=listen, mend="stop the program that listens there, or choose another port"
            )
        case errno.EADDRNOTAVAIL:
            return EnvironmentFault(
                "the address is not this machine's",
                where=listen,
                mend="listen on one of its own, or on 0.0.0.0 for all",
            )
        case errno.EACCES:
            return EnvironmentFault(
                "listening on this port is not permitted", where=listen, mend="choose a port from 1024 on"
            )
    return EnvironmentFault(f"cannot listen there ({exc.strerror})", where=listen, mend="choose another address")
