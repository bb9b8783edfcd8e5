"""The ways of tampering with the frames between a conformant peer and the tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.engine.ports import FrameReceived, LinkEvent, LinkUp, UpgradeRefused
from labapp.ocpp.frames import Call, CallError, CallResult, Frame, frame_text
from labapp.selftest.mutator import Arrival, Mutator
from labapp.selftest.wrong import Edit


@dataclass(frozen=True, slots=True)
class Target:
    """A frame of the peer: the how many-th of its action and kind since the link was opened. onwards: and all later ones."""

    action: str
    kind: str
    ordinal: int
    onwards: bool = False

    def means(self, arrival: Arrival) -> bool:
        """Whether it is this frame."""
        number = arrival.ordinal
        return (arrival.action, arrival.kind) == (self.action, self.kind) and (
            number == self.ordinal or (self.onwards and number > self.ordinal)
        )


class Passive:
    """Lets everything pass."""

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Nothing is done to a frame."""
        return False

    def on_event(self, event: LinkEvent, wire: Mutator) -> LinkEvent | None:
        """Nothing is done to an event."""
        return event


def rewritten(frame: Frame, edit: Edit) -> str:
    """The frame with its payload edited."""
    match frame:
        case Call(unique_id, action, payload):
            return frame_text(Call(unique_id, action, edit(payload)))
        case CallResult(unique_id, payload):
            return frame_text(CallResult(unique_id, edit(payload)))
        case _:
            raise TypeError("a CALLERROR has no payload to edit")


@dataclass
class Rewrite(Passive):
    """Edit the payload of a frame."""

    target: Target
    edit: Edit

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Give the edited frame instead."""
        if not self.target.means(arrival):
            return False
        text = rewritten(arrival.frame, self.edit)
        wire.applied(arrival.event.text, text)
        wire.deliver(text, arrival.event)
        return True


@dataclass
class Swallow(Passive):
    """Take a frame away. answer: what a request is answered with in the tool's place."""

    target: Target
    answer: Mapping[str, Any] | None

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Keep it from the tool."""
        if not self.target.means(arrival):
            return False
        wire.applied(arrival.event.text)
        if isinstance(arrival.frame, Call):
            wire.answer_peer(arrival.frame.unique_id, self.answer or {})
        return True


@dataclass
class Garble(Passive):
    """Give a frame's text cut off. answer: what a request is answered with in the tool's place; keep: share of the text that is left."""

    target: Target
    answer: Mapping[str, Any] | None
    keep: float

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Cut the text off."""
        if not self.target.means(arrival):
            return False
        text = arrival.event.text[: int(len(arrival.event.text) * self.keep)]
        if isinstance(arrival.frame, Call):
            wire.answer_peer(arrival.frame.unique_id, self.answer or {})
        wire.applied(arrival.event.text, text)
        wire.deliver(text, arrival.event)
        return True


@dataclass
class Repeat(Passive):
    """Give a frame twice: a request with a new message id, an answer as it was."""

    target: Target

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """The frame, and its copy behind it."""
        if not self.target.means(arrival):
            return False
        copy = arrival.event.text
        if isinstance(arrival.frame, Call):
            identifier = wire.fresh_id()
            wire.hide_answer(identifier)
            copy = frame_text(Call(identifier, arrival.frame.action, arrival.frame.payload))
        wire.applied(arrival.event.text, arrival.event.text, copy)
        wire.deliver(arrival.event.text, arrival.event)
        wire.deliver(copy)
        return True


@dataclass
class Refuse(Passive):
    """Give a CALLERROR instead of an answer."""

    target: Target
    code: str

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """The refusal."""
        if not self.target.means(arrival):
            return False
        text = frame_text(CallError(arrival.frame.unique_id, self.code, "refused by the self-test"))
        wire.applied(arrival.event.text, text)
        wire.deliver(text)
        return True


@dataclass
class Misaddress(Passive):
    """Give an answer another message id."""

    target: Target

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """The answer to nobody."""
        if not self.target.means(arrival) or not isinstance(arrival.frame, CallResult):
            return False
        text = frame_text(CallResult(wire.fresh_id(), arrival.frame.payload))
        wire.applied(arrival.event.text, text)
        wire.deliver(text, arrival.event)
        return True


@dataclass
class Swap(Passive):
    """Give a frame only behind the one that follows it. answer: what the peer needs to go on from a request, None for an answer."""

    first: Target
    second: Target
    answer: Mapping[str, Any] | None
    _kept: FrameReceived | None = field(default=None, init=False)

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Keep the first until the second has come."""
        if self.first.means(arrival):
            self._kept = arrival.event
            if isinstance(arrival.frame, Call):
                wire.answer_peer(arrival.frame.unique_id, self.answer or {})
            return True
        if self._kept is None or not self.second.means(arrival):
            return False
        kept, self._kept = self._kept, None
        wire.applied(kept.text)
        wire.applied(arrival.event.text, arrival.event.text, kept.text)
        wire.deliver(arrival.event.text, arrival.event)
        wire.deliver(kept.text, kept)
        return True


@dataclass
class Insert(Passive):
    """Give a request of one's own making before or behind a frame. after: seconds behind it, None for before it."""

    target: Target
    action: str
    payload: Mapping[str, Any]
    after: float | None = None

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """The frame and the inserted one, in their order."""
        if not self.target.means(arrival):
            return False
        identifier = wire.fresh_id()
        wire.hide_answer(identifier)
        text = frame_text(Call(identifier, self.action, self.payload))

        def give() -> None:
            wire.applied("", text)
            wire.deliver(text)

        if self.after is None:
            give()
            wire.deliver(arrival.event.text, arrival.event)
        else:
            wire.deliver(arrival.event.text, arrival.event)
            wire.later(self.after, give)
        return True


@dataclass
class Delay(Passive):
    """Give a frame late, and everything behind it too, as a slow network does.

    answer: for longer than the peer would wait for the tool's own answer: what it is answered with at once; what it sends then
    passes.
    """

    target: Target
    seconds: float
    answer: Mapping[str, Any] | None = None
    _done: bool = field(default=False, init=False)

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Hold the line."""
        if self._done or not self.target.means(arrival):
            return False
        self._done = True
        wire.applied(arrival.event.text, f"held back for {self.seconds:g} s")
        if self.answer is not None:
            wire.answer_peer(arrival.frame.unique_id, self.answer)
            wire.later(self.seconds, lambda: wire.deliver(arrival.event.text, arrival.event))
        else:
            wire.hold(self.seconds, lambda: wire.deliver(arrival.event.text, arrival.event))
        return True


@dataclass
class Hasten(Passive):
    """Give a request early: so many seconds behind an earlier frame; when it comes itself it is answered in the tool's place."""

    anchor: Target
    target: Target
    seconds: float
    payload: Mapping[str, Any]
    answer: Mapping[str, Any]

    def on_arrival(self, arrival: Arrival, wire: Mutator) -> bool:
        """Set the early copy going, or take the late original away."""
        if self.anchor.means(arrival):
            wire.later(self.seconds, lambda: self._give(wire))
            return False
        if self.target.means(arrival) and isinstance(arrival.frame, Call):
            wire.applied(arrival.event.text)
            wire.answer_peer(arrival.frame.unique_id, self.answer)
            return True
        return False

    def _give(self, wire: Mutator) -> None:
        identifier = wire.fresh_id()
        wire.hide_answer(identifier)
        text = frame_text(Call(identifier, self.target.action, self.payload))
        wire.applied("", text)
        wire.deliver(text)


@dataclass
class Upgraded(Passive):
    """Tell another outcome of the n-th upgrade than the peer gave.

    status: 101, a refusal, or 0 for no answer; subprotocol: the one that is selected.
    """

    number: int
    status: int
    subprotocol: str = "ocpp1.6"
    _count: int = field(default=0, init=False)

    def on_event(self, event: LinkEvent, wire: Mutator) -> LinkEvent | None:
        """Replace the outcome."""
        if not isinstance(event, LinkUp | UpgradeRefused):
            return event
        self._count += 1
        if self._count != self.number:
            return event
        wire.applied(f"upgrade: {dict(event.facts)}", f"upgrade: {self.status}")
        if self.status == 101:
            return LinkUp(event.at, {**event.facts, "subprotocol": self.subprotocol})
        return UpgradeRefused(event.at, {**event.facts, "status": self.status, "reason": "", "headers": {}})
