"""The recordings as frame texts, the way a link would have delivered them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

#: Every recording, by the name of its file without the ending.
NAMES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.jsonl")))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a recording. direction: "CP->CS", "CS->CP", "OPEN" or "CLOSE"; text: of the frame, or JSON of the facts."""

    utc: str
    direction: str
    text: str

    @property
    def is_frame(self) -> bool:
        return "->" in self.direction


def version(name: str) -> str:
    """The version of OCPP that a recording speaks."""
    return "2.0.1" if name.endswith("_201") else "1.6"


def read(name: str) -> list[Recorded]:
    """All lines of a recording, in order. A frame that was recorded as a string could not be parsed: the string is its text."""
    path = Path(__file__).with_name(f"{name}.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Recorded(utc, direction, content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
        for utc, direction, content in lines
    ]
