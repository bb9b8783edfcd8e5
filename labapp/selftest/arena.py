"""One case against a conformant peer in one process, on in-memory links: nothing waits for real time.

The peer is a simulated device; its actions are performed as the prompts ask for them. A `Middle` between the two may change what
passes: that is how mutants are made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from labapp.cases.catalogue import ready_state
from labapp.cases.utilities import IDLE, RESET
from labapp.domain.actions import Outcome
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import TestCase
from labapp.engine.campaign import Campaign, Givens, Planned
from labapp.engine.events import Answer
from labapp.engine.journal import GENESIS, Record, digest, encode
from labapp.engine.ports import Clock, FileClient, Link
from labapp.engine.runner import Runner
from labapp.ocpp.versions import VERSIONS


class Peer(Protocol):
    """A simulated device under test."""

    async def run(self) -> None:
        """Work until stopped."""

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to it what an operator would."""

    def stop(self) -> None:
        """Take it away."""


@dataclass(slots=True)
class MemoryJournal:
    """A journal that is kept in memory; its lines are made, and chained like those on disc, when they are asked for."""

    records: list[Record] = field(default_factory=list)

    def append(self, at: Stamp, run: str, kind: str, content: Mapping[str, Any]) -> Record:
        """Write one record."""
        record = Record(len(self.records) + 1, at, run, kind, content, "")
        self.records.append(record)
        return record

    def sync(self) -> None:
        """Nothing to do."""

    @property
    def lines(self) -> list[bytes]:
        """One for each record, without line feeds."""
        lines: list[bytes] = []
        for record in self.records:
            lines.append(encode(replace(record, prev=digest(lines[-1]) if lines else GENESIS)))
        return lines

    @property
    def text(self) -> bytes:
        """As it would stand on disc: one record a line."""
        return b"".join(line + b"\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Bout:
    """One case against one peer. wrap: puts something between the tool and its link. then: a case that is run behind it.

    files: by which the tool as charge point moves files.
    """

    case: TestCase
    givens: Givens
    link: Link
    peer: Peer
    clock: Clock
    wrap: Callable[[Link], Link] = lambda link: link
    then: TestCase | None = None
    files: FileClient | None = None


async def fight(bout: Bout) -> tuple[dict[str, Any], MemoryJournal]:
    """Run the case once, from 000_RESET on; returns its result (that of the case behind it, where there is one) and the journal."""
    journal = MemoryJournal()
    loop = asyncio.get_running_loop()
    acts: set[asyncio.Task[None]] = set()

    def on_event(kind: str, content: Mapping[str, Any]) -> None:
        if kind == "prompt":
            task = loop.create_task(_perform(bout.peer, runner, content))
            acts.add(task)
            task.add_done_callback(acts.discard)

    runner = Runner(
        "self", bout.wrap(bout.link), journal, bout.clock, VERSIONS[bout.case.ocpp], {}, on_event, bout.files
    )
    await runner.open()
    peer = loop.create_task(bout.peer.run())
    # In this order, also when a campaign would put the first one last.
    first = bout.case if bout.then is None else replace(bout.case, irreversible=False)
    planned = [Planned(case) for case in (first, bout.then) if case is not None]
    campaign = Campaign(runner, planned, bout.givens, RESET, IDLE, ready_state)
    course = loop.create_task(campaign.run())
    try:
        await asyncio.wait({course, peer}, return_when=asyncio.FIRST_COMPLETED)
        if peer.done() and not course.done():
            peer.result()
        results = await course
    finally:
        course.cancel()
        for task in list(acts):
            task.cancel()
        await runner.link.close()
        bout.peer.stop()
        peer.cancel()
        await asyncio.gather(peer, course, *acts, return_exceptions=True)
    return results[-1], journal


async def _perform(peer: Peer, runner: Runner, prompt: Mapping[str, Any]) -> None:
    """Answer a prompt: do the action, take the default of a question, take all advice of a review."""
    match prompt["kind"]:
        case "action":
            outcome = await peer.act(prompt["action"], prompt["args"])
            answer, reason = ("done", "") if outcome.done else ("impossible", outcome.reason)
        case "question":
            default = [choice["id"] for choice in prompt["choices"] if choice.get("default")]
            answer, reason = default[0], ""
        case _:
            answer, reason = "accept", ""
    if runner.interpreter is not None and prompt["id"] in {p.id for p in runner.interpreter.open_prompts}:
        runner.take(Answer(runner.clock.now(), prompt["id"], answer, {}, reason, "auto"))
