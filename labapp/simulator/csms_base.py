"""What the simulated central systems of every OCPP version have in common: stations, sessions, and requests on demand."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from types import ModuleType
from typing import Any, ClassVar

from ocpp.charge_point import camel_to_snake_case

from labapp.domain.actions import DONE, Outcome, checked_arguments, impossible
from labapp.domain.errors import InputError
from labapp.domain.handshake import Admission, Handshake
from labapp.domain.stamps import utc_text
from labapp.engine.ports import Clock
from labapp.simulator.csms_settings import CsmsConfig, admission
from labapp.simulator.defects import spoiled
from labapp.simulator.dialing import Connection
from labapp.simulator.fields import overlaid
from labapp.simulator.session import LOG, RequestFailed, Route, Session

#: Seconds that a request waits for a station which is about to connect.
CONNECTION_PATIENCE = 5.0


class SimulatedCsms(ABC):
    """One central system for any number of stations; requests go to the station that connected last."""

    version: ClassVar[str]
    calls: ClassVar[ModuleType]

    def __init__(self, config: CsmsConfig, clock: Clock) -> None:
        self.config = config
        self._clock = clock
        self._session: Session | None = None
        self._connected = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def admit(self, handshake: Handshake) -> Admission:
        """Decide on a handshake."""
        return admission(self.config, handshake)

    def accept(self, connection: Connection, handshake: Handshake) -> None:
        """Serve an admitted station in the background."""
        self._spawn(self.serve(connection, handshake))

    async def serve(self, connection: Connection, handshake: Handshake) -> None:
        """Serve an admitted station until its connection is closed."""
        session = Session(
            self.version,
            handshake.identity,
            spoiled(connection, self.config.defects),
            self.routes(),
            response_timeout=self.config.response_timeout,
        )
        self._session = session
        self._connected.set()
        try:
            await session.run()
        finally:
            connection.abort()
            if self._session is session:
                self._session = None
                self._connected.clear()

    async def stop(self) -> None:
        """Close the connections that `accept` opened, and end all work."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do what an operator tells a central system: `csms_request`. Done as soon as the request is on its way."""
        try:
            checked_arguments(action, args)
        except InputError as error:
            return impossible(str(error))
        if action != "csms_request":
            return impossible(f"{action} is not done to a central system")
        session = await self._present_session()
        if session is None:
            return impossible("no station is connected")
        name = str(args["message"]).removesuffix(".req").removesuffix("Request")
        fields = args.get("fields", {})
        defaults = self.default_fields(name, fields)
        if defaults is None:
            return impossible(f"the central system cannot send {name}")
        if "never_requests" in self.config.defects:
            return DONE
        try:
            payload = self.spoilt_request(name, overlaid(defaults, fields))
            request = getattr(self.calls, name)(**camel_to_snake_case(payload))
        except (TypeError, LookupError) as error:
            return impossible(f"{name} cannot be made with these fields: {error}")
        self._spawn(self._send(session, request))
        return DONE

    @abstractmethod
    def routes(self) -> Mapping[str, Route]:
        """What the central system does with each action of a station."""

    @abstractmethod
    def default_fields(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The central system's own choice of fields for a request; None for one that it cannot send.

        fields: those that the operator has given.
        """

    def spoilt_request(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload as this central system's defects make it."""
        if action == "Reset" and "wrong_reset_type" in self.config.defects:
            others = {"Hard": "Soft", "Soft": "Hard", "Immediate": "OnIdle", "OnIdle": "Immediate"}
            return overlaid(payload, {"type": others[payload["type"]]})
        return payload

    def now(self) -> str:
        """The present moment as it is written into messages."""
        return utc_text(self._clock.now().utc)

    def boot_status(self) -> str:
        """How BootNotification is answered."""
        return "Rejected" if "rejects_boot" in self.config.defects else "Accepted"

    async def _present_session(self) -> Session | None:
        try:
            async with asyncio.timeout(CONNECTION_PATIENCE):
                await self._connected.wait()
        except TimeoutError:
            return None
        return self._session

    async def _send(self, session: Session, request: Any) -> None:
        try:
            await session.request(request)
        except (ConnectionError, TimeoutError, RequestFailed) as failure:
            LOG.info("request: %s", failure)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
