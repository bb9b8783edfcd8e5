"""The one asyncio loop of a run: events are recorded and fed to the attempt, its outputs are recorded and carried out.

Every event is written before it is judged, and every output before it takes effect. Answers to the device do not wait for
the disc; prompts and verdicts do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from labapp.domain.stamps import Stamp
from labapp.domain.testcase import TestCase, UseState
from labapp.engine.codec import encode_input, encode_output
from labapp.engine.events import (
    Command,
    Ended,
    FileOrder,
    Input,
    LinkCommand,
    Note,
    Output,
    Prompt,
    PromptClosed,
    Send,
    StepEvent,
    Tick,
    Wake,
)
from labapp.engine.interpreter import Interpreter
from labapp.engine.journal import Record
from labapp.engine.moving import move
from labapp.engine.ports import Clock, FileClient, FrameReceived, Link, LinkDown, LinkEvent, LinkUp
from labapp.engine.setup import Setup
from labapp.ocpp.version import Version


class Journal(Protocol):
    """What the runner asks of the journal."""

    def append(self, at: Stamp, run: str, kind: str, content: Mapping[str, Any]) -> Record:
        """Write one record."""

    def sync(self) -> None:
        """Return when the disc keeps every record."""


#: Told of everything that an operator may want to see: prompts, closings, steps, findings, frames, link events.
Observer = Callable[[str, Mapping[str, Any]], None]


class Runner:
    """Runs attempts one after another over one link. on_event: told of each record that operators may see."""

    def __init__(
        self,
        run: str,
        link: Link,
        journal: Journal,
        clock: Clock,
        version: Version,
        digests: Mapping[str, str],
        on_event: Observer = lambda kind, content: None,
        files: FileClient | None = None,
    ) -> None:
        self.run = run
        self.link = link
        self.journal = journal
        self.clock = clock
        self.version = version
        self.on_event = on_event
        self.link_facts: Mapping[str, Any] | None = None
        self.device: Mapping[str, Any] | None = None
        self.interpreter: Interpreter | None = None
        self._digests = digests
        self._files = files
        self._moving: set[asyncio.Task[None]] = set()
        self._done: asyncio.Event = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._failure: Exception | None = None
        self._changed = asyncio.Event()
        self._unheard: list[tuple[FrameReceived, int]] = []

    async def open(self) -> Mapping[str, Any]:
        """Open the link. Raises EnvironmentFault when it cannot be opened."""
        return await self.link.open(self.take)

    def record(self, kind: str, content: Mapping[str, Any]) -> Record:
        """Write a record of the campaign."""
        self._changed.set()
        return self.journal.append(self.clock.now(), self.run, kind, content)

    # Events -----------------------------------------------------------------------------------------------------------

    def take(self, event: LinkEvent | Input) -> None:
        """Record an event and let the attempt judge it. A fault of the tool ends the attempt, not the process."""
        try:
            self._take(event)
        except Exception as error:
            self._failure = error
            self._done.set()

    def _take(self, event: Input) -> None:
        kind, content = encode_input(event)
        record = self.journal.append(event.at, self.run, kind, content)
        if isinstance(event, LinkUp):
            self.link_facts = event.facts
        elif isinstance(event, LinkDown):
            self.link_facts = None
        if not isinstance(event, Tick):
            self.on_event(kind, {**content, "seq": record.seq, "at": event.at})
        if self.interpreter is not None and self.interpreter.result is None:
            self._carry_out(self.interpreter.feed(event, record.seq))
        elif isinstance(event, FrameReceived):
            # It came when one attempt had ended and the next had not begun: that one answers it.
            self._unheard.append((event, record.seq))
        self._changed.set()

    def command(self, name: str, operator: str = "") -> None:
        """Take an operator's command."""
        self.take(Command(self.clock.now(), name, operator))

    # Attempts ---------------------------------------------------------------------------------------------------------

    async def attempt(self, case: TestCase, setup: Setup, ready: UseState | None = None) -> dict[str, Any]:
        """Run one attempt to its end; returns its entry of the run's result. Raises what the tool itself failed with."""
        self.begin(case, setup, ready)
        await self._done.wait()
        return self.finish()

    def begin(self, case: TestCase, setup: Setup, ready: UseState | None = None) -> None:
        """Begin an attempt without waiting for its end."""
        at = self.clock.now()
        content = {
            **setup.as_json(),
            "digest": self._digests.get(case.id, ""),
            "ocpp": self.version.name,
            "sut": case.sut,
        }
        carried, self._unheard = self._unheard, []
        content["carried"] = [seq for _, seq in carried]
        self.journal.append(at, self.run, "attempt_started", content)
        self._done.clear()
        self._failure = None
        self.interpreter = Interpreter(case, setup, self.version, at, ready)
        try:
            self._carry_out(self.interpreter.start())
            for event, seq in carried:
                self._carry_out(self.interpreter.feed(event, seq))
        except Exception as error:
            self._failure = error
            self._done.set()

    def finish(self) -> dict[str, Any]:
        """The result of the attempt that has ended; the device model is carried on."""
        interpreter, self.interpreter = self.interpreter, None
        self._wake(None)
        for task in self._moving:
            task.cancel()
        if interpreter is None:
            raise RuntimeError("no attempt has been begun")
        self.device = interpreter.attempt.model.snapshot()
        if self._failure is not None:
            raise self._failure
        if interpreter.result is None:
            raise RuntimeError("the attempt has not ended")
        return interpreter.result

    async def end_idle(self) -> None:
        """End the idle attempt."""
        if self.interpreter is not None:
            self.command("finish")
            await self._done.wait()
            self.finish()

    async def changed(self, seconds: float) -> None:
        """Wait until an event has come, at most so many seconds."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    # Outputs ----------------------------------------------------------------------------------------------------------

    def _carry_out(self, outputs: list[Output]) -> None:
        for output in outputs:
            encoded = encode_output(output)
            record = None
            if encoded is not None:
                record = self.journal.append(self.clock.now(), self.run, *encoded)
            match output:
                case Send():
                    self.link.send(output.text)
                    if record is not None and encoded is not None:
                        self.on_event("frame", {**encoded[1], "seq": record.seq, "at": record.at})
                case Wake():
                    self._wake(output.mono_ns)
                    self.on_event("wait", {"mono_ns": output.mono_ns})
                case LinkCommand():
                    self._order(output)
                case FileOrder():
                    self._move(output)
                case Prompt() | PromptClosed() | StepEvent() | Note() if encoded is not None:
                    if isinstance(output, Prompt):
                        self.journal.sync()
                    self.on_event(*encoded)
                case Ended():
                    self.journal.sync()
                    self._done.set()

    def _wake(self, moment: int | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if moment is None:
            return
        delay = max(0.0, (moment - self.clock.now().mono_ns) / 1e9)
        self._timer = asyncio.get_running_loop().call_later(delay, self._tick, moment)

    def _tick(self, moment: int) -> None:
        now = self.clock.now()
        if now.mono_ns < moment:
            # The loop's clock is coarser than ours: the deadline is not reached before it is.
            self._wake(moment)
            return
        self.take(Tick(now))

    def _move(self, order: FileOrder) -> None:
        """Have a file moved in the background."""
        if self._files is None:
            raise ValueError("this run cannot move files")
        task = asyncio.get_running_loop().create_task(move(order, self._files, self.clock, self.take))
        self._moving.add(task)
        task.add_done_callback(self._moved)

    def _moved(self, task: asyncio.Task[None]) -> None:
        """A fault of the tool while it moved a file ends the attempt; a file that cannot be moved is none."""
        self._moving.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._failure = error
            self._done.set()

    def _order(self, command: LinkCommand) -> None:
        match command.order:
            case "cut":
                self.link.cut(str(command.options.get("mode", "refuse")))
            case "restore":
                self.link.restore()
            case "disconnect":
                self.link.disconnect()
            case "connect":
                self.link.connect(command.options)
            case other:
                raise ValueError(f"the link knows no order {other!r}")
