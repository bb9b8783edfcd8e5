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
from labapp.simulator.connection import Connection
from labapp.simulator.csms_settings import CsmsConfig, admission
from labapp.simulator.csms_wire import written_frames
from labapp.simulator.defects import spoiled
from labapp.simulator.fields import overlaid
from labapp.simulator.session import LOG, RequestFailed, Route, Session

#: Seconds that a request waits for a station which is about to connect.
CONNECTION_PATIENCE = 5.0

#: Seconds after which the defect late_request sends what it was asked for.
LATE_REQUEST = 300.0

#: Requests of its own that the defect floods sends at once.
FLOOD = 100


class SimulatedCsms(ABC):
    """One central system for any number of stations; requests go to the station that connected last."""

    version: ClassVar[str]
    calls: ClassVar[ModuleType]
    #: What it may ask for on its own: name -> action and payload.
    habits: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]]

    def __init__(self, config: CsmsConfig, clock: Clock) -> None:
        self.config = config
        self._clock = clock
        self._session: Session | None = None
        self._connected = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._boots = 0

    def admit(self, handshake: Handshake) -> Admission:
        """Decide on a handshake."""
        return admission(self.config, handshake)

    def accept(self, connection: Connection, handshake: Handshake) -> None:
        """Serve an admitted station in the background."""
        self._spawn(self.serve(connection, handshake))

    async def serve(self, connection: Connection, handshake: Handshake) -> None:
        """Serve an admitted station until its connection is closed."""
        if "closes_after_upgrade" in self.config.defects and not self.admit(handshake).subprotocol:
            await connection.close(1002, "no subprotocol in common")
            return
        session = Session(
            self.version,
            handshake.identity,
            written_frames(spoiled(connection, self.config.defects), self.config),
            self.routes(),
            response_timeout=self.config.response_timeout,
        )
        self._session = session
        self._connected.set()
        chatter = asyncio.ensure_future(self._chatter(session))
        try:
            await session.run()
        finally:
            chatter.cancel()
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
        if "closes_in_mid_case" in self.config.defects:
            await session.connection.close()
            return DONE
        try:
            payload = self.written(name, overlaid(defaults, fields), fields)
            request = self.made(name, payload)
        except (TypeError, LookupError) as error:
            return impossible(f"{name} cannot be made with these fields: {error}")
        self._spawn(self._send_asked(session, name, payload, request))
        return DONE

    @abstractmethod
    def routes(self) -> Mapping[str, Route]:
        """What the central system does with each action of a station."""

    @abstractmethod
    def default_fields(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The central system's own choice of fields for a request; None for one that it cannot send.

        fields: those that the operator has given.
        """

    @abstractmethod
    def written(self, action: str, payload: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The payload in this central system's habits and with its defects. fields: those that the operator has given."""

    @abstractmethod
    def answered(self, action: str, payload: Mapping[str, Any], answer: Any) -> None:
        """Note what the answer to a request makes true."""

    def made(self, action: str, payload: Mapping[str, Any]) -> Any:
        """The request as a dataclass of the `ocpp` package. Raises TypeError for fields that it has not."""
        return getattr(self.calls, action)(**camel_to_snake_case(dict(payload)))

    def now(self) -> str:
        """The present moment as it is written into messages."""
        return utc_text(self._clock.now().utc)

    def boot_status(self) -> str:
        """How BootNotification is answered."""
        self._boots += 1
        refused = "rejects_boot" in self.config.defects
        refused = refused or ("rejects_second_boot" in self.config.defects and self._boots > 1)
        return "Rejected" if refused else "Accepted"

    def after_boot(self, **_: Any) -> None:
        """Ask for what this central system wants of every station that has booted."""
        if self._session is not None:
            self._spawn(self._ask_habitually(self._session))

    async def _ask_habitually(self, session: Session) -> None:
        if "floods" in self.config.defects:
            await self._flood(session)
        for name in self.config.after_boot:
            await self._send_own(session, name)

    async def _send_own(self, session: Session, habit: str) -> None:
        """Send one request of its own; one that pipelines does not wait for the answer."""
        request = self.made(*self.habits[habit])
        if self.config.pipelines:
            await session.post(request)
        else:
            await self._send(session, request)

    async def _chatter(self, session: Session) -> None:
        """Send a vendor's messages for as long as the connection lasts."""
        while self.config.vendor_data_every is not None:
            await asyncio.sleep(self.config.vendor_data_every)
            await self._send_own(session, "vendor_data")

    async def _flood(self, session: Session) -> None:
        for _ in range(FLOOD):
            await session.post(self.made(*self.habits["vendor_data"]))

    async def _present_session(self) -> Session | None:
        try:
            async with asyncio.timeout(CONNECTION_PATIENCE):
                await self._connected.wait()
        except TimeoutError:
            return None
        return self._session

    async def _send_asked(self, session: Session, action: str, payload: Mapping[str, Any], request: Any) -> None:
        """Send what the operator wants."""
        await asyncio.sleep(LATE_REQUEST if "late_request" in self.config.defects else self.config.request_delay)
        if "floods" in self.config.defects:
            await self._flood(session)
        if self.config.pipelines:
            await self._send_own(session, "vendor_data")
        for _ in range(2 if "requests_twice" in self.config.defects else 1):
            answer = await self._send(session, request)
            if answer is not None:
                self.answered(action, payload, answer)

    async def _send(self, session: Session, request: Any) -> Any:
        """Send a request; its answer, None when there is none that can be used."""
        try:
            return await session.request(request)
        except (ConnectionError, TimeoutError, RequestFailed) as failure:
            LOG.info("request: %s", failure)
            return None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
