"""What a defect of a simulated device must come to in a case that is about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Caught:
    """A case that catches a defect. at: the step that the verdict names; None where the device's pace decides it; rule: of the review."""

    verdict: Literal["FAIL", "INCONCLUSIVE"]
    at: int | str | None = None
    rule: str = ""
