"""The bench process: any number of runs, and the operators that attach to them on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import http
import json
import os
import secrets
import signal
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from labapp.bench import channel
from labapp.bench.address import Address, drop_address, write_address
from labapp.bench.channel import LET_GO, Message, Said
from labapp.bench.conduct import Assignment, BenchRun
from labapp.domain.errors import InputError, LabappError

#: Seconds that a campaign waits for its first operator, so that he sees it from its beginning.
FIRST_OPERATOR = 5.0
#: Seconds that operators have to read what waits for them when the bench ends.
FAREWELL = 5.0
#: Messages that wait for an operator who does not read, besides those of the time before he came; with more he is let go.
MAX_WAITING = 50_000


@dataclass(eq=False, slots=True)
class _Operator:
    """An attached operator. frames: runs whose frames he wants; overrun: more waits for him than he will ever read.

    caught_up: messages that he was told of the time before he came, which are as many as they are.
    """

    name: str
    runs: frozenset[str]
    outbox: asyncio.Queue[Message | None] = field(default_factory=asyncio.Queue)
    frames: set[str] = field(default_factory=set)
    overrun: bool = False
    caught_up: int = 0

    def tell(self, message: Message | None) -> None:
        """Let a message wait for him; None: there are no more."""
        if message is None or message["type"] != "frame" or message["run"] in self.frames:
            self.outbox.put_nowait(message)
            self.overrun = self.overrun or self.outbox.qsize() > MAX_WAITING + self.caught_up

    def catch_up(self, messages: Iterable[Message]) -> None:
        """Let what was before he came wait for him."""
        for message in messages:
            self.caught_up += 1
            self.tell(message)


class Bench:
    """Runs and their operators.

    stay: go on after the last summary, until an operator says `stop`. ready: called once operators can attach.
    """

    def __init__(
        self, assignments: Sequence[Assignment], *, stay: bool = False, ready: Callable[[], None] = lambda: None
    ) -> None:
        self._runs: dict[str, BenchRun] = {}
        self._assignments = assignments
        self._stay = stay
        self._ready = ready
        self._operators: set[_Operator] = set()
        self._count = 0
        self._token = secrets.token_urlsafe(32)
        self._attached = asyncio.Event()
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Open everything, conduct the campaigns, and end when all have ended.

        Raises: EnvironmentFault when a link or a journal cannot be opened; InputError for a changed journal.
        """
        async with contextlib.AsyncExitStack() as stack:
            for assignment in self._assignments:
                run = await self._opened(assignment)
                stack.callback(drop_address, run.directory, os.getpid())
            server = await serve(
                self._attend,
                "127.0.0.1",
                0,
                process_request=self._admit,
                compression=None,
                ping_interval=None,
                max_size=4 * channel.MAX_MESSAGE,
            )
            self._publish(server)
            self._end_on_signals()
            self._ready()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIRST_OPERATOR):
                    await self._attached.wait()
            await asyncio.gather(*(run.conduct() for run in self._runs.values()))
            if self._stay:
                await self._stopped.wait()
            await self._dismiss(server)

    async def _opened(self, assignment: Assignment) -> BenchRun:
        run = BenchRun(assignment, self._tell, lambda: self._is_attended(run.id))
        await run.open()
        self._runs[run.id] = run
        return run

    def _publish(self, server: Server) -> None:
        port = next(iter(server.sockets)).getsockname()[1]
        for run in self._runs.values():
            address = Address(f"ws://127.0.0.1:{port}/{run.id}", self._token, os.getpid(), run.id)
            write_address(run.directory, address)

    def _end_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no signal handlers in the loop; there the channel's `stop` is the way.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stop_all)

    def _stop_all(self) -> None:
        self._stopped.set()
        self._attached.set()
        for run in self._runs.values():
            run.command("stop", "signal")

    async def _dismiss(self, server: Server) -> None:
        """Let every operator read what waits for him, then close."""
        for operator in tuple(self._operators):
            operator.tell(None)
        server.close(close_connections=False)
        try:
            async with asyncio.timeout(FAREWELL):
                await server.wait_closed()
        except TimeoutError:
            for connection in server.connections:
                connection.transport.abort()

    # Operators --------------------------------------------------------------------------------------------------------

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return connection.respond(http.HTTPStatus.UNAUTHORIZED, "the token of bench.json is needed\n")
        if request.path != "/" and request.path.strip("/") not in self._runs:
            return connection.respond(http.HTTPStatus.NOT_FOUND, "there is no such run\n")
        return None

    async def _attend(self, connection: ServerConnection) -> None:
        """Serve one operator: of the run that the path names, or of all."""
        path = connection.request.path.strip("/") if connection.request else ""
        self._count += 1
        runs = frozenset([path] if path else self._runs)
        operator = _Operator(f"operator {self._count}", runs)
        for run in operator.runs:
            operator.catch_up(self._runs[run].greeting())
        self._operators.add(operator)
        self._attached.set()
        sending = asyncio.create_task(self._send(connection, operator))
        try:
            async for text in connection:
                self._heard(operator, text)
        except ConnectionClosed:
            pass
        finally:
            self._operators.discard(operator)
            sending.cancel()

    async def _send(self, connection: ServerConnection, operator: _Operator) -> None:
        with contextlib.suppress(ConnectionClosed):
            while not operator.overrun and (message := await operator.outbox.get()) is not None:
                await connection.send(json.dumps(message))
            await connection.close(LET_GO if operator.overrun else CloseCode.NORMAL_CLOSURE)

    def _tell(self, message: Message) -> None:
        for operator in self._operators:
            if message["run"] in operator.runs:
                operator.tell(message)

    def _is_attended(self, run: str) -> bool:
        return any(run in operator.runs for operator in self._operators)

    # What they say ----------------------------------------------------------------------------------------------------

    def _heard(self, operator: _Operator, text: str | bytes) -> None:
        run = next(iter(operator.runs)) if len(operator.runs) == 1 else ""
        try:
            said = channel.parse(text if isinstance(text, str) else text.decode("utf-8", "replace"))
            run = self._run_meant(operator, said)
            self._carry_out(operator, run, said)
        except LabappError as fault:
            operator.tell(channel.error(run, str(fault)))
        except Exception as bug:
            # What one operator says must not cost him his place, nor the others theirs.
            traceback.print_exc()
            operator.tell(channel.error(run, f"this is a bug in labapp: {type(bug).__name__}: {bug}"))

    def _run_meant(self, operator: _Operator, said: Said) -> str:
        if said.run in operator.runs:
            return said.run
        if not said.run and len(operator.runs) == 1:
            return next(iter(operator.runs))
        raise InputError(f"run {said.run!r} is not attached" if said.run else "the message names no run")

    def _carry_out(self, operator: _Operator, name: str, said: Said) -> None:
        run, content = self._runs[name], said.content
        match said.type:
            case "answer":
                reply = run.answer(content, operator.name)
                if reply is not None:
                    operator.tell(reply)
            case "command":
                if content["name"] == "stop":
                    self._stopped.set()
                run.command(content["name"], operator.name)
            case "amend":
                run.amend(content)
            case _ if content["frames"] and name not in operator.frames:
                operator.frames.add(name)
                operator.catch_up(run.frames())
            case _ if not content["frames"]:
                operator.frames.discard(name)
