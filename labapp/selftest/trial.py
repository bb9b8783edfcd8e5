"""One mutant run and judged: whether the engine gave it the verdict that the rules give, at the step that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labapp.selftest.mutants import Mutant
from labapp.selftest.mutator import Trace


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine made of a run. at: the step of its first finding, or of the first item of the review, "" without either.

    rules: (rule, step) of each item of the review, and of each status notification that was held for a later step.
    """

    verdict: str
    at: int | str
    reason: str
    rules: frozenset[tuple[str, int | str]]


#: Of a run in which the tool itself broke.
NOT_RUN = Seen("ERROR", "", "", frozenset())


def seen_of(result: Mapping[str, Any]) -> Seen:
    """The engine's verdict in the terms of the rules."""
    findings, reviews = result["findings"], result["reviews"]
    held = [observation for observation in result["observations"] if observation["rule"]]
    first = next((entry["step"] for entry in (*findings, *reviews, *held)), "")
    rules = frozenset((entry["rule"], entry["step"]) for entry in (*reviews, *held))
    return Seen(result["verdict"], first, result["reason_code"], rules)


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
        prepared = isinstance(due.at, str)
        return seen.at == due.at and (seen.reason == "in_preparation") is prepared and seen.reason != "review"
    return due.verdict != "PASS" or seen.rules <= usual
