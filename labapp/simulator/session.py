"""The OCPP sessions of the simulated devices: the session classes of the `ocpp` package, with handlers given as a table.

Validation runs in the event loop instead of in threads, so that a session also runs on a virtual clock.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import ocpp.messages
from ocpp.charge_point import ChargePoint, remove_nones, serialize_as_dict, snake_to_camel_case
from ocpp.exceptions import (
    FormationViolationError,
    FormatViolationError,
    NotImplementedError,
    NotSupportedError,
    OCPPError,
    PropertyConstraintViolationError,
    UnknownCallErrorCodeError,
)
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v201 import ChargePoint as ChargePoint201

from labapp.simulator.connection import Connection

ocpp.messages.ASYNC_VALIDATION = False

LOG = logging.getLogger("labapp.simulator")
LOG.addHandler(logging.NullHandler())

#: Makes the answer to a request, given its fields in snake_case as keywords.
Handler = Callable[..., Any]

#: Runs after the answer was sent, with the same keywords.
Aftermath = Callable[..., Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class Route:
    """What a device does with one action of its peer: the answer, and what it does once the answer is sent."""

    answer: Handler
    after: Aftermath | None = None


def _answering(answer: Handler) -> Handler:
    def answered(**fields: Any) -> Any:
        try:
            return answer(**fields)
        except ValueError as fault:
            # A date, say, that the schema lets pass and nobody can read.
            raise PropertyConstraintViolationError(details={"cause": str(fault)}) from fault

    return answered


class RequestFailed(Exception):
    """The peer answered a request with a CALLERROR, or with a payload that violates the schema."""


class _Tolerant:
    """What both session classes need: replies are matched in loop time, and no frame of the peer ends the session."""

    accepts_requests: Callable[[], bool]
    under_way: Mapping[str, asyncio.Event]
    route_map: Mapping[str, Mapping[str, Any]]
    format_violation: ClassVar[type[OCPPError]]
    _call: ModuleType

    async def route_message(self, raw_msg: str) -> None:
        if not self.accepts_requests() and raw_msg.lstrip().startswith("[2"):
            return
        try:
            await super().route_message(raw_msg)  # type: ignore[misc]
            await self._taken_in(raw_msg)
        except ConnectionError:
            raise
        except Exception:
            # The library lets some malformed frames escape as TypeError or AttributeError; a device survives them.
            LOG.exception("frame ignored: %s", raw_msg)

    async def _taken_in(self, raw_msg: str) -> None:
        """Wait until an answer has had its effect, so that a request behind it meets a device that knows of it."""
        if raw_msg.lstrip().startswith(("[3", "[4")):
            taken = self.under_way.get(str(json.loads(raw_msg)[1]))
            if taken is not None:
                await taken.wait()

    async def _handle_call(self, msg: Any) -> Any:
        if msg.action not in self.route_map:
            # OCPP-J 1.6, table 7, and OCPP 2.0.1, part 4: the library has these two codes the other way round.
            recognised = hasattr(self._call, str(msg.action))
            raise NotSupportedError() if recognised else NotImplementedError()
        try:
            return await super()._handle_call(msg)  # type: ignore[misc]
        except FormatViolationError as violation:
            raise self.format_violation(violation.description, violation.details) from violation

    async def _get_specific_response(self, unique_id: str, patience: float) -> Any:
        async with asyncio.timeout(patience):
            while True:
                response = await self._response_queue.get()  # type: ignore[attr-defined]
                if response.unique_id == unique_id:
                    return response
                LOG.warning("answer to no open request: %s", response)


class _Session16(_Tolerant, ChargePoint16):  # type: ignore[misc]
    format_violation = FormationViolationError


class _Session201(_Tolerant, ChargePoint201):  # type: ignore[misc]
    format_violation = FormatViolationError


class Session:
    """One OCPP session over one connection. version: "1.6" or "2.0.1".

    accepts_requests: asked for each incoming request; while it is false they are ignored without an answer.
    """

    def __init__(
        self,
        version: str,
        identity: str,
        connection: Connection,
        routes: Mapping[str, Route],
        *,
        response_timeout: float = 30.0,
        accepts_requests: Callable[[], bool] = lambda: True,
    ) -> None:
        session_class = {"1.6": _Session16, "2.0.1": _Session201}[version]
        self.connection = connection
        self._peer: ChargePoint = session_class(identity, connection, response_timeout, LOG)
        self._peer.accepts_requests = accepts_requests
        self._under_way: dict[str, asyncio.Event] = {}
        self._peer.under_way = self._under_way
        self._peer.route_map = {
            action: {"_on_action": _answering(route.answer), "_skip_schema_validation": False}
            | ({"_after_action": route.after} if route.after else {})
            for action, route in routes.items()
        }
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serve the connection until it is closed."""
        try:
            await self._peer.start()
        except ConnectionError as closed:
            LOG.info("%s", closed)
        finally:
            if not self._closed.done():
                self._closed.set_result(None)

    async def post(self, payload: Any) -> None:
        """Send one request without a look at what is open, and let its answer pass. Raises ConnectionError."""
        fields = remove_nones(snake_to_camel_case(serialize_as_dict(payload)))
        call = ocpp.messages.Call(str(uuid.uuid4()), type(payload).__name__, fields)
        await self.connection.send(call.to_json())

    async def request(self, payload: Any) -> Any:
        """Send one request and return its answer, both as dataclasses of the `ocpp` package.

        Raises ConnectionError when the connection closes first, TimeoutError without an answer in time,
        RequestFailed on a CALLERROR or an answer that violates the schema.
        """
        message_id = str(uuid.uuid4())
        taken = self._under_way[message_id] = asyncio.Event()
        call = asyncio.ensure_future(self._peer.call(payload, suppress=False, unique_id=message_id))
        try:
            await asyncio.wait({call, self._closed}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                raise ConnectionResetError("the connection closed before the answer")
            return call.result()
        except (OCPPError, UnknownCallErrorCodeError) as refusal:
            raise RequestFailed(str(refusal)) from refusal
        finally:
            call.cancel()
            del self._under_way[message_id]
            # What the caller does with the answer at once comes before this.
            asyncio.get_running_loop().call_soon(taken.set)
