"""The state of one session, reduced from the messages of the operator channel: pure, without a clock and without a window.

`take` is given every message of the bench in its order. Whoever attaches in the midst is greeted with what has been so far, and
comes to the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labapp.ocpp.resolving import SHOWN_BY
from labapp.presentation.frames import FrameLog
from labapp.presentation.session_cases import Block, CaseEntry, Cases, blocks_of, moment, seconds_left
from labapp.presentation.session_facts import CaseFacts, case_facts
from labapp.presentation.session_prompts import ClosedPrompt, OpenPrompt, prompt_from
from labapp.presentation.session_steps import StepLine, StepList, Wait
from labapp.presentation.wording import text

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the bench listens for the device, or the central system that it tests: one of listen and url."""

    identity: str
    listen: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the device's keys say of a case. reason: one sentence."""

    applicable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """The connection of the device. event: "" before it ever came, "up", "down" or "refused". since: UTC seconds.

    identity: the configured one; came: the one that the device named. detail: why it was refused or lost.
    """

    event: str = ""
    identity: str = ""
    detail: str = ""
    came: str = ""
    since: float = 0.0

    @property
    def up(self) -> bool:
        """Whether the device is connected."""
        return self.event == "up"

    @property
    def wrong_identity(self) -> bool:
        """Whether a device was refused because it names another identity than the project."""
        return self.event == "refused" and self.came not in ("", self.identity)


class Session:
    """One run as an operator sees it. at: UTC seconds when a message came; a message that carries its own moment is taken at that."""

    def __init__(self, facts: Callable[[str], CaseFacts] = case_facts) -> None:
        self._facts = facts
        self._frames = FrameLog()
        self._begin()

    def _begin(self) -> None:
        """Forget everything but the frames: a bench that greets tells all of it again."""
        self.run = ""
        self.ready: Ready | None = None
        self.link = Link()
        self.decided: Mapping[str, Decided] = {}
        self.paused = False
        self.attached = False
        self.lost = False
        self.summary: Message | None = None
        self.last = ""
        self.closed: ClosedPrompt | None = None
        self.overtaken = ""
        self._cases = Cases()
        self._prompts: dict[str, OpenPrompt] = {}
        self._steps = StepList(CaseFacts(""))
        self._shown = ""

    # What is shown ----------------------------------------------------------------------------------------------------

    @property
    def cases(self) -> tuple[CaseEntry, ...]:
        """Every case in the order of the plan."""
        return self._cases.entries()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The cases by block of the plan."""
        return blocks_of(self.cases)

    @property
    def running(self) -> CaseEntry | None:
        """The case that runs; None between two."""
        return next((case for case in self.cases if case.running), None)

    @property
    def shown(self) -> CaseEntry | None:
        """The case whose course `steps` is: the one that runs, or the last that did."""
        return self._cases.entry(self._shown) if self._shown else None

    @property
    def next_case(self) -> CaseEntry | None:
        """The first case of the plan that has no verdict and does not run."""
        return next((case for case in self.cases if not case.verdict and not case.running), None)

    def case(self, identifier: str) -> CaseEntry:
        """A case by its id."""
        return self._cases.entry(identifier)

    @property
    def steps(self) -> tuple[StepLine, ...]:
        """The course of the case shown."""
        return self._steps.lines()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Findings and observations of the case shown that stand at no step."""
        return tuple(self._steps.remarks)

    @property
    def wait(self) -> Wait | None:
        """What the bench waits for just now; None while a prompt is open or no case runs."""
        wait = self._steps.wait
        return None if self._prompts or self.running is None or wait is None or not wait.until else wait

    @property
    def prompts(self) -> tuple[OpenPrompt, ...]:
        """What is asked and not answered, the oldest first."""
        return tuple(self._prompts.values())

    @property
    def prompt(self) -> OpenPrompt | None:
        """The oldest open prompt that is no review."""
        return next((prompt for prompt in self._prompts.values() if prompt.kind != "review"), None)

    @property
    def review(self) -> OpenPrompt | None:
        """The open review."""
        return next((prompt for prompt in self._prompts.values() if prompt.kind == "review"), None)

    @property
    def shown_acts(self) -> frozenset[str]:
        """Acts whose prompts close by themselves: those of the running case, between two cases those that the wire can show."""
        running = self.running
        return self._facts(running.id).shown_acts if running is not None else frozenset(SHOWN_BY)

    @property
    def frames(self) -> FrameLog:
        """The message log."""
        return self._frames

    @property
    def done(self) -> int:
        """How many cases have a verdict."""
        return sum(1 for case in self.cases if case.verdict)

    @property
    def total(self) -> int:
        """How many cases are planned."""
        return len(self.cases)

    @property
    def left(self) -> float | None:
        """Estimated seconds until the last case is done; None before the first one has run."""
        return seconds_left(self.cases)

    @property
    def over(self) -> bool:
        """Whether the run has come to its end."""
        return self.summary is not None

    # The course -------------------------------------------------------------------------------------------------------

    def take(self, message: Message, at: float) -> None:
        """Take one message of the bench. One of a kind that is not known changes nothing."""
        at = moment(message.get("at")) or at
        match message["type"]:
            case "hello":
                self._hello(message)
            case "ready":
                given = {name: str(message[name]) for name in ("listen", "url") if name in message}
                self.ready = Ready(str(message["identity"]), **given)
            case "plan":
                self._decide(message, at)
            case "link":
                self._link(message, at)
            case "case":
                self._case(message, at)
            case "step":
                self._step(message, at)
            case "frame":
                self._frames.append(message["seq"], message["dir"], message["text"], at)
            case "prompt":
                self._prompts[message["id"]] = prompt_from(message, at)
                self._say(text("asks: {text}", text=message["text"]))
            case "prompt_closed":
                self._prompt_closed(message, at)
            case "command":
                self._command(message, at)
            case "ignored":
                self._ignored(str(message["id"]), at)
            case "error":
                self._say(text("not taken: {text}", text=message["text"]))
            case "summary":
                self._summary(message, at)

    def bench_lost(self, at: float) -> None:
        """The connection to the bench has ended. Without a summary the run can be resumed; nothing is lost."""
        self.attached = False
        if self.summary is None:
            self.lost = True
            self._prompts.clear()
            self._cases.cut_off(at)
            self._say(text("The bench has gone."))

    def _say(self, sentence: str) -> None:
        self.last = sentence

    def _hello(self, message: Message) -> None:
        if self.run and self.run != message["run"]:
            self._frames.clear()
        closed, shown, steps = self.closed, self._shown, self._steps
        same = self.run == message["run"]
        self._begin()
        if same:
            # The course of a case that has ended is not told again; what was seen of it stays.
            self.closed, self._shown, self._steps = closed, shown, steps
        self.run = str(message["run"])
        self.attached = True
        self.paused = bool(message.get("paused", False))
        self._cases.plan(message.get("cases", ()))
        self._earlier(message.get("results", ()))

    def _decide(self, message: Message, at: float) -> None:
        self.decided = {row["id"]: Decided(bool(row["applicable"]), str(row["reason"])) for row in message["cases"]}
        out = sum(not each.applicable for each in self.decided.values())
        self._say(text("The device's keys were read: {count} of the cases do not apply.", count=out))

    def _link(self, message: Message, at: float) -> None:
        came = str(message.get("came", ""))
        self.link = Link(str(message["event"]), str(message["identity"]), str(message.get("detail", "")), came, at)
        self._say(self.link_line)

    @property
    def link_line(self) -> str:
        """The connection in one sentence."""
        link = self.link
        if link.wrong_identity:
            return text(
                "A device came as {came} and was sent away: this session is for {identity}.",
                came=link.came,
                identity=link.identity,
            )
        match link.event:
            case "up":
                return text("{identity} is connected.", identity=link.identity)
            case "down":
                return text("{identity} is not connected any more.", identity=link.identity)
            case "refused":
                why = link.detail or text("no reason was told")
                return text("A connection was refused: {why}.", why=why)
            case _:
                return text("No device has connected yet.")

    def _case(self, message: Message, at: float) -> None:
        case, attempt, verdict = str(message["id"]), int(message["attempt"]), str(message["verdict"])
        match message["event"]:
            case "started":
                self._cases.started(case, attempt, at)
                self._shown, self._steps = case, StepList(self._facts(case))
                self._say(text("{case}: started", case=case))
            case "ended":
                self._cases.ended(case, attempt, verdict, at, message.get("result", {}))
                self._steps.wait = None
                for finding in self._cases.entry(case).findings_of(attempt):
                    if finding.frame is not None:
                        self._frames.mark(finding.frame, finding.field, finding.text)
                self._say(text("{case}: {verdict}", case=case, verdict=verdict))
            case "amended":
                self._cases.amended(case, attempt)
                self._say(text("{case}: amended", case=case))

    def _step(self, message: Message, at: float) -> None:
        if self.running is None:
            return
        self._steps.take(message, at, moment(message.get("until")))
        if message["state"] == "finding" and message.get("frame") is not None:
            self._frames.mark(int(message["frame"]), str(message.get("field", "")), str(message["detail"]))
        if message["state"] in ("finding", "missing", "observation"):
            self._say(str(message["detail"] or message["message"]))

    def _summary(self, message: Message, at: float) -> None:
        """The result of the run: complete, or as far as a bench that has gone has left it."""
        self.run = self.run or str(message.get("run", ""))
        self._earlier(message["cases"], message.get("amendments", ()))
        self._prompts.clear()
        if message.get("ended") == "":
            self.lost = True
            return
        self.summary, self.lost = message, False
        self._say(text("The session is over."))

    def _earlier(self, results: Iterable[Message], amendments: Iterable[Message] = ()) -> None:
        for result in results:
            self._cases.ended(result["id"], result["attempt"], result["verdict"], 0.0, result)
            if result.get("amended"):
                self._cases.amended(result["id"], result["attempt"])
        for amendment in amendments:
            self._cases.amended(amendment["case"], amendment["attempt"])

    def _prompt_closed(self, message: Message, at: float) -> None:
        prompt = self._prompts.pop(message["id"], None)
        if prompt is None:
            return
        self.closed = ClosedPrompt(prompt, str(message["by"]), at)
        self._say(self.closed.line)

    def _ignored(self, prompt: str, at: float) -> None:
        """An answer of ours came too late. What the wire has shown needs no word: it was the same act."""
        if self.closed is None or self.closed.prompt.id != prompt or self.closed.by == "operator":
            self.overtaken = prompt
            self._say(text("Another operator has answered already."))

    def _command(self, message: Message, at: float) -> None:
        name = str(message["name"])
        if name in ("pause", "resume"):
            self.paused = name == "pause"
        self._say(text("{operator}: {command}", operator=message.get("by", ""), command=name))
