"""One run on the bench: its journal, link and campaign, what operators are told of it, and what they say to it."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labapp.bench import channel
from labapp.bench.amending import amendment
from labapp.bench.campaigning import campaign_of
from labapp.bench.channel import Message
from labapp.bench.device_link import device_link
from labapp.bench.file_serving import FileServing
from labapp.bench.files import write_result
from labapp.bench.history import AMENDMENT, ATTEMPT_ABORTED, RUN_ENDED, UTILITY_IDS, History, history_of
from labapp.bench.replaying import device_after
from labapp.bench.telling import Telling, results_before
from labapp.bench.timeline import timeline_of
from labapp.cases.catalogue import CATALOGUE
from labapp.domain.errors import InputError, LabappError
from labapp.domain.project import Project
from labapp.domain.run_files import JOURNAL
from labapp.domain.stamps import Stamp, utc_text
from labapp.engine.campaign import Campaign, unrun
from labapp.engine.events import Answer, FileTransferred, Prompt
from labapp.engine.journal import Record
from labapp.engine.journal_file import JournalWriter, read_journal
from labapp.engine.runner import Runner
from labapp.engine.system_clock import SystemClock
from labapp.ocpp.versions import VERSIONS
from labapp.simulator.network_transfers import NetworkTransfers

#: Seconds by which a prompt may be shown later than it is opened.
_SLACK = 0.5

#: Exit status of a bug in labapp.
BUG = 4

Fault = dict[str, Any]
"""What ended or spoilt a run: `text`, and the `exit_status` that it means."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a bench is to run. directory: of the run, prepared. digests: of the cases, by id.

    conclude: called in a thread once `run.json` is complete; what it returns stands in the summary besides.
    """

    directory: Path
    project: Project
    digests: Mapping[str, str]
    conclude: Callable[[Path], Mapping[str, Any]] = lambda directory: {}


class BenchRun:
    """A run, from opening its journal to its summary. Every method belongs to the loop's thread.

    tell: takes the messages for its operators. attended: whether one is attached.
    """

    def __init__(self, assignment: Assignment, tell: Callable[[Message], None], attended: Callable[[], bool]) -> None:
        self.directory = assignment.directory
        self._project = assignment.project
        self._digests = assignment.digests
        self._conclude = assignment.conclude
        self._tell = tell
        self._attended = attended
        self._clock = SystemClock()
        self._files = FileServing(self._project, (), self.directory, self._clock)
        self._history = History()
        self._writer: JournalWriter
        self._campaign: Campaign
        self._runner: Runner
        self._ready: Message = {}
        self._telling = Telling()
        self._before: Sequence[Mapping[str, Any]] = ()
        self._prompted: dict[str, float] = {}
        self._running: tuple[str, int] | None = None
        self._stopped = False
        self._closed = False
        self._added: Mapping[str, Any] = {}
        self.summary: Message | None = None

    @property
    def id(self) -> str:
        """Id of the run."""
        return self._history.run

    # The course -------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open journal and link.

        Raises: EnvironmentFault when the journal has another writer or the port is in use; InputError for a changed journal.
        """
        path = self.directory / JOURNAL
        self._writer = JournalWriter(path, self._clock)
        try:
            self._history = history_of(read_journal(path), str(path))
            cases = [
                CATALOGUE[choice.id] for choice in self._history.choices if not (choice.excluded or choice.lacking)
            ]
            self._files = FileServing(self._project, cases, self.directory, self._clock)
            self._writer.sync_regularly(asyncio.get_running_loop())
            self._runner = Runner(
                self.id,
                device_link(self._project, self._clock, self._files.secrets),
                self,
                self._clock,
                VERSIONS[self._project.ocpp],
                self._digests,
                self._happened,
                NetworkTransfers(),
            )
            await self._files.open(self._file_went)
            self._runner.device = self._device_left()
            self._close_interrupted()
            self._campaign = self._new_campaign()
            self._before = results_before(self._history)
            if self._history.decision is not None:
                self._telling.take(channel.plan(self.id, self._history.decision))
            self._ready = channel.ready(self.id, await self._runner.open())
        except BaseException:
            await self._files.close()
            self._writer.close()
            raise
        self._write_result()

    async def conduct(self) -> None:
        """Run the campaign to its end, close everything, and leave the summary."""
        fault = await self._to_the_end()
        await self._runner.link.close()
        await self._files.close()
        self._close(fault)
        self._added = await asyncio.to_thread(self._conclude, self.directory)
        self.summary = self._summarized()
        self._tell(self.summary)

    def _summarized(self) -> Message:
        return channel.summary(self.id, {**self._history.result(), **self._added})

    async def _to_the_end(self) -> Fault | None:
        """Run the campaign; a bug in labapp ends its attempt with ERROR and is told at the end. Returns what went wrong."""
        fault: Fault | None = None
        failed: set[str] = set()
        while True:
            try:
                await self._campaign.run()
                return fault
            except LabappError as error:
                return {"text": str(error), "exit_status": error.exit_status}
            except Exception as error:
                traceback.print_exc()
                fault = {"text": f"this is a bug in labapp: {type(error).__name__}: {error}", "exit_status": BUG}
                if self._running is None:
                    return fault
                failed.add(self._running[0])
                self._give_up(*self._running, fault["text"])
                self._campaign = self._new_campaign(failed)
                if self._stopped:
                    self._campaign.command("stop")

    def _give_up(self, case: str, attempt: int, text: str) -> None:
        """The running attempt ends with ERROR."""
        at = self._clock.now()
        result = unrun(case, attempt, "ERROR", "environment", text, utc_text(at.utc))
        self.append(at, self.id, ATTEMPT_ABORTED, result)
        self._case({"event": "ended", "id": case, "attempt": attempt, "verdict": "ERROR"})

    def _new_campaign(self, failed: Collection[str] = ()) -> Campaign:
        """The campaign of what is planned and not done. failed: cases that a bug has ended."""
        return campaign_of(self._runner, self._history, self._project, self.directory, self._files, failed)

    def _close(self, fault: Fault | None) -> None:
        """The last records; a disc that refuses them is the run's fault."""
        self._closed = True
        try:
            if fault is not None and self._running is not None:
                self._give_up(*self._running, fault["text"])
            self.append(self._clock.now(), self.id, RUN_ENDED, {"device": self._runner.device, "fault": fault})
            self._writer.close()
            self._write_result()
        except LabappError as error:
            print(f"labapp: {error}", file=sys.stderr)
            self._history.fault = self._history.fault or {"text": str(error), "exit_status": error.exit_status}

    def _write_result(self) -> None:
        write_result(self.directory, self._history)

    def _file_went(self, facts: Mapping[str, Any]) -> None:
        """A file server tells of a transfer."""
        self._runner.take(FileTransferred(self._clock.now(), facts))

    # After a death of the bench ---------------------------------------------------------------------------------------

    def _device_left(self) -> Mapping[str, Any] | None:
        """The device model as the last record left it: what a cut-off attempt has seen is seen again."""
        records = self._history.open_attempt
        if not records:
            return self._history.device
        try:
            return device_after(records, self._project.ocpp)
        except Exception:
            # What ended the bench may end this too; then the model of the attempt's beginning must do.
            traceback.print_exc()
            return self._history.device

    def _close_interrupted(self) -> None:
        """A case that was cut off becomes an aborted attempt."""
        if not self._history.open_attempt:
            return
        opened = self._history.open_attempt[0]
        if opened.content["case"] in UTILITY_IDS:
            return
        at = utc_text(opened.at.utc)
        result = unrun(
            opened.content["case"],
            opened.content["try_number"],
            "INCONCLUSIVE",
            "aborted",
            "the bench ended in the midst of this attempt",
            at,
        )
        result["ended"] = utc_text(self._history.open_attempt[-1].at.utc)
        self.append(self._clock.now(), self.id, ATTEMPT_ABORTED, result)

    # The journal, as the runner sees it -------------------------------------------------------------------------------

    def append(self, at: Stamp, run: str, kind: str, content: Mapping[str, Any]) -> Record:
        """Write one record."""
        record = self._writer.append(at, run, kind, content)
        self._history.take(record)
        return record

    def sync(self) -> None:
        """Return when the disc keeps every record."""
        self._writer.sync()

    # What operators are told ------------------------------------------------------------------------------------------

    def greeting(self) -> list[Message]:
        """What an operator who attaches is told first: the state so far, and the open prompts again."""
        planned = [choice.id for choice in self._history.choices]
        hello = channel.hello(self.id, planned, self._before, paused=self._telling.paused)
        messages = [hello, self._ready, *self._telling.greeting([prompt.id for prompt in self._open_prompts])]
        return [*messages, self.summary] if self.summary is not None else messages

    @property
    def _open_prompts(self) -> list[Prompt]:
        return self._runner.interpreter.open_prompts if self._runner.interpreter is not None else []

    def frames(self) -> Sequence[Message]:
        """Frames of the running attempt so far."""
        return self._telling.frames

    def _say(self, message: Message) -> None:
        """Tell every operator, now and later."""
        message = {**message, "at": utc_text(self._clock.now().utc)} if "at" not in message else message
        self._telling.take(message)
        self._tell(message)

    def _happened(self, kind: str, content: Mapping[str, Any]) -> None:
        match kind:
            case "frame":
                self._say(channel.frame(self.id, content))
            case "link":
                self._say(channel.link(self.id, self._project.connection.identity, content))
            case "plan":
                self._say(channel.plan(self.id, content))
            case "case":
                self._case(content)
            case "step" | "finding" | "observation":
                self._step(kind, content)
            case "wait":
                self._waits(content["mono_ns"])
            case "prompt":
                self._prompted[content["id"]] = asyncio.get_running_loop().time()
                if content["kind"] == "review" and self._runner.interpreter is not None:
                    content = {**content, "timeline": timeline_of(self._runner.interpreter.attempt)}
                self._say(channel.told("prompt", self.id, content))
            case "prompt_closed":
                self._prompt_closed(content)

    def _case(self, content: Mapping[str, Any]) -> None:
        if content["event"] == "started":
            self._running = content["id"], content["attempt"]
        else:
            self._running = None
            self._write_result()
            content = {**content, "result": channel.attempt_result(self._history.results[-1])}
        self._say(channel.told("case", self.id, content))

    def _step(self, kind: str, content: Mapping[str, Any]) -> None:
        if kind != "step":
            content = {
                "scope": "",
                "step": content["step"],
                "message": content["message"],
                "state": kind,
                "detail": content["text"],
                "frame": content["frame"],
                "field": content.get("field", ""),
            }
        self._say(channel.told("step", self.id, content))

    def _waits(self, moment: int | None) -> None:
        """The running attempt waits for its step until a moment of the monotonic clock; while a prompt is open it has all the time."""
        interpreter = self._runner.interpreter
        if interpreter is None or self._running is None or self._open_prompts:
            return
        scope, step = interpreter.attempt.scope, interpreter.conversation.current_step
        content = {"scope": scope, "step": step, "message": "", "state": "waiting", "detail": ""}
        until = None if moment is None else self._clock.now().utc_at(moment)
        if until is not None:
            content["until"] = utc_text(until)
        self._say(channel.told("step", self.id, content))

    def _prompt_closed(self, content: Mapping[str, Any]) -> None:
        if content["by"] == "operator":
            # An acknowledgement leaves only when the disc keeps the answer.
            self.sync()
        act = self._telling.act_done(content)
        self._say(channel.told("prompt_closed", self.id, content))
        if act is not None:
            self._say(act)
        patience = self._project.timeouts.operator or 0
        waited = asyncio.get_running_loop().time() - self._prompted.get(content["id"], 0.0)
        ran_out = bool(patience) and waited >= patience - _SLACK
        if content["by"] == "tool" and ran_out and not self._attended():
            # Nobody came: the next prompts would run out as well, and the cases behind them would be spent.
            asyncio.get_running_loop().call_soon(self.command, "stop", "nobody attached")

    # What operators say -----------------------------------------------------------------------------------------------

    def answer(self, said: Mapping[str, Any], operator: str) -> Message | None:
        """Take an operator's answer; the message for this operator alone when it is not taken."""
        prompt = said["id"]
        interpreter = self._runner.interpreter
        is_open = interpreter is not None and any(each.id == prompt for each in interpreter.open_prompts)
        if interpreter is None or not is_open:
            known = prompt in self._prompted
            return channel.ignored(self.id, prompt) if known else channel.error(self.id, f"there is no prompt {prompt}")
        items = dict(said["items"])
        refusal = interpreter.refusal_of(prompt, said["outcome"], items, said["reason"])
        if refusal:
            return channel.error(self.id, refusal)
        self._runner.take(Answer(self._clock.now(), prompt, said["outcome"], items, said["reason"], operator))
        return None

    def command(self, name: str, operator: str) -> None:
        """Take an operator's command; once the journal is closed there is nothing left to command."""
        self._stopped = self._stopped or name == "stop"
        if not self._closed:
            self._say(channel.told("command", self.id, {"name": name, "by": operator}))
            self._campaign.command(name, operator)

    def amend(self, said: Mapping[str, Any]) -> None:
        """Take an amendment.

        Raises: InputError when the attempt cannot be amended, or while the report is made; EnvironmentFault when the journal
        cannot be written.
        """
        if self._closed and self.summary is None:
            raise InputError("the report is being made", mend="amend again when it is complete")
        at = self._clock.now()
        content = amendment(self._history, said["case"], said["cause"], said["reason"], said["who"], at)
        if self.summary is None:
            self.append(at, self.id, AMENDMENT, content)
            self.sync()
        else:
            with JournalWriter(self.directory / JOURNAL, self._clock) as journal:
                self._history.take(journal.append(at, self.id, AMENDMENT, content))
            self.summary = self._summarized()
        self._write_result()
        told = {"event": "amended", "id": content["case"], "attempt": content["attempt"], "verdict": "FAIL"}
        self._say(channel.told("case", self.id, told))
