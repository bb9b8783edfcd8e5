"""A campaign: the cases of a run in their order, each from the basic idle state, with what happened before carried along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labapp.domain.device import DeviceModel
from labapp.domain.stamps import utc_text
from labapp.domain.testcase import CHARGE_POINT, TestCase, UseState
from labapp.engine.runner import Runner
from labapp.engine.setup import Setup

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """A case of the plan. excluded: why it does not apply, "" when it does; expected_fail: a FAIL that must be.

    lacking: what the project does not state, so that it cannot be run; "" when nothing.
    """

    case: TestCase
    excluded: str = ""
    expected_fail: bool = False
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from what a charging station tells of itself. excluded: why cases do not apply, by id; of those alone.

    values: those under [values] that the station's keys bound. record: the content of the record `plan_decided`.
    """

    excluded: Mapping[str, str]
    values: Mapping[str, Any]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Survey:
    """The second stage of planning, before the first case. read: the utility that reads the configuration keys.

    keys: those that must be known. decide: called with the snapshot of the device model afterwards.
    """

    read: TestCase
    keys: Sequence[str]
    decide: Callable[[Mapping[str, Any]], Decision]


@dataclass(frozen=True, slots=True)
class Givens:
    """What every attempt of the campaign is given; see `labapp.engine.setup.Setup`."""

    values: Mapping[str, Any]
    timeouts: Mapping[str, float]
    dut: Mapping[str, Any]
    options: Mapping[str, Any]
    #: Values of the cases that depend on the device: from the snapshot of its model, and the facts of the open link.
    further: Callable[[Mapping[str, Any] | None, Mapping[str, Any] | None], Mapping[str, Any]] = lambda device, link: {}


@dataclass(slots=True)
class Progress:
    """Where a campaign stands. number: of the last attempt; tries: by case; done: cases that need not run again after a resume."""

    number: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    resets: list[Result] = field(default_factory=list)
    done: set[str] = field(default_factory=set)


class Campaign:
    """Runs planned cases over one runner. reset, idle: the utilities; ready: the state that a central system's case begins in.

    survey: what a charging station is asked before the first case, None for nothing.
    """

    def __init__(
        self,
        runner: Runner,
        planned: Sequence[Planned],
        givens: Givens,
        reset: TestCase,
        idle: TestCase,
        ready: Callable[[TestCase], UseState | None],
        progress: Progress | None = None,
        survey: Survey | None = None,
    ) -> None:
        self.runner = runner
        # What cannot be undone comes last: whatever else is to be run is run before it.
        self.planned = sorted(planned, key=lambda entry: entry.case.irreversible)
        self.givens = givens
        self.progress = progress or Progress()
        self._reset, self._idle, self._ready = reset, _of_run(idle, self.planned), ready
        self._survey = survey
        self._excluded: Mapping[str, str] = {}
        self._paused = False
        self._stopped = False
        self._repeat = False
        self._running = False
        self._wake = asyncio.Event()

    # Commands ---------------------------------------------------------------------------------------------------------

    def command(self, name: str, operator: str = "") -> None:
        """pause, resume, extend, skip, abort, repeat, stop; what concerns the running attempt is its own input."""
        if name in ("pause", "resume"):
            self._paused = name == "pause"
            self.runner.record("campaign_command", {"name": name, "operator": operator})
        else:
            self._stopped = self._stopped or name == "stop"
            self._repeat = name == "repeat"
            if self._running:
                self.runner.command(name, operator)
            else:
                self.runner.record("campaign_command", {"name": name, "operator": operator})
        self._wake.set()

    # The course -------------------------------------------------------------------------------------------------------

    async def run(self) -> list[Result]:
        """Run what is planned and not done; returns the results of all attempts."""
        if any(not entry.excluded and entry.case.id not in self.progress.done for entry in self.planned):
            await self._first_connection()
        for entry in self.planned:
            if entry.case.id in self.progress.done:
                continue
            await self._case(entry)
        if self.runner.interpreter is not None:
            await self.runner.end_idle()
        return self.progress.results

    async def _first_connection(self) -> None:
        """A charging station is given its time to connect, boot and report; a central system is connected to by each case."""
        if self.planned[0].case.sut != CHARGE_POINT:
            self._begin_idle()
            return
        if self.runner.device is None:
            self.runner.device = DeviceModel.unknown(self.givens.dut).snapshot()
        self._begin_idle()
        loop = asyncio.get_running_loop()
        until = loop.time() + float(self.givens.timeouts["connect"])
        while self.runner.link_facts is None and loop.time() < until and not self._stopped:
            await self.runner.changed(until - loop.time())

    async def _case(self, entry: Planned) -> None:
        while True:
            await self._while_paused()
            self._repeat = False
            if self._stopped:
                self._note(entry, "NOT_RUN", "operator", "the run was stopped before this case")
                return
            if not entry.excluded and not await self._surveyed(entry.case):
                continue
            if self._leave_out(entry):
                return
            if await self._is_idle(entry):
                # A device that came late has come by now.
                if not await self._surveyed(entry.case):
                    continue
                if self._leave_out(entry):
                    return
                await self._attempt(entry)
            if not self._repeat:
                return

    def _leave_out(self, entry: Planned) -> bool:
        """Whether the case does not apply or cannot be run; then its result says why."""
        reason = entry.excluded or self._excluded.get(entry.case.id, "")
        if reason:
            self._note(entry, "NOT_APPLICABLE", "excluded", reason)
        elif entry.lacking:
            self._note(entry, "NOT_RUN", "excluded", entry.lacking)
        return bool(reason or entry.lacking)

    async def _surveyed(self, case: TestCase) -> bool:
        """Read the keys and decide the plan, once, as soon as there is a connection. A station that tells nothing excludes nothing.

        False when the operator has ended the reading by stop or repeat.
        """
        survey = self._survey
        if survey is None or case.sut != CHARGE_POINT or self.runner.link_facts is None:
            return True
        await self.runner.end_idle()
        result = await self._run(survey.read, keys=survey.keys)
        if result["verdict"] == "PASS" and self.runner.device is not None:
            decision = survey.decide(self.runner.device)
            self._excluded = decision.excluded
            self.givens = replace(self.givens, values={**self.givens.values, **decision.values})
            self.runner.record("plan_decided", decision.record)
            self.runner.on_event("plan", decision.record)
        if result["reason_code"] in ("", "validation"):
            self._survey = None
        self._begin_idle()
        return not (self._stopped or self._repeat)

    async def _while_paused(self) -> None:
        while self._paused and not self._stopped:
            self._wake.clear()
            await self._wake.wait()

    async def _is_idle(self, entry: Planned) -> bool:
        """000_RESET before each case of a charge point; the case is not run when it does not pass."""
        if entry.case.sut != CHARGE_POINT or self.givens.options.get("reset") == "off":
            if entry.case.sut == CHARGE_POINT and self.runner.link_facts is None:
                self._note(entry, "NOT_RUN", "device_lost", "the device is not connected")
                return False
            return True
        await self.runner.end_idle()
        result = await self._run(self._reset)
        self.progress.resets.append(result)
        if result["verdict"] == "PASS":
            return True
        self._begin_idle()
        if self._stopped or self._repeat:
            # The operator ended 000_RESET, so nothing is known of the device; `repeat` begins with it again.
            if self._stopped:
                self._note(entry, "NOT_RUN", "operator", "the run was stopped before this case")
            return False
        self._note(entry, "NOT_RUN", "blocked_by_reset", f"000_RESET did not pass: {result['text']}")
        return False

    async def _attempt(self, entry: Planned) -> None:
        await self.runner.end_idle()
        try_number = self.progress.tries.get(entry.case.id, 0) + 1
        self.progress.tries[entry.case.id] = try_number
        self._tell("started", entry.case.id, try_number, "")
        result = await self._run(entry.case, try_number)
        if entry.expected_fail and result["verdict"] == "FAIL":
            result["expected"] = True
        self.progress.results.append(result)
        self._tell("ended", entry.case.id, try_number, result["verdict"])
        self._begin_idle()

    async def _run(self, case: TestCase, try_number: int = 1, keys: Sequence[str] = ()) -> Result:
        setup = self._setup(case, try_number)
        if keys:
            setup = replace(setup, options={**setup.options, "keys": list(keys)})
        self._running = True
        try:
            return await self.runner.attempt(case, setup, self._ready(case))
        finally:
            self._running = False

    def _begin_idle(self) -> None:
        if self.runner.interpreter is None:
            self.runner.begin(self._idle, self._setup(self._idle, 1))

    def _setup(self, case: TestCase, try_number: int) -> Setup:
        self.progress.number += 1
        runner = self.runner
        further = self.givens.further(runner.device, runner.link_facts) if case.kind == "case" else {}
        return Setup(
            run=self.runner.run,
            number=self.progress.number,
            case=case.id,
            try_number=try_number,
            values={**self.givens.values, **further},
            timeouts=self.givens.timeouts,
            dut=self.givens.dut,
            options=self.givens.options,
            device=self.runner.device,
            link=self.runner.link_facts,
        )

    def _tell(self, event: str, case: str, attempt: int, verdict: str) -> None:
        self.runner.on_event("case", {"event": event, "id": case, "attempt": attempt, "verdict": verdict})

    def _note(self, entry: Planned, verdict: str, reason: str, text: str) -> None:
        """A case that does not run has its result and its reason all the same."""
        now = utc_text(self.runner.clock.now().utc)
        result = unrun(entry.case.id, self.progress.tries.get(entry.case.id, 0) + 1, verdict, reason, text, now)
        self.runner.record("case_not_run", result)
        self.progress.results.append(result)
        self._tell("ended", entry.case.id, result["attempt"], verdict)


def unrun(case: str, attempt: int, verdict: str, reason: str, text: str, at: str) -> Result:
    """The result of a case that did not run, or of an attempt that was cut off. at: RFC 3339."""
    return {
        "id": case,
        "attempt": attempt,
        "verdict": verdict,
        "tool_result": "NONE",
        "review_result": "NONE",
        "reason_code": reason,
        "expected": False,
        "started": at,
        "ended": at,
        "text": text,
        "validations": [],
        "findings": [],
        "observations": [],
        "reviews": [],
        "reason": text,
    }


def _of_run(idle: TestCase, planned: Sequence[Planned]) -> TestCase:
    """What is done between the cases, in the role and version of the run: it answers whoever is tested."""
    return replace(idle, sut=planned[0].case.sut, ocpp=planned[0].case.ocpp) if planned else idle
