"""One mutant run and judged: whether the engine gave it the verdict that the rules give, at the step that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labapp.selftest.mutants import Mutant
from labapp.selftest.mutator import Trace


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine made of a run. at: the step of its first finding, or of the review's item that decided; rules: of the review."""

    verdict: str
    at: int | str
    reason: str
    rules: frozenset[str]


def seen_of(result: Mapping[str, Any]) -> Seen:
    """The engine's verdict in the terms of the rules."""
    findings, reviews = result["findings"], result["reviews"]
    if findings:
        at = findings[0]["step"]
    elif reviews:
        at = reviews[0]["step"]
    else:
        early = [observation["step"] for observation in result["observations"] if observation["rule"] == "D2.a"]
        at = early[0] if early else ""
    accepted = {review["rule"] for review in reviews}
    early_rules = {observation["rule"] for observation in result["observations"] if observation["rule"]}
    return Seen(result["verdict"], at, result["reason_code"], frozenset(accepted | early_rules))


def is_killed(mutant: Mutant, seen: Seen, trace: Trace) -> bool:
    """Whether the engine gave exactly the due verdict, at the due step, by the due rule, having got the mutant."""
    due = mutant.due
    if not trace.applied or seen.verdict != due.verdict:
        return False
    if due.rule and due.rule not in seen.rules:
        return False
    if due.verdict == "FAIL":
        # What the review rejects is its own reason, in a state too.
        prepared = isinstance(due.at, str) and not due.rule
        return seen.at == due.at and (seen.reason == "in_preparation") is prepared
    return due.rule == "" or seen.at == due.at
