"""In what surroundings the cases are run: variants of the simulated station, and values of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """variants: of the simulated station; values: of the project that differ; password: the station's, "" for none."""

    name: str
    variants: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    password: str = ""


STANDARD = Setting("standard")
