"""One mutant run and judged: whether the engine gave it the verdict that the rules give, at the step that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labapp.engine.journal import Record
from labapp.engine.withdrawing import WITHDRAWAL
from labapp.selftest.mutants import Mutant
from labapp.selftest.mutator import Trace


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine made of a run. at: the step of its first finding, or of the first item of the review, "" without either.

    rules: (rule, step) of each item of the review, and of each status notification that was held for a later step.
    went_on: whether another step than that of the first finding was begun or met after it.
    """

    verdict: str
    at: int | str
    reason: str
    rules: frozenset[tuple[str, int | str]]
    went_on: bool = False


def seen_of(result: Mapping[str, Any], records: Sequence[Record] = ()) -> Seen:
    """The engine's verdict in the terms of the rules. records: of the journal of the run."""
    findings, reviews = result["findings"], result["reviews"]
    held = [observation for observation in result["observations"] if observation["rule"]]
    first = next((entry["step"] for entry in (*findings, *reviews, *held)), "")
    rules = frozenset((entry["rule"], entry["step"]) for entry in (*reviews, *held))
    return Seen(result["verdict"], first, result["reason_code"], rules, _went_on(records))


def _went_on(records: Sequence[Record]) -> bool:
    at: int | str | None = None
    for record in records:
        content = record.content
        if record.kind == "finding" and at is None:
            at = content["step"]
        elif record.kind == "step" and at is not None:
            step = f"{content['scope']}:{content['step']}" if content["scope"] else content["step"]
            if step != at and content["scope"] != WITHDRAWAL and content["state"] in ("sent", "met", "failed"):
                return True
    return False


def is_killed(mutant: Mutant, seen: Seen, trace: Trace, usual: frozenset[tuple[str, int | str]] = frozenset()) -> bool:
    """Whether the engine gave exactly the due verdict, at the due step, by the due rule, having got the mutant.

    usual: rules that the conformant run needed already; a mutant that is no matter for the review may not need others.
    """
    due = mutant.due
    if not trace.applied or seen.verdict != due.verdict:
        return False
    if due.rule:
        # The review's own word: nothing else may have failed before it.
        return (due.rule, due.at) in seen.rules and seen.reason == ("" if due.verdict == "PASS" else "review")
    if due.verdict == "FAIL":
        if due.ends is not None and seen.went_on is due.ends:
            return False
        prepared = isinstance(due.at, str)
        return seen.at == due.at and (seen.reason == "in_preparation") is prepared and seen.reason != "review"
    return due.verdict != "PASS" or seen.rules <= usual
