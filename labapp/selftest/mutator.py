"""The mutator: it sits between the tool and its link and changes what passes, once, as its tampering says.

A request that the tool is not to see is answered by the mutator itself, so that the peer goes on. What an inserted request is
answered with stays here.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from labapp.engine.ports import Clock, FrameReceived, Link, LinkEvent, LinkSink
from labapp.ocpp.frames import Call, CallError, CallResult, Frame, frame_text, parse_frame


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame of the peer on its way to the tool. ordinal: the how many-th of its action and kind."""

    event: FrameReceived
    frame: Frame
    action: str
    kind: str
    ordinal: int


class Tampering(Protocol):
    """What a mutant does to the traffic."""

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Take a frame of the peer; True when nothing more is to be done with it."""

    def on_event(self, event: LinkEvent, wire: Mutator) -> LinkEvent | None:
        """Take an event that is no frame; None when the tool is not to see it."""


@dataclass(slots=True)
class Trace:
    """What the mutator did. before, after: texts of the frames that it took and of those that it gave instead."""

    applied: bool = False
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Mutator:
    """A link that tampers with another one. trace: where it is recorded what was done."""

    def __init__(self, link: Link, tampering: Tampering, clock: Clock, version: str, trace: Trace) -> None:
        self.trace = trace
        self._link = link
        self._tampering = tampering
        self._clock = clock
        self._version = version
        self._sink: LinkSink = lambda event: None
        self._counts: dict[tuple[str, str], int] = {}
        self._calls: dict[str, str] = {}
        self._unseen: set[str] = set()
        self._held: list[LinkEvent] | None = None
        self._made = 0

    # What a tampering may do ------------------------------------------------------------------------------------------

    def applied(self, before: str = "", *after: str) -> None:
        """Record that the tampering has taken place."""
        self.trace.applied = True
        if before:
            self.trace.before.append(before)
        self.trace.after.extend(after)

    def deliver(self, text: str, like: FrameReceived | None = None) -> None:
        """Give the tool a frame now."""
        base = like or FrameReceived(self._clock.now(), text)
        self._sink(dataclasses.replace(base, at=self._clock.now(), text=text))

    def answer_peer(self, unique_id: str, payload: Mapping[str, Any]) -> None:
        """Answer a request of the peer in the tool's place; an answer of the tool to it goes nowhere."""
        self._unseen.add(unique_id)
        self._link.send(frame_text(CallResult(unique_id, payload)))

    def hide_answer(self, unique_id: str) -> None:
        """The answer to this request is not for the peer."""
        self._unseen.add(unique_id)

    def fresh_id(self) -> str:
        """A message id that nobody else uses."""
        self._made += 1
        return f"mutant-{self._made}"

    def hold(self, seconds: float, then: Callable[[], None]) -> None:
        """Let nothing of the peer pass for so many seconds; `then` runs before what was held back is given."""
        self._held = []
        asyncio.get_running_loop().call_later(seconds, self._release, then)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something after so many seconds."""
        asyncio.get_running_loop().call_later(seconds, act)

    def _release(self, then: Callable[[], None]) -> None:
        held, self._held = self._held or [], None
        then()
        for event in held:
            self._take(dataclasses.replace(event, at=self._clock.now()))

    # The link ---------------------------------------------------------------------------------------------------------

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Open the link."""
        self._sink = sink
        return await self._link.open(self._take)

    def send(self, text: str) -> bool:
        """Send a frame of the tool, unless it answers what the peer never sent or has an answer to."""
        frame = parse_frame(text, self._version)
        if isinstance(frame, Call):
            self._calls[frame.unique_id] = frame.action
        elif isinstance(frame, CallResult | CallError) and frame.unique_id in self._unseen:
            return True
        return self._link.send(text)

    def cut(self, mode: str) -> None:
        """Cut the network."""
        self._link.cut(mode)

    def restore(self) -> None:
        """End a cut."""
        self._link.restore()

    def disconnect(self) -> None:
        """Close the connection."""
        self._link.disconnect()

    def connect(self, options: Mapping[str, Any]) -> None:
        """Open the connection."""
        self._link.connect(options)

    def use_password(self, password: str) -> None:
        """From the next connection on, use this password."""
        self._link.use_password(password)

    async def close(self) -> None:
        """Close the link."""
        await self._link.close()

    def _take(self, event: LinkEvent) -> None:
        if self._held is not None:
            self._held.append(event)
            return
        if not isinstance(event, FrameReceived):
            passed = self._tampering.on_event(event, self)
            if passed is not None:
                self._sink(passed)
            return
        frame = parse_frame(event.text, self._version)
        if isinstance(frame, Call | CallResult):
            kind = "req" if isinstance(frame, Call) else "conf"
            action = frame.action if isinstance(frame, Call) else self._calls.get(frame.unique_id, "")
            ordinal = self._counts[action, kind] = self._counts.get((action, kind), 0) + 1
            if self._tampering.on_arrival(Arrival(event, frame, action, kind, ordinal), self):
                return
        self._sink(event)
