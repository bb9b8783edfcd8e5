"""What an attempt is given before it begins; the record `attempt_started` holds all of it, so that it can be judged again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setup:
    """The givens of one attempt, JSON values throughout.

    run: at most 12 characters, unique to the run. number: of the attempt in the run, from 1. try_number: of this case, from 1.
    values: [values] by key. timeouts: seconds by name. dut: facts of the device. options: `review`, `cut`, `quiet_window`,
    `reset`, `operator_timeout`; of 000_KEYS also `keys`. device: snapshot of the device model. link: facts of the open link, None
    when it is down.
    """

    run: str
    number: int
    case: str
    try_number: int = 1
    values: Mapping[str, Any] = field(default_factory=dict)
    timeouts: Mapping[str, float] = field(default_factory=dict)
    dut: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    device: Mapping[str, Any] | None = None
    link: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The content of the record."""
        return {
            "run": self.run,
            "number": self.number,
            "case": self.case,
            "try_number": self.try_number,
            "values": dict(self.values),
            "timeouts": dict(self.timeouts),
            "dut": dict(self.dut),
            "options": dict(self.options),
            "device": dict(self.device) if self.device is not None else None,
            "link": dict(self.link) if self.link is not None else None,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Setup:
        """The setup that `as_json` gave; further fields of the record are not its own."""
        names = ("run", "number", "case", "try_number", "values", "timeouts", "dut", "options", "device", "link")
        return cls(**{name: content[name] for name in names})
