"""Judging again which planned cases apply: from the choice of cases, and from what the device told in 000_KEYS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.applicability import BetweenCases, Candidate, bounds, exclusions
from labapp.domain.testcase import TestCase
from labapp.engine.attempt import Attempt


@dataclass(slots=True)
class Redecided:
    """The plan of one run, as its journal has it so far. excluded: why cases do not apply, by id, as decided last."""

    candidates: list[Candidate]
    excluded: dict[str, str]
    _planned: dict[str, str] = field(default_factory=dict)
    _view: BetweenCases | None = None

    @classmethod
    def begin(cls, content: Mapping[str, Any], case: Callable[[str], TestCase | None]) -> Redecided:
        """From the record `run_started`. case: finds a case by its id."""
        candidates, planned = [], {}
        for choice in content.get("cases", ()):
            found = case(choice["id"])
            if choice["excluded"]:
                planned[choice["id"]] = choice["excluded"]
            elif found is not None and not choice.get("insisted", False):
                candidates.append(Candidate(found, tuple(choice.get("live", ()))))
        return cls(candidates, dict(planned), planned)

    def told(self, attempt: Attempt) -> None:
        """An attempt at 000_KEYS has ended."""
        self._view = BetweenCases(attempt.values, attempt.dut, attempt.model)

    def differences(self, content: Mapping[str, Any]) -> list[str]:
        """What a record `plan_decided` says that does not follow from what the device has told."""
        if self._view is None:
            return ["the plan was decided although the device has not told its keys"]
        now = exclusions(self.candidates, self._view)
        then = content["excluded"]
        texts = [
            f"{name} was {_said(then.get(name, ''))} and is {_said(now.get(name, ''))} now"
            for name in sorted({*then, *now})
            if then.get(name) != now.get(name)
        ]
        allowed = {bound.key: bound.value for bound in bounds(self._view.values, self._view.model)}
        texts += [
            f"[values] {key} was moved to {value}, which does not follow from the device's keys"
            for key, value in content["values"].items()
            if allowed.get(key) != value
        ]
        self.excluded = {**self._planned, **now}
        return texts


def _said(reason: str) -> str:
    return f"left out ({reason})" if reason else "applicable"
