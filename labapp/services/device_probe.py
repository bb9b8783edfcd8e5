"""Before a session: whether the place of the connection can be had, and which device comes when it is waited for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from labapp.domain.errors import EnvironmentFault, LabappError
from labapp.domain.project_checks import host_and_port
from labapp.domain.stamps import utc_text
from labapp.links.listener import Listener, address_text, split_address

Tables = Mapping[str, Mapping[str, Any]]
Phase = Literal["waiting", "connected", "refused", "gone", "failed"]

#: Seconds that a central system has to accept a TCP connection.
CONNECT_TIMEOUT = 5.0
#: Seconds after which a device whose boot is pending says it again.
BOOT_RETRY = 10

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """What was found where the connection is to be. fault: None when it can be used; free: another port that is free, 0 for none."""

    address: str
    fault: LabappError | None = None
    free: int = 0


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """What waiting for the device has shown so far.

    place: where the tool listens, or the URL it calls. identity, remote, subprotocol, authorization, credentials: as the link
    tells them. reason, detail: of a refusal or a loss. boot: payload of the first BootNotification. fault: why nothing can be seen.
    """

    phase: Phase
    place: str = ""
    identity: str = ""
    remote: str = ""
    subprotocol: str = ""
    authorization: str = ""
    credentials: str = ""
    reason: str = ""
    detail: str = ""
    boot: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    fault: LabappError | None = None


def probe_place(address: str, *, simulated: bool = False) -> Place:
    """Whether the connection can be had at its place: HOST:PORT of the tool, or the URL of a central system.

    simulated: the central system is not there yet, what matters is that it can have its place. Blocks as the others.
    """
    if "://" not in address:
        return probe_listen(address)
    if not simulated:
        return probe_url(address)
    place = address.partition("://")[2].partition("/")[0]
    return replace(probe_listen(place if host_and_port(place) else f"{place}:80"), address=address, free=0)


def probe_listen(listen: str) -> Place:
    """Whether the tool can listen there; blocks for a moment. Never raises for what is found."""
    try:
        asyncio.run(_listened(listen))
    except LabappError as fault:
        return Place(listen, fault, _free_port(listen))
    return Place(listen)


def probe_url(url: str) -> Place:
    """Whether something accepts TCP connections at the URL's host and port; blocks for at most CONNECT_TIMEOUT seconds."""
    scheme, _, rest = url.partition("://")
    netloc = rest.partition("/")[0]
    place = host_and_port(netloc) or (netloc.strip("[]"), 443 if scheme == "wss" else 80)
    try:
        socket.create_connection(place, CONNECT_TIMEOUT).close()
    except (OSError, UnicodeError) as error:
        reason = f"no answer within {CONNECT_TIMEOUT:g} s" if isinstance(error, TimeoutError) else _reason(error)
        mend = "start the central system, or correct the URL; a firewall in between may refuse it too"
        return Place(url, EnvironmentFault(f"nothing answers at {place[0]}:{place[1]} ({reason})", mend=mend))
    return Place(url)


async def _listened(listen: str) -> None:
    listener = Listener(listen, lambda accepted, _: accepted.close(), lambda _: None)
    await listener.open()
    listener.close()


def _free_port(listen: str) -> int:
    """The next free port of the same host, 0 when the host itself is the fault."""
    try:
        host, port = split_address(listen)
    except LabappError:
        return 0
    for candidate in range(max(port, 1023) + 1, min(max(port, 1023) + 50, 65536)):
        with contextlib.suppress(LabappError):
            asyncio.run(_listened(address_text((host or "0.0.0.0", candidate))))
            return candidate
    return 0


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


class DeviceProbe:
    """Waits for the project's device before there is a session, in a thread of its own, and tells what comes.

    As central system it listens, refuses what the project would refuse, and answers a boot with Pending, so that the device boots
    again for the session. As charge point it connects once and sends nothing.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._leaving = _Leaving()

    def wait_for(self, tables: Tables, tell: Callable[[DeviceSeen], None]) -> None:
        """Wait from now on, for the device of these tables of a project; an earlier waiting ends first, and frees its port.

        tell: called in the thread with each change of what is seen.
        """
        self.leave()
        before, leaving = self._thread, _Leaving()

        def run() -> None:
            if before is not None:
                before.join()
            try:
                asyncio.run(_watch(leaving, tables, tell))
            except LabappError as fault:
                tell(DeviceSeen("failed", place=fault.where, fault=fault))

        self._leaving = leaving
        self._thread = threading.Thread(target=run, name="device probe", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Wait no longer: the port is freed and the connection closed, without waiting for the end of that."""
        self._leaving.leave()

    def close(self) -> None:
        """Wait no longer, and until nothing of it is left."""
        self.leave()
        if self._thread is not None:
            self._thread.join()


class _Leaving:
    """An order from one thread to the event loop of another to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False
        self._wake: Callable[[], object] | None = None

    def leave(self) -> None:
        """Give the order; may be given before anybody waits for it."""
        with self._lock:
            self._left = True
            if self._wake is not None:
                self._wake()

    async def wait(self) -> None:
        """Until the order is given."""
        loop, ordered = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            if self._left:
                return
            self._wake = lambda: loop.call_soon_threadsafe(ordered.set)
        try:
            await ordered.wait()
        finally:
            with self._lock:
                self._wake = None


async def _watch(leaving: _Leaving, tables: Tables, tell: Callable[[DeviceSeen], None]) -> None:
    # Loaded here: a window that only shows its pages does not need them.
    from labapp.bench.device_link import device_link
    from labapp.engine.ports import FrameReceived, LinkDown, LinkEvent, LinkUp, UpgradeRefused
    from labapp.engine.system_clock import SystemClock
    from labapp.services.project_file import read_tables

    project, faults = read_tables(tables)
    for fault in faults:
        if "[connection]" in fault.where or "[project]" in fault.where:
            raise fault
    link = device_link(project, SystemClock())
    seen = DeviceSeen("waiting")

    def show(**change: Any) -> None:
        nonlocal seen
        seen = replace(seen, **change)
        tell(seen)

    def hear(event: LinkEvent) -> None:
        match event:
            case LinkUp(facts=facts):
                show(phase="connected", boot=_NOTHING, reason="", detail="", **_known(facts))
            case UpgradeRefused(facts=facts):
                show(phase="refused", boot=_NOTHING, **_known(facts))
            case LinkDown(reason=reason, by=by):
                show(phase="gone", reason=by, detail=reason)
            case FrameReceived(text=text):
                boot = _answered(text, project.ocpp, link.send)
                if boot is not None and not seen.boot:
                    show(boot=boot)

    ready = await link.open(hear)
    try:
        show(place=ready.get("listen") or ready.get("url") or "")
        link.connect({})
        await leaving.wait()
    finally:
        await link.close()


def _known(facts: Mapping[str, Any]) -> dict[str, str]:
    names = ("identity", "remote", "subprotocol", "authorization", "credentials", "reason", "detail")
    return {name: str(facts[name] or "") for name in names if name in facts}


def _answered(text: str, version: str, send: Callable[[str], bool]) -> Mapping[str, Any] | None:
    """Answer a request of a device that boots; returns the payload of a BootNotification.

    A pending device boots again (OCPP 1.6, 4.2), which is what the session that follows needs; an accepted one need not.
    """
    from labapp.ocpp.frames import Call, CallResult, frame_text, parse_frame

    frame = parse_frame(text, version)
    if not isinstance(frame, Call):
        return None
    now = utc_text(datetime.now(UTC), milliseconds=False)
    answers: Mapping[str, Mapping[str, Any]] = {
        "BootNotification": {"currentTime": now, "interval": BOOT_RETRY, "status": "Pending"},
        "Heartbeat": {"currentTime": now},
        "StatusNotification": {},
    }
    if frame.action in answers:
        send(frame_text(CallResult(frame.unique_id, answers[frame.action])))
    return dict(frame.payload) if frame.action == "BootNotification" else None
