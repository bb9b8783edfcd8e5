"""Judging again from the journal alone: every attempt is interpreted once more from its recorded events.

Under the judge that wrote the journal the results are the same, byte for byte; another version of the judge lists what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labapp.domain.testcase import KEYS_ID, RESET_ID, TestCase, UseState
from labapp.engine.codec import decode_input
from labapp.engine.interpreter import Interpreter
from labapp.engine.journal import Record
from labapp.engine.redeciding import Redecided
from labapp.engine.setup import Setup
from labapp.ocpp.json_text import json_text
from labapp.ocpp.versions import VERSIONS


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Where cases are found. ready: the state that a central system's case begins in; digests: of the cases as they are now."""

    case: Callable[[str], TestCase | None]
    ready: Callable[[TestCase], UseState | None]
    digests: Mapping[str, str] = field(default_factory=dict)


def as_run(case: TestCase, started: Mapping[str, Any]) -> TestCase:
    """A utility in the role and version of the run, as `attempt_started` has them; a case has its own."""
    if case.kind != "utility":
        return case
    return replace(case, sut=started.get("sut", case.sut), ocpp=started.get("ocpp", case.ocpp))


@dataclass(slots=True)
class Rejudged:
    """The results as judged now, and each difference to the record: `case`, `attempt`, `record` (its number), `text`."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    resets: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def rejudge(records: Iterable[Record], catalogue: Catalogue) -> Rejudged:
    """Judge every attempt of a journal again. A journal may hold several runs."""
    found = Rejudged()
    running: dict[str, _Replay | None] = {}
    plans: dict[str, Redecided] = {}
    unheard: dict[str, list[Record]] = {}
    for record in records:
        match record.kind:
            case "run_started":
                plans.setdefault(record.run, Redecided.begin(record.content, catalogue.case))
            case "plan_decided":
                _check_plan(record, plans.get(record.run), found)
            case "attempt_started":
                replay = running[record.run] = _Replay.begin(record, catalogue, found)
                carried = record.content.get("carried", ())
                for frame in unheard.pop(record.run, ()):
                    if replay is not None and frame.seq in carried:
                        replay.take(frame)
            case "attempt_ended":
                replay = running.pop(record.run, None)
                if replay is not None:
                    replay.compare(record, found)
                    if replay.case.id == KEYS_ID and record.run in plans:
                        plans[record.run].told(replay.interpreter.attempt)
            case "attempt_aborted" | "case_not_run":
                if record.kind == "attempt_aborted":
                    running.pop(record.run, None)
                found.cases.append(dict(record.content))
                _check_blocked(record, found)
                _check_excluded(record, plans.get(record.run), found)
            case _:
                replay = running.get(record.run)
                if replay is not None:
                    replay.take(record)
                elif record.kind == "frame":
                    unheard.setdefault(record.run, []).append(record)
    return found


@dataclass(slots=True)
class _Replay:
    case: TestCase
    interpreter: Interpreter

    @classmethod
    def begin(cls, record: Record, catalogue: Catalogue, found: Rejudged) -> _Replay | None:
        setup = Setup.from_json(record.content)
        known = catalogue.case(setup.case)
        if known is None:
            _differ(found, setup.case, setup.try_number, record, "this version has no such case")
            return None
        case = as_run(known, record.content)
        digest = record.content.get("digest", "")
        if digest and catalogue.digests.get(case.id, digest) != digest:
            _differ(found, case.id, setup.try_number, record, "the case is written differently in this version")
        interpreter = Interpreter(case, setup, VERSIONS[case.ocpp], record.at, catalogue.ready(case))
        interpreter.start()
        return cls(case, interpreter)

    def take(self, record: Record) -> None:
        event = decode_input(record)
        if event is not None:
            self.interpreter.feed(event, record.seq)

    def compare(self, record: Record, found: Rejudged) -> None:
        result = self.interpreter.result
        attempt = int(record.content.get("attempt", 0))
        if result is None:
            _differ(found, self.case.id, attempt, record, "judged again, the attempt does not end here")
            return
        if self.case.kind == "utility":
            if self.case.id == RESET_ID:
                found.resets.append(result)
        else:
            found.cases.append(result)
        recorded = dict(record.content)
        for name in sorted(set(recorded) | set(result)):
            now, then = _bytes(result.get(name)), _bytes(recorded.get(name))
            if now != then:
                text = f"{name} was {_short(then)} and is {_short(now)} now"
                _differ(found, self.case.id, attempt, record, text)


def _check_blocked(record: Record, found: Rejudged) -> None:
    """A case that was blocked must have had a reset that did not pass."""
    blocked = record.content.get("reason_code") == "blocked_by_reset"
    if blocked and (not found.resets or found.resets[-1]["verdict"] == "PASS"):
        text = "it was blocked by 000_RESET, which passes judged again"
        _differ(found, str(record.content["id"]), int(record.content["attempt"]), record, text)


def _check_plan(record: Record, plan: Redecided | None, found: Rejudged) -> None:
    """What the keys of the device decided must follow from them."""
    for text in plan.differences(record.content) if plan is not None else ():
        _differ(found, KEYS_ID, 1, record, text)


def _check_excluded(record: Record, plan: Redecided | None, found: Rejudged) -> None:
    """A case that was left out must have been excluded, by the declaration or by the device's keys."""
    content = record.content
    if plan is None or content.get("verdict") != "NOT_APPLICABLE":
        return
    reason = plan.excluded.get(str(content["id"]), "")
    if content.get("text") != reason:
        text = "it was left out for a reason that the plan does not give"
        _differ(found, str(content["id"]), int(content["attempt"]), record, text)


def _differ(found: Rejudged, case: str, attempt: int, record: Record, text: str) -> None:
    found.differences.append({"case": case, "attempt": attempt, "record": record.seq, "text": text})


def _bytes(value: Any) -> str:
    return json_text(value, sort_names=True)


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
