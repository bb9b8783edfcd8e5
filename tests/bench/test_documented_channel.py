"""The channel's schema as it is documented is the one in force."""

from __future__ import annotations

import json
from pathlib import Path

from labapp.bench.channel import CHANNEL_SCHEMA

ARCHITECTURE = Path(__file__).parents[2] / "ARCHITECTURE.md"


def test_the_documented_schema_is_the_one_in_force() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    documented = text.split("```json\n", 1)[1].split("```", 1)[0]
    assert json.loads(documented) == json.loads(json.dumps(CHANNEL_SCHEMA))
